"""Kept answers: whose, how old, how many; and what a page says of its age."""

import gzip
from datetime import UTC, datetime

import brotli
import pytest

from config.front.allowance import _forwarded
from config.front.kept import KeptAnswers
from config.front.messages import canonical_host, parse_request
from config.front.routes import accepted, route_of
from config.front.snapshots import coding_of

AT = datetime(2026, 11, 30, 2, 15, tzinfo=UTC)
PUBLIC = b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncache-control: public, max-age=5\r\netag: "1"'
PAGE = b'HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\netag: "1"'


def asked(target="/x", *lines, method="GET"):
    return parse_request("\r\n".join([f"{method} {target} HTTP/1.1", "Host: a", *lines]).encode(), 1000)


def keep(kept, request, head=PUBLIC, body=b"{}", at_s=100.0):
    key = kept.wants(request, at_s)
    assert key is not None
    kept.keep(key, head, body, at_s, AT)
    return key


def test_an_answer_is_given_again_with_its_age_and_is_kept_by_nobody_else():
    kept = KeptAnswers(3600)
    keep(kept, asked())
    answer = kept.answer(asked(), 142.5)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert body == b"{}"
    assert b"\r\nAge: 42" in head
    assert b"\r\nCache-Control: no-store" in head
    assert b"max-age" not in head
    assert kept.answer(asked(method="HEAD"), 142.5).endswith(b"\r\n\r\n")


def test_a_page_says_when_it_is_from():
    kept = KeptAnswers(3600)
    keep(kept, asked(), PAGE, b"<html lang=x><title>Down</title><time data-kept-time></time>")
    answer = kept.answer(asked(), 200.0)
    assert b'<html data-kept="slow" data-kept-at="2026-11-30T02:15:00Z" lang=x>' in answer
    assert b"<title>02:15 UTC \xc2\xb7 Down</title>" in answer
    assert b'<time datetime="2026-11-30T02:15:00Z">2026-11-30 02:15 UTC</time>' in answer
    assert b"etag" not in answer


@pytest.mark.parametrize(
    "head",
    [
        PUBLIC.replace(b"public", b"private"),
        PUBLIC.replace(b"public", b"no-store"),
        PUBLIC.replace(b"200", b"404"),
        PUBLIC + b"\r\nset-cookie: a=b",
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json",
    ],
)
def test_what_is_somebody_s_own_or_no_answer_is_not_kept(head):
    kept = KeptAnswers(3600)
    keep(kept, asked(), head)
    assert kept.answer(asked(), 101.0) is None


@pytest.mark.parametrize(
    "line", ["Authorization: Bearer x", "Cookie: sessionid=x", "Cookie: messages=x", "Range: bytes=0-1"]
)
def test_who_is_known_gets_nothing_kept(line):
    kept = KeptAnswers(3600)
    keep(kept, asked())
    assert kept.wants(asked("/x", line), 500.0) is None
    assert kept.answer(asked("/x", line), 101.0) is None


def test_an_answer_that_is_too_old_is_none():
    kept = KeptAnswers(60)
    keep(kept, asked())
    assert kept.answer(asked(), 159.0) is not None
    assert kept.answer(asked(), 161.0) is None
    assert KeptAnswers(0).wants(asked(), 1.0) is None


def test_a_fresh_answer_is_not_copied_again():
    kept = KeptAnswers(60)
    keep(kept, asked())
    assert kept.wants(asked(), 101.0) is None
    assert kept.wants(asked(), 103.0) is not None


def test_all_answers_together_have_a_bound_and_their_keys_count():
    kept = KeptAnswers(3600, most_bytes=20_000)
    for number in range(300):
        keep(kept, asked(f"/{number}{'x' * 500}"))
    assert kept.bytes <= 20_000
    assert 0 < len(kept) < 20
    assert kept.answer(asked(f"/299{'x' * 500}"), 101.0) is not None
    assert kept.answer(asked(f"/0{'x' * 500}"), 101.0) is None


def test_a_key_that_is_too_long_keeps_nothing():
    kept = KeptAnswers(3600)
    assert kept.wants(asked(f"/{'x' * 2000}"), 1.0) is None
    assert kept.wants(asked("/api/x", f"Accept-Language: {'x' * 2000}"), 1.0) is None


@pytest.mark.parametrize(("coding", "pack"), [(b"gzip", gzip.compress), (b"br", brotli.compress)])
def test_a_packed_page_is_kept_so_that_everybody_can_read_it_and_its_age_stands_in_it(coding, pack):
    kept = KeptAnswers(3600)
    body = b"<html lang=x><title>Down</title><time data-kept-time></time>"
    keep(kept, asked(), PAGE + b"\r\nContent-Encoding: " + coding, pack(body))
    answer = kept.answer(asked(), 200.0)
    assert b"content-encoding" not in answer.lower()
    assert b'<html data-kept="slow"' in answer
    keep(kept, asked(), PAGE + b"\r\nContent-Encoding: " + coding, pack(body)[:-9], at_s=300.0)
    assert b"Age: 300" in kept.answer(asked(), 400.0)  # a broken one replaces nothing


def test_what_is_too_old_to_be_given_is_dropped_without_anything_new():
    kept = KeptAnswers(60)
    for number in range(3):
        keep(kept, asked(f"/tesla/?{number}"), PAGE, b"x" * 1000, at_s=30.0 * number)
    kept.sweep(70.0)
    assert (len(kept), kept.bytes > 2000) == (2, True)
    kept.sweep(1000.0)
    assert (len(kept), kept.bytes) == (0, 0)


@pytest.mark.parametrize("function", [_forwarded, accepted, canonical_host, coding_of, route_of])
def test_long_texts_of_clients_are_worked_out_and_not_kept(function):
    kept = next(cell.cell_contents for cell in function.__closure__ if hasattr(cell.cell_contents, "cache_info"))
    rest = ((),) if function is _forwarded else ()
    for text, count in ((b"a" * 40, 1), (b"a" * 8000, 0)):
        kept.cache_clear()
        function(text, *rest)
        assert kept.cache_info().currsize == count
