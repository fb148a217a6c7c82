"""Pages of words: about, how we know, privacy."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from outages.analytics import disclosure, frames
from outages.detection.thresholds import DEFAULT, as_dict
from outages.queries import disputes as dispute_queries
from outages.texts import formats, lists
from outages.web.views import disputes
from reports.languages import DEFAULT_LANGUAGE


def about(request: HttpRequest) -> HttpResponse:
    """What this is and is not."""
    return render(request, "texts/about.html")


def method(request: HttpRequest) -> HttpResponse:
    """How a verdict comes about, with the limits that are in force."""
    now = timezone.now()
    band = {"low": round(100 * frames.BAND[0]), "high": round(100 * frames.BAND[1])}
    context = {
        "t": DEFAULT,
        "limits": as_dict(),
        "ratios": lists.listed([formats.short(ratio) for ratio in DEFAULT.ratios], get_language() or DEFAULT_LANGUAGE),
        "band": band,
        "enough_networks": disclosure.ENOUGH,
        "dispute_figures": disputes.tally_words(dispute_queries.tally(now)),
        "disputes": disputes.rows(dispute_queries.answered(now)),
    }
    return render(request, "texts/method.html", context)


def security_txt(_request: HttpRequest) -> HttpResponse:
    """Where a hole is to be told (RFC 9116). Good for half a year from the day it is read."""
    until = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=182)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {until.isoformat().replace('+00:00', 'Z')}",
        "Preferred-Languages: en, de",
        f"Canonical: {settings.SITE_URL}{reverse('security-txt')}",
    ]
    answer = HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "public, max-age=3600"
    return answer


def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept of a reporter, and for how long."""
    return render(request, "texts/privacy.html", {"retention_days": settings.REPORT_RETENTION_DAYS})
