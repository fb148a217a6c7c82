"""The command: python -m config.local.embedded start | stop | status"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from config import env
from config.local.embedded import EmbeddedError, keep, start, status, stop


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m config.local.embedded", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("command", choices=["start", "stop", "status"])
    command = parser.parse_args(arguments).command
    project = Path(__file__).resolve().parent.parent.parent.parent
    try:
        env.load_file(project / ".env")
        data_dir = env.path("DATA_DIR", None) or project / ".data"
        if command == "start":
            servers = start(data_dir, say=print)
            keep(data_dir)
            print(f"DATABASE_URL={servers.database_url}\nREDIS_URL={servers.redis_url}")
        elif command == "stop":
            stop(data_dir, say=print)
        else:
            found = status(data_dir)
            for name, pid in found.items():
                print(f"{name}: {f'runs as process {pid}' if pid else 'does not run'}")
            return 0 if all(found.values()) else 1
    except (EmbeddedError, TimeoutError, env.SettingError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
