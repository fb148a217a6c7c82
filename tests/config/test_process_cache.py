"""One cache for all that a process keeps: bounded, with an end for what can go out of date, dropped by one call."""

from __future__ import annotations

import sys
import threading

from config.process_cache import ENTRY_BYTES, MOST_BYTES, ProcessCache, Shelf


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_all_that_is_kept_stays_below_one_bound_and_goes_when_its_time_is_over() -> None:
    clock = Clock()
    cache = ProcessCache(100_000, clock)
    for number in range(1000):
        cache.put("a" if number % 2 else "b", ("k" * 2000, str(number)), b"", size=100, until=60.0)
        assert cache.bytes <= 100_000
    assert cache.get("a", ("k" * 2000, "999")) is not None
    assert cache.get("a", ("k" * 2000, "1")) is None, "the oldest has gone"
    cache.put("a", "large", b"", size=50_000, until=60.0)
    assert cache.get("a", "large") is None, "one entry is not everything"
    clock.now = 61.0
    cache.put("b", "fresh", b"", size=1, until=120.0)
    assert cache.count("a") == 0
    assert cache.bytes < 2000


def test_what_is_used_stays_and_what_is_over_goes_first() -> None:
    clock = Clock()
    cache = ProcessCache(30_000, clock)
    cache.put("a", "used", 1, size=2000, until=100.0)
    for number in range(50):
        cache.put("a", str(number), 2, size=2000, until=100.0)
        assert cache.get("a", "used") == 1


def test_answers_that_clients_make_push_out_each_other_and_nothing_else() -> None:
    cache = ProcessCache(100_000)
    cache.put("services", "acme", "its catalogue", size=8000)
    for number in range(1000):
        cache.put("answers", str(number), "an answer", size=2000, until=sys.float_info.max)
    assert cache.get("services", "acme") == "its catalogue"
    assert cache.get("answers", "999") == "an answer"
    assert cache.bytes <= 100_000


def test_a_kind_has_as_many_entries_as_it_may_and_those_used_longest_ago_go() -> None:
    shelf: Shelf[int, str] = Shelf("few", most=3, cache=ProcessCache())
    for number in range(3):
        shelf.put(number, "kept")
    assert shelf.get(0) == "kept"
    shelf.put(3, "kept")
    assert shelf.all_keys() == [2, 0, 3]
    shelf.put(2, "anew")
    assert len(shelf) == 3


def test_one_call_drops_all_kinds_and_one_kind_can_go_alone() -> None:
    cache = ProcessCache()
    shelves: list[Shelf[str, int]] = [Shelf(kind, cache=cache) for kind in ("a", "b", "c")]
    for shelf in shelves:
        shelf.put("key", 1, size=100)
    shelves[0].clear()
    shelves[1].drop("key")
    shelves[1].drop("nothing")
    assert [len(shelf) for shelf in shelves] == [0, 0, 1]
    assert cache.bytes == 100 + ENTRY_BYTES + 2 * len("key")
    cache.clear()
    assert [len(shelf) for shelf in shelves] == [0, 0, 0]
    assert cache.bytes == 0


def test_threads_that_put_get_and_drop_at_once_leave_the_sum_right() -> None:
    cache = ProcessCache(50_000)
    errors: list[BaseException] = []
    together = threading.Barrier(8)

    def work(worker: int) -> None:
        shelf: Shelf[int, int] = Shelf(f"kind {worker % 3}", most=10, cache=cache)
        together.wait()
        try:
            for number in range(2000):
                shelf.put(number % 17, number, size=number % 500)
                shelf.get(number % 13)
                if number % 7 == 0:
                    for key in shelf.all_keys():
                        if key < 5:
                            shelf.drop(key)
                if number % 501 == 0:
                    cache.clear()
        except BaseException as error:  # an assertion in a thread would be lost
            errors.append(error)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert 0 <= cache.bytes <= 50_000
    for kind in range(3):
        for key in cache.keys(f"kind {kind}"):
            cache.drop(f"kind {kind}", key)
    assert cache.bytes == 0


def test_our_largest_catalogue_is_small_enough_to_be_kept() -> None:
    from pathlib import Path

    from reports.catalog import loader
    from reports.catalog.store import size_of

    folder = Path(__file__).resolve().parents[2] / "catalog"
    sizes = {file.stem: 2 * size_of(loader.read(file)) for file in folder.glob("*.toml")}  # 2: as a form keeps it
    assert sizes
    assert max(sizes.values()) < MOST_BYTES / 8
