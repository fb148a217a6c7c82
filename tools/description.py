"""Holds the API's description against other people's checks: `make description`.

Needs Node.js and npm, and the internet the first time.

Redocly's and Spectral's own rules, as they come; and TypeScript's strict compiler over the client that is made from
the description, with every example of its README.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from tools import client, typescript  # noqa: E402

HOME = PROJECT / ".cache" / "description"
PACKAGES = ("@redocly/cli@2.77.0", "@stoplight/spectral-cli@6.16.3", "typescript@7.0.2", "@types/node@24.19.4")
INSTALL_S, CHECK_S = 600, 300
BLOCK = re.compile(r"^```ts\n(.*?)^```", re.MULTILINE | re.DOTALL)
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_UPDATE_NOTIFIER": "1"}


def install() -> None:
    """Put the pinned packages into the cache, once."""
    done = HOME / "installed"
    if done.exists() and done.read_text("utf-8") == " ".join(PACKAGES):
        return
    print("Installing " + ", ".join(PACKAGES), flush=True)
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(HOME), *PACKAGES]
    subprocess.run(command, check=True, timeout=INSTALL_S)
    done.write_text(" ".join(PACKAGES), encoding="utf-8")


def lay_out() -> None:
    """Write what is checked: the description, the client and the examples of its README."""
    schema = client.description()
    (HOME / "description.json").write_bytes(schema)
    (HOME / "spectral.yaml").write_text('extends: ["spectral:oas"]\n', encoding="utf-8")
    package = HOME / "node_modules" / "brownout-client"
    shutil.rmtree(package, ignore_errors=True)
    shutil.copytree(typescript.FOLDER, package)
    typescript.generate(package, schema)
    examples = HOME / "examples"
    shutil.rmtree(examples, ignore_errors=True)
    examples.mkdir()
    for number, block in enumerate(BLOCK.findall((package / "README.md").read_text("utf-8")), 1):
        (examples / f"{number}.mts").write_text(block, encoding="utf-8")


def checks() -> dict[str, list[str]]:
    programs = HOME / "node_modules" / ".bin"
    options = ["--strict", "--noEmit", "--target", "es2023", "--lib", "es2023,dom,dom.asynciterable"]
    options += ["--module", "nodenext", "--types", "node", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"]
    examples = sorted(str(file) for file in (HOME / "examples").iterdir())
    return {
        "Redocly": [str(programs / "redocly"), "lint", "--extends", "recommended", "description.json"],
        "Spectral": [str(programs / "spectral"), "lint", "--ruleset", "spectral.yaml", "--fail-severity", "warn",
                     "description.json"],
        "TypeScript": [str(programs / "tsc"), *options, *examples],
    }  # fmt: skip


def main() -> int:
    if shutil.which("npm") is None:
        print("This needs Node.js with npm; on Debian and Ubuntu: apt install npm", file=sys.stderr)
        return 1
    HOME.mkdir(parents=True, exist_ok=True)
    install()
    lay_out()
    failed = []
    for name, command in checks().items():
        print(f"\n── {name}", flush=True)
        done = subprocess.run(command, cwd=HOME, env={**os.environ, **QUIET}, check=False, timeout=CHECK_S)
        print(f"{name}: {'no finding' if done.returncode == 0 else 'FAILED'}", flush=True)
        failed += [name] if done.returncode else []
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
