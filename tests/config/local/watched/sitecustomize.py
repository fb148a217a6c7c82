"""Python reads this at the start of every process that has this folder in PYTHONPATH: it writes down who is called.

Every process leaves its own line, `watched`, so that a test can tell that the watch was there at all.
"""

import os
import sys

_EVENTS = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"}
_LOG = os.open(os.environ["SOCKET_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)


def _write(line):
    os.write(_LOG, f"{line}\n".encode())


def _audit(event, arguments):
    if event in _EVENTS:
        address = arguments[0] if event.startswith("socket.get") else arguments[1]
        host = address[0] if isinstance(address, tuple) else address
        _write(f"{event} {host.decode() if isinstance(host, bytes) else host}")


sys.addaudithook(_audit)
_write("watched " + " ".join(sys.orig_argv[1:]))
