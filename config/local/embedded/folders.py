"""Where a data folder's servers live, and as whom they run."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from config.local.processes import Account

POSTGRES_SOCKET = ".s.PGSQL.5432"
VALKEY_SOCKET = "valkey.sock"
LONGEST_SOCKET_PATH = 103  # bytes; Linux allows 107, macOS 103
LONGEST_START_S = 300  # recovery after a crash of a large database takes its time
LOG_LIMIT_BYTES = 10_000_000


class EmbeddedError(RuntimeError):
    """A server cannot be started; the message says what to do."""


@dataclass(frozen=True)
class Folders:
    """Where a data folder's servers keep their things. `account` is None where they run as ourselves."""

    home: Path
    sockets: Path
    account: Account | None

    @property
    def postgres(self) -> Path:
        return self.home / "postgres"

    @property
    def valkey(self) -> Path:
        return self.home / "valkey"

    @property
    def postgres_log(self) -> Path:
        return self.home / "postgres.log"

    @property
    def valkey_log(self) -> Path:
        return self.home / "valkey.log"

    @property
    def keep_mark(self) -> Path:
        """Present while the servers were started on purpose to outlive `make run`."""
        return self.home / "keep_running"


def locate(data_dir: Path) -> Folders:
    """Where the servers of this data folder live. Changes nothing; the same answer before and after a start."""
    data_dir = Path(os.path.abspath(data_dir))
    if os.geteuid() != 0:
        return Folders(data_dir, _socket_folder(data_dir), None)
    candidates = _accounts(data_dir)
    for account in candidates:
        if _reaches(account, data_dir.parent):
            return Folders(data_dir, _socket_folder(data_dir), account)
    home = Path("/var/lib") / f"brownout-{_digest(data_dir)}"
    return Folders(home, _socket_folder(home), candidates[-1])


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _accounts(data_dir: Path) -> list[Account]:
    """Whom root may run the servers as, the best first: who owns the data or a folder above them, else `postgres`…"""
    steps = [step for step in (data_dir / "postgres", data_dir, *data_dir.parents) if step.exists()]
    owners = [Account.by_uid(step.stat().st_uid) for step in steps]
    usual = Account.by_name("postgres") or Account.by_name("nobody")
    found = [account for account in (*owners, usual) if account is not None and account.uid != 0]
    if not found:
        raise EmbeddedError(
            "PostgreSQL refuses to run as root, and there is no account 'postgres' or 'nobody' to run it as."
        )
    return found


def _reaches(account: Account, folder: Path) -> bool:
    """Whether the account may walk down to the folder. What does not exist yet is made passable by us."""
    groups = account.groups()
    for step in (folder, *folder.parents):
        if not step.exists():
            continue
        status = step.stat()
        if status.st_uid == account.uid:
            allowed = status.st_mode & 0o100
        elif status.st_gid in groups:
            allowed = status.st_mode & 0o010
        else:
            allowed = status.st_mode & 0o001
        if not allowed:
            return False
    return True


def _socket_folder(home: Path) -> Path:
    """`run` in the data folder; where a socket's path would be too long or odd, a short one among temporary files."""

    def fits(folder: Path) -> bool:
        longest = len(os.fsencode(folder / POSTGRES_SOCKET))
        return longest <= LONGEST_SOCKET_PATH and re.fullmatch(r"[\w./-]+", str(folder), re.ASCII) is not None

    name = f"brownout-{_digest(home)}"
    private = os.environ.get("XDG_RUNTIME_DIR", "") if os.geteuid() != 0 else ""
    candidates = [home / "run"]
    candidates += [Path(private) / name] if private and Path(private).is_dir() else []
    candidates += [Path(tempfile.gettempdir()) / name, Path("/tmp") / name]  # noqa: S108  (0700, owner checked)
    return next((folder for folder in candidates if fits(folder)), candidates[-1])


def make_folders(data_dir: Path, place: Folders) -> None:
    """Makes the folders that are missing. Raises EmbeddedError where the account may not, or somebody else has."""
    try:
        for folder in {data_dir, place.home}:
            _make_passable(folder, place.account)
        if place.home != data_dir:
            (data_dir / "DATABASE_IS_ELSEWHERE.txt").write_text(
                f"The database's account {place.account.name if place.account else ''} cannot reach this folder.\n"
                f"PostgreSQL and Valkey keep their data in {place.home}\n",
                encoding="utf-8",
            )
        make_private(place.sockets, place.account)
    except OSError as error:
        raise EmbeddedError(
            f"{error.filename or data_dir} cannot be made or used by this account ({error.strerror or error}). "
            "Give DATA_DIR a folder that is yours, or run as the account that owns it."
        ) from error


def _make_passable(folder: Path, account: Account | None) -> None:
    """Makes the folder and its missing parents. What another account must walk through gets the bit for that."""
    missing = [step for step in (folder, *folder.parents) if not step.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for step in {folder, *missing}:
        mode = step.stat().st_mode
        if account is not None and step.stat().st_uid != account.uid and not mode & 0o001:
            step.chmod(mode | 0o011)


def make_private(folder: Path, account: Account | None) -> None:
    """Makes a folder that is the account's and no one else's; refuses one that somebody else has put there."""
    owner = os.geteuid() if account is None else account.uid
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        if account is not None:
            os.chown(folder, account.uid, account.gid)
    found = folder.lstat()
    if folder.is_symlink() or not folder.is_dir() or found.st_uid not in (owner, os.geteuid()):
        raise EmbeddedError(
            f"{folder} belongs to another account. Run as that account, or give DATA_DIR another folder."
        )
    if found.st_uid != owner and account is not None:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)


def binary_environment() -> dict[str, str]:
    """An environment that says nothing: no PG* variable and no locale of the caller's changes a server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C", "LC_ALL": "C", "TZ": "UTC"}


def rotate_log(file: Path) -> None:
    """Puts a long log aside; the one before it goes."""
    if file.exists() and file.stat().st_size > LOG_LIMIT_BYTES:
        file.replace(file.with_suffix(".log.1"))


def tail(file: Path, lines: int = 12) -> str:
    """The last lines of a log."""
    return "\n".join(file.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]) if file.exists() else ""


def within_reach(site: Path, parts: list[str], place: Folders) -> Path:
    """The folder with these parts, copied next to the data where the servers' account cannot read the original."""
    if place.account is None or all(_reaches(place.account, site / part) for part in parts):
        return site
    size = sum(file.stat().st_size for part in parts for file in (site / part).rglob("*") if file.is_file())
    copy = place.home / "binaries" / _digest(site / parts[0] / str(size))
    if not copy.exists():
        unfinished = copy.with_name(copy.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        for part in parts:
            shutil.copytree(site / part, unfinished / part, symlinks=True)
        for folder in (copy.parent, unfinished, *(step for step in unfinished.rglob("*") if step.is_dir())):
            folder.chmod(0o755)
        unfinished.rename(copy)
    return copy
