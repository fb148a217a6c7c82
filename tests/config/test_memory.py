"""What is over is dropped though nobody asks, by one thread a process."""

import os
import threading
import time

from config import memory
from config.process_cache import CACHE


def tidying():
    return [thread for thread in threading.enumerate() if thread.name == "tidy"]


def test_what_is_over_is_dropped_without_anything_new_being_kept():
    CACHE.put("tidied", "over", b"x" * 1000, size=1000, until=time.monotonic() - 1)
    CACHE.put("tidied", "kept", b"x" * 1000, size=1000)
    memory.tidy()
    assert CACHE.keys("tidied") == ["kept"]
    CACHE.clear("tidied")


def test_a_process_has_one_thread_for_it_and_so_has_one_that_was_forked(monkeypatch):
    monkeypatch.setattr(memory, "_tidied_by", 0)
    monkeypatch.setattr(memory, "EVERY_S", 3600)
    before = len(tidying())
    for _ in range(3):
        memory.keep_tidy()
    assert len(tidying()) == before + 1
    monkeypatch.setattr(os, "getpid", lambda: -1)
    memory.keep_tidy()
    assert len(tidying()) == before + 2


def test_a_system_that_cannot_give_memory_back_goes_without(monkeypatch):
    monkeypatch.setattr(memory, "_malloc_trim", lambda: None)
    memory.trim()
