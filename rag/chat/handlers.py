"""What the chat page does when a reader acts. Values in, updates of components out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal

import gradio as gr

from rag.chat.answering import Respondent
from rag.chat.article_view import article_html
from rag.chat.examples import Examples
from rag.chat.exchange import Conversation, Exchange
from rag.chat.export import as_markdown, as_page
from rag.chat.feedback import REASONS, Feedback, Verdict
from rag.chat.locale import language_of
from rag.chat.model_loader import ModelLoader
from rag.chat.render import answer_html, escape, note_html, question_html
from rag.chat.settings_drawer import choices, dressed, effect
from rag.chat.sources import panel_html
from rag.chat.status import status_html
from rag.chat.words import LANGUAGES, words
from rag.errors import MusnadError, UsageError
from rag.library import Library
from rag.types import Span

Message = dict[str, Any]
# Updates of: the question box, the chat, the conversation, the panel, what the browser keeps.
Step = tuple[Any, Any, Any, Any, Any]
Liked = tuple[int, Verdict]

_MOST_MARKS = 200


class Handlers:
    """The handlers of one page; what belongs to a reader comes in with each call."""

    def __init__(self, library: Library, loader: ModelLoader) -> None:
        """Over ``library``."""
        self._library = library
        self._loader = loader
        self._respondent = Respondent(library, loader)
        self._feedback = Feedback(library.path)
        self._examples = Examples(library)

    # --- opening ----------------------------------------------------------------------------

    def opened(self, request: gr.Request) -> list[Any]:
        """The chat's welcome, the drawer's choices and the status, for this reader."""
        language = language_of(request)
        said = words(language)
        reasons = gr.update(choices=[(getattr(said, name), name) for name in REASONS])
        settings = dressed(self._loader, language)
        return [self.welcome(request), self.status(request), reasons, *settings]

    def welcome(self, request: gr.Request) -> Any:
        """What the chat shows before the first question: examples that the articles answer."""
        said = words(language_of(request))
        examples = [{"text": question} for question in self._examples.questions()]
        return gr.update(placeholder=f"<p>{escape(said.welcome)}</p>", examples=examples)

    def status(self, request: gr.Request) -> str:
        """The status line."""
        return status_html(self._library, self._loader, language_of(request))

    def effect(self, request: gr.Request, *values: Any) -> str:
        """What the settings come to."""
        language = language_of(request)
        text, wrong = effect(self._library, choices(*values), language)
        return note_html(text, "trouble" if wrong else "effect")

    # --- asking -----------------------------------------------------------------------------

    def ask(
        self, question: str, conversation: Conversation, settings: tuple[Any, ...], language: str
    ) -> Iterator[Step]:
        """Answer ``question`` after ``conversation``, step by step."""
        try:
            self._respondent.check(question, words(language))
        except UsageError as error:
            gr.Warning(str(error))
            yield (gr.skip(),) * 5
            return
        question, conversation = question.strip(), conversation.named()
        index = len(conversation.exchanges)
        former = self._messages(conversation, language)
        asked = {"role": "user", "content": question_html(question)}
        now, panel_of, box = conversation, None, busy(value="")
        for shown in self._respondent.respond(
            question,
            conversation.history,
            choices(*settings),
            index=index,
            language=language,
        ):
            now = conversation.with_last(shown.exchange)
            panel: Any = gr.skip()
            if shown.exchange.answer is not panel_of:
                panel_of = shown.exchange.answer
                panel = self._panel(now, language)
            message = {"role": "assistant", "content": shown.message}
            yield box, [*former, asked, message], now, panel, gr.skip()
            box = gr.skip()
        yield ready(), gr.skip(), now, gr.skip(), _storable(now)

    def submit(
        self, question: str, conversation: Conversation, request: gr.Request, *settings: Any
    ) -> Iterator[Step]:
        """The question box was sent."""
        yield from self.ask(question, conversation, settings, language_of(request))

    def example(
        self,
        conversation: Conversation,
        event: gr.SelectData,
        request: gr.Request,
        *settings: Any,
    ) -> Iterator[Step]:
        """An example was chosen."""
        yield from self.ask(event.value["text"], conversation, settings, language_of(request))

    def retry(
        self,
        conversation: Conversation,
        event: gr.RetryData,
        request: gr.Request,
        *settings: Any,
    ) -> Iterator[Step]:
        """A question is asked again, and what came after it goes."""
        index = _exchange_index(event)
        if index < len(conversation.exchanges):
            question = conversation.exchanges[index].question
            language = language_of(request)
            yield from self.ask(question, conversation.before(index), settings, language)

    def edit(
        self,
        conversation: Conversation,
        event: gr.EditData,
        request: gr.Request,
        *settings: Any,
    ) -> Iterator[Step]:
        """A question was put otherwise, and what came after it goes."""
        before = conversation.before(_exchange_index(event))
        yield from self.ask(str(event.value), before, settings, language_of(request))

    def undo(self, conversation: Conversation, event: gr.UndoData, request: gr.Request) -> Step:
        """The last question goes back into the box."""
        index = _exchange_index(event)
        asked = [exchange.question for exchange in conversation.exchanges[index:]]
        before = conversation.before(index)
        return ready(value=asked[0] if asked else ""), *self._shown(before, request)

    def stop(self, conversation: Conversation, request: gr.Request) -> Step:
        """An answer was broken off: what was found of it stays."""
        return ready(), *self._shown(conversation, request)

    # --- conversations ------------------------------------------------------------------------

    def open(self, event: gr.EventData, request: gr.Request) -> Step:
        """A conversation that the browser kept, or a new one where it kept none."""
        conversation = _stored(getattr(event, "_data", None))
        box, chat, now, panel, _ = ready(), *self._shown(conversation, request)
        return box, chat, now, panel, gr.skip()

    def _shown(self, conversation: Conversation, request: gr.Request) -> tuple[Any, Any, Any, Any]:
        language = language_of(request)
        return (
            self._messages(conversation, language),
            conversation,
            self._panel(conversation, language),
            _storable(conversation),
        )

    def _messages(self, conversation: Conversation, language: str) -> list[Message]:
        messages: list[Message] = []
        for index, exchange in enumerate(conversation.exchanges):
            messages.append({"role": "user", "content": question_html(exchange.question)})
            content = _message(exchange, index, language)
            messages.append({"role": "assistant", "content": content})
        return messages

    def _panel(self, conversation: Conversation, language: str) -> str:
        return panel_html(conversation.exchanges, self._library.article, language)

    # --- what is thought of an answer ---------------------------------------------------------

    def like(
        self, conversation: Conversation, event: gr.LikeData, request: gr.Request
    ) -> tuple[Any, Liked | None, Any, Any]:
        """Kept at once; the row that asks why is shown."""
        index = _exchange_index(event)
        if event.liked not in (True, False) or index >= len(conversation.exchanges):
            return gr.update(visible=False), None, None, ""
        verdict: Verdict = "like" if event.liked else "dislike"
        try:
            self._feedback.keep(conversation, index, verdict)
        except MusnadError as error:
            gr.Warning(f"{words(language_of(request)).failed} {escape(str(error))}")
        return gr.update(visible=True), (index, verdict), None, ""

    def why(
        self,
        conversation: Conversation,
        liked: Liked | None,
        reason: str | None,
        remark: str,
        request: gr.Request,
    ) -> Any:
        """The reason joins what was kept."""
        said = words(language_of(request))
        if liked and liked[0] < len(conversation.exchanges) and (reason or remark.strip()):
            try:
                self._feedback.keep(conversation, *liked, reason, remark)
            except MusnadError as error:
                gr.Warning(f"{said.failed} {escape(str(error))}")
            else:
                gr.Info(said.thanks)
        return gr.update(visible=False)

    # --- what the page's script asks for --------------------------------------------------------

    def open_article(self, asked: dict[str, Any]) -> str:
        """An article as HTML, with marks, scrolled to one of them."""
        language = _language(asked)
        try:
            article = self._library.article(str(asked["article"]))
            marks = [Span(int(a), int(b)) for a, b in asked["marks"][:_MOST_MARKS]]
            at = Span(int(asked["start"]), int(asked["end"]))
        except (MusnadError, KeyError, TypeError, ValueError):
            return note_html(words(language).article_gone, "trouble")
        return article_html(article, marks, language, at)

    def export(self, asked: dict[str, Any]) -> str:
        """A conversation as Markdown or as a page to print."""
        conversation = _stored(asked)
        write = as_markdown if asked.get("kind") == "markdown" else as_page
        return write(conversation, _language(asked))

    def answer(self, question: str) -> dict[str, Any]:
        """The Answer object of the contract.

        Raises:
            MusnadError: the question cannot be answered, not even by declining it.
        """
        return self._respondent.ask(question).to_dict()


def busy(**more: Any) -> Any:
    """The question box while an answer is made."""
    return gr.update(submit_btn=False, stop_btn=True, **more)


def ready(**more: Any) -> Any:
    """The question box while nothing is made."""
    return gr.update(submit_btn=True, stop_btn=False, **more)


def _message(exchange: Exchange, index: int, language: str) -> str:
    said = words(language)
    if exchange.end == "failed":
        return note_html(exchange.trouble or said.failed, "trouble")
    if exchange.answer is None:
        return note_html(said.stopped)
    note = said.stopped if exchange.end == "stopped" else ""
    return answer_html(exchange.answer, index, language, note=note)


def _exchange_index(event: Any) -> int:
    """Which exchange a message belongs to: each has a question and an answer."""
    index = event.index[0] if isinstance(event.index, (list, tuple)) else event.index
    return max(0, int(index)) // 2


def _storable(conversation: Conversation) -> str:
    """Text, because Gradio takes any object with a "path" for a file to be served."""
    return json.dumps(conversation.to_dict(), ensure_ascii=False)


def _stored(sent: object) -> Conversation:
    """The conversation that the browser sent, or an empty one."""
    text = sent.get("conversation") if isinstance(sent, dict) else None
    try:
        return Conversation.from_dict(json.loads(text or "null"))
    except (TypeError, ValueError):
        return Conversation()


def _language(asked: dict[str, Any]) -> Literal["ar", "en"]:
    return "ar" if asked.get("language") == LANGUAGES[0] else "en"
