"""Views of feeds, calendars and CAP alerts."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from config.languages import path_in
from outages.api.boards import board_of
from outages.api.framework.views import service_or_404
from outages.api.incidents import MOST_NUMBER
from outages.api.services import language
from outages.dialects.common.selection import Selection, moments_of, of_board, selected
from outages.dialects.common.stories import plans, stories, without_told
from outages.dialects.common.views import DialectView
from outages.dialects.feeds import cap, ical
from outages.dialects.feeds import render as feeds
from outages.queries import front_page


class FeedView(DialectView):
    """Incidents of one service, of a board or of all."""

    file = ""

    def feed(self, request: Request, slug: str | None) -> feeds.Feed:
        chosen, words = _chosen(request, slug), language()
        return feeds.Feed(
            title=_title(chosen, words),
            description=_("Outages and maintenance: what happened when, and how we know."),
            home_url=settings.SITE_URL + path_in(chosen.home, words),
            feed_url=settings.SITE_URL + path_in(f"{chosen.path}/feeds/{self.file}", words) + chosen.query,
            language=words,
            stories=stories(chosen.services, words, only=chosen.incidents),
            changed_at=max((service.created_at for service in chosen.services), default=front_page.BEGINNING),
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
        chosen, words = _chosen(request, slug), language()
        found = stories(chosen.services, words, only=chosen.incidents)
        moments = moments_of(chosen.services)
        unseen = [
            plan
            for plan in without_told(plans(chosen.services, words, moments), found)
            if chosen.touches(plan.service, plan.post.components)
        ]
        text = ical.calendar(_title(chosen, words), found, unseen, moments)
        return Response(text, content_type=ical.ICALENDAR)


class CapView(DialectView):
    """One incident as a CAP alert."""

    def get(self, request: Request, slug: str, number: int) -> Response:
        service = service_or_404(slug)
        found = stories([service], language(), number=number) if number <= MOST_NUMBER else []
        if not found:
            raise NotFound("There is no such incident.", code="unknown-incident")
        return Response(cap.alert(found[0], moments_of([service])[service.pk]), content_type=cap.CAP)


def _chosen(request: Request, slug: str | None) -> Selection:
    """The service of the address, the board of `?of=`, or all services."""
    if not slug and request.query_params.get("of"):
        return of_board(board_of(request))
    return selected(slug)


def _title(chosen: Selection, words: str) -> str:
    if chosen.path or chosen.board:
        return _("%(name)s: outages and maintenance") % {"name": chosen.name(words)}
    return _("Brownout: outages and maintenance")
