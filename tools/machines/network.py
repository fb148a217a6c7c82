"""Hosts of their own on this machine: network namespaces on one bridge, each with its address.

The process that calls this lives in a namespace without a way out, together with all that it starts: what is left when
it ends, ends with it, and nothing of it is seen outside.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

BRIDGE = "hosts"
OURS = "10.99.0.1"
STRANGERS = "64.0.0.0/4"  # where reporters and readers come from: all of it is this process
INSIDE = "BROWNOUT_MACHINES_INSIDE"


class NetworkError(Exception):
    """This machine does not let us make namespaces."""


def run(*command: str, check: bool = True) -> str:
    """Run a command of the system and return what it says. Raises NetworkError."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    if check and done.returncode:
        raise NetworkError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def go_inside() -> None:
    """Begin this program anew in namespaces of its own, unless it is there. Raises NetworkError."""
    if os.environ.get(INSIDE):
        return
    if os.geteuid() or not (shutil.which("unshare") and shutil.which("ip")):
        raise NetworkError("namespaces need root, iproute2 and util-linux's unshare")
    apart = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    # The first process of a namespace takes up what others leave; a shell buries those that have died, too.
    command = [*apart, "sh", "-c", '"$@" & wait $!', "sh", sys.executable, "-m", "tools.machines", *sys.argv[1:]]
    os.execvpe(command[0], command, {**os.environ, INSIDE: "1"})  # noqa: S606


def make() -> None:
    """Make the bridge, and let this process be all strangers there are."""
    Path("/run/netns").mkdir(exist_ok=True)
    run("mount", "-t", "tmpfs", "tmpfs", "/run/netns")  # the names are ours alone
    run("mount", "--make-shared", "/run/netns")
    run("ip", "link", "set", "lo", "up")
    # With an address of its own: a bridge takes that of a cable, and another one when that is taken out.
    run("ip", "link", "add", BRIDGE, "address", "02:00:00:00:00:01", "type", "bridge", "forward_delay", "0")
    run("ip", "addr", "add", f"{OURS}/24", "dev", BRIDGE)
    run("ip", "link", "set", BRIDGE, "up")
    run("ip", "route", "add", "local", STRANGERS, "dev", "lo")


class Host:
    """One machine: a name, an address, and what runs on it."""

    def __init__(self, name: str, address: str) -> None:
        self.name, self.address = name, address
        self.spared: set[int] = set()  # processes that stand for somebody else's machine

    def make(self) -> None:
        """Make the namespace and its cable. Raises NetworkError."""
        run("ip", "netns", "add", self.name)
        run("ip", "link", "add", f"c-{self.name}", "type", "veth", "peer", "name", "eth0", "netns", self.name)
        run("ip", "link", "set", f"c-{self.name}", "master", BRIDGE, "up")
        inside = ("ip", "-netns", self.name)
        run(*inside, "link", "set", "lo", "up")
        run(*inside, "addr", "add", f"{self.address}/24", "dev", "eth0")
        run(*inside, "link", "set", "eth0", "up")
        run(*inside, "route", "add", "default", "via", OURS)
        # A connection whose other end is silent is given up after some seconds instead of a quarter of an hour.
        run("ip", "netns", "exec", self.name, "sysctl", "-qw", "net.ipv4.tcp_retries2=5", "net.ipv4.tcp_syn_retries=2")

    def command(self, *words: str) -> list[str]:
        """Return a command as it runs on this host."""
        return ["ip", "netns", "exec", self.name, *words]

    def cut(self) -> None:
        """Take the cable out: no packet comes or goes, and nobody is told."""
        run("ip", "link", "set", f"c-{self.name}", "nomaster")

    def heal(self) -> None:
        """Put the cable back."""
        run("ip", "link", "set", f"c-{self.name}", "master", BRIDGE)

    def pids(self) -> list[int]:
        """Return the processes that run on this host."""
        found = run("ip", "netns", "pids", self.name).split()
        return [pid for pid in map(int, found) if pid not in self.spared]

    def kill(self) -> None:
        """End all of its processes at once, as where the power fails."""
        for _ in range(20):  # those that were being started meanwhile, too
            pids = self.pids()
            if not pids:
                return
            for pid in pids:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
