"""Tells Brownout how many of a program's calls failed, by minute: for a car's logger such as TeslaMate. Needs httpx.

`journalctl -fu teslamate -o cat | python observe.py` with a key (`BROWNOUT_KEY`, scope reports:write) and your country
(`COUNTRY`). A line of the log that speaks of the API counts as a call; one that speaks of a failure there as failed.
"""

import os
import re
import sys
import time

import httpx

CALL = re.compile(os.environ.get("CALL", r"(?i)api|fetch|vehicle"))
FAILED = re.compile(os.environ.get("FAILED", r"(?i)\b50[0-4]\b|timeout|econnrefused|unavailable"))
site = os.environ.get("BROWNOUT", "http://localhost:8000")
headers = {"Authorization": f"Bearer {os.environ['BROWNOUT_KEY']}"}
calls = failed = 0
send_at = time.monotonic() + 60


def send() -> None:
    count = {"component": os.environ.get("COMPONENT", "app"), "calls": calls, "failed": failed}
    if country := os.environ.get("COUNTRY"):
        count["country"] = country
    body = {"service": os.environ.get("SERVICE", "tesla"), "observations": [count]}
    answer = httpx.post(f"{site}/api/v1/observations", json=body, headers=headers, timeout=10)
    print(f"{failed} of {calls}: {answer.status_code} {answer.text}".strip(), flush=True)


for line in sys.stdin:
    if CALL.search(line):
        calls += 1
        failed += bool(FAILED.search(line))
    if calls and time.monotonic() >= send_at:
        send()
        calls, failed, send_at = 0, 0, time.monotonic() + 60
if calls:
    send()
