"""The database and the broker that a benchmark measures on: those of DATA_DIR, else temporary ones."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def servers(**settings: str) -> Iterator[Path]:
    """Have the servers run with these settings, and give the folder of their data. Django is not set up yet.

    Those that DATABASE_URL and REDIS_URL name are taken as they are, and what ran before is left running.
    """
    if not os.environ.get("DATA_DIR"):
        folder = tempfile.mkdtemp(prefix="brownout-bench-")
        os.chmod(folder, 0o755)  # the database may run as another account
        os.environ["DATA_DIR"] = folder
    os.environ.update({"OUTBOUND": "off", "DJANGO_SETTINGS_MODULE": "config.settings", **settings})
    from config.local import embedded

    data_dir = Path(os.environ["DATA_DIR"])
    database, broker = not os.environ.get("DATABASE_URL"), not os.environ.get("REDIS_URL")
    started = (database or broker) and embedded.start(data_dir, database=database, broker=broker).started
    try:
        yield data_dir
    finally:
        if started and not embedded.kept(data_dir):
            embedded.stop(data_dir)
