"""Typed readers of settings from the environment. A wrong value stops the start and says what was expected."""

from __future__ import annotations

import difflib
import errno
import ipaddress
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

from config import addresses as rules

T = TypeVar("T")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class SettingError(ValueError):
    """A setting has a value that cannot be used."""


_SECRET = re.compile(r"KEY|TOKEN|PASSWORD|SECRET|APPRISE")
_CREDENTIALS = re.compile(r"(?:(?<=://)|^(?!.*://)).*@", re.DOTALL)  # a password may hold what ends one
_NOT_A_PORT = re.compile(r"(?<=[^:/]:)(?!//)(?![0-9]*(?:[/?]|$))[^/?]+")
_SECRET_PARAMETER = re.compile(r"(?<=[?&\s])([a-z_]*(?:pass|secret|token|key)[a-z_]*=)[^&\s]*", re.IGNORECASE)
_PROJECT = Path(__file__).resolve().parent.parent
_LARGEST = 2**31 - 1  # of a whole number that PostgreSQL, Valkey and the system take
_LONGEST_SHOWN = 120
_WIDEST = {4: 8, 6: 7}  # the widest private networks, 10.0.0.0/8 and fc00::/7: who trusts more trusts strangers
SHORTEST_KEY, FEWEST_CHARACTERS = 16, 5  # of SECRET_KEY; with fewer nothing starts, and the doctor wants more


def shown(name: str, raw: str) -> str:
    """A setting with its value for a message: without what is secret in it."""
    if _SECRET.search(name):
        return name
    safe = _SECRET_PARAMETER.sub(r"\1…", _CREDENTIALS.sub("…@", raw))
    if "://" in safe:
        safe = _NOT_A_PORT.sub("…", safe)  # the password of an address that has lost its host
    return f"{name}={safe[:_LONGEST_SHOWN]!r}"


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

    largest = _LARGEST if most is None else most

    def parse(raw: str) -> int:
        if not re.fullmatch(r"[+-]?[0-9]{1,12}", raw):
            raise ValueError(raw)
        value = int(raw)
        if (least is not None and value < least) or value > largest:
            raise ValueError(raw)
        return value

    bounds = f" from {least if least is not None else '…'} to {largest}"
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


def roles(name: str, known: tuple[str, ...]) -> dict[str, str]:
    """Roles by the name of a group elsewhere, such as staff=moderator,admins=superuser."""

    def parse(raw: str) -> dict[str, str]:
        pairs = [part.rpartition("=") for part in raw.split(",") if part.strip()]
        if not all(group.strip() and role.strip() in known for group, _, role in pairs):
            raise ValueError(raw)
        return {group.strip(): role.strip() for group, _, role in pairs}

    return _read(name, {}, parse, f"group=role,group=role where a role is one of {', '.join(known)}")


def token(name: str) -> str:
    """A secret that goes into a header: one word of ASCII. "" where there is none."""
    return _read(name, "", _matching(r"[!-~]+"), "one word without spaces or accents")


def secret_key(name: str) -> str:
    """What everything is signed with: long enough that nobody tries all of them. "" where there is none."""
    made = "such as python3 -c 'import secrets; print(secrets.token_urlsafe(50))' makes"

    def parse(raw: str) -> str:
        if len(raw) < SHORTEST_KEY or len(set(raw)) < FEWEST_CHARACTERS:
            raise ValueError(name)
        return raw

    return _read(name, "", parse, f"{SHORTEST_KEY} characters or more, not all alike, {made}")


def slug(name: str, default: str) -> str:
    """A short name of letters, digits, hyphens, dots and underscores."""
    return _read(
        name, default, _matching(r"[A-Za-z0-9][A-Za-z0-9._-]{0,49}"), "letters, digits and hyphens, 50 at most"
    )


def host(name: str, default: str) -> str:
    """A name or an address to listen on; an address of IPv6 with brackets or without."""

    def parse(raw: str) -> str:
        if not rules.is_host(raw.strip("[]")):
            raise ValueError(raw)
        return raw.strip("[]")

    return _read(name, default, parse, "an address of this machine such as 127.0.0.1, ::1 or 0.0.0.0, without a port")


def sender(name: str, default: str) -> str:
    """Who mail is from: an address, perhaps with a name before it."""
    expected = "an address such as Brownout <status@example.org>"
    return _read(name, default, _matching(r"([^<>\r\n]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)"), expected)


def private_key(name: str) -> str:
    """A private key of P-256: 32 bytes in base64url."""
    return _read(name, "", _matching(r"[A-Za-z0-9_-]{43}=?"), "32 bytes in base64url, 43 letters")


def hosts(name: str, default: tuple[str, ...]) -> list[str]:
    """Host names without scheme and port, separated by commas; `.example.org` for all below it, `*` for any."""
    one = re.compile(r"\*|\.?[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?\.?|\[[0-9A-Fa-f:.]+\]")

    def parse(raw: str) -> list[str]:
        found = [part.strip() for part in raw.split(",") if part.strip()]
        if not all(one.fullmatch(part) for part in found):
            raise ValueError(raw)
        return found

    return _read(name, list(default), parse, "host names such as status.example.org,[::1], without https:// and port")


