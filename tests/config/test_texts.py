"""The rules for texts find what they are for."""

from __future__ import annotations

import pytest
from babel.messages import Message
from django.utils import translation

from tools import texts


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("The maker says so.", "maker"),
        ("Look for official word.", "official word"),
        ("It is sent once the net is back.", "net for connection"),
        ("You will be told.", "told for notified"),
        ("Wait some minutes.", "some minutes"),
        ("Lock the car from afar.", "from afar"),
        ("That is no all-clear.", "all-clear"),
        ("Four notices", "notices"),
        ("Nobody is watching.", "not watched"),
        ("It was mended.", "mended"),
        ("Most pass by themselves.", "passes by itself"),
        ("99 % of the time", "blank before per cent"),
        ("from the crowd alone", "crowd"),
    ],
)
def test_english_that_nobody_speaks_is_found(text: str, rule: str) -> None:
    assert rule in {finding.rule for finding in texts.in_english(text)}


@pytest.mark.parametrize(
    ("message", "rule"),
    [
        (Message("Report"), "no context"),
        (Message("Go there"), "no context"),
        (Message(" of %(parts)s"), "fragment"),
        (Message("%(answer)s: %(ground)s."), "fragment"),
        (Message("%(n)s reports in all"), "no plural"),
        (Message("%(count)d minutes ago"), "no plural"),
    ],
)
def test_a_shape_that_cannot_be_translated_is_found(message: Message, rule: str) -> None:
    assert rule in {finding.rule for finding in texts.of_english(message)}


@pytest.mark.parametrize(
    "message",
    [
        Message("Report", context="button"),
        Message("%(name)s is down %(in_places)s"),
        Message(("%(n)s report", "%(n)s reports")),
        Message("We'll send it when you're back online."),
        Message("%(n)s min"),
        Message("Incident %(number)s was merged."),
        Message("%(name)s: %(headline)s", context="a service, then what happened"),
    ],
)
def test_a_good_message_passes(message: Message) -> None:
    assert list(texts.of_english(message)) == []


@pytest.mark.parametrize(
    ("language", "text", "rule"),
    [
        ("de", "Der Hersteller schweigt.", "word"),
        ("nl", "De maker zegt niets.", "word"),
        ("fr", "Une panne chez le fabricant.", "word"),
        ("fr", "Que se passe-t-il?", "typography"),
        ("fr", "Attention : panne", "typography"),
        ("fr", "L'appli", "typography"),
        ("es", "Hay una avería.", "word"),
        ("it", "Un guasto ai server.", "word"),
        ("it", "L'app", "typography"),
        ("pt", "Nenhum utilizador", "word"),
        ("pt", "«Em pausa»", "typography"),
        ("pl", "Wysłano raport", "word"),
        ("pl", "Stan “możliwy”", "typography"),
        ("zh-hant", "服務器沒有回應", "word"),
        ("zh-hant", "故障,已確認", "typography"),
        ("zh-hant", "“可能”", "typography"),
        ("nb", "Et utfall", "word"),
        ("nb", "“sitat”", "typography"),
        ("sv", "Våra prober svarar inte", "word"),
        ("da", "En melding", "word"),
        ("da", "“citat”", "typography"),
        ("zh-hans", "厂商没有说明", "word"),
        ("zh-hans", "故障,已确认", "typography"),
        ("ja", "1未満件", "word"),
        ("ja", "障害:確認済み", "typography"),
        ("ko", "장애이(가) 발생", "word"),
    ],
)
def test_a_word_or_a_mark_that_a_language_does_not_use_is_found(language: str, text: str, rule: str) -> None:
    assert rule in {finding.rule for finding in texts.in_language(text, language)}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Keine Störung bei %(name)s"),
        ("fr", "Aucun problème\u00a0: l’appli fonctionne"),
        ("it", "L’app non funziona"),
        ("da", "»citat«"),
        ("ja", "障害：%(name)s（%(state)s）"),
        ("pt", "“Sem dados”: %(name)s"),
        ("pl", "Stan „możliwy”: %(name)s"),
        ("zh-hant", "故障：%(name)s，「已確認」"),
        ("zh-hans", "故障：%(name)s，已确认"),
        ("ko", "장애 3번"),
    ],
)
def test_a_good_translation_passes(language: str, text: str) -> None:
    assert list(texts.in_language(text, language)) == []


@pytest.mark.parametrize("line", ['    text = ", ".join(names)', "{{ names|join:', ' }}", "' and '.join(parts)"])
def test_a_list_joined_by_hand_is_found(line: str) -> None:
    assert [finding.rule for finding in texts.in_source("a.py", line)] == ["joined by hand"]


def test_what_is_known_passes_and_anything_new_does_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object, capsys: pytest.CaptureFixture[str]
) -> None:
    from pathlib import Path

    file = Path(str(tmp_path)) / "known.txt"
    old, new = texts.Finding("maker", "en", "The maker."), texts.Finding("maker", "en", "Another maker.")
    file.write_text(f"# known\n{old}\n", encoding="utf-8")
    monkeypatch.setattr(texts, "KNOWN", file)
    monkeypatch.setattr(texts.sys, "argv", ["texts.py"])
    monkeypatch.setattr(texts, "findings", lambda: iter([old]))
    assert texts.main() == 0
    monkeypatch.setattr(texts, "findings", lambda: iter([old, new]))
    assert texts.main() == 1
    assert "Another maker." in capsys.readouterr().out


def test_texts_are_shown_as_they_come_out() -> None:
    with translation.override("de"):
        days = list(texts.rendered(("%(n)d Tag", "%(n)d Tage"), "de"))
        down = list(texts.rendered("%(name)s ist %(in_places)s gestört.", "de"))
    assert days == ["0 Tage", "1 Tag", "2 Tage", "5 Tage", "1.094 Tage"]
    assert down[:2] == [
        "Tesla ist in den Niederlanden gestört.",
        "Tesla ist in den USA und im Vereinigten Königreich gestört.",
    ]
    assert list(texts.rendered("Nichts zu füllen", "de")) == []
