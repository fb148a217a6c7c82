"""A subscriber of each language reads mail and push in it: what the mail server and the push service were handed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from gettext import GNUTranslations, translation
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.utils.translation import to_locale

from outages.models import Subscription
from outages.notifications import fan_out, subscriptions, worker
from outages.notifications.validation import Wanted
from outages.texts.place_phrases import in_place
from reports.languages import DEFAULT_LANGUAGE, LANGUAGES, written
from tests.outages.notifications.conftest import Clock, Story
from tests.servers.hooks import Hooks, hooks
from tests.servers.push import browser, read_push
from tests.servers.smtp import MailServer, mail_server

pytestmark = pytest.mark.django_db

ASKED = "Please confirm: outage alerts for %(name)s"
# What is told in turn: the state, and its sentence as the catalogue has it.
STATES = (
    ("possible", "%(name)s may be down %(in_places)s"),
    ("confirmed", "%(name)s is down %(in_places)s"),
    ("resolved", "%(name)s is working again %(in_places)s"),
)
LEAST_WORDS = 3  # of a piece of English that cannot be a name


@pytest.fixture
def push_service() -> Iterator[Hooks]:
    with hooks() as server:
        yield server


@pytest.fixture
def mails(settings: Any, tmp_path: Path) -> Iterator[MailServer]:
    settings.OUTBOUND, settings.DATA_DIR = "loopback", tmp_path
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


def catalogue(language: str) -> GNUTranslations | None:
    """The language's messages as they are shipped, read past Django; None for English."""
    if language == DEFAULT_LANGUAGE:
        return None
    found = translation("django", site.LOCALE_PATHS[0], [to_locale(language)])
    assert isinstance(found, GNUTranslations)
    return found


def sentence(language: str, msgid: str) -> str:
    messages = catalogue(language)
    said = messages.gettext(msgid) if messages else msgid
    return said % {"name": "Acme", "in_places": in_place("NL", language)}


def english_in(text: str, language: str) -> list[str]:
    """Pieces of the site's English texts that are in a text and are not the same in its language."""
    messages = catalogue(language)
    if messages is None:
        return []
    said: dict[Any, str] = messages._catalog  # type: ignore[attr-defined]
    found = []
    for key, translated in said.items():
        msgid = (key[0] if isinstance(key, tuple) else key).rpartition("\x04")[2]
        for piece in re.split(r"%\(\w+\)[sd]|<[^>]+>", msgid):
            piece = " ".join(piece.split())
            if len(piece.split()) >= LEAST_WORDS and piece in text and piece not in translated:
                found.append(piece)
    return found


def test_english_that_was_left_in_a_text_is_found() -> None:
    assert "Manage or stop these alerts" in english_in("Hallo. Manage or stop these alerts: …", "de")
    assert english_in("Acme ist gestört.", "de") == []


@pytest.mark.slow
def test_mail_and_push_arrive_in_each_subscribers_language(
    service: Any, clock: Clock, mails: MailServer, push_service: Hooks
) -> None:
    readers = {}
    for language in LANGUAGES:
        key, auth, target = browser(push_service, f"/push/{language}")
        readers[language] = key, auth
        proof: Any = {"target": target["endpoint"], "p256dh": target["p256dh"], "auth": target["auth"]}
        wishes: tuple[Any, ...] = (("mail", {"target": f"{language}@{language}.example"}), ("push", proof))
        for channel, wish in wishes:
            asked = Wanted(service="acme", channel=channel, language=language, from_state="possible", **wish)
            subscriptions.subscribe(asked, now=clock())

    def arrived(msgid: str) -> dict[str, list[str]]:
        """What is wrong with what came since the last look, by language."""
        worker.run(now=clock, budget_s=20)
        wrong = {language: faults(language, msgid) for language in LANGUAGES}
        mails.messages.clear()
        push_service.received.clear()
        return {language: found for language, found in wrong.items() if found}

    def faults(language: str, msgid: str) -> list[str]:
        [mail] = [one for one in mails.messages if one["to"] == f"{language}@{language}.example"]
        [request] = push_service.at(f"/push/{language}")
        push = read_push(request.body, *readers[language])["notification"]
        plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
        assert plain is not None
        assert html is not None
        text, page = plain.get_content(), html.get_content()
        title = sentence(language, msgid)
        subject = str(mail["subject"]).strip()  # the blank of a folded line
        seen = {
            "subject": subject.startswith(title),
            "plain": title in text,
            "html": title in page,
            "push": push["title"].startswith(title),
            "body": push["body"] in " ".join(text.split()),
            "language of the mail": mail["content-language"] == written(language),
            "language of the html": f'<html lang="{written(language)}" dir="ltr">' in page,
            "language of the push": push["lang"] == written(language),
        }
        whole = "\n".join((subject, " ".join(text.split()), page, push["title"], push["body"]))
        return [name for name, holds in seen.items() if not holds] + english_in(whole, language)

    assert arrived(ASKED) == {}
    Subscription.objects.update(confirmed_at=clock())
    story = Story(service, clock)
    for state, msgid in STATES:
        story.becomes(state, countries=("NL",))
        fan_out.sweep(clock())
        assert arrived(msgid) == {}, state
