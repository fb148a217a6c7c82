"""Saves the database into one file and loads it again: python -m config.local.backup save FILE, … load FILE

Works while Brownout runs, on the embedded server and on that of DATABASE_URL alike.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from config import env
from config.local import embedded


def save(database_url: str, file: Path, binaries: Path) -> None:
    """Writes everything as of one moment. The file appears when it is whole. Raises CalledProcessError."""
    unfinished = file.with_name(file.name + ".new")
    try:
        subprocess.run(
            [binaries / "pg_dump", "--format=custom", "--no-owner", f"--file={unfinished}", f"--dbname={database_url}"],
            check=True,
        )
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def load(database_url: str, file: Path, binaries: Path) -> None:
    """Puts the database back into the state of the file, all or nothing. Raises CalledProcessError."""
    subprocess.run(
        [
            *(binaries / "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction"),
            *(f"--dbname={database_url}", file),
        ],
        check=True,
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m config.local.backup", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("command", choices=["save", "load"])
    parser.add_argument("file", type=Path)
    given = parser.parse_args(arguments)
    try:
        from config import settings

        if not env.text("DATABASE_URL"):
            embedded.start(settings.DATA_DIR, broker=False)
        binaries = embedded.client_binaries()
        (save if given.command == "save" else load)(settings.DATABASE_URL, given.file.absolute(), binaries)
    except (env.SettingError, embedded.EmbeddedError, TimeoutError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"{Path(error.cmd[0]).name} failed; its reason is above.\n")
        return 1
    sys.stdout.write(f"{'Saved to' if given.command == 'save' else 'Loaded from'} {given.file}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
