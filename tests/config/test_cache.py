"""The cache away or frozen: reads miss, writes are dropped, and nobody waits for it twice."""

import socket
import time

import pytest
from redis.exceptions import RedisError

from config import cache
from config.cache import TolerantRedisCache


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
