"""Small pieces of HTML that the library page is put together from.

Every word that is not the page's own goes through :func:`escape`.
"""

from __future__ import annotations

from rag.chat.render import escape


def isolated(text: str) -> str:
    """``text`` in a direction of its own, so that it moves nothing beside it."""
    return f"<bdi>{escape(text)}</bdi>"


def file_name(name: str) -> str:
    """A file's name, isolated; from the left, so that its ending stays at its end."""
    return f'<bdi dir="ltr">{escape(name)}</bdi>'


def action(
    does: str,
    label: str,
    *,
    kind: str = "musnad-lib-plain",
    named: str = "",
    disabled: bool = False,
    focused: bool = False,
    **data: str,
) -> str:
    """A button that sends ``does`` and ``data`` to the page's handler.

    ``label`` is HTML; ``named`` says in words what a sign means. ``focused`` is where the focus
    goes once the button is shown. The key lets the focus return to it when it is drawn anew.
    """
    parts = ['<button type="button"', f'class="{kind}"', f'data-does="{does}"']
    parts += [f'data-{name}="{escape(value)}"' for name, value in data.items()]
    parts.append(f'data-key="{escape("-".join((does, *data.values())))}"')
    if named:
        parts.append(f'aria-label="{escape(named)}"')
    parts += ["disabled"] * disabled + ["data-focus"] * focused
    return f"{' '.join(parts)}>{label}</button>"


def framed(markup: str, language: str) -> str:
    """``markup`` in the language and direction of the page, whatever is around it."""
    way = "rtl" if language == "ar" else "ltr"
    return f'<div class="musnad-lib-frame" dir="{way}" lang="{language}">{markup}</div>'
