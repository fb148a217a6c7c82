"""The names that sources give time zones. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

# Minutes east of UTC. Where several places use a name, the one that most status pages mean; see `zone_of`.
OFFSETS: Final[dict[str, int]] = {
    "UTC": 0, "UT": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 60, "BST": 60,
    "CET": 60, "MEZ": 60, "CEST": 120, "MESZ": 120, "EET": 120, "EEST": 180, "SAST": 120, "MSK": 180, "TRT": 180,
    "GST": 240, "PKT": 300, "IST": 330, "ICT": 420, "WIB": 420, "HKT": 480, "SGT": 480, "MYT": 480, "PHT": 480,
    "PHST": 480, "AWST": 480, "JST": 540, "KST": 540, "ACST": 570, "ACDT": 630, "AEST": 600, "AEDT": 660,
    "NZST": 720, "NZDT": 780, "NST": -210, "NDT": -150, "AST": -240, "ADT": -180, "BRT": -180, "ART": -180,
    "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420,
    "AKST": -540, "AKDT": -480, "HST": -600,
}  # fmt: skip

# Names of a clock, whatever the season.
CLOCKS: Final[dict[str, str]] = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}
_HALF_A_YEAR: Final = timedelta(days=182)


def zone_of(name: str, at: datetime, home: tzinfo | None = None) -> tzinfo | None:
    """Return the zone that a name in capitals stands for at a (naive) time; None for an unknown one.

    `home` is the source's own zone: a name that its clock bears in winter or in summer means that clock.
    """
    if home is not None:
        for moment in (at, at + _HALF_A_YEAR, at - _HALF_A_YEAR):
            local = moment.replace(tzinfo=home)
            if local.tzname() == name and (offset := local.utcoffset()) is not None:
                return timezone(offset)
    if name in CLOCKS:
        return ZoneInfo(CLOCKS[name])
    return timezone(timedelta(minutes=OFFSETS[name])) if name in OFFSETS else None
