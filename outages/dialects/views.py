"""The views of all dialects but Open311: each asks for what its renderer needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from outages.api.framework.views import service_or_404
from outages.api.incidents import MOST_NUMBER
from outages.api.services import language
from outages.dialects.badges import render as badges
from outages.dialects.common.stories import plans, stories, without_told
from outages.dialects.common.text import marked_name, spoken
from outages.dialects.common.views import DialectView, all_services, default_service, service_of_host
from outages.dialects.feeds import cap, ical
from outages.dialects.feeds import render as feeds
from outages.dialects.gatus import render as gatus
from outages.dialects.metrics import render as metrics
from outages.dialects.statuspage import render as statuspage
from outages.dialects.uptime_kuma import render as uptime_kuma
from outages.models import ProbeResult
from outages.pipeline.scan import service_now
from outages.queries import front_page, timeline
from outages.queries import status as queries
from outages.signals.probes.health import SILENT_AFTER
from outages.texts.sentences import verdict_word
from reports.catalog.store import catalog_of, fetch_catalogs
from reports.models import Component, Service

PROBES_BACK = max(queries.PROBE_WINDOW, SILENT_AFTER)


class StatuspageView(DialectView):
    """One of Statuspage's documents: of the service in the address, else of the one that the host means."""

    render: Callable[[statuspage.Page], dict[str, Any]]
    needs_all = True  # incidents that are over, too
    needs_plans = True

    def get(self, request: Request, slug: str | None = None) -> Response:
        service = service_or_404(slug) if slug else service_of_host(request._request)
        status = queries.status(service, now=timezone.now())
        words = language()
        page = statuspage.Page(
            service=service,
            catalog=catalog_of(service),
            status=status,
            stories=stories([service], words, only_open=not self.needs_all),
            plans=plans([service], words, {service.pk: status.at}) if self.needs_plans else [],
            language=words,
        )
        return Response(type(self).render(page))


class StatuspageSummary(StatuspageView):
    """summary.json."""

    render = staticmethod(statuspage.summary)
    needs_all = False


class StatuspageStatus(StatuspageView):
    """status.json."""

    render = staticmethod(statuspage.status)
    needs_all = needs_plans = False


class StatuspageComponents(StatuspageView):
    """components.json."""

    render = staticmethod(statuspage.components)
    needs_all = needs_plans = False


class StatuspageIncidents(StatuspageView):
    """incidents.json."""

    render = staticmethod(statuspage.incidents)
    needs_plans = False


class StatuspageUnresolved(StatuspageView):
    """incidents/unresolved.json."""

    render = staticmethod(statuspage.unresolved)
    needs_all = needs_plans = False


class StatuspageMaintenances(StatuspageView):
    """scheduled-maintenances.json."""

    render = staticmethod(statuspage.maintenances)


class StatuspageUpcoming(StatuspageView):
    """scheduled-maintenances/upcoming.json."""

    render = staticmethod(statuspage.upcoming)


class StatuspageActive(StatuspageView):
    """scheduled-maintenances/active.json."""

    render = staticmethod(statuspage.active)


