"""PostgreSQL as Debian ships it, for what must work on an older server than ours."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

VERSION = 15
BINARIES = Path(f"/usr/lib/postgresql/{VERSION}/bin")
ACCOUNT = "postgres"  # PostgreSQL refuses to run as root
is_here = (BINARIES / "postgres").exists()


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Run one on a socket of its own. Yield the address of an empty database `brownout`."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    user = ACCOUNT if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)

    def run(*command: str | Path) -> None:
        subprocess.run(command, user=user, cwd=folder, check=True, timeout=120, stdout=subprocess.DEVNULL)

    data = folder / "data"
    run(BINARIES / "initdb", "--pgdata", data, "--username=brownout", "--encoding=UTF8", "--locale=C", "--no-sync")
    options = f"-k {folder} -c listen_addresses= -c fsync=off -c unix_socket_permissions=0777"
    run(BINARIES / "pg_ctl", "--pgdata", data, "--wait", "--log", folder / "log", "--options", options, "start")
    try:
        folder.chmod(0o755)
        run(BINARIES / "createdb", "--host", folder, "--username=brownout", "brownout")
        yield f"postgresql://brownout@/brownout?host={folder}"
    finally:
        run(BINARIES / "pg_ctl", "--pgdata", data, "--wait", "--mode=immediate", "stop")
        shutil.rmtree(folder)
