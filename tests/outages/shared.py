"""Where recorded data and given worlds lie, for the tests that can use them and do without."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("BROWNOUT_SHARED") or Path(__file__).resolve().parents[3] / "shared")


def needs(*parts: str) -> Path:
    """That folder or file of the shared data. Skips the test where it is absent."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"needs the shared data: {'/'.join(parts)}")
    return path
