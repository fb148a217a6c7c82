"""Takes Brownout's webhooks: proves that they are meant to come here, checks each signature. Needs standardwebhooks.

`SIGNING_SECRET=whsec_… python webhook.py 8080`, behind a server that speaks https.
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from standardwebhooks import Webhook, WebhookVerificationError


class Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            told = Webhook(os.environ["SIGNING_SECRET"]).verify(body, dict(self.headers.items()))
        except WebhookVerificationError:
            return self.send_error(401)
        answer = json.dumps({"challenge": told["data"].get("challenge", "")}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(answer)
        print(self.headers["webhook-id"], told["type"], told["data"]["title"], flush=True)


HTTPServer(("127.0.0.1", int(sys.argv[1])), Hook).serve_forever()
