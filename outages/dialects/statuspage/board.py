"""Boards as a page of Statuspage: each part is a component, and what is said of several services stands together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from outages.dialects.common.text import stamp
from outages.dialects.statuspage.render import INDICATORS, Page, component_id
from outages.queries.boards import Board

BOARD = "board"
WORST_FIRST = ("critical", "major", "minor", "maintenance", "none")
assert set(WORST_FIRST) == set(INDICATORS)


def document(
    board: Board, pages: Sequence[Page], render: Callable[[Page], dict[str, Any]], *, name: str, url: str
) -> dict[str, Any]:
    """Return one of Statuspage's documents of a board, from the same document of each of its services."""
    documents = [render(page) for page in pages]
    known: list[datetime] = [page.status.as_of for page in pages if page.status.as_of is not None]
    updated_at = min(known, default=max(page.service.loaded_at for page in pages))
    made: dict[str, Any] = {
        "page": {
            "id": BOARD,
            "name": name,
            "url": url,
            "time_zone": "Etc/UTC",
            "updated_at": stamp(updated_at),  # of the one that was looked at longest ago
        }
    }
    for list_name, order in (
        ("components", None),
        ("incidents", "created_at"),
        ("scheduled_maintenances", "scheduled_for"),
    ):
        if list_name in documents[0]:
            together = [entry for one in documents for entry in one[list_name]]
            made[list_name] = (
                _in_order(board, together)
                if order is None
                else sorted(together, key=lambda entry: (entry[order], entry["id"]), reverse=True)
            )
    if "status" in documents[0]:
        made["status"] = _rollup(documents, [one["page"]["name"] for one in documents])
    return made


def _in_order(board: Board, components: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The components in the order in which the board names its parts."""
    by_id = {component["id"]: component for component in components}
    ids = [component_id(part.service, part.component) for part in board.parts]
    return [{**by_id[one], "position": position} for position, one in enumerate(ids, 1)]


def _rollup(documents: Sequence[Mapping[str, Any]], names: Sequence[str]) -> dict[str, str]:
    """The worst that is said of any of its services, and of which."""
    said = [(one["status"], name) for one, name in zip(documents, names, strict=True)]
    worst, name = min(said, key=lambda each: WORST_FIRST.index(each[0]["indicator"]))
    if worst["indicator"] == "none":
        return dict(worst)
    return {"indicator": worst["indicator"], "description": f"{name}: {worst['description']}"}
