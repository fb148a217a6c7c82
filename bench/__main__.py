"""Runs every measurement in this folder: `python -m bench`, or `python -m bench NAME …` for some of them."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import bench


def main() -> int:
    wanted = sys.argv[1:]
    names = [found.name for found in pkgutil.iter_modules(bench.__path__) if not found.name.startswith("_")]
    unknown = set(wanted) - set(names)
    if unknown:
        sys.stderr.write(f"There is no measurement {', '.join(sorted(unknown))}; there are: {', '.join(names)}\n")
        return 2
    for name in wanted or names:
        module = importlib.import_module(f"bench.{name}")
        if hasattr(module, "main"):
            print(f"\n── {name}: {(module.__doc__ or '').partition(chr(10))[0]}", flush=True)
            module.main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
