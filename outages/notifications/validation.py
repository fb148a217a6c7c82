"""What somebody asks for when subscribing, and what may be wrong with it. Asks nobody outside."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Literal

import httpx
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from outages.models import Channel, Subscription
from outages.notifications.channels import POSTING, mail, recognised
from outages.notifications.channels.json_post import AddressError
from outages.notifications.channels.push_encryption import check_keys, from_base64url
from outages.notifications.channels.template import DEFAULT, LONGEST_TEMPLATE, checked
from outages.signals.outbound.addresses import parse, special_purpose
from outages.signals.outbound.errors import AddressRefusedError
from outages.signals.outbound.policy import Mode, Policy, is_local_name
from reports import places
from reports.errors import Errors, SubmissionError, close_to, shorten
from reports.intake.submissions import readable
from reports.languages import DEFAULT_LANGUAGE, LANGUAGES

LONGEST_URL = 2000
LONGEST_BOARD = 4000
NO_MAIL = "This site can’t send email because no mail server is set up."
# What providers give out. Quoted names, routes by % or !, and numbers of hosts are for mail servers among themselves.
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9.#$&'*+=?^_{}~-]{0,63}")
_PLAIN_DOMAIN = re.compile(r"(?:[a-z0-9-]{1,63}\.)+[a-z][a-z0-9-]{1,62}")


@readable
class Wanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A subscription as somebody asks for it."""

    service: Annotated[str, Meta(description="The service's slug.", examples=["tesla"])] | None = None
    of: (
        Annotated[
            str,
            Meta(
                description="In place of `service`: a board, 1 to 50 services, or components behind a dot.",
                max_length=LONGEST_BOARD,
                examples=["tesla.app,spectrum"],
            ),
        ]
        | None
    ) = None
    channel: Annotated[
        Literal[
            "auto",
            "webhook",
            "mail",
            "push",
            "slack",
            "discord",
            "teams",
            "google_chat",
            "telegram",
            "matrix",
            "mattermost",
            "ntfy",
            "pagerduty",
            "alertmanager",
            "template",
        ],
        Meta(description="How to alert you. `auto`: the chat or on-call service that the target's address is of."),
    ]
    target: Annotated[
        str,
        Meta(
            description="The webhook's URL, the mail address, the address that a chat or an on-call service gives out "
            "for posting into a channel, or the `endpoint` of a browser's push subscription.",
            max_length=LONGEST_URL,
            examples=["https://example.org/hooks/brownout"],
        ),
    ]
    p256dh: Annotated[str, Meta(description="The key of a browser's push subscription, in base64url.")] | None = None
    auth: Annotated[str, Meta(description="The other one.")] | None = None
    template: (
        Annotated[
            str,
            Meta(
                description="For `template`: the JSON that is posted, with placeholders such as `{{title}}` within its "
                "texts.",
                max_length=LONGEST_TEMPLATE,
                examples=['{"summary": "{{title}}", "link": "{{url}}"}'],
            ),
        ]
        | None
    ) = None
    component: Annotated[str, Meta(description="Only this component.")] | None = None
    country: Annotated[str, Meta(description="Only this country (ISO 3166-1).", examples=["NL"])] | None = None
    region: Annotated[str, Meta(description="Only this region (ISO 3166-2).", examples=["NL-NH"])] | None = None
    from_state: Annotated[
        Literal["possible", "confirmed", "resolved"],
        Meta(description="From which state on: `possible` too, from `confirmed` on, or only when it is resolved."),
    ] = "confirmed"
    cadence: Annotated[
        Literal["each", "daily"], Meta(description="Each alert at once, or one email a day (email only).")
    ] = "each"
    language: (
        Annotated[
            str,
            Meta(
                description=f"The language of the alerts, one of {', '.join(LANGUAGES)}. Default: the first of them in "
                "`Accept-Language`, or English.",
                examples=["de"],
                max_length=35,
            ),
        ]
        | None
    ) = None
    owner_mail: (
        Annotated[
            str,
            Meta(
                description="For a webhook: where to say, once, that it was disabled. The address is asked first, and "
                "deleted afterwards.",
                max_length=254,
            ),
        ]
        | None
    ) = None


@readable
class Confirmation(Struct, frozen=True, forbid_unknown_fields=True):
    """What a target was asked to give back."""

    challenge: Annotated[str, Meta(description="What was sent to the target.")]


