"""Bytes of Server-Sent Events."""

import re

import pytest

from outages.live import wire


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (wire.event("status", b'{"a":1}', 7), b'event: status\nid: 7\ndata: {"a":1}\n\n'),
        (wire.event("stale", b"{}"), b"event: stale\ndata: {}\n\n"),
        (wire.event("status", b"{}", 0), b"event: status\nid: 0\ndata: {}\n\n"),
        (wire.retry(3000), b"retry: 3000\n\n"),
        (wire.HEARTBEAT, b": still here\n\n"),
    ],
)
def test_events_look_as_the_standard_has_them(made, expected):
    assert made == expected


@pytest.mark.parametrize("text", ["", "-1", "1.0", "x", "٣", " 1", "1\n", "9" * 20])
def test_only_whole_numbers_are_ids(text):
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        wire.position_of(text)


def test_an_id_is_read_back():
    assert wire.position_of("4711") == 4711
