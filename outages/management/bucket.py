"""Where a copy of the site can lie besides another host: a bucket that speaks the S3 protocol."""

from __future__ import annotations

import hashlib
import json
import mimetypes
import re
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from outages.management.mirror import MANIFEST, SIGNATURE, MirrorError

SCHEME = "s3"
AT_ONCE = 8
TYPES = {
    "atom.xml": "application/atom+xml; charset=utf-8",
    "rss.xml": "application/rss+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".ics": "text/calendar; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
    ".sig": "text/plain; charset=utf-8",
}
NAMED_BY_CONTENT = re.compile(r"static/.*\.[0-9a-f]{12}\.")  # as in deploy/mirror.conf


def content_type(name: str) -> str:
    """Return the media type by which a browser is to read a file."""
    last = name.rpartition("/")[2]
    known = TYPES.get(last) or TYPES.get(Path(last).suffix)
    return known or mimetypes.guess_type(last)[0] or "application/octet-stream"


def cache_control(name: str) -> str:
    """Return how long a file may be kept: for ever where its name says its content, else until it is asked for."""
    return "public, max-age=31536000, immutable" if NAMED_BY_CONTENT.match(name) else "no-cache"


def _tag(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


class Bucket:
    """A place in a bucket, `s3://bucket/folder`. Credentials and the server are boto3's: `AWS_*`, or its own files."""

    def __init__(self, target: str) -> None:
        """Raises MirrorError where no bucket is named, or boto3 is not there or not set up."""
        parts = urlsplit(target)
        self.name, folder = parts.netloc, parts.path.strip("/")
        self.prefix = f"{folder}/" if folder else ""
        if not self.name:
            raise MirrorError(f"{target} names no bucket: s3://bucket/folder")
        try:
            import boto3  # only here: nobody else needs it
            import botocore.config
            import botocore.exceptions
        except ImportError:
            raise MirrorError("boto3 is not installed: .venv/bin/pip install boto3") from None
        self._errors = (
            botocore.exceptions.BotoCoreError,
            botocore.exceptions.ClientError,
            boto3.exceptions.Boto3Error,
        )
        config = botocore.config.Config(
            connect_timeout=5, read_timeout=20, retries={"max_attempts": 2}, max_pool_connections=AT_ONCE
        )
        try:
            self._client: Any = boto3.client("s3", config=config)
        except (*self._errors, ValueError) as error:
            raise MirrorError(str(error)) from error
        self._there: dict[str, str] | None = None  # what lies there, by name, as hashes of the copy
        self._named: set[str] = set()  # what a manifest of ours named there

    def push(self, folder: Path, hashes: Mapping[str, str], deadline_s: float) -> int:
        """Bring what is not there yet, then the manifest, and take away what it no longer names.

        Returns how many files were brought. Raises MirrorError where that cannot be done, or not in time: the next time
        goes on from there, and the manifest that lies there is the one before.
        """
        until_s = time.monotonic() + deadline_s
        try:
            if self._there is None:
                self._there, self._named = self._found(folder, hashes)
            changed = [name for name, digest in hashes.items() if self._there.get(name) != digest]
            self._bring(folder, hashes, changed, until_s)
            for name in (SIGNATURE, MANIFEST):
                self._put(folder, name)
            gone = sorted((self._named | set(self._there)) - set(hashes))
            self._delete(gone)
        except self._errors as error:
            raise MirrorError(f"{SCHEME}://{self.name}: {error}") from error
        for name in gone:
            self._there.pop(name, None)
        self._named = set(hashes)
        return len(changed)

    def _found(self, folder: Path, hashes: Mapping[str, str]) -> tuple[dict[str, str], set[str]]:
        """Return what lies there as it lies here, and what the manifest there names.

        The server's tag of an object is the MD5 of what was put there; where it is not (keys of one's own for
        encryption), all is brought anew.
        """
        tags: dict[str, str] = {}
        for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=self.prefix):
            for found in page.get("Contents", ()):
                tags[found["Key"].removeprefix(self.prefix)] = found["ETag"].strip('"')
        same = {}
        for name, digest in hashes.items():
            if (
                name in tags
                and tags[name] == hashlib.md5((folder / name).read_bytes(), usedforsecurity=False).hexdigest()
            ):
                same[name] = digest
        named: set[str] = set()
        if MANIFEST in tags:
            body = self._client.get_object(Bucket=self.name, Key=self.prefix + MANIFEST)["Body"].read()
            try:
                named = set(json.loads(body)["files"])
            except (ValueError, KeyError, TypeError):
                named = set()  # not ours: nothing of it is taken away
        return same, named & set(tags)

    def _bring(self, folder: Path, hashes: Mapping[str, str], names: Iterable[str], until_s: float) -> None:
        there = self._there if self._there is not None else {}

        def bring(name: str) -> None:
            if time.monotonic() > until_s:
                raise MirrorError("not all files could be brought in time")
            self._put(folder, name)
            there[name] = hashes[name]

        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="bucket") as pool:
            for _ in pool.map(bring, names):
                pass

    def _put(self, folder: Path, name: str) -> None:
        self._client.put_object(
            Bucket=self.name,
            Key=self.prefix + name,
            Body=(folder / name).read_bytes(),
            ContentType=content_type(name),
            CacheControl=cache_control(name),
        )

    def _delete(self, names: list[str]) -> None:
        """One by one: few go, and the request for many at once is not spoken alike by all servers."""
        for name in names:
            self._client.delete_object(Bucket=self.name, Key=self.prefix + name)
