"""Tries every operation of the running API against its description, for some minutes: `make schema-run`.

Starts the product's web server on a database of its own with a service, its counts and an incident in it, and lets
schemathesis run all phases (examples, coverage, fuzzing, stateful) until the time is over. Prints the seed and counts.
Live streams are left out: they never end, and their process has tests of its own.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from config.local import processes  # noqa: E402 -- the project's folder has to be known first

PORT = 8733
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance"
)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10, help="at least so many")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=PORT)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="brownout-schema-"))
    folder.chmod(0o755)  # the database may run as another account
    os.environ.update(
        DATA_DIR=str(folder),
        DATABASE_URL="",
        REDIS_URL="",
        OUTBOUND="off",
        EMAIL_URL="smtp://127.0.0.1:9",
        LOG_LEVEL="ERROR",
        SITE_URL=f"http://127.0.0.1:{options.port}",
        DJANGO_SETTINGS_MODULE="config.settings",
        **dict.fromkeys(
            ("RATE_LIMIT_READS_A_MINUTE", "RATE_LIMIT_WRITES_A_MINUTE", "RATE_LIMIT_KEY_READS_A_MINUTE",
             "RATE_LIMIT_KEY_WRITES_A_MINUTE"), "0"),
    )  # fmt: skip
    from config.local import embedded

    embedded.start(folder)
    try:
        real, key = _fill()
        with _server(options.port, folder):
            code, report = _try(options.port, options.minutes, options.seed, real, key, folder)
        log = (folder / "web.log").read_text("utf-8", "replace").splitlines()
        _tell(report, options.seed, [line for line in log if " WARNING " not in line and "[INFO]" not in line])
        return code
    finally:
        embedded.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _server(port: int, folder: Path) -> Iterator[None]:
    """The product's web server. Raises RuntimeError where it does not answer in two minutes."""
    command = [sys.executable, "-m", "granian", "config.wsgi:application", "--interface", "wsgi", "--no-ws"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "2", "--blocking-threads", "8"]
    with (folder / "web.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=PROJECT, stdout=log, stderr=subprocess.STDOUT)
    try:
        if not processes.wait_until(lambda: _is_up(port), 120, 0.2):
            raise RuntimeError("the web server does not answer: " + (folder / "web.log").read_text("utf-8", "replace"))
        yield
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def _is_up(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=5):
            return True
    except OSError:
        return False


def _fill() -> tuple[dict[str, Any], str]:
    """A service with reports, an incident and a probe's past, and a key with all scopes."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_catalog", verbosity=0, stdout=io.StringIO())
    call_command("collectstatic", verbosity=0, interactive=False)
    from django.utils import timezone

    from outages.models import ProbeHour
    from reports import tasks
    from reports.access import keys
    from reports.models import Service
    from tests.outages.api.conftest import add_incident, add_minutes

    now = timezone.now().replace(second=0, microsecond=0)
    tasks.make_partitions(now)
    service = Service.objects.get(slug="tesla")
    add_minutes(service, now - timedelta(hours=2), 120, symptom="http-503-maintenance")
    incident = add_incident(service, 1, now - timedelta(hours=1))
    hour = now.replace(minute=0) - timedelta(hours=2)
    ProbeHour.objects.create(service=service, probe="fleet-api-na", vantage="local", hour=hour, results=60, up=50,
                             degraded=0, down=10, blocked=0, p50_ms=80.0, p95_ms=200.0, p99_ms=None)  # fmt: skip
    key = keys.create(name="schema run", scopes=list(keys.Scope), now=now)
    real = {"slug": "tesla", "incident_id": incident.pk, "code": "NL", "probe": "fleet-api-na"}
    return real, key.text


def _try(
    port: int, minutes: float, seed: int, real: dict[str, Any], key: str, folder: Path
) -> tuple[int, dict[str, Any]]:
    """Runs schemathesis. Gives its exit status and its report."""
    site, report = f"http://127.0.0.1:{port}", folder / "report.json"
    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        "run",
        f"{site}/api/v1/schema",
        "--phases=examples,coverage,fuzzing,stateful",
        f"--checks={CHECKS}",
        "--exclude-path-regex=/stream$",
        f"--header=Authorization: Bearer {key}",
        f"--max-time={max(1, round(minutes * 60))}",
        f"--seed={seed}",
        "--continue-on-failure",
        "--request-timeout=60",  # a machine with much else to do is no finding
        "--workers=1",  # Python 3.11 cannot parse in two threads as deep as its rules go
        "--warnings=off",
        "--generation-database=none",
        f"--report-json-path={report}",
        "--no-color",
    ]
    environment = {
        **os.environ,
        "SCHEMATHESIS_HOOKS": "tools.schema_hooks",
        "SCHEMA_RUN_REAL": json.dumps(real),
        "PYTHONPATH": str(PROJECT),
        "no_proxy": "*",
    }
    code = subprocess.run(command, cwd=PROJECT, env=environment, check=False).returncode
    found: dict[str, Any] = json.loads(report.read_text("utf-8")) if report.exists() else {}
    return code, found


def _tell(report: dict[str, Any], seed: int, log: list[str]) -> None:
    """The seed, what was counted, and what the server has complained of."""
    print(f"\nseed {seed}, {report.get('running_time', 0):.0f} s, schemathesis {report.get('schemathesis_version')}")
    for name in ("operations", "phases", "test_cases"):
        print(f"{name}: {json.dumps(report.get(name))}")
    print("\n".join(["The server's log:", *log]) if log else "The server has complained of nothing.")


if __name__ == "__main__":
    sys.exit(main())
