"""What people say, and which symptom of the shipped catalogues it means."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
import pytest

from outages.dialects.mcp import wording
from reports.catalog import loader
from reports.catalog.schema import Catalog

CATALOGUES = Path(__file__).resolve().parents[3] / "catalog"


@cache
def catalogue(slug: str) -> Catalog:
    return loader.read(CATALOGUES / f"{slug}.toml")


@pytest.mark.parametrize(
    ("slug", "said", "meant"),
    [
        ("tesla", "vehicle unavailable", "http-408"),
        ("tesla", "Vehicle is offline or asleep", "http-408"),
        ("tesla", "my car is not shown", "vehicle-missing"),
        ("tesla", "vehicle-missing", "vehicle-missing"),
        ("tesla", "503", "http-503-maintenance"),
        ("tesla", "Service Unavailable", "http-503-unavailable"),
        ("tesla", "server maintainance", "http-503-maintenance"),
        ("tesla", "I see error 502", "http-502"),
        ("tesla", "can’t unlock my car", "command-failed"),
        ("tesla", "Kann mich nicht anmelden", "login-failed"),
        ("tesla", "Auto wird nicht angezeigt", "vehicle-missing"),
        ("tesla", "車が表示されない", "vehicle-missing"),
        ("tesla", "app keeps spinning", "timeout"),
        ("tesla", "Supercharger won't start", "charging-failed"),
        ("tesla", "404", None),
        ("tesla", "it doesn't work", None),
        ("tesla", "everything is broken", None),
        ("tesla", "banana", None),
        ("spectrum", "internet is down", "no-connection"),
        ("spectrum", "TV has no picture", "no-signal"),
        ("spectrum", "it keeps dropping", "intermittent"),
    ],
)
def test_words_mean_their_own_symptom_or_none(slug: str, said: str, meant: str | None) -> None:
    found = wording.symptom(catalogue(slug), said)
    assert (found.slug if found else None) == meant


@pytest.mark.slow
def test_every_symptom_is_found_by_its_own_name_in_every_language() -> None:
    """Two may be called the same in one language; then the first is meant."""
    for symptom in catalogue("tesla").symptoms:
        for name in wording.in_all_languages(symptom.name):
            found = wording.symptom(catalogue("tesla"), name)
            assert found is not None, name
            assert found.slug == symptom.slug or name in wording.in_all_languages(found.name), (name, found.slug)


@pytest.mark.parametrize(
    ("said", "code"),
    [("Norway", "NO"), ("no", "NO"), ("Norwegen", "NO"), ("日本", "JP"), ("USA", "US"), ("England", "GB"),
     ("Great Brittain", "GB"), ("Türkiye", "TR"), ("Côte d’Ivoire", "CI"), ("Brasil", "BR"), ("Atlantis", None),
     ("", None), ("?", None)],
)  # fmt: skip
def test_a_country_is_known_by_its_names(said: str, code: str | None) -> None:
    assert wording.country(said) == code


def test_a_name_that_fits_two_things_means_neither() -> None:
    known = {"aws": ["Amazon Web Services"], "amazon": ["Amazon shop"], "x": ["X"]}
    assert wording.named("amazon", known) == "amazon"
    assert wording.named("web services", known) == "aws"
    assert wording.named("Amazon's", {"a": ["Amazon one"], "b": ["Amazon two"]}) is None
    assert wording.named("", known) is None


def test_words_made_once_answer_as_words_made_anew_and_no_symptoms_fit_nothing():
    for slug in ("tesla", "spectrum"):
        catalog = catalogue(slug)
        known = wording.lexicon_of(catalog)
        for said in ("503 service unavailable", "no internet", "cannot unlock", "xyzzy"):
            assert wording.symptom(catalog, said, known) == wording.symptom(catalog, said)
    assert wording.symptom(msgspec.structs.replace(catalogue("tesla"), symptoms=()), "no internet") is None
