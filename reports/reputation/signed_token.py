"""A reporter's standing as their device carries it: signed text in a cookie or a header, for those who want it.

Nothing of it is stored here. Who loses it, or throws it away, begins anew at a weight of 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.http import HttpRequest, HttpResponse

from reports.reputation.score import Agreement, Reputation, Said

COOKIE = "brownout_standing"
HEADER, _META = "X-Standing", "HTTP_X_STANDING"
NEW = "new"  # what a client sends that has none yet
KEPT = timedelta(days=180)
LONGEST = 2000
_SALT = "brownout.reports.standing"


Judge = Callable[[Said, datetime], Agreement]


def _nobody_knows(_said: Said, _now: datetime) -> Agreement:
    return Agreement.OPEN


_judge: Judge = _nobody_knows


def judged_by(judge: Judge) -> None:
    """Names who knows what became of a report by a moment. Reports alone cannot tell."""
    global _judge
    _judge = judge


@dataclass(frozen=True, slots=True)
class CarriedReputation:
    """A standing that came with a request, up to date."""

    standing: Reputation

    @property
    def weight(self) -> float:
        return self.standing.weight

    def after(self, said: Said | None) -> str:
        """The text to carry from now on, with the report that was just taken (None: one that is not judged)."""
        standing = self.standing if said is None else self.standing.with_said(said)
        return signing.dumps(standing.as_list(), salt=_SALT, compress=True)


def read(text: str, *, now: datetime) -> CarriedReputation | None:
    """The standing of a text of ours, with what has become clear since; None for no text.

    Any other text, one that is too old or was changed, is a new standing: it is no error to have none.
    """
    if not text:
        return None
    try:
        if len(text) > LONGEST:
            raise ValueError
        standing = Reputation.of_list(signing.loads(text, salt=_SALT, max_age=KEPT))
    except (signing.BadSignature, ValueError, TypeError):
        standing = Reputation()
    minute = int(now.timestamp() // 60)
    return CarriedReputation(standing.learnt(lambda said: _judge(said, now), minute))


def begun(said: Said | None) -> str:
    """The text of a new standing, with one report that waits."""
    return CarriedReputation(Reputation()).after(said)


def of_cookie(request: HttpRequest) -> str:
    """What a browser carries; "" where it carries none."""
    return request.COOKIES.get(COOKIE, "")


def of_header(request: HttpRequest) -> str:
    """What a client of the API carries; "" where it carries none."""
    return str(request.META.get(_META, ""))


def keep(request: HttpRequest, response: HttpResponse, text: str) -> None:
    """Gives a browser its text to carry. Nothing for no text."""
    if text:
        response.set_cookie(COOKIE, text, max_age=KEPT, httponly=True, samesite="Lax", secure=request.is_secure())


def drop(response: HttpResponse) -> None:
    """Takes it away again."""
    response.delete_cookie(COOKIE, samesite="Lax")
