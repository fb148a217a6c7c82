"""Views of feeds, calendars and CAP alerts."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Q
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
from outages.dialects.common.stories import MOST, plans, stories, without_told
from outages.dialects.common.views import DialectView
from outages.dialects.feeds import cap, ical
from outages.dialects.feeds import render as feeds
from outages.queries import front_page

MOST_ALERTS = 200


class FeedView(DialectView):
    """Incidents of one service, of a board or of all."""

    file = ""

    def feed(self, request: Request, slug: str | None) -> feeds.Feed:
        return self.feed_of(_chosen(request, slug))

    def feed_of(self, chosen: Selection, only: Q | None = None, most: int = MOST) -> feeds.Feed:
        words = language()
        return feeds.Feed(
            title=_title(chosen, words),
            description=_("Outages and maintenance: what happened when, and how we know."),
            home_url=settings.SITE_URL + path_in(chosen.home, words),
            feed_url=settings.SITE_URL + path_in(f"{chosen.path}/feeds/{self.file}", words) + chosen.query,
            language=words,
            stories=stories(chosen.services, words, only=chosen.incidents & (only or Q()), most=most),
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


class AlertsView(FeedView):
    """cap-atom.xml and cap-rss.xml: the CAP alerts that stand."""

    media_type = feeds.ATOM

    def get(self, request: Request, slug: str | None = None) -> Response:
        chosen = _chosen(request, slug)
        moments = moments_of(chosen.services)
        feed = self.feed_of(chosen, only=cap.may_stand(moments), most=MOST_ALERTS)
        return Response(feeds.alerts(feed, self.media_type, moments), content_type=self.media_type)


class CapView(DialectView):
    """One incident as a CAP alert: its newest message, or the one that the address names."""

    def get(self, request: Request, slug: str, number: int, message: str = "") -> Response:
        service = service_or_404(slug)
        found = stories([service], language(), number=number) if number <= MOST_NUMBER else []
        alert = cap.alert(found[0], moments_of([service])[service.pk], message) if found else None
        if alert is None:
            raise NotFound("There is no such incident.", code="unknown-incident")
        return Response(alert, content_type=cap.CAP)


def _chosen(request: Request, slug: str | None) -> Selection:
    """The service of the address, the board of `?of=`, or all services."""
    if not slug and request.query_params.get("of"):
        return of_board(board_of(request))
    return selected(slug)


def _title(chosen: Selection, words: str) -> str:
    if chosen.path or chosen.board:
        return _("%(name)s: outages and maintenance") % {"name": chosen.name(words)}
    return _("Brownout: outages and maintenance")
