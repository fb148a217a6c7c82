"""The web server as a process: python -m config.web, with the arguments of Granian's command line.

The application is loaded once, before Granian forks its workers. They are there as soon as it is, share its memory,
and one that dies is replaced in a moment; loaded by each of them, it would take as many times the processor's time,
and nobody could report meanwhile. `make run` goes further: the web server itself is forked from the process that all
others come from too (config.local.background), so that one machine holds what they load once.
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
    importlib.import_module("config.wsgi").warm()
    gc.collect()
    gc.freeze()  # so that the collector's rounds do not copy what the workers share


def serve() -> None:
    """Run Granian with the arguments of this process. Does not return."""
    from granian.cli import entrypoint

    try:
        entrypoint()  # type: ignore[no-untyped-call]
    except BlockingIOError:  # a fork that was refused
        sys.stderr.write(f"{threads.NONE_LEFT}\n")
        sys.exit(1)


def main() -> None:
    if sys.platform == "linux":  # elsewhere forking is not safe, and each worker loads it for itself
        load()
    serve()


if __name__ == "__main__":
    try:
        main()
    except env.SettingError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
