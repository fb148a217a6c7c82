"""The drill of the copy on a second host: what counts as an age and as broken, and a short one on the real thing."""

import os
import subprocess
import sys
from collections import Counter

import pytest

from tools.gameday.mirror import PHASES, broken
from tools.gameday.proxy import NGINX
from tools.gameday.readers import Seen, age_s
from tools.gameday.site import PROJECT

NOW_S = 1_772_452_820.0  # 2026-03-02 12:00:20 UTC
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.mark.parametrize(
    ("head", "body", "age"),
    [
        (HEAD, b'<html data-kept="slow" data-kept-at="2026-03-02T12:00:00Z" lang="en">', 20.0),
        (HEAD + b"Last-Modified: Mon, 02 Mar 2026 11:59:20 GMT\r\nAge: 5", b"<html>", 60.0),
        (HEAD + b"age: 7", b"<html>", 7.0),
        (HEAD, b"<html>", None),
    ],
)
def test_an_answer_s_age_is_what_it_says_itself_then_what_a_browser_makes_of_its_headers(head, body, age):
    assert age_s(head, body, NOW_S) == age


def test_broken_is_any_other_answer_a_long_wait_and_a_page_without_an_age():
    whole = Seen(Counter({200: 9}), longest_s=2.9, ageless=Counter({"/api/v1/services/tesla/status": 3}))
    assert broken("Django dead", whole, 1.0) == []
    torn = Seen(Counter({200: 9, 503: 1}), longest_s=3.1, ageless=Counter({"/tesla/": 2}))
    assert len(broken("Django dead", torn, 1.0)) == 3
    assert broken("Django dead", Seen(), 1.0), "nobody was answered"


@pytest.mark.slow(150)
@pytest.mark.skipif(NGINX is None, reason="there is no nginx here: apt-get install nginx")
def test_readers_are_answered_while_django_the_product_and_its_host_die():
    """What is answered is judged strictly; the promised seconds are stretched, for machines that are busy."""
    command = [sys.executable, "-m", "tools.gameday.mirror", "--reads", "60", "--seconds", "3", "--languages", "en"]
    run = subprocess.run(
        [*command, "--slack", "5"], cwd=PROJECT, env=dict(os.environ), capture_output=True, text=True, timeout=900,
        check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-4000:]
    assert all(f"| {phase}" in run.stdout for phase in PHASES)
