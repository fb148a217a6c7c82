"""Issues of a repository: what users of an interface tell each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import msgspec

from outages.signals.announcements.datatypes import Budget, Cursor, FailureReason, Page, Post, SourceError, plain_text
from outages.signals.announcements.fetch import ask, decoded
from outages.signals.announcements.readers.dates import moment
from outages.signals.outbound.client import Client
from reports.catalog.schema import Source

PER_PAGE = 50
MOST_PAGES = 4  # in one read; the rest comes with the next


class _User(msgspec.Struct):
    login: str | None = None


class _Issue(msgspec.Struct):
    id: int
    title: str
    html_url: str
    created_at: str
    updated_at: str
    body: str | None = None
    user: _User | None = None
    pull_request: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class GithubReader:
    """Issues in the order of their last change. A token is not needed; with one there is a larger limit."""

    token: str = ""
    obeys_robots = False  # an interface for programs, with terms of its own

    def addresses(self, source: Source) -> tuple[str, ...]:
        return ()

    def pages(self, source: Source, cursor: Cursor, client: Client, purse: Budget, now: datetime) -> Iterator[Page]:
        address = issues_address(source.url)
        headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        for _ in range(MOST_PAGES):
            since = cursor.get("since")
            order = {"state": "all", "sort": "updated", "per_page": str(PER_PAGE)}
            # The first read wants the newest; later ones go on where the last one ended, oldest change first.
            order |= {"since": since, "direction": "asc"} if since else {"direction": "desc"}
            conditions = headers | ({"If-None-Match": cursor["etag"]} if since and cursor.get("etag") else {})
            response = ask(str(httpx.URL(address, params=order)), client, now, headers=conditions)
            if response.status == 304:
                return
            document = decoded(response)
            issues = _issues(document)
            last = max((issue.updated_at for issue in issues), default=since)
            cursor = {**cursor, "since": last, "etag": response.headers.get("etag", "")[:300] if last == since else ""}
            unread = len(document) - len(issues)
            yield Page(
                tuple(_post(issue) for issue in issues if issue.pull_request is None),
                cursor,
                unread=("not an issue",) if unread else (),
                unread_count=unread,
            )
            if since is None or len(document) < PER_PAGE or last == since:
                return


def issues_address(url: str) -> str:
    """Where the interface lists the issues of a repository, on github.com or on a server of one's own."""
    repository = httpx.URL(url)
    parts = [part for part in repository.path.split("/") if part][:2]
    if len(parts) != 2:
        raise SourceError(
            FailureReason.NOT_CONFIGURED, "the address names no repository, as in https://github.com/owner/name"
        )
    if repository.host in ("github.com", "www.github.com"):
        return f"https://api.github.com/repos/{parts[0]}/{parts[1]}/issues"
    return str(repository.copy_with(path=f"/api/v3/repos/{parts[0]}/{parts[1]}/issues", query=None))


def _issues(document: Any) -> list[_Issue]:
    """The issues of a list, without what is none."""
    if not isinstance(document, list):
        raise SourceError(FailureReason.UNREACHABLE, "the answer is not a list of issues")
    issues: list[_Issue] = []
    wrong = ""
    for row in document:
        try:
            issues.append(msgspec.convert(row, _Issue))
        except msgspec.ValidationError as error:
            wrong = str(error)
    if document and not issues:
        raise SourceError(FailureReason.UNREACHABLE, f"the answer is not a list of issues: {wrong}")
    return issues


def _post(issue: _Issue) -> Post:
    return Post(
        external_id=str(issue.id),
        text=f"{issue.title}\n{plain_text(issue.body or '')}",
        url=issue.html_url,
        author=(issue.user.login or "") if issue.user else "",
        posted_at=moment(issue.created_at),
    )
