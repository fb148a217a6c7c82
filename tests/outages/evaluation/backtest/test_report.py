"""Tables and the published page."""

from __future__ import annotations

from outages.detection.datatypes import ServiceSpec
from outages.evaluation.backtest import publish, report
from outages.evaluation.backtest.community import Clusters, Comparison
from outages.evaluation.backtest.languages import by_language
from outages.evaluation.backtest.report import Crowds, Method
from outages.evaluation.backtest.score import Found, Incident, WorldScore
from outages.evaluation.backtest.status_texts import TextScore, score

FOUND = Found(("app",), "2026-03-08T10:00:00Z", 4.0, 6.0, 12.0, 1.0, 1.0, True, 0)
FALSE = Incident("s", ("app",), "2026-03-08T20:00:00Z", confirmed_at="2026-03-08T20:05:00Z")
OURS = Method("Brownout", (WorldScore("global", 8.0, (FOUND,)), WorldScore("quiet", 8.0, (), (FALSE,))))
THEIRS = Method("another | way", (WorldScore("global", 8.0, (Found(("app",), "2026-03-08T10:00:00Z"),)),))

INCIDENTS = [
    {
        "id": "1",
        "updates": [
            {"at": "2026-03-08T10:00:00Z", "status": "Investigating", "message": "We are investigating errors"},
            {"at": "2026-03-08T10:30:00Z", "status": "Resolved", "message": "Best wishes | to all"},
        ],
    }
]


def test_the_table_has_a_row_for_each_kind_and_each_method() -> None:
    rows = report.table([OURS, THEIRS])
    assert [row[0] for row in rows[1:]] == ["global", "quiet", "all: Brownout", "all: another | way"]
    assert len({len(row) for row in rows}) == 1
    ours = dict(zip(rows[0], rows[3], strict=True))
    assert ours["recall"] == "1.00 (0.03–1.00)"
    assert ours["to open, median / p90"] == "4.0 / 4.0"
    assert ours["to resolve, median (earliest)"] == "12.0 (12.0)"
    assert ours["false confirmed a month"] == "1.9 (0.0–10.4)"
    assert ours["as expected"] == "2 of 2"


def test_what_was_never_found_has_no_minutes() -> None:
    theirs = dict(zip(*report.table([THEIRS], by_kind=False), strict=True))
    assert theirs["recall"] == "0.00 (0.00–0.97)"
    assert theirs["to open, median / p90"] == "– / –"
    assert theirs["place"] == "–"


def test_the_plain_table_explains_its_columns() -> None:
    text = report.plain(report.table([OURS]))
    assert "  c  recall" in text
    assert "all: Brownout" in text


def test_markdown_keeps_a_bar_in_a_cell() -> None:
    assert "another \\| way" in report.markdown(report.table([THEIRS]))


def texts() -> TextScore:
    return score(INCIDENTS, page="statuspage", author="Acme")


def test_the_page_tells_of_all_that_was_measured_and_lists_what_was_read_wrong() -> None:
    clusters = Comparison(5000, 14.0, Clusters(9, 7, 5), (Clusters(1, 0, 0), Clusters(2, 1, 1)))
    said = {"language": "de", "source": "statuspage", "author": "Acme"}
    languages = by_language(
        [
            {**said, "stage": "resolved", "text": "Die Störung ist behoben."},
            {**said, "stage": "planned", "text": "Die Störung ist behoben."},
            {"language": "fr", "source": "x", "author": "Ada", "stage": "irrelevant", "text": "Bonjour."},
        ],
        ServiceSpec(
            slug="acme", components=(), entities=("Acme",), official_authors=frozenset({("statuspage", "acme")})
        ),
    )
    crowds = Crowds(texts=texts(), texts_held_out=texts(), clusters=clusters, languages=languages)
    text = publish.page([OURS], [THEIRS], [1, 2], crowds)
    assert "| de | 2 | 2 | 50.0 % | 50.0 % | 0 of 0 |" in text
    assert "| fr | 1 | 0 | – | – | 1 of 1 |" in text
    assert "## Given worlds" in text
    assert "seeds 1, 2" in text
    together = text.partition("## Given and simulated worlds together")[2].partition("\n##")[0]
    assert "| all: Brownout | 3 | 2 | 0.50 (0.01–0.99) |" in together  # of two outages one is found
    assert "2 times: 0, 1 in named regions" in text
    assert "1 of 2 (50.0 %)" in text
    assert "| 1 | Resolved | investigating | thread | Best wishes \\| to all |" in text
    assert "| investigating | 1 | 50.0 % | 100.0 % |" in text
    assert "| resolved | 1 | – | 0.0 % |" in text
    assert "Crowd against provider: the data was not at hand." in text


def test_the_page_leaves_out_what_was_not_measured() -> None:
    text = publish.page([OURS], [Method("Brownout", ())], [], Crowds())
    assert "Simulated" not in text
    assert "worlds together" not in text
    assert "Recorded crowds" not in text


def test_the_ceiling_counts_texts_that_carry_different_statuses() -> None:
    twice = [
        {"id": str(n), "updates": [{"at": "2026-03-08T10:00:00Z", "status": status, "message": "All is normal"}]}
        for n, status in enumerate(["Resolved", "Resolved", "Update"])
    ]
    assert score(twice, page="statuspage", author="Acme").ceiling == 2
