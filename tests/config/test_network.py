"""The tests' own watch over sockets."""

import contextlib
import socket

import httpx
import pytest

from tests import network


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost", b"localhost", "", None])
def test_this_machine_is_local(host):
    assert network.is_local(host)


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.org", "0.0.0.0", "10.0.0.1"])
def test_everything_else_is_not_local(host):
    assert not network.is_local(host)


def test_a_connection_to_an_outside_address_is_refused_and_remembered():
    with socket.socket() as connection, pytest.raises(network.OutsideAddressError):
        connection.connect(("192.0.2.1", 80))
    assert network.attempts == ["socket.connect 192.0.2.1"]
    network.attempts.clear()


def test_a_datagram_to_an_outside_address_is_refused():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection, pytest.raises(network.OutsideAddressError):
        connection.sendto(b"?", ("192.0.2.1", 53))
    network.attempts.clear()


def test_even_asking_for_an_outside_name_is_refused():
    with pytest.raises(network.OutsideAddressError):
        httpx.get("http://example.org/")
    assert network.attempts == ["socket.getaddrinfo example.org"]
    network.attempts.clear()


def test_a_swallowed_error_is_still_remembered():
    with contextlib.suppress(Exception):
        httpx.get("http://192.0.2.1/")
    assert network.attempts == ["socket.getaddrinfo 192.0.2.1"]
    network.attempts.clear()
