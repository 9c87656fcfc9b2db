"""PDFs of paragraphs in Arabic and English, as programs with a shaper and without write them."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterable
from pathlib import Path

import arabic_reshaper
import matplotlib
from bidi import get_display
from fpdf import FPDF
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

FONT = Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"


class Paper(FPDF):
    """A4 pages of a shaped font, with what runs at their head and foot."""

    def __init__(self, *, head: str = "", shaped: bool = True) -> None:
        super().__init__()
        self.head = head
        self.add_font("D", fname=FONT)
        self.set_font("D", size=12)
        if shaped:
            self.set_text_shaping(True)

    def header(self) -> None:
        self.cell(0, 8, self.head, align="C", new_x="LMARGIN", new_y="NEXT")

    def footer(self) -> None:
        self.set_y(-15)
        self.cell(0, 8, f"{self.page_no()}" if self.head else "", align="C")

    def write_paragraphs(self, paragraphs: Iterable[str], *, align: str, left: float = 10) -> None:
        self.l_margin = left
        for paragraph in paragraphs:
            self.set_x(left)
            self.multi_cell(self.epw, 7, paragraph, align=align, new_x="LMARGIN", new_y="NEXT")
            self.ln(4)

    def bytes(self) -> bytes:
        return bytes(self.output())


def arabic(paragraphs: Iterable[str], **options: str | bool) -> bytes:
    """A page as programs with a shaper write it: glyphs from left to right, and what they spell."""
    paper = Paper(**options)  # type: ignore[arg-type]
    paper.add_page()
    paper.write_paragraphs(paragraphs, align="R")
    return paper.bytes()


def visual(paragraphs: Iterable[str]) -> bytes:
    """A page as programs without a shaper write it: presentation forms from left to right."""
    pdfmetrics.registerFont(TTFont("D", FONT))
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.setFont("D", 12)
    height = 800
    for paragraph in paragraphs:
        for line in textwrap.wrap(paragraph, 80):
            shown = get_display(arabic_reshaper.reshape(line), base_dir="R")
            canvas.drawRightString(560, height, shown)
            height -= 18
        height -= 18
    canvas.save()
    return file.getvalue()
