"""The settings drawer: what a reader can choose for each question, and what each choice does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from rag.chat.answering import Choices
from rag.chat.locale import label
from rag.chat.model_loader import ModelLoader
from rag.chat.words import Words, words
from rag.errors import MusnadError
from rag.library import Library
from rag.retrieval.when import article_dates

MOST_PASSAGES = 20
_MODEL, _QUOTING = "model", "quoting"
_SAME = "same"


@dataclass(frozen=True)
class Drawer:
    """The inputs of the drawer, in the order of :func:`choices`, and what is said of them."""

    inputs: list[Any]
    effect: Any
    reset: Any


def settings_drawer(library: Library) -> Drawer:
    """Build the drawer's inputs here. They are filled for a reader by :func:`dressed`."""
    model = gr.Radio(
        _models(words("en"), None),
        value=_MODEL,
        label=label("model"),
        info=label("model_effect"),
        elem_id="musnad-model",
    )
    passages = gr.Slider(
        1,
        MOST_PASSAGES,
        value=library.settings.passages,
        step=1,
        label=label("passages"),
        info=label("passages_effect"),
        elem_id="musnad-passages",
    )
    with gr.Row():
        since = gr.Textbox(
            label=label("since"), placeholder="2023", max_lines=1, elem_id="musnad-since",
            min_width=120,
        )  # fmt: skip
        until = gr.Textbox(
            label=label("until"), placeholder="2024-07", max_lines=1, elem_id="musnad-until",
            min_width=120,
        )  # fmt: skip
    gr.Markdown(label("dates_effect"), elem_classes="musnad-hint")
    language = gr.Radio(
        _languages(words("en")),
        value=_SAME,
        label=label("answer_language"),
        info=label("answer_language_effect"),
        elem_id="musnad-answer-language",
    )
    effect = gr.HTML(elem_id="musnad-effect", padding=False)
    reset = gr.Button(label("reset"), size="sm", elem_id="musnad-reset")
    return Drawer([model, passages, since, until, language], effect, reset)


def choices(model: str, passages: float, since: str, until: str, language: str) -> Choices:
    """What the drawer's inputs say."""
    return Choices(
        quoting=model == _QUOTING,
        passages=min(max(int(passages), 1), MOST_PASSAGES),
        since=since or "",
        until=until or "",
        language=None if language == _SAME else language,
    )


def dressed(loader: ModelLoader, language: str) -> list[Any]:
    """Updates of the inputs whose choices are words, for a reader of ``language``."""
    said = words(language)
    same = gr.skip()
    return [
        gr.update(choices=_models(said, loader.model)),
        same,
        same,
        same,
        gr.update(choices=_languages(said)),
    ]


def defaults(library: Library) -> list[Any]:
    """Values of the inputs as they are at first."""
    return [_MODEL, library.settings.passages, "", "", _SAME]


def effect(library: Library, chosen: Choices, language: str) -> tuple[str, bool]:
    """What the choices come to in a sentence, and whether that is wrong usage."""
    said = words(language)
    try:
        period = chosen.period(said)
        dates = [article.date for article in library.index().articles]
    except MusnadError as error:
        return str(error), True
    count = said.articles.of(len(dates))
    if period.since or period.until:
        within = int(article_dates(dates).within(period).sum())
        typed = f"{chosen.since.strip() or '…'} – {chosen.until.strip() or '…'}"
        parts = [said.within_period.format(n=within, all=count, period=f"\u2066{typed}\u2069")]
    else:
        parts = [said.all_articles.format(all=count)]
    if chosen.passages:
        parts.append(said.reads_passages.format(n=said.passage.of(chosen.passages)))
    if chosen.quoting:
        parts.append(said.quoting_only)
    if chosen.language:
        name = said.arabic if chosen.language == "ar" else said.english
        parts.append(said.answers_in.format(language=name))
    return " · ".join(parts), False


def _models(said: Words, model: str | None) -> list[tuple[str, str]]:
    written = f"{said.model_written}" + (f" ({model})" if model else "")
    return [(written, _MODEL), (said.quoting_only, _QUOTING)]


def _languages(said: Words) -> list[tuple[str, str]]:
    return [(said.same_as_question, _SAME), (said.arabic, "ar"), (said.english, "en")]
