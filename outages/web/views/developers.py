"""For developers: examples that work on this very site, and a badge to build without a script."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from outages.web.views.embed_code import iframe
from outages.web.views.errors import BadAddressError
from reports.catalog.schema import localise
from reports.catalog.store import catalog_of, in_order
from reports.models import Service

LOOKS = {"own": "SVG", "shields": "Shields"}
FORMS = {"markdown": "Markdown", "html": "HTML", "rst": "reStructuredText"}


class BadgeForm(forms.Form):
    """Which badge, and in which form it is wanted."""

    service = forms.ChoiceField(required=False)
    look = forms.ChoiceField(required=False, choices=list(LOOKS.items()))
    code = forms.ChoiceField(required=False, choices=list(FORMS.items()))


def developers(request: HttpRequest) -> HttpResponse:
    """The API in examples, and the badge builder: a form that is asked by the address alone."""
    services = list(Service.objects.filter(is_active=True))
    language = get_language() or "en"
    ordered = in_order(services, language)
    names = {service.slug: localise(catalog_of(service).name, language) for service in ordered}
    slug = request.GET.get("service") or next(iter(names), "")
    look, code = request.GET.get("look") or "own", request.GET.get("code") or "markdown"
    if (names and slug not in names) or look not in LOOKS or code not in FORMS:
        raise BadAddressError(_("There’s no such badge. Choose one with the form."))
    form = BadgeForm(initial={"service": slug, "look": look, "code": code})
    field = form.fields["service"]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(names.items())
    title = _("Is %(name)s down?") % {"name": names.get(slug, "")}
    context = {
        "site": settings.SITE_URL,
        "slug": slug or "tesla",
        "name": names.get(slug, ""),
        "iframe": iframe(slug, title) if slug else "",
        "form": form if names else None,
        "preview": reverse("badge", args=[slug]) if slug else "",
        "badge": badge_code(slug, title, look, code) if slug else "",
        "badge_title": title,
    }
    return render(request, "texts/developers.html", context)


def badge_code(slug: str, title: str, look: str, code: str) -> str:
    """The text that puts a badge into a page, with a link to the service. Plain text: a template escapes it."""
    site = settings.SITE_URL
    page = site + reverse("service", args=[slug])
    image = site + reverse("badge", args=[slug])
    if look == "shields":
        image = "https://img.shields.io/endpoint?" + urlencode({"url": site + reverse("badge-json", args=[slug])})
    if code == "html":
        return f'<a href="{escape(page)}"><img src="{escape(image)}" alt="{escape(title)}" height="20"></a>'
    if code == "rst":
        return f".. image:: {image}\n   :alt: {title}\n   :target: {page}"
    return f"[![{title.replace('[', '(').replace(']', ')')}]({image})]({page})"
