"""What the front tells the workers beside a request. Nobody else can: it drops such headers of clients."""

from __future__ import annotations

from django.http import HttpRequest

OWN, SPENT = "brownout.own", "brownout.spent"


def is_own(request: HttpRequest) -> bool:
    """Whether the front itself asks, for a snapshot that everybody may get."""
    return request.META.get(OWN) is True


def spent(request: HttpRequest) -> int:
    """How many snapshots the network of a request got in this minute."""
    said = str(request.META.get(SPENT, "0"))
    return int(said) if said.isdecimal() and len(said) < 10 else 0
