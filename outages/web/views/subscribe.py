"""Subscribing by mail or in a chat without a script: ask, confirm, look, test, end."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from outages.models import Subscription
from outages.notifications import subscriptions, tasks
from outages.notifications.channels import mail, recognised
from outages.notifications.channels.template import DEFAULT, LONGEST_TEMPLATE, PLACEHOLDERS
from outages.notifications.messages import MANAGE, OWNER, name_of
from outages.notifications.validation import LONGEST_URL, Wanted
from outages.queries import boards
from outages.queries.boards import Part
from outages.signals.outbound.configured import is_off
from outages.texts.lists import listed
from outages.web.views import chat_channels
from outages.web.views.alert_subjects import Subject, of_board, of_service
from reports.access.same_origin import from_here, read_only
from reports.catalog.schema import localise
from reports.catalog.store import catalog_of
from reports.errors import SubmissionError
from reports.languages import LANGUAGES
from reports.privacy import origin
from reports.web.forms import country_choices, region_choices
from reports.web.text import refused as refused_words
from reports.web.views import REGIONS, TRAP

SHOWN_DELIVERIES = 20
CHOICES: Final = ("from_state", "component", "country", "region", "cadence", "language")


class SubscribeForm(forms.Form):
    """A wish to be told by mail, or in a chat. `subscriptions` has the last word."""

    target = forms.CharField(max_length=254, required=False)
    address = forms.CharField(max_length=LONGEST_URL, required=False)
    channel = forms.ChoiceField(required=False)
    template = forms.CharField(max_length=LONGEST_TEMPLATE, required=False)
    component = forms.ChoiceField(required=False)
    country = forms.ChoiceField(required=False)
    region = forms.ChoiceField(required=False)
    from_state = forms.ChoiceField(required=False)
    cadence = forms.ChoiceField(required=False)
    language = forms.ChoiceField(required=False, choices=list(LANGUAGES.items()))

    def __init__(self, subject: Subject, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subject, language = subject, subject.language
        self.initial.setdefault("language", language)
        given = self.data if self.is_bound else self.initial
        choices = {
            "component": [("", pgettext("alerts", "all features")), *subject.parts],
            "country": [("", pgettext("alerts", "all countries")), *country_choices(language)[1:]],
            "region": [
                ("", pgettext("alerts", "all regions")),
                *region_choices(str(given.get("country") or "")[:2], language)[1:],
            ],
            "from_state": list(from_state_words().items()),
            "cadence": list(cadence_words().items()),
            "channel": chat_channels.choices(),
        }
        for name, options in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = options
        for name in self.errors if self.is_bound else ():
            if name in self.fields:
                self.fields[name].widget.attrs.update({"aria-invalid": "true", "aria-describedby": f"error_{name}"})

    def says_any(self, *names: str) -> bool:
        """Whether one of the fields holds something of the visitor's own, or is marked as wrong: it is not folded."""
        given = self.data if self.is_bound else self.initial
        usual = {"from_state": "confirmed", "cadence": "each", "language": self.subject.language, "channel": "auto"}
        errors = self.errors if self.is_bound else {}
        return any(name in errors or given.get(name, "") not in ("", usual.get(name)) for name in names)

    @property
    def is_for_channel(self) -> bool:
        """Whether a chat is to be connected: by its button, or by the Enter key where only its field is filled in."""
        given = self.data
        if given.get("by") == "channel":
            return True
        return bool(str(given.get("address", "")).strip()) and not str(given.get("target", "")).strip()

    def clean(self) -> dict[str, Any]:
        name = "address" if self.is_for_channel else "target"
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, self.fields[name].error_messages["required"])
        return self.cleaned_data

    def wanted(self) -> Wanted:
        """The valid form as every door hands a wish in."""
        data = self.cleaned_data
        chat = self.is_for_channel
        channel: Any = (data["channel"] or "auto") if chat else "mail"
        return Wanted(
            service=self.subject.service,
            of=self.subject.of,
            channel=channel,
            target=data["address"] if chat else data["target"],
            template=(data["template"] or None) if channel == "template" else None,
            component=data["component"] or None,
            country=data["country"] or None,
            region=data["region"] or None,
            from_state=data["from_state"] or "confirmed",
            cadence="each" if chat else data["cadence"] or "each",
            language=data["language"] or self.subject.language,
        )

    def say(self, refused: SubmissionError) -> None:
        """Puts what was refused beside its fields."""
        for error in refused.errors or [{"field": "", "message": refused.detail}]:
            name = "address" if self.is_for_channel and error["field"] == "target" else error["field"]
            self.add_error(name if name in self.fields else None, refused_words(error["message"]))


