"""What earlier versions stored and mailed opens still: the keys that are made of SECRET_KEY stay what they are."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from outages.notifications import crypto
from outages.notifications.api_key_mail import PURPOSE
from outages.notifications.messages import CHALLENGE, MANAGE

# Made by the version of 2026-11-22 under this SECRET_KEY.
SECRET_KEY = "a-key-of-the-tests"
SEALED = (
    b"gAAAAABrDTAJdyF0JRf2Wo5Js_nc7Wo1tTEaL23VrTEZe3E8E1-DoibAv4egC9jff9xzmH5PxGDeJOzHFh7clFBHyVMynvN3tHB6uO6dZ94Jl37ETTRP"
    b"ENM="
)
FINGERPRINT = "991aed83688581dba5fb043fbbba7a7b2ee2ae270d1b134cb950de68da14023b"
TOKENS = {
    CHALLENGE: "HbJyP7bR7Qp0dHcmqo6uf2bAqLV3g5DW",
    MANAGE: "-E4vhdl_OeckfmCnuXW3GFJbixg2vFax",
    PURPOSE: "pD7pN6NLhye_DZXTPJLmGGjvBPPjLxiv",
}


@pytest.fixture(autouse=True)
def _same_key(settings: Any) -> None:
    settings.SECRET_KEY = SECRET_KEY


def test_a_target_that_an_earlier_version_stored_opens() -> None:
    assert crypto.unseal(SEALED) == "reader@example.org"


def test_a_target_is_found_again_by_the_same_fingerprint() -> None:
    assert crypto.fingerprint("mail reader@example.org").hex() == FINGERPRINT


@pytest.mark.parametrize("purpose", TOKENS)
def test_a_link_of_an_earlier_mail_leads_where_it_led(purpose: str) -> None:
    assert crypto.is_token(purpose, UUID(int=7), TOKENS[purpose])
