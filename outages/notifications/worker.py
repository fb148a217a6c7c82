"""Sends what is due: hundreds of messages at once, so that an endpoint that hangs holds up nobody but itself."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import override

from outages.models import Subscription
from outages.notifications import crypto, delivery_queue, journal, messages, subscriptions
from outages.notifications.channels import CHANNELS, POSTING, says_once
from outages.notifications.channels.base import Channel, OutgoingMessage
from outages.notifications.delivery_queue import Claimed, Result
from outages.notifications.errors import DeliveryError
from outages.signals.outbound.configured import client, is_off
from outages.signals.outbound.errors import OutboundOffError

log = logging.getLogger(__name__)

AT_ONCE = 400  # each takes a socket; a process may commonly open 1,024 files
SLOW_AT_ONCE = 100  # of them, to endpoints that failed lately
LOOK_EVERY_S = 0.25
GATHER_S = 0.02  # results that come together are stored together
BUDGET_S = 45.0  # no new claims after that; what is under way ends well below the limit of a task
GRACE_S = 3.0  # for what is under way when the process is to end

Now = Callable[[], datetime]


def open_channels() -> dict[str, Channel]:
    """The channels as this installation's settings want them."""
    outbound = client()
    return {name: channel(outbound) for name, channel in CHANNELS.items()}


