"""The library page's components and how they are wired. What they show is made elsewhere."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.i18n import I18nData

from rag.chat.library_catalogue import ORDERS
from rag.chat.library_page import LibraryPage, View
from rag.chat.library_words import label_table, library_words
from rag.chat.locale import language_of
from rag.library import Library

STYLE = Path(__file__).with_name("library.css")
_SCRIPT = Path(__file__).with_name("library.js")
# The labels of this page in Arabic and English, for Gradio to choose from in the browser.
TABLES = (label_table("ar"), label_table("en"))

_QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
# By default a click is dropped while the reply to the one before is under way.
_CLICK: dict[str, Any] = {**_QUIET, "trigger_mode": "multiple"}
_Reply = tuple[Any, ...]


def library_tab(library: Library, tab: gr.Tab) -> None:
    """Fill ``tab``, inside of which this is called, with the library page.

    Articles are read when the tab is first selected, so that opening the page costs nothing.
    """
    parts = _build()
    _wire(parts, _Replies(LibraryPage(library)), tab)


@dataclass(frozen=True)
class _Parts:
    """The components that events come from or go to."""

    view: gr.State
    summary: gr.HTML
    files: gr.File
    hint: gr.HTML
    results: gr.HTML
    timeline: gr.HTML
    search: gr.Textbox
    order: gr.Dropdown
    listing: gr.HTML
    article: gr.HTML
    copies_fold: gr.Accordion
    copies: gr.HTML
    asides_fold: gr.Accordion
    asides: gr.HTML

    @property
    def whole(self) -> list[Any]:
        """What :meth:`_Replies.whole` fills."""
        return [
            self.summary,
            self.hint,
            self.timeline,
            self.order,
            self.listing,
            self.copies,
            self.asides,
        ]


def _build() -> _Parts:
    made: dict[str, Any] = {"view": gr.State(View()), "summary": _html("summary")}
    with gr.Row(elem_classes="musnad-lib-top"):
        with gr.Column(scale=2, min_width=280):
            made["files"] = gr.File(
                label=_label("add"), file_count="multiple", elem_id="musnad-lib-files", height=150
            )
            made["hint"] = _html("hint")
            made["results"] = _html("results")
        with gr.Column(scale=3, min_width=280):
            made["timeline"] = _html("timeline")
    with gr.Row(elem_classes="musnad-lib-body"):
        with gr.Column(scale=3, min_width=300):
            with gr.Row(elem_classes="musnad-lib-find"):
                made["search"] = gr.Textbox(
                    label=_label("search"),
                    placeholder=_label("search_hint"),
                    elem_id="musnad-lib-search",
                    scale=3,
                    min_width=220,
                )
                made["order"] = gr.Dropdown(
                    _orders("en"),
                    value=View().order,
                    label=_label("order"),
                    filterable=False,
                    elem_id="musnad-lib-order",
                    scale=2,
                    min_width=180,
                )
            made["listing"] = _html("list")
        with gr.Column(scale=2, min_width=300, elem_classes="musnad-lib-side"):
            made["article"] = _html("article")
    for name in ("copies", "asides"):
        with gr.Accordion(
            _label(f"{name}_title"), open=False, elem_id=f"musnad-lib-{name}-fold"
        ) as fold:
            made[name] = _html(name)
        made[f"{name}_fold"] = fold
    return _Parts(**made)


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


def _label(name: str) -> Any:
    return I18nData(f"library_{name}")


def _orders(language: str) -> list[tuple[str, str]]:
    names = library_words(language).orders
    return [(names[order], order) for order in ORDERS]


class _Replies:
    """The page's replies as values for components."""

    def __init__(self, page: LibraryPage) -> None:
        self._page = page

    def selected(self, view: View, request: gr.Request) -> _Reply:
        """All of the page, for a reader who comes to it."""
        return (*self.whole(view, request), self._page.article(view, language_of(request)))

    def whole(self, view: View, request: gr.Request) -> _Reply:
        """All that changes with the library."""
        language = language_of(request)
        return (
            self._page.summary(language),
            self._page.hint(language),
            self._page.timeline(language),
            gr.update(choices=_orders(language), value=view.order),
            self._page.listing(view, language),
            self._page.part("copies", view, language),
            self._page.part("asides", view, language),
        )

    def sought(self, view: View, query: str, by: str, request: gr.Request) -> _Reply:
        """The view and the list for what stands in the boxes."""
        order = next((o for o in ORDERS if o == by), view.order)
        view = dataclasses.replace(view, query=query, order=order, page=0)
        return view, self._page.listing(view, language_of(request))

    def turned(self, view: View, event: gr.EventData, request: gr.Request) -> _Reply:
        """The view, its order and the list after one of the list's own buttons."""
        turned = self._page.turn(view, _sent(event))
        if turned == view:
            return (gr.skip(),) * 3
        return turned, turned.order, self._page.listing(turned, language_of(request))

    def acted(self, view: View, event: gr.EventData, request: gr.Request) -> Iterator[_Reply]:
        """The view, the article and the whole after opening, closing or removing an article."""
        sent, language = _sent(event), language_of(request)
        does, article_id = sent.get("does"), sent.get("id", "")
        rest = (gr.skip(),) * 7
        if does in ("open", "keep", "remove"):
            view = dataclasses.replace(view, chosen=article_id)
            shown = self._page.article(
                view, language, asking=does == "remove", focused=does == "open"
            )
            yield view, shown, *rest
        elif does == "close":
            view = dataclasses.replace(view, chosen="")
            yield view, self._page.article(view, language), *rest
        elif does == "removed":
            yield gr.skip(), self._page.removing(language), *rest
            told = self._page.remove(article_id, language)
            view = dataclasses.replace(view, chosen="")
            yield view, told, *self.whole(view, request)
        else:
            yield (gr.skip(),) * 9

    def added(self, paths: list[str] | None, request: gr.Request) -> Iterator[_Reply]:
        """The results so far, and the emptied box for further files."""
        files = [Path(path) for path in paths or ()]
        for told in self._page.add(files, language_of(request)):
            yield told, None

    def folded(self, name: str, *, is_open: bool) -> Callable[[View, gr.Request], _Reply]:
        """The view and the part ``name`` after it was opened or folded."""

        def reply(view: View, request: gr.Request) -> _Reply:
            parts = view.parts | {name} if is_open else view.parts - {name}
            view = dataclasses.replace(view, parts=parts)
            return view, self._page.part(name, view, language_of(request))

        return reply


