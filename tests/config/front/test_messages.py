"""Heads of requests and ends of answers: what is passed on, and what is refused because it could mean two things."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.front.messages import (
    MOST_CHUNKS,
    MOST_HEADERS,
    AnswerError,
    AnswerReader,
    ChunkedBody,
    RequestError,
    parse_request,
)

LARGEST = 1000


def parsed(*lines, first="GET /x HTTP/1.1"):
    return parse_request("\r\n".join([first, *lines]).encode("latin-1"), LARGEST)


def test_a_request_is_passed_on_with_its_address_and_without_what_is_between_neighbours():
    request = parsed("Host: a", "Connection: close", "Accept: */*", "X-Brownout-Peer: 6.6.6.6", "Expect: 100-continue")
    assert request.head(b"9.9.9.9", 0) == (
        b"GET /x HTTP/1.1\r\nHost: a\r\nAccept: */*\r\nx-brownout-peer: 9.9.9.9\r\n\r\n"
    )
    assert not request.keep_alive
    assert request.expects_continue


@pytest.mark.parametrize("name", ["X_Brownout_Peer", "X_Forwarded_For", "Content_Length"])
def test_a_name_with_an_underscore_is_dropped(name):
    assert name.encode() not in parsed(f"{name}: 7", "Host: a").head(b"9.9.9.9", 0)


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["Content-Length: 1", "Content-Length: 1"], 400),
        (["Content-Length: 1", "Transfer-Encoding: chunked"], 400),
        (["Transfer-Encoding: gzip, chunked"], 501),
        (["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"], 400),
        (["Transfer-Encoding: identity"], 501),
        (["Content-Length: +1"], 400),
        (["Content-Length: 1, 1"], 400),
        (["Content-Length: 1001"], 413),
        (["Content-Length: 99999999999999999999"], 400),
        (["Host: a", "Host: b"], 400),
        (["Host : a"], 400),
        ([" folded"], 400),
        (["no colon"], 400),
        (["A: b\nTransfer-Encoding: chunked"], 400),
        (["A: \0"], 400),
    ],
)
def test_what_could_be_understood_in_two_ways_is_refused(lines, status):
    with pytest.raises(RequestError) as raised:
        parsed(*lines, first="POST /x HTTP/1.1")
    assert raised.value.status == status


@pytest.mark.parametrize(
    "first", ["", "GET", "GET /", "get / HTTP/1.1", "GET / HTTP/2.0", "GET /a b HTTP/1.1", "\x16\x03"]
)
def test_a_first_line_that_is_none_is_refused(first):
    with pytest.raises(RequestError):
        parsed(first=first)


def test_an_address_that_is_too_long_is_refused():
    with pytest.raises(RequestError) as raised:
        parsed(first=f"GET /{'x' * 9000} HTTP/1.1")
    assert raised.value.status == 414


@given(st.binary(max_size=300))
def test_no_bytes_do_more_than_be_refused(data):
    status = 400
    try:
        parse_request(data, LARGEST)
    except RequestError as error:
        status = error.status
    assert status in (400, 413, 414, 431, 501)


@pytest.mark.parametrize(
    ("first", "target", "host"),
    [
        ("GET http://b/x?y=1#z HTTP/1.1", b"/x?y=1", b"b"),
        ("GET HTTPS://b:8 HTTP/1.1", b"/", b"b:8"),
        ("GET http://b?y HTTP/1.1", b"/?y", b"b"),
        ("GET /x#z HTTP/1.1", b"/x", b"a"),
        ("GET /\xc3\xa9 HTTP/1.1", b"/\xc3\xa9", b"a"),
        ("OPTIONS * HTTP/1.1", b"*", b"a"),
        ("GET //b/x HTTP/1.1", b"//b/x", b"a"),
    ],
)
def test_an_address_is_passed_on_as_a_path_and_its_own_host_counts(first, target, host):
    request = parsed("Host: a", first=first)
    assert (request.target, request.headers[b"host"]) == (target, host)
    head = request.head(b"9.9.9.9", 0)
    assert head.split(b" ")[1] == target
    assert head.lower().count(b"\r\nhost: ") == 1
    assert b"host: %s\r\n" % host in head.lower()


@pytest.mark.parametrize(
    ("first", "status"),
    [
        ("GET x HTTP/1.1", 400),
        ("GET ?x HTTP/1.1", 400),
        ("GET * HTTP/1.1", 400),
        ("GET http:///x HTTP/1.1", 400),
        ("GET http://u@b/x HTTP/1.1", 400),
        ("GET ftp://b/x HTTP/1.1", 400),
        ("GET #x HTTP/1.1", 400),
        ("GET /\xff HTTP/1.1", 400),
        ("CONNECT b:443 HTTP/1.1", 501),
        ("TRACE / HTTP/1.1", 501),
        ("FOO / HTTP/1.1", 501),
    ],
)
def test_what_is_no_address_or_method_of_ours_is_refused(first, status):
    with pytest.raises(RequestError) as raised:
        parsed("Host: a", first=first)
    assert raised.value.status == status


def test_there_are_so_many_headers_and_no_more():
    assert parsed(*[f"X-{number}: a" for number in range(MOST_HEADERS)])
    with pytest.raises(RequestError) as raised:
        parsed(*[f"X-{number}: a" for number in range(MOST_HEADERS + 1)])
    assert raised.value.status == 431


ANSWERS = [
    (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n", b"hello"),
    (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", b""),
    (b"HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n", b""),
    (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"5\r\nhello\r\n1;x=y\r\n!\r\n0\r\n\r\n"),
]


@pytest.mark.parametrize(("head", "body"), ANSWERS)
@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
def test_the_end_of_an_answer_is_found_however_it_is_cut(head, body, step):
    reader, data, got = AnswerReader(is_head_request=False), head + body, b""
    for at in range(0, len(data), step):
        assert not reader.ended
        got += reader.feed(data[at : at + step])
    assert reader.ended
    assert got == body
    old, got = AnswerReader(is_head_request=False, minor=0), b""
    for at in range(0, len(data), step):
        got += old.feed(data[at : at + step])
    assert old.ended
    assert got == (b"hello!" if b"chunked" in head else body), "HTTP/1.0 knows no chunks"
    assert b"chunked" not in old.head


def test_an_answer_to_head_has_no_body():
    reader = AnswerReader(is_head_request=True)
    reader.feed(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n")
    assert reader.ended


def test_an_answer_without_a_length_ends_with_its_connection():
    reader = AnswerReader(is_head_request=False)
    assert reader.feed(b"HTTP/1.1 200 OK\r\n\r\nab") == b"ab"
    assert not reader.ended
    assert reader.end_of_input()
    assert reader.closes


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxx\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nHTTP/1.1 200 OK",
    ],
)
def test_an_answer_that_makes_no_sense_is_an_error(data):
    with pytest.raises(AnswerError):
        AnswerReader(is_head_request=False).feed(data)


def fed(data, step, largest=1000):
    """Feeds a body in pieces of so many bytes. Returns the reader and what it has left over."""
    chunked, buffer = ChunkedBody(largest), bytearray()
    for start in range(0, len(data), step):
        buffer += data[start : start + step]
        chunked.feed(buffer)
    return chunked, bytes(buffer)


CHUNKS = b"5\r\nhello\r\n00A;name=value\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\nGET /next"


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
def test_a_body_in_chunks_is_read_to_its_end_and_no_further(step):
    chunked, left = fed(CHUNKS, step)
    assert chunked.is_whole
    assert bytes(chunked.body) == b"hello0123456789"
    assert left == b"GET /next"
    assert not fed(CHUNKS[:-12], step)[0].is_whole


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"x\r\n", 400),
        (b"-1\r\n", 400),
        (b"+5\r\nhello\r\n", 400),
        (b"0x5\r\nhello\r\n", 400),
        (b"5\nhello\n", 400),
        (b"3\r\nhello\r\n", 400),
        (b"\r\n", 400),
        (b"5" * 300, 400),
        (b"5;" + b"x" * 300, 400),
        (b"3e9\r\n", 413),
        (b"ffffffff\r\n", 413),
        (b"1\r\nx\r\n" * (MOST_CHUNKS + 1), 413),
        (b"0\r\n" + b"a: b\r\n" * 2000, 431),
    ],
)
@pytest.mark.parametrize("step", [1, 4096])
def test_chunks_that_are_none_are_refused(data, status, step):
    with pytest.raises(RequestError) as raised:
        fed(data + b" " * 600, step, largest=5000 if b"x\r\n1" in data else 1000)
    assert raised.value.status == status


def test_what_was_in_chunks_is_handed_on_with_its_length():
    request = parsed("Host: a", "Transfer-Encoding: Chunked", first="POST /x HTTP/1.1")
    assert request.is_chunked
    head = request.head(b"9.9.9.9", 15).lower()
    assert b"content-length: 15\r\n" in head
    assert b"transfer-encoding" not in head
