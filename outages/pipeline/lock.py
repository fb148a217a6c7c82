"""Who may change what is derived of a service: one transaction at a time."""

from __future__ import annotations

from django.db import connection

from reports.models import Service


def lock_scan(service: Service, *, wait: bool = False) -> bool:
    """True where this transaction alone may scan, rebuild or empty the service. With `wait` it waits for its turn."""
    function = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtext('outages.pipeline.scan'), %s)", [service.pk])
        return wait or bool(cursor.fetchone()[0])
