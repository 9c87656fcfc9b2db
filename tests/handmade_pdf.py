"""PDFs written by hand, glyph by glyph, for what the libraries that make PDFs do not do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """A glyph: a bar of ``width`` by ``height`` thousandths; what it says, if that is known."""

    text: str | None
    width: int = 600
    height: int = 700


def handmade(content: str, shapes: Mapping[str, Shape]) -> bytes:
    """A page of 600 by 800 points; ``content`` may set the font /F, whose codes are ``shapes``."""
    first, last = ord(min(shapes)), ord(max(shapes))
    codes = [chr(code) for code in range(first, last + 1)]
    drawn = [shapes.get(code, Shape(None, 0, 0)) for code in codes]
    known = {ord(code): shape.text for code, shape in shapes.items() if shape.text is not None}
    procedures = " ".join(f"/g{ord(code)} {n} 0 R" for n, code in enumerate(codes, start=7))
    widths = " ".join(str(shape.width) for shape in drawn)
    names = " ".join(f"/g{ord(code)}" for code in codes)
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R"
        " /Resources << /Font << /F 5 0 R >> >> >>",
        _stream(content),
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 -300 1000 1000]"
        f" /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar {first} /LastChar {last}"
        f" /Widths [{widths}] /ToUnicode 6 0 R /CharProcs << {procedures} >>"
        f" /Encoding << /Type /Encoding /Differences [{first} {names}] >> >>",
        _stream(_to_unicode(known)),
        *(_stream(_bar(shape)) for shape in drawn),
    ]
    return _file(objects)


def _bar(shape: Shape) -> str:
    edges = f"0 0 {shape.width} {shape.height}"
    return f"{shape.width} 0 {edges} d1 {edges} re f"


def _to_unicode(known: Mapping[int, str]) -> str:
    rows = "\n".join(
        f"<{code:02x}> <{text.encode('utf-16-be').hex()}>" for code, text in known.items()
    )
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def"
        " /CMapType 2 def 1 begincodespacerange <00> <ff> endcodespacerange\n"
        f"{len(known)} beginbfchar\n{rows}\nendbfchar endcmap end end"
    )


def _stream(content: str) -> str:
    return f"<< /Length {len(content)} >>\nstream\n{content}\nendstream"


def _file(objects: list[str]) -> bytes:
    data, places = "%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    data += (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(data)}\n%%EOF"
    )
    return data.encode("ascii")
