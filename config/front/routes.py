"""Which addresses have a snapshot, and in which language a visitor is led to them. Pure.

Everything that is not listed here goes to the workers: whatever is private, is searched for, lies in the past, or is
sent. So the number of snapshots is bounded by what there is, not by what clients think up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from config.front.recent import recent
from reports.languages import DEFAULT_LANGUAGE, LANGUAGES

OUR_OWN = (b"same-origin", b"same-site")
LONGEST_ACCEPTED = 500
ALL, NONE = "", "-"  # in the place of a slug: what shows all services, and what shows none
_NO_SLUG = "admin|api|static|open311|gatus|kuma|mcp|language|subscriptions|reports|revision|-"
_SLUG = rf"(?P<slug>(?!(?:{_NO_SLUG})/)[-A-Za-z0-9_]{{1,40}})"
_PREFIX = "|".join(tag for tag in LANGUAGES if tag != DEFAULT_LANGUAGE)
_MAP = ("window", "metric", "country", "component", "area")
_FEED = r"feeds/(?:atom\.xml|rss\.xml|feed\.json|incidents\.ics)"

# The path below its language → the parameters that it may have, and whether visitors are led to their language.
_ROUTES: list[tuple[str, tuple[str, ...], bool]] = [
    ("", ("page",), True),
    ("about|about/method|privacy|sources", (), True),
    ("developers", ("service", "look", "code"), True),
    (f"{_SLUG}/", (), True),
    (f"{_SLUG}/map", _MAP, True),
    (f"{_SLUG}/dashboards", ("window",), True),
    (f"{_SLUG}/history", ("state", "component", "kind", "place", "day"), True),
    (f"{_SLUG}/incidents/[0-9]{{1,9}}", (), True),
    (f"{_SLUG}/errors/(?:[-A-Za-z0-9_]{{1,40}})?", (), True),
    (f"{_SLUG}/is-it-me", (), True),
    (f"{_SLUG}/map/(?:frames|figure)\\.json", _MAP, False),
    (f"{_SLUG}/map\\.(?:svg|png)", _MAP, False),
    (f"{_SLUG}/picture\\.png", (), False),
    (f"{_SLUG}/badge\\.(?:svg|json)", (), False),
    (f"embed/{_SLUG}", (), False),
    (f"embed/{_SLUG}/map", _MAP, False),
    (_FEED, (), False),
    (f"{_SLUG}/{_FEED}", (), False),
    (f"{_SLUG}/incidents/[0-9]{{1,9}}/cap\\.xml", (), False),
]
_COMPILED = [(re.compile(path), frozenset(names), is_led) for path, names, is_led in _ROUTES]
_LANGUAGE = re.compile(rf"/(?:({_PREFIX})/)?(.*)")
_VALUE = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_TRACKING = re.compile(r"utm_[a-z]+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|ref|ref_src|_ga|si|yclid|twclid|ttclid")


@dataclass(frozen=True, slots=True)
class Route:
    """An address that has a snapshot: as it is asked of the workers, of which service, and in which language."""

    target: bytes
    slug: str
    language: str
    is_led: bool


@recent(4096)
def route_of(target: bytes) -> Route | None:
    """The route of an address, without what only tells where somebody came from; None where the workers answer it."""
    try:
        path, _, query = target.decode("ascii").partition("?")
    except UnicodeDecodeError:
        return None
    found = _LANGUAGE.fullmatch(path)
    if found is None:
        return None
    for pattern, names, is_led in _COMPILED:
        match = pattern.fullmatch(found[2])
        if match is None:
            continue
        parameters = _parameters(query, names)
        if parameters is None:
            return None
        asked = path + ("?" + "&".join(f"{name}={value}" for name, value in parameters) if parameters else "")
        slug = match.groupdict().get("slug") or _all_or_none(found[2])
        return Route(asked.encode(), slug, found[1] or DEFAULT_LANGUAGE, is_led)
    return None


def _all_or_none(path: str) -> str:
    return ALL if path == "" or path.startswith("feeds/") else NONE


def _parameters(query: str, names: frozenset[str]) -> list[tuple[str, str]] | None:
    """The parameters in one order for all who name the same; None where there is one that is not known."""
    parameters: dict[str, str] = {}
    for part in query.split("&") if query else ():
        name, _, value = part.partition("=")
        if _TRACKING.fullmatch(name):
            continue
        if name not in names or name in parameters or not _VALUE.fullmatch(value):
            return None
        parameters[name] = value
    return sorted(parameters.items())


def led_to(route: Route, headers: dict[bytes, bytes]) -> bytes:
    """The address of the same page in the language that a visitor chose or asks for; b"" where it is this one.

    The rule is that of `config.languages`, which a test compares.
    """
    if (
        not route.is_led
        or route.language != DEFAULT_LANGUAGE
        or b"text/html" not in headers.get(b"accept", b"")
        or headers.get(b"sec-fetch-site") in OUR_OWN
    ):
        return b""
    wanted = _chosen(headers.get(b"cookie", b"")) or accepted(headers.get(b"accept-language", b""))
    return b"" if wanted == DEFAULT_LANGUAGE else b"/%s%s" % (wanted.encode(), route.target)


def _chosen(cookies: bytes) -> str:
    """The language in the visitor's cookie; the last one counts, as Django reads them."""
    chosen = ""
    if b"language=" in cookies:
        for part in cookies.split(b";"):
            name, _, value = part.strip().partition(b"=")
            if name == b"language":
                chosen = value.decode("ascii", "replace").strip('"')
    return chosen if chosen in LANGUAGES else ""


_RANGE = re.compile(
    r"([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)(?:\s*;\s*q=(0(?:\.[0-9]{,3})?|1(?:\.0{,3})?))?(?:\s*,\s*|$)"
)
_FALLBACKS = {"zh-cn": "zh-hans", "zh-sg": "zh-hans", "zh-my": "zh-hans"} | dict.fromkeys(
    ("zh-hk", "zh-mo", "zh-tw"), "zh-hant"
)


@recent(1024)
def accepted(header: bytes) -> str:
    """The language of ours that an Accept-Language header prefers, as Django reads it; English where it names none."""
    said = header.decode("latin-1").lower()
    if len(said) > LONGEST_ACCEPTED:
        end = said.rfind(",", 0, LONGEST_ACCEPTED)
        said = said[:end] if end > 0 else ""
    pieces = _RANGE.split(said)
    if pieces[-1] or any(pieces[0:-1:3]):
        return DEFAULT_LANGUAGE
    ranges = [(tag, float(weight) if weight else 1.0) for tag, weight in zip(pieces[1::3], pieces[2::3], strict=True)]
    for tag, _weight in sorted(ranges, key=lambda each: each[1], reverse=True):
        if tag == "*":
            break
        found = _ours(tag)
        if found:
            return found
    return DEFAULT_LANGUAGE


def _ours(tag: str) -> str:
    """Our language for a tag: itself, one that it falls back to, a more general one, or another of its kind."""
    parts = tag.split("-")
    general = ["-".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]
    for possible in [tag, *([_FALLBACKS[tag]] if tag in _FALLBACKS else []), *general]:
        if possible in LANGUAGES:
            return possible
    return next((known for known in LANGUAGES if known.startswith(parts[0] + "-")), "")
