"""The library page's components and how they are wired. What they show is made elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from rag.chat.callers import caller_of
from rag.chat.library_article import AMENDABLE
from rag.chat.library_page import FOLDED, PIECES, LibraryPage, View
from rag.chat.locale import label, language_of
from rag.chat.markup import Markup
from rag.chat.words import words
from rag.library import Library
from rag.service.catalogue import ORDERS
from rag.service.rights import Role

_SCRIPT = Path(__file__).parent / "script" / "library.js"

_QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
# By default a click is dropped while the reply to the one before is under way.
_CLICK: dict[str, Any] = {**_QUIET, "trigger_mode": "multiple"}
_Reply = tuple[Any, ...]


def library_tab(library: Library, tab: gr.Tab) -> None:
    """Fill ``tab``, inside of which this is called, with the library page.

    Articles are read when the tab is first selected, so that opening the page costs nothing.
    """
    _wire(_Parts(), _Replies(LibraryPage(library)), tab)


class _Parts:
    """The components that events come from or go to; ``pieces`` by their names in the page."""

    def __init__(self) -> None:
        """Built where this is called."""
        self.view = gr.State(View())
        self.pieces = {"summary": _html("summary")}
        with gr.Row(elem_classes="musnad-lib-top"):
            with gr.Column(scale=2, min_width=280):
                self.files = gr.File(
                    label=label("add_articles"), file_count="multiple", height=150,
                    elem_id="musnad-lib-files",
                )  # fmt: skip
                self.pieces["hint"] = _html("hint")
                self.address = gr.Textbox(
                    label=label("add_address"), placeholder="https://…", max_lines=1,
                    elem_id="musnad-lib-address",
                )  # fmt: skip
                self.results = _html("results")
            with gr.Column(scale=3, min_width=280):
                self.pieces["timeline"] = _html("timeline")
        with gr.Row(elem_classes="musnad-lib-body"):
            with gr.Column(scale=3, min_width=300):
                with gr.Row(elem_classes="musnad-lib-find"):
                    self.search = gr.Textbox(
                        label=label("search"), placeholder=label("search_hint"),
                        elem_id="musnad-lib-search", scale=3, min_width=220,
                    )  # fmt: skip
                    self.order = gr.Dropdown(
                        words("en").choices("orders"), value=View().order, label=label("order"),
                        filterable=False, elem_id="musnad-lib-order", scale=2, min_width=180,
                    )  # fmt: skip
                self.pieces["list"] = _html("list")
            with gr.Column(scale=2, min_width=300, elem_classes="musnad-lib-side"):
                self.pieces["article"] = _html("article")
        self.folds: dict[str, gr.Accordion] = {}
        for name in FOLDED:
            title, id_ = label(f"{name}_title"), f"musnad-lib-{name}-fold"
            with gr.Accordion(title, open=False, elem_id=id_) as self.folds[name]:
                self.pieces[name] = _html(name)


def _html(name: str) -> gr.HTML:
    """A piece of the page whose buttons are heard."""
    return gr.HTML(
        js_on_load=_SCRIPT.read_text(encoding="utf-8"),
        elem_id=f"musnad-lib-{name}",
        elem_classes="musnad-lib",
        # Gradio's own would dress tables and buttons as those of a text.
        apply_default_css=False,
        padding=False,
    )


class _Replies:
    """The page's replies as values for components."""

    def __init__(self, page: LibraryPage) -> None:
        self._page = page

    def piece(self, name: str, view: View, request: gr.Request) -> Markup:
        """A piece of the page for who made the request."""
        view = replace(view, edits=_edits(request))
        return self._page.piece(name, view, language_of(request))

    def whole(self, view: View, request: gr.Request, *, but: str = "article") -> _Reply:
        """The order's names, and all that changes with the library: every piece ``but`` one."""
        choices = words(language_of(request)).choices("orders")
        orders = gr.update(choices=choices, value=view.order)
        return orders, *(self.piece(name, view, request) for name in PIECES if name != but)

    def selected(self, view: View, request: gr.Request) -> _Reply:
        """All of the page, for a reader who comes to it, and the boxes for further articles."""
        box = gr.update(visible=_edits(request))
        return *self.whole(view, request, but=""), box, box

    def sought(self, view: View, query: str, by: str, request: gr.Request) -> _Reply:
        """The view and the list for what stands in the boxes."""
        order = next((o for o in ORDERS if o == by), view.order)
        view = replace(view, query=query, order=order, page=0)
        return view, self.piece("list", view, request)

    def turned(self, view: View, event: gr.EventData, request: gr.Request) -> _Reply:
        """The view, its order and the list after one of the list's own buttons."""
        turned = self._page.turn(view, _sent(event))
        if turned == view:
            return (gr.skip(),) * 3
        return turned, turned.order, self.piece("list", turned, request)

    def acted(self, view: View, event: gr.EventData, request: gr.Request) -> Iterator[_Reply]:
        """The view, the article and the whole after what was done to an article."""
        sent, language, page = _sent(event), language_of(request), self._page
        does, article_id = sent.get("does"), sent.get("id", "")
        rest = (gr.skip(),) * 7
        if does in ("open", "keep", "remove", "close"):
            view = replace(view, chosen="" if does == "close" else article_id)
            now = replace(view, asking=does == "remove", focused=does == "open")
            yield view, self.piece("article", now, request), *rest
        elif does in ("removed", "amended") and not _edits(request):
            yield gr.skip(), self._refused(request, does, article_id), *rest
        elif does == "removed":
            yield gr.skip(), page.meanwhile("removing", language), *rest
            told, gone = page.remove(article_id, language)
            caller_of(request).note("remove", article_id, "done" if gone else "failed")
            view = replace(view, chosen="")
            yield view, told, *self.whole(view, request)
        elif does == "amended" and sent.keys() >= {*AMENDABLE}:
            view = replace(view, chosen=article_id)
            yield view, page.meanwhile("saving", language), *rest
            now = page.amend(view, sent, language)
            caller_of(request).note("amend", article_id, "refused" if now.refused else "done")
            yield view, self.piece("article", now, request), *self.whole(view, request)
        else:
            yield (gr.skip(),) * 9

    def added(self, paths: list[str] | None, request: gr.Request) -> Iterator[_Reply]:
        """The results so far, and the emptied box for further files."""
        files = [Path(path) for path in paths or ()]
        names = ", ".join(file.name for file in files)
        if not _edits(request):
            yield self._refused(request, "add", names), None
            return
        caller_of(request).note("add", names, "begun")
        for told in self._page.add(files, language_of(request)):
            yield told, None

    def fetched(self, url: str, request: gr.Request) -> Iterator[_Reply]:
        """The results so far, and the emptied box for a further address."""
        if not _edits(request):
            yield self._refused(request, "fetch", url.partition("?")[0]), ""
            return
        if url.strip():
            caller_of(request).note("fetch", url.partition("?")[0], "begun")
        for told in self._page.fetch(url, language_of(request)) if url.strip() else ():
            yield told, ""

    def folded(self, name: str, *, is_open: bool) -> Callable[[View, gr.Request], _Reply]:
        """The view and the part ``name`` after it was opened or folded."""

        def reply(view: View, request: gr.Request) -> _Reply:
            view = replace(view, parts=view.parts | {name} if is_open else view.parts - {name})
            return view, self.piece(name, view, request)

        return reply

    def _refused(self, request: gr.Request, did: str, what: str) -> Markup:
        """What is told, and noted, of a change by somebody who may make none."""
        caller_of(request).note(did, what, "refused")
        return self._page.may_read(language_of(request))


