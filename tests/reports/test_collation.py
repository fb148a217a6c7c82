"""Lists of names stand in the order of the reader's language, as `Intl.Collator` of ICU 78 gives it."""

from __future__ import annotations

from typing import Any

import pytest

from reports import places
from reports.catalog.store import in_order
from reports.collation import collation_key
from reports.languages import LANGUAGES
from reports.web.forms import country_choices
from tests import factories

ORDERS = (
    ("en", "Åland|Albania|Côte d’Ivoire|Croatia|Østfold|Oz|Réunion|Romania|Zambia"),
    ("de", "Oman|Österreich|Osttimor|Spanien|Straße|Strasse 2|Ungarn|Zypern"),
    ("nl", "Egypte|El Salvador|Ierland|IJsland|India|Zweden"),
    ("fr", "Égypte|Émirats arabes unis|Équateur|États-Unis|Éthiopie|Finlande|Île Bouvet|Iran"),
    ("es", "Nueva Zelanda|Ñuñoa|Omán|Palaos|Zimbabue"),
    ("es", "cana|cano|caña|caño|capa"),
    ("it", "Città del Vaticano|Cittadella|Perù|Perugia"),
    ("sv", "Zambia|Zypern|Åland|Ånge|Älmhult|Örebro|Østfold"),
    ("da", "Zambia|Æbelø|Ærø|Østerrig|Åland|Aalborg|Aarhus"),
    ("nb", "Zimbabwe|Ærøy|Østerrike|Åland"),
    ("ja", "Acme|アイスランド|アイルランド|オーストリア|オマーン|ガーナ|カナダ|日本"),
    ("zh-hans", "阿根廷|德国|美国|日本|中国|Acme"),
    ("zh-hans", "虫|虫虫|重庆|崇明|沈阳|沈|重"),
    ("zh-hant", "中國|日本|法國|美國|荷蘭|德國|Acme"),
    ("pt", "Áustria|Azerbaijão|Índia|Irã|Zâmbia"),
    ("pl", "Albania|Ądamów|Belgia|Czad|Ćwiki|Laos|Luksemburg|Łotwa|Malta|Szwecja|Śląsk|Zambia|Źródła|Żary"),
    ("ko", "가나|대한민국|일본|중국|Acme"),
    ("en", "Acme 2|Acme-Mail|Acme, Inc.|Acme’s|Acme+|Acme2|Acmes"),
    ("en", "acme|Acme|acmé|beta|Beta"),
    ("da", "Acme|acme|Beta|beta"),
)


@pytest.mark.parametrize(("language", "names"), ORDERS, ids=lambda value: value[:12])
def test_names_stand_in_the_order_of_their_language(language: str, names: str) -> None:
    wanted = names.split("|")
    mixed = wanted[::-1]
    assert sorted(mixed, key=lambda name: collation_key(name, language)) == wanted


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_has_its_own_place(language: str) -> None:
    names = {place.name(language) for place in places.countries()}
    assert len({collation_key(name, language) for name in names}) == len(names)
    assert collation_key("", language) < collation_key("a", language)


def test_the_forms_countries_are_in_the_readers_order() -> None:
    german = [name for _code, name in country_choices("de")]
    assert german[german.index("Österreich") - 1] == "Oman"
    swedish = [name for _code, name in country_choices("sv")]
    assert swedish[-3:] == ["Åland", "Österrike", "Östtimor"]


def test_services_stand_by_position_then_by_name(db: Any) -> None:
    for slug, name in (("aeriel", "Ärial"), ("zoom", "Zoom"), ("beta", "beta")):
        factories.a_service(slug=slug, name=name)
    found = list(factories.a_service().__class__.objects.all())
    assert [service.slug for service in in_order(found, "de")] == ["acme", "aeriel", "beta", "zoom"]
    assert [service.slug for service in in_order(found, "sv")] == ["acme", "beta", "zoom", "aeriel"]
