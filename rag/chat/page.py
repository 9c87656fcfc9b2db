"""The page: a chat over a library. Gradio's own components; our words, directions and sources."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from rag.answering.conversation import Turn
from rag.answering.engine import Done, Piece, Quoted, Retrieved
from rag.chat.model_loader import ModelLoader
from rag.chat.render import answer_html, note_html, text_html
from rag.chat.words import words
from rag.errors import MusnadError
from rag.library import Library
from rag.retrieval.query import check_question
from rag.text.language import detect_language

Message = dict[str, Any]
STYLE = Path(__file__).with_name("style.css")

_INTRODUCTION = """\
# Musnad · مُسنَد
Ask the articles in Arabic or English; every sentence of the answer shows the words that support it.
"""
_EXAMPLES = (
    "متى وأين التقى وانغ يي ولافروف في يوليو 2024؟",
    "ما عدد ضحايا الهجوم قرب موسكو؟",
    "How many people died in the attack near Moscow mentioned in the articles?",
    "Where did Wang Yi and Lavrov meet in March 2021?",
)
_STATUS_SECONDS = 2.0


class Conversation:
    """Turns questions into the messages of the chat."""

    def __init__(self, library: Library, loader: ModelLoader) -> None:
        """Answer from ``library``, by quoting until ``loader`` is ready."""
        self._library = library
        self._loader = loader
        self._keys = itertools.count(1)

    def reply(self, question: str, turns: list[Turn]) -> Iterator[str]:
        """The assistant's message, growing: each item replaces the one before.

        ``turns`` are those before it; this one joins them when it is done.
        """
        language = detect_language(question)
        said = words(language)
        key = f"src{next(self._keys)}"
        quoting = not self._loader.ready
        note = said.quoting_meanwhile if quoting else ""
        shown, written = "", ""
        events = self._library.ask_stream(question, quote_only=quoting, history=turns)
        for event in events:
            match event:
                case Retrieved():
                    yield note_html(said.searching)
                case Quoted(answer):
                    shown = answer_html(answer, self._library.article, key=key, note=said.writing)
                    yield shown
                case Piece(text):
                    written += text
                    yield text_html(written) + note_html(said.writing)
                case Done(answer):
                    turns.append(Turn(question, answer.resolved or question, answer.text))
                    yield answer_html(answer, self._library.article, key=key, note=note)


def build_page(library: Library, loader: ModelLoader) -> gr.Blocks:
    """The page, not yet served. Its ``/ask`` endpoint returns an Answer as JSON."""
    conversation = Conversation(library, loader)

    def submit(
        question: str, history: list[Message], turns: list[Turn]
    ) -> Iterator[tuple[str, list[Message], list[Turn]]]:
        try:
            check_question(question, library.settings.question_characters)
        except MusnadError as error:
            raise gr.Error(str(error)) from error
        history = [*history, {"role": "user", "content": text_html(question)}]
        try:
            for content in conversation.reply(question, turns):
                yield "", [*history, {"role": "assistant", "content": content}], turns
        except MusnadError as error:
            yield "", [*history, {"role": "assistant", "content": note_html(str(error))}], turns

    def ask(question: str) -> str:
        """Answer a question: the Answer object of the contract, as JSON text.

        Text, because Gradio takes any object with a "path" for a file to be served.
        """
        try:
            for event in library.ask_stream(question, quote_only=not loader.ready):
                if isinstance(event, Done):
                    return json.dumps(event.answer.to_dict(), ensure_ascii=False)
        except MusnadError as error:
            raise gr.Error(str(error)) from error
        raise AssertionError("the stream of events ends with Done")

    page = gr.Blocks(title="Musnad · مُسنَد", analytics_enabled=False, fill_height=True)
    with page:
        gr.Markdown(_INTRODUCTION)
        status = gr.Markdown(loader.status, elem_id="musnad-status")
        chat = gr.Chatbot(
            show_label=False,
            elem_id="musnad-chat",
            latex_delimiters=[],
            feedback_options=None,
            # Not "share": it uploads the conversation to somebody else.
            buttons=["copy"],
            scale=1,
        )
        with gr.Row():
            box = gr.Textbox(
                placeholder="اسأل المقالات · Ask the articles",
                show_label=False,
                elem_id="musnad-question",
                submit_btn=True,
                stop_btn=True,
                autofocus=True,
                scale=1,
            )
        gr.Examples([[example] for example in _EXAMPLES], inputs=box)
        # Follow-up questions are understood from the turns before; an emptied chat has none.
        turns = gr.State([])
        box.submit(submit, [box, chat, turns], [box, chat, turns], api_visibility="private")
        chat.clear(list, outputs=turns, api_visibility="private")
        gr.Timer(_STATUS_SECONDS).tick(
            loader.status, outputs=status, show_progress="hidden", api_visibility="private"
        )
        gr.api(ask, api_name="ask")  # type: ignore[attr-defined]
    return page
