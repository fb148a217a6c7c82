"""What a killed process leaves: stored as sent, free at once, or not said again."""

from __future__ import annotations

import pytest

from outages.models import Delivery
from outages.notifications import delivery_queue, fan_out, journal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def here(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def test_of_a_dead_process_each_message_ends_as_far_as_it_came(settings, service, story, clock, subscriber):
    for number, channel in enumerate(["slack"] * 3 + ["webhook"] * 2):
        subscriber(f"https://example.org/{number}", channel=channel)
    story.becomes("confirmed")
    fan_out.sweep(clock())
    claimed = sorted(
        delivery_queue.claim(clock(), ["slack", "webhook"], quick=9, slow=0), key=lambda one: one.endpoint.pk
    )
    dead = journal.Journal(settings.DATA_DIR / journal.FOLDER)
    dead.claimed(claimed)
    for number in (0, 1, 3):
        dead.out(claimed[number])()
    dead.answered(delivery_queue.Result(claimed[0], clock(), reference="$event"))
    with dead.path.open("a") as file:
        file.write("out 12")  # cut off
    assert journal.settle(clock()) == 0, "its process lives"
    dead.close()
    assert journal.settle(clock()) == 5
    states = [Delivery.objects.get(pk=one.deliveries[0].pk) for one in claimed]
    assert [one.state for one in states] == ["sent", "sent", "waiting", "waiting", "waiting"]
    assert (states[0].reference, states[1].error) == ("$event", delivery_queue.UNANSWERED)
    assert {one.lease_until_at for one in states} == {None}
    assert journal.settle(clock()) == 0
    assert len(delivery_queue.claim(clock(), ["slack", "webhook"], quick=9, slow=0)) == 3
