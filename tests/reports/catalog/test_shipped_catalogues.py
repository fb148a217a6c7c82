"""What the catalogues that come with the project promise to readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from outages.templatetags.brownout import DRAWN_AS
from reports.catalog import guidance, translations
from reports.catalog.loader import read
from reports.catalog.schema import Catalog, localise
from reports.languages import DEFAULT_LANGUAGE, LANGUAGES, written

FOLDER = Path(__file__).resolve().parents[3] / "catalog"
FILES = sorted(FOLDER.glob("*.toml"))
CATALOGS = {file.stem: read(file) for file in FILES}
TESLA, SPECTRUM, RECONSTRUCTION = (CATALOGS[name] for name in ("tesla", "spectrum", "tesla-2023-02-14"))


def _hosts(catalog: Catalog) -> Iterator[str]:
    for probe in catalog.probes:
        if not probe.control:
            yield probe.url.split("/")[2] if probe.url else probe.host


def test_tesla_has_every_part_that_drivers_know() -> None:
    assert [component.slug for component in TESLA.components] == [
        "app",
        "vehicle",
        "phone-key",
        "login",
        "charging",
        "energy",
        "website",
        "fleet-api",
        "telemetry",
        "navigation",
    ]
    needs = {component.slug: component.depends_on for component in TESLA.components}
    assert all("login" in needs[slug] for slug in ("app", "vehicle", "energy", "fleet-api"))
    assert "vehicle" in needs["app"]


def test_tesla_has_every_symptom_and_a_guide_for_each() -> None:
    codes = {f"http-{status}" for status in (500, 502, 504, 429, 403, 408, 412, 421)}
    assert {symptom.slug for symptom in TESLA.symptoms} >= codes | {
        "http-503-maintenance",
        "http-503-unavailable",
        "app-540",
        "blank-screen",
        "timeout",
        "slow",
        "stale-data",
        "login-failed",
        "login-loop",
        "vehicle-missing",
        "command-failed",
        "charging-failed",
        "payment-failed",
        "other",
    }
    for symptom in TESLA.symptoms:
        assert symptom.guide is not None, symptom.slug
        assert symptom.guide.causes, symptom.slug
        assert symptom.guide.steps, symptom.slug
        assert symptom.guide.permanent, symptom.slug


def test_eight_symptoms_are_offered_at_once_and_come_first() -> None:
    assert [symptom.common for symptom in TESLA.symptoms] == [True] * 8 + [False] * (len(TESLA.symptoms) - 8)


@pytest.mark.parametrize("catalog", CATALOGS.values(), ids=CATALOGS.keys())
def test_names_of_symptoms_fit_a_tile(catalog: Catalog) -> None:
    for symptom in catalog.symptoms:
        assert len(localise(symptom.name)) <= 26, symptom.slug


@pytest.mark.parametrize("catalog", CATALOGS.values(), ids=CATALOGS.keys())
def test_every_icon_is_drawn(catalog: Catalog) -> None:
    sprite = (FOLDER.parent / "static" / "img" / "icons.svg").read_text(encoding="utf-8")
    drawn = set(re.findall(r'id="([a-z0-9-]+)"', sprite)) | set(DRAWN_AS)
    assert {symptom.icon for symptom in catalog.symptoms if not symptom.icon.isdigit()} <= drawn


@pytest.mark.parametrize("catalog", CATALOGS.values(), ids=CATALOGS.keys())
def test_every_catalogue_says_whom_it_does_not_speak_for(catalog: Catalog) -> None:
    assert "Not affiliated with" in localise(catalog.disclaimer)


@pytest.mark.parametrize("slug", ["login-failed", "login-loop", "http-503-maintenance", "blank-screen", "other"])
def test_a_guide_for_a_time_when_signing_in_may_fail_says_not_to_sign_out(slug: str) -> None:
    found = guidance.guide(TESLA, slug)
    assert found is not None
    avoid = " ".join(localise(text) for text in found.avoid)
    assert "Don't sign out" in avoid
    assert "Don't reinstall" in avoid


@pytest.mark.parametrize("phase", ["possible", "confirmed", "maintenance"])
@pytest.mark.parametrize("component", ["login", "app", "vehicle"])
def test_the_first_advice_while_people_may_be_locked_out_is_to_stay_signed_in(
    phase: guidance.Phase, component: str
) -> None:
    first = guidance.advice(TESLA, phase, components=[component], symptoms=[])[0]
    assert first.warning
    assert localise(first.text).startswith(("Don't sign out", "Stay signed in"))


def test_nobody_is_told_to_stay_signed_in_when_all_is_well() -> None:
    texts = [localise(advice.text) for advice in guidance.advice(TESLA, "ok", components=[], symptoms=[])]
    assert len(texts) == 1
    assert texts[0].startswith("No known outage.")


def test_the_phone_key_is_promised_only_while_it_works() -> None:
    def promised(*components: str) -> bool:
        return any("phone key" in localise(w.text).lower() for w in guidance.still_works(TESLA, components=components))

    assert promised("app", "login", "vehicle")
    assert not promised("phone-key")


def test_every_public_host_is_probed_and_controls_stand_beside() -> None:
    assert set(_hosts(TESLA)) == {
        "fleet-api.prd.na.vn.cloud.tesla.com",
        "fleet-api.prd.eu.vn.cloud.tesla.com",
        "fleet-api.prd.cn.vn.cloud.tesla.cn",
        "auth.tesla.com",
        "www.tesla.com",
        "developer.tesla.com",
        "owner-api.teslamotors.com",
    }
    assert sum(probe.control for probe in TESLA.probes) >= 2


def test_a_refusal_counts_as_an_answer_only_where_it_is_the_usual_one() -> None:
    for probe in TESLA.probes:
        answers = {*probe.expect, *probe.reachable}
        assert (403 in answers) == (probe.slug == "owner-api")
        assert 429 not in answers


def test_the_closed_older_interface_says_nothing_of_the_app() -> None:
    assert {probe.component for probe in TESLA.probes if "owner-api" in probe.url} == {"fleet-api"}


def test_each_country_is_served_by_one_fleet_api_host() -> None:
    served = [country for probe in TESLA.probes if probe.slug.startswith("fleet-api") for country in probe.countries]
    assert len(served) == len(set(served))
    assert set(served) == set(TESLA.places)


def test_the_reconstruction_says_that_it_is_one_and_asks_nobody_outside() -> None:
    assert RECONSTRUCTION.clock == "recorded"
    assert not RECONSTRUCTION.accepts_reports
    assert "reconstruction" in localise(RECONSTRUCTION.name)
    assert "Simulated:" in localise(RECONSTRUCTION.provenance)
    assert RECONSTRUCTION.probes == []
    assert {source.kind for source in RECONSTRUCTION.sources} == {"manual"}
    assert RECONSTRUCTION.components == TESLA.components


def test_the_real_data_set_is_credited_with_its_licence() -> None:
    provenance = localise(SPECTRUM.provenance)
    assert "SpectrumOutage.us" in provenance
    assert "CC BY 4.0" in provenance
    assert SPECTRUM.places == ["US"]
    assert {component.slug for component in SPECTRUM.components} == {"internet", "tv", "phone"}


@pytest.mark.parametrize("language", [written(tag) for tag in LANGUAGES if tag != DEFAULT_LANGUAGE])
@pytest.mark.parametrize("name", CATALOGS)
def test_every_text_is_there_in_every_language(name: str, language: str) -> None:
    assert translations.missing(CATALOGS[name], language) == []
