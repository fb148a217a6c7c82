"""Verdicts and incidents as they happen, without a gap across lost connections. Needs httpx and httpx-sse."""

import json
import os
import sys
import time

import httpx
from httpx_sse import connect_sse

site = os.environ.get("BROWNOUT", "http://localhost:8000")
service = sys.argv[1] if len(sys.argv) > 1 else "tesla"
last = {}
while True:
    try:
        with httpx.Client(timeout=60, follow_redirects=True) as client:  # a comment comes every 20 seconds
            url = f"{site}/api/v1/services/{service}/stream"
            with connect_sse(client, "GET", url, headers=last) as stream:
                for event in stream.iter_sse():
                    if event.data:  # one without tells an id alone
                        data = json.loads(event.data)
                        print(event.event, data.get("sentence") or data.get("text") or data.get("detail"), flush=True)
                    last = {"Last-Event-ID": event.id} if event.id else last
    except httpx.HTTPError as error:
        print(f"{error}; trying again", file=sys.stderr)
        time.sleep(5)
