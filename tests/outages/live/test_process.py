"""The real process on a real database, heard by a client that somebody else wrote."""

import subprocess
import threading
import time

import httpx
import pytest
import redis
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from config.local import processes, run
from outages.live import follower
from outages.models import DetectorState, LiveEntry
from tests.factories import MINUTE, a_service, watched
from tests.outages.live.conftest import PATIENCE_S, Clock
from tests.outages.notifications.conftest import Story

pytestmark = [pytest.mark.slow(10), pytest.mark.django_db(transaction=True)]

STATES = ("possible", "confirmed", "recovering", "resolved")


def happens(service, count):
    """Events of many incidents, each in a transaction of its own."""
    for number in range(1, count // len(STATES) + 1):
        story = Story(service, Clock(), number)
        for state in STATES:
            with transaction.atomic():
                story.becomes(state)
            time.sleep(0.01)
    connection.close()


def test_each_event_arrives_once_and_in_order_across_kills_and_a_wiped_broker(live, listen):
    services = [a_service("acme"), a_service("emca")]
    process = live()
    everything, one = listen(process), listen(process, "/api/v1/services/acme/stream")
    board = listen(process, "/api/v1/stream?of=emca.login,acme.app")
    assert board.hears(2, "status")
    assert everything.hears(2, "status")
    assert one.hears(1, "status")
    writers = [threading.Thread(target=happens, args=(service, 80)) for service in services]
    for writer in writers:
        writer.start()
    broker = redis.from_url(settings.REDIS_URL)
    for number in range(2):
        assert everything.hears(10 * number + 5, "incident")
        connects = everything.connects
        process.kill()
        broker.flushall()
        process.start()
        assert processes.wait_until(lambda before=connects: everything.connects > before, PATIENCE_S, 0.02)
    for writer in writers:
        writer.join()
    wanted = list(LiveEntry.objects.values_list("position", flat=True))
    wanted_of_one = list(LiveEntry.objects.filter(service=services[0]).values_list("position", flat=True))
    assert len(wanted) == 160
    assert everything.hears(160, "incident")
    assert one.hears(80, "incident")
    time.sleep(0.3)
    assert [position for position, _ in everything.of("incident")] == wanted
    assert [position for position, _ in one.of("incident")] == wanted_of_one
    assert [position for position, _ in board.of("incident")] == wanted_of_one  # nothing touched emca's sign-in
    assert not everything.of("reset")
    assert not board.of("reset")
    assert not one.of("reset")


def test_what_is_heard_is_what_the_api_says(live, listen):
    service = a_service()
    now = timezone.now().replace(second=0, microsecond=0) - MINUTE  # the minute that runs is told when it is over
    watched(service, now - 40 * MINUTE, now)
    process = live()
    listener = listen(process, "/api/v1/services/acme/stream")
    assert listener.hears(1, "status")
    story = Story(service, Clock())
    story.becomes("possible")
    assert listener.hears(1, "incident")
    assert listener.hears(2, "status")
    (_, incident) = listener.of("incident")[-1]
    (_, status) = listener.of("status")[-1]
    asked = Client().get("/api/v1/services/acme/status").json()
    (asked_incident,) = Client().get("/api/v1/services/acme/incidents").json()["results"]
    assert incident == asked_incident
    assert {**status, "at": None} == {**asked, "at": None}
    assert status["verdict"] == "possible"
    watched(service, now, now + MINUTE, raw=40)  # counts alone change what is known, too
    DetectorState.objects.create(service=service, minute=now, state=b"", recounted_until=now)
    assert processes.wait_until(lambda: listener.of("status")[-1][1]["reports_30m"] == 40, PATIENCE_S)


def test_who_cannot_be_told_all_is_told_so(live, listen):
    service = a_service()
    DetectorState.objects.create(service=service, minute=timezone.now(), state=b"", recounted_until=timezone.now())
    story = Story(service, Clock())
    with transaction.atomic():
        for _ in range(follower.MOST_MISSED // 2 + 1):
            story.becomes("possible")
            story.becomes("confirmed")
    newest = LiveEntry.objects.last().position
    first = newest - 2 * (follower.MOST_MISSED // 2 + 1)
    process = live()
    path = "/api/v1/services/acme/stream"

    def resets(last):
        listener = listen(process, path, str(last))
        assert listener.hears(1, "status")
        return [data["reason"] for _, data in listener.of("reset")], len(listener.of("incident"))

    assert resets(first) == (["too-old"], 0)
    assert resets(first + 2) == ([], follower.MOST_MISSED)
    assert resets(newest) == ([], 0)
    assert resets(newest + 1) == (["unknown-id"], 0)
    assert resets("something else") == (["unknown-id"], 0)
    here = listen(process, path)
    assert here.hears(1, "status")
    with transaction.atomic():
        DetectorState.objects.filter(service=service).delete()
        Story(service, Clock(), 2).becomes("possible")
    assert here.hears(1, "reset")
    assert [data["reason"] for _, data in here.of("reset")] == ["history-renewed"]
    assert not here.of("incident"), "what was made anew is not told as news"
    assert resets(newest) == (["history-renewed"], 0)


def test_it_answers_what_is_wrong_with_problems_and_ends_in_order(live):
    a_service()
    process = live(LIVE_LISTENERS="2")
    unknown = httpx.get(process.url("/api/v1/services/acmee/stream"))
    assert unknown.status_code == 404
    assert unknown.headers["content-type"] == "application/problem+json"
    assert unknown.json()["type"] == "/api/problems/unknown-service"
    assert "acme" in unknown.json()["detail"]
    assert unknown.json() == Client().get("/api/v1/services/acmee/stream").json()
    for wrong in ("last_event_id=x", "of=", "of=acmee", "of=" + "x," * 2001):
        refused = httpx.get(process.url(f"/api/v1/stream?{wrong}"))
        assert (refused.status_code, refused.headers["content-type"]) == (400, "application/problem+json")
    with httpx.stream("GET", process.url("/api/v1/stream")) as one, httpx.stream("GET", process.url("/api/v1/stream")):
        assert one.headers["access-control-allow-origin"] == "*"
        assert one.headers["content-type"].startswith("text/event-stream")
        assert one.headers["x-accel-buffering"] == "no"
        full = httpx.get(process.url("/api/v1/stream"))
        assert (full.status_code, full.json()["type"]) == (503, "/api/problems/too-many-listeners")
        assert int(full.headers["retry-after"]) > 0
        assert process.end() == 0
        ended = b"".join(one.iter_raw())  # to its regular end: an error would be raised here
        assert ended.startswith(b"retry: ")


def test_one_who_does_not_read_costs_the_others_nothing_and_goes(live, listen):
    service = a_service()
    process = live(LIVE_LISTENERS="2")
    with httpx.stream("GET", process.url("/api/v1/services/acme/stream")) as stuck:
        assert stuck.status_code == 200  # and not a byte of it is read
        quick = listen(process, "/api/v1/services/acme/stream")
        assert quick.hears(1, "status")
        story = Story(service, Clock())
        for state in STATES:
            story.becomes(state)
        assert quick.hears(len(STATES), "incident")
    assert processes.wait_until(process.is_up, PATIENCE_S), "its place is free again"


def test_two_processes_do_not_share_a_port(live):
    first = live()
    second = subprocess.run(
        run.live_command(), env=first.settings(), capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert second.returncode == 1
    assert f"LIVE_PORT {first.port} on 127.0.0.1 is taken by another program" in second.stderr
