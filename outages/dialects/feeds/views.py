"""Views of feeds, calendars and CAP alerts."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from config.languages import path_in
from outages.api.framework.views import service_or_404
from outages.api.incidents import MOST_NUMBER
from outages.api.services import language
from outages.dialects.common.selection import moments_of, services_of
from outages.dialects.common.stories import plans, stories, without_told
from outages.dialects.common.text import marked_name
from outages.dialects.common.views import DialectView
from outages.dialects.feeds import cap, ical
from outages.dialects.feeds import render as feeds
from outages.queries import front_page
from reports.catalog.store import catalog_of
from reports.models import Service


class FeedView(DialectView):
    """Incidents of one service or of all."""

    file = ""

    def feed(self, slug: str | None) -> feeds.Feed:
        services, words = services_of(slug), language()
        title = _title(services, slug, words)
        path = f"/{slug}" if slug else ""
        return feeds.Feed(
            title=title,
            description=_("Outages and maintenance: what happened when, and how we know."),
            home_url=settings.SITE_URL + path_in(f"{path}/", words),
            feed_url=settings.SITE_URL + path_in(f"{path}/feeds/{self.file}", words),
            language=words,
            stories=stories(services, words),
            changed_at=max((service.created_at for service in services), default=front_page.BEGINNING),
        )


class AtomView(FeedView):
    """atom.xml."""

    file = "atom.xml"

    def get(self, request: Request, slug: str | None = None) -> Response:
        return Response(feeds.atom(self.feed(slug)), content_type=feeds.ATOM)


class RssView(FeedView):
    """rss.xml."""

    file = "rss.xml"

    def get(self, request: Request, slug: str | None = None) -> Response:
        return Response(feeds.rss(self.feed(slug)), content_type=feeds.RSS)


class JsonFeedView(FeedView):
    """feed.json."""

    file = "feed.json"

    def get(self, request: Request, slug: str | None = None) -> Response:
        return Response(feeds.json_feed(self.feed(slug)), content_type=feeds.JSON_FEED)


class CalendarView(DialectView):
    """incidents.ics."""

    def get(self, request: Request, slug: str | None = None) -> Response:
        services, words = services_of(slug), language()
        found = stories(services, words)
        moments = moments_of(services)
        unseen = without_told(plans(services, words, moments), found)
        text = ical.calendar(_title(services, slug, words), found, unseen, moments)
        return Response(text, content_type=ical.ICALENDAR)


class CapView(DialectView):
    """One incident as a CAP alert."""

    def get(self, request: Request, slug: str, number: int) -> Response:
        service = service_or_404(slug)
        found = stories([service], language(), number=number) if number <= MOST_NUMBER else []
        if not found:
            raise NotFound("There is no such incident.", code="unknown-incident")
        return Response(cap.alert(found[0], moments_of([service])[service.pk]), content_type=cap.CAP)


def _title(services: list[Service], slug: str | None, words: str) -> str:
    if slug:
        return _("%(name)s: outages and maintenance") % {"name": marked_name(catalog_of(services[0]), words)}
    return _("Brownout: outages and maintenance")
