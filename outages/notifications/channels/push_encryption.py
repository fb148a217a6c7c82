"""Encryption of web push messages (RFC 8291, aes128gcm of RFC 8188) and who sends them (VAPID, RFC 8292). Pure."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

RECORD_BYTES = 4096
LONGEST_PLAINTEXT = 3993  # what every push service must take (RFC 8030, 7.2), less what encryption adds
PUBLIC_KEY_BYTES = 65
AUTH_BYTES = 16


def to_base64url(data: bytes) -> str:
    """Base64 for addresses, without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """The bytes of base64 for addresses, padded or not. Raises ValueError."""
    clean = text.rstrip("=")
    if not clean.isascii():
        raise ValueError("not base64url")
    return urlsafe_b64decode(clean + "=" * (-len(clean) % 4))


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public key as an uncompressed point, 65 bytes."""
    return key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def check_keys(p256dh: bytes, auth: bytes) -> None:
    """Raises ValueError for keys that no browser makes."""
    if len(auth) != AUTH_BYTES:
        raise ValueError("auth must be 16 bytes")
    if len(p256dh) != PUBLIC_KEY_BYTES:
        raise ValueError("p256dh must be 65 bytes")
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), p256dh)
    except (ValueError, InvalidKey) as error:
        raise ValueError("p256dh is no point of P-256") from error


def encrypt(plaintext: bytes, *, p256dh: bytes, auth: bytes, sender: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """The body of a push: `sender` is a fresh key and `salt` 16 fresh random bytes (RFC 8291, section 3.4)."""
    if len(plaintext) > LONGEST_PLAINTEXT:
        raise ValueError(f"a push holds at most {LONGEST_PLAINTEXT} bytes")
    receiver = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), p256dh)
    sender_public = public_bytes(sender)
    shared = sender.exchange(ec.ECDH(), receiver)
    secret = _derive(shared, auth, b"WebPush: info\0" + p256dh + sender_public, 32)
    key = _derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(secret, salt, b"Content-Encoding: nonce\0", 12)
    sealed = AESGCM(key).encrypt(nonce, plaintext + b"\x02", None)
    return salt + RECORD_BYTES.to_bytes(4) + bytes([len(sender_public)]) + sender_public + sealed


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)


def vapid_header(key: ec.EllipticCurvePrivateKey, *, audience: str, subject: str, expires: int) -> str:
    """The Authorization of a push: a token for one push service, valid until `expires` (epoch seconds)."""
    head = to_base64url(json.dumps({"typ": "JWT", "alg": "ES256"}, separators=(",", ":")).encode())
    claims = {"aud": audience, "exp": expires, "sub": subject}
    signed = f"{head}.{to_base64url(json.dumps(claims, separators=(',', ':')).encode())}"
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    token = f"{signed}.{to_base64url(r.to_bytes(32) + s.to_bytes(32))}"
    return f"vapid t={token}, k={to_base64url(public_bytes(key))}"
