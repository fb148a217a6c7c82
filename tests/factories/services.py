"""Services, loaded by the catalogue's own loader."""

from __future__ import annotations

from typing import Any

from reports.catalog import schema
from reports.catalog.store import store
from reports.models import Service


def a_catalog(slug: str = "acme", **changes: Any) -> schema.Catalog:
    """A small catalogue with three components, four symptoms, advice and things that still work."""
    values: dict[str, Any] = {
        "slug": slug,
        "name": slug.capitalize(),
        "default_component": "app",
        "components": [
            schema.Component(slug="app", name="Mobile app", depends_on=["login"]),
            schema.Component(slug="login", name="Sign-in"),
            schema.Component(slug="charging", name="Charging"),
        ],
        "symptoms": [
            schema.Symptom(slug="http-503", name="503 Server Maintenance", icon="503", component="app", common=True),
            schema.Symptom(slug="timeout", name="Spins and times out", icon="hourglass", component="app", common=True),
            schema.Symptom(slug="login-failed", name="Cannot sign in", icon="key", component="login", common=True),
            schema.Symptom(slug="other", name="Something else", icon="other"),
        ],
        "advice": [
            schema.Advice(text="Wait some minutes and try again."),
            schema.Advice(
                text="Do not sign out.", components=["login"], during=["possible", "confirmed"], warning=True
            ),
            schema.Advice(text="All is calm.", during=["ok"]),
        ],
        "still_works": [
            schema.StillWorks(text="The key card."),
            schema.StillWorks(text="Charging that has been started.", unless=["charging"]),
        ],
    }
    return schema.Catalog(**{**values, **changes})


def a_service(slug: str = "acme", **changes: Any) -> Service:
    """A service, loaded from `a_catalog`."""
    store(a_catalog(slug, **changes))
    return Service.objects.get(slug=slug)
