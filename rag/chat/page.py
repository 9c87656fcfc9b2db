"""The page: its components and how they are wired. What they show is made elsewhere."""

from __future__ import annotations

from typing import Any

import gradio as gr

from rag.chat.exchange import Conversation
from rag.chat.handlers import Handlers
from rag.chat.library_tab import library_tab
from rag.chat.locale import label
from rag.chat.markup import Markup
from rag.chat.settings_drawer import Drawer, defaults, settings_drawer
from rag.chat.words import words
from rag.service.service import Service

_STATUS_SECONDS = 2.0
# Readers whose questions are searched and quoted at the same time; service/line.py says who writes;
# the other threads of the server stay free for opening articles and the like.
_AT_ONCE = 30
# Files that were uploaded are in the index once read: every hour, those of a day ago are deleted.
_DELETE_UPLOADS = (3600, 86400)
_QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
_QUEUED: dict[str, Any] = {"concurrency_limit": _AT_ONCE, "concurrency_id": "answers", **_QUIET}
_BRAND = Markup(
    '<h1><bdi lang="en">Musnad</bdi> <span aria-hidden="true">·</span>'
    ' <bdi lang="ar">مُسنَد</bdi></h1>'
)
# The buttons at the top and what they do in the browser.
_TOOLS = {
    "conversations": "musnad.toggle('musnad-conversations')",
    "settings": "musnad.toggle('musnad-settings')",
    "other_language": "musnad.switchLanguage()",
    "log_out": "location.assign('/logout')",
}
_KEPT = """musnad.conversations({
    element, props, watch, server,
    open: (conversation) => trigger("open_conversation", {conversation}),
});"""


def build_page(service: Service) -> gr.Blocks:
    """The page, not yet served. Its ``/ask`` endpoint returns an Answer as JSON."""
    handlers, library = Handlers(service), service.library
    page = gr.Blocks(
        title="Musnad · مُسنَد", fill_width=True, analytics_enabled=False,
        delete_cache=_DELETE_UPLOADS,
    )  # fmt: skip
    with page:
        way_out = _header()
        with gr.Tabs(elem_id="musnad-tabs"):
            with gr.Tab(label("chat_tab"), id="chat") as talk:
                chat = _Chat()
            with gr.Tab(label("library_tab"), id="library") as tab:
                library_tab(library, tab)
        status = gr.HTML(elem_id="musnad-status", padding=False)
        with gr.Column(elem_id="musnad-settings", elem_classes="musnad-drawer"):
            drawer = settings_drawer(library)
        with gr.Column(elem_id="musnad-conversations", elem_classes="musnad-drawer"):
            kept = _conversations(handlers)
        conversation = gr.State(Conversation())
        _wire_asking(handlers, chat, drawer, conversation, kept)
        _wire_feedback(handlers, chat, conversation)
        # Articles may have come and gone on the other page.
        talk.select(handlers.welcome, None, chat.chat, **_QUIET)
        filled = [chat.chat, status, chat.reason, way_out, *drawer.inputs]
        opened = page.load(handlers.opened, None, filled, **_QUIET)
        opened.then(handlers.effect, drawer.inputs, drawer.effect, **_QUIET)
        changes = [part.change for part in drawer.inputs]
        told = {**_QUIET, "trigger_mode": "always_last"}
        gr.on(changes, handlers.effect, drawer.inputs, drawer.effect, **told)
        drawer.reset.click(lambda: defaults(library), None, drawer.inputs, **_QUIET)
        gr.Timer(_STATUS_SECONDS).tick(handlers.status, None, status, **_QUIET)
        gr.api(handlers.answer, api_name="ask")  # type: ignore[attr-defined]
    return page


def _header() -> gr.Button:
    """The way out is returned: it is for those alone who logged in."""
    with gr.Row(elem_id="musnad-header"):
        gr.HTML(_BRAND, elem_id="musnad-brand", padding=False)
        gr.Markdown(label("tagline"), elem_id="musnad-tagline")
        for name, script in _TOOLS.items():
            id_ = f"musnad-to-{name}"
            button = gr.Button(
                label(name), size="sm", elem_id=id_, elem_classes="musnad-tool",
                visible=name != "log_out",
            )  # fmt: skip
            button.click(None, js=f"() => {script}", api_visibility="private")
    return button


