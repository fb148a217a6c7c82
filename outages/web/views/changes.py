"""What the front asks twice a second, so that it makes anew the pages that have changed.

That it asks, and we answer, is the sign that people can reach us.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from config import front_requests
from outages.pipeline import serving_minutes
from outages.queries import changes as queries
from reports.access.same_origin import read_only


@read_only
def changes(request: HttpRequest) -> HttpResponse:
    """The services and incidents that changed in the last seconds. For the front alone."""
    if not front_requests.is_own(request):
        raise Http404
    serving_minutes.note(timezone.now())
    return JsonResponse(queries.changes(timezone.now()), headers={"Cache-Control": "no-store"})
