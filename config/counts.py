"""Where the counts of all processes are kept: in Valkey, by the library limits and the client that we have anyhow."""

from __future__ import annotations

from typing import Any, ClassVar

from limits import storage


class RedisStorage(storage.RedisStorage):
    """The library's storage. It would load the package `valkey` too where that is installed: 5 MB of each process."""

    DEPENDENCIES: ClassVar[dict[str, Any]] = {"redis": None}  # type: ignore[misc]
