"""Measures the main pages of the running site with Lighthouse, as a phone on slow 4G sees them: `make lighthouse`.

Needs Node.js; Lighthouse itself is fetched by npx, or taken from LIGHTHOUSE (its command line, such as
node_modules/.bin/lighthouse). The site must be running; an incident of any service will do, such as `make demo` makes.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from tools import browser  # noqa: E402 -- the project's folder has to be known first

LEAST = 98
MOST_BYTES = 40 * 1024
MOST_LCP_MS = 1500
PATIENCE_S = 180
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
PAGES = {
    "front": "/", "service": "/{s}/", "report": "/{l}/report", "map": "/{s}/map", "incident": "{i}",
    "history": "/{s}/history", "subscribe": "/{l}/subscribe", "board": "/board?of={s}", "how-we-know": "/about/method",
    "dashboards": "/{s}/dashboards",
}  # fmt: skip


def measured(url: str, command: list[str], chrome: str) -> dict[str, Any]:
    """Return the scores of a page (0 to 100), its LCP in ms and what it transferred in bytes."""
    asked = [
        *command, url, "--quiet", "--output=json", "--form-factor=mobile", f"--only-categories={','.join(CATEGORIES)}",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage",
    ]  # fmt: skip
    done = subprocess.run(
        asked, capture_output=True, timeout=PATIENCE_S, check=True, env={**os.environ, "CHROME_PATH": chrome}
    )
    found = json.loads(done.stdout)
    scores = {name: round(100 * (found["categories"][name]["score"] or 0)) for name in CATEGORIES}
    audits = found["audits"]
    wrong = [
        name
        for category in CATEGORIES
        for name in (ref["id"] for ref in found["categories"][category]["auditRefs"] if ref["weight"])
        if (audits[name]["score"] if audits[name]["score"] is not None else 1) < 0.9
    ]
    return {
        **scores,
        "lcp": round(audits["largest-contentful-paint"]["numericValue"]),
        "bytes": round(audits["total-byte-weight"]["numericValue"]),
        "wrong": sorted(set(wrong)),
    }


def newest_incident(site: str, service: str) -> str:
    """Return the path of the newest incident: of the service, else of any; empty where there has been none."""
    known = [row["slug"] for row in answered(f"{site}/api/v1/services?limit=100")["results"]]
    for slug in [service, *known]:
        if found := answered(f"{site}/api/v1/services/{slug}/incidents?limit=1")["results"]:
            return f"/{slug}/incidents/{found[0]['number']}"
    return ""


def answered(address: str) -> Any:
    """Return what the API answers."""
    with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310 -- what the operator names
        return json.load(answer)


def main() -> int:
    """Measure each page in each language and say which are below."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", default="http://localhost:8000")
    parser.add_argument("--service", default="tesla")
    parser.add_argument("--live", default="tesla", help="a service that takes reports and subscriptions")
    parser.add_argument("--languages", default="en,de,ja")
    parser.add_argument("--pages", default=",".join(PAGES))
    given = parser.parse_args()
    command = shlex.split(os.environ.get("LIGHTHOUSE", "npx --yes lighthouse@12"))
    chrome = os.environ.get("CHROME_PATH") or str(browser.find() or "")
    incident = newest_incident(given.site, given.service)
    if not incident:
        sys.stdout.write("No service has had an incident: `make demo` makes one. Its page is left out.\n")
    below = 0
    sys.stdout.write(f"{'page':24}{'  '.join(CATEGORIES)}   LCP ms   kB\n")
    for language in given.languages.split(","):
        for name in given.pages.split(","):
            prefix = "" if language == "en" else f"/{language}"
            if name == "incident" and not incident:
                below += 1
                continue
            url = given.site + prefix + PAGES[name].format(s=given.service, l=given.live, i=incident)
            try:
                got = measured(url, command, chrome)
            except (subprocess.SubprocessError, ValueError) as error:
                below += 1
                sys.stdout.write(f"{language} {name:21}could not be measured: {type(error).__name__}\n")
                continue
            is_below = any(got[category] < LEAST for category in CATEGORIES) or got["lcp"] > MOST_LCP_MS
            below += is_below
            figures = "  ".join(f"{got[category]:{len(category)}}" for category in CATEGORIES)
            wrong = f"  {', '.join(got['wrong'])}" if got["wrong"] else ""
            sys.stdout.write(f"{language} {name:21}{figures}   {got['lcp']:6}  {got['bytes'] / 1024:5.1f}{wrong}\n")
            sys.stdout.flush()
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
