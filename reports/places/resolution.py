"""From the codes that somebody wrote to a place of the table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from reports.places.table import table

_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_REGION: Final = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_LONGEST_QUOTE: Final = 20


@dataclass(frozen=True, slots=True)
class Resolved:
    """A place as the table knows it: country and region codes, each or both None, and a note for whoever wrote it.

    The note says in a sentence what was changed; it is None when nothing was.
    """

    country: str | None
    region: str | None
    note: str | None = None

    @property
    def code(self) -> str | None:
        """The region's code, else the country's."""
        return self.region or self.country


class UnknownPlaceError(ValueError):
    """A code that stands for no place. The message says what to change; `field` says in which of the two."""

    def __init__(self, field: Literal["country", "region"], message: str) -> None:
        super().__init__(message)
        self.field = field


def resolve(country: str | None, region: str | None = None) -> Resolved:
    """Check the codes and turn them into those of the table. Blank is as good as None; case does not matter.

    A code of before a renumbering, or of a finer or newer level than ours, becomes the one that covers it. A region
    that is well formed but not in the table falls back to its country. A territory with a country code of its own is
    that country, also when its parent's region code is given (FR-974 is RE). Raises UnknownPlaceError where a code
    is not well formed, where its country does not exist, and where region and country disagree.
    """
    wanted_country = _country(country) if country and country.strip() else None
    if not region or not region.strip():
        return Resolved(wanted_country, None)
    written = region.strip().upper()
    if not _REGION.fullmatch(written):
        raise UnknownPlaceError("region", _malformed_region(region, wanted_country))
    prefix = table().aliases.get(written[:2], written[:2])
    if prefix not in table().places:
        raise UnknownPlaceError(
            "region", f"The region {written} is of a country that does not exist: {prefix} is not in ISO 3166-1."
        )
    found = _region(written, prefix)
    if wanted_country and wanted_country not in (prefix, found.country):
        raise UnknownPlaceError(
            "region",
            f"The region {written} is not in {wanted_country}. Give a region whose code begins with {wanted_country}-, "
            f"or the country {prefix}.",
        )
    return found


def _country(country: str) -> str:
    written = country.strip().upper()
    code = table().aliases.get(written, written) if _COUNTRY.fullmatch(written) else written
    if _COUNTRY.fullmatch(code) and code in table().places:
        return code
    if _REGION.fullmatch(written):
        raise UnknownPlaceError(
            "country", f"{written} is a region. Give the country as {written[:2]} and {written} as region."
        )
    if _COUNTRY.fullmatch(written):
        raise UnknownPlaceError(
            "country", f"There is no country {written} in ISO 3166-1. Give a code such as NL or US."
        )
    raise UnknownPlaceError(
        "country", f"A country is two letters as in ISO 3166-1, such as NL or US, not {_quoted(country)}."
    )


def _region(written: str, prefix: str) -> Resolved:
    code = f"{prefix}-{written[3:]}"
    if code in table().places:
        return Resolved(prefix, code, None if code == written else f"{written} is counted as {code}.")
    target = table().aliases.get(code)
    if target is None:
        return Resolved(
            prefix, None, f"{written} is not among the regions we know, so only its country {prefix} counts."
        )
    place = table().places[target]
    return Resolved(place.country, target if place.kind == "region" else None, f"{written} is counted as {target}.")


def _malformed_region(region: str, country: str | None) -> str:
    example = f"{country or 'NL'}-{region.strip().upper()}"
    hint = f" Did you mean {example}?" if country and example in table().places else ""
    return f"A region is a code as in ISO 3166-2, such as NL-NH or US-CA, not {_quoted(region)}.{hint}"


def _quoted(text: str) -> str:
    text = text.strip()
    return f"“{text[:_LONGEST_QUOTE]}…”" if len(text) > _LONGEST_QUOTE else f"“{text}”"
