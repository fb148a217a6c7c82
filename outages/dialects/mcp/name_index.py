"""What the services are called: an index of their names, kept in this process until one of them changes.

A question by a name reads one row of the database, however many services there are, and none of their catalogues.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Func, Value
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Concat

from config.process_cache import Shelf
from outages.dialects.mcp import wording
from reports.models import Service

MOST_NAMED: Final = 5000  # services, in the site's order; those after them are known by their slugs alone
MOST_BYTES: Final = 3_000_000  # … and so are those whose names find no room
MOST_NEAR: Final = 1000  # of so many services that share the words none is meant
NAME_BYTES: Final = 200  # about what a name takes besides its letters


@dataclass(frozen=True, slots=True)
class NameIndex:
    """The names of services by slug, in the site's order, and the slug that a whole name stands for. `left_out` counts
    the services whose names are not in it."""

    names: Mapping[str, tuple[str, ...]]
    whole: Mapping[str, str]
    left_out: int
    size: int  # about how many bytes it takes

    def find(self, said: str) -> str | None:
        """Return the slug of the one service that is called so: by a whole name, or by words of one name alone."""
        exactly = self.whole.get(wording.folded(said))
        if exactly is not None:
            return exactly
        asked = wording.words(said)  # a word without its ending is a part of each name that has it
        near = {
            slug: each for slug, each in self.names.items() if any(all(word in name for word in asked) for name in each)
        }
        return wording.named(said, near) if len(near) <= MOST_NEAR else None

    def holding(self, said: str) -> list[str]:
        """Return the slugs of services whose names hold each of the words, whole or in part."""
        asked = wording.folded(said).split()
        return [slug for slug, each in self.names.items() if all(any(word in name for name in each) for word in asked)]


_kept: Shelf[str, NameIndex] = Shelf("names of services", most=1)  # by the state of all catalogues


def name_index() -> NameIndex:
    """Return the index of the active services as they are now."""
    each = StringAgg(Concat("slug", Value(" "), "definition_hash"), ",", order_by=("position", "name", "pk"))
    state = Service.objects.filter(is_active=True).aggregate(state=Func(each, function="md5"))["state"] or ""
    found = _kept.get(state)
    if found is None:
        found = _made()
        _kept.put(state, found, size=found.size)
    return found


def _made() -> NameIndex:
    active = Service.objects.filter(is_active=True)
    rows = active.order_by("position", "name", "pk").values_list(
        "slug", KeyTransform("name", "definition"), KeyTransform("formerly", "definition")
    )
    names: dict[str, tuple[str, ...]] = {}
    whole: dict[str, str] = {}
    size = 0
    for slug, name, formerly in rows[:MOST_NAMED]:
        called = tuple(dict.fromkeys(map(wording.folded, [slug, *wording.in_all_languages(name), *(formerly or ())])))
        size += sum(2 * len(each) + NAME_BYTES for each in called)
        if size > MOST_BYTES:
            break
        names[slug] = called
        for each in called:
            whole.setdefault(each, slug)
    return NameIndex(names, whole, left_out=max(0, active.count() - len(names)), size=size)
