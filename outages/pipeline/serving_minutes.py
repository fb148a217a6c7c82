"""Minutes in which the site itself could not be reached: that nobody reported in them says nothing. The only writer of
ServingMinute."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models.functions import TruncMinute

from outages.clock import MINUTE, whole_minute
from outages.models import Incident, ServingMinute
from reports.models import Report, Service

KEPT = timedelta(days=2)
KNOWN = timedelta(hours=1)  # a web server that was silent for so long, and still is, may never say it

_noted: list[datetime] = []  # the last one of this process


def note(now: datetime) -> None:
    """Say that reports can be sent in this minute. Writes once a minute and process."""
    minute = whole_minute(now)
    if _noted and _noted[-1] == minute:
        return
    ServingMinute.objects.bulk_create([ServingMinute(minute=minute)], ignore_conflicts=True)
    ServingMinute.objects.filter(minute__lt=minute - KEPT).delete()
    _noted[:] = [minute]


def dark_minutes(service: Service, first: datetime, until: datetime) -> list[datetime]:
    """Return the minutes in which the site was away while an incident of the service was open.

    Those are minutes without a word of the web server, after one within KNOWN or between two, and without any report of
    the service.
    Where nothing is open a quiet minute too few or too many changes nothing.
    """
    if first >= until or not Incident.objects.filter(service=service, state__in=Incident.OPEN_STATES).exists():
        return []
    served = set(ServingMinute.objects.filter(minute__gte=first - KNOWN).values_list("minute", flat=True))
    newest = max(served, default=first)
    last = max((minute for minute in served if minute < first), default=None)
    dark: list[datetime] = []
    minute = first
    while minute < until:
        if minute in served:
            last = minute
        elif last is not None and (minute - last <= KNOWN or minute < newest):
            dark.append(minute)
        minute += MINUTE
    if not dark:
        return []
    reports = Report.objects.filter(service=service, at__gte=dark[0], at__lt=dark[-1] + MINUTE)
    reported = set(reports.values_list(TruncMinute("at"), flat=True).distinct())
    return [minute for minute in dark if minute not in reported]
