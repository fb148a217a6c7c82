"""Bodies that are not what they should be: what is wrong is said."""

from __future__ import annotations

import gzip
import json

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
REPORT = b'{"service": "acme"}'


def post(body: bytes, path: str = "/api/v1/reports", **headers: str) -> tuple[int, str]:
    answer = Client().generic("POST", path, body, content_type="application/json", headers=headers)
    return answer.status_code, json.loads(answer.content)["detail"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (gzip.compress(REPORT, mtime=0), "packed with gzip"),
        (b"\x28\xb5\x2f\xfd" + REPORT, "packed with zstd"),
        (b"\xef\xbb\xbf" + REPORT, "byte order mark"),
        (REPORT.decode().encode("utf-16"), "UTF-16"),
        (b'{"service": "acme", "note": "\\ud83d"}', "stands alone"),
        (b'{"service": "acme", "note": "\\ude00!"}', "stands alone"),
        (b'{"service": "acme", "note": "caf\xe9"}', "not UTF-8"),
        (b'{"service": "acme"', "truncated"),
    ],
    ids=["gzip", "zstd", "bom", "utf-16", "first half", "second half", "latin-1", "cut"],
)
def test_what_is_wrong_with_a_body_is_said(body: bytes, said: str) -> None:
    status, detail = post(body)
    assert (status, said in detail) == (400, True), detail


def test_what_is_wrong_with_a_batch_is_said() -> None:
    status, detail = post(gzip.compress(REPORT), "/api/v1/reports/batch")
    assert (status, "packed with gzip" in detail) == (400, True)


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_a_packed_body_is_not_read_and_the_answer_says_so(coding: str) -> None:
    status, detail = post(gzip.compress(REPORT), **{"Content-Encoding": coding})
    assert (status, coding in detail) == (415, True)
    assert post(REPORT, **{"Content-Encoding": "identity"})[0] == 404
