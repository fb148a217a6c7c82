"""deploy/nginx.conf in Debian's nginx, as the page says: its commands as they stand, in a room of files and network of
our own, so that the machine keeps what it has."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.config.test_nginx import NGINX
from tools import guide

PROJECT = Path(__file__).resolve().parents[2]
MACHINE = ("apt install ", "systemctl restart nginx")  # what a room has no use for
FOLDERS = ("/etc/nginx", "/etc/ssl", "/var/log/nginx", "/var/lib/nginx", "/var/www", "/run")

BEHIND = """
import http.server, sys, threading
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"{self.server.server_address[1]} {self.headers['X-Forwarded-Proto']} {self.path}\\n".encode()
        self.send_response(200)
        self.send_header("Cache-Control", "public, max-age=60")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
for port in (8000, 8001):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Answer)
    threading.Thread(target=server.serve_forever).start()
print("ready", flush=True)
"""

ROOM = """
set -euo pipefail
for folder in {folders}; do
    own="{base}/room$folder"
    mkdir -p "$own" "$folder"
    [ "$folder" = /run ] || cp -a "$folder/." "$own/"
    mount --bind "$own" "$folder"
done
mkdir -p {base}/cache && mount --bind {base}/cache /var/cache
ip link set lo up
cd {project}
rm -f /etc/nginx/conf.d/*
{commands}
coproc behind {{ {python} {base}/behind.py; }}
read -r ready <&"${{behind[0]}}"
nginx
trap 'nginx -s quit; kill "$behind_PID"' EXIT
ask() {{ curl --silent --show-error --insecure --max-time 20 --resolve status.example.org:443:127.0.0.1 \\
    --resolve status.example.org:80:127.0.0.1 "$@"; }}
ask https://status.example.org/livez
ask https://status.example.org/tesla/
ask --output /dev/null --write-out '%header{{x-cache}}\\n' https://status.example.org/tesla/
ask https://status.example.org/api/v1/stream
ask --output /dev/null --write-out '%{{http_code}} %{{redirect_url}}\\n' http://status.example.org/tesla/
echo proof > /var/www/acme/proof
mkdir -p /var/www/acme/.well-known/acme-challenge && mv /var/www/acme/proof /var/www/acme/.well-known/acme-challenge/
ask http://status.example.org/.well-known/acme-challenge/proof
"""


def has_rooms() -> bool:
    """Return whether we may give a process a view of files and network of its own."""
    try:
        made = subprocess.run(["unshare", "--mount", "--net", "ip", "link"], capture_output=True, check=False)
    except OSError:
        return False
    return made.returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(NGINX is None, reason="there is no nginx here: apt-get install nginx")
def test_debians_nginx_serves_the_file_as_it_is_by_the_commands_of_the_page(tmp_path: Path) -> None:
    if not has_rooms():
        pytest.skip("this account may not make namespaces, and the machine's own nginx is not ours to change")
    page = guide.PAGE.read_text(encoding="utf-8")
    lines = page.split("```root\n")[1].split("```")[0].splitlines()
    assert [line for line in lines if line.startswith(MACHINE)] == [lines[0], lines[-1]]
    tmp_path.chmod(0o755)
    for folder in tmp_path.parents:
        if folder.name.startswith("pytest-"):
            folder.chmod(0o755)  # nginx becomes www-data
    (tmp_path / "behind.py").write_text(BEHIND, encoding="utf-8")
    script = ROOM.format(
        base=tmp_path, project=shlex.quote(str(PROJECT)), python=shlex.quote(sys.executable), folders=" ".join(FOLDERS),
        commands="\n".join(line for line in lines if not line.startswith(MACHINE)),
    )  # fmt: skip
    run = subprocess.run(
        ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "bash", "-c", script],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.splitlines() == [
        "8000 https /livez",
        "8000 https /tesla/",
        "HIT",
        "8001 https /api/v1/stream",
        "301 https://status.example.org/tesla/",
        "proof",
    ]
