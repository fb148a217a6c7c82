"""One moment, read through page, board, CSV and API: the same kind of number is the same number everywhere."""

from __future__ import annotations

import csv
import re
from io import StringIO
from typing import Any

from tests.outages.web.test_pages import at_noon, outage, read, service  # noqa: F401 -- the fixtures of that outage


def test_a_moment_has_the_same_numbers_at_every_door(client: Any, outage: Any) -> None:  # noqa: F811
    status = client.get("/api/v1/services/acme/status").json()
    reported, counted = status["reports_30m"], status["tally_30m"]["counted"]
    assert reported > counted > 0
    page, board = read(client, "/acme/"), read(client, "/")
    # Reported in half an hour: the headline's line, the evidence, the board, the sentence.
    clause = re.compile(rf"{reported:,} reports in 30 min \(usual: ")
    assert len(clause.findall(page)) >= 2
    assert clause.search(board)
    assert clause.search(status["sentence"])
    # Counted of those.
    assert f"{counted:,} of {status['tally_30m']['reports']:,} reports counted" in page
    assert status["tally_30m"]["reports"] == reported
    # Counted in 24 hours: the chart's heading and its CSV.
    shown = re.search(r"([\d,]+) counted \(usual: ", page)
    assert shown
    rows = list(csv.DictReader(StringIO(read(client, "/acme/reports.csv"))))
    day = sum(float(row["counted"] or 0) for row in rows)
    assert abs(day - int(shown[1].replace(",", ""))) <= 1
