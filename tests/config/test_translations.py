"""No text of a page is missing in any language. `make messages` brings the files up to date."""

from __future__ import annotations

import pytest
from babel.messages import Catalog, Message

from reports.languages import DEFAULT_LANGUAGE, LANGUAGES
from tools import messages

OTHERS = [tag for tag in LANGUAGES if tag != DEFAULT_LANGUAGE]


@pytest.fixture(scope="module")
def texts() -> Catalog:
    return messages.collected()


@pytest.mark.parametrize("tag", OTHERS)
def test_every_text_is_there_in_every_language(texts: Catalog, tag: str) -> None:
    assert list(messages.problems(tag, texts)) == []


@pytest.mark.parametrize(
    "text",
    [
        "Report a problem",  # {% translate %}
        "As of %(at)s",  # {% blocktranslate %} with a filter
        "all features",  # {% translate %} with a context, and pgettext
        "%(name)s is down %(in_places)s",  # Python
        "This isn’t an email address.",  # gettext_noop
        "%(n)d minutes ago",  # ngettext
        "%(grain)s-minute steps",  # {% plural %}
    ],
)
def test_texts_are_found_wherever_they_are_marked(texts: Catalog, text: str) -> None:
    ids = {each for message in texts for each in (message.id if isinstance(message.id, tuple) else (message.id,))}
    assert text in ids


@pytest.mark.parametrize(
    ("english", "said", "problem"),
    [
        ("Report", "Melden", None),
        ("Report", "", "not translated"),
        ("%(n)s reports", "%(m)s Meldungen", "other placeholders"),
        ("%(n)s reports", "Meldungen", "other placeholders"),
        ("{n} wait", "{m} warten", "other placeholders"),
        ("20 %%", "20", "other placeholders"),
        ("<b>%(n)s</b>", "%(n)s", "other placeholders or tags"),
        ('<a href="%(a)s">x</a>', '<a href="%(b)s">x</a>', "other placeholders or tags"),
        ("Say it", 'Sagen "es"', "a quotation mark"),
        (("%(n)d day", "%(n)d days"), ("ein Tag", "%(n)d Tage"), "other placeholders"),
        (("one day", "%(n)d days"), ("ein Tag", "%(n)d Tage"), None),
        (("%(n)d day", "%(n)d days"), ("%(n)d Tag",), "not translated"),
        (("%(n)d day", "%(n)d days"), ("%(n)d Tag", ""), "not translated"),
    ],
)
def test_a_wrong_translation_is_found(
    english: str | tuple[str, str], said: str | tuple[str, ...], problem: str | None
) -> None:
    found = list(messages.wrong(Message(english, said), plurals=2))
    assert (found == []) if problem is None else (len(found) == 1 and found[0].startswith(problem)), found


def test_each_language_has_its_own_number_of_plural_forms() -> None:
    forms = {tag: messages.read(tag).num_plurals for tag in OTHERS}
    alone, three = {"ja", "ko", "zh-hans", "zh-hant"}, {"pl"}
    assert {tag for tag, count in forms.items() if count == 1} == alone
    assert {tag for tag, count in forms.items() if count == 3} == three
    assert {count for tag, count in forms.items() if tag not in alone | three} == {2}
