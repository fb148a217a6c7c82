"""What the intake counts of itself: see config/metrics.py."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

REPORTS = Counter(
    "brownout_intake_reports",
    "Reports by door and by what became of them: accepted, not_counted, repeated, refused, unavailable.",
    ("door", "outcome"),
)
BATCH = Histogram(
    "brownout_intake_batch_reports", "Reports that were written in one transaction.", buckets=(1, 2, 4, 8, 16, 32, 64)
)
FLUSH = Histogram(
    "brownout_intake_flush_seconds",
    "How long a transaction took, to its commit.",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
