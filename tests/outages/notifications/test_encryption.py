"""Web push encryption against the example of RFC 8291, and tokens that verify."""

from __future__ import annotations

import contextlib
import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from outages.notifications.channels.push_encryption import (
    LONGEST_PLAINTEXT,
    check_keys,
    encrypt,
    from_base64url,
    public_bytes,
    to_base64url,
    vapid_header,
)

# RFC 8291, section 5.
PLAINTEXT = b"When I grow up, I want to be a watermelon"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
RECEIVER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def key(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(from_base64url(text)), ec.SECP256R1())


def test_the_example_of_the_rfc_comes_out_byte_by_byte():
    body = encrypt(
        PLAINTEXT,
        p256dh=from_base64url(RECEIVER),
        auth=from_base64url(AUTH),
        sender=key(SENDER),
        salt=from_base64url(SALT),
    )
    assert to_base64url(body) == BODY


def test_what_no_push_service_must_take_is_not_made():
    with pytest.raises(ValueError, match="at most"):
        encrypt(
            b"x" * (LONGEST_PLAINTEXT + 1),
            p256dh=from_base64url(RECEIVER),
            auth=from_base64url(AUTH),
            sender=key(SENDER),
            salt=from_base64url(SALT),
        )


def test_the_longest_message_fits_into_what_every_push_service_takes():
    body = encrypt(
        b"x" * LONGEST_PLAINTEXT,
        p256dh=from_base64url(RECEIVER),
        auth=from_base64url(AUTH),
        sender=key(SENDER),
        salt=from_base64url(SALT),
    )
    assert len(body) == 4096


@pytest.mark.parametrize(
    ("p256dh", "auth", "said"),
    [
        (RECEIVER, AUTH + "AA", "auth"),
        (RECEIVER[:-4], AUTH, "65 bytes"),
        ("B" + "A" * 86, AUTH, "point"),
        ("A" + RECEIVER[1:], AUTH, "point"),
        ("", "", "auth"),
    ],
)
def test_keys_that_no_browser_makes_are_refused(p256dh, auth, said):
    with pytest.raises(ValueError, match=said):
        check_keys(from_base64url(p256dh), from_base64url(auth))


@pytest.mark.parametrize("text", ["é", "a", "\0"])
def test_what_is_no_base64url_is_refused(text):
    decoded = b""
    with contextlib.suppress(ValueError):
        decoded = from_base64url(text)
    assert decoded == b""


def test_the_token_is_signed_by_the_key_that_it_names():
    header = vapid_header(key(SENDER), audience="https://push.example", subject="https://us.example", expires=1)
    token, named = header.removeprefix("vapid t=").split(", k=")
    assert named == to_base64url(public_bytes(key(SENDER)))
    signed, _, signature = token.rpartition(".")
    raw = from_base64url(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    key(SENDER).public_key().verify(der, signed.encode(), ec.ECDSA(hashes.SHA256()))
    assert json.loads(from_base64url(signed.split(".")[1])) == {
        "aud": "https://push.example",
        "exp": 1,
        "sub": "https://us.example",
    }
