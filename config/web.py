"""The web server as a process: python -m config.web, with the arguments of Granian's command line.

The application is loaded once, before Granian forks its workers. They are there as soon as it is, share its memory,
and one that dies is replaced in a moment; loaded by each of them, it would take as many times the processor's time,
and nobody could report meanwhile.
"""

from __future__ import annotations

import gc
import importlib
import multiprocessing
import os
import sys

from config import env, threads


def load() -> None:
    """Load the application for all workers to come. It must leave no thread and no connection behind."""
    multiprocessing.set_start_method("fork")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy starts them when it is loaded; forking wants none
    importlib.import_module("config.wsgi")
    gc.collect()
    gc.freeze()  # so that the collector's rounds do not copy what the workers share


def main() -> None:
    from granian.cli import entrypoint

    if sys.platform == "linux":  # elsewhere forking is not safe, and each worker loads it for itself
        load()
    entrypoint()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    try:
        main()
    except env.SettingError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
    except BlockingIOError:  # a fork that was refused
        sys.stderr.write(f"{threads.NONE_LEFT}\n")
        sys.exit(1)
