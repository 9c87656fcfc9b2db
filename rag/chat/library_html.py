"""Small pieces of HTML that the library page is put together from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from rag.chat.markup import Markup, element, isolated, joined
from rag.chat.words import Words
from rag.service.catalogue import Entry


def framed(inside: str, said: Words) -> Markup:
    """``inside`` in the language and direction of the page, whatever is around it."""
    return element("div.musnad-lib-frame", inside, **said.way)


def listed(*names: str) -> Markup:
    """Titles as a list, each in its own direction; nothing where there are none."""
    items = (element("li", name, dir="auto") for name in names)
    return element("ul", *items) if names else Markup()


def action(
    does: str,
    *label: str,
    kind: str = "musnad-lib-plain",
    about: Mapping[str, str | int] = MappingProxyType({}),
    **data: str,
) -> Markup:
    """A button that sends ``does`` and ``data`` to the page's handler; ``about`` are attributes.

    The key lets the focus return to it when it is drawn anew.
    """
    sent = {"does": does, **data, "key": "-".join((does, *data.values()))}
    told = {f"data_{name}": value for name, value in sent.items()}
    return element(f"button.{kind}", *label, **{"type": "button", **told, **about})


def table(name: str, headings: Iterable[str], rows: Iterable[Sequence[str]]) -> Markup:
    """A table whose rows each begin with their own heading."""
    head = element("tr", *(element("th", heading, scope="col") for heading in headings))
    body = (
        element("tr", element("th", first, scope="row"), *(element("td", cell) for cell in cells))
        for first, *cells in rows
    )
    return element(name, element("thead", head), element("tbody", *body))


def entries_html(entries: Iterable[Entry], said: Words) -> Markup:
    """Articles as a list of buttons that open them, each with its outlet and date."""
    return element("ul.musnad-lib-entries", *(_item(entry, said) for entry in entries))


def _item(entry: Entry, said: Words) -> Markup:
    known = cells_of(entry, said)
    told = (known["outlet"], known["date"]) if entry.outlet else (known["date"],)
    button = action("open", isolated(entry.label), id=entry.id)
    return element("li", button, " ", element("span.musnad-lib-small", joined(told, " · ")))


def cells_of(entry: Entry, said: Words) -> dict[str, str]:
    """What is known of an article, by column; what is not known is said to be so."""
    date, outlet, language = entry.date, entry.outlet, entry.language
    name = said.tables["languages"].get(language or "") or isolated(language or "")
    known = {
        "outlet": outlet and isolated(outlet),
        # As precise as it is known.
        "date": date and element("time", date, datetime=date, dir="ltr"),
        "language": name if language and language != "und" else None,
        "length": said.counted("word", entry.words),
    }
    unknown = said.tables["unknown"]
    return {
        column: shown or element("span.musnad-lib-unknown", unknown[column])
        for column, shown in known.items()
    }
