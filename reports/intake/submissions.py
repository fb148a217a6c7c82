"""What a reporter may say, and what is wrong with it otherwise. No database."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any, Literal, TypeVar

import msgspec
import nh3
from msgspec import UNSET, Meta, Struct, UnsetType

from reports.errors import Errors, SubmissionError, close_to, invalid, shorten
from reports.intake import rules

Kind = Annotated[
    Literal["problem", "working", "recovered"],
    Meta(description="What you say of the component: it fails, it works for you, or it works again."),
]
Platform = Annotated[
    Literal["ios", "android", "web", "car", "api", ""], Meta(description="Where you saw it.", examples=["ios"])
]
ServiceSlug = Annotated[str, Meta(description="The service's slug; /api/v1/services lists them.", examples=["tesla"])]
ComponentSlug = Annotated[
    str,
    Meta(description="The part that fails. Without one: the part that the symptom points to.", examples=["app"]),
]
SymptomSlug = Annotated[str, Meta(description="What you see.", examples=["http-503-maintenance"])]
Country = Annotated[str, Meta(description="An ISO 3166-1 alpha-2 code.", examples=["NL"])]
Region = Annotated[str, Meta(description="An ISO 3166-2 code; it implies its country.", examples=["NL-NH"])]
Latitude = Annotated[
    float,
    Meta(ge=-90, le=90, description="Degrees north. Turned into a region and forgotten.", examples=[52.37]),
]
Longitude = Annotated[float, Meta(ge=-180, le=180, description="Degrees east.", examples=[4.9])]
ErrorCode = Annotated[str, Meta(description="A code on the screen, at most 40 characters.", examples=["503"])]
Note = Annotated[str, Meta(description="Plain text, at most 500 characters. Markup is removed.")]
Moment = Annotated[
    datetime,
    Meta(tz=True, description="When it happened, if not now: at most 24 hours ago. Older reports are refused."),
]

KINDS: dict[str, int] = {"problem": 0, "working": 1, "recovered": 2}
NOTE_CHARACTERS = 500
ERROR_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._:/#-]{0,39}")

FRESH = timedelta(minutes=10)  # closer than this to now, a report counts when it comes in
FUTURE = timedelta(minutes=2)  # how far a reporter's clock may be ahead
OLDEST = timedelta(hours=24)  # how long a report may wait offline


class Submission(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One report, as it was sent. "" means the same as null."""

    service: ServiceSlug
    component: ComponentSlug | None = None
    symptom: SymptomSlug | None = None
    kind: Kind = "problem"
    country: Country | None = None
    region: Region | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    error_code: ErrorCode | None = None
    platform: Platform | None = None
    occurred_at: Moment | None = None
    note: Note | None = None


class Correction(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a reporter changes of a report. A field that is absent stays; null or "" clears it."""

    component: ComponentSlug | UnsetType | None = UNSET
    symptom: SymptomSlug | UnsetType | None = UNSET
    kind: Kind | UnsetType = UNSET
    country: Country | UnsetType | None = UNSET
    region: Region | UnsetType | None = UNSET
    lat: Latitude | UnsetType | None = UNSET
    lon: Longitude | UnsetType | None = UNSET
    error_code: ErrorCode | UnsetType | None = UNSET
    platform: Platform | UnsetType | None = UNSET
    note: Note | UnsetType | None = UNSET


# Made while one thread runs: msgspec works out a type at its first use, and ends the process if two threads do so.
_DECODERS: dict[type[Struct], msgspec.json.Decoder[Any]] = {
    shape: msgspec.json.Decoder(shape) for shape in (Submission, Correction)
}
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])


_BAD_FIELD = re.compile(r"^(?P<message>.*) - at `\$\.?(?P<field>[^`]*)`$", re.S)
_UNKNOWN_FIELD = re.compile(r"Object contains unknown field `(.*)`", re.S)
_MISSING_FIELD = re.compile(r"Object missing required field `(.*)`", re.S)


Shape = TypeVar("Shape", bound=Struct)


def readable(shape: type[Shape]) -> type[Shape]:
    """Lets `decode` read one more shape; a class decorator, so that it happens while one thread runs."""
    _DECODERS[shape] = msgspec.json.Decoder(shape)
    return shape


def decode(body: bytes, shape: type[Shape]) -> Shape:
    """Reads JSON into a shape, such as a Submission.

    Raises SubmissionError: 400 for what is no JSON, 422 for wrong fields.
    """
    try:
        decoded: Shape = _DECODERS[shape].decode(body)
        return decoded
    except msgspec.ValidationError as error:
        raise invalid([_field_error(str(error), shape)]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _not_json(body, error) from None


def decode_many(body: bytes, most: int) -> list[Submission | SubmissionError]:
    """Reads a JSON array of reports; one that cannot be read stands in its place as a Refused.

    Raises SubmissionError for the whole: 400 for what is no JSON, 422 for what is no array of 1 to `most` items.
    """
    try:
        items = [bytes(item) for item in _ARRAY.decode(body)]
    except RecursionError as error:
        items = _items(body)  # one of them is nested too deeply, which is said of it alone
        if not items:
            raise _not_json(body, error) from None
    except msgspec.ValidationError:
        raise invalid([{"field": "", "message": "Send a JSON array of reports."}]) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _not_json(body, error) from None
    if not 1 <= len(items) <= most:
        raise invalid([{"field": "", "message": f"Send 1 to {most} reports at once; these are {len(items)}."}])
    return [_decoded(item) for item in items]


# A text that never ends is one token: else each quotation mark in it would be tried as the beginning of another.
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[][{},]', re.S)


def _items(body: bytes) -> list[bytes]:
    """The items of a JSON array, however deeply they are nested. None where the array does not end.

    What is wrong within an item is found when it is read.
    """
    found, depth, start = [], 0, 0
    for token in _TOKEN.finditer(body):
        sign = token[0]
        ends_item = depth == 1 and sign in b",]"
        depth += (sign in b"[{") - (sign in b"]}")
        if ends_item:
            found.append(body[start : token.start()])
        if ends_item or (depth == 1 and not found and not start):
            start = token.end()
        if depth == 0:
            return found
    return []


def _not_json(body: bytes, error: Exception) -> SubmissionError:
    detail = f"The body is not valid JSON: {_position(body, error)}"
    return SubmissionError(HTTPStatus.BAD_REQUEST, "not-json", detail)


def _decoded(item: bytes) -> Submission | SubmissionError:
    try:
        return decode(item, Submission)
    except SubmissionError as refused:
        return refused


_NOT_PLAIN = {
    b"\x1f\x8b": "it is packed with gzip; send it as it is.",
    b"\x28\xb5\x2f\xfd": "it is packed with zstd; send it as it is.",
    b"\xef\xbb\xbf": "it begins with a byte order mark; send UTF-8 without one.",
    b"\xff\xfe": "it is UTF-16; send UTF-8.",
    b"\xfe\xff": "it is UTF-16; send UTF-8.",
}
_SURROGATE = re.compile("[\ud800-\udfff]")


def _has_lone_surrogate(body: bytes) -> bool:
    """Whether the body is JSON but for a text with half of a surrogate pair, which Python's own reader lets pass."""
    try:
        return _SURROGATE.search(json.dumps(json.loads(body), ensure_ascii=False)) is not None
    except (ValueError, RecursionError):
        return False


def _position(body: bytes, error: Exception) -> str:
    """Where reading stopped, as a line and a column where the parser says so."""
    for start, said in _NOT_PLAIN.items():
        if body.startswith(start):
            return said
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start} is not UTF-8."
    if isinstance(error, RecursionError):
        return "it is nested too deeply."
    if _has_lone_surrogate(body):
        return "a \\ud800 to \\udfff stands alone; write the character itself, or both halves of its pair."
    text = str(error)
    found = re.search(r"\(byte (\d+)\)", text)
    if found is None:
        return f"{text} (after byte {len(body)})."
    before = body[: int(found[1])]
    line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
    return f"{text.removeprefix('JSON is malformed: ').split(' (byte')[0]} at line {line}, column {column}."


