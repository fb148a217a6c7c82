"""What is new of a service's incidents since the last time, by its Atom feed. Needs feedparser; run it from cron."""

import os
import sys
from pathlib import Path

import feedparser

site = os.environ.get("BROWNOUT", "http://localhost:8000")
service, seen = sys.argv[1], Path(sys.argv[2])  # such as: news.py tesla seen.txt
known = set(seen.read_text().splitlines()) if seen.exists() else set()
feed = feedparser.parse(f"{site}/{service}/feeds/atom.xml")
if feed.bozo or feed.get("status") != 200:
    sys.exit(f"The feed cannot be read: {feed.get('bozo_exception') or feed.get('status')}")
for entry in reversed(feed.entries):
    change = f"{entry.id} {entry.updated}"
    if change not in known:
        print(f"{entry.updated} {entry.title}\n  {entry.link}")
        known.add(change)
seen.write_text("\n".join(sorted(known)))
