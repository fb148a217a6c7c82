"""From a request to what is kept of its sender."""

from __future__ import annotations

import ipaddress
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.privacy import origin

KEY = b"k" * 32
PROXIES = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("127.0.0.1/32"), ipaddress.ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("remote", "forwarded", "expected"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),  # not a proxy of ours: its word does not count
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),  # what stands left may be invented
        ("10.0.0.1", "1.2.3.4, 198.51.100.1, 10.9.9.9", "198.51.100.1"),
        ("10.0.0.1", "10.1.1.1, 10.2.2.2", "10.1.1.1"),
        ("10.0.0.1", "1.2.3.4, rubbish", None),
        ("10.0.0.1", "unknown", None),
        ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("10.0.0.1", "[2001:db8::5]:4711", "2001:db8::5"),
        ("10.0.0.1", '"2001:db8::5"', "2001:db8::5"),
        ("10.0.0.1", "fe80::1%eth0", "fe80::1"),
        ("fd00::1", "2001:db8::5", "2001:db8::5"),
        ("::ffff:10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
        ("", "198.51.100.1", None),
        ("@", "198.51.100.1", None),
    ],
)
def test_the_client_is_the_rightmost_hop_that_is_not_ours(remote: str, forwarded: str, expected: str | None) -> None:
    found = origin.client_address(remote, forwarded, PROXIES)
    assert found == (ipaddress.ip_address(expected) if expected else None)


def test_without_trusted_proxies_a_forwarded_address_never_counts() -> None:
    assert origin.client_address("127.0.0.1", "198.51.100.1", []) == ipaddress.ip_address("127.0.0.1")


@given(st.text(max_size=80), st.text(max_size=200))
def test_no_header_breaks_it(remote: str, forwarded: str) -> None:
    origin.client_address(remote, forwarded, PROXIES)
    origin.client_address("10.0.0.1", forwarded, PROXIES)


def of(address: str, token: str = "", key: bytes = KEY) -> origin.Origin:
    return origin.of_address(ipaddress.ip_address(address), token, key=key)


@pytest.mark.parametrize(
    ("one", "other", "same_network", "same_wide_network"),
    [
        ("192.0.2.1", "192.0.2.254", True, True),
        ("192.0.2.1", "192.0.3.1", False, True),
        ("192.0.2.1", "192.1.2.1", False, False),
        ("2001:db8:1::1", "2001:db8:1:ffff::1", True, True),
        ("2001:db8:1::1", "2001:db8:2::1", False, True),
        ("2001:db8:1::1", "2001:db9:1::1", False, False),
    ],
)
def test_networks_are_prefixes(one: str, other: str, same_network: bool, same_wide_network: bool) -> None:
    first, second = of(one), of(other)
    assert (first.network == second.network) is same_network
    assert (first.wide_network == second.wide_network) is same_wide_network


def test_an_ipv4_address_in_ipv6_clothes_is_the_same_network() -> None:
    address = origin.parse_address("::ffff:192.0.2.1")
    assert origin.of_address(address, "", key=KEY) == of("192.0.2.1")


@given(st.ip_addresses() | st.from_regex(r"[0-9]{1,4}(\.[0-9]{0,4}){0,5}", fullmatch=True))
def test_an_address_reads_as_the_standard_library_reads_it(written: object) -> None:
    try:
        expected = ipaddress.ip_address(str(written))
    except ValueError:
        expected = None
    found = origin.parse_address(str(written))
    assert found == (getattr(expected, "ipv4_mapped", None) or expected)


def test_the_same_network_has_the_same_hash_in_each_release() -> None:
    assert (of("192.0.2.77").network, of("2001:db8:1:2::3").network) == (4434313671350976512, 2808268227298213645)


def test_hashes_fit_a_column_and_are_never_the_mark_of_the_unknown() -> None:
    for number in range(200):
        found = of(f"192.0.{number}.1", f"token{number}")
        for value in (found.network, found.wide_network, found.reporter):
            assert 0 < value < 2**63


def test_another_days_key_gives_other_hashes() -> None:
    first, second = of("192.0.2.1", "token"), of("192.0.2.1", "token", key=b"x" * 32)
    assert first.network != second.network
    assert first.wide_network != second.wide_network
    assert first.reporter != second.reporter


def test_one_thing_hashed_for_two_purposes_gives_two_hashes() -> None:
    found = of("192.0.2.1", "192.0.2.1")
    assert len({found.network, found.wide_network, found.reporter}) == 3


def test_what_is_not_known_is_zero() -> None:
    assert origin.of_address(None, "", key=KEY) == origin.UNKNOWN == origin.Origin(0, 0, 0, "", 0)


def test_areas_stand_in_for_networks_alike_in_every_process() -> None:
    assert origin.stand_in("14227") == origin.stand_in(" 14227 ")
    assert origin.stand_in("14227") != origin.stand_in("14228")
    assert origin.stand_in("14227").network == origin.stand_in("14227").wide_network != 0
    assert origin.stand_in("") == origin.UNKNOWN