def _wire(parts: _Parts, replies: _Replies, tab: gr.Tab) -> None:
    view = parts.view
    tab.select(replies.selected, view, [*parts.whole, parts.article], **_QUIET)
    gr.on(
        # Not "input" of the box: Gradio does not raise it when the last letter is deleted.
        [parts.search.change, parts.search.submit, parts.order.input],
        replies.sought,
        [view, parts.search, parts.order],
        [view, parts.listing],
        trigger_mode="always_last",
        **_QUIET,
    )
    parts.listing.click(replies.turned, view, [view, parts.order, parts.listing], **_QUIET)
    for place in (parts.listing, parts.article, parts.results, parts.copies, parts.asides):
        place.click(replies.acted, view, [view, parts.article, *parts.whole], **_CLICK)
    # The list is drawn for the view as it is when the files are in, not as it was before.
    parts.files.upload(
        replies.added, parts.files, [parts.results, parts.files], concurrency_limit=1, **_QUIET
    ).then(replies.whole, view, parts.whole, **_QUIET)
    for name in ("copies", "asides"):
        fold, shown = getattr(parts, f"{name}_fold"), getattr(parts, name)
        fold.expand(replies.folded(name, is_open=True), view, [view, shown], **_QUIET)
        fold.collapse(replies.folded(name, is_open=False), view, [view, shown], **_QUIET)


def _sent(event: gr.EventData) -> dict[str, str]:
    """What a button of the page sent: strings by name, whoever it was that sent them."""
    data = event._data if isinstance(event._data, dict) else {}
    return {str(name): value for name, value in data.items() if isinstance(value, str)}
