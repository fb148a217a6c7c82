"""The categories of services in the language of the moment."""

from __future__ import annotations

from django.utils.translation import pgettext

from reports.catalog.schema import Category


def category_names() -> dict[Category, str]:
    """Return the names of all categories, in the order in which a front page has them."""
    return {
        "cars": pgettext("kind of service", "Cars"),
        "carriers": pgettext("kind of service", "Phone and internet"),
        "cloud": pgettext("kind of service", "Cloud and hosting"),
        "code": pgettext("kind of service", "Developer tools"),
        "ai": pgettext("kind of service", "AI"),
        "payments": pgettext("kind of service", "Payments"),
        "messages": pgettext("kind of service", "Messages and meetings"),
        "social": pgettext("kind of service", "Social networks"),
        "work": pgettext("kind of service", "Work"),
        "games": pgettext("kind of service", "Games"),
        "media": pgettext("kind of service", "Video and music"),
        "other": pgettext("kind of service", "Other services"),
    }
