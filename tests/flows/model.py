"""A model that plays everything: what people, moderators, clocks and machines do, in any order.

The model is plain: a list of what was taken in, and what was done with it since. After each scan the product must agree
with it, and with itself. `make fuzz` plays it for as long as one likes.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from config.process_cache import CACHE
from outages.clock import MINUTE, whole_minute
from outages.models import DetectorState, Incident, ScanFailure, ServiceMinute
from outages.pipeline import decisions, recount, scan
from outages.pipeline.renewal import MOST_AHEAD
from reports import tasks
from reports.intake import moderation
from reports.models import Service
from tests.factories import a_service

from .agreement import assert_agrees

START = datetime(2026, 3, 7, 12, 0, 30, tzinfo=UTC)
LAG = timedelta(seconds=6)
CATCH_UP = timedelta(minutes=12)  # as the 24 hours of the product, but soon passed
STEPS: Counter[str] = Counter()  # how often each rule was played, over all examples

PLACES = [{"country": "NL"}, {"country": "DE"}, {"country": "NL", "region": "NL-NH"}, {}]
SYMPTOMS = ["http-503", "timeout", "login-failed", None]
KINDS = ["problem", "working", "recovered"]


@dataclass
class Known:
    """A report that was taken in, as its sender knows it."""

    id: str
    secret: str
    kind: str
    withdrawn: bool = False


class Everything(RuleBasedStateMachine):
    """One service, a clock that may be set, and all the doors."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.known: list[Known] = []
        self.since_scan = True
        self._patches = [
            mock.patch.object(timezone, "now", self._clock),
            mock.patch.object(scan, "LONGEST_CATCH_UP", CATCH_UP),
            mock.patch.object(recount, "LONGEST_CATCH_UP", CATCH_UP),
        ]
        for patch in self._patches:
            patch.start()
        self._atomic = transaction.atomic()
        self._atomic.__enter__()
        self._forget()

    @initialize()
    def a_new_site(self) -> None:
        self.service: Service = a_service()
        scan.run(self.service, now=self.now)

    def teardown(self) -> None:
        try:
            transaction.set_rollback(True)
            self._atomic.__exit__(None, None, None)
        finally:
            for patch in self._patches:
                patch.stop()
            self._forget()

    def _clock(self) -> datetime:
        return self.now

    def _forget(self) -> None:
        CACHE.clear()

    def _ask(self, method: str, path: str, body: Any = None, *, network: int = 1, **headers: str) -> Any:
        content = b"" if body is None else json.dumps(body).encode()
        client = Client(REMOTE_ADDR=f"198.51.{network}.7")
        answer = client.generic(method, path, content, "application/json", headers=headers)
        assert answer.status_code < 500, (method, path, answer.status_code, answer.content[:300])
        return answer

    # ── people ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _body(self, kind: str, symptom: str | None, place: dict[str, str], late_min: int) -> dict[str, Any]:
        body: dict[str, Any] = {"service": "acme", "kind": kind, **place}
        if symptom:
            body["symptom"] = symptom
        if late_min:
            body["occurred_at"] = (self.now - timedelta(minutes=late_min)).isoformat()
        return body

    def _remember(self, answer: dict[str, Any], kind: str) -> None:
        if not answer["repeated"]:
            self.known.append(Known(str(answer["id"]), answer["receipt"], kind))

    @rule(
        kind=st.sampled_from(KINDS),
        symptom=st.sampled_from(SYMPTOMS),
        place=st.sampled_from(PLACES),
        late_min=st.sampled_from([0, 0, 0, 11, 45, 600]),
        network=st.integers(1, 8),
        reporter=st.sampled_from(["", "", "one", "two"]),
        key=st.sampled_from(["", "", "the-same-key"]),
    )
    def report_by_the_api(
        self,
        kind: str,
        symptom: str | None,
        place: dict[str, str],
        late_min: int,
        network: int,
        reporter: str,
        key: str,
    ) -> None:
        STEPS["report"] += 1
        headers = {"X-Reporter": reporter} if reporter else {}
        if key:
            headers["Idempotency-Key"] = key
        answer = self._ask(
            "POST", "/api/v1/reports", self._body(kind, symptom, place, late_min), network=network, **headers
        )
        if answer.status_code in (200, 201):
            if answer.headers.get("Idempotency-Replayed"):
                assert any(one.id == answer.json()["id"] for one in self.known)
            else:
                self._remember(answer.json(), kind)
        else:
            assert answer.status_code == 422, answer.content

    @rule(
        kinds=st.lists(st.sampled_from([*KINDS, "nonsense"]), min_size=1, max_size=5),
        late_min=st.sampled_from([0, 20, 90]),
        network=st.integers(1, 8),
    )
    def report_many_at_once(self, kinds: list[str], late_min: int, network: int) -> None:
        STEPS["batch"] += 1
        bodies = [self._body(kind, None, {"country": "NL"}, late_min) for kind in kinds]
        answer = self._ask("POST", "/api/v1/reports/batch", bodies, network=network)
        assert answer.status_code == 200, answer.content
        for kind, result in zip(kinds, answer.json()["results"], strict=True):
            assert (result["report"] is None) == (kind == "nonsense")
            if result["report"]:
                self._remember(result["report"], kind)

    @rule(symptom=st.sampled_from(SYMPTOMS[:3]), network=st.integers(1, 8))
    def report_by_the_form(self, symptom: str, network: int) -> None:
        STEPS["form"] += 1
        answer = Client(REMOTE_ADDR=f"198.51.{network}.7").post("/acme/report", {"symptom": symptom, "country": "DE"})
        assert answer.status_code == 303, answer.content[:300]
        report_id, secret = answer.headers["Location"].partition("?")[0].rstrip("/").split("/")[-2:]
        if all(one.id != report_id for one in self.known):
            self.known.append(Known(report_id, secret, "problem"))

    @rule(network=st.integers(1, 8))
    def report_by_open311(self, network: int) -> None:
        STEPS["open311"] += 1
        form = {"service_code": "acme.app", "description": "gone"}
        answer = Client(REMOTE_ADDR=f"198.51.{network}.7").post("/open311/v2/requests.json", form)
        assert answer.status_code == 200, answer.content[:300]
        report_id, _dot, secret = answer.json()[0]["service_request_id"].partition(".")
        self.known.append(Known(report_id, secret, "problem"))

    @rule(network=st.integers(1, 40), count=st.integers(6, 14))
    def a_crowd_reports(self, network: int, count: int) -> None:
        STEPS["crowd"] += 1
        for one in range(count):
            answer = self._ask(
                "POST",
                "/api/v1/reports",
                self._body("problem", "http-503", {"country": "NL"}, 0),
                network=network + one,
            )
            self._remember(answer.json(), "problem")
        self.now += timedelta(seconds=2)

    def _some(self, number: int) -> Known:
        return self.known[number % len(self.known)]

    @precondition(lambda self: self.known)
    @rule(number=st.integers(0, 10_000), kind=st.sampled_from(KINDS), place=st.sampled_from(PLACES[:3]))
    def correct(self, number: int, kind: str, place: dict[str, str]) -> None:
        STEPS["correct"] += 1
        one = self._some(number)
        answer = self._ask(
            "PATCH", f"/api/v1/reports/{one.id}", {"kind": kind, **place}, Authorization=f"Bearer {one.secret}"
        )
        assert answer.status_code == (409 if one.withdrawn else 200), answer.content
        if not one.withdrawn:
            one.kind = kind

    @precondition(lambda self: self.known)
    @rule(number=st.integers(0, 10_000))
    def withdraw(self, number: int) -> None:
        STEPS["withdraw"] += 1
        one = self._some(number)
        answer = self._ask("DELETE", f"/api/v1/reports/{one.id}", Authorization=f"Bearer {one.secret}")
        assert answer.status_code == 204, answer.content
        one.withdrawn = True

    @precondition(lambda self: len(self.known) > 1)
    @rule(number=st.integers(0, 10_000), other=st.integers(1, 10_000))
    def a_receipt_opens_exactly_its_own_report(self, number: int, other: int) -> None:
        STEPS["receipt"] += 1
        mine, theirs = self._some(number), self._some(number + other)
        answer = self._ask("GET", f"/api/v1/reports/{mine.id}", Authorization=f"Bearer {mine.secret}")
        assert answer.status_code == 200, answer.content
        seen = answer.json()
        assert (seen["id"], seen["kind"]) == (mine.id, mine.kind)
        assert (seen["withdrawn_at"] is not None) == mine.withdrawn
        if mine is not theirs:
            refused = self._ask("GET", f"/api/v1/reports/{mine.id}", Authorization=f"Bearer {theirs.secret}")
            assert refused.status_code == 403

    # ── moderators ───────────────────────────────────────────────────────────────────────────────────────────────

    @precondition(lambda self: self.known)
    @rule(number=st.integers(0, 10_000), what=st.sampled_from(["accept", "drop", "hold", "hide_notes"]))
    def moderate_a_report(self, number: int, what: str) -> None:
        STEPS["moderate"] += 1
        one = self._some(number)
        getattr(moderation, what)([one.id], reason="so it is", by=None, now=self.now)

    @rule(number=st.integers(0, 10), to=st.sampled_from(["confirmed", "resolved", "dismissed"]))
    def move_an_incident(self, number: int, to: str) -> None:
        STEPS["decide"] += 1
        rows = list(Incident.objects.filter(service=self.service).order_by("id"))
        if rows:
            with suppress(decisions.DecisionError):
                decisions.move(rows[number % len(rows)], to, reason="as seen", by=None)

    # ── clocks and machines ──────────────────────────────────────────────────────────────────────────────────────

    @rule(seconds=st.integers(1, 50))
    def time_passes(self, seconds: int) -> None:
        STEPS["time"] += 1
        self.now += timedelta(seconds=seconds)

    @rule(minutes=st.sampled_from([3, 30, 60 * 26]))
    def the_clock_is_set_forward_or_all_stood_still(self, minutes: int) -> None:
        STEPS["forward"] += 1
        self.now += timedelta(minutes=minutes)

    @rule(minutes=st.sampled_from([1, 7, 50]))
    def the_clock_is_set_back(self, minutes: int) -> None:
        STEPS["back"] += 1
        self.now -= timedelta(minutes=minutes)

    @rule()
    def look_early(self) -> None:
        STEPS["look"] += 1
        scan.look(self.service, now=self.now)

    @rule()
    def scan_the_next_minute(self) -> None:
        STEPS["scan"] += 1
        self.now = whole_minute(self.now) + MINUTE + LAG
        scan.run(self.service, now=self.now)
        assert_agrees(self.service, self.now)

    @rule()
    def scan_now(self) -> None:
        STEPS["scan now"] += 1
        scan.run(self.service, now=self.now)
        assert_agrees(self.service, self.now)

    @rule(where=st.sampled_from(["outages.pipeline.counts.store", "outages.pipeline.scan.State.dumps"]))
    def a_scan_dies_half_way(self, where: str) -> None:
        STEPS["scan dies"] += 1
        before = DetectorState.objects.get(service=self.service)
        aside = ScanFailure.objects.exclude(set_aside_at=None).count()
        with mock.patch(where, side_effect=RuntimeError("died")), suppress(scan.ScanError):
            scan.run(self.service, now=self.now)
        after = DetectorState.objects.get(service=self.service)
        last = scan.last_complete(self.now)
        if after.minute == last != before.minute:  # nothing of the minute, but the clock had been set back behind it
            assert before.minute > last + MOST_AHEAD
        else:
            assert (after.minute, bytes(after.state)) == (before.minute, bytes(before.state))
        assert ScanFailure.objects.exclude(set_aside_at=None).count() <= aside + 1

    @rule()
    def restart(self) -> None:
        STEPS["restart"] += 1
        self._forget()
        self.service = Service.objects.get(slug="acme")

    @rule()
    def partitions_and_retention(self) -> None:
        STEPS["tidy"] += 1
        tasks.make_partitions(self.now)
        tasks.delete_old_reports(self.now)

    @rule()
    def history_is_made_anew(self) -> None:
        STEPS["rebuild"] += 1
        state = DetectorState.objects.get(service=self.service)
        end = min(state.minute + MINUTE, whole_minute(self.now))
        if ServiceMinute.objects.filter(service=self.service).count() < 60:
            scan.rebuild(self.service, end - 5 * MINUTE, end, now=self.now)

    # ── what must hold ───────────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def the_database_is_well(self) -> None:
        with connection.cursor() as cursor:  # an error that was swallowed would have aborted the transaction
            cursor.execute("SELECT 1")
