"""What can go wrong with a delivery."""

from __future__ import annotations


class DeliveryError(Exception):
    """A message was not delivered.

    `permanent` where the target will never take one again: its subscriptions are disabled. Else it is tried again
    later, not before `retry_after_s` where the other side asks for that. `throttled` where nothing is wrong but the
    pace: it counts as no failure. `unanswered` where it went out whole and nobody knows whether it was taken.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        retry_after_s: float | None = None,
        throttled: bool = False,
        unanswered: bool = False,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after_s = retry_after_s
        self.throttled = throttled
        self.unanswered = unanswered
