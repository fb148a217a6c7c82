from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from config.process_cache import CACHE
from reports.catalog import store as catalog_store
from reports.catalog.loader import parse
from reports.catalog.schema import Catalog
from reports.catalog.store import catalog_of, fetch_catalogs, retire_all_but, store
from reports.models import Component, FormerSlug, Service, Symptom

pytestmark = pytest.mark.django_db


def _catalog(*components: str, symptoms: tuple[str, ...] = ("timeout",), **head: Any) -> Catalog:
    values = {
        "slug": "mail",
        "name": "Mail",
        "default_component": components[0],
        "components": [{"slug": slug, "name": f"The {slug}"} for slug in components],
        "symptoms": [{"slug": slug, "name": slug} for slug in symptoms],
    }
    return msgspec.convert(values | head, Catalog)


def _active(model: type[Component] | type[Symptom]) -> list[str]:
    return list(model._default_manager.filter(is_active=True).order_by("position").values_list("slug", flat=True))


def test_a_catalogue_becomes_a_service_with_its_parts() -> None:
    change = store(_catalog("web", "sync", symptoms=("slow", "timeout"), position=3, clock="recorded", provenance="X"))
    service = Service.objects.get()
    assert (service.slug, service.name, service.clock, service.position) == ("mail", "Mail", "recorded", 3)
    assert _active(Component) == ["web", "sync"]
    assert _active(Symptom) == ["slow", "timeout"]
    assert change.action == "added"
    assert change.components.added == ("web", "sync")


def _all_rows() -> list[str]:
    """Return all that is stored, but for numbers and times."""
    parts = [model._default_manager.values_list("service__slug", "slug", "name", "position", "is_active")
             for model in (Component, Symptom)]  # fmt: skip
    services = Service.objects.values_list("slug", "name", "definition", "definition_hash", "clock", "position")
    rows = [services, *parts, FormerSlug.objects.values_list("service__slug", "slug")]
    return sorted(str(row) for found in rows for row in found)


def test_many_catalogues_become_what_each_becomes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog_store, "_AT_ONCE", 2)
    wanted = [
        _catalog("web", slug="mail", name="Post"),  # changed
        _catalog("web", slug="apex", formerly=["acme"]),  # renamed
        _catalog("web", slug="same"),
        _catalog("web", slug="gone"),  # comes back
        _catalog("web", slug="both", formerly=["one", "two"]),  # cannot be
        *(_catalog("web", "sync", slug=f"new-{number}", formerly=[f"old-{number}"]) for number in range(4)),
        _catalog("web", slug="last", formerly=["taken"]),  # a former slug that another one has had
    ]
    found = []
    for load in (lambda: list(catalog_store.store_all(wanted)), lambda: [_told(one) for one in wanted]):
        with transaction.atomic():
            for slug in ("mail", "acme", "same", "gone", "one", "two"):
                store(_catalog("web", slug=slug))
            store(_catalog("web", slug="other", formerly=["taken"]))
            retire_all_but({"mail", "acme", "same", "one", "two", "other"})
            told = load()
            found.append((sorted(map(str, told)), _all_rows()))
            transaction.set_rollback(True)
    for together, alone in zip(*found, strict=True):
        assert together == alone
    assert sum("added" in str(one) for one in told) == 5


def _told(catalog: Catalog) -> Any:
    try:
        return store(catalog)
    except catalog_store.StoreError as error:
        return error


def test_what_has_not_changed_costs_one_query_together_and_what_is_new_a_few() -> None:
    catalogs = [_catalog("web", slug=f"mail-{number}") for number in range(30)]
    for most, action in ((8, "added"), (1, "unchanged")):
        with CaptureQueriesContext(connection) as queries:
            told = list(catalog_store.store_all(catalogs))
        assert {str(one).partition(" (")[0].rpartition(": ")[2] for one in told} == {action}
        assert len(queries) <= most, [query["sql"][:70] for query in queries]


def test_the_same_catalogue_again_changes_nothing() -> None:
    store(_catalog("web", "sync"))
    before = list(Service.objects.values()), list(Component.objects.values()), list(Symptom.objects.values())
    change = store(_catalog("web", "sync"))
    assert not change
    assert str(change) == "mail: unchanged"
    assert before == (list(Service.objects.values()), list(Component.objects.values()), list(Symptom.objects.values()))


