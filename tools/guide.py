"""Runs docs/operation.md as its reader would: the commands of its ```sh blocks, in order, in a fresh clone.

    python tools/guide.py                 its own virtual environment, made from the package index
    python tools/guide.py --lend          the libraries of this environment, lent to that of the clone

The clone lies in a path with a space, and belongs to an ordinary account where root runs this without --lend. Comments
in the page say what a shell cannot know: `<!-- guide: first terminal, says … -->` before what runs until Ctrl-C,
`<!-- guide: Ctrl-C -->` before what wants it ended. Blocks of another kind (`root`) are for the machine, and are
tried elsewhere.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import pwd
import re
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PAGE = PROJECT / "docs" / "operation.md"
ORDINARY = "nobody"
PATIENCE_S = 600
DOWNLOADS_S = 1200
_BLOCK = re.compile(r"^(?:<!-- guide: ([^\n]*?) -->\n)*```sh\n(.*?)^```$|^### ([^\n]+)$", re.MULTILINE | re.DOTALL)
_TERMINAL = re.compile(r"(first|second) terminal, says (.*)")
_NOTE = re.compile(r"<!-- guide: (.*?) -->")

PREAMBLE = r"""
set -euo pipefail
umask 077  # as the unit for systemd has it
set -m
first=0
started() {   # PROCESS FILE WORDS: waits until a process in the background has said them
    for _ in $(seq 1 9000); do  # a first start fetches all libraries
        if grep -q "$3" "$2" 2>/dev/null; then return 0; fi
        if ! kill -0 "$1" 2>/dev/null; then echo "It has ended."; return 1; fi
        sleep 0.1
    done
    echo "It never said: $3"; return 1
}
ends() {   # PROCESS: presses Ctrl-C in its terminal and waits until it has ended
    kill -INT -- "-$1" 2>/dev/null || true
    for _ in $(seq 1 600); do
        if ! kill -0 "$1" 2>/dev/null; then return 0; fi
        sleep 0.1
    done
    echo "It runs on after Ctrl-C."; return 1
}
ctrl_c() {
    if [ "$first" != 0 ]; then ends "$first"; first=0; fi
}
trap ctrl_c EXIT
"""


class GuideError(Exception):
    """A command of the page failed, or did not end."""


@dataclass(frozen=True)
class Block:
    station: str
    notes: tuple[str, ...]
    commands: str


def blocks(page: str) -> list[Block]:
    """Return the commands of a page, each with the station that it belongs to and the notes before it."""
    found, station = [], ""
    for match in _BLOCK.finditer(page):
        if match[3]:
            station = match[3]
        else:
            notes = tuple(_NOTE.findall(match[0].partition("```sh")[0]))
            found.append(Block(station, notes, match[2]))
    return found


def script(page: str, replaced: Mapping[str, str], left_out: frozenset[str] = frozenset()) -> str:
    """Return the page as one shell script. `replaced` are texts that stand for something of the reader's own."""
    lines, terminals = [PREAMBLE], 0
    for block in blocks(page):
        if left_out & set(block.notes):
            continue
        commands = block.commands
        for text, own in replaced.items():
            if not text.isupper():  # those are variables
                commands = commands.replace(text, own)
        title = shlex.quote(block.station)
        lines.append(f'echo "$(date +%s.%N) "{title}')
        if "new version" in block.notes:
            lines.append("new_version")
        if "Ctrl-C" in block.notes:
            lines.append("ctrl_c")
        terminal = next((_TERMINAL.fullmatch(note) for note in block.notes if "terminal" in note), None)
        if terminal is None:
            lines.append(commands)
            continue
        terminals += 1
        which, log = terminal[1], f'"$HOME"/terminal-{terminals}.log'
        lines.append(f"{{ {commands.strip()}\n}} >{log} 2>&1 &\n{which}=$!")
        lines.append(f'started "${which}" {log} {shlex.quote(terminal[2])}')
        if which == "second":
            lines.append('ends "$second"')
    return "\n".join(lines) + "\nctrl_c\necho The page ends here.\n"


