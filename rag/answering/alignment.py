"""How well a sentence matches a question, token by token, across languages too."""

from __future__ import annotations

from collections.abc import Sequence

from rag.models.protocols import Encoder, TokenEncoder

# The mean over the development questions and their likeliest sentences. An encoder that tells
# nothing of its tokens gives it to all, which then decides nothing.
UNKNOWN = 0.45


def alignments(encoder: Encoder, question: str, sentences: Sequence[str]) -> list[float]:
    """For each sentence the mean, over the question's tokens, of the best cosine with one of its
    own: the late interaction of ColBERT (Khattab and Zaharia 2020,
    https://arxiv.org/abs/2004.12832), with an encoder that was not trained for it.

    States of the last layer but one align words across languages better than those of the last; so
    do other multilingual encoders' middle layers (Jalili Sabet et al. 2020,
    https://arxiv.org/abs/2004.08728). Weighing rare tokens more gained nothing.
    """
    if not sentences or not isinstance(encoder, TokenEncoder):
        return [UNKNOWN] * len(sentences)
    (asked,) = encoder.encode_tokens([question], "query")
    told = encoder.encode_tokens(sentences, "passage")
    if not len(asked):
        return [UNKNOWN] * len(sentences)
    return [float((asked @ tokens.T).max(axis=1).mean()) if len(tokens) else 0.0 for tokens in told]