def run(
    *,
    now: Now = timezone.now,
    channels: Mapping[str, Channel] | None = None,
    budget_s: float = BUDGET_S,
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Sends until nothing is due or the budget is used up. Returns how many messages were tried.

    While sending is switched off nothing is claimed: it waits, and expires after a day.
    """
    journal.settle(now())
    delivery_queue.expire(now())
    if is_off():
        return 0
    chosen = {name: channel for name, channel in (channels or open_channels()).items() if not channel.unready()}
    with _Loop() as loop:
        return _run(loop, chosen, now, time.monotonic() + budget_s, stopping)


def _run(loop: _Loop, channels: Mapping[str, Channel], now: Now, end_s: float, stopping: Callable[[], bool]) -> int:
    tried, look_s = 0, 0.0
    under_way: dict[Future[Result], Claimed] = {}
    kept = journal.of_this_process()
    while True:
        is_over = stopping() or time.monotonic() > end_s
        if is_over and not under_way:
            return tried
        if not is_over and (not under_way or time.monotonic() >= look_s):
            free = AT_ONCE - len(under_way)
            free_slow = min(SLOW_AT_ONCE - sum(one.slow for one in under_way.values()), free)
            claimed = delivery_queue.claim(now(), list(channels), quick=free, slow=free_slow)
            look_s = 0.0 if claimed else time.monotonic() + LOOK_EVERY_S
            if kept is not None and claimed:
                kept.claimed(claimed)
            for one in journal.still_unsent(claimed, now()):
                _begin(loop, one, channels, now, under_way)
            tried += len(claimed)
            if claimed:
                continue  # there may be more
            if not under_way:
                if kept is not None:
                    kept.begin_anew()
                return tried
        _store([future.result() for future in _ended(under_way, loop.gather(LOOK_EVERY_S))])
        if stopping():
            _store([future.result() for future in _ended(under_way, loop.gather(GRACE_S))])
            return tried  # what has not answered by now is taken up when its lease ends


def _begin(
    loop: _Loop, claimed: Claimed, channels: Mapping[str, Channel], now: Now, under_way: dict[Future[Result], Claimed]
) -> None:
    """Starts an attempt. The message is made here, beside the database."""
    try:
        parcel = parcel_of(claimed, now())
    except crypto.DecryptionError as error:
        delivery_queue.store([Result(claimed, now(), str(error), permanent=True)])
        return
    parcel = replace(parcel, on_sent=last_call(claimed, journal.of_this_process()))
    under_way[loop.submit(_attempt(claimed, parcel, channels[claimed.endpoint.channel], now))] = claimed


def last_call(claimed: Claimed, kept: journal.Journal | None) -> Callable[[], None]:
    """Return what is called as a message goes out: it is noted, or stopped where its answer could outlast its lease."""
    note = kept.out(claimed) if kept is not None else None

    def called() -> None:
        if time.monotonic() > claimed.until_s:
            raise DeliveryError("its turn came too late", throttled=True)
        if note is not None:
            note()

    return called


def _ended(under_way: dict[Future[Result], Claimed], done: list[Future[Result]]) -> list[Future[Result]]:
    for future in done:
        under_way.pop(future, None)
    return done


def _store(results: list[Result]) -> None:
    """Stores what came of attempts; a target that has proven to be its subscriber's is confirmed."""
    if not results:
        return
    delivery_queue.store(results)
    for result in results:
        if result.proven:
            subscriptions.confirm(result.claimed.subscription, now=result.at)


async def _attempt(claimed: Claimed, parcel: OutgoingMessage, sender: Channel, now: Now) -> Result:
    """One attempt, written down. Never raises: what we did not foresee is logged and is a failure that may pass."""
    result = await _tried(claimed, parcel, sender, now)
    if (kept := journal.of_this_process()) is not None:
        kept.answered(result)
    return result


async def _tried(claimed: Claimed, parcel: OutgoingMessage, sender: Channel, now: Now) -> Result:
    try:
        accepted = await sender.send(parcel)
    except OutboundOffError:
        return Result(claimed, now(), released=True)
    except DeliveryError as error:
        return Result(
            claimed,
            now(),
            str(error) or "failed",
            error.permanent,
            error.retry_after_s,
            throttled=error.throttled,
            unanswered=error.unanswered and says_once(claimed.endpoint.channel),
        )
    except Exception as error:
        log.exception("delivery %s", parcel.id)
        return Result(claimed, now(), f"failed on our side ({type(error).__name__})")
    return Result(claimed, now(), proven=accepted.proven, reference=accepted.reference)


def parcel_of(claimed: Claimed, now: datetime) -> OutgoingMessage:
    """The message of claimed deliveries. Raises DecryptionError."""
    first, subscription = claimed.deliveries[0], claimed.subscription
    with override(subscription.language):
        manage_url = messages.manage_url(first)
    return OutgoingMessage(
        id=str(first.pk),
        target=crypto.unseal(claimed.endpoint.target_sealed),
        notices=tuple(messages.notice_of(delivery, subscription.language) for delivery in claimed.deliveries),
        manage_url=manage_url,
        signing_secrets=signing_secrets(subscription, now),
        language=subscription.language,
        thread=delivery_queue.thread_of(first) if joins_thread(claimed.endpoint.channel) else "",
    )


def joins_thread(channel: str) -> bool:
    """Return whether later messages of an incident join the first by its reference."""
    return channel in POSTING and POSTING[channel].replies


def signing_secrets(subscription: Subscription, now: datetime) -> tuple[str, ...]:
    """A webhook's secrets that are valid now, the newest first."""
    found = [subscription.signing_sealed] if subscription.signing_sealed else []
    until = subscription.old_signing_until_at
    if subscription.old_signing_sealed and until is not None and until > now:
        found.append(subscription.old_signing_sealed)
    return tuple(crypto.unseal(sealed) for sealed in found)


class _Loop:
    """An event loop in a thread of its own. The database stays with the thread that claims and stores."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._done: queue.SimpleQueue[Future[Result]] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="notices", daemon=True)

    def __enter__(self) -> _Loop:
        self._thread.start()
        return self

    def submit(self, attempt: Coroutine[Any, Any, Result]) -> Future[Result]:
        """Starts an attempt."""
        future = asyncio.run_coroutine_threadsafe(attempt, self._loop)
        future.add_done_callback(self._done.put)
        return future

    def gather(self, patience_s: float) -> list[Future[Result]]:
        """Those that have ended since the last time; waits a while for the first, and a moment for more."""
        found: list[Future[Result]] = []
        with suppress(queue.Empty):
            found.append(self._done.get(timeout=patience_s))
            end = time.monotonic() + GATHER_S
            while True:
                found.append(self._done.get(timeout=max(end - time.monotonic(), 0.0)))
        return found

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(GRACE_S)

    def _run(self) -> None:
        self._loop.run_forever()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        if left:
            self._loop.run_until_complete(asyncio.wait(left))
        self._loop.close()
