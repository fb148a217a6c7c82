"""The cache away or frozen: reads miss, writes are dropped, and nobody waits for it twice."""

import re
import socket
import time
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from config import cache
from config.cache import TolerantRedisCache

PROJECT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(autouse=True)
def tried_anew():
    cache.forget()
    yield
    cache.forget()


@pytest.fixture
def frozen(tmp_path):
    """A server that takes connections and says nothing."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "frozen.sock"))
        server.listen(16)
        options = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}
        yield TolerantRedisCache(f"unix://{tmp_path}/frozen.sock", {"OPTIONS": options})


def test_a_frozen_server_is_waited_for_once(frozen):
    began = time.monotonic()
    assert frozen.get("a", "else") == "else"
    assert time.monotonic() - began < 0.6, "and not four times with pauses, as the client would by itself"
    began = time.monotonic()
    frozen.set("a", 1)
    assert frozen.add("a", 1) is True
    assert frozen.delete("a") is False
    assert frozen.get("a") is None
    assert time.monotonic() - began < 0.1


def test_it_is_tried_again_after_a_while(frozen, monkeypatch):
    tried = []

    def fails(*_arguments):
        tried.append(1)
        raise RedisError("gone")

    monkeypatch.setattr("django.core.cache.backends.redis.RedisCache.get", fails)
    monkeypatch.setattr(cache, "AWAY_S", 0.05)
    frozen.get("a")
    frozen.get("a")
    time.sleep(0.06)
    frozen.get("a")
    assert len(tried) == 2


def test_every_client_of_valkey_has_a_time_out_and_does_not_try_again_by_itself():
    """The client's own way is four tries with pauses of seconds between them, in the middle of a request."""
    clients = []
    for package in ("reports", "outages"):
        for file in (PROJECT / package).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            for found in re.finditer(r"(?:RedisStorage|Redis\.from_url)\((?:[^()]|\([^()]*\))*\)", text):
                clients.append(file.name)
                assert "retry=NO_RETRY" in found[0], file
                assert "socket_timeout=" in found[0], file
                assert "socket_connect_timeout=" in found[0], file
    assert len(clients) >= 3
