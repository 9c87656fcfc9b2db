"""Words as HTML."""

from __future__ import annotations

import html
import re

# Control characters, and those that would turn the direction of what follows.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_QUOTED = re.compile("«[^«»]*»")


def escape(words: object) -> str:
    """``words`` as text of a page or of an attribute."""
    return html.escape(_UNSEEN.sub("", str(words)))


def words(text: str, tag: str = "p", name: str = "") -> str:
    """``text`` in an element that reads in the text's own direction, white space folded."""
    label = f' class="{name}"' if name else ""
    # A quotation in the other language would pull its marks and number along with its direction.
    safe = _QUOTED.sub(r"<bdi>\g<0></bdi>", escape(" ".join(text.split())))
    return f'<{tag}{label} dir="auto">{safe}</{tag}>'


def table(head: list[str], rows: list[list[str]], name: str = "") -> str:
    """A table of ready HTML cells; the first cell of a row is its heading.

    A row of one cell is a heading over the rows that follow.
    """
    top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = "".join(_row(row, len(head)) for row in rows)
    return (
        f'<div class="wide"><table class="{name}"><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _row(cells: list[str], columns: int) -> str:
    if len(cells) == 1:
        return f'<tr class="over"><th scope="rowgroup" colspan="{columns}">{cells[0]}</th></tr>'
    first, *others = cells
    rest = "".join(f"<td>{cell}</td>" for cell in others)
    return f'<tr><th scope="row">{first}</th>{rest}</tr>'
