"""Where the data files are, and how they are read."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any, Final

DATA: Final = Path(__file__).parent / "data"
SHAPES: Final = Path(__file__).parent / "shapes"


def read_json(file: Path) -> Any:
    """Return a JSON file's content; gzip where its name says so."""
    content = file.read_bytes()
    return json.loads(gzip.decompress(content) if file.suffix == ".gz" else content)
