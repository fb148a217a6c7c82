"""What a page of alerts is about: a service, or a board of several."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from outages.notifications.messages import names_of
from outages.web.views.front_page import chosen_parts
from outages.web.views.page_context import shown
from reports.models import Service


@dataclass(frozen=True, slots=True)
class Subject:
    """What alerts are about: a service, or a board of several, which `of` names. `parts` are what may be chosen."""

    name: str
    language: str
    path: str
    service: str | None = None
    of: str | None = None
    parts: list[tuple[str, str]] = field(default_factory=list)
    is_recorded: bool = False
    context: dict[str, Any] = field(default_factory=dict)

    def query(self, **parameters: str) -> str:
        """Return the query of its page's address."""
        named = {"of": self.of} if self.of is not None else {}
        return urlencode({**named, **parameters}, safe=",.")

    def address(self, **parameters: str) -> str:
        """Return the address of its page."""
        query = self.query(**parameters)
        return f"{self.path}?{query}" if query else self.path


def of_service(request: HttpRequest, slug: str) -> Subject:
    """The service of the address. Raises as `page_context.shown`."""
    page = shown(request, slug)
    return Subject(
        name=page.name,
        language=page.language,
        path=reverse("subscribe", args=[slug]),
        service=slug,
        parts=list(page.component_names().items()),
        is_recorded=page.service.clock == Service.Clock.RECORDED,
        context=page.context("subscribe"),
    )


def of_board(request: HttpRequest) -> Subject:
    """The board that `?of=` names. What is a recording stays out of it: it has no alerts. Raises BadAddressError."""
    language = get_language() or "en"
    services = {service.slug: service for service in Service.objects.filter(is_active=True).defer("definition")}
    chosen = chosen_parts(request.GET.get("of", ""), services)
    live = [part for part in chosen if services[part.service].clock == Service.Clock.LIVE]
    named: dict[str, list[str]] = {}
    for part in live or chosen:
        named.setdefault(part.service, []).append(part.component)
    return Subject(
        name=names_of([(services[slug], components) for slug, components in named.items()], language),
        language=language,
        path=reverse("board-subscribe"),
        of=",".join(map(str, live or chosen)),
        is_recorded=not live,
    )
