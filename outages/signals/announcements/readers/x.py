"""X, by its API version 2: the timelines of accounts, and a search of the last seven days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import msgspec

from outages.signals.announcements.datatypes import Budget, Cursor, FailureReason, Page, Post, SourceError
from outages.signals.announcements.fetch import come_back_at, decoded, port_of
from outages.signals.announcements.readers.dates import moment
from outages.signals.outbound.client import Client, Limits, Response
from reports.catalog.schema import Source

POST_USD = 0.005
USER_USD = 0.01
MOST_RESULTS = 100
LEAST_RESULTS = {"tweets": 5, "search": 10}  # what the API takes as max_results
FIRST_RESULTS = 10  # the first read only finds out where to begin
LIMITS = Limits(total_s=20.0, body_bytes=2_000_000)


class _Tweet(msgspec.Struct):
    id: str
    text: str
    created_at: str | None = None
    author_id: str | None = None


class _User(msgspec.Struct):
    id: str
    username: str


class _Includes(msgspec.Struct):
    users: list[_User] = []


class _Meta(msgspec.Struct):
    next_token: str | None = None


class _Answer(msgspec.Struct):
    data: list[_Tweet] = []
    includes: _Includes = msgspec.field(default_factory=_Includes)
    meta: _Meta = msgspec.field(default_factory=_Meta)


class _Users(msgspec.Struct):
    data: list[_User] = []


@dataclass(frozen=True, slots=True)
class XReader:
    """Reads what is new since the newest post that was stored, page by page, within the budget and the API's limits.

    The cursor holds for each timeline or search `since_id` (all up to it is stored) and, while a read is under way, the
    token of the next page and the newest id that the read began with. So a read goes on where it was cut off.
    """

    token: str
    base_url: str
    obeys_robots = False  # an interface for programs, with terms of its own

    def pages(self, source: Source, cursor: Cursor, client: Client, purse: Budget, now: datetime) -> Iterator[Page]:
        if not self.token:
            raise SourceError(FailureReason.NOT_CONFIGURED, "set X_BEARER_TOKEN to read X")
        users = dict(cursor.get("users") or {})
        missing = [name for name in source.authors if name.lower() not in users]
        if missing:
            users |= self._user_ids(missing, client, purse, now)
            cursor = {**cursor, "users": users}
            yield Page((), cursor)
        for name in source.authors:
            user = users.get(name.lower())
            if user:
                thread = _Thread(f"user:{user}", f"/2/users/{user}/tweets", "tweets", name, "")
                for page in self._thread(thread, cursor, client, purse, now):
                    cursor = page.cursor
                    yield page
        if source.query:
            thread = _Thread("search", "/2/tweets/search/recent", "search", "", source.query)
            yield from self._thread(thread, cursor, client, purse, now)

    def _user_ids(self, names: list[str], client: Client, purse: Budget, now: datetime) -> dict[str, str]:
        """The accounts' numbers, by name in lower case. One that does not exist has an empty one."""
        purse.reserve(USER_USD, least=len(names), most=len(names))
        answer = _checked(self._get("/2/users/by", {"usernames": ",".join(names)}, client, now), _Users)
        found = {user.username.lower(): user.id for user in answer.data}
        return {name.lower(): found.get(name.lower(), "") for name in names}

    def _thread(self, thread: _Thread, cursor: Cursor, client: Client, purse: Budget, now: datetime) -> Iterator[Page]:
        """The pages of a timeline or a search that were not read yet."""
        while True:
            state = dict((cursor.get("threads") or {}).get(thread.key) or {})
            is_first = "since_id" not in state
            most = FIRST_RESULTS if is_first else MOST_RESULTS
            count = purse.reserve(POST_USD, least=LEAST_RESULTS[thread.kind], most=most)
            response = self._get(thread.path, thread.parameters(state, count), client, now)
            begun_anew = thread.begin_anew(state) if response.status == 400 else None
            if begun_anew is not None:
                purse.give_back(POST_USD, count)
                cursor = _with(cursor, thread, begun_anew)
                yield Page((), cursor)
                continue
            answer = _checked(response, _Answer)
            purse.give_back(POST_USD, count - min(len(answer.data), count))
            newest = state.get("newest_id") or max((tweet.id for tweet in answer.data), key=int, default="")
            token = None if is_first else answer.meta.next_token
            if token:
                state = {"since_id": state["since_id"], "newest_id": newest, "next_token": token}
            else:
                state = {"since_id": newest or state.get("since_id", "0")}
            cursor = _with(cursor, thread, state)
            yield Page(tuple(_posts(thread, answer)), cursor, is_history=is_first)
            if response.headers.get("x-rate-limit-remaining") == "0":
                raise SourceError(FailureReason.SLOW, "the limit of X is reached", retry_at=come_back_at(response, now))
            if not token:
                return

    def _get(self, path: str, parameters: dict[str, str], client: Client, now: datetime) -> Response:
        url = str(httpx.URL(self.base_url + path, params=parameters))
        headers = {"Authorization": f"Bearer {self.token}"}
        response = client.fetch(url, headers=headers, limits=LIMITS, ports=port_of(url))
        if response.status == 429:
            raise SourceError(FailureReason.SLOW, "the limit of X is reached", retry_at=come_back_at(response, now))
        if response.status in (401, 403):
            raise SourceError(FailureReason.BLOCKED, f"X refuses the token: {response.status}")
        if response.status not in (200, 400):
            raise SourceError(FailureReason.UNREACHABLE, f"X answers {response.status}")
        return response


@dataclass(frozen=True, slots=True)
class _Thread:
    """A timeline (`author` is its account) or a search."""

    key: str
    path: str
    kind: str
    author: str
    query: str

    def parameters(self, state: dict[str, str], count: int) -> dict[str, str]:
        found = {"max_results": str(count), "tweet.fields": "created_at,author_id"}
        if self.query:
            found |= {"query": self.query, "expansions": "author_id", "user.fields": "username"}
        else:
            found["exclude"] = "retweets,replies"
        if state.get("since_id", "0") != "0":
            found["since_id"] = state["since_id"]
        if state.get("next_token"):
            found["next_token" if self.query else "pagination_token"] = state["next_token"]
        return found

    def begin_anew(self, state: dict[str, str]) -> dict[str, str] | None:
        """The state to go on with when the API no longer takes this one; None if there is nothing to let go of.

        A page's token grows old: what it led to is read again from `since_id`. A search forgets after seven days: it
        begins like the first time.
        """
        if state.get("next_token"):
            return {"since_id": state["since_id"]}
        if self.query and state.get("since_id", "0") != "0":
            return {}
        return None


def _with(cursor: Cursor, thread: _Thread, state: dict[str, str]) -> Cursor:
    return {**cursor, "threads": {**(cursor.get("threads") or {}), thread.key: state}}


def _checked(response: Response, shape: Any) -> Any:
    if response.status != 200:
        raise SourceError(FailureReason.UNREACHABLE, f"X answers {response.status}")
    try:
        return msgspec.convert(decoded(response), shape)
    except msgspec.ValidationError as error:
        raise SourceError(FailureReason.UNREACHABLE, f"the answer is not X's: {error}") from error


def _posts(thread: _Thread, answer: _Answer) -> Iterator[Post]:
    names = {user.id: user.username for user in answer.includes.users}
    for tweet in answer.data:
        author = thread.author or names.get(tweet.author_id or "", "")
        yield Post(
            external_id=tweet.id,
            text=tweet.text,
            url=f"https://x.com/{author or 'i/web'}/status/{tweet.id}",
            author=author,
            posted_at=moment(tweet.created_at),
        )
