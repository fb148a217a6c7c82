"""Which addresses are never called."""

from __future__ import annotations

import ipaddress

import pytest

from outages.signals.outbound.addresses import SPECIAL_PURPOSE, special_purpose


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.100.100.200",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "168.63.129.16",
        "::",
        "::1",
        "::ffff:8.8.8.8",
        "::ffff:127.0.0.1",
        "::7f00:1",
        "64:ff9b::a00:1",
        "64:ff9b::808:808",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:2::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "3fff::1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "2606:4700::1111%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_an_address_of_a_special_purpose_is_never_called(address: str) -> None:
    assert special_purpose(ipaddress.ip_address(address)) is not None


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "169.253.255.255",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450:4001:81b::200e",
        "2001:4860:4860::8888",
        "2600::",
    ],
)
def test_an_address_of_the_public_internet_may_be_called(address: str) -> None:
    assert special_purpose(ipaddress.ip_address(address)) is None


@pytest.mark.parametrize("network", [network for network, _ in SPECIAL_PURPOSE])
def test_both_ends_of_each_special_range_are_refused(network: str) -> None:
    span = ipaddress.ip_network(network)
    assert special_purpose(span[0]) is not None
    assert special_purpose(span[-1]) is not None


def test_nothing_that_python_calls_private_or_multicast_is_let_through() -> None:
    for first in range(256):
        for second in range(256):
            address = ipaddress.ip_address(f"{first}.{second}.0.1")
            if not address.is_global or address.is_multicast:
                assert special_purpose(address) is not None, address
