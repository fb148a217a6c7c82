"""A proof of work for each report of those who send far more than others. Pure: clocks and the key are handed in.

The puzzle is ALTCHA's, version 1 with SHA-256 (https://altcha.org/docs/v2/proof-of-work/): find the number up to
`maxnumber` whose digits behind the salt give the hash. Checking it takes two hashes and no memory of who was asked. The
salt holds until when it may be solved, and ends with "&" so that none of the number's digits can be taken for its own.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import json
import secrets
from base64 import b64decode
from collections import OrderedDict
from dataclasses import dataclass

HEADER, HEADER_KEY = "X-Proof-Of-Work", b"x-proof-of-work"
ALGORITHM = "SHA-256"
MOST_NUMBER = 20_000  # half of it is tried on average; docs/decisions/0019 has what that takes
VALID_S = 120.0
MOST_USED = 100_000  # some 20 MB; who comes beyond is asked again
LONGEST = 1000
ASKED = (b"/api/v1/reports", b"/api/v1/reports/batch")  # whose callers can solve one: not forms, nor other dialects

WINDOW_S = 30.0
LEAST, TIMES = 20, 10  # far more: so many in the last half minute to minute, and so many times what others send
MOST_NETWORKS = 50_000


class Challenges:
    """Makes puzzles and takes each solution once. The key is the site's; what was used this process knows."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._used: OrderedDict[bytes, float] = OrderedDict()

    def new(self, now_at: float) -> dict[str, str | int]:
        """Return a puzzle in ALTCHA's form."""
        salt = f"{secrets.token_hex(12)}?expires={int(now_at + VALID_S)}&"
        challenge = _hash(salt, secrets.randbelow(MOST_NUMBER + 1))
        return {
            "algorithm": ALGORITHM,
            "challenge": challenge,
            "maxnumber": MOST_NUMBER,
            "salt": salt,
            "signature": self._sign(challenge),
        }

    def redeem(self, solution: bytes, now_at: float) -> bool:
        """Return whether this solves a puzzle of ours that is valid still and was not used before; now it is."""
        try:
            said = json.loads(b64decode(solution, validate=True)) if len(solution) <= LONGEST else None
            if not isinstance(said, dict):
                return False
            salt, challenge, signature, number = (said[name] for name in ("salt", "challenge", "signature", "number"))
            if not (isinstance(salt, str) and isinstance(challenge, str) and isinstance(signature, str)):
                return False
            if type(number) is not int or not 0 <= number <= MOST_NUMBER or said["algorithm"] != ALGORITHM:
                return False
            expires_at = int(salt.partition("?expires=")[2].removesuffix("&"))
            if not (
                now_at <= expires_at <= now_at + VALID_S
                and hmac.compare_digest(self._sign(challenge).encode(), signature.encode())
                and _hash(salt, number) == challenge
            ):
                return False
        except (binascii.Error, ValueError, KeyError, RecursionError):
            return False
        return self._use(bytes.fromhex(challenge)[:16], expires_at, now_at)

    def _use(self, mark: bytes, expires_at: float, now_at: float) -> bool:
        while self._used and next(iter(self._used.values())) < now_at:
            self._used.popitem(last=False)
        if mark in self._used or len(self._used) >= MOST_USED:
            return False
        self._used[mark] = now_at + VALID_S  # no puzzle lives longer, and so they stand in the order of their ends
        return True

    def _sign(self, challenge: str) -> str:
        return hmac.new(self._key, challenge.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _hash(salt: str, number: int) -> str:
    return hashlib.sha256(f"{salt}{number}".encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(slots=True)
class _Window:
    """What came in half a minute: how many by network, and together."""

    counts: dict[str, int]
    total: int = 0


class Senders:
    """How many reports each network has sent lately: in this window of half a minute and the one before."""

    def __init__(self) -> None:
        self._ends_s = float("-inf")
        self._now, self._before = _Window({}), _Window({})

    def add(self, network: str, now_s: float) -> None:
        """Count one more. Of networks beyond a bound only their sum is known: they send no more than others."""
        if now_s >= self._ends_s:
            is_next = now_s < self._ends_s + WINDOW_S
            self._before = self._now if is_next else _Window({})
            self._now, self._ends_s = _Window({}), now_s + WINDOW_S
        self._now.total += 1
        if network in self._now.counts or len(self._now.counts) < MOST_NETWORKS:
            self._now.counts[network] = self._now.counts.get(network, 0) + 1

    def sends_far_more(self, network: str) -> bool:
        """Return whether a network sends far more than the others do on average."""
        count = self._now.counts.get(network, 0) + self._before.counts.get(network, 0)
        if count < LEAST:
            return False
        others = max(len(self._now.counts), len(self._before.counts)) - 1
        rest = self._now.total + self._before.total - count
        return count * max(others, 1) > TIMES * rest
