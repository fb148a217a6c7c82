"""A copy of what everybody may read, as files that any web server can serve while nothing of ours lives."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import math
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.db.models import Max
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from config.front_requests import OWN
from config.kept_pages import mark, stamp
from config.languages import path_in
from outages.models import DetectorState, Incident, LiveEntry
from reports.catalog.store import catalog_of
from reports.models import Service

MANIFEST, SIGNATURE, MISSING = "manifest.json", "manifest.json.sig", "404.html"
INCIDENTS = 30  # of a service, the latest
RENEWED_AFTER = timedelta(minutes=15)  # what shows no state
MOST_RENEWED = 100  # of those, in one round
FEEDS = ("feeds/atom.xml", "feeds/rss.xml", "feeds/feed.json", "feeds/incidents.ics")
STATUSPAGE = ("summary.json", "status.json", "components.json", "incidents.json", "incidents/unresolved.json")


class MirrorError(Exception):
    """A copy that is not what it says it is, or cannot be made."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address of the copy. `slug` is the service whose state it shows, "" for all, "-" for none."""

    address: str
    slug: str

    @property
    def file(self) -> str:
        """Where it lies below the folder: a page as the index of a folder of its name, JSON with an ending."""
        path = self.address.strip("/")
        if "." in path.rpartition("/")[2]:
            return path
        return f"{path}.json" if path.startswith("api/") else f"{path}/index.html".lstrip("/")


def targets(services: Sequence[Service], languages: Sequence[str]) -> Iterator[Target]:
    """Return all addresses, each page in each of the languages."""

    def in_each(path: str, slug: str) -> Iterator[Target]:
        yield from (Target(path_in(path, language), slug) for language in languages)

    yield from in_each("/", "")
    for path in ("/about", "/about/method", "/privacy", "/sources", "/developers"):
        yield from in_each(path, "-")
    for feed in FEEDS:
        yield from in_each(f"/{feed}", "")
    yield Target("/api/v1/services", "")
    for service in services:
        slug = service.slug
        numbers = Incident.objects.filter(service=service).order_by("-opened_at").values_list("number", "pk")
        for page in ("", "map", "history", "dashboards", "is-it-me", "errors/", *FEEDS):
            yield from in_each(f"/{slug}/{page}", slug)
        yield from in_each(f"/embed/{slug}", slug)
        for number, pk in numbers[:INCIDENTS]:
            yield from in_each(f"/{slug}/incidents/{number}", slug)
            yield Target(f"/api/v1/incidents/{pk}", slug)
        for symptom in catalog_of(service).symptoms:
            yield from in_each(f"/{slug}/errors/{symptom.slug}", "-")
        for name in ("map.svg", "map.png", "map/frames.json", "picture.png", "badge.svg", "badge.json"):
            yield Target(f"/{slug}/{name}", slug)
        for name in ("", "/status", "/components", "/symptoms", "/incidents", "/map", "/announcements"):
            yield Target(f"/api/v1/services/{slug}{name}", slug)
        for name in STATUSPAGE:
            yield Target(f"/{slug}/api/v2/{name}", slug)


class Version(NamedTuple):
    """What differs as soon as the state of a service does: when it was stepped last, and what was told of it last."""

    stepped: str = ""
    told: int = 0


def versions() -> dict[str, Version]:
    """Return those of all services, and under "" that of all of them together. Two queries."""
    stepped = DetectorState.objects.values_list("service__slug", "updated_at")
    told = dict(LiveEntry.objects.values_list("service__slug").annotate(Max("position")))
    found = {slug: Version(at.isoformat(), told.get(slug, 0)) for slug, at in stepped}
    return found | {"": Version(str(sorted(found.items())))}


