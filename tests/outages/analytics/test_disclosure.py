"""What is said of small cells, read by somebody who knows the rules and wants the numbers that were withheld."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from outages.analytics.disclosure import BASE, LEAST_SHOWN, Question, may_name, rounded, shown, withheld_exact

CHANCES = st.floats(0, 1, exclude_max=True)


@given(st.integers(0, 10_000), CHANCES)
def test_a_rounded_number_is_a_multiple_of_five_and_near(number: int, chance: float) -> None:
    found = rounded(number, chance)
    assert found % BASE == 0
    assert abs(found - number) < BASE


@given(st.integers(0, 200))
def test_rounding_is_right_on_average(number: int) -> None:
    steps = 1000
    mean = sum(rounded(number, step / steps) for step in range(steps)) / steps
    assert abs(mean - number) < 0.02


@given(st.integers(LEAST_SHOWN, 50), CHANCES)
def test_a_cell_that_is_shown_is_never_shown_as_none(number: int, chance: float) -> None:
    assert shown(number, chance) >= BASE


def test_the_same_question_has_the_same_answer_and_another_has_another() -> None:
    first = Question(b"secret", (1, 2))
    assert first.chance("NL") == Question(b"secret", (1, 2)).chance("NL")
    others = [Question(b"other", (1, 2)), Question(b"secret", (1, 3)), Question(b"secret", (12, ""))]
    assert len({first.chance("NL"), first.chance("DE"), *(one.chance("NL") for one in others)}) == 5
    assert all(0 <= first.chance(place) < 1 for place in range(1000))


def values_of_small_cells(total: int, numbers: list[int], few: int) -> list[set[int]]:
    """All that small cells can be, to somebody who knows the total, the rounded numbers and the rules."""
    found: list[set[int]] = [set() for _ in range(few)]
    ranges = [range(max(LEAST_SHOWN, number - BASE + 1), number + BASE) for number in numbers]
    for cells in product(*ranges):
        for small in _sharings(total - sum(cells), few):
            for values, value in zip(found, small, strict=True):
                values.add(value)
    return found


def _sharings(total: int, count: int) -> Iterator[tuple[int, ...]]:
    """All ways to share a total among so many that each has one at least."""
    if count == 1:
        if total >= 1:
            yield (total,)
        return
    for first in range(1, total - count + 2):
        for rest in _sharings(total - first, count - 1):
            yield (first, *rest)


@settings(deadline=None)
@given(
    raw=st.lists(st.integers(LEAST_SHOWN, 14), max_size=2),
    small=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    chances=st.lists(CHANCES, min_size=2, max_size=2),
)
def test_no_small_cell_that_is_named_has_one_possible_number(
    raw: list[int], small: list[int], chances: list[float]
) -> None:
    numbers = [shown(number, chance) for number, chance in zip(raw, chances, strict=False)]
    total = sum(raw) + sum(small)
    assume(may_name(total, numbers, len(small)))
    for values, value in zip(values_of_small_cells(total, numbers, len(small)), small, strict=True):
        assert value in values
        assert len(values) > 1


def test_a_small_cell_is_named_where_it_is_hidden_and_not_where_it_is_all_there_was() -> None:
    assert may_name(300, [240], 1)
    assert not may_name(1, [], 1)
    assert not may_name(50, [], 1), "it is the total itself"
    assert not may_name(2, [], 2), "one each"
    assert may_name(3, [], 2)
    assert not may_name(4, [5], 1), "the other has three at least"


@settings(deadline=None, max_examples=150)
@given(st.lists(st.integers(0, 5), min_size=2, max_size=4))
def test_no_small_part_follows_from_the_exact_numbers_of_the_others(reports: list[int]) -> None:
    fewest = 3
    withheld = withheld_exact(reports, fewest)

    def told(numbers: tuple[int, ...]) -> list[int | None]:
        hidden = withheld_exact(numbers, fewest)
        return [None if few else number for number, few in zip(numbers, hidden, strict=True)]

    said, total = told(tuple(reports)), sum(reports)
    worlds = [one for one in product(range(total + 1), repeat=len(reports)) if sum(one) == total and told(one) == said]
    assert tuple(reports) in worlds
    for place, number in enumerate(reports):
        if 0 < number < fewest:
            assert withheld[place]
            assert len({one[place] for one in worlds}) > 1, (reports, said)


def test_parts_without_small_numbers_are_shown_as_they_are() -> None:
    assert withheld_exact([0, 3, 40], 3) == [False, False, False]
    assert withheld_exact([0, 1, 40], 3) == [True, True, False], "the one that has none is withheld, too"
    assert withheld_exact([1, 40], 3) == [True, True]
    assert withheld_exact([2, 1, 40], 3) == [True, True, False]
    assert withheld_exact([2, 2, 40], 3) == [True, True, True], "two each at most"
    assert withheld_exact([], 3) == []
