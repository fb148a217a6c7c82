"""Keys by mail as a person gets them: a link, a key that is shown once, and all of it gone with the last key."""

from __future__ import annotations

import re
import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from outages.models import Endpoint, Subscription
from outages.notifications import api_key_mail, subscriptions, tasks
from outages.notifications.channels import mail
from outages.notifications.errors import DeliveryError
from outages.notifications.validation import Wanted
from reports.access import keys, rate_limits, usage
from reports.models import ApiKey, ApiKeyLink, ApiKeyOwner
from tests.factories import a_service

pytestmark = pytest.mark.django_db
MAIL = "ada@example.org"
FORM = {"name": "Home Assistant", "scopes": ["read", "notices:manage"], "days": "90"}


@pytest.fixture(autouse=True)
def here(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mail goes to Django's outbox; no broker."""
    settings.EMAIL_HOST, settings.OUTBOUND = "localhost", "loopback"
    monkeypatch.setattr(tasks, "_hint_key_links", lambda: None)


def ask(address: str = MAIL) -> Any:
    return Client().post("/developers/keys", {"mail": address}, follow=True)


@pytest.fixture
def path(mailoutbox: list[Any]) -> str:
    """The page that a link leads to."""
    return link(mailoutbox)


def link(mailoutbox: list[Any], address: str = MAIL) -> str:
    ask(address)
    api_key_mail.send_due()
    return str(re.search(r"http://localhost:8000(/developers/keys/\S+)", mailoutbox.pop().body)[1])  # type: ignore[index]


def shown_key(page: Any) -> str:
    return str(re.search(r"<code>(brownout_\w+)</code>", page.content.decode())[1])  # type: ignore[index]


def test_a_person_gets_a_key_uses_replaces_and_revokes_it(mailoutbox: list[Any]) -> None:
    assert "manage.py" not in Client().get("/developers/keys").content.decode()
    assert "Check your inbox" in ask().content.decode()
    assert api_key_mail.send_due() == 1
    [message] = mailoutbox
    assert (message.to, message.subject) == ([MAIL], "Your API keys on Brownout")
    path = re.search(r"http://localhost:8000(/developers/keys/\S+)", message.body)[1]  # type: ignore[index]

    page = Client().get(path)
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store, private")
    assert not ApiKey.objects.exists(), "looking at the page makes nothing: programs follow links"
    made = Client().post(f"{path}/create", FORM)
    text = shown_key(made)
    key = ApiKey.objects.get()
    assert (key.name, key.scopes) == ("Home Assistant", ["notices:manage", "read"])
    assert key.expires_at is not None
    assert text not in Client().get(path).content.decode(), "you won’t see it again"

    def works(text: str) -> bool:
        return Client().get("/api/v1/key", headers={"Authorization": f"Bearer {text}"}).status_code == 200

    assert works(text)
    usage.flush(timezone.now())
    assert "Usage by day" in Client().get(path).content.decode()
    replaced = Client().post(f"{path}/{key.pk}/replace", {"shown": key.shown})
    assert works(text), "for a day"
    assert works(shown_key(replaced))
    again = Client().post(f"{path}/{key.pk}/replace", {"shown": key.shown})
    assert "has already been replaced" in again.content.decode()
    assert works(shown_key(replaced))

    ended = Client().post(f"{path}/{key.pk}/revoke")
    assert "so we’ve deleted your address" in ended.content.decode()
    assert not works(shown_key(replaced))
    assert ApiKeyOwner.objects.count() == ApiKeyLink.objects.count() == 0
    assert Client().get(path).status_code == 404


def test_a_form_that_is_sent_twice_makes_one_key(path: str) -> None:
    new_id = re.search(r'name="id" value="([^"]+)"', Client().get(path).content.decode())[1]  # type: ignore[index]
    for expected in ("This is your key", "has already been created"):
        assert expected in Client().post(f"{path}/create", {**FORM, "id": new_id}).content.decode()
    assert ApiKey.objects.count() == 1


def test_the_address_is_not_stored_in_the_open(path: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT o::text || l::text FROM reports_apikeyowner o, reports_apikeylink l")
        assert MAIL not in cursor.fetchone()[0]


def test_what_is_wrong_is_said_beside_the_field(path: str) -> None:
    page = Client().post(f"{path}/create", {"name": " "})
    text = page.content.decode()
    assert page.status_code == 422
    assert "Give it a name" in text
    assert "Choose at least one" in text
    wrong = ask("nobody")
    assert (wrong.status_code, "This isn’t an email address" in wrong.content.decode()) == (422, True)


def test_nobody_opens_the_keys_of_another(path: str, mailoutbox: list[Any]) -> None:
    other = link(mailoutbox, "eve@example.org")
    Client().post(f"{path}/create", FORM)
    key = ApiKey.objects.get()
    assert Client().post(f"{other}/{key.pk}/revoke").status_code == 404
    assert Client().post(f"{other}/{key.pk}/replace", {"shown": key.shown}).status_code == 404
    forged = path.rpartition("/")[0] + "/" + other.rpartition("/")[2]
    assert Client().get(forged).status_code == 404
    assert Client().post(f"{forged}/create", FORM).status_code == 404
    assert Client().post(f"{path}/create", FORM, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert ApiKey.objects.get() == key


def test_a_link_is_good_for_a_day_and_then_nothing_is_kept(path: str) -> None:
    link_id = ApiKeyLink.objects.get().pk
    token = path.rpartition("/")[2]
    now = timezone.now()
    assert api_key_mail.opened(link_id, token, now=now + timedelta(hours=23)) is not None
    assert api_key_mail.opened(link_id, token, now=now + timedelta(hours=25)) is None
    keys.forget_old(now + timedelta(hours=25))
    assert not ApiKeyOwner.objects.exists()


def test_no_mailbox_is_filled_by_a_stranger() -> None:
    assert [ask().status_code for _ in range(4)] == [200, 200, 200, 429]


def test_without_a_mail_server_the_page_says_what_to_do(settings: Any) -> None:
    settings.EMAIL_HOST = ""
    for page in (Client().get("/developers/keys"), ask()):
        assert "manage.py create_api_key" in page.content.decode()
    assert not ApiKeyOwner.objects.exists()


def test_a_link_that_cannot_be_sent_waits_and_is_sent_once(mailoutbox: list[Any], monkeypatch: Any) -> None:
    real = mail.hand_over

    def refuses(message: Any) -> None:
        raise DeliveryError("the mail server said 451 later") from smtplib.SMTPException()

    ask()
    monkeypatch.setattr(mail, "hand_over", refuses)
    assert api_key_mail.send_due() == 0
    assert "451" in ApiKeyLink.objects.get().error
    monkeypatch.setattr(mail, "hand_over", real)
    assert api_key_mail.send_due() == 0, "not at once"
    later = timezone.now() + api_key_mail.FIRST_WAIT
    assert [api_key_mail.send_due(lambda: later) for _ in range(2)] == [1, 0]
    assert len(mailoutbox) == 1


def test_while_sending_is_off_a_link_waits(settings: Any, mailoutbox: list[Any]) -> None:
    settings.OUTBOUND = "off"
    assert "Sending is switched off" in ask().content.decode()
    assert api_key_mail.send_due() == 0
    settings.OUTBOUND = "loopback"
    assert api_key_mail.send_due() == 1


def test_a_revoked_key_takes_its_webhooks_and_their_addresses_along(path: str) -> None:
    service = a_service()
    Client().post(f"{path}/create", FORM)
    key = ApiKey.objects.get()
    wanted = Wanted(service=service.slug, channel="webhook", target="http://127.0.0.1:9/hook")
    subscriptions.subscribe(wanted, now=timezone.now(), key=key)
    assert "One subscription belongs to it" in Client().get(path).content.decode()
    Client().post(f"{path}/{key.pk}/revoke")
    assert Subscription.objects.count() == Endpoint.objects.count() == 0


def test_the_page_asks_no_more_for_more_keys(path: str, django_assert_max_num_queries: Any) -> None:
    owner = ApiKeyOwner.objects.get()
    for number in range(8):
        keys.create(name=f"key {number}", scopes=["read"], now=timezone.now(), owner=owner)
    Client().get(path)  # the first time the link is noted as opened
    with django_assert_max_num_queries(5):
        assert Client().get(path).content.decode().count("brownout_") >= 8


def test_the_limits_are_shown_as_they_are_set(settings: Any) -> None:
    settings.RATE_LIMIT_READS_A_MINUTE, settings.RATE_LIMIT_KEY_READS_A_MINUTE = 17, 0
    text = Client().get("/developers/keys").content.decode()
    assert '<td class="number">17</td><td class="number">no limit</td>' in text
    rate_limits.forget()
