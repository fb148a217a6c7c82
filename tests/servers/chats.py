"""Chat and on-call services as their documentation has them: what they refuse, what they answer, what they keep.

`chats()` runs them all on one port of this machine; each keeps the messages of its channels.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.servers.hooks import Hooks, Received, Reply, hooks

SLACK = "/services/T0001/B0001/abcdefghijkl"
DISCORD = "/api/webhooks/123456789/AbC_def-ghi"
TEAMS = "/workflows/0a1b/triggers/manual/paths/invoke?api-version=1&sp=x&sv=1.0&sig=secret"
GOOGLE = "/v1/spaces/AAAA/messages?key=k1&token=t1"
TELEGRAM = "/bot123456789:AbCdEfGhIjKlMnOpQrStUvWxYz012345678/sendMessage?chat_id=-100123"
MATRIX = "/_matrix/client/v3/rooms/!room:example.org?access_token=syt_secret_token"
MATTERMOST = "/hooks/abcdefghijklmnopqrstuvwxyz"
NTFY = "/outages"
PAGERDUTY = "/v2/enqueue?routing_key=" + "A" * 32
ALERTMANAGER = "/alertmanager"


@dataclass
class Chats:
    """What was said in each channel, by its service's name: messages as a reader sees them."""

    site: Hooks
    said: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    edited: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    refused: list[str] = field(default_factory=list)

    def url(self, path: str) -> str:
        return self.site.url(path)