# ── the operator's address files ─────────────────────────────────────────────────────────────────────────────────


UINT16, UINT32, UINT64 = (5, ">H"), (6, ">I"), (9, ">Q")  # type numbers of the format, and how they are packed


def mmdb(networks: dict[str, dict[str, Any]], version: int = 4) -> bytes:
    """A file in MaxMind's format, as its specification (version 2.0) says, for disjoint networks."""

    def control(kind: int, size: int) -> bytes:
        assert size < 285
        extra, length = (b"", size) if size < 29 else (bytes([size - 29]), 29)
        return bytes([kind << 5 | length]) + extra if kind <= 7 else bytes([length, kind - 7]) + extra

    def encode(value: Any) -> bytes:
        if isinstance(value, str):
            return control(2, len(value.encode())) + value.encode()
        if isinstance(value, dict):
            return control(7, len(value)) + b"".join(encode(key) + encode(item) for key, item in value.items())
        if isinstance(value, list):
            return control(11, len(value)) + b"".join(map(encode, value))
        number, kind, form = value if isinstance(value, tuple) else (value, *UINT32)
        return control(kind, struct.calcsize(form)) + struct.pack(form, number)

    nodes: list[list[Any]] = [[None, None]]
    data = b""
    for network, record in networks.items():
        parsed = ipaddress.ip_network(network)
        bits = f"{int(parsed.network_address):0{parsed.max_prefixlen}b}"[: parsed.prefixlen]
        at = 0
        for bit in bits[:-1]:
            if nodes[at][int(bit)] is None:
                nodes.append([None, None])
                nodes[at][int(bit)] = len(nodes) - 1
            at = nodes[at][int(bit)]
        nodes[at][int(bits[-1])] = ("data", len(data))
        data += encode(record)
    count = len(nodes)

    def pointer(value: Any) -> bytes:
        number = count if value is None else value if isinstance(value, int) else count + 16 + value[1]
        return struct.pack(">I", number)

    tree = b"".join(pointer(left) + pointer(right) for left, right in nodes)
    meta = {
        "node_count": count,
        "record_size": (32, *UINT16),
        "ip_version": (version, *UINT16),
        "binary_format_major_version": (2, *UINT16),
        "binary_format_minor_version": (0, *UINT16),
        "build_epoch": (1_700_000_000, *UINT64),
        "database_type": "Test",
        "languages": ["en"],
        "description": {"en": "made for a test"},
    }
    return tree + b"\0" * 16 + data + b"\xab\xcd\xefMaxMind.com" + encode(meta)


def test_country_and_as_come_from_the_operators_files(tmp_path: Path, settings: Any) -> None:
    (tmp_path / "country.mmdb").write_bytes(mmdb({"192.0.2.0/24": {"country": {"iso_code": "NL"}}}))
    (tmp_path / "asn.mmdb").write_bytes(mmdb({"192.0.2.0/24": {"autonomous_system_number": 64500}}))
    settings.MMDB_COUNTRY, settings.MMDB_ASN = tmp_path / "country.mmdb", tmp_path / "asn.mmdb"
    assert (of("192.0.2.9").country, of("192.0.2.9").asn) == ("NL", 64500)
    assert (of("198.51.100.1").country, of("198.51.100.1").asn) == ("", 0)
    assert (of("2001:db8::1").country, of("2001:db8::1").asn) == ("", 0)


def test_files_with_flat_records_are_read_too(tmp_path: Path, settings: Any) -> None:
    (tmp_path / "flat.mmdb").write_bytes(mmdb({"192.0.2.0/24": {"country": "NL", "asn": "AS64500"}}))
    settings.MMDB_COUNTRY = settings.MMDB_ASN = tmp_path / "flat.mmdb"
    assert (of("192.0.2.9").country, of("192.0.2.9").asn) == ("NL", 64500)


@pytest.mark.parametrize("record", [{"country": {"iso_code": "nl"}}, {"country": "Netherlands"}, {"asn": "none"}, {}])
def test_odd_records_are_unknown(
    tmp_path: Path, settings: Any, record: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "odd.mmdb").write_bytes(mmdb({"192.0.2.0/24": record}))
    settings.MMDB_COUNTRY = settings.MMDB_ASN = tmp_path / "odd.mmdb"
    assert (of("192.0.2.9").country, of("192.0.2.9").asn) == ("", 0)
    assert caplog.text == ""  # the file itself was read


@pytest.mark.parametrize("content", [None, b"", b"not such a file"])
def test_a_file_that_cannot_be_read_is_logged_and_leaves_things_unknown(
    tmp_path: Path, settings: Any, content: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "broken.mmdb"
    if content is not None:
        file.write_bytes(content)
    settings.MMDB_COUNTRY = file
    assert of("192.0.2.9").country == ""
    assert "broken.mmdb" in caplog.text
    assert "192.0.2.9" not in caplog.text
