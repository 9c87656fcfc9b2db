"""HTML as a type of its own, so that whatever is not HTML yet is escaped.

What goes into an :func:`element` is text unless it is :class:`Markup`. A mistake shows tags to a
reader; it never lets an article, a model or a file name write any.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from rag.text.language import detect_language, direction

# Controls that have no meaning in HTML, and those that embed, override or isolate a direction: the
# page gives every block its own. The marks that only stand between letters (U+200E, U+200F) stay.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")
_BREAKS = re.compile(r"\s*[\r\n\v\f\x85\u2028\u2029]+\s*")


class Markup(str):
    """HTML that was put together here and is not escaped again."""

    __slots__ = ()


def escape(text: str) -> Markup:
    """``text`` as nothing but text, in HTML or in an attribute's quotes; markup as it is."""
    if isinstance(text, Markup):
        return text
    return Markup(html.escape(_CONTROLS.sub("", text), quote=True))


def element(name: str, /, *inside: str, **attributes: str | int) -> Markup:
    """An element by its tag and classes, ``p.note``, with ``inside`` in it.

    ``_`` in an attribute's name stands for ``-``. Where its value is ``True`` it stands alone, and
    where that is ``False`` it is left out.
    """
    tag, *classes = name.split(".")
    given = {"class": " ".join(classes) or False, **attributes}
    told = "".join(
        f" {key.replace('_', '-')}" + ("" if value is True else f'="{escape(str(value))}"')
        for key, value in given.items()
        if value is not False
    )
    return Markup(f"<{tag}{told}>" + ("" if tag == "input" else f"{joined(inside)}</{tag}>"))


def joined(pieces: Iterable[str], between: str = "") -> Markup:
    """``pieces`` one after the other, with the text ``between`` them."""
    return Markup(escape(between).join(map(escape, pieces)))


def filled(sentence: str, **values: str) -> Markup:
    """``sentence`` with ``values``, text or markup, in its braces."""
    return Markup(escape(sentence).format(**{name: escape(v) for name, v in values.items()}))


def isolated(text: str, **attributes: str) -> Markup:
    """``text`` in a direction of its own, so that it moves nothing beside it."""
    return element("bdi", text, **attributes)


def way_of(text: str, language: str | None = None) -> dict[str, str]:
    """The attributes that say which way ``text`` runs and, where that is known, its language."""
    known = language or detect_language(text)
    return {"dir": direction(text)} | ({"lang": known} if known != "und" else {})


def directed(name: str, text: str, language: str | None = None) -> Markup:
    """An element with ``text`` in the direction of that."""
    return element(name, text, **way_of(text, language))


def one_line(markup: Markup) -> Markup:
    """``markup`` without line breaks: a blank line would let Markdown read what follows."""
    return Markup(_BREAKS.sub(" ", markup))


def shortened(text: str, most: int) -> str:
    """``text``, if longer than ``most`` characters cut at a space."""
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"
