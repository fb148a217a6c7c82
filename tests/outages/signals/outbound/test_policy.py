"""Whom we may call under each setting of OUTBOUND."""

from __future__ import annotations

import ipaddress

import pytest

from outages.signals.outbound.errors import AddressRefusedError, OutboundOffError
from outages.signals.outbound.policy import Mode, Policy

PUBLIC, PRIVATE, HOME = (ipaddress.ip_address(a) for a in ("8.8.8.8", "10.0.0.1", "127.0.0.1"))


def test_off_refuses_even_this_machine() -> None:
    with pytest.raises(OutboundOffError):
        Policy(Mode.OFF).check_target("127.0.0.1", 80)


@pytest.mark.parametrize("host", ["example.org", "10.0.0.1", "localhost.example.org"])
def test_loopback_refuses_other_hosts_before_any_lookup(host: str) -> None:
    if host == "10.0.0.1":
        with pytest.raises(AddressRefusedError):
            Policy(Mode.LOOPBACK).permitted(host, [PRIVATE])
    else:
        with pytest.raises(AddressRefusedError):
            Policy(Mode.LOOPBACK).check_target(host, 80)


@pytest.mark.parametrize("host", ["localhost", "app.localhost", "LOCALHOST.", "127.0.0.1", "::1"])
def test_loopback_allows_this_machine_on_any_port(host: str) -> None:
    Policy(Mode.LOOPBACK).check_target(host, 8123)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1"])
def test_loopback_allows_loopback_addresses_only(address: str) -> None:
    parsed = ipaddress.ip_address(address)
    assert Policy(Mode.LOOPBACK).permitted("localhost", [PUBLIC, parsed]) == [parsed]


def test_on_refuses_this_machine_and_private_ones() -> None:
    with pytest.raises(AddressRefusedError, match="loopback"):
        Policy(Mode.ON).permitted("localhost", [HOME, PRIVATE])


def test_on_keeps_only_the_public_ones_of_a_mixed_answer() -> None:
    assert Policy(Mode.ON).permitted("example.org", [PRIVATE, PUBLIC]) == [PUBLIC]


def test_on_allows_80_443_and_what_the_catalogue_names() -> None:
    policy = Policy(Mode.ON)
    policy.check_target("example.org", 80)
    policy.check_target("example.org", 443)
    policy.check_target("example.org", 8443, ports=(8443,))
    with pytest.raises(AddressRefusedError, match="8443"):
        policy.check_target("example.org", 8443)
