"""Small words for templates: icons, times, numbers, names of places and states."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from config import front_requests
from config.languages import has_languages, path_in
from outages.analytics import frames
from outages.models import DetectorState
from outages.texts import durations, formats, left_out, sentences
from reports import places
from reports.languages import DEFAULT_LANGUAGE, LANGUAGES, written
from reports.models import Report, Service

register = template.Library()

STATE_WORDS = {
    "ok": lambda: pgettext("state", "no problems"),
    "possible": lambda: pgettext("state", "possible outage"),
    "confirmed": lambda: pgettext("state", "outage"),
    "recovering": lambda: pgettext("state", "recovering"),
    "resolved": lambda: pgettext("state", "resolved"),
    "dismissed": lambda: pgettext("state", "false alarm"),
    "merged": lambda: pgettext("state", "merged"),
    "maintenance": lambda: pgettext("state", "maintenance"),
    "unknown": lambda: pgettext("state", "unknown"),
    "unwatched": lambda: pgettext("state", "not monitored"),
}
STAGES = {
    "investigating": lambda: pgettext("what an announcement says", "investigating"),
    "identified": lambda: pgettext("what an announcement says", "cause found"),
    "monitoring": lambda: pgettext("what an announcement says", "fixed, monitoring"),
    "resolved": lambda: pgettext("state", "resolved"),
    "planned": lambda: pgettext("what an announcement says", "planned"),
}
TIERS = {
    "official": lambda: pgettext("who made an announcement", "official"),
    "press": lambda: pgettext("who made an announcement", "press"),
    "community": lambda: pgettext("who made an announcement", "community"),
}
STATE_ICONS = {
    "ok": "check",
    "resolved": "check",
    "possible": "alert",
    "confirmed": "cross",
    "recovering": "up",
    "maintenance": "wrench",
}
MARKS = {"confirmed": "down", "possible": "trouble", "recovering": "trouble", "maintenance": "trouble"}
CHIP_STATES = {"fine": "ok", "raised": "possible", "bad": "confirmed"}


# Names that catalogues use for what the sprite draws under a simpler name.
DRAWN_AS = {
    "blank": "screen",
    "charging": "bolt",
    "slow": "gauge",
    "car-missing": "car",
    "payment": "card",
}


@register.simple_tag(takes_context=True)
def alternates(context: template.Context) -> SafeString | str:
    """Links to the page in each language, for search engines. None on an address that is somebody's own."""
    request: HttpRequest | None = context.get("request")
    found = request.resolver_match if request else None
    if request is None or found is None or {"secret", "token"} & found.kwargs.keys():
        return ""
    if not has_languages(request.path_info):
        return ""
    path = request.get_full_path()
    tags = [(written(tag), path_in(path, tag)) for tag in LANGUAGES]
    return format_html_join(
        "\n",
        '<link rel="alternate" hreflang="{}" href="{}{}">',
        ((tag, settings.SITE_URL, address) for tag, address in [*tags, ("x-default", path_in(path, DEFAULT_LANGUAGE))]),
    )


@register.simple_tag(takes_context=True)
def leaves_out(context: template.Context) -> list[str]:
    """Return what the site leaves out now because very much is asked of it, in sentences."""
    request: HttpRequest | None = context.get("request")
    return left_out.sentences(front_requests.step(request)) if request else []


@register.simple_tag
def colon() -> str:
    """The colon between a name and what is said of it, with its blanks, as the reader's language writes it."""
    return formats.colon()


@register.simple_tag
def comma(between: str = "") -> str:
    """Return the comma, with its blank, as the reader's language writes it: within a "list", or else in a sentence."""
    return formats.comma(in_list=between == "list")


@register.simple_tag
def languages() -> list[tuple[str, str, str]]:
    """The site's languages: tag, tag as BCP 47 writes it, and what its speakers call it."""
    return [(tag, written(tag), name) for tag, name in LANGUAGES.items()]


@register.filter
def separated(names: Sequence[str]) -> str:
    """Return names in a row, as the language sets them apart."""
    return sentences.listed(names)


@register.filter
def bcp47(tag: str) -> str:
    """A language's tag for `lang` attributes."""
    return written(tag)


@register.filter
def quoted(text: str) -> SafeString:
    """Somebody else's words, in whichever language and direction they wrote them (WCAG 3.1.2)."""
    return format_html('<bdi lang="">{}</bdi>', text)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing out of the sprite, or a status code as figures; the words stand beside it."""
    if name.isdigit():
        return format_html('<span class="code" aria-hidden="true">{}</span>', name)
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("img/icons.svg"),
        DRAWN_AS.get(name, name) or "other",
    )


@register.filter
def state_word(state: str) -> str:
    """A state in a word or two."""
    return str(STATE_WORDS[state]()) if state in STATE_WORDS else state


@register.filter
def parts_in_headline(state: str, names: list[str]) -> str:
    """The components behind an incident's state, as far as two lines of a phone hold them; empty where none fits."""
    return sentences.fitting_after(f"{state_word(state)}: ", names)


@register.filter
def is_long_headline(text: str) -> bool:
    """Return whether a headline needs smaller letters to take two lines on a phone."""
    return sentences.columns(text) > sentences.HEADLINE


@register.filter
def ended(text: str) -> str:
    """A text as a sentence, with the language's full stop."""
    return sentences.ended(text)


