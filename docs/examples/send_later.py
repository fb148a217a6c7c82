"""Reports that waited in a file while there was no network: sent in one request, the refused ones kept. Needs httpx.

`python send_later.py waiting.jsonl`: one report a line, each with its `occurred_at`.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

import httpx

waiting = Path(sys.argv[1])
batch = [json.loads(line) for line in waiting.read_text().splitlines()][:500]
body = json.dumps(batch)
key = hashlib.sha256(body.encode()).hexdigest()  # the same file sent twice is taken once
headers = {"Content-Type": "application/json", "Idempotency-Key": key}
site = os.environ.get("BROWNOUT", "http://localhost:8000")
answer = httpx.post(f"{site}/api/v1/reports/batch", content=body, headers=headers, timeout=30).raise_for_status().json()
kept = []
for report, result in zip(batch, answer["results"], strict=True):
    if result["problem"]:
        kept.append(report)
        print(f"{result['status']} {result['problem']['detail']}", file=sys.stderr)
waiting.write_text("".join(json.dumps(report) + "\n" for report in kept))
print(f"{answer['stored']} stored, {answer['repeated']} known already, {answer['refused']} refused")
