"""Network Error Logging as browsers send it (https://www.w3.org/TR/network-error-logging/). Pure.

Of a report only this is taken: whether the load failed, how, and what share of such loads is reported at all.
Addresses, paths, referrers, headers and server addresses are not read.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

MOST_REPORTS: Final = 100  # of one body
OLDEST_MS: Final = 5 * 60_000
LEAST_FRACTION: Final = 0.01  # a smaller one counts as this: one report never stands for more than a hundred loads
PHASES: Final = ("dns", "connection", "application")
NOT_THE_SERVERS: Final = ("abandoned", "unknown")  # the person went on
_TYPE: Final = re.compile(r"[a-z0-9]+(?:\.[a-z0-9_]+)*")


class NelError(ValueError):
    """A body that is no list of reports."""


@dataclass(frozen=True, slots=True)
class Load:
    """One load. It stands for `weight` of them. `error` is empty where it went well: a status, or a phase's word."""

    weight: float
    error: str = ""


def loads(body: bytes) -> list[Load]:
    """Return what a body of `application/reports+json` tells of loads; other reports are passed over.

    Raises NelError.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NelError("The body is no JSON.") from error
    if not isinstance(found, list):
        raise NelError("The body must be a list of reports.")
    if len(found) > MOST_REPORTS:
        raise NelError(f"At most {MOST_REPORTS} reports at once.")
    return [load for load in (_load(report) for report in found) if load is not None]


def _load(report: Any) -> Load | None:
    if not isinstance(report, dict) or report.get("type") != "network-error":
        return None
    body, age = report.get("body"), _number(report.get("age", 0))
    if not isinstance(body, dict) or age is None or not 0 <= age <= OLDEST_MS:
        return None
    kind, fraction, phase = body.get("type"), _number(body.get("sampling_fraction", 1.0)), body.get("phase")
    if not isinstance(kind, str) or len(kind) > 60 or not _TYPE.fullmatch(kind) or phase not in PHASES:
        return None
    if fraction is None or not 0 < fraction <= 1 or kind in NOT_THE_SERVERS:
        return None
    weight = 1 / max(fraction, LEAST_FRACTION)
    if kind == "ok":
        return Load(weight)
    status = _number(body.get("status_code", 0)) or 0
    if kind.startswith("http.error") or kind.startswith("http.response"):
        if 400 <= status < 500:
            return Load(weight)  # the server answers: what was asked for is not there, or not allowed
        if 500 <= status < 600:
            return Load(weight, str(int(status)))
    return Load(weight, kind.partition(".")[0][:10])


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
