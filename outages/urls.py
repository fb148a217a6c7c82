"""Addresses of the pages."""

from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.gzip import gzip_page

from outages.web.views import (
    about,
    api_keys,
    changes,
    csv_exports,
    dashboards,
    developers,
    disputes,
    embeds,
    front_page,
    geojson,
    guides,
    history,
    incidents,
    is_it_me,
    languages,
    maps,
    offline,
    pictures,
    revision,
    services,
    sources,
    subscribe,
)
from outages.web.views.errors import View, explained
from reports.access.same_origin import read_only


def page(view: View) -> View:
    """A page to read: packed, and it explains what is wrong with an address."""
    return gzip_page(read_only(explained(view)))


# Addresses that have no language in front of them.
same_in_all_languages: list[URLPattern | URLResolver] = [
    path("language", languages.choose, name="language"),
    path("-/changes", changes.changes, name="changes"),
    path(".well-known/security.txt", read_only(about.security_txt), name="security-txt"),
    path("service-worker.js", offline.service_worker, name="service-worker"),
    path("oembed", page(pictures.oembed), name="oembed"),
    path("revision/", read_only(revision.revision), name="revision-of-all"),
    path("revision/<slug:slug>", read_only(revision.revision), name="revision"),
    path("shapes/<str:country>.geojson", page(geojson.geojson), name="shapes"),
]

urlpatterns = [
    path("", page(front_page.board), name="board"),
    path("board", page(front_page.own_board), name="own-board"),
    path("board/embed", embeds.framed(page(front_page.embed_board)), name="embed-board"),
    path("board/subscribe", gzip_page(explained(subscribe.subscribe_to_board)), name="board-subscribe"),
    path("board.json", page(front_page.own_board_json), name="own-board-json"),
    path("about", page(about.about), name="about"),
    path("about/method", page(about.method), name="method"),
    path("privacy", page(about.privacy), name="privacy"),
    path("sources", page(sources.sources), name="sources"),
    path("developers", page(developers.developers), name="developers"),
    path("developers/keys", api_keys.keys, name="api-keys"),
    path("developers/keys/<uuid:link_id>/<str:token>", api_keys.manage, name="manage-api-keys"),
    path("developers/keys/<uuid:link_id>/<str:token>/create", api_keys.create, name="create-api-key"),
    path("developers/keys/<uuid:link_id>/<str:token>/<uuid:key_id>/replace", api_keys.replace, name="replace-api-key"),
    path("developers/keys/<uuid:link_id>/<str:token>/<uuid:key_id>/revoke", api_keys.revoke, name="revoke-api-key"),
    path("offline", page(offline.offline), name="offline"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path("subscriptions/<uuid:subscription_id>/<str:token>", subscribe.manage, name="subscription-page"),
    path("subscriptions/<uuid:subscription_id>/<str:token>/confirm", subscribe.confirm, name="confirm-subscription"),
    path("subscriptions/<uuid:subscription_id>/<str:token>/test", subscribe.test, name="test-subscription"),
    path("subscriptions/<uuid:subscription_id>/<str:token>/unsubscribe", subscribe.unsubscribe, name="unsubscribe"),
    path("subscriptions/<uuid:subscription_id>/owner/<str:token>", subscribe.owner, name="subscription-owner"),
    path("<slug:slug>/subscribe", gzip_page(explained(subscribe.subscribe)), name="subscribe"),
    path("embed/<slug:slug>", embeds.framed(page(embeds.embed)), name="embed"),
    path("embed/<slug:slug>/map", embeds.framed(page(embeds.embed_map)), name="embed-map"),
    path("<slug:slug>/", page(services.service), name="service"),
    path("<slug:slug>/map", page(maps.service_map), name="map"),
    path("<slug:slug>/map/figure.json", page(maps.map_figure), name="map-figure"),
    path("<slug:slug>/map/frames.json", page(maps.map_frames), name="map-frames"),
    path("<slug:slug>/picture.png", read_only(explained(pictures.picture)), name="picture"),
    re_path(r"^(?P<slug>[-a-zA-Z0-9_]+)/map\.(?P<form>svg|png)$", page(pictures.map_picture), name="map-picture"),
    path("<slug:slug>/map.csv", page(csv_exports.map_csv), name="map-csv"),
    path("<slug:slug>/dashboards", page(dashboards.dashboards), name="dashboards"),
    path("<slug:slug>/dashboards/<slug:panel>.csv", page(dashboards.dashboard_csv), name="dashboard-csv"),
    path("<slug:slug>/dashboards/<slug:panel>.json", page(dashboards.dashboard_figure), name="dashboard-figure"),
    path("<slug:slug>/reports.csv", page(csv_exports.reports_csv), name="reports-csv"),
    path("<slug:slug>/history", page(history.history), name="history"),
    path("<slug:slug>/history.csv", page(csv_exports.history_csv), name="history-csv"),
    path("<slug:slug>/incidents/<int:number>", page(incidents.incident), name="incident"),
    path("<slug:slug>/incidents/<int:number>/dispute", explained(disputes.dispute), name="dispute"),
    path("<slug:slug>/errors/", page(guides.guides), name="guides"),
    path("<slug:slug>/errors/<slug:symptom>", page(guides.guide), name="guide"),
    path("<slug:slug>/is-it-me", page(is_it_me.is_it_me), name="is-it-me"),
]
