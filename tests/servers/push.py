"""What a browser does with web push: the keys of its subscription, and how it reads what is sent to it."""

from __future__ import annotations

import json
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from outages.notifications.channels.push_encryption import public_bytes, to_base64url
from tests.servers.hooks import Hooks


def browser(hook_server: Hooks, path: str = "/push") -> tuple[ec.EllipticCurvePrivateKey, bytes, dict[str, str]]:
    """A browser's subscription, and the key with which it reads."""
    key, auth = ec.generate_private_key(ec.SECP256R1()), b"0123456789abcdef"
    target = {
        "endpoint": hook_server.url(path),
        "p256dh": to_base64url(public_bytes(key)),
        "auth": to_base64url(auth),
    }
    return key, auth, target


def read_push(body: bytes, key: ec.EllipticCurvePrivateKey, auth: bytes) -> Any:
    """What a browser makes of a body (RFC 8188 and 8291), written apart from what made it."""
    salt, length = body[:16], body[20]
    sender_bytes, sealed = body[21 : 21 + length], body[21 + length :]
    sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender_bytes)
    own = key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)

    def derive(secret, salt, info, size):
        return HKDF(algorithm=SHA256(), length=size, salt=salt, info=info).derive(secret)

    secret = derive(key.exchange(ec.ECDH(), sender), auth, b"WebPush: info\0" + own + sender_bytes, 32)
    plain = AESGCM(derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16)).decrypt(
        derive(secret, salt, b"Content-Encoding: nonce\0", 12), sealed, None
    )
    return json.loads(plain.rstrip(b"\0")[:-1])