@dataclass(slots=True)
class Mirror:
    """The copy in a folder. A round makes anew what has changed; the manifest is written last."""

    folder: Path
    languages: Sequence[str]
    hashes: dict[str, str] = field(default_factory=dict)
    _made: dict[Target, tuple[datetime, Version]] = field(default_factory=dict)
    _handler: BaseHandler | None = None

    def round(self, now: datetime, *, within_s: float = math.inf) -> int:
        """Make anew what shows a state that has changed, and the oldest of the rest. Returns how many files changed.

        After so many seconds what is left waits for the next round: what has news comes first, then what has waited
        longest. The first round makes all, however long that takes.
        """
        services = list(Service.objects.filter(is_active=True).order_by("position", "name"))
        known = versions()
        wanted = list(targets(services, self.languages))
        due, rest = [], []
        for target in wanted:
            made = self._made.get(target)
            if made is None or (target.slug != "-" and made[1] != known.get(target.slug, Version())):
                due.append(target)
            elif now - made[0] > RENEWED_AFTER:
                rest.append(target)
        due.sort(key=lambda target: self._urgency(target, known))
        rest.sort(key=lambda target: self._made[target][0])
        until_s = time.monotonic() + (within_s if self._made else math.inf)
        changed = 0
        for target in [*due, *rest[:MOST_RENEWED]]:
            if time.monotonic() >= until_s:
                break
            changed += self._make(target, now)
            self._made[target] = (now, known.get(target.slug, Version()))
        if not self.hashes.get(MISSING):
            changed += self._copy_static() + self._write(MISSING, self._missing(now))
        self._drop_others({target.file for target in wanted})
        self._sign(now)
        return changed

    def _urgency(self, target: Target, known: dict[str, Version]) -> tuple[bool, float]:
        """Return what sorts first what has news, or shows all services, then what was made longest ago."""
        made = self._made.get(target)
        if made is None or not target.slug:
            return False, 0.0
        has_news = made[1].told != known.get(target.slug, Version()).told
        return not has_news, 0.0 if has_news else made[0].timestamp()

    def _make(self, target: Target, now: datetime) -> int:
        response = self._ask(target.address)
        if response.status_code != 200:
            self._drop(target.file)  # what is gone is gone here too; what has failed is there from the round before
            return 0
        body = response.content
        if response.headers.get("Content-Type", "").startswith("text/html"):
            body = mark(body, now.timestamp())
        return self._write(target.file, body)

    def _ask(self, address: str) -> HttpResponse:
        """What a visitor whom nobody knows gets. Raises MirrorError where it cannot be had."""
        if self._handler is None:
            self._handler = BaseHandler()
            self._handler.load_middleware()
        site = urlsplit(settings.SITE_URL)
        environment = {
            "REQUEST_METHOD": "GET", "PATH_INFO": address, "QUERY_STRING": "", "SCRIPT_NAME": "", "REMOTE_ADDR": "",
            "SERVER_NAME": site.hostname or "localhost", "SERVER_PORT": "443", "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": site.netloc, "HTTP_ACCEPT": "*/*", "wsgi.url_scheme": site.scheme,
            "wsgi.input": io.BytesIO(), OWN: True,
        }  # fmt: skip
        response = self._handler.get_response(WSGIRequest(environment))
        if response.status_code >= 500 or response.cookies or not isinstance(response, HttpResponse):
            raise MirrorError(f"{address} cannot be copied: {response.status_code} {response.reason_phrase}")
        return response

    def _missing(self, now: datetime) -> bytes:
        detail = _("This page doesn’t exist. All monitored services are on the front page.")
        return mark(render_to_string("error.html", {"title": _("Page not found"), "detail": detail}).encode(),
                    now.timestamp())  # fmt: skip

    def _copy_static(self) -> int:
        """The static files, under all their names."""
        changed = 0
        for file in sorted(Path(settings.STATIC_ROOT).rglob("*")):
            if file.is_file() and file.suffix not in (".br", ".gz"):
                name = settings.STATIC_URL.strip("/") + "/" + file.relative_to(settings.STATIC_ROOT).as_posix()
                changed += self._write(name, file.read_bytes())
        return changed

    def _write(self, name: str, body: bytes) -> int:
        """Put a file in the place of the one before, at once. Returns 1 where it changed."""
        digest = hashlib.sha256(body).hexdigest()
        file = self.folder / name
        if self.hashes.get(name) == digest and file.exists():
            return 0
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_name(f".{file.name}.new")
        unfinished.write_bytes(body)
        unfinished.replace(file)
        self.hashes[name] = digest
        return 1

    def _drop(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)
        self.hashes.pop(name, None)

    def _drop_others(self, wanted: set[str]) -> None:
        static = settings.STATIC_URL.strip("/") + "/"
        for name in [name for name in self.hashes if name not in wanted and not name.startswith(static)]:
            if name != MISSING:
                self._drop(name)

    def _sign(self, now: datetime) -> None:
        said = {
            "site": settings.SITE_URL,
            "made_at": stamp(now.timestamp()),
            "files": dict(sorted(self.hashes.items())),
        }
        body = json.dumps(said, indent=1).encode()
        for name, content in ((SIGNATURE, base64.b64encode(_private_key().sign(body))), (MANIFEST, body)):
            unfinished = self.folder / f".{name}.new"
            unfinished.write_bytes(content)
            unfinished.replace(self.folder / name)


def _private_key() -> Ed25519PrivateKey:
    seed = hmac.digest(settings.SECRET_KEY.encode(), b"brownout.mirror", "sha256")
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key() -> str:
    """The key by which a copy of ours is known, for whoever checks one elsewhere."""
    return base64.b64encode(_private_key().public_key().public_bytes_raw()).decode()


def verify(folder: Path, key: str) -> tuple[datetime, int]:
    """Return when a copy was made and how many files it has. Raises MirrorError where it is not as it was made."""
    try:
        body = (folder / MANIFEST).read_bytes()
        signature = base64.b64decode((folder / SIGNATURE).read_bytes(), validate=True)
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True)).verify(signature, body)
        said = json.loads(body)
        made_at, files = datetime.fromisoformat(said["made_at"]), dict(said["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MirrorError(f"the manifest cannot be read: {error}") from error
    except InvalidSignature:
        raise MirrorError("the manifest was not signed by this key") from None
    for name, digest in files.items():
        file = folder / name
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            raise MirrorError(f"{name} is not as it was made")
    return made_at, len(files)


def rsync_commands(folder: Path, target: str) -> list[list[str]]:
    """Return what brings a copy to another host: the files first, and last the manifest that names them."""
    rsync = shutil.which("rsync")
    if rsync is None:
        raise MirrorError("rsync is not installed: apt-get install rsync")
    common = [rsync, "--archive", "--compress", "--delay-updates", "--timeout=25", "--exclude=.*"]
    source = f"{folder}{os.sep}"
    return [
        [*common, "--delete-after", f"--exclude=/{MANIFEST}", f"--exclude=/{SIGNATURE}", "--", source, target],
        [*common, "--", source, target],
    ]