def _field_error(text: str, shape: type[Struct]) -> dict[str, str]:
    found = _BAD_FIELD.match(text)
    message, field = (found["message"], found["field"]) if found else (text, "")
    if unknown := _UNKNOWN_FIELD.match(message):
        name = shorten(unknown[1])
        return {"field": name, "message": f"There is no such field.{close_to(name, shape.__struct_fields__)}"}
    if missing := _MISSING_FIELD.match(message):
        return {"field": missing[1], "message": "This field is required."}
    return {"field": shorten(field), "message": message.replace("`", "") + "."}


_UNWANTED_CATEGORIES = frozenset({"Cc", "Cs", "Co", "Zl", "Zp"})
_DIRECTION_MARKS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


FORMULA_BEGINS = "=+-@ "  # a table calculation would carry out what comes after


def clean_note(note: str | None) -> str:
    """A note as plain text in one piece: no markup, no control or direction characters, single spaces, no formula."""
    if not note:
        return ""
    text = html.unescape(nh3.clean(_without_unwanted(note), tags=set()))
    plain = " ".join(_without_unwanted(unicodedata.normalize("NFC", text)).split())
    return plain.lstrip(FORMULA_BEGINS)


def _without_unwanted(text: str) -> str:
    return "".join(" " if _is_unwanted(character) else character for character in text)


def _is_unwanted(character: str) -> bool:
    return character in _DIRECTION_MARKS or unicodedata.category(character) in _UNWANTED_CATEGORIES


def check_note(note: str | None, errors: Errors) -> str:
    """The note to store."""
    cleaned = clean_note(note) if note and len(note) <= 4 * NOTE_CHARACTERS else note or ""
    if len(cleaned) > NOTE_CHARACTERS:
        errors.add("note", f"At most {NOTE_CHARACTERS} characters; this one has {len(cleaned)}.")
        return ""
    return cleaned


def check_error_code(code: str | None, errors: Errors) -> str:
    """The error code to store."""
    code = (code or "").strip()
    if code and (not ERROR_CODE.fullmatch(code) or rules.holds_link(code)):
        errors.add("error_code", "At most 40 letters, digits, spaces and . _ : / # -, such as 503 or app:540.")
        return ""
    return code


def check_time(occurred_at: datetime | None, now: datetime, errors: Errors) -> tuple[datetime, datetime, bool]:
    """When it happened, the time at which it counts, and whether that is a time gone by."""
    if occurred_at is None:
        return now, now, False
    if occurred_at > now + FUTURE:
        errors.add("occurred_at", f"This is in the future; it is {now:%Y-%m-%dT%H:%M:%SZ} now.")
    elif occurred_at < now - OLDEST:
        errors.add(
            "occurred_at", f"This is more than {OLDEST // timedelta(hours=1)} hours ago; such reports are too old."
        )
    else:
        occurred_at = occurred_at.astimezone(UTC)
        late = occurred_at < now - FRESH
        return occurred_at, occurred_at if late else now, late
    return now, now, False


def check_coordinates(lat: float | None, lon: float | None, errors: Errors) -> None:
    """Half a position is a mistake."""
    if (lat is None) != (lon is None):
        errors.add("lon" if lon is None else "lat", "lat and lon belong together.")


def changes(correction: Correction) -> dict[str, Any]:
    """The fields that a correction names."""
    return {name: value for name in correction.__struct_fields__ if (value := getattr(correction, name)) is not UNSET}
