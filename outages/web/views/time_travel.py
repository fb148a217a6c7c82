"""The moment that a page shows: the service's present, or a past one asked for with `?at=`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _

from outages.clock import MomentError, parse_moment, service_now
from outages.web.views.errors import BadAddressError
from reports.models import Service

AHEAD = timedelta(minutes=2)  # a clock that is a little fast asks for nothing odd
EXAMPLE = "2026-06-29T14:30Z"


@dataclass(frozen=True, slots=True)
class Moment:
    """`at` is what the page shows, `present` the service's newest moment; `asked` where `?at=` chose a past one."""

    at: datetime
    present: datetime
    asked: bool

    @property
    def query(self) -> str:
        """The part of an address that keeps the moment: "" in the present."""
        return "?" + urlencode({"at": self.parameter}, safe=":") if self.asked else ""

    @property
    def parameter(self) -> str:
        """The moment as `?at=` writes it: "" in the present."""
        return f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if self.asked else ""

    @property
    def asked_at(self) -> datetime | None:
        return self.at if self.asked else None


def parse(text: str) -> datetime:
    """An ISO 8601 time; one without a zone is UTC. Raises BadAddress with words for people."""
    try:
        return parse_moment(text, zone=UTC)
    except MomentError as error:
        if error.reason == "early":
            raise BadAddressError(_("“at” is before our records begin.")) from None
        if error.reason == "late":
            raise BadAddressError(_("“at” is too far away.")) from None
        raise BadAddressError(
            _("“at” must be a time such as %(example)s; it was “%(given)s”.")
            % {"example": EXAMPLE, "given": text.strip()[:40].replace("\0", "")}
        ) from None


def moment_of(request: HttpRequest, service: Service | None, *, now: datetime) -> Moment:
    """The moment that the request asks for. Raises BadAddress for what is no time, or is yet to come."""
    present = service_now(service, now=now) if service else now
    text = request.GET.get("at", "")
    if not text.strip():
        return Moment(present, present, False)
    at = parse(text)
    if at > now + AHEAD:
        raise BadAddressError(
            _("“at” is in the future: it’s %(now)s now.") % {"now": f"{now.astimezone(UTC):%Y-%m-%dT%H:%MZ}"}
        )
    return Moment(min(at, present), present, True)
