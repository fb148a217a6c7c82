"""Views of feeds, calendars and CAP alerts."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from config.languages import path_in
from outages.api.framework.views import service_or_404
from outages.api.incidents import MOST_NUMBER
from outages.api.services import language
from outages.dialects.common.selection import chosen, moments_of, services_of
from outages.dialects.common.stories import Story, plans, stories, without_told
from outages.dialects.common.text import marked_name
from outages.dialects.common.views import DialectView
from outages.dialects.feeds import cap, ical
from outages.dialects.feeds import render as feeds
from outages.queries import front_page
from reports.catalog.store import catalog_of
from reports.models import Service


class FeedView(DialectView):
    """Incidents of one service, of all, or of those that `?of=` names."""

    file = ""

    def feed(self, request: Request, slug: str | None) -> feeds.Feed:
        if not slug and request.query_params.get("of"):
            return self.of_board(request.query_params["of"])
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

    def of_board(self, of: str) -> feeds.Feed:
        """A board of one's own: its services in the order of the address, of a component what touches it."""
        found, words = chosen(of), language()
        services = list({service.pk: service for service, _component in found}.values())
        query = "?" + urlencode({"of": of}, safe=",.")
        return feeds.Feed(
            title=_("Brownout: outages and maintenance"),
            description=_("Outages and maintenance: what happened when, and how we know."),
            home_url=settings.SITE_URL + path_in("/board", words) + query,
            feed_url=settings.SITE_URL + path_in(f"/feeds/{self.file}", words) + query,
            language=words,
            stories=[story for story in stories(services, words) if _touches(story, found)],
            changed_at=max(service.created_at for service in services),
        )


class AtomView(FeedView):
    """atom.xml."""

    file = "atom.xml"

    def get(self, request: Request, slug: str | None = None) -> Response:
        return Response(feeds.atom(self.feed(request, slug)), content_type=feeds.ATOM)


class RssView(FeedView):
    """rss.xml."""

    file = "rss.xml"

    def get(self, request: Request, slug: str | None = None) -> Response:
        return Response(feeds.rss(self.feed(request, slug)), content_type=feeds.RSS)


class JsonFeedView(FeedView):
    """feed.json."""

    file = "feed.json"

    def get(self, request: Request, slug: str | None = None) -> Response:
        return Response(feeds.json_feed(self.feed(request, slug)), content_type=feeds.JSON_FEED)


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


def _touches(story: Story, found: list[tuple[Service, str]]) -> bool:
    """Whether an incident is of one of the services or components; one that names no component is of all."""
    named = story.incident.components
    return any(
        story.service.pk == service.pk and (not component or not named or component in named)
        for service, component in found
    )


def _title(services: list[Service], slug: str | None, words: str) -> str:
    if slug:
        return _("%(name)s: outages and maintenance") % {"name": marked_name(catalog_of(services[0]), words)}
    return _("Brownout: outages and maintenance")
