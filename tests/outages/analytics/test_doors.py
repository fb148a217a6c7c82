"""Who may read the counts of places: the detector's own pipeline and `disclosure`. Nobody prints around it."""

from __future__ import annotations

import re
from pathlib import Path

from outages.analytics import disclosure
from outages.detection.thresholds import DEFAULT
from outages.models import HourCount, MinuteCount, PlaceBalance, SymptomCount

PROJECT = Path(__file__).resolve().parents[3]
MODELS = (MinuteCount, HourCount, SymptomCount, PlaceBalance)
TABLES = re.compile("|".join(name for model in MODELS for name in (model.__name__, model._meta.db_table)))
READERS = {
    "outages/analytics/disclosure.py",  # tells what may be told
    "outages/pipeline/counts.py",  # the only writer
    "outages/pipeline/balances.py",  # what leans the draw of weights
    "outages/pipeline/renewal.py",  # which minutes were counted before a clock was set back; no numbers
    "outages/pipeline/reset.py",  # deletes them
    "outages/queries/explain.py",  # for the operator, on the machine itself
    "outages/models/counts.py",
    "outages/models/__init__.py",
}


def test_nothing_but_disclosure_reads_the_counts_of_places() -> None:
    found = {
        str(file.relative_to(PROJECT))
        for folder in ("outages", "reports", "config")
        for file in (PROJECT / folder).rglob("*.py")
        if "migrations" not in file.parts and TABLES.search(file.read_text(encoding="utf-8"))
    }
    assert found == READERS


def test_the_operator_s_explanation_is_reached_by_no_door() -> None:
    for folder in ("api", "web", "dialects", "live", "notifications"):
        for file in (PROJECT / "outages" / folder).rglob("*.py"):
            assert "explain" not in re.findall(r"(?:import|from) .*", file.read_text(encoding="utf-8")), file


def test_there_is_one_limit() -> None:
    assert DEFAULT.named_networks == disclosure.ENOUGH


def test_what_is_told_without_enough_networks_has_no_number() -> None:
    told = disclosure._cell((None, "IS", 2, 17, 17.0, 3, 1))
    assert told == disclosure.Cell(None, ("IS",), False, 0, 0, 0, 0)
    assert disclosure._cell((None, "IS", 2, 0, 0.0, 0, 0)) is None