@register.filter
def stage_name(stage: str) -> str:
    """A post's stage in a word."""
    return str(STAGES[stage]()) if stage in STAGES else stage


@register.filter
def tier_name(tier: str) -> str:
    """Whose word a post is."""
    return str(TIERS[tier]()) if tier in TIERS else tier


@register.filter
def state_icon(state: str) -> str:
    return STATE_ICONS.get(state, "question")


@register.filter
def state_mark(state: str) -> str:
    """The address of the icon that a tab has in a state."""
    return static(f"img/mark-{MARKS[state]}.svg" if state in MARKS else "img/mark.svg")


@register.filter
def chip_state(state: str) -> str:
    """The state whose colour a chip takes."""
    return CHIP_STATES.get(state, "unknown")


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


@register.filter
def moment(at: datetime | None) -> SafeString | str:
    """A date and time, in UTC until the browser puts it into its own zone."""
    if at is None:
        return ""
    shape = '<time datetime="{}" data-local="moment">{}<span class="utc"> UTC</span></time>'
    return format_html(shape, _stamp(at), formats.minute(at))


@register.filter
def day(when: date | None) -> str:
    """A day in figures, as the language writes it."""
    return "" if when is None else formats.day(when)


@register.filter
def month(when: date) -> str:
    """A month with its year."""
    return formats.month(when)


@register.filter
def day_of_month(when: date) -> str:
    """A day with its month."""
    return formats.day_of_month(when)


@register.filter
def clock(at: datetime | None) -> SafeString | str:
    """A time of day, in UTC until the browser puts it into its own zone."""
    if at is None:
        return ""
    return format_html('<time datetime="{}" data-local="clock">{}</time>', _stamp(at), formats.clock(at))


@register.simple_tag
def ago(at: datetime | None, since: datetime | None = None, ticking: bool = True) -> SafeString | str:
    """How long ago, counted on by the browser while it is about the present."""
    if at is None:
        return ""
    span = (since or timezone.now()) - at
    seconds = f' data-age="{max(int(span.total_seconds()), 0)}"' if ticking else ""
    return format_html('<time datetime="{}"{}>{}</time>', _stamp(at), SafeString(seconds), _aged(span))


def _aged(span: timedelta) -> str:
    days = round(span / timedelta(days=1))
    return formats.days_ago(days) if span >= timedelta(days=2) else _ago(duration(span))


def _ago(length: str) -> str:
    return _("%(duration)s ago") % {"duration": length}


@register.simple_tag
def ago_words() -> SafeString:
    """The forms in which the browser counts ages on, in the page's language, as attributes; {n} and {h} are numbers."""
    forms = {
        "s": durations.seconds("{n}"),
        "min": durations.minutes("{n}"),
        "h": durations.hours("{h}"),
        "h-min": durations.hours_and_minutes("{h}", "{n}"),
    }
    return format_html_join("", ' data-ago-{}="{}"', ((name, _ago(form)) for name, form in forms.items()))


@register.filter
def duration(span: timedelta | None) -> str:
    """A length of time in its one or two largest units. static/js/page.js counts ages on by the same steps."""
    return "" if span is None else durations.duration(span)


@register.filter
def in_minutes(count: float | None) -> str:
    """A length of time that is known in minutes."""
    return "" if count is None else durations.in_minutes(count)


@register.filter
def grouped(number: float | None) -> str:
    """A count with its thousands set apart; a fraction is rounded."""
    return "" if number is None else formats.number(number)


@register.filter
def short(number: float | None) -> str:
    """A number in at most three figures or so."""
    if number is None or number != number:
        return ""
    return formats.short(number)


@register.filter
def percent(share: float | None) -> str:
    return "" if share is None else formats.percent(share)


@register.filter
def place_name(code: str) -> str:
    """A place in the visitor's language."""
    if not code:
        return _("place not given")
    found = places.get(code)
    return found.name(get_language() or "en") if found else code


ADDRESS = re.compile(r"https?://[^\s<>()\"']+[^\s<>()\"'.,;:!?]")


@register.filter
def linked(text: str) -> SafeString:
    """A text with its addresses as links. (Django's urlize drops a comma that follows a bracket.)"""
    parts: list[tuple[str, ...]] = []
    reached = 0
    for found in ADDRESS.finditer(text):
        parts.append((text[reached : found.start()], found[0], found[0]))
        reached = found.end()
    links = format_html_join("", '{}<a href="{}" rel="nofollow noopener">{}</a>', parts)
    return format_html("{}{}", links, text[reached:])


@register.filter
def get(mapping: dict[str, Any], key: str) -> Any:
    """A dictionary's value; the key itself where it has none."""
    return mapping.get(key, key)


@register.simple_tag
def is_counted(report: Report) -> bool:
    """Whether the report's minute has been counted since it came in."""
    newest = max(report.at, report.received_at).replace(second=0, microsecond=0)
    return DetectorState.objects.filter(service_id=report.service_id, minute__gte=newest).exists()


@register.simple_tag
def problem_reports_before(service: Service, at: datetime) -> int:
    """The service's problem reports in the 24 hours before the minute of `at`."""
    minute = at.replace(second=0, microsecond=0)
    return frames.reports_between(service, minute - timedelta(hours=24), minute)
