"""X, by its API version 2: the timelines of accounts, and a search of the last seven days."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
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
ASKED_AGAIN = timedelta(hours=24)


class _RefusedError(Exception):
    """X gives nothing of an account or a search, and says why: it is suspended, protected, or gone."""


class _Note(msgspec.Struct):
    text: str = ""


class _Tweet(msgspec.Struct):
    """A post. `text` is cut at 280 letters; the whole of a long one is its note."""

    id: str
    text: str = ""
    created_at: str | None = None
    author_id: str | None = None
    note_tweet: _Note | None = None
    edit_history_tweet_ids: Any = None

    @property
    def first_id(self) -> str:
        """The number that a post had before it was edited: each version has one of its own."""
        versions = self.edit_history_tweet_ids
        first = str(versions[0]) if isinstance(versions, list) and versions else ""
        return first if first.isascii() and first.isdigit() else self.id

    @property
    def whole_text(self) -> str:
        """The text as its author wrote it: X escapes &, < and > in it."""
        return html.unescape(self.note_tweet.text if self.note_tweet and self.note_tweet.text else self.text)


class _User(msgspec.Struct):
    id: str
    username: str


class _Includes(msgspec.Struct):
    users: list[_User] | None = None


class _Meta(msgspec.Struct):
    next_token: str | None = None


class _Wrong(msgspec.Struct):
    """What X says is wrong with a part of an answer, or with all of it."""

    title: str | None = None
    detail: str | None = None
    message: str | None = None
    value: Any = None
    resource_type: str | None = None

    @property
    def words(self) -> str:
        return " ".join((self.detail or self.message or self.title or "no reason given").split())


class _Answer(msgspec.Struct):
    data: list[Any] | None = None
    includes: _Includes | None = None
    meta: _Meta | None = None
    errors: list[_Wrong] | None = None


class _Users(msgspec.Struct):
    data: list[_User] | None = None
    errors: list[_Wrong] | None = None


@dataclass(frozen=True, slots=True)
class XReader:
    """Reads what is new since the newest post that was stored, page by page, within the budget and the API's limits.

    The cursor holds for each timeline or search `since_id` (all up to it is stored) and, while a read is under way, the
    token of the next page and the newest id that the read began with. So a read goes on where it was cut off.
    """

    token: str
    base_url: str
    obeys_robots = False  # an interface for programs, with terms of its own

    def addresses(self, source: Source) -> tuple[str, ...]:
        return ()

    def pages(self, source: Source, cursor: Cursor, client: Client, purse: Budget, now: datetime) -> Iterator[Page]:
        if not self.token:
            raise SourceError(FailureReason.NOT_CONFIGURED, "set X_BEARER_TOKEN to read X")
        known, cursor = cursor, self._with_users(source, cursor, client, purse, now)
        if cursor is not known:
            yield Page((), cursor)
        users, refused = cursor.get("users") or {}, dict(cursor.get("refused_users") or {})
        refusals = [f"{name}: {refused[name.lower()]['why']}" for name in source.authors if name.lower() in refused]
        threads = [
            _Thread(f"user:{users[name.lower()]}", f"/2/users/{users[name.lower()]}/tweets", "tweets", name, "")
            for name in source.authors
            if users.get(name.lower())
        ]
        if source.query:
            threads.append(_Thread("search", "/2/tweets/search/recent", "search", "", source.query))
        for thread in threads:
            try:
                for page in self._thread(thread, cursor, client, purse, now):
                    cursor = page.cursor
                    yield page
            except _RefusedError as error:  # this account; the others are read all the same
                refusals.append(f"{thread.author}: {error}" if thread.author else str(error))
        if refusals:
            raise SourceError(FailureReason.BLOCKED, "X says: " + "; ".join(refusals))

    def _with_users(self, source: Source, cursor: Cursor, client: Client, purse: Budget, now: datetime) -> Cursor:
        """The cursor with the accounts' numbers, by name in lower case, and what X says of those that it does not give.

        One that X does not give is asked for again after a day: it costs money each time.
        """
        users = {name: number for name, number in (cursor.get("users") or {}).items() if number}
        refused = {
            name: known
            for name, known in (cursor.get("refused_users") or {}).items()
            if datetime.fromisoformat(known["at"]) > now - ASKED_AGAIN
        }
        missing = [name for name in source.authors if name.lower() not in users and name.lower() not in refused]
        if not missing:
            return cursor
        purse.reserve(USER_USD, least=len(missing), most=len(missing))
        answer = _checked(self._get("/2/users/by", {"usernames": ",".join(missing)}, client, now), _Users)
        users |= {user.username.lower(): user.id for user in answer.data or ()}
        said = {str(error.value).lower(): error.words for error in answer.errors or ()}
        for name in missing:
            if name.lower() not in users:
                why = said.get(name.lower(), "there is no such account")
                refused[name.lower()] = {"why": why[:200], "at": now.isoformat()}
        return {**cursor, "users": users, "refused_users": refused}

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
            rows = answer.data or []
            purse.give_back(POST_USD, count - min(len(rows), count))
            if not rows and answer.errors:
                raise _RefusedError(answer.errors[0].words)
            tweets = _tweets(rows)
            newest = state.get("newest_id") or max((tweet.id for tweet in tweets), key=int, default="")
            token = None if is_first or answer.meta is None else answer.meta.next_token
            if token:
                state = {"since_id": state["since_id"], "newest_id": newest, "next_token": token}
            else:
                state = {"since_id": newest or state.get("since_id", "0")}
            cursor = _with(cursor, thread, state)
            unread = len(rows) - len(tweets)
            yield Page(
                tuple(_posts(thread, tweets, answer.includes)),
                cursor,
                is_history=is_first,
                unread=("not a post of X's",) if unread else (),
                unread_count=unread,
            )
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
        retry_at = come_back_at(response, now)
        if response.status in (401, 403):
            raise SourceError(FailureReason.BLOCKED, f"X refuses the token: {response.status}", retry_at=retry_at)
        if response.status not in (200, 400):
            raise SourceError(FailureReason.UNREACHABLE, f"X answers {response.status}", retry_at=retry_at)
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
        found = {"max_results": str(count), "tweet.fields": "created_at,author_id,note_tweet"}
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


def _tweets(rows: list[Any]) -> list[_Tweet]:
    """The posts of an answer, without what is none."""
    found: list[_Tweet] = []
    for row in rows:
        try:
            tweet = msgspec.convert(row, _Tweet)
        except msgspec.ValidationError:
            continue
        if tweet.id.isascii() and tweet.id.isdigit() and tweet.whole_text:
            found.append(tweet)
    return found


def _posts(thread: _Thread, tweets: list[_Tweet], includes: _Includes | None) -> Iterator[Post]:
    names = {user.id: user.username for user in (includes.users if includes else None) or ()}
    newest = {tweet.first_id: tweet for tweet in sorted(tweets, key=lambda tweet: int(tweet.id))}
    for tweet in tweets:
        if newest[tweet.first_id] is not tweet:
            continue
        author = thread.author or names.get(tweet.author_id or "", "")
        yield Post(
            external_id=tweet.first_id,
            text=tweet.whole_text,
            url=f"https://x.com/{author or 'i/web'}/status/{tweet.id}",
            author=author,
            posted_at=moment(tweet.created_at),
        )
