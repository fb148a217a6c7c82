"""A vantage for tests: runs the jobs of each line of its input, answers with a line of findings. Loopback only.

`python -m tests.servers.vantage PORT FILE` also serves, on 127.0.0.1:PORT, the status that stands in FILE under /app,
and 200 under every other path.
"""

from __future__ import annotations

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec

from outages.signals.outbound.client import Client
from outages.signals.outbound.policy import Mode, Policy
from outages.signals.probes import runner


def serve(port: int, status: Path) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            code = int(status.read_text()) if self.path == "/app" else 200
            body = b"Server Maintenance" if code >= 500 else b"ok"
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def main() -> None:
    serve(int(sys.argv[1]), Path(sys.argv[2]))
    client = Client(Policy(Mode.LOOPBACK), user_agent="Brownout/test")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        jobs = msgspec.json.decode(line, type=list[runner.Job])
        sys.stdout.write(msgspec.json.encode(runner.run(jobs, client)).decode() + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
