"""Pictures as a few shapes, drawn twice: as SVG, whose colours follow the page, and as PNG.

One description for both, so that they cannot disagree; no plotting library is needed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any, Literal, TypeAlias

Role = Literal["ink", "muted", "grid", "ar", "en", "other", "paper"]
Anchor = Literal["start", "middle", "end"]
# The light palette of style.css; blue and orange stay apart for colour-blind readers.
COLOURS: dict[str, str] = {
    "ink": "#1f2430",
    "muted": "#667085",
    "grid": "#e4e2dc",
    "ar": "#1f6fb2",
    "en": "#c4590f",
    "other": "#6b7280",
    "paper": "#ffffff",
}
_SCALE = 2
# Drawn so much larger, then made smaller: lines come out smooth.
_OVERSAMPLED = 2


@dataclass(frozen=True)
class Line:
    """A line through points."""

    points: tuple[tuple[float, float], ...]
    role: Role
    width: float = 2.0
    dashed: bool = False


@dataclass(frozen=True)
class Dot:
    """A filled circle."""

    x: float
    y: float
    radius: float
    role: Role


@dataclass(frozen=True)
class Bar:
    """A filled rectangle; ``faint`` for what matters less."""

    x: float
    y: float
    width: float
    height: float
    role: Role
    faint: bool = False


@dataclass(frozen=True)
class Text:
    """Words; ``y`` is their baseline."""

    x: float
    y: float
    words: str
    role: Role = "ink"
    anchor: Anchor = "start"
    size: float = 12


Shape: TypeAlias = Line | Dot | Bar | Text


@dataclass
class Picture:
    """Shapes on a sheet; ``title`` says in words what is to be seen."""

    width: int
    height: int
    title: str
    shapes: list[Shape] = field(default_factory=list)

    def add(self, *shapes: Shape) -> None:
        """Put shapes on top of what is there."""
        self.shapes.extend(shapes)


def to_svg(picture: Picture) -> str:
    """The picture as an ``<svg>`` element; a role is the class of its shapes."""
    body = "".join(map(_svg, picture.shapes))
    return (
        f'<svg viewBox="0 0 {picture.width} {picture.height}" role="img"'
        f' aria-label="{escape(picture.title)}">{body}</svg>'
    )


def _svg(shape: Shape) -> str:
    match shape:
        case Line(points, role, width, dashed):
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            dashes = ' stroke-dasharray="4 4"' if dashed else ""
            return f'<polyline class="line {role}" points="{path}" stroke-width="{width}"{dashes}/>'
        case Dot(x, y, radius, role):
            return f'<circle class="{role}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>'
        case Bar(x, y, width, height, role, faint):
            name = f"{role} faint" if faint else role
            box = f'x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}"'
            return f'<rect class="{name}" {box}/>'
        case Text(x, y, words, role, anchor, size):
            place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"'
            return f'<text class="{role}" {place}>{escape(words)}</text>'


def write_png(picture: Picture, path: Path) -> None:
    """The picture in its light colours, two dots to the unit."""
    from PIL import Image, ImageDraw

    zoom = _SCALE * _OVERSAMPLED
    size = (picture.width * zoom, picture.height * zoom)
    image = Image.new("RGB", size, COLOURS["paper"])
    pen = ImageDraw.Draw(image)
    for shape in picture.shapes:
        _paint(pen, shape, zoom)
    final = (picture.width * _SCALE, picture.height * _SCALE)
    image.resize(final, Image.Resampling.LANCZOS).save(path, optimize=True)


def _paint(pen: Any, shape: Shape, zoom: int) -> None:
    colour = COLOURS[shape.role]
    match shape:
        case Line(points, _, width, dashed):
            scaled = [(x * zoom, y * zoom) for x, y in points]
            pieces = _dashes(scaled, 4 * zoom) if dashed else [scaled]
            for piece in pieces:
                pen.line(piece, fill=colour, width=max(1, round(width * zoom)), joint="curve")
        case Dot(x, y, radius, _):
            box = [
                (x - radius) * zoom,
                (y - radius) * zoom,
                (x + radius) * zoom,
                (y + radius) * zoom,
            ]
            pen.ellipse(box, fill=colour)
        case Bar(x, y, width, height, _, faint):
            corner = (x + max(width, 0)) * zoom, (y + height) * zoom
            pen.rectangle([x * zoom, y * zoom, *corner], fill=_fainter(colour) if faint else colour)
        case Text(x, y, words, _, anchor, size):
            from PIL import ImageFont

            font = ImageFont.load_default(size * zoom)
            place = {"start": "ls", "middle": "ms", "end": "rs"}[anchor]
            pen.text((x * zoom, y * zoom), words, fill=colour, font=font, anchor=place)


def _dashes(points: list[tuple[float, float]], length: float) -> list[list[tuple[float, float]]]:
    """The first and last point joined by dashes."""
    (x0, y0), (x1, y1) = points[0], points[-1]
    count = max(1, int(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 / length))

    def at(step: int) -> tuple[float, float]:
        return x0 + (x1 - x0) * step / count, y0 + (y1 - y0) * step / count

    return [[at(step), at(step + 1)] for step in range(0, count, 2)]


def _fainter(colour: str) -> str:
    parts = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - part) * 0.35):02x}" for part in parts)
