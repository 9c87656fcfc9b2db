"""How well a sentence matches a question, token by token, across languages too."""

from __future__ import annotations

from collections.abc import Sequence

from rag.models.protocols import Encoder, TokenEncoder
from rag.text.language import detect_language

# Means over the development questions and the sentences chosen for them. An encoder that tells
# nothing of its tokens gives every sentence of a language the same, which then decides nothing.
WITHIN, ACROSS = 0.62, 0.46


def alignments(encoder: Encoder, question: str, sentences: Sequence[str]) -> list[float]:
    """For each sentence the mean, over the question's tokens, of the best cosine with one of its
    own: the late interaction of ColBERT (Khattab and Zaharia 2020,
    https://arxiv.org/abs/2004.12832), with an encoder that was not trained for it.

    The encoder's middle layers align words across languages best (Jalili Sabet et al. 2020,
    https://arxiv.org/abs/2004.08728).
    """
    if sentences and isinstance(encoder, TokenEncoder):
        (asked,) = encoder.encode_tokens([question], "query")
        told = encoder.encode_tokens(sentences, "passage")
        if len(asked):
            return [float((asked @ row.T).max(axis=1).mean()) if len(row) else 0.0 for row in told]
    language = detect_language(question)
    return [WITHIN if detect_language(text) == language else ACROSS for text in sentences]
