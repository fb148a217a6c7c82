"""The door in front of the web server: deadlines and bounds for every client, `/livez`, and kept answers in need.

One process, one event loop. It reads a request whole before a worker hears of it, so that slow, idle and hostile
clients hold a few hundred bytes here and no thread there. What the workers cannot answer in time is answered out of
what they have answered before, with its age, else by 503 with Retry-After. It knows no Django and no database, and so
lives on when they do not.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

STEP_FILE = "front_step"  # in DATA_DIR: what is left out for the front's pressure, as a number


def socket_path(data_dir: Path, port: int) -> Path:
    """Where the web server listens for the front: among temporary files, whose disk is not the data's.

    The same for the same data folder, port and account, before and after a start.
    """
    name = f"{os.path.abspath(data_dir)}\0{port}\0{os.geteuid()}"
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"brownout-web-{digest}" / "web.sock"