def from_state_words() -> dict[str, str]:
    """From when on somebody is told, in words."""
    return {
        "confirmed": _("when an outage is confirmed and when it’s over"),
        "possible": _("as soon as something looks wrong"),
        "resolved": _("only when an outage is over"),
    }


def cadence_words() -> dict[str, str]:
    """How often somebody is told, in words."""
    return {"each": pgettext("alerts", "immediately"), "daily": _("one message a day, at 07:00 UTC")}


def kind_words() -> dict[str, str]:
    """What somebody was told, in words."""
    return {
        "opened": pgettext("state", "possible outage"),
        "confirmed": pgettext("state", "outage"),
        "changed": _("the outage has grown or moved"),
        "resolved": _("it’s over"),
        "maintenance": pgettext("state", "maintenance"),
        "challenge": pgettext("alerts", "confirmation link"),
        "test": pgettext("alerts", "test alert"),
        "disabled": _("alerts switched off"),
        "owner": _("link to confirm the owner’s address"),
    }


def delivery_words() -> dict[str, str]:
    """How a message fared, in words."""
    return {
        "waiting": pgettext("alerts", "waiting"),
        "sent": pgettext("alerts", "sent"),
        "failed": pgettext("alerts", "failed"),
        "expired": _("expired before it could be sent"),
    }


@never_cache
@from_here
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; a POST has a mail sent with a link to confirm, or shows the regions of a country."""
    return _subscribe(request, of_service(request, slug))


@never_cache
@from_here
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe_to_board(request: HttpRequest) -> HttpResponse:
    """The same for what `?of=` names, as one subscription. What is no more than one thing has a page of its own."""
    subject = of_board(request)
    of = subject.of or ""
    if "," not in of and request.method != "POST":
        slug, _dot, component = of.partition(".")
        query = f"?component={component}" if component else ""
        return HttpResponseRedirect(reverse("subscribe", args=[slug]) + query)
    return _subscribe(request, subject)


def _subscribe(request: HttpRequest, subject: Subject) -> HttpResponse:
    if request.method != "POST" or REGIONS in request.POST:
        given = request.POST if request.method == "POST" else request.GET
        initial = {name: given[name] for name in SubscribeForm.base_fields if name in given}
        return _form_page(request, subject, SubscribeForm(subject, initial=initial))
    form = SubscribeForm(subject, _in_its_field(request.POST))
    if form.is_valid() and not request.POST.get(TRAP):
        now = timezone.now()
        try:
            network = origin.of_request(request, now=now).network
            made = subscriptions.subscribe(form.wanted(), now=now, network=network)
        except SubmissionError as refused:
            form.say(refused)
        else:
            tasks.wake()
            if form.is_for_channel:
                return _see_other(subject.address(channel=chat_channels.asked_token(made.subscription)))
    if form.errors:
        return _form_page(request, subject, form, status=422)
    return _see_other(subject.address(asked="1"))


def _in_its_field(given: QueryDict) -> QueryDict:
    """A channel's address that was pasted where the mail address belongs, in its own field."""
    target = given.get("target", "").strip()
    if given.get("address", "").strip() or not recognised(target):
        return given
    moved = given.copy()
    moved["address"], moved["target"], moved["by"] = target, "", "channel"
    return moved


