"""Typed readers of settings from the environment. A wrong value stops the start and says what was expected."""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

T = TypeVar("T")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class SettingError(ValueError):
    """A setting has a value that cannot be used."""


_SECRET = re.compile(r"KEY|TOKEN|PASSWORD|SECRET|APPRISE")
_CREDENTIALS = re.compile(r"(^|(?<=://))[^/\s]*@")
_LONGEST_SHOWN = 120


def shown(name: str, raw: str) -> str:
    """A setting with its value for a message: without what is secret in it."""
    if _SECRET.search(name):
        return name
    return f"{name}={_CREDENTIALS.sub('…@', raw)[:_LONGEST_SHOWN]!r}"


def _read(name: str, default: T, parse: Callable[[str], T], expected: str) -> T:
    raw = os.environ.get(name, "").strip()
    if not raw:
        return default
    try:
        return parse(raw)
    except ValueError as error:
        raise SettingError(f"{shown(name, raw)}: expected {expected}") from (
            None if "://" in raw or _SECRET.search(name) else error  # the error beneath quotes what is secret
        )


def text(name: str, default: str = "") -> str:
    """A string; surrounding space is cut off."""
    return _read(name, default, str, "text")


def integer(name: str, default: int, *, least: int | None = None, most: int | None = None) -> int:
    """A whole number within bounds."""

    def parse(raw: str) -> int:
        value = int(raw)
        if (least is not None and value < least) or (most is not None and value > most):
            raise ValueError(raw)
        return value

    bounds = f" from {least if least is not None else '…'} to {most if most is not None else '…'}"
    return _read(name, default, parse, "a whole number" + (bounds if (least, most) != (None, None) else ""))


def boolean(name: str, default: bool) -> bool:
    """1, true, yes, on or 0, false, no, off."""
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}

    def parse(raw: str) -> bool:
        if raw.lower() not in words:
            raise ValueError(raw)
        return words[raw.lower()]

    return _read(name, default, parse, "one of 1, true, yes, on, 0, false, no, off")


def choice(name: str, default: str, options: tuple[str, ...]) -> str:
    """One of the given words."""

    def parse(raw: str) -> str:
        if raw not in options:
            raise ValueError(raw)
        return raw

    return _read(name, default, parse, "one of " + ", ".join(options))


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """A list, separated by commas."""
    return _read(name, list(default), lambda raw: [part.strip() for part in raw.split(",") if part.strip()], "a list")


def networks(name: str) -> list[Network]:
    """A list of IP networks, separated by commas, such as 127.0.0.1/32,10.0.0.0/8."""

    def parse(raw: str) -> list[Network]:
        return [ipaddress.ip_network(part.strip()) for part in raw.split(",") if part.strip()]

    return _read(name, [], parse, "IP networks such as 127.0.0.1/32, separated by commas")


def addresses(name: str) -> list[str]:
    """A list of addresses with a scheme, separated by spaces or by commas; commas inside an address stay."""

    def parse(raw: str) -> list[str]:
        found = [part for part in re.split(r"\s+|,\s*(?=[A-Za-z][A-Za-z0-9+.-]*://)", raw) if part]
        if not all("://" in part for part in found):
            raise ValueError(raw)
        return found

    return _read(name, [], parse, "addresses such as slack://…, separated by spaces")


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in. `security` is "", "starttls" or "tls"; an empty host means that there is none."""

    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    security: str = ""


def mail_server(name: str) -> MailServer:
    """A mail server, such as smtp://user:password@mail.example.org:587 (STARTTLS), smtps://… (TLS from the start).

    STARTTLS is used on port 587, or on any with `?security=starttls`; `?security=none` switches it off.
    """

    def parse(raw: str) -> MailServer:
        parts = urlsplit(raw)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.netloc.count("@") > 1:
            raise ValueError(raw)
        if parts.path.strip("/") or set(parse_qs(parts.query)) - {"security"}:
            raise ValueError(raw)
        port = parts.port or (465 if parts.scheme == "smtps" else 25)
        usual = "tls" if parts.scheme == "smtps" else "starttls" if port == 587 else "none"
        security = parse_qs(parts.query).get("security", [usual])[0]
        if security not in ("none", "starttls", "tls"):
            raise ValueError(raw)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return MailServer(parts.hostname, port, user, password, "" if security == "none" else security)

    expected = "smtp://user:password@host:port or smtps://…, where @ in a password is written as %40"
    return _read(name, MailServer(), parse, expected)


def server_address(name: str, schemes: tuple[str, ...], example: str) -> str:
    """The address of a server, as a URL of one of the schemes; checked in its form only. "" where there is none."""

    def parse(raw: str) -> str:
        parts = urlsplit(raw)
        if parts.scheme not in schemes or re.search(r"\s", raw) or parts.netloc.count("@") > 1:
            raise ValueError(raw)
        if parts.scheme != "unix" and parts.port == 0:  # also raises ValueError where the port is no number
            raise ValueError(raw)
        if not (parts.netloc or parts.path or parts.query):
            raise ValueError(raw)
        return raw

    return _read(name, "", parse, example)


def web_address(name: str, default: str) -> str:
    """The address of a website without a slash at its end: http:// or https://, a host, perhaps a port and a path."""

    def parse(raw: str) -> str:
        parts = urlsplit(raw)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0 or re.search(r"\s", raw):
            raise ValueError(raw)
        if parts.username or parts.query or parts.fragment:
            raise ValueError(raw)
        return raw.rstrip("/")

    return _read(name, default, parse, "an address such as https://status.example.org")


def file(name: str) -> Path | None:
    """The path of a file that is there."""
    return _existing(name, Path.is_file, "the path of a file that is there")


def folder(name: str, default: Path) -> Path:
    """The path of a folder that is there."""
    return _existing(name, Path.is_dir, "the path of a folder that is there") or default


def _existing(name: str, is_one: Callable[[Path], bool], expected: str) -> Path | None:
    def parse(raw: str) -> Path:
        found = Path(raw).expanduser().resolve()
        if not is_one(found):
            raise ValueError(raw)
        return found

    return _read(name, None, parse, expected)


def path(name: str, default: Path | None) -> Path | None:
    """A path; `~` stands for the home folder."""
    return _read(name, default, lambda raw: Path(raw).expanduser().resolve(), "a path")


def load_file(file: Path) -> None:
    """Reads NAME=value lines of an optional `.env`. What the environment already says wins."""
    if not file.is_file():
        return
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.removeprefix("export ").partition("=")
        if not equals or not name.strip().isidentifier():
            raise SettingError(f"{file.name}, line {number}: expected NAME=value")
        os.environ.setdefault(name.strip(), _value(value.strip()))


def _value(raw: str) -> str:
    """A value of a file: what stands in quotes, else what comes before a comment."""
    if raw[:1] in ("'", '"') and (end := raw.find(raw[0], 1)) > 0:
        return raw[1:end]
    return re.split(r"\s+#", raw, maxsplit=1)[0].strip()


def misspelt(names: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """Return the names that are almost those of settings, with the setting that is probably meant."""
    settings = sorted(known)
    found = {}
    for name in names:
        if name in settings or not name.isupper():
            continue
        near = difflib.get_close_matches(name, settings, n=1, cutoff=0.88)
        if near:
            found[name] = near[0]
    return found