@readable
class Changes(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody changes of a subscription. A field that is absent stays; null or "" stands for all of them."""

    component: Annotated[str | UnsetType | None, Meta(description="Only this component.")] = UNSET
    country: Annotated[str | UnsetType | None, Meta(description="Only this country; removes the region.")] = UNSET
    region: Annotated[str | UnsetType | None, Meta(description="Only this region; sets its country too.")] = UNSET
    from_state: Annotated[
        Literal["possible", "confirmed", "resolved"] | UnsetType, Meta(description="From which state on.")
    ] = UNSET
    cadence: Annotated[
        Literal["each", "daily"] | UnsetType, Meta(description="Each alert at once, or one email a day (email only).")
    ] = UNSET
    language: Annotated[str | UnsetType, Meta(description="The language of the alerts.")] = UNSET


def refusal(errors: list[dict[str, str]]) -> SubmissionError:
    """The answer to a wish that can be read but not be fulfilled."""
    detail = "; ".join(f"{error['field']}: {error['message']}" for error in errors)
    return SubmissionError(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-subscription", detail, errors)


@dataclass(frozen=True, slots=True)
class Checked:
    """A wish as it is stored. `target` is what a channel needs to reach somebody; `owner` a mail address or empty."""

    channel: str
    component: str
    country: str
    region: str
    target: str
    owner: str
    language: str


def check(wanted: Wanted, components: Iterable[str]) -> Checked:
    """The wish with its codes as we write them. Raises SubmissionError, naming all that is wrong."""
    errors = Errors()
    component = _component(wanted.component, components, errors)
    country, region = _place(wanted.country, wanted.region, errors)
    language = _language(wanted.language or DEFAULT_LANGUAGE, errors)
    if wanted.channel == "auto":
        wanted = replace(wanted, channel=_recognised(wanted.target, errors))
    target, owner = _target(wanted, errors), _owner(wanted, errors)
    found = Checked(wanted.channel, component, country, region, target, owner, language)
    if errors.found:
        raise refusal(errors.found)
    return found


def check_changes(changes: Changes, subscription: Subscription, components: Iterable[str]) -> dict[str, str]:
    """The fields that are to change, as they are stored. Raises SubmissionError, naming all that is wrong."""
    errors, found = Errors(), {}
    if changes.component is not UNSET:
        found["component"] = _component(changes.component, components, errors)
    if changes.country is not UNSET or changes.region is not UNSET:
        country = None if changes.country is UNSET else changes.country
        region = None if changes.region is UNSET else changes.region
        if changes.country is UNSET and not region:
            country = subscription.country
        found["country"], found["region"] = _place(country, region, errors)
    if changes.from_state is not UNSET:
        found["from_state"] = changes.from_state
    if changes.cadence is not UNSET:
        _check_cadence(changes.cadence, subscription.endpoint.channel, errors)
        found["cadence"] = changes.cadence
    if changes.language is not UNSET:
        found["language"] = _language(changes.language, errors)
    if errors.found:
        raise refusal(errors.found)
    return found


def _component(wanted: str | None, components: Iterable[str], errors: Errors) -> str:
    if wanted and wanted not in components:
        errors.add("component", f"There is no component {shorten(wanted)!r}.{close_to(wanted, components)}")
    return wanted or ""


def _language(wanted: str, errors: Errors) -> str:
    tag = wanted.strip().lower()
    if tag not in LANGUAGES:
        errors.add("language", f"{shorten(wanted)!r} is none of our languages: {', '.join(LANGUAGES)}.")
    return tag


def _check_cadence(cadence: str, channel: str, errors: Errors) -> None:
    if cadence == Subscription.Cadence.DAILY and channel != Channel.MAIL:
        errors.add("cadence", "Only email can be sent once a day.")


def _place(country: str | None, region: str | None, errors: Errors) -> tuple[str, str]:
    try:
        found = places.resolve(country, region)
    except places.UnknownPlaceError as error:
        errors.add(error.field, str(error))
        return "", ""
    if region and found.region is None:
        errors.add("region", f"{shorten(region)!r} is no region that we know. Give its country alone.")
    return found.country or "", found.region or ""


def _target(wanted: Wanted, errors: Errors) -> str:
    _check_cadence(wanted.cadence, wanted.channel, errors)
    for name in ("p256dh", "auth"):
        if getattr(wanted, name) is not None and wanted.channel != Channel.PUSH.value:
            errors.add(name, "Only web push has keys.")
    if wanted.template is not None and wanted.channel != "template":
        errors.add("template", "Only the channel `template` has one.")
    if wanted.channel == Channel.MAIL.value:
        if reason := mail.unready():
            errors.add("channel", f"Mail cannot be sent here: {reason}." if settings.EMAIL_HOST else NO_MAIL)
        return mail_address("target", wanted.target, errors)
    if wanted.channel in POSTING:
        return _posting_target(wanted, errors)
    _check_url(wanted.target, errors)
    if wanted.channel == Channel.WEBHOOK.value:
        return wanted.target
    return _push_target(wanted, errors)


def _recognised(address: str, errors: Errors) -> Any:
    """The channel that an address is of; where none knows it, one that takes any address."""
    found = recognised(address)
    if not found:
        errors.add(
            "channel",
            "We don’t know this address. Choose the service that it’s from.",
        )
    return found or Channel.WEBHOOK.value


def _posting_target(wanted: Wanted, errors: Errors) -> str:
    """What a chat or an on-call service is reached by, in one spelling."""
    channel = POSTING[wanted.channel]
    try:
        target = channel.target_of(wanted.target)
    except ValueError as error:  # an AddressError, or what urlsplit does not take
        errors.add("target", str(error) if isinstance(error, AddressError) else "This isn’t a valid address.")
        return ""
    if wanted.channel == "template":
        target = json.dumps({"url": target, "template": _template(wanted.template, errors)})
    _check_url(channel.url_of(target), errors)
    return target


def _template(template: str | None, errors: Errors) -> str:
    try:
        return checked(template or DEFAULT)
    except AddressError as error:
        errors.add("template", str(error))
        return ""


def _push_target(wanted: Wanted, errors: Errors) -> str:
    p256dh, auth = wanted.p256dh or "", wanted.auth or ""
    try:
        check_keys(from_base64url(p256dh), from_base64url(auth))
    except ValueError as error:
        errors.add("auth" if "auth" in str(error) else "p256dh", f"These are not a browser's keys: {error}.")
    return json.dumps({"endpoint": wanted.target, "p256dh": p256dh, "auth": auth})


def _owner(wanted: Wanted, errors: Errors) -> str:
    if not wanted.owner_mail:
        return ""
    if wanted.channel != Channel.WEBHOOK.value:
        errors.add("owner_mail", "Only a webhook has an owner's address beside it.")
    return mail_address("owner_mail", wanted.owner_mail, errors)


def mail_address(field: str, text: str, errors: Errors) -> str:
    """The address with its domain in small letters; what stands before the @ is the mail server's own business."""
    name, _, domain = text.strip().rpartition("@")
    address = f"{name}@{domain.lower()}"
    try:
        validate_email(address)
    except ValidationError:
        errors.add(field, "This isn’t an email address.")
    else:
        if not (_PLAIN_NAME.fullmatch(name) and _PLAIN_DOMAIN.fullmatch(domain.lower())):
            errors.add(field, "This isn’t an email address.")
    return address


def _check_url(url: str, errors: Errors) -> None:
    """What can be said of an address without asking anybody; each call looks again."""
    try:
        target = httpx.URL(url)
        host, port = target.raw_host.decode("ascii"), target.port or (443 if target.scheme == "https" else 80)
    except (httpx.InvalidURL, ValueError, TypeError):
        errors.add("target", "This isn’t a valid address.")
        return
    if target.scheme not in ("http", "https") or not host:
        errors.add("target", "The address must begin with https:// or http://.")
    elif target.userinfo:
        errors.add("target", "Addresses that contain a user name or password aren’t allowed.")
    elif message := _refused_host(host, port):
        errors.add("target", message)


def _refused_host(host: str, port: int) -> str:
    mode = Mode(settings.OUTBOUND)
    address = parse(host)
    try:
        # While sending is switched off, what is asked for is judged as if it were on.
        Policy(Mode.ON if mode is Mode.OFF else mode).check_target(host, port)
    except AddressRefusedError:
        return "We only call ports 80 and 443." if mode is not Mode.LOOPBACK else "Only this machine is called here."
    if mode is not Mode.LOOPBACK and (is_local_name(host) or (address is not None and special_purpose(address))):
        return "We never call this address."
    return ""
