"""Takes the keys of days out of the database, and so out of its backups."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import migrations


def write_files(apps: Any, schema_editor: Any) -> None:
    """Keeps the keys that are in use, so that a network of today stays the same one."""
    rows = list(apps.get_model("reports", "DailyKey").objects.values_list("day", "key"))
    if not rows:
        return
    folder = Path(settings.DAY_KEYS_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for day, key in rows:
        file = folder / day.isoformat()
        if not file.exists():
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as writing:
                writing.write(bytes(key))


class Migration(migrations.Migration):
    dependencies = [("reports", "0020_link_opened")]

    operations = [
        migrations.RunPython(write_files, migrations.RunPython.noop),
        migrations.DeleteModel("DailyKey"),
    ]
