"""What the front tells the workers beside a request. Nobody else can: it drops such headers of clients."""

from __future__ import annotations

from django.http import HttpRequest

OWN, SPENT, STEP = "brownout.own", "brownout.spent", "brownout.step"
DUE = "HTTP_X_BROWNOUT_DUE"
NOTES_DROPPED = 4  # the step of `config.front.pressure` from which on the notes of reports are left out


def is_own(request: HttpRequest) -> bool:
    """Whether the front itself asks, for a snapshot that everybody may get."""
    return request.META.get(OWN) is True


def spent(request: HttpRequest) -> int:
    """How many snapshots the network of a request got in this minute."""
    said = str(request.META.get(SPENT, "0"))
    return int(said) if said.isdecimal() and len(said) < 10 else 0


def keeps_notes(request: HttpRequest) -> bool:
    """Whether the front is not so hard pressed that the notes of reports are left out."""
    said = str(request.META.get(STEP, "0"))
    return not said.isdecimal() or len(said) > 2 or int(said) < NOTES_DROPPED
