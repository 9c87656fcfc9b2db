"""The settings drawer: what a reader can choose for each question, and what each choice does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from rag.answering.prompts import REPLY_LANGUAGES
from rag.chat.answering import Choices
from rag.chat.locale import label
from rag.chat.words import Words, words
from rag.errors import MusnadError
from rag.library import Library
from rag.service.loading import ModelLoader

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
    said, (first, most, *_) = words("en"), defaults(library)
    model = gr.Radio(_models(said, None), value=first, **_told("model"))
    passages = gr.Slider(1, MOST_PASSAGES, value=most, step=1, **_told("passages"))
    with gr.Row():
        since, until = _date("since", "2023"), _date("until", "2024-07")
    gr.Markdown(label("dates_effect"), elem_classes="musnad-hint")
    language = gr.Radio(_languages(said), value=_SAME, **_told("answer_language"))
    own = library.path.name
    corpora = gr.CheckboxGroup([own], value=[own], visible=False, **_told("corpora"))
    effect = gr.HTML(elem_id="musnad-effect", padding=False)
    reset = gr.Button(label("reset"), size="sm", elem_id="musnad-reset")
    return Drawer([model, passages, since, until, language, corpora], effect, reset)


def choices(
    model: str, passages: float, since: str, until: str, language: str, corpora: Sequence[str]
) -> Choices:
    """What the drawer's inputs say."""
    return Choices(
        quoting=model == _QUOTING,
        passages=min(max(int(passages), 1), MOST_PASSAGES),
        since=since or "",
        until=until or "",
        language=language if language in REPLY_LANGUAGES else None,
        corpora=tuple(corpora or ()),
    )


def dressed(loader: ModelLoader, corpora: list[str], language: str) -> list[Any]:
    """Updates of the inputs whose choices are words, for a reader of ``language``, and of the one
    for ``corpora``, which is not there where there is no choice.
    """
    said = words(language)
    models, languages = _models(said, loader.model), _languages(said)
    several = gr.update(choices=corpora, visible=len(corpora) > 1)
    return [gr.update(choices=models), *(gr.skip(),) * 3, gr.update(choices=languages), several]


def defaults(library: Library) -> list[Any]:
    """Values of the inputs as they are at first."""
    return [_MODEL, library.settings.passages, "", "", _SAME, [library.path.name]]


def effect(library: Library, chosen: Choices, language: str) -> tuple[str, bool]:
    """What the choices come to in a sentence, and whether that is wrong usage."""
    said = words(language)
    try:
        period = chosen.period(said)
        dates = [article.date for article in library.snapshot().articles]
    except MusnadError as error:
        return str(error), True
    count = said.counted("article", len(dates))
    if period.since or period.until:
        within = sum(map(period.holds, dates))
        typed = f"{chosen.since.strip() or '…'} – {chosen.until.strip() or '…'}"
        parts = [said.within_period.format(n=within, all=count, period=typed)]
    else:
        parts = [said.all_articles.format(all=count)]
    if chosen.passages:
        parts.append(said.reads_passages.format(n=said.counted("passage", chosen.passages)))
    if chosen.quoting:
        parts.append(said.quoting_only)
    if chosen.language:
        parts.append(said.answers_in.format(language=said.tables["languages"][chosen.language]))
    return " · ".join(parts), False


def _told(name: str) -> dict[str, Any]:
    """An input's label, what it does, and its id."""
    id_ = f"musnad-{name.replace('_', '-')}"
    return {"label": label(name), "info": label(f"{name}_effect"), "elem_id": id_}


def _date(name: str, example: str) -> gr.Textbox:
    return gr.Textbox(
        label=label(name), placeholder=example, max_lines=1, elem_id=f"musnad-{name}", min_width=120
    )


def _models(said: Words, model: str | None) -> list[tuple[str, str]]:
    written = said.model_written + (f" ({model})" if model else "")
    return [(written, _MODEL), (said.quoting_only, _QUOTING)]


def _languages(said: Words) -> list[tuple[str, str]]:
    return [(said.same_as_question, _SAME), *said.choices("languages")]
