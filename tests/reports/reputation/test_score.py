"""A reporter's word is worth more once it was right, and the record of it lies with the reporter alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core import signing
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from reports.models import Report, Service
from reports.reputation import signed_token
from reports.reputation.score import DAY_MINUTES, MOST_WAITING, Agreement, Reputation, Said

NOW = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)
MINUTE = int(NOW.timestamp()) // 60


@pytest.mark.parametrize(
    ("right", "wrong", "weight"),
    [
        (0, 0, 1.0),
        (2, 0, 1.0),  # not earned yet
        (0, 2, 1.0),
        (3, 0, 1.5),
        (2, 1, 1.25),
        (0, 3, 0.5),
        (1, 3, 0.75),
        (10, 0, 1.75),
        (29, 0, 2.0),
        (0, 29, 0.5),
        (15, 15, 1.0),
    ],
)
def test_a_weight_is_twice_the_posterior_mean_in_quarters(right: int, wrong: int, weight: float) -> None:
    assert Reputation(right, wrong).weight == weight


agreements = st.lists(st.sampled_from(list(Agreement)), max_size=200)


@given(agreements)
def test_a_weight_never_leaves_its_bounds_and_old_agreement_fades(found: list[Agreement]) -> None:
    standing = Reputation()
    for day, agreement in enumerate(found):
        said = Said("tesla", "app", "NL", day * DAY_MINUTES)
        standing = standing.with_said(said).learnt(lambda _, a=agreement: a, day * DAY_MINUTES)  # type: ignore[misc]
        assert 0.5 <= standing.weight <= 2.0
        assert standing.weight * 4 == round(standing.weight * 4)
        assert standing.right + standing.wrong <= 30.001
        assert len(standing.waiting) <= MOST_WAITING
        assert Reputation.of_list(standing.as_list()).weight == standing.weight


def test_many_reports_of_one_day_are_judged_as_one() -> None:
    standing = Reputation()
    for number in range(5):
        standing = standing.with_said(Said("tesla", f"part{number}", "NL", MINUTE))
    assert standing.learnt(lambda _: Agreement.RIGHT, MINUTE + 300).right == 1


def test_what_is_not_clear_yet_waits_but_not_for_ever() -> None:
    standing = Reputation().with_said(Said("tesla", "app", "NL", MINUTE))
    assert standing.learnt(lambda _: Agreement.OPEN, MINUTE + DAY_MINUTES).waiting
    assert not standing.learnt(lambda _: Agreement.OPEN, MINUTE + 91 * DAY_MINUTES).waiting


@pytest.mark.parametrize(
    "text",
    ["new", "x" * 5000, "a:b:c", pytest.param(signing.dumps([1], salt="brownout.reports.standing"), id="too short")],
)
def test_a_text_that_is_not_ours_begins_anew(text: str) -> None:
    found = signed_token.read(text, now=NOW)
    assert found is not None
    assert found.weight == 1.0


def test_nobody_can_write_a_standing_of_their_own() -> None:
    forged = signing.dumps(Reputation(30, 0).as_list(), key="another key", salt="brownout.reports.standing")
    found = signed_token.read(forged, now=NOW)
    assert found is not None
    assert found.weight == 1.0


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> Callable[[Agreement], None]:
    """Settles what becomes of every report that waits."""

    def settle(agreement: Agreement) -> None:
        monkeypatch.setattr(signed_token, "_judge", lambda said, now: agreement)

    return settle


def sent(client: Client, standing: str, **more: str) -> dict[str, object]:
    body = {"service": "acme", "component": "app", "country": "NL", **more}
    answer = client.post("/api/v1/reports", body, content_type="application/json", headers={"X-Standing": standing})
    assert answer.status_code == 201
    found: dict[str, object] = answer.json()
    return found


@pytest.mark.django_db
def test_a_client_that_carries_its_standing_earns_a_weight_and_the_server_keeps_no_more_of_it(
    service: Service, client: Client, judged: Callable[[Agreement], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    text, weights = "new", []
    judged(Agreement.RIGHT)
    for day in range(5):
        monkeypatch.setattr("django.utils.timezone.now", lambda day=day: NOW + timedelta(days=day))
        receipt = sent(client, text)
        text = str(receipt["standing"])
        weights.append(receipt["weight"])
    assert weights == [1.0, 1.0, 1.0, 1.5, 1.5]
    assert sorted(Report.objects.values_list("weight", flat=True)) == [1.0, 1.0, 1.0, 1.5, 1.5]
    columns = {field.name for field in Report._meta.get_fields()}
    assert not {name for name in columns if "standing" in name}


@pytest.mark.django_db
def test_who_carries_nothing_counts_one_and_gets_nothing_to_carry(service: Service, client: Client) -> None:
    receipt = sent(client, "")
    assert (receipt["weight"], receipt["standing"]) == (1.0, None)
    assert signed_token.COOKIE not in client.cookies


@pytest.mark.django_db
def test_a_report_of_the_past_is_never_judged(service: Service, client: Client) -> None:
    text = sent(client, "new", occurred_at=(datetime.now(UTC) - timedelta(hours=5)).isoformat())["standing"]
    found = signed_token.read(str(text), now=datetime.now(UTC))
    assert found is not None
    assert found.standing.waiting == ()


@pytest.mark.django_db
def test_a_browser_carries_its_standing_only_when_asked_to_and_until_told_to_stop(
    service: Service, client: Client
) -> None:
    form = {"symptom": "http-503", "component": "app", "country": "NL"}
    receipt = client.post("/acme/report", form).headers["Location"]
    assert signed_token.COOKIE not in client.cookies
    client.post(f"{receipt}/standing", {"carry": "yes"})
    kept = signed_token.read(client.cookies[signed_token.COOKIE].value, now=NOW)
    assert kept is not None
    assert [said.component for said in kept.standing.waiting] == ["app"]
    again = client.post("/acme/report", {**form, "component": "login"}).headers["Location"]
    kept = signed_token.read(client.cookies[signed_token.COOKIE].value, now=NOW)
    assert kept is not None
    assert [said.component for said in kept.standing.waiting] == ["app", "login"]
    assert "Remove it" in client.get(again).content.decode()
    client.post(f"{again}/standing", {"carry": "no"})
    assert client.cookies[signed_token.COOKIE].value == ""
