"""Pages of words: about, how we know, privacy, developers."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from outages.dashboards import frames
from outages.detection.thresholds import DEFAULT, as_dict
from outages.views.embedding import iframe
from reports.models import Service


def about(request: HttpRequest) -> HttpResponse:
    """What this is and is not."""
    return render(request, "texts/about.html")


def method(request: HttpRequest) -> HttpResponse:
    """How a verdict comes about, with the limits that are in force."""
    band = {"low": round(100 * frames.BAND[0]), "high": round(100 * frames.BAND[1])}
    context = {
        "t": DEFAULT,
        "limits": as_dict(),
        "ratios": ", ".join(f"{ratio:g}" for ratio in DEFAULT.ratios),
        "band": band,
        "enough_networks": frames.ENOUGH_NETWORKS,
        "shrinkage": round(frames.SHRINKAGE),
    }
    return render(request, "texts/method.html", context)


def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept of a reporter, and for how long."""
    return render(request, "texts/privacy.html", {"retention_days": settings.REPORT_RETENTION_DAYS})


def developers(request: HttpRequest) -> HttpResponse:
    """The API, with examples that work on this very site."""
    service = Service.objects.filter(is_active=True).order_by("position", "name").first()
    slug, name = (service.slug, service.name) if service else ("tesla", "Tesla")
    frame = iframe(slug, _("Is %(name)s down?") % {"name": name})
    return render(request, "texts/developers.html", {"site": settings.SITE_URL, "slug": slug, "iframe": frame})
