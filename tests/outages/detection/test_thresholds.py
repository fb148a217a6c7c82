"""Every number that decides has a name, a place and a reason."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from outages.detection import thresholds
from outages.detection.estimators.weighting import LOG_MINUTES
from outages.pipeline import inputs

DETECTION = Path(thresholds.__file__).parent
PLAIN = frozenset({0, 1, -1, 2, 24, 60, 168, 1440, 1000})  # none, one, a pair, a half; units of time
LEAST = 1e-3  # what only keeps a division or a logarithm from failing
HALF_LIFE = 0.5
BOUNDS = frozenset({"min", "max", "minimum", "maximum", "clip"})
SHIFTS = (ast.LShift, ast.RShift)
ELSEWHERE = "classifier"  # what a text says is decided by words, not by nats
# Numbers that decide nothing: what is stored, how long a loop runs, from where arrays are quicker, codes of protocols.
MECHANICAL = frozenset({
    "BEYOND_DOUBT", "CUTS", "FEW", "FEW_CELLS", "FEW_PIECES", "FEW_RISES", "FIRST_ERROR", "FIRST_SERVER_ERROR",
    "GAPS_KEPT", "KEPT_CHARACTERS", "LEAST_CUT", "LEAST_EXPECTED", "LOG_MINUTES", "LOG_ROWS", "LOOKS", "MONTH_MINUTES",
    "MOST_KEYS",
    "MOST_STATEMENTS", "MOST_THREADS", "NEVER", "NEXT_TO_NOTHING", "QUOTED", "QUOTED_PLAN", "REFUSALS", "ROUNDING",
    "ROUNDS", "ROW", "RUNS", "SLOTS", "SMALL", "SMALLEST_NETWORKS", "TAG_BITS", "UNITS", "VERSION", "_BITS",
    "_FIRST", "_MIX", "_SECOND",
})  # fmt: skip
MODULES = sorted(m for m in DETECTION.rglob("*.py") if ELSEWHERE not in m.parts and m.name != "thresholds.py")


def numbers(node: ast.AST) -> Iterator[ast.Constant]:
    """Return the numbers in an expression but those of slices, shifts and `round`: bits, and how much is shown."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, SHIFTS):
        return
    if isinstance(node, ast.Subscript):
        yield from numbers(node.value)
        return
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "round":
        yield from numbers(node.args[0])
        return
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from numbers(child)


def bare_numbers(source: str) -> list[tuple[int, float]]:
    """Return the numbers in a module's comparisons and sums that are neither plain nor named, with their lines."""
    found: dict[tuple[int, int], tuple[int, float]] = {}
    for node in ast.walk(ast.parse(source)):
        operands: list[ast.AST] = []
        if isinstance(node, ast.Compare):
            operands = [node.left, *node.comparators]
        elif isinstance(node, ast.BinOp) and not isinstance(node.op, SHIFTS):
            operands = [node.left, node.right]
        elif isinstance(node, ast.AugAssign):
            operands = [node.value]
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in BOUNDS:
            operands = list(node.args)
        for each in (number for operand in operands for number in numbers(operand)):
            if each.value not in PLAIN and each.value != HALF_LIFE and abs(each.value) > LEAST:
                found[each.lineno, each.col_offset] = (each.lineno, each.value)
    return [found[at] for at in sorted(found)]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.relative_to(DETECTION).as_posix())
def test_nothing_in_detection_decides_by_a_bare_number(module: Path) -> None:
    assert bare_numbers(module.read_text()) == []


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.relative_to(DETECTION).as_posix())
def test_a_number_that_decides_is_a_field_not_a_constant_of_its_module(module: Path) -> None:
    for node in ast.parse(module.read_text()).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and any(numbers(node.value)):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            assert ast.unparse(target) in MECHANICAL, f"{module.name}: {ast.unparse(target)}"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("if nats >= 7.5 * share and len(found) > 2: pass", [(1, 7.5)]),
        ("rate = max(usual, 0.25)", [(1, 0.25)]),
        ("glow = usual + 1.3 * before", [(1, 1.3)]),
        ("score -= 3", [(1, 3)]),
        ("first = round(rows[:7] / 2, 3)", []),
    ],
)
def test_a_bare_number_is_found(source: str, found: list[tuple[int, float]]) -> None:
    assert bare_numbers(source) == found


def test_what_the_pipeline_decides_by_is_a_threshold_as_well() -> None:
    assert bare_numbers(inspect.getsource(inputs)) == []


def test_each_threshold_says_what_it_is() -> None:
    lines = inspect.getsource(thresholds.Thresholds).splitlines()
    fields = [line for line in lines if line.startswith("    ") and ": " in line and " = " in line.split("#")[0]]
    assert len(fields) == len(thresholds.as_dict())
    assert [line.strip() for line in fields if "#" not in line] == []


def test_no_window_of_evidence_is_longer_than_reports_are_kept_in_the_log() -> None:
    t = thresholds.DEFAULT
    windows = (t.crowd_minutes, t.place_minutes, t.rise_minutes, t.back_minutes, t.network_minutes, t.active_minutes)
    assert max(windows) <= LOG_MINUTES
    assert max(t.fading_spans) + t.before_most_minutes <= LOG_MINUTES


def test_the_site_shows_every_threshold_as_it_stands() -> None:
    shown = thresholds.as_dict()
    assert shown["quorum"] == thresholds.DEFAULT.quorum
    assert shown["day_prior"] == thresholds.DEFAULT.day_prior
    assert len(shown) == len(thresholds.Thresholds.__dataclass_fields__)
