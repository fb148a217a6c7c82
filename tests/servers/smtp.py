"""A mail server that keeps what it takes, and refuses whom the test wants refused."""

from __future__ import annotations

import contextlib
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class MailServer:
    """`refused` gives the answer for a recipient, such as "550 5.1.1 no such mailbox"."""

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def mail_server() -> Iterator[MailServer]:
    """Runs a server on a free port (RFC 5321, no more of it than our client speaks)."""
    mails = MailServer()

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 test")
            while line := self.rfile.readline().decode().strip():
                word = line[:4].upper()
                if word == "RCPT":
                    address = line.partition("<")[2].partition(">")[0]
                    if address not in mails.refused:
                        mails.recipients.append(address)
                    self.say(mails.refused.get(address, "250 fine"))
                elif word == "DATA":
                    self.say("354 go on")
                    mails.messages.append(self.read_message())
                    self.say("250 taken")
                elif word == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 fine")

        def read_message(self) -> EmailMessage:
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            found = message_from_bytes(b"".join(lines), policy=policy.default)
            assert isinstance(found, EmailMessage)
            return found

        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Session)
    mails.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield mails
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
