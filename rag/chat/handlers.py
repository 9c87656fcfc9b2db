"""What the chat page does when a reader acts. Values in, updates of components out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import gradio as gr

from rag.chat.answering import Respondent
from rag.chat.article_view import article_html
from rag.chat.callers import caller_of
from rag.chat.examples import Examples
from rag.chat.exchange import Conversation, Exchange
from rag.chat.export import as_markdown, as_page
from rag.chat.feedback import Feedback, Verdict
from rag.chat.locale import language_of
from rag.chat.markup import Markup, element, escape
from rag.chat.render import answer_html, note_html, question_html
from rag.chat.settings_drawer import choices, dressed, effect
from rag.chat.sources import panel_html
from rag.chat.status import status_html
from rag.chat.words import words
from rag.errors import MusnadError, UsageError
from rag.service.service import Service
from rag.types import Span

# Updates of: the question box, the chat, the conversation, the panel, what the browser keeps.
Step = tuple[Any, Any, Any, Any, Any]
Liked = tuple[int, Verdict]

_MOST_MARKS = 200


class Handlers:
    """The handlers of one page; what belongs to a reader comes in with each call."""

    def __init__(self, service: Service) -> None:
        """Of ``service``."""
        self._service = service
        self._corpora = service.corpora
        self._respondent = Respondent(service)
        self._feedback = Feedback(service.library.path)
        self._examples = Examples(service.library)

    def opened(self, request: gr.Request) -> list[Any]:
        """The chat's welcome, the status, the reasons of a verdict, the way out for who logged in,
        and the drawer's choices.
        """
        language = language_of(request)
        reasons = gr.update(choices=words(language).choices("feedback"))
        settings = dressed(self._service.loader, list(self._corpora.named()), language)
        way_out = gr.update(visible=bool(caller_of(request).name))
        return [self.welcome(request), self.status(request), reasons, way_out, *settings]

    def welcome(self, request: gr.Request) -> Any:
        """What the chat shows before the first question: examples that the articles answer."""
        said = words(language_of(request))
        examples = [{"text": question} for question in self._examples.questions()]
        return gr.update(placeholder=element("p", said.welcome), examples=examples)

    def status(self, request: gr.Request) -> str:
        """The status line."""
        return status_html(self._service, language_of(request))

    def effect(self, request: gr.Request, *values: Any) -> str:
        """What the settings come to."""
        chosen = choices(*values)
        library = self._corpora.chosen(chosen.corpora)
        text, wrong = effect(library, chosen, language_of(request))
        return note_html(text, "trouble" if wrong else "effect")

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
        former = _messages(conversation, language)
        now, panel_of, box = conversation, None, _box(busy=True, value="")
        chosen = choices(*settings)
        for shown, exchange in self._respondent.respond(question, conversation, chosen, language):
            now, panel = conversation.with_last(exchange), gr.skip()
            if exchange.answer is not panel_of:
                panel_of, panel = exchange.answer, self._panel(now, language)
            yield box, [*former, *_pair(question, shown)], now, panel, gr.skip()
            box = gr.skip()
        yield _box(), gr.skip(), now, gr.skip(), _storable(now)

    def submit(
        self, question: str, talk: Conversation, request: gr.Request, *settings: Any
    ) -> Iterator[Step]:
        """The question box was sent."""
        yield from self.ask(question, talk, settings, language_of(request))

    def example(
        self, talk: Conversation, event: gr.SelectData, request: gr.Request, *settings: Any
    ) -> Iterator[Step]:
        """An example was chosen."""
        yield from self.ask(event.value["text"], talk, settings, language_of(request))

    def retry(
        self, talk: Conversation, event: gr.RetryData, request: gr.Request, *settings: Any
    ) -> Iterator[Step]:
        """A question is asked again, and what came after it goes."""
        index = _exchange_index(event)
        for exchange in talk.exchanges[index : index + 1]:
            before = talk.before(index)
            yield from self.ask(exchange.question, before, settings, language_of(request))

    def edit(
        self, talk: Conversation, event: gr.EditData, request: gr.Request, *settings: Any
    ) -> Iterator[Step]:
        """A question was put otherwise, and what came after it goes."""
        before = talk.before(_exchange_index(event))
        yield from self.ask(str(event.value), before, settings, language_of(request))

    def undo(self, talk: Conversation, event: gr.UndoData, request: gr.Request) -> Step:
        """The last question goes back into the box."""
        index = _exchange_index(event)
        taken = next((exchange.question for exchange in talk.exchanges[index:]), "")
        return self._shown(talk.before(index), request, value=taken)

    def stop(self, talk: Conversation, request: gr.Request) -> Step:
        """An answer was broken off: what was found of it stays."""
        return self._shown(talk, request)

    def open(self, event: gr.EventData, request: gr.Request) -> Step:
        """A conversation that the browser kept, or a new one where it kept none."""
        return *self._shown(_stored(getattr(event, "_data", None)), request)[:4], gr.skip()

    def _shown(self, talk: Conversation, request: gr.Request, **box: Any) -> Step:
        language = language_of(request)
        messages, panel = _messages(talk, language), self._panel(talk, language)
        return _box(**box), messages, talk, panel, _storable(talk)

    def _panel(self, talk: Conversation, language: str) -> Markup:
        return panel_html(talk.exchanges, self._corpora.article, language)

    def like(
        self, talk: Conversation, event: gr.LikeData, request: gr.Request
    ) -> tuple[Any, Liked | None, Any, Any]:
        """Kept at once; the row that asks why is shown."""
        index = _exchange_index(event)
        if event.liked not in (True, False) or index >= len(talk.exchanges):
            return gr.update(visible=False), None, None, ""
        liked: Liked = (index, "like" if event.liked else "dislike")
        self._keep(talk, liked, request)
        return gr.update(visible=True), liked, None, ""

    def why(
        self, talk: Conversation, liked: Liked | None, request: gr.Request, *told: str | None
    ) -> Any:
        """The reason and the remark ``told`` join what was kept."""
        here = liked and liked[0] < len(talk.exchanges) and any(t and t.strip() for t in told)
        if liked and here and self._keep(talk, liked, request, *told):
            gr.Info(words(language_of(request)).thanks)
        return gr.update(visible=False)

    def _keep(self, talk: Conversation, liked: Liked, request: gr.Request, *why: Any) -> bool:
        """Whether it could be kept; where not, the reader is told."""
        try:
            self._feedback.keep(talk, *liked, *why)
        except MusnadError as error:
            gr.Warning(escape(f"{words(language_of(request)).failed} {error}"))
            return False
        return True

    def open_article(self, asked: dict[str, Any]) -> str:
        """An article as HTML, with marks, scrolled to one of them."""
        said = words(str(asked.get("language")))
        try:
            article = self._corpora.article(str(asked["article"]), str(asked["label"]))
            marks = [Span(int(a), int(b)) for a, b in asked["marks"][:_MOST_MARKS]]
            at = Span(int(asked["start"]), int(asked["end"]))
        except (MusnadError, KeyError, TypeError, ValueError):
            return note_html(said.article_gone, "trouble")
        return article_html(article, marks, said.language, at)

    def export(self, asked: dict[str, Any]) -> str:
        """A conversation as Markdown or as a page to print."""
        write = as_markdown if asked.get("kind") == "markdown" else as_page
        return write(_stored(asked), words(str(asked.get("language"))).language)

    def answer(self, question: str) -> str:
        """Answer a question: the Answer object of the contract, as JSON text.

        Text, because Gradio takes any object with a "path" for a file to be served.
        """
        try:
            return json.dumps(self._respondent.ask(question).to_dict(), ensure_ascii=False)
        except MusnadError as error:
            raise gr.Error(str(error)) from error


def _box(*, busy: bool = False, **more: Any) -> Any:
    """The question box, ``busy`` while an answer is made."""
    return gr.update(submit_btn=not busy, stop_btn=busy, **more)


def _messages(talk: Conversation, language: str) -> list[dict[str, str]]:
    return [
        message
        for index, exchange in enumerate(talk.exchanges)
        for message in _pair(exchange.question, _message(exchange, index, language))
    ]


def _pair(question: str, answer: Markup) -> list[dict[str, str]]:
    asked = {"role": "user", "content": question_html(question)}
    return [asked, {"role": "assistant", "content": answer}]


def _message(exchange: Exchange, index: int, language: str) -> Markup:
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


def _storable(talk: Conversation) -> str:
    """Text, because Gradio takes any object with a "path" for a file to be served."""
    return json.dumps(talk.to_dict(), ensure_ascii=False)


def _stored(sent: object) -> Conversation:
    """The conversation that the browser sent, or an empty one."""
    text = sent.get("conversation") if isinstance(sent, dict) else None
    try:
        return Conversation.from_dict(json.loads(text or "null"))
    except (TypeError, ValueError):
        return Conversation()
