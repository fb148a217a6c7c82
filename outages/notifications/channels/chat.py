"""Chats of the operator, by apprise: what APPRISE_URLS names is told of every live service."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import ClassVar, Final

from django.conf import settings

from outages.notifications.channels.base import Accepted, OutgoingMessage
from outages.notifications.errors import DeliveryError
from outages.signals.outbound.client import Client
from outages.signals.outbound.policy import Mode, is_local_name

_THREADS: Final = ThreadPoolExecutor(max_workers=4, thread_name_prefix="chat")
TOTAL_S = 40.0
ANSWER_S = 10.0  # as long as other chats have; apprise does not tell a late answer from none
PLAIN_SCHEMES = frozenset({"json", "form", "xml"})  # those that go to the very host that the address names


class ChatChannel:
    """Tells a chat. What was wrong, apprise says to the log alone; so each failure may pass."""

    patience: ClassVar[timedelta] = timedelta(hours=24)
    repeats_safely: ClassVar[bool] = False

    def __init__(self, client: Client) -> None:
        self.client = client

    @classmethod
    def operator_targets(cls) -> tuple[str, ...]:
        return tuple(settings.APPRISE_URLS)

    def unready(self) -> str:
        return ""

    async def send(self, parcel: OutgoingMessage) -> Accepted:
        loop = asyncio.get_running_loop()
        begun = threading.Event()

        def told_now() -> bool:
            begun.set()
            return tell(parcel)

        try:
            async with asyncio.timeout(TOTAL_S):
                told = await loop.run_in_executor(_THREADS, told_now)
        except TimeoutError as error:
            # What has begun goes on in its thread, and may still arrive.
            raise DeliveryError(f"the chat has not taken it within {TOTAL_S:g} s", unanswered=begun.is_set()) from error
        if not told:
            raise DeliveryError("the chat has not taken it; the log says why")
        return Accepted()


def tell(parcel: OutgoingMessage) -> bool:
    """Sends it by apprise. Raises DeliveryError for an address that apprise does not understand."""
    import apprise  # only the process that sends to chats pays for it

    target = apprise.Apprise.instantiate(parcel.target, asset=apprise.AppriseAsset(async_mode=False))
    if not isinstance(target, apprise.NotifyBase):
        raise DeliveryError("apprise does not understand this address (APPRISE_URLS)")
    if settings.OUTBOUND == Mode.LOOPBACK and not _is_here(parcel.target):
        raise DeliveryError("this address is not this machine, and OUTBOUND=loopback")
    target.socket_read_timeout = ANSWER_S
    notice = parcel.notice
    if parcel.on_sent is not None:
        parcel.on_sent()
    return bool(target.notify(title=notice.title, body=f"{notice.text}\n{notice.url}".strip()))


def _is_here(url: str) -> bool:
    scheme, _, rest = url.partition("://")
    host = rest.partition("/")[0].rpartition("@")[2].partition(":")[0]
    return scheme in PLAIN_SCHEMES and (host == "127.0.0.1" or is_local_name(host))
