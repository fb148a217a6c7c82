"""Tells Brownout how many of a program's calls failed, by minute: for a car's logger such as TeslaMate. Needs httpx.

`journalctl -fu teslamate -o cat | BROWNOUT_KEY=… COUNTRY=NO python observe.py`, with a key of the scope reports:write.
A line that speaks of the API is a call; one that speaks of a failure there failed.
"""

import os
import re
import sys
import time
from itertools import chain

import httpx

CALL = re.compile(r"(?i)api|fetch|vehicle")
FAILED = re.compile(r"(?i)\b50[0-4]\b|timeout|econnrefused|unavailable")
site = os.environ.get("BROWNOUT", "http://localhost:8000")
client = httpx.Client(headers={"Authorization": f"Bearer {os.environ['BROWNOUT_KEY']}"}, timeout=10)
calls, failed, send_at = 0, 0, time.monotonic() + 60

for line in chain(sys.stdin, [""]):
    if CALL.search(line):
        calls += 1
        failed += bool(FAILED.search(line))
    if calls and (not line or time.monotonic() >= send_at):
        count = {"component": "app", "country": os.environ["COUNTRY"], "calls": calls, "failed": failed}
        answer = client.post(f"{site}/api/v1/observations", json={"service": "tesla", "observations": [count]})
        print(f"{failed} of {calls}: {answer.status_code} {answer.text}", flush=True)
        calls, failed, send_at = 0, 0, time.monotonic() + 60
