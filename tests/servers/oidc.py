"""An OpenID provider on this machine (OpenID Connect Core 1.0, Discovery 1.0, PKCE): as strict as a real one.

Each code is good once, for the address that it was asked for, with its challenge's verifier and the client's secret.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

CLIENT, SECRET = "brownout", "a secret of the client"


@dataclass
class Provider:
    """`claims` are what it says of who signs in; `bend` are changes of an ID token that nobody may accept."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    bend: dict[str, Any] = field(default_factory=dict)
    key: Any = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"}))
    signs_with: Any = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def rotate(self) -> None:
        """Sign with another key from now on."""
        self.key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig", "alg": "RS256"})

    def describe(self, _request: Request) -> Response:
        return _json(
            {
                "issuer": self.issuer,
                "authorization_endpoint": self.issuer + "/authorize",
                "token_endpoint": self.issuer + "/token",
                "jwks_uri": self.issuer + "/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256", "none", "HS256"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    def keys(self, _request: Request) -> Response:
        return _json(KeySet([self.key]).as_dict(private=False))

    def authorize(self, request: Request) -> Response:
        """Sign the person in without asking, as a provider does that knows them, and lead back with a code."""
        asked = {name: request.args[name] for name in ("redirect_uri", "state", "nonce", "code_challenge")}
        assert request.args["response_type"] == "code"
        assert request.args["code_challenge_method"] == "S256"
        assert request.args["client_id"] == CLIENT
        assert "openid" in request.args["scope"].split()
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        query = urlencode({"code": code, "state": asked["state"]})
        return Response(status=302, headers={"Location": f"{asked['redirect_uri']}?{query}"})

    def token(self, request: Request) -> Response:
        sent = {name: values[0] for name, values in parse_qs(request.get_data(as_text=True)).items()}
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = self.codes.pop(sent.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest())
        if request.headers.get("Authorization") != f"Basic {basic}":
            return _json({"error": "invalid_client"}, 401)
        if (
            asked is None
            or sent.get("grant_type") != "authorization_code"
            or sent.get("redirect_uri") != asked["redirect_uri"]
            or challenge.decode().rstrip("=") != asked["code_challenge"]
        ):
            return _json({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims |= self.claims | self.bend
        key = self.signs_with or self.key
        signed = jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, key)
        return _json({"access_token": secrets.token_urlsafe(), "token_type": "Bearer", "id_token": signed})


def _json(content: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(content), status=status, content_type="application/json")


@contextlib.contextmanager
def provider(server: HTTPServer) -> Iterator[Provider]:
    """Serve one provider on a server of the test."""
    made = Provider(issuer=server.url_for("").rstrip("/"))
    server.expect_request("/.well-known/openid-configuration").respond_with_handler(made.describe)
    server.expect_request("/keys").respond_with_handler(made.keys)
    server.expect_request("/authorize").respond_with_handler(made.authorize)
    server.expect_request("/token", method="POST").respond_with_handler(made.token)
    yield made


def path_and_query(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"
