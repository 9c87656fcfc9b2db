"""Elements to text as they are shown: paragraphs apart by a blank line, rows of tables as lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rag.corpus.formats.markup import local_name, parse_html

_SPACE = re.compile(r"[ \t\n\r\f]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_ROWS = ("tr", "table-row")
_CELLS = ("td", "th", "table-cell")


@dataclass(frozen=True, slots=True)
class Layout:
    """How the elements of a kind of markup stand in the text, by their local names."""

    blocks: frozenset[str]
    hidden: frozenset[str]
    signs: Mapping[str, str]


HTML = Layout(
    blocks=frozenset({
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
        "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1",
        "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "legend", "li", "main", "menu", "nav",
        "ol", "p", "pre", "section", "summary", "table", "ul",
    }),
    hidden=frozenset({
        "audio", "canvas", "datalist", "head", "iframe", "math", "noscript", "object", "rp",
        "script", "select", "style", "svg", "template", "textarea", "title", "video",
    }),
    signs={"br": "\n"},
)  # fmt: skip


def shown(root: Any, layout: Layout = HTML) -> str:
    """The text that the element ``root`` shows; white space that says nothing is one space."""
    from lxml import etree

    pieces: list[str] = []
    cells: list[int] = []  # Where in the pieces those begin that are open.
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        name = local_name(element)
        around = "\n\n" if name in layout.blocks else ""
        if event == "start":
            if name in _CELLS:
                cells.append(len(pieces))
            pieces.append(around or layout.signs.get(name, ""))
            if name and name not in layout.hidden:
                pieces.append(_SPACE.sub(" ", element.text or ""))
            else:
                walk.skip_subtree()
        else:
            if name in _CELLS:
                start = cells.pop()
                pieces[start:] = [_cell("".join(pieces[start:]))]
            pieces.append("\n" if name in _ROWS else around)
            if element is not root:
                pieces.append(_SPACE.sub(" ", element.tail or ""))
    return _tidy("".join(pieces))


def html_text(text: str) -> str:
    """What HTML shows.

    Raises:
        CorpusError: as :func:`parse_html`.
    """
    root = parse_html(text)
    return "" if root is None else shown(root)


def _cell(text: str) -> str:
    """A cell of a table; one that holds paragraphs is there for the sake of layout."""
    text = _tidy(text)
    return f"\n\n{text}\n\n" if "\n\n" in text else f"{text}\t"


def _tidy(text: str) -> str:
    """``text`` with one space where there were more, none beside a break, and :func:`apart`."""
    text = re.sub(" {2,}", " ", text)
    for mark in "\t\n":
        text = text.replace(f" {mark}", mark).replace(f"{mark} ", mark)
    return apart(text.strip(" "))


def apart(text: str) -> str:
    """``text`` with one blank line where there were more, and nothing blank at the end of lines."""
    lines = (line.rstrip(" \t") for line in _BLANK_LINES.sub("\n\n", text).split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")