class FeedView(DialectView):
    """Incidents of one service or of all."""

    file = ""

    def feed(self, slug: str | None) -> feeds.Feed:
        services, words = _services(slug), language()
        title = _title(services, slug, words)
        path = f"/{slug}" if slug else ""
        return feeds.Feed(
            title=title,
            description=_("Outages and maintenance, with what was known when and from whom."),
            home_url=f"{settings.SITE_URL}{path}/",
            feed_url=f"{settings.SITE_URL}{path}/feeds/{self.file}",
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
        services, words = _services(slug), language()
        found = stories(services, words)
        announced = plans(services, words, _moments(services))
        unseen = without_told(announced, found)
        text = ical.calendar(_title(services, slug, words), found, unseen)
        return Response(text, content_type=ical.ICALENDAR)


class CapView(DialectView):
    """One incident as a CAP alert."""

    def get(self, request: Request, slug: str, number: int) -> Response:
        service = service_or_404(slug)
        found = stories([service], language(), number=number) if number <= MOST_NUMBER else []
        if not found:
            raise NotFound("There is no such incident.", code="unknown-incident")
        return Response(cap.alert(found[0]), content_type=cap.CAP)


class BadgeView(DialectView):
    """What badges say of a service."""

    def said(self, slug: str) -> tuple[str, Any]:
        """The service's marked name, and its verdict as others may hear it."""
        service = service_or_404(slug)
        status = queries.status(service, now=timezone.now())
        return marked_name(catalog_of(service), language()), spoken(status.verdict, stale=status.stale)


class SvgBadge(BadgeView):
    """badge.svg."""

    def get(self, request: Request, slug: str) -> Response:
        name, verdict = self.said(slug)
        return _svg(badges.svg(name, verdict_word(verdict), badges.PAINTS[verdict]))


class ShieldsBadge(BadgeView):
    """badge.json."""

    def get(self, request: Request, slug: str) -> Response:
        name, verdict = self.said(slug)
        return Response(badges.shields(name, verdict_word(verdict), verdict))


class GatusStatuses(DialectView):
    """All endpoints."""

    def get(self, request: Request) -> Response:
        return Response([endpoint.body() for endpoint in _endpoints()])


class GatusEndpoint(DialectView):
    """One endpoint, with its events."""

    def get(self, request: Request, key: str) -> Response:
        endpoint = _endpoint(key)
        return Response(endpoint.body(gatus.events(endpoint, stories([endpoint.service], language()))))


class GatusHealthBadge(DialectView):
    """health/badge.svg."""

    def get(self, request: Request, key: str) -> Response:
        health = _endpoint(key).health
        return _svg(badges.svg("health", health, gatus.health_paint(health)))


class GatusHealthShields(DialectView):
    """health/badge.shields."""

    def get(self, request: Request, key: str) -> Response:
        return Response(gatus.shields(_endpoint(key).health))


class GatusUptime(DialectView):
    """uptimes/{duration}: the share as a bare number."""

    def share(self, key: str, duration: str) -> float | None:
        endpoint, span = _endpoint(key), gatus.DURATIONS[duration]
        until = service_now(endpoint.service, now=timezone.now())
        if endpoint.component:
            return timeline.uptimes(endpoint.service, [endpoint.component], until, span)[endpoint.component]
        return gatus.probe_history(endpoint, until, span)[0]

    def get(self, request: Request, key: str, duration: str) -> Response:
        share = self.share(key, duration)
        if share is None:
            raise NotFound("Nothing was seen of this endpoint in that time.")
        return Response(f"{share:.6f}", content_type="text/plain; charset=utf-8")


class GatusUptimeBadge(GatusUptime):
    """uptimes/{duration}/badge.svg."""

    def get(self, request: Request, key: str, duration: str) -> Response:
        share = self.share(key, duration)
        message = "?" if share is None else f"{100 * share:.2f}".rstrip("0").rstrip(".") + "%"
        return _svg(badges.svg(f"uptime {duration}", message, gatus.uptime_paint(share)))


class GatusResponseTimeBadge(DialectView):
    """response-times/{duration}/badge.svg."""

    def get(self, request: Request, key: str, duration: str) -> Response:
        endpoint = _endpoint(key)
        latency_ms = None
        if endpoint.probe:
            until = service_now(endpoint.service, now=timezone.now())
            latency_ms = gatus.probe_history(endpoint, until, gatus.DURATIONS[duration])[1]
        message = "?" if latency_ms is None else f"{latency_ms:.0f}ms"
        paint = badges.GREY if latency_ms is None else badges.BLUE
        return _svg(badges.svg(f"response time {duration}", message, paint))


class KumaPage(DialectView):
    """A status page's settings, incident and monitors."""

    def get(self, request: Request, slug: str) -> Response:
        service, words = _kuma_service(slug), language()
        now = service_now(service, now=timezone.now())
        body = uptime_kuma.page(
            service,
            catalog_of(service),
            _monitors(service),
            stories([service], words, only_open=True),
            plans([service], words, {service.pk: now}),
            words,
            now,
        )
        return Response(body)


class KumaHeartbeats(DialectView):
    """The monitors' last beats."""

    def get(self, request: Request, slug: str) -> Response:
        service = _kuma_service(slug)
        now = service_now(service, now=timezone.now())
        monitors = _monitors(service)
        history = timeline.histories({service: now}, uptime_kuma.BEATS)[service.pk]
        shares = timeline.uptimes(service, list(monitors), now, timedelta(hours=24))
        return Response(uptime_kuma.heartbeats(monitors, history, shares))


class MetricsView(DialectView):
    """The metrics of all services, in the format that the client prefers."""

    def get(self, request: Request) -> Response:
        now = timezone.now()
        rows = front_page.rows(now=now)
        services = [row.service for row in rows]
        results = (
            ProbeResult.objects.filter(service__in=services, at__gt=now - PROBES_BACK, at__lte=now, control=False)
            .order_by("service_id", "probe", "vantage", "-at")
            .distinct("service_id", "probe", "vantage")
            .values_list("service_id", "probe", "vantage", "classification", "latency_ms")
        )
        slugs = {service.pk: service.slug for service in services}
        found = metrics.collected(
            rows,
            stories(services, language(), only_open=True, most=metrics.MOST_INCIDENTS),
            [(slugs[pk], probe, vantage, said, latency) for pk, probe, vantage, said, latency in results],
        )
        body, content_type = metrics.written(found, request.headers.get("Accept", ""))
        return Response(body, content_type=content_type, headers={"Vary": "Accept"})


def _services(slug: str | None) -> list[Service]:
    """The named service, or all, with their catalogues at hand."""
    services = [service_or_404(slug)] if slug else all_services()
    fetch_catalogs(services)
    return services


def _title(services: list[Service], slug: str | None, words: str) -> str:
    if slug:
        return _("%(name)s: outages and maintenance") % {"name": marked_name(catalog_of(services[0]), words)}
    return _("Brownout: outages and maintenance")


def _moments(services: list[Service]) -> dict[int, datetime]:
    """Each service's present."""
    return {service.pk: moment for service, moment in _presents(services).items()}


def _presents(services: list[Service]) -> dict[Service, datetime]:
    now = timezone.now()
    ids = [service.pk for service in services if service.clock != Service.Clock.LIVE]
    loaded = Service.objects.select_related("detector_state").defer("detector_state__state")
    recorded = {service.pk: service for service in loaded.filter(pk__in=ids)} if ids else {}
    return {service: service_now(recorded.get(service.pk, service), now=now) for service in services}


def _endpoints(slug: str | None = None) -> list[gatus.Endpoint]:
    """The endpoints of all services, or of one."""
    services = all_services() if slug is None else list(Service.objects.filter(slug=slug, is_active=True))
    if not services:
        return []
    fetch_catalogs(services)
    presents, words = _presents(services), language()
    histories = timeline.histories(presents, gatus.RESULTS)
    return [*gatus.parts(presents, histories, words), *gatus.probes(presents, words)]


def _endpoint(key: str) -> gatus.Endpoint:
    """The endpoint with that key. Raises NotFound."""
    slug = key.partition("_")[0]
    if "\0" in slug:
        raise NotFound("There is no such endpoint.")
    for owner in (slug, slug.removesuffix(gatus.PROBES_SUFFIX)):
        for endpoint in _endpoints(owner):
            if endpoint.key == key:
                return endpoint
    raise NotFound("There is no such endpoint.")


def _kuma_service(slug: str) -> Service:
    return default_service() if slug == "default" else service_or_404(slug.lower())


def _monitors(service: Service) -> dict[str, int]:
    """The numbers of a service's parts, in the catalogue's order."""
    numbers = dict(Component.objects.filter(service=service, is_active=True).values_list("slug", "pk"))
    return {part.slug: numbers[part.slug] for part in catalog_of(service).components if part.slug in numbers}


def _svg(text: str) -> Response:
    return Response(text, content_type=badges.SVG, headers={"Content-Security-Policy": badges.SVG_POLICY})
