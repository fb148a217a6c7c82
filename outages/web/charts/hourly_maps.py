"""An incident hour by hour: a small map for each, all in one scale and out of one set of outlines.

A place's outline is written once and used by each map in which it is coloured, so that twelve maps weigh little more
than one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from outages.analytics import bins
from outages.analytics.bins import Bins, Count
from outages.texts import sentences
from outages.web.charts.map_metrics import METRICS, step_labels, step_of
from outages.web.charts.spread import unseen
from reports import places
from reports.models import Service

WIDTH = 90  # how finely outlines are drawn
STEPS_HOURS = (1, 2, 3, 6, 12, 24)
MOST = 12  # maps
LEAST = timedelta(minutes=90)
NOTHING = SafeString()
MOST_NAMED = 3  # places in the words of one


@dataclass(frozen=True, slots=True)
class SmallMap:
    """The map of [start, end), and its places with the most reports in words."""

    start: datetime
    end: datetime
    words: str
    drawing: SafeString


@dataclass(frozen=True, slots=True)
class HourlyMaps:
    """The maps of an incident, the outlines that they use, and what the colours say. Without reports no maps."""

    maps: tuple[SmallMap, ...] = ()
    outlines: SafeString = NOTHING
    legend: tuple[tuple[str, str], ...] = ()
    hours: int = 1


def bins_of(since: datetime, until: datetime) -> Bins:
    """Return the bins of whole hours of which MOST hold a span; of one that is longer than that, its last days."""
    for hours in STEPS_HOURS:
        step = timedelta(hours=hours)
        if len((spans := Bins.covering(since, until, step)).starts) <= MOST:
            return spans
    return Bins.covering(until - (MOST - 1) * step, until, step)


def read(
    service: Service,
    since: datetime,
    until: datetime,
    *,
    watched: pd.Series[int],
    country: str | None,
    language: str,
) -> HourlyMaps:
    """Return the maps of [since, until), by region where `country` is given, else by country. One query.

    `watched` is how many minutes were watched, by time. A span of less than LEAST is told by one map and has no others.
    """
    if until - since < LEAST:
        return HourlyMaps()
    spans = bins_of(since, until)
    found = bins.counts(service, spans, "region" if country else "country", country=country)
    return drawn(spans, found, unseen(spans, watched), country=country, language=language)


def drawn(
    spans: Bins,
    found: Mapping[tuple[str, datetime], Count],
    gaps: Set[datetime],
    *,
    country: str | None,
    language: str,
) -> HourlyMaps:
    """Return the maps of counts by place and bin. `gaps` are the bins that nobody watched."""
    drawing = places.svg_map(country, WIDTH)
    paths = dict(drawing.paths)
    told = {at: count for at, count in found.items() if at[0] in paths}
    if not told:
        return HourlyMaps()
    breaks = METRICS["count"].breaks(max(float(count.effective) for count in told.values()))
    seen = sorted({code for code, _start in told})
    prefix = f"hour-{country or 'world'}"
    outlines = format_html(
        '<svg class="map" width="0" height="0" aria-hidden="true"><defs><path id="{}" d="{}"/>{}</defs></svg>',
        prefix,
        "".join(path for _code, path in drawing.paths),
        format_html_join("", '<path id="{}-{}" d="{}"/>', ((prefix, code, paths[code]) for code in seen)),
    )
    made = []
    for start, end in zip(spans.starts, spans.ends, strict=True):
        here = {code: count for code in seen if (count := told.get((code, start)))}
        words = pgettext("chart", "not monitored") if start in gaps and not here else _words(here, language)
        shapes = format_html_join(
            "",
            '<use href="#{}-{}" class="{}"/>',
            (
                (prefix, code, "few" if count.few else f"step-{step_of(count.effective, breaks)}")
                for code, count in here.items()
            ),
        )
        svg = format_html(
            '<svg class="map" viewBox="0 0 {} {}" role="img" aria-label="{}"><use href="#{}"/>{}</svg>',
            drawing.width, drawing.height, words, prefix, shapes,
        )  # fmt: skip
        made.append(SmallMap(start, end, words, svg))
    legend = [(f"step-{i}", label) for i, label in enumerate(step_labels(breaks, whole=True), 1)]
    if any(count.few for count in told.values()):
        legend.append(("few", _("too few to say (under 3 networks)")))
    return HourlyMaps(tuple(made), outlines, tuple(legend), round(spans.step / timedelta(hours=1)))


def _words(here: Mapping[str, Count], language: str) -> str:
    """Which places reported most in an hour."""
    ranked: Sequence[str] = sorted(
        (code for code, count in here.items() if not count.few), key=lambda code: (-here[code].effective, code)
    )
    if not ranked:
        return _("too few to say (under 3 networks)") if here else pgettext("chart", "no reports")
    names = [place.name(language) if (place := places.get(code)) else code for code in ranked[:MOST_NAMED]]
    return sentences.listed(names)
