"""Grids of cells and rows of marks, drawn on the server as SVG that needs no script.

They stretch with the page by percentages and hold no text: the names of rows and columns stand beside them as HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

ROW_PX = 28
GAP_PX = 2


@dataclass(frozen=True, slots=True)
class Square:
    """A cell of a grid: a class of the style sheet ("none", "few", "gap", "step-1" to "step-5"), and its words."""

    css: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark in a row of marks, at a share 0 to 1 of its width. `shape` is "circle", "square" or "diamond"."""

    at: float
    shape: str
    css: str
    words: str


@dataclass(frozen=True, slots=True)
class Track:
    """A row of marks with a bar from one share to another; a hatched bar stands for what has not come."""

    start: float
    end: float
    marks: tuple[Mark, ...]
    hatched: bool = False


_PATTERNS = mark_safe(
    '<defs><pattern id="{0}-few" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="few-ground" width="5" height="5"/><path class="hatch" d="M0 0V5"/></pattern>'
    '<pattern id="{0}-gap" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">'
    '<path class="hatch" d="M0 0V6"/></pattern></defs>'
)


def _svg(name: str, title: str, rows: int, body: SafeString) -> SafeString:
    return format_html(
        '<svg class="cells" width="100%" height="{}" role="img" aria-label="{}">{}{}</svg>',
        rows * ROW_PX,
        title,
        format_html(_PATTERNS, name),
        body,
    )


def heat(
    rows: Sequence[Sequence[Square]], *, name: str, title: str, edges: Sequence[float] | None = None
) -> SafeString:
    """A grid of squares. `name` makes the ids of its patterns the page's own. Squares "none" are left to the ground.
    `edges` are the bounds of the columns as shares of the width; without them all are as wide."""
    at = edges or _even(max((len(row) for row in rows), default=1))
    ground = format_html_join(
        "",
        '<rect class="none" x="0" y="{}" width="100%" height="{}" rx="2"/>',
        ((i * ROW_PX + GAP_PX / 2, ROW_PX - GAP_PX) for i in range(len(rows))),
    )
    squares = format_html_join(
        "",
        '<rect class="{}" x="{}%" y="{}" width="{}%" height="{}"{}>{}</rect>',
        (
            (
                square.css,
                _share(at[j]),
                i * ROW_PX + GAP_PX // 2,
                _share(at[j + 1] - at[j]),
                ROW_PX - GAP_PX,
                _fill(name, square.css),
                format_html("<title>{}</title>", square.words) if square.words else "",
            )
            for i, row in enumerate(rows)
            for j, square in enumerate(row)
            if square.css != "none"
        ),
    )
    return _svg(name, title, len(rows), _both(ground, squares))


def tracks(rows: Iterable[Track], *, name: str, title: str) -> SafeString:
    """Rows of marks, each over a bar."""
    parts: list[SafeString] = []
    count = 0
    for i, row in enumerate(rows):
        count += 1
        middle = i * ROW_PX + ROW_PX // 2
        parts.append(format_html('<line class="axis" x1="0" x2="100%" y1="{0}" y2="{0}"/>', middle))
        parts.append(
            format_html(
                '<rect class="{}" x="{}%" y="{}" width="{}%" height="10"{}/>',
                "gap" if row.hatched else "bar",
                _share(row.start),
                middle - 5,
                _share(max(row.end - row.start, 0.0)),
                _fill(name, "gap") if row.hatched else "",
            )
        )
        parts += [_mark(mark, middle) for mark in row.marks]
    return _svg(name, title, max(count, 1), mark_safe("".join(parts)))  # noqa: S308 -- each part was escaped


def _mark(mark: Mark, middle: int) -> SafeString:
    """A mark is drawn in a little drawing of its own, so that it keeps its shape while the row stretches."""
    shapes = {
        "circle": '<circle cx="8" cy="8" r="7"/>',
        "square": '<rect x="4" y="4" width="8" height="8"/>',
        "diamond": '<path d="M8 2 14 8 8 14 2 8z"/>',
    }
    return format_html(
        '<svg class="mark {}" x="{}%" y="{}" width="1" height="16" overflow="visible"><g transform="translate(-8 0)">{}'
        "<title>{}</title></g></svg>",
        mark.css,
        _share(mark.at),
        middle - 8,
        mark_safe(shapes[mark.shape]),  # noqa: S308 -- one of the three above
        mark.words,
    )


def bar(share: float, *, css: str = "step-3") -> SafeString:
    """One horizontal bar of a share 0 to 1, for a row that says its number beside it."""
    return format_html(
        '<svg class="bar" width="100%" height="10" aria-hidden="true"><rect class="none" width="100%" height="10" '
        'rx="2"/><rect class="{}" width="{}%" height="10" rx="2"/></svg>',
        css,
        _share(min(max(share, 0.0), 1.0)),
    )


def line(values: Sequence[float | None], *, title: str, top: float, edges: Sequence[float] | None = None) -> SafeString:
    """A small line of values up to `top`, each over its share of the width as in `heat`; None is a gap."""
    at = edges or _even(max(len(values), 1))
    parts: list[str] = []
    drawing = False
    for i, value in enumerate(values):
        if value is None:
            drawing = False
            continue
        y = 100 - 96 * min(value, top) / top
        parts.append(f"{'L' if drawing else 'M'}{1000 * at[i]:.0f} {y:.1f}H{1000 * at[i + 1]:.0f}")
        drawing = True
    return format_html(
        '<svg class="chart thin" viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<path class="zero" d="M0 100H1000"/><path class="seen" d="{}"/></svg>',
        title,
        "".join(parts) or "M0 100",
    )


def _even(columns: int) -> list[float]:
    return [i / columns for i in range(columns + 1)]


def _share(part: float) -> str:
    return f"{100 * part:.3f}".rstrip("0").rstrip(".")


def _fill(name: str, css: str) -> SafeString:
    return format_html(' fill="url(#{}-{})"', name, css) if css in ("few", "gap") else SafeString("")


def _both(first: SafeString, second: SafeString) -> SafeString:
    return mark_safe(first + second)  # noqa: S308 -- both were escaped where they were made
