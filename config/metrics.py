"""What the program counts of itself for its operator. All processes of a machine count into files that they share.

The files are where PROMETHEUS_MULTIPROC_DIR says: `make run` sets it where METRICS_PORT is set, and `manage.py
serve_metrics` gives out what all processes have counted. Without it each counts for itself, and nobody asks.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from config import env

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the name by which prometheus_client knows it


def share(folder: Path) -> dict[str, str]:
    """Make the folder anew. Return the environment in which processes count into it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    return {FOLDER: str(folder)}


def is_shared() -> bool:
    """Return whether this process counts into shared files."""
    return bool(env.text(FOLDER))
