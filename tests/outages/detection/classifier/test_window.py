"""When planned work is meant to be."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from outages.detection.classifier.window import ASSUMED_MINUTES, find

POSTED = datetime(2026, 3, 7, 14, 0, tzinfo=UTC).timestamp()  # a Saturday


def utc(text: str) -> int:
    return int(datetime.fromisoformat(f"2026-{text}:00+00:00").timestamp())


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("on 08 March from 00:51 UTC for about 90 minutes", "03-08T00:51", "03-08T02:21"),
        ("tonight 02:00–04:00 UTC", "03-08T02:00", "03-08T04:00"),
        ("tonight from 10 pm to 2 am UTC", "03-07T22:00", "03-08T02:00"),
        ("tomorrow from 03:00 UTC for 45 minutes", "03-08T03:00", "03-08T03:45"),
        ("2026-03-09 01:00-02:30 UTC", "03-09T01:00", "03-09T02:30"),
        ("2026-03-09T01:00Z to 2026-03-09T02:30Z", "03-09T01:00", "03-09T02:30"),
        ("on March 9 from 1:00 AM to 3:00 AM PT", "03-09T08:00", "03-09T10:00"),  # summer time began on the 8th
        ("Monday, March 9th from 12:00 to 16:30 UTC", "03-09T12:00", "03-09T16:30"),
        ("from 17:00 UTC Friday March 13 to 02:00 UTC Saturday March 14", "03-13T17:00", "03-14T02:00"),
        ("starting at 21:00 UTC on Tuesday, March 10 2026 for up to eight hours", "03-10T21:00", "03-11T05:00"),
        ("Sunday 23:00 CET until 01:00", "03-08T22:00", "03-09T00:00"),
        ("from 09:00 UTC+2 to 10:00", "03-08T07:00", "03-08T08:00"),
        ("am 8. März von 02:00 bis 04:00 Uhr", "03-08T01:00", "03-08T03:00"),
        ("am 08.03. von 2 bis 4 Uhr MEZ", "03-08T01:00", "03-08T03:00"),
        ("vannacht van 02:00 tot 04:00 uur", "03-08T01:00", "03-08T03:00"),
        ("le 8 mars de 2h à 4h", "03-08T01:00", "03-08T03:00"),
        ("i natt fra kl. 02:00 til 04:00", "03-08T01:00", "03-08T03:00"),
        ("3月8日 02:00-04:00 系统维护", "03-07T18:00", "03-07T20:00"),
        ("3月8日凌晨2点至4点 维护", "03-07T18:00", "03-07T20:00"),
        ("domani dalle 02:00 alle 04:00 UTC", "03-08T02:00", "03-08T04:00"),
    ],
)
def test_a_window_is_read_from_words(text: str, start: str, end: str) -> None:
    window = find(text, POSTED)
    assert window is not None
    assert (window.start, window.end) == (utc(start), utc(end))


def test_what_was_assumed_is_said() -> None:
    window = find("maintenance tomorrow from 03:00", POSTED)
    assert window is not None
    assert window.end - window.start == ASSUMED_MINUTES * 60
    assert any("end" in text for text in window.assumed)
    assert any("zone" in text for text in window.assumed)


@pytest.mark.parametrize(
    "text",
    [
        "maintenance on Sunday",
        "next week",
        "99:99 UTC",
        "2026-13-45 maintenance",
        "",
        "call 555 1234",
        "503 Server Maintenance",
    ],
)
def test_without_a_time_of_day_there_is_no_window(text: str) -> None:
    assert find(text, POSTED) is None


def test_the_time_to_the_next_update_is_not_the_length_of_the_work() -> None:
    window = find("Maintenance at 15:00 UTC for 2 hours. Next update in 30 minutes", POSTED)
    assert window is not None
    assert window.end - window.start == 7200


# ── Words belong to a language ──

JUNE = datetime(2026, 6, 1, 9, 0, tzinfo=UTC).timestamp()  # summer time: two hours ahead in most of Europe


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        (
            "Am 09.06.2026 werden von 10:00 bis 11:00 Uhr Wartungsarbeiten durchgeführt. In diesem Zeitraum ist der "
            "Dienst nicht erreichbar.",
            "06-09T08:00",
            "06-09T09:00",
        ),
        (
            "Im Zeitraum 13.06.2026 00:00 Uhr bis 14.06.2026 23:59 Uhr führen wir Wartungsarbeiten durch.",
            "06-12T22:00",
            "06-14T21:59",
        ),
        (
            "Im Wartungsfenster von 08.06.2026 22:00 Uhr bis 09.06.2026 03:00 Uhr finden Wartungsarbeiten statt.",
            "06-08T20:00",
            "06-09T01:00",
        ),
        ("Une maintenance est prévue le 8 juin de 02:00 à 04:00.", "06-08T00:00", "06-08T02:00"),
        (
            "Scheduled maintenance from 2026-06-09T22:00:00+02:00 to 2026-06-10T02:00:00+02:00",
            "06-09T20:00",
            "06-10T00:00",
        ),
        ("Maintenance from 2026-06-09 22:00:00Z until 2026-06-10 02:00:00Z", "06-09T22:00", "06-10T02:00"),
        ("Maintenance am 08.06. zwischen 22 und 2 Uhr", "06-08T20:00", "06-09T00:00"),
        ("Wartung am 13.06 von 22:00 bis 23:00 Uhr", "06-13T20:00", "06-13T21:00"),
        ("Wartung am 8. Juni 2026 von 22 Uhr bis 2 Uhr", "06-08T20:00", "06-09T00:00"),
        ("Entretien du 8 juin 22h00 au 9 juin 2h30", "06-08T20:00", "06-09T00:30"),
        ("Maintenance le 08/06/2026 de 22h à 2h pour nos serveurs", "06-08T20:00", "06-09T00:00"),
        ("Onderhoud op 8 juni van 02:00 tot 04:00 uur", "06-08T00:00", "06-08T02:00"),
        ("Onderhoud op 08-06-2026 tussen 22.00 en 02.00 uur", "06-08T20:00", "06-09T00:00"),
        ("Vi utfører vedlikehold 8. juni mellom kl. 22 og 02", "06-08T20:00", "06-09T00:00"),
        ("Planlagt vedlikehold 8. juni fra kl. 02.00 til kl. 04.00", "06-08T00:00", "06-08T02:00"),
        ("Planlagt vedligeholdelse den 8. juni kl. 02.00 til 04.00", "06-08T00:00", "06-08T02:00"),
        ("Vedligeholdelse den 8. juni 2026 fra kl. 22.00 til den 9. juni kl. 03.00", "06-08T20:00", "06-09T01:00"),
        ("Planerat underhåll den 8 juni kl. 02.00–04.00 på våra system", "06-08T00:00", "06-08T02:00"),
        ("Underhåll från 8 juni kl 22:00 till 9 juni kl 02:00 för vissa", "06-08T20:00", "06-09T00:00"),
        ("Mantenimiento el 8 de junio de 2026, de 22:00 a 02:00", "06-08T20:00", "06-09T00:00"),
        ("Mantenimiento el 8 de junio entre las 2 y las 4 horas", "06-08T00:00", "06-08T02:00"),
        ("Manutenzione l'8 giugno dalle 02:00 alle 04:00", "06-08T00:00", "06-08T02:00"),
        (
            "Manutenzione dalle ore 22:00 dell'8 giugno alle ore 02:00 del 9 giugno per tutti",
            "06-08T20:00",
            "06-09T00:00",
        ),
        ("6月8日 2:00～4:00 にメンテナンスを行います", "06-07T17:00", "06-07T19:00"),
        ("6月8日午後10時から翌2時までメンテナンス", "06-08T13:00", "06-08T17:00"),
        ("6월 8일 오전 2시부터 4시까지 점검", "06-07T17:00", "06-07T19:00"),
        ("2026년 6월 8일 22:00 ~ 6월 9일 02:00 점검", "06-08T13:00", "06-08T17:00"),
        ("6月8日22:00至次日02:00系统维护", "06-08T14:00", "06-08T18:00"),
        ("2026年6月8日 凌晨2点至4点 维护", "06-07T18:00", "06-07T20:00"),
        ("Maintenance on June 8, 2026 from 10 to 11 PM EST", "06-09T03:00", "06-09T04:00"),
        ("Maintenance on 06/08/2026 10:00 PM - 2:00 AM PT", "06-09T05:00", "06-09T09:00"),
        ("Maintenance on June 8 from midnight to 4 am UTC", "06-08T00:00", "06-08T04:00"),
        ("Maintenance 2026/06/08 22:00 - 2026/06/09 02:00 (CEST)", "06-08T20:00", "06-09T00:00"),
        ("The best maintenance is on June 8, 02:00 to 04:00", "06-08T02:00", "06-08T04:00"),
    ],
)
def test_words_of_one_language_are_no_zones_and_no_hours_of_another(text: str, start: str, end: str) -> None:
    window = find(text, JUNE)
    assert window is not None
    assert (window.start, window.end) == (utc(start), utc(end))


@pytest.mark.parametrize(
    "text",
    [
        "Maintenance every night from 22:00 to 02:00 UTC until 12 June",
        "Wartungsarbeiten jede Nacht von 22:00 bis 02:00 Uhr",
        "Travaux chaque nuit de 22h à 2h du 8 au 12 juin",
        "Onderhoud, elke nacht van 22:00 tot 02:00 uur",
        "Maintenance from 8 June to 12 June, 22:00 to 02:00 UTC",
        "毎晩 22:00〜2:00 メンテナンス",
    ],
)
def test_work_that_recurs_is_left_open(text: str) -> None:
    assert find(text, JUNE) is None
