"""The iframe that puts a service into another site, as text for people to copy."""

from __future__ import annotations

import json
from html import escape

from django.conf import settings
from django.urls import reverse

HEIGHT = 560
# The frame tells its height, and the page around it makes room. Where scripts are forbidden the height above stays.
_FITS = (
    "<script>addEventListener('message',e=>{{if(e.origin==={origin}&&e.data&&e.data.brownoutHeight)"
    "for(const f of document.getElementsByTagName('iframe'))if(f.contentWindow===e.source)"
    "f.height=e.data.brownoutHeight}})</script>"
)


def iframe(slug: str, title: str, query: str = "", *, of: str = "embed") -> str:
    """An iframe of a service, or with `of="embed-map"` of its map. `query` chooses a past moment or a view of the map.

    Plain text: a template escapes it when it shows it.
    """
    return frame_of(settings.SITE_URL + reverse(of, args=[slug]) + query, title)


def frame_of(address: str, title: str) -> str:
    """Return an iframe of an address, as plain text."""
    size = f'width="100%" height="{HEIGHT}"'
    frame = f'<iframe src="{escape(address)}" title="{escape(title)}" {size} loading="lazy"></iframe>'
    return frame + _FITS.format(origin=json.dumps(settings.SITE_URL).replace('"', "'"))