class _Chat:
    """The components of the chat tab."""

    def __init__(self) -> None:
        """Built where this is called."""
        with gr.Row(elem_id="musnad-main"):
            with gr.Column(scale=3, min_width=320, elem_id="musnad-talk"):
                self.chat = gr.Chatbot(
                    label=label("chat_label"), show_label=False, elem_id="musnad-chat",
                    height="var(--musnad-height)", latex_delimiters=[], allow_tags=False,
                    editable="user", group_consecutive_messages=False,
                    # Not "share": it uploads the conversation to somebody else.
                    buttons=["copy"], feedback_options=("Like", "Dislike"),
                )  # fmt: skip
                with gr.Column(visible=False, elem_id="musnad-why") as self.why:
                    self._reason()
                self.box = gr.Textbox(
                    label=label("question_label"), show_label=False, elem_id="musnad-question",
                    placeholder=label("placeholder"), max_lines=6, autofocus=True,
                    submit_btn=True, stop_btn=False,
                )  # fmt: skip
            with gr.Column(scale=2, min_width=300, elem_id="musnad-side"):
                self.panel = gr.HTML(label("no_sources"), elem_id="musnad-panel", padding=False)

    def _reason(self) -> None:
        reasons = words("en").choices("feedback")
        self.reason = gr.Radio(reasons, label=label("why"), elem_id="musnad-reason")
        with gr.Row(equal_height=True):
            self.remark = gr.Textbox(
                label=label("reason_label"), show_label=False, max_lines=3, scale=4,
                placeholder=label("why_placeholder"),
            )  # fmt: skip
            self.send = gr.Button(label("send"), size="sm", scale=1, min_width=80)


def _conversations(handlers: Handlers) -> Any:
    """The list of conversations, which the page's script draws from the browser's storage.

    Its value is the conversation at hand, to be stored.
    """

    # Gradio marks these as callable from the browser, which a method cannot be.
    def open_article(asked: dict[str, Any]) -> str:
        return handlers.open_article(asked)

    def export(asked: dict[str, Any]) -> str:
        return handlers.export(asked)

    return gr.HTML(
        html_template='<div class="musnad-list"></div>', js_on_load=_KEPT, padding=False,
        server_functions=[open_article, export], elem_id="musnad-kept",
    )  # fmt: skip


def _wire_asking(handlers: Handlers, parts: _Chat, drawer: Drawer, talk: Any, kept: Any) -> None:
    box, chat = parts.box, parts.chat
    steps = [box, chat, talk, parts.panel, kept]
    given = [talk, *drawer.inputs]
    asking: Any = [
        box.submit(handlers.submit, [box, *given], steps, **_QUEUED),
        chat.example_select(handlers.example, given, steps, **_QUEUED),
        chat.retry(handlers.retry, given, steps, **_QUEUED),
        chat.edit(handlers.edit, given, steps, **_QUEUED),
    ]
    box.stop(handlers.stop, talk, steps, cancels=asking, **_QUIET)
    chat.undo(handlers.undo, talk, steps, **_QUIET)
    kept.open_conversation(handlers.open, None, steps, cancels=asking, **_QUIET)


def _wire_feedback(handlers: Handlers, parts: _Chat, conversation: Any) -> None:
    liked = gr.State(None)
    on, told = parts.chat, [parts.reason, parts.remark]
    # Another question is about another answer.
    anew = [parts.box.submit, on.example_select, on.retry, on.edit, on.undo]
    gr.on(anew, lambda: gr.update(visible=False), None, parts.why, **_QUIET)
    on.like(handlers.like, conversation, [parts.why, liked, *told], **_QUIET)
    sent = [parts.send.click, parts.remark.submit]
    gr.on(sent, handlers.why, [conversation, liked, *told], parts.why, **_QUIET)