def test_what_left_the_catalogue_is_kept_inactive_and_comes_back_as_itself() -> None:
    store(_catalog("web", "sync", symptoms=("slow", "timeout")))
    sync, slow = Component.objects.get(slug="sync"), Symptom.objects.get(slug="slow")

    gone = store(_catalog("web"))
    assert (gone.action, gone.components.retired, gone.symptoms.retired) == ("changed", ("sync",), ("slow",))
    assert (_active(Component), _active(Symptom)) == (["web"], ["timeout"])
    assert Component.objects.filter(pk=sync.pk, is_active=False).exists()

    back = store(_catalog("web", "sync", symptoms=("slow", "timeout")))
    assert (back.components.returned, back.symptoms.returned) == (("sync",), ("slow",))
    assert Component.objects.get(slug="sync").pk == sync.pk
    assert Symptom.objects.get(slug="slow").pk == slow.pk


def test_a_new_name_or_place_in_the_list_is_an_alteration() -> None:
    store(_catalog("web", "sync"))
    change = store(_catalog("sync", "web"))
    assert change.components.altered == ("sync", "web")
    assert _active(Component) == ["sync", "web"]
    assert "2 components renamed or moved: sync, web" in str(change)


def test_a_name_in_many_languages_is_stored_in_english_for_lists() -> None:
    store(_catalog("web", name={"de": "Post", "en": "Mail"}))
    assert Service.objects.get().name == "Mail"


def test_a_service_whose_catalogue_is_gone_is_kept_inactive_and_returns_with_it() -> None:
    store(_catalog("web"))
    store(_catalog("web", slug="calendar", name="Calendar"))
    assert [(change.slug, change.action) for change in retire_all_but({"calendar"})] == [("mail", "retired")]
    assert retire_all_but({"calendar"}) == []
    assert not Service.objects.get(slug="mail").is_active
    assert store(_catalog("web")).action == "returned"
    assert Service.objects.get(slug="mail").is_active


def test_the_typed_catalogue_is_what_was_stored_and_follows_a_change() -> None:
    first, second = _catalog("web"), _catalog("web", "sync")
    store(first)
    CACHE.clear()
    assert catalog_of(Service.objects.get()) == first
    assert catalog_of(Service.objects.get()) is catalog_of(Service.objects.get())
    store(second)
    assert catalog_of(Service.objects.get()) == second


def test_a_definition_is_fetched_once_however_often_the_service_is(django_assert_num_queries: Any) -> None:
    store(_catalog("web"))
    CACHE.clear()
    with django_assert_num_queries(2):
        catalog_of(Service.objects.get())
    with django_assert_num_queries(1):
        catalog_of(Service.objects.get())


def test_a_catalogue_that_changes_while_it_is_read_is_kept_under_its_own_hash() -> None:
    first, second = _catalog("web"), _catalog("web", "sync")
    store(first)
    read_before = Service.objects.get()
    store(second)
    CACHE.clear()
    assert catalog_of(read_before) == second
    store(first)
    assert catalog_of(Service.objects.get()) == msgspec.structs.replace(first, retired_components={"sync": "The sync"})


def test_the_definitions_of_many_services_take_one_query(django_assert_num_queries: Any) -> None:
    wanted = [_catalog("web", slug=f"mail-{number}") for number in range(5)]
    for catalog in wanted:
        store(catalog)
    CACHE.clear()
    with django_assert_num_queries(2):
        services = list(Service.objects.order_by("slug"))
        fetch_catalogs(services)
        assert [catalog_of(service) for service in services] == wanted
    with django_assert_num_queries(0):
        fetch_catalogs(services)


def test_more_catalogues_than_a_process_keeps_still_take_one_query(
    django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog_store._kept, "_most", 2)
    wanted = [_catalog("web", slug=f"mail-{number}") for number in range(5)]
    for catalog in wanted:
        store(catalog)
    CACHE.clear()
    with django_assert_num_queries(2):
        services = list(Service.objects.order_by("slug"))
        fetch_catalogs(services)
        assert [catalog_of(service) for service in services] == wanted


def test_every_shipped_catalogue_can_be_stored_and_read_back(settings: Any) -> None:
    for file in sorted(Path(settings.CATALOG_DIR).glob("*.toml")):
        catalog = parse(file.read_text(encoding="utf-8"), file)
        store(catalog)
        CACHE.clear()
        assert catalog_of(Service.objects.get(slug=catalog.slug)) == catalog
