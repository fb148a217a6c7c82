"""The readers, by kind of source. `manual` has none: a moderator enters those posts."""

from __future__ import annotations

from typing import Final

from outages.announcements.feed import FeedReader
from outages.announcements.posts import Reader

READERS: Final[dict[str, Reader]] = {
    "feed": FeedReader(),
}
