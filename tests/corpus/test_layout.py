"""Elements to text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.corpus.formats.layout import html_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>واحد</p><p>two</p>", "واحد\n\ntwo"),
        ("one <b>bold</b>\n  word<br>next line", "one bold word\nnext line"),
        ("<div><div>a</div></div><ul><li>b</li><li>c</li></ul>", "a\n\nb\n\nc"),
        ("3 &lt; 4 &amp;&nbsp;ق", "3 < 4 &\xa0ق"),
        ("<table><tr><td>سفن</td> <td>7</td>\n</tr><tr><th>b<td></table>c", "سفن\t7\nb\n\nc"),
        ("<p>a <p>\n <br> <br> b <table><tr><td><td>c", "a\n\nb\n\n\tc"),
        ("<table><tr><td>menu<td><p>one<p>two</table>", "menu\n\none\n\ntwo"),
        ("<head><title>T</title></head><script>x()</script><style>y</style>a<!-- b -->c", "ac"),
        ("a < b and c", "a < b and c"),
        ("", ""),
        ("<!-- nothing -->", ""),
    ],
)
def test_a_page_is_the_text_that_it_shows(html: str, text: str) -> None:
    assert html_text(html) == text


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_html(text: str) -> None:
    shown = html_text(text)
    assert "\n\n\n" not in shown and shown == shown.strip("\n")
