"""The nginx that is shipped (deploy/nginx.conf), as a server of its own on this machine."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import trustme

from config.local import processes
from tools.gameday.site import PROJECT, Door, Site, free_port

SHIPPED = (PROJECT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
STARTS_S = 20.0
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")


def configuration(folder: Path, port: int, web: int, live: int, *, connections: int = 512) -> Path:
    """Write the shipped file with other ports and paths, inside the least that nginx wants around it."""
    authority = trustme.CA()
    certificate = authority.issue_cert("status.example.org")
    certificate.private_key_pem.write_to_path(str(folder / "privkey.pem"))
    certificate.cert_chain_pems[0].write_to_path(str(folder / "fullchain.pem"))
    site = SHIPPED.replace("/etc/ssl/status.example.org", str(folder)).replace("/var/cache/", f"{folder}/")
    site = site.replace("127.0.0.1:8000", f"127.0.0.1:{web}").replace("127.0.0.1:8001", f"127.0.0.1:{live}")
    site = site.replace("    listen 443 ssl http2;\n", f"    listen 127.0.0.1:{port} ssl http2;\n")
    site = site.replace("    listen [::]:443 ssl http2;\n", "").replace("    listen [::]:80;\n", "")
    site = site.replace("    listen 80;\n", f"    listen 127.0.0.1:{free_port()};\n")
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""  # only that account reaches the folders of tests
    whole = folder / "nginx.conf"
    whole.write_text(
        f"{user}pid {folder}/nginx.pid;\nerror_log {folder}/error.log;\ndaemon off;\nworker_processes 1;\n"
        f"events {{ worker_connections {connections}; }}\nhttp {{\n{temporary}{site}}}\n",
        encoding="utf-8",
    )
    return whole


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def nginx(site: Site, connections: int) -> Iterator[None]:
    """The shipped nginx before a site, whose door is then nginx's."""
    if NGINX is None:
        raise RuntimeError("There is no nginx here: apt-get install nginx.")
    before = site.door
    tls = ssl.create_default_context()
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    with tempfile.TemporaryDirectory(prefix="brownout-nginx-") as name:
        folder, port = Path(name), free_port()
        folder.chmod(0o755)
        file = configuration(folder, port, site.port, site.live_port, connections=connections)
        process = subprocess.Popen([NGINX, "-e", str(folder / "error.log"), "-c", str(file)])
        try:
            if not processes.wait_until(lambda: _listens(port) or process.poll() is not None, STARTS_S, 0.1):
                raise RuntimeError("nginx does not start.")
            site.door, site.proxy = Door(port, tls), process
            yield
        finally:
            site.door, site.proxy = before, None
            process.terminate()
            process.wait(STARTS_S)