def _see_other(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


def _form_page(request: HttpRequest, subject: Subject, form: SubscribeForm, *, status: int = 200) -> HttpResponse:
    channel = chat_channels.asked(request.GET.get("channel", ""), _look(request))
    context = {
        **subject.context,
        "frame": "service_base.html" if subject.service else "subscribe/board_base.html",
        "name": subject.name,
        "of": subject.of,
        "form": form,
        "has_choices": form.says_any(*CHOICES),
        "has_channel": form.says_any("address", "channel", "template"),
        "trap": TRAP,
        "asked": "asked" in request.GET,
        "channel": channel,
        "look_again": subject.query(channel=channel["token"], look=channel["again"])
        if channel and channel["again"]
        else "",
        "channel_patterns": chat_channels.patterns(),
        "channel_guides": chat_channels.guides(),
        "channel_placeholders": PLACEHOLDERS,
        "channel_template": DEFAULT,
        "no_mail": mail.unready(),
        "is_off": is_off(),
        "recorded": subject.is_recorded,
        "moment": None,  # a wish has no past
    }
    return render(request, "subscribe/form.html", context, status=status)


def _look(request: HttpRequest) -> int:
    """How often the page has looked already how a question fares."""
    given = request.GET.get("look", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 0


def _subscription(subscription_id: UUID, token: str) -> Subscription:
    found = subscriptions.by_token(subscription_id, MANAGE, token)
    if found is None:
        raise Http404
    return found


@never_cache
@read_only
def manage(request: HttpRequest, subscription_id: UUID, token: str) -> HttpResponse:
    """A subscription, for whoever has the link: confirm it, look at it, end it. Looking changes nothing."""
    found = subscriptions.by_token(subscription_id, MANAGE, token)
    if found is None:
        return render(request, "subscribe/gone.html", status=404)
    return render(request, "subscribe/manage.html", {**_context(found, token), "tested": "tested" in request.GET})


def _context(found: Subscription, token: str) -> dict[str, Any]:
    language = get_language() or "en"
    catalog = catalog_of(found.service)
    parts = {part.slug: localise(part.name, language) for part in catalog.components}
    names = [parts.get(slug, slug) for slug in found.components or [found.component]]
    return {
        "subscription": found,
        "token": token,
        "name": name_of(found, language),
        "part": "" if found.parts.all() else listed(names, language),
        "board": _board_names(found, language),
        "place": found.region or found.country,
        "from_state": from_state_words()[found.from_state],
        "cadence": cadence_words()[found.cadence],
        "channel": chat_channels.labels().get(found.endpoint.channel, ""),
        "deliveries": subscriptions.deliveries_of(found).select_related("incident__service")[:SHOWN_DELIVERIES],
        "kinds": kind_words(),
        "states": delivery_words(),
        "is_off": is_off(),
    }


def _board_names(found: Subscription, language: str) -> str:
    """Return the services and components of a subscription to a board; "" for one to a service or a component."""
    if "," not in found.of:
        return ""
    return listed(
        [
            boards.name_of(Part(row.service.slug, component), catalog_of(row.service), language)
            for row in found.rows
            for component in row.components or [row.component]
        ],
        language,
    )


@never_cache
@from_here
@require_POST
def confirm(_request: HttpRequest, subscription_id: UUID, token: str) -> HttpResponse:
    """The second yes: whoever has the link has the mailbox."""
    subscriptions.confirm(_subscription(subscription_id, token), now=timezone.now())
    return _see_other(reverse("subscription-page", args=[subscription_id, token]))


@never_cache
@from_here
@require_POST
def test(request: HttpRequest, subscription_id: UUID, token: str) -> HttpResponse:
    """Sends a test, for whoever has the link."""
    found = _subscription(subscription_id, token)
    try:
        subscriptions.send_test(found, now=timezone.now())
    except SubmissionError as refused:
        context = {**_context(found, token), "refused": refused_words(refused.detail)}
        return render(request, "subscribe/manage.html", context, status=refused.status)
    tasks.wake()
    return _see_other(reverse("subscription-page", args=[subscription_id, token]) + "?tested=1")


@never_cache
@from_here
@require_http_methods(["GET", "HEAD", "POST"])
def owner(request: HttpRequest, subscription_id: UUID, token: str) -> HttpResponse:
    """Whether the owner of a webhook wants to be told of its end, for whoever has the link. Looking changes nothing."""
    found = subscriptions.by_token(subscription_id, OWNER, token)
    if found is None or found.owner_endpoint_id is None:
        return render(request, "subscribe/gone.html", status=404)
    if request.method == "POST":
        if request.POST.get("answer") == "yes":
            subscriptions.confirm_owner(found, now=timezone.now())
        else:
            subscriptions.refuse_owner(found)
            return render(request, "subscribe/gone.html", {"ended": True})
        return _see_other(reverse("subscription-owner", args=[subscription_id, token]))
    name = name_of(found, get_language() or "en")
    context = {"confirmed": found.owner_confirmed_at is not None, "token": token, "subscription": found, "name": name}
    return render(request, "subscribe/owner.html", context)


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, subscription_id: UUID, token: str) -> HttpResponse:
    """Ends a subscription at a POST, of a mail program too (RFC 8058). A GET only asks: programs follow links."""
    if request.method != "POST":
        return manage(request, subscription_id, token)
    found = subscriptions.by_token(subscription_id, MANAGE, token)
    if found is not None:
        subscriptions.unsubscribe(found)
    return render(request, "subscribe/gone.html", {"ended": found is not None})