def _wire(parts: _Parts, replies: _Replies, tab: gr.Tab) -> None:
    view, pieces = parts.view, parts.pieces
    listing, article = pieces["list"], pieces["article"]
    every = [parts.order, *(pieces[name] for name in PIECES)]
    whole = [part for part in every if part is not article]
    tab.select(replies.selected, view, [*every, parts.files, parts.address], **_QUIET)
    gr.on(
        # Not "input" of the box: Gradio does not raise it when the last letter is deleted.
        [parts.search.change, parts.search.submit, parts.order.input],
        replies.sought,
        [view, parts.search, parts.order],
        [view, listing],
        trigger_mode="always_last",
        **_QUIET,
    )
    listing.click(replies.turned, view, [view, parts.order, listing], **_QUIET)
    for place in (listing, article, parts.results, *(pieces[name] for name in FOLDED)):
        place.click(replies.acted, view, [view, article, *whole], **_CLICK)
    # The list is drawn for the view as it is when the files are in, not as it was before.
    parts.files.upload(
        replies.added, parts.files, [parts.results, parts.files], concurrency_limit=1, **_QUIET
    ).then(replies.whole, view, whole, **_QUIET)
    parts.address.submit(
        replies.fetched,
        parts.address,
        [parts.results, parts.address],
        concurrency_limit=1,
        **_QUIET,
    ).then(replies.whole, view, whole, **_QUIET)
    for name, fold in parts.folds.items():
        to = [view, pieces[name]]
        fold.expand(replies.folded(name, is_open=True), view, to, **_QUIET)
        fold.collapse(replies.folded(name, is_open=False), view, to, **_QUIET)


def _edits(request: gr.Request) -> bool:
    """Whether who made the request may change articles."""
    return caller_of(request).may(Role.EDITOR)


def _sent(event: gr.EventData) -> dict[str, str]:
    """What a button of the page sent: strings by name, whoever it was that sent them."""
    data = event._data if isinstance(event._data, dict) else {}
    return {str(name): value for name, value in data.items() if isinstance(value, str)}
