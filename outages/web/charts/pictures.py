"""Pictures to take along: a map with its title, time, zone and source, as SVG or PNG. Drawn here, without a browser."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from PIL import Image, ImageDraw, ImageFont

from outages.web.charts import map_area
from outages.web.charts.figures import FEW, LAND, STEP_COLOURS
from outages.web.charts.maps import Layer, area_of
from reports import places

WIDTH, HEIGHT = 1200, 630  # as link previews want it
PAPER, INK, MUTED, BORDER = "#faf8f4", "#201b15", "#645b50", "#ffffff"
EDGE: Final = 48
MAP_TOP, MAP_BOTTOM = 168, 74
LARGE, SMALL = 38, 24
TITLE_LINES: Final = 2
FONT: Final = Path(__file__).parent / "fonts" / "DejaVuSansCondensed-subset.ttf"  # Pillow's own has no accents


@dataclass(frozen=True, slots=True)
class Words:
    """What stands on a picture: two lines above the map, one below."""

    title: str
    detail: str
    source: str
    state: str = INK  # the colour of the bar at the title: what the verdict is


@dataclass(frozen=True, slots=True)
class Shape:
    """A place's rings in pixels of the picture, and its colour."""

    rings: tuple[tuple[map_area.Point, ...], ...]
    colour: str


def shapes(layer: Layer, *, whole: bool = False) -> list[Shape]:
    """Return the map fitted into the picture, opened on the affected area unless it is to be `whole`."""
    rows = {row.place: row for row in layer.rows}
    drawing = places.svg_map(layer.country, WIDTH)
    area = None if whole or layer.country else area_of(layer, WIDTH)
    left, top, across, down = area or (0.0, 0.0, float(drawing.width), float(drawing.height))
    room_x, room_y = WIDTH - 2 * EDGE, HEIGHT - MAP_TOP - MAP_BOTTOM
    scale = min(room_x / across, room_y / down)
    shift_x = EDGE + (room_x - across * scale) / 2 - left * scale
    shift_y = MAP_TOP + (room_y - down * scale) / 2 - top * scale
    found = []
    for code, path in drawing.paths:
        row = rows.get(code)
        colour = LAND
        if row is not None and row.kind == "step":
            colour = STEP_COLOURS[row.step - 1]
        elif row is not None and row.kind == "few":
            colour = FEW
        rings = tuple(
            tuple((round(x * scale + shift_x, 1), round(y * scale + shift_y, 1)) for x, y in ring)
            for ring in map_area.rings(path)
        )
        found.append(Shape(rings, colour))
    return found


def as_svg(layer: Layer, words: Words, *, whole: bool = False) -> SafeString:
    """Return the picture as an SVG that stands by itself."""
    drawn = format_html_join(
        "",
        '<path fill="{}" stroke="{}" stroke-width=".7" fill-rule="evenodd" d="{}"/>',
        ((shape.colour, BORDER, _path(shape.rings)) for shape in shapes(layer, whole=whole)),
    )
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" '
        'font-family="system-ui, sans-serif"><title>{title}</title><rect width="{w}" height="{h}" fill="{paper}"/>'
        '<svg x="{e}" y="{mt}" width="{mw}" height="{mh}" viewBox="{e} {mt} {mw} {mh}">{drawn}</svg>'
        '<rect x="0" y="0" width="14" height="{mt}" fill="{state}"/>'
        '<text x="{e}" y="74" font-size="{large}" font-weight="700" fill="{ink}">{title}</text>'
        '<text x="{e}" y="118" font-size="{small}" fill="{muted}">{detail}</text>'
        '<text x="{e}" y="{bottom}" font-size="{small}" fill="{muted}">{source}</text></svg>',
        w=WIDTH,
        h=HEIGHT,
        paper=PAPER,
        ink=INK,
        muted=MUTED,
        state=words.state,
        drawn=drawn,
        title=shortened(words.title, 56),
        detail=shortened(words.detail, 96),
        source=words.source,
        e=EDGE,
        mt=MAP_TOP,
        mw=WIDTH - 2 * EDGE,
        mh=HEIGHT - MAP_TOP - MAP_BOTTOM,
        large=LARGE,
        small=SMALL,
        bottom=HEIGHT - 28,
    )


def as_png(layer: Layer, words: Words, *, whole: bool = False) -> bytes:
    """Return the picture as a PNG. Its font has Latin, Greek and Cyrillic letters: give it words of these."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    for shape in shapes(layer, whole=whole):
        for ring in shape.rings:
            if len(ring) > 2:
                pen.polygon(ring, fill=shape.colour, outline=BORDER)
    pen.rectangle((0, 0, WIDTH, MAP_TOP - 1), fill=PAPER)  # what of the map lies beyond its frame
    pen.rectangle((0, HEIGHT - MAP_BOTTOM, WIDTH, HEIGHT), fill=PAPER)
    pen.rectangle((0, 0, EDGE - 1, HEIGHT), fill=PAPER)
    pen.rectangle((WIDTH - EDGE, 0, WIDTH, HEIGHT), fill=PAPER)
    pen.rectangle((0, 0, 14, MAP_TOP), fill=words.state)
    room = WIDTH - 2 * EDGE
    titles = [(line, LARGE, 24 + i * 46, INK) for i, line in enumerate(wrapped(words.title, room))]
    for text, size, y, colour in (
        *titles,
        (words.detail, SMALL, 122, MUTED),
        (words.source, SMALL, HEIGHT - 52, MUTED),
    ):
        pen.text((EDGE, y), _fitting(text, size, room), fill=colour, font=_font(size))
    packed = io.BytesIO()
    image.save(packed, "PNG", optimize=False, compress_level=6)
    return packed.getvalue()


def shortened(text: str, most: int) -> str:
    """Return the text, cut with an ellipsis where it is longer."""
    return text if len(text) <= most else text[: most - 1].rstrip(" ,;·") + "…"


def wrapped(text: str, room: int) -> list[str]:
    """Return the text in at most TITLE_LINES lines that fit; what is too long for the last is cut there."""
    font = _font(LARGE)
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if not lines[-1] or font.getlength(longer) <= room or len(lines) == TITLE_LINES:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _fitting(text: str, size: int, room: int) -> str:
    font = _font(size)
    while font.getlength(text) > room and len(text) > 1:
        text = shortened(text, len(text) - 1) if not text.endswith("…") else shortened(text[:-1], len(text) - 2)
    return text


@lru_cache(maxsize=4)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)


def _path(rings: Sequence[Sequence[map_area.Point]]) -> str:
    return "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in ring) + "Z" for ring in rings)
