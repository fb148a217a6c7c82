"""Every number that decides has a name and a place."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from outages.detection import thresholds

DETECTION = Path(thresholds.__file__).parent
PLAIN = frozenset({0, 1, -1, 2, 60, 1000})  # none, one, a pair; minutes of an hour, milliseconds of a second
ELSEWHERE = "classifier"  # what a text says is decided by words, not by nats


def bare_numbers(source: str) -> list[tuple[int, float]]:
    """The numbers in a module's comparisons that are neither plain nor named, with their lines."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare):
            for side in (node.left, *node.comparators):
                for each in ast.walk(side):
                    if isinstance(each, ast.Constant) and type(each.value) in (int, float) and each.value not in PLAIN:
                        found.append((node.lineno, each.value))
    return found


@pytest.mark.parametrize(
    "module",
    sorted(m for m in DETECTION.rglob("*.py") if ELSEWHERE not in m.parts),
    ids=lambda module: module.relative_to(DETECTION).as_posix(),
)
def test_no_comparison_in_detection_decides_by_a_bare_number(module: Path) -> None:
    assert bare_numbers(module.read_text()) == []


def test_a_bare_number_in_a_comparison_is_found() -> None:
    assert bare_numbers("if nats >= 7.5 * share and len(found) > 2: pass") == [(1, 7.5)]


def test_the_site_shows_every_threshold_as_it_stands() -> None:
    shown = thresholds.as_dict()
    assert shown["quorum"] == thresholds.DEFAULT.quorum
    assert len(shown) == len(thresholds.Thresholds.__dataclass_fields__)