def contact(name: str, default: str) -> str:
    """Where somebody finds us: an address of the web or of mail. It goes into a header."""
    return _read(name, default, _matching(r"(https?://|mailto:)[!-~]+"), "an address such as https://… or mailto:…")


def apart(**ports: int) -> None:
    """Raise SettingError where two processes would listen on one port. 0 is none."""
    seen: dict[int, str] = {}
    for name, port in ports.items():
        if port and port in seen:
            raise SettingError(f"{name}={port}: expected another port than that of {seen[port]}")
        seen[port] = name


def together(**settings: object) -> None:
    """Raise SettingError where some of these are set and others are not: none of them means anything alone."""
    missing = [name for name, value in settings.items() if not value]
    if missing and len(missing) < len(settings):
        raise SettingError(f"{', '.join(settings)}: expected all of them or none; missing: {', '.join(missing)}")


def _matching(pattern: str) -> Callable[[str], str]:
    def parse(raw: str) -> str:
        if not re.fullmatch(pattern, raw):
            raise ValueError(raw)
        return raw

    return parse


def networks(name: str) -> list[Network]:
    """A list of IP networks, separated by commas, such as 127.0.0.1/32,10.0.0.0/8."""

    def parse(raw: str) -> list[Network]:
        found = [ipaddress.ip_network(part.strip()) for part in raw.split(",") if part.strip()]
        if any(network.prefixlen < _WIDEST[network.version] for network in found):
            raise ValueError(raw)
        return found

    return _read(
        name,
        [],
        parse,
        "IP networks such as 127.0.0.1/32, separated by commas, none wider than /8 of IPv4 or /7 of IPv6",
    )


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
        if parts.path.strip("/") or set(parse_qs(parts.query)) - {"security"} or parts.port == 0 or parts.fragment:
            raise ValueError(raw)
        if not rules.is_host(parts.hostname) or rules.has_wrong_escape(parts.netloc):
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
    """The address of a server, as a URL of one of the schemes; checked in its form only. "" where there is none.

    That of a database may name several servers, of which its client finds the one that it wants.
    """

    def parse(raw: str) -> str:
        if not all(rules.is_server(one, schemes) for one in rules.each_server(raw)):
            raise ValueError(raw)
        return raw

    return _read(name, "", parse, example)


def web_address(name: str, default: str) -> str:
    """The address of a website without a slash at its end: http:// or https://, a host, perhaps a port and a path."""

    def parse(raw: str) -> str:
        parts = urlsplit(raw)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0 or re.search(r"\s", raw):
            raise ValueError(raw)
        if "@" in parts.netloc or parts.query or parts.fragment or not raw.isascii():
            raise ValueError(raw)
        if not rules.is_host(parts.hostname) or re.search(r"//|/\.\.?(/|$)", parts.path):
            raise ValueError(raw)
        return parts._replace(scheme=parts.scheme.lower()).geturl().rstrip("/")

    return _read(name, default, parse, "an address such as https://status.example.org")


def provider(name: str) -> str:
    """The address of an OpenID provider: https://, or on this machine http://."""
    address = web_address(name, "")
    if address.startswith("http://") and not rules.is_loopback(urlsplit(address).hostname or ""):
        raise SettingError(f"{name}={address!r}: expected https://, for passwords go there")
    return address


def file(name: str) -> Path | None:
    """The path of a file that is there."""
    return _existing(name, Path.is_file, "the path of a file that is there")


def folder(name: str, default: Path) -> Path:
    """The path of a folder that is there."""
    return _existing(name, Path.is_dir, "the path of a folder that is there") or default


def _existing(name: str, is_one: Callable[[Path], bool], expected: str) -> Path | None:
    def parse(raw: str) -> Path:
        found = _full(raw)
        if not is_one(found):
            raise ValueError(raw)
        return found

    return _read(name, None, parse, expected)


def path(name: str, default: Path | None) -> Path | None:
    """A path; `~` stands for the home folder, and what begins with neither / nor ~ lies in the project."""
    return _read(name, default, _full, "a path, written out: names such as $HOME are not replaced here")


def usable(name: str, folder: Path) -> None:
    """Make a folder where there is none. Raises SettingError where this account cannot write into it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        why_not = "" if os.access(folder, os.W_OK | os.X_OK) else os.strerror(errno.EACCES)
    except OSError as error:
        why_not = error.strerror or type(error).__name__
    if why_not:
        raise SettingError(f"{name}={str(folder)!r}: expected a folder that this account may write to; {why_not}")


def _full(raw: str) -> Path:
    if "$" in raw or "\0" in raw:
        raise ValueError(raw)
    try:
        return (_PROJECT / Path(raw).expanduser()).resolve()
    except RuntimeError as error:  # ~ of somebody who is not there, or links in a circle
        raise ValueError(raw) from error


def load_file(file: Path) -> None:
    """Reads NAME=value lines of an optional `.env`. What the environment already says wins."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return
    except OSError as error:
        raise SettingError(f"{file.name}: expected a file that this account may read ({error.strerror})") from None
    except ValueError:
        raise SettingError(f"{file.name}: expected UTF-8; let your editor save it as that") from None
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, equals, value = re.sub(r"^(export|set)\s+", "", line).partition("=")
        if not equals or not name.strip().isidentifier() or "\0" in line:
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