class WrongError(Exception):
    """What a service refuses, with its status and words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


def need(holds: object, words: str, status: int = 400) -> None:
    if not holds:
        raise WrongError(status, words)


def slack(chats: Chats, request: Received, body: dict[str, Any]) -> Reply:
    blocks = body.get("blocks", [])
    need(body.get("text"), "no_text")
    need(len(blocks) <= 50, "invalid_blocks")
    for block in blocks:
        text = block.get("text", {}).get("text", "")
        need(len(text) <= (150 if block["type"] == "header" else 3000), "invalid_blocks")
        for element in block.get("elements", []):
            need(len(element["text"]) <= 3000, "invalid_blocks")
    need(not re.search(r"<[!@#]", json.dumps(body)), "a mention")
    chats.said["slack"].append(body)
    return 200, {}, b"ok"


def discord(chats: Chats, request: Received, body: dict[str, Any]) -> Reply:
    embeds = body["embeds"]
    lengths = [len(e.get("title", "")) + len(e.get("description", "")) for e in embeds]
    need(len(embeds) <= 10 and sum(lengths) <= 6000, "Invalid Form Body")
    need(all(len(e["title"]) <= 256 and len(e["description"]) <= 4096 for e in embeds), "Invalid Form Body")
    need(body["allowed_mentions"] == {"parse": []}, "a mention")
    said = chats.said["discord"]
    if request.method == "PATCH":
        number = int(request.path.rpartition("/")[2])
        found = [one for one in said if one["id"] == number]
        if not found:
            return 404, {}, json.dumps({"message": "Unknown Message", "code": 10008}).encode()
        found[0].update(body)
        chats.edited["discord"] += 1
        return 200, {}, b"{}"
    said.append({**body, "id": 1000 + len(said)})
    return (
        (200, {}, json.dumps({"id": str(said[-1]["id"])}).encode()) if "wait=true" in request.path else (204, {}, b"")
    )


def teams(chats: Chats, request: Received, body: dict[str, Any]) -> Reply:
    need(len(request.body) <= 28_000, "Request entity too large", 413)
    need(body["type"] == "message" and len(body["attachments"]) == 1, "InvalidRequestContent")
    card = body["attachments"][0]["content"]
    need(body["attachments"][0]["contentType"] == "application/vnd.microsoft.card.adaptive", "InvalidRequestContent")
    need(card["type"] == "AdaptiveCard" and card["version"] in ("1.2", "1.3", "1.4", "1.5"), "InvalidRequestContent")
    need('"TextBlock"' not in json.dumps(card), "words that are read as Markdown")
    chats.said["teams"].append(card)
    return 202, {}, b""


def google_chat(chats: Chats, request: Received, body: dict[str, Any]) -> Reply:
    query = parse_qs(urlsplit(request.path).query)
    need(query["key"] == ["k1"] and query["token"] == ["t1"], "PERMISSION_DENIED", 403)
    need(len(request.body) <= 32_000 and len(body.get("fallbackText", "")) <= 4096, "INVALID_ARGUMENT")
    need(set(body) <= {"text", "fallbackText", "cardsV2", "thread"}, "INVALID_ARGUMENT")
    need(query["messageReplyOption"] == ["REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"], "no thread")
    chats.said["google_chat"].append(body)
    return 200, {}, json.dumps({"name": "spaces/AAAA/messages/1"}).encode()


class _Html(HTMLParser):
    """Telegram's HTML: bold and links, nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.text, self.links, self.wrong = "", [], False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.wrong = self.wrong or tag not in ("b", "a")
        self.links += [value for _name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def telegram(chats: Chats, request: Received, body: dict[str, Any]) -> Reply:
    parser = _Html()
    parser.feed(body["text"])
    need(not parser.wrong and len(parser.text) <= 4096, "Bad Request: can't parse entities")
    need(body["chat_id"] == "-100123", "Bad Request: chat not found")
    said = chats.said["telegram"]
    said.append({**body, "plain": parser.text, "links": parser.links})
    return 200, {}, json.dumps({"ok": True, "result": {"message_id": 500 + len(said)}}).encode()


def matrix(chats: Chats, request: Received, body: dict[str, Any]) -> Reply:
    need(request.method == "PUT", "M_UNRECOGNIZED", 405)
    need(request.headers.get("authorization") == "Bearer syt_secret_token", "M_UNKNOWN_TOKEN", 401)
    need("access_token" not in request.path, "a token in the address")
    need(
        unquote(request.path).startswith("/_matrix/client/v3/rooms/!room:example.org/send/m.room.message/"),
        "M_NOT_FOUND",
        404,
    )
    need(body["msgtype"] in ("m.text", "m.notice") and body["m.mentions"] == {} and body["body"], "M_BAD_JSON")
    transaction = request.path.rpartition("/")[2]
    said = chats.said["matrix"]
    known = [one for one in said if one["transaction"] == transaction]
    if not known:
        said.append({**body, "transaction": transaction, "event_id": f"$event{len(said)}"})
    event = (known or said[-1:])[0]["event_id"]
    return 200, {}, json.dumps({"event_id": event}).encode()


def mattermost(chats: Chats, request: Received, body: dict[str, Any]) -> Reply:
    [attachment] = body["attachments"]
    need(len(attachment["text"]) <= 4000 and attachment["fallback"], "Unable to parse incoming data")
    need(not re.search(r"(?i)@(?:channel|all|here)", attachment["text"] + attachment["title"]), "a mention")
    chats.said["mattermost"].append(attachment)
    return 200, {}, b"ok"


def ntfy(chats: Chats, request: Received, body: dict[str, Any]) -> Reply:
    need(body["topic"] == "outages", "invalid topic")
    need(len(body["message"].encode()) <= 4096 and 1 <= body["priority"] <= 5, "invalid message")
    need(len(body["actions"]) <= 3 and all(a["action"] == "view" for a in body["actions"]), "actions invalid")
    need(re.fullmatch(r"[-_A-Za-z0-9]{1,64}", body["sequence_id"]), "sequence id invalid")
    chats.said["ntfy"].append(body)
    return 200, {}, json.dumps({"id": "abc"}).encode()


def pagerduty(chats: Chats, request: Received, body: dict[str, Any]) -> Reply:
    need(body["routing_key"] == "A" * 32, "Invalid routing key")
    need(
        body["event_action"] in ("trigger", "acknowledge", "resolve") and len(body["dedup_key"]) <= 255, "invalid event"
    )
    payload = body["payload"]
    need(payload["severity"] in ("critical", "error", "warning", "info"), "invalid event")
    need(0 < len(payload["summary"]) <= 1024 and payload["source"], "invalid event")
    chats.said["pagerduty"].append(body)
    return 202, {}, json.dumps({"status": "success", "dedup_key": body["dedup_key"]}).encode()


def alertmanager(chats: Chats, request: Received, body: dict[str, Any]) -> Reply:
    need(body["version"] == "4" and body["status"] in ("firing", "resolved"), "wrong version")
    for alert in body["alerts"]:
        need(all(isinstance(value, str) for value in {**alert["labels"], **alert["annotations"]}.values()), "a label")
    chats.said["alertmanager"].append(body)
    return 200, {}, b""


SERVICES = {
    "/services/": slack,
    "/api/webhooks/": discord,
    "/workflows/": teams,
    "/v1/spaces/": google_chat,
    "/bot": telegram,
    "/_matrix/": matrix,
    "/hooks/": mattermost,
    "/v2/enqueue": pagerduty,
    "/alertmanager": alertmanager,
    "/": ntfy,
}
# By channel: its address there, as a person pastes it.
ADDRESSES = {
    "slack": SLACK,
    "discord": DISCORD,
    "teams": TEAMS,
    "google_chat": GOOGLE,
    "telegram": TELEGRAM,
    "matrix": MATRIX,
    "mattermost": MATTERMOST,
    "ntfy": NTFY,
    "pagerduty": PAGERDUTY,
    "alertmanager": ALERTMANAGER,
}


@contextlib.contextmanager
def chats(port: int = 0) -> Iterator[Chats]:
    """Run all services on a port."""
    with hooks(port) as site:
        found = Chats(site)

        def answer(request: Received) -> Reply:
            service = next(one for prefix, one in SERVICES.items() if request.path.startswith(prefix))
            try:
                return service(found, request, json.loads(request.body))
            except WrongError as error:
                found.refused.append(str(error))
                return error.status, {}, json.dumps({"message": str(error), "errcode": str(error)}).encode()

        site.otherwise = answer
        yield found
