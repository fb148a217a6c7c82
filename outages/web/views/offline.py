"""What makes the site an app that opens without a net: its manifest, its service worker, its offline page."""

from __future__ import annotations

import json

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from reports.access.same_origin import read_only
from reports.languages import written
from reports.models import Service

ICONS = (("icon-192.png", 192, "any"), ("icon-512.png", 512, "any"), ("icon-maskable-512.png", 512, "maskable"))
PAPER = "#faf8f4"  # of the light scheme; pages name both in their own meta elements
# What a page needs to look and work as usual although it was never opened.
ASSETS = (
    "css/brownout.css",
    "js/page.js",
    "js/net.js",
    "js/queue.js",
    "js/offline.js",
    "js/report.js",
    "img/icons.svg",
    "img/mark.svg",
    "img/icon-192.png",
    "img/badge-96.png",
)
WORKER_PARTS = ("js/queue.js", "js/worker.js", "js/push-worker.js")


@read_only
def manifest(_request: HttpRequest) -> JsonResponse:
    """The web app manifest, in the language of its address."""
    service = Service.objects.filter(is_active=True, clock=Service.Clock.LIVE).order_by("position", "name")
    usual = service.filter(slug=settings.DEFAULT_SERVICE).first() or service.first()
    board = reverse("board")
    body = {
        "id": "/",
        "name": "Brownout",
        "short_name": "Brownout",
        "description": _(
            "See what’s down, where and since when, from user reports, automatic checks and official announcements."
        ),
        "lang": written(get_language() or "en"),
        "dir": "auto",
        "start_url": board,
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [
            {"src": static(f"img/{name}"), "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}
            for name, side, purpose in ICONS
        ],
        "shortcuts": [
            {
                "name": _("Report a problem"),
                "url": reverse("report", args=[usual.slug]),
                "icons": [{"src": static("img/icon-192.png"), "sizes": "192x192", "type": "image/png"}],
            }
        ]
        if usual
        else [],
    }
    return JsonResponse(
        body, content_type="application/manifest+json", headers={"Cache-Control": "public, max-age=3600"}
    )


@read_only
def service_worker(_request: HttpRequest) -> HttpResponse:
    """The service worker. It lies at the root, so that it may serve all pages, and changes with any static file."""
    site = {
        "version": getattr(staticfiles_storage, "manifest_hash", ""),
        "offline": "/offline",
        "staticFolder": settings.STATIC_URL,
        "assets": [static(name) for name in ASSETS],
        "icon": static("img/icon-192.png"),
        "badge": static("img/badge-96.png"),
    }
    parts = ", ".join(json.dumps(static(name)) for name in WORKER_PARTS)
    script = f'"use strict";\nconst site = {json.dumps(site)};\nimportScripts({parts});\n'
    return HttpResponse(script, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


def offline(request: HttpRequest) -> HttpResponse:
    """What is shown without a net at an address that was never opened."""
    return render(request, "pages/offline.html")
