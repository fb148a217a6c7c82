"""What the front tells the workers beside a request. Nobody else can: it drops such headers of clients."""

from __future__ import annotations

from django.http import HttpRequest

OWN, SPENT, STEP = "brownout.own", "brownout.spent", "brownout.step"
DUE = "HTTP_X_BROWNOUT_DUE"
# Steps of `config.front.pressure`, from which on something is left out here; a test compares them.
CHARTS_PLAIN, NOTES_DROPPED, REPEATS_COUNTED = 1, 5, 7


def is_own(request: HttpRequest) -> bool:
    """Whether the front itself asks, for a snapshot that everybody may get."""
    return request.META.get(OWN) is True


def spent(request: HttpRequest) -> int:
    """How many snapshots the network of a request got in this minute."""
    said = str(request.META.get(SPENT, "0"))
    return int(said) if said.isdecimal() and len(said) < 10 else 0


def step(request: HttpRequest) -> int:
    """Return the step of the front's pressure, 0 where nothing is left out."""
    said = str(request.META.get(STEP, "0"))
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 3 else 0


def draws_all(request: HttpRequest) -> bool:
    """Whether the front is not so hard pressed that charts are made plain."""
    return step(request) < CHARTS_PLAIN


def keeps_notes(request: HttpRequest) -> bool:
    """Whether the front is not so hard pressed that the notes of reports are left out."""
    return step(request) < NOTES_DROPPED


def keeps_repeats(request: HttpRequest) -> bool:
    """Whether the front is not so hard pressed that what a reporter says again is not stored."""
    return step(request) < REPEATS_COUNTED
