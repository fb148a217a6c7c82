"""What a page says of itself to those who show links to it."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from outages.web.charts import pictures
from outages.web.views.pictures import picture_of

register = template.Library()


@register.simple_tag(takes_context=True)
def link_preview(context: Any) -> SafeString | str:
    """Open Graph's tags with a picture of the moment, and where to ask for the oEmbed of the page."""
    moment, request = context.get("moment"), context.get("request")
    if not moment or request is None:
        return ""
    slug, status = context["service"].slug, context.get("status")
    title = _("Is %(name)s down?") % {"name": context["name"]}
    address = settings.SITE_URL + request.get_full_path()
    said = {
        "og:type": "website",
        "og:site_name": "Brownout",
        "og:title": title,
        "og:description": status.sentence if status else context.get("title") or title,
        "og:url": address,
        "og:image": picture_of(slug, moment.at),
        "og:image:width": pictures.WIDTH,
        "og:image:height": pictures.HEIGHT,
        "og:image:alt": status.sentence if status else title,
        "twitter:card": "summary_large_image",
    }
    asked = settings.SITE_URL + reverse("oembed") + "?" + urlencode({"url": address})
    return format_html(
        '{}<link rel="alternate" type="application/json+oembed" href="{}" title="{}">',
        format_html_join("", '<meta property="{}" content="{}">', said.items()),
        asked,
        title,
    )
