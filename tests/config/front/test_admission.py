"""Who may be connected, and whose turn it is."""

import ipaddress

import pytest

from config.front.admission import Admission, FairQueue, RequestQueue, network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.0/24"),
        ("::ffff:198.51.100.7", "198.51.100.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", "unknown"),
        ("127.0.0.1", ""),
    ],
)
def test_the_network_of_an_address(address, network):
    assert network_of(address, [ipaddress.ip_network("127.0.0.1/32")]) == network


def test_a_network_s_new_connection_takes_the_place_of_its_oldest_idle_one():
    admission = Admission(100, 2)
    for name in "ab":
        assert admission.admit("n") == (True, None)
        admission.enter(name, "n")
    admission.work("a", "n")
    assert admission.admit("n") == (True, "b")
    admission.work("b", "n")
    assert admission.admit("n") == (False, None), "nobody is ended whose request is under way"
    assert admission.admit("other") == (True, None)
    admission.wait("a", "n")
    assert admission.admit("n") == (True, "a")


def test_a_trusted_proxy_has_no_share_but_there_is_a_bound_for_all():
    admission = Admission(3, 1)
    for name in "abc":
        assert admission.admit("") == (True, None)
        admission.enter(name, "")
    assert admission.admit("elsewhere") == (True, "a")
    admission.leave("a", "")
    assert admission.admit("elsewhere") == (True, None)
    assert admission.count == 2


def test_networks_take_turns_and_a_flood_waits_for_itself():
    queue = FairQueue(10, 5)
    assert [queue.put(f"f{n}", "flood", n) for n in range(6)] == [True] * 5 + [False]
    assert queue.put("r", "reader", 9.0)
    assert [queue.take()[0] for _ in range(3)] == ["f0", "r", "f1"]
    assert queue.drop("f3", "flood")
    assert not queue.drop("f3", "flood")
    assert queue.overdue(4.0) == ["f2"]
    assert [queue.take()[0], queue.take()] == ["f4", None]
    assert len(queue) == 0


def test_the_queue_is_bounded():
    queue = FairQueue(3, 3)
    assert [queue.put(n, str(n), 0.0) for n in range(4)] == [True, True, True, False]


def test_changes_go_before_reads_and_reads_get_a_turn_in_four():
    queue = RequestQueue(20)
    for number in range(5):
        assert queue.put(f"read {number}", str(number), number, is_read=True)
        assert queue.put(f"change {number}", str(number), number, is_read=False)
    taken = [queue.take()[0] for _ in range(10)]
    assert taken == [
        *("change 0", "change 1", "change 2", "read 0", "change 3", "change 4"),
        *("read 1", "read 2", "read 3", "read 4"),
    ]  # fmt: skip
    assert queue.take() is None


def test_a_flood_of_reads_leaves_room_for_changes_and_the_other_way_round():
    queue = RequestQueue(8)
    for is_read in (True, False):
        flood = [queue.put(f"{is_read}{n}", str(n), 0.0, is_read=is_read) for n in range(9)]
        assert flood == [True] * 4 + [False] * 5
    assert len(queue) == 8
    assert queue.drop("True3", "3")
    assert queue.overdue(1.0) == ["False0", "False1", "False2", "False3", "True0", "True1", "True2"]
    assert len(queue) == 0
