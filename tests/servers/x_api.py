"""A fake of X's API version 2 that checks what it is asked and bills what it gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.servers.web import Answer, Request, Web


@dataclass
class FakeX:
    """One account and one search over the same posts. Ids grow with time.

    `now` is the API's clock. At most `limit` requests are answered in each window of 15 minutes.
    """

    site: Web
    now: Callable[[], datetime]
    token: str = "secret"
    limit: int = 1000
    posts: list[tuple[int, str, datetime]] = field(default_factory=list)
    billed: int = 0
    requests: int = 0
    requests_while_limited: int = 0
    breaches: list[str] = field(default_factory=list)
    old_tokens: bool = False
    _window: datetime | None = None
    _used: int = 0

    def __post_init__(self) -> None:
        self.site.pages["/2/users/by"] = self._guarded(self._users)
        self.site.pages["/2/users/42/tweets"] = self._guarded(self._tweets)
        self.site.pages["/2/tweets/search/recent"] = self._guarded(self._search)

    def post(self, text: str, at: datetime) -> int:
        number = 1000 + len(self.posts)
        self.posts.append((number, text, at))
        return number

    def _guarded(self, page: Callable[[Request], Answer]) -> Callable[[Request], Answer]:
        def guarded(request: Request) -> Answer:
            self.requests += 1
            if request.headers.get("Authorization") != f"Bearer {self.token}":
                return Answer(401, b'{"title": "Unauthorized"}')
            now = self.now()
            if self._window is None or now >= self._window + timedelta(minutes=15):
                self._window, self._used = now, 0
            reset = {"x-rate-limit-reset": str(int((self._window + timedelta(minutes=15)).timestamp()))}
            if self._used >= self.limit:
                self.requests_while_limited += 1
                return Answer(429, b"{}", reset | {"x-rate-limit-remaining": "0"})
            self._used += 1
            answer = page(request)
            answer.headers.update(reset | {"x-rate-limit-remaining": str(self.limit - self._used)})
            return answer

        return guarded

    def _users(self, request: Request) -> Answer:
        known = [{"id": "42", "username": "Tesla"}] if "tesla" in request.query["usernames"].lower().split(",") else []
        return Answer(200, json.dumps({"data": known}).encode())

    def _tweets(self, request: Request) -> Answer:
        if request.query.get("exclude") != "retweets,replies":
            self.breaches.append("retweets and replies were asked for")
        return self._page(request, least=5, token="pagination_token", oldest=None)

    def _search(self, request: Request) -> Answer:
        return self._page(request, least=10, token="next_token", oldest=self.now() - timedelta(days=7))

    def _page(self, request: Request, *, least: int, token: str, oldest: datetime | None) -> Answer:
        count = int(request.query["max_results"])
        if not least <= count <= 100:
            self.breaches.append(f"max_results={count}")
            return Answer(400, b'{"errors": []}')
        since = int(request.query.get("since_id", 0))
        found = [post for post in self.posts if post[2] <= self.now()]
        if oldest is not None:
            kept = [post for post in found if post[2] >= oldest]
            if since and kept and since < kept[0][0] - 1:
                return Answer(400, b'{"errors": [{"message": "since_id is too old"}]}')
            found = kept
        found = sorted((post for post in found if post[0] > since), reverse=True)
        if token in request.query:
            if self.old_tokens:
                self.old_tokens = False
                return Answer(400, b'{"errors": [{"message": "invalid token"}]}')
            found = [post for post in found if post[0] < int(request.query[token])]
        page, rest = found[:count], found[count:]
        self.billed += len(page)
        meta: dict[str, object] = {"result_count": len(page)}
        if rest:
            meta["next_token"] = str(page[-1][0])
        document: dict[str, object] = {"meta": meta}
        if page:
            document["data"] = [
                {"id": str(number), "text": text, "created_at": at.isoformat(), "author_id": "42"}
                for number, text, at in page
            ]
            document["includes"] = {"users": [{"id": "42", "username": "Tesla"}]}
        return Answer(200, json.dumps(document).encode(), {"Content-Type": "application/json"})