def account() -> str | None:
    """Return the ordinary account to become; None where we are one."""
    if os.geteuid() != 0:
        return None
    pwd.getpwnam(ORDINARY)
    return ORDINARY


def interpreter(user: str | None, *, lent: bool) -> str | None:
    """Return a Python that the account may run; where libraries are lent to it, of the version that they are for."""
    fits = f"sys.version_info[:3] == {tuple(sys.version_info[:3])}" if lent else "sys.version_info >= (3, 11)"
    question = f"import ensurepip, sys, venv; sys.exit(not ({fits}))"
    for candidate in (os.path.realpath(sys.executable), "/usr/bin/python3", "/usr/local/bin/python3"):
        with contextlib.suppress(OSError):
            if subprocess.run([candidate, "-c", question], user=user, cwd="/", check=False, stderr=-3).returncode == 0:
                return candidate
    return None


def git(*arguments: str | Path, cwd: Path) -> None:
    author = ["-c", "user.name=guide", "-c", "user.email=guide@example.org", "-c", "safe.directory=*"]
    subprocess.run(["git", *author, *arguments], cwd=cwd, check=True, stdout=subprocess.DEVNULL)


def make_origin(folder: Path) -> None:
    """Make the repository that is cloned: this working tree as one commit, and a newer version beside it as `next`."""
    folder.mkdir()
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT, check=True, capture_output=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.decode().split("\0")):
        source, target = PROJECT / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    git("init", "--quiet", "--initial-branch=main", cwd=folder)
    git("add", "--all", "--force", cwd=folder)
    git("commit", "--quiet", "--message=a version", cwd=folder)
    git("switch", "--quiet", "--create", "next", cwd=folder)
    migrations = folder / "reports" / "migrations"
    newest = max(path.stem for path in migrations.glob("0*.py"))
    (migrations / "9000_a_newer_version.py").write_text(
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
        f'    dependencies = [("reports", "{newest}")]\n'
        '    operations = [migrations.RunSQL("CREATE TABLE of_a_newer_version (n int)", '
        '"DROP TABLE of_a_newer_version")]\n',
        encoding="utf-8",
    )
    git("add", "--all", cwd=folder)
    git("commit", "--quiet", "--message=a newer version", cwd=folder)
    git("switch", "--quiet", "main", cwd=folder)


