"""What each place has been told beyond its reports, kept between scans. Whoever holds the scan's lock writes it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from outages.models import PlaceBalance
from outages.pipeline.perturbation import Balance
from reports.models import Service

_SAVE = """
INSERT INTO outages_placebalance (service_id, country, region, more)
SELECT %s, country, region, more FROM unnest(%s::varchar[], %s::varchar[], %s::int[]) AS row(country, region, more)
ON CONFLICT ON CONSTRAINT one_balance_a_place DO UPDATE SET more = excluded.more
"""


def read(service: Service, countries: Iterable[str]) -> Balance:
    """Return the balances of some countries' places. One query."""
    rows = PlaceBalance.objects.filter(service=service, country__in=set(countries))
    return Balance({(country, region): more for country, region, more in rows.values_list("country", "region", "more")})


def save(service: Service, balance: Balance) -> None:
    """Store the balances that have changed since they were read. One query at the most."""
    if changed := sorted(balance.changed):
        numbers = [balance.regions[place] for place in changed]
        with connection.cursor() as cursor:
            cursor.execute(_SAVE, [service.pk, *map(list, zip(*changed, strict=True)), numbers])
