"""The order in which the servers of one address are tried: the one that was reached last comes first.

A DATABASE_URL may name several, of which one takes writes. Tried in the written order, each new connection would wait
for one that has gone without a word, for as long as it is gone.
"""

from __future__ import annotations

from typing import Any, NamedTuple

WRITERS = ("read-write", "primary")


class Host(NamedTuple):
    """A server and its port, as libpq writes them; an empty port is the usual one."""

    name: str
    port: str


class Hosts:
    """Knows which server of several was reached last; for all threads of this process."""

    def __init__(self) -> None:
        self._last: Host | None = None

    def each(self, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        """Return libpq's parameters once for each server that may take writes, the one that was reached last in front.

        Where one alone is named, or any will do, that is what was given.
        """
        hosts = split(parameters)
        if len(hosts) < 2 or parameters.get("target_session_attrs") not in WRITERS:
            return [parameters]
        hosts.sort(key=lambda host: host != self._last)
        return [{**parameters, "host": host.name, "port": host.port, "target_session_attrs": "any"} for host in hosts]

    def note(self, parameters: dict[str, Any]) -> None:
        """Remember the one of `each` that a connection was made by."""
        self._last = Host(str(parameters["host"]), str(parameters["port"]))


def split(parameters: dict[str, Any]) -> list[Host]:
    """Return the servers that libpq's parameters name; none where they say it in another way."""
    if parameters.get("hostaddr"):
        return []
    names = str(parameters.get("host") or "").split(",")
    ports = str(parameters.get("port") or "").split(",")
    if len(ports) == 1:
        ports *= len(names)
    if len(ports) != len(names) or not all(names):
        return []
    return [Host(name, port) for name, port in zip(names, ports, strict=True)]