def lend(python: str) -> str:
    """Return commands that make `.venv` of the clone with the libraries of ours, so that nothing is downloaded."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    ours = next(path for path in sys.path if path.endswith("site-packages"))
    code = (
        "import sys; sys.path.insert(0, 'tools'); import environment as e; "
        "[e.write_stamp(n) for n in ('requirements.txt', 'requirements-embedded.txt')]"
    )
    return (
        f"{shlex.quote(python)} -m venv --without-pip .venv\n"
        f"echo {shlex.quote(ours)} > .venv/lib/python{version}/site-packages/lent.pth\n"
        f'{shlex.quote(python)} -c "{code}"\n'
    )


@contextlib.contextmanager
def workplace() -> Iterator[Path]:
    """A folder with a space in its name that goes away with all that runs in it."""
    base = Path(tempfile.mkdtemp(prefix="guide-"))
    base.chmod(0o755)
    try:
        yield base
    finally:
        for note in base.glob("*/brownout/.data/DATABASE_IS_ELSEWHERE.txt"):
            for elsewhere in re.findall(r"/var/lib/brownout-[0-9a-f]{12}", note.read_text(encoding="utf-8")):
                shutil.rmtree(elsewhere, ignore_errors=True)
        shutil.rmtree(base, ignore_errors=True)


def run(page: str, replaced: Mapping[str, str], *, lent: bool, left_out: frozenset[str] = frozenset()) -> str:
    """Run the page. Return what was said; raises GuideError with it where a command failed."""
    user = None if lent else account()  # libraries of ours may lie where nobody else may look
    python = interpreter(user, lent=lent)
    if python is None:  # only root may run this Python
        user, python = None, os.path.realpath(sys.executable)
    with workplace() as base:
        home = base / "a desk"
        home.mkdir()
        make_origin(base / "origin")
        text = script(
            page, {**replaced, "https://example.org/brownout.git": shlex.quote(str(base / "origin"))}, left_out
        )
        text = text.replace("make run\n", "make run PYTHON=" + shlex.quote(python) + "\n")
        if lent:
            text = text.replace("cd brownout\n", "cd brownout\n" + lend(python), 1)
        next_one = f"git -C {shlex.quote(str(base / 'origin'))} merge --quiet next"
        text = text.replace("trap ctrl_c EXIT\n", f"trap ctrl_c EXIT\nnew_version() {{ {next_one}; }}\n", 1)
        (base / "guide.sh").write_text(text, encoding="utf-8")
        if user:
            for path in [base, *base.rglob("*")]:
                shutil.chown(path, user)
        environment = {
            **{name: value for name, value in os.environ.items() if name.startswith(("PATH", "LANG", "PIP_", "SSL_"))},
            "HOME": str(home), "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
            **({"PYTHONDONTWRITEBYTECODE": "1"} if lent else {}),  # what is lent is not theirs to write
        } | {name: value for name, value in replaced.items() if name.isupper()}  # fmt: skip
        process = subprocess.Popen(
            ["bash", str(base / "guide.sh")], cwd=home, env=environment, user=user,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, errors="replace",
            start_new_session=True,
        )  # fmt: skip
        try:
            said, _ = process.communicate(timeout=PATIENCE_S + (0 if lent else DOWNLOADS_S))
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            os.killpg(process.pid, signal.SIGTERM)  # the page's own end: what it has started ends in order
            said, _ = process.communicate(timeout=60)
            process.returncode = process.returncode or 1
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        if process.returncode:
            logs = "".join(f"\n── {log.name}\n{log.read_text(errors='replace')}" for log in sorted(home.glob("*.log")))
            raise GuideError(f"guide.sh ended with {process.returncode}:\n{said}{logs}")
        return said


def own_things(mail_port: int, database_url: str) -> dict[str, str]:
    """Return what stands for the reader's own: free ports, a mail server, a database of theirs."""
    ports: list[str] = []
    while len(ports) < 2:  # below those that systems give to clients, who would take one between two starts
        with socket.socket() as probe, contextlib.suppress(OSError):
            port = 20000 + secrets.randbelow(10000)
            probe.bind(("127.0.0.1", port))
            ports.append(str(port))
    broker = "\"$(.venv/bin/python -c 'from config import settings; print(settings.REDIS_URL)')\""
    return {
        "PORT": ports[0], "LIVE_PORT": ports[1], "OUTBOUND": "loopback",
        "DJANGO_SUPERUSER_PASSWORD": "correct horse battery",
        "localhost:8000": f"localhost:{ports[0]}",
        "git clone": "git clone --quiet",
        "createsuperuser": "createsuperuser --noinput",
        "smtp://brownout:PASSWORD@mail.example.org:587": f"smtp://127.0.0.1:{mail_port}",
        "postgresql://brownout:PASSWORD@localhost/brownout": database_url,
        "redis://:PASSWORD@10.0.0.5:6379/0": broker,
    }  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--lend", action="store_true", help="lend the clone the libraries of this environment")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended in any case
    # In the background of a script this begins deaf to both, and so would all that it starts: no Ctrl-C would end it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    sys.path.insert(0, str(PROJECT))
    from tests.servers import debian_postgres
    from tests.servers.smtp import mail_server

    with contextlib.ExitStack() as servers:
        mails = servers.enter_context(mail_server())
        url = servers.enter_context(debian_postgres.server()) if debian_postgres.is_here else ""
        left_out = frozenset() if url else frozenset({"needs PostgreSQL"})
        try:
            said = run(
                PAGE.read_text(encoding="utf-8"), own_things(mails.port, url), lent=given.lend, left_out=left_out
            )
        except GuideError as error:
            sys.stdout.write(f"{error}\nThe page cannot be followed; the reason is above.\n")
            return 1
        sys.stdout.write(said)
        return 0


if __name__ == "__main__":
    sys.exit(main())
