"""The page "How good is it?": what the backtest measured, in Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from outages.evaluation.backtest import clairvoyant, report
from outages.evaluation.backtest.clairvoyant import Best
from outages.evaluation.backtest.languages import LanguageScore
from outages.evaluation.backtest.report import Crowds, Method
from outages.evaluation.backtest.score import total

_INTRODUCTION = """# How good is it?

<!-- Written by `manage.py backtest --publish`: change the backtest, not this page. -->

An outage tracker should find every outage, at once, once and in the right place, and cry wolf never. This page
holds the detector against worlds whose truth is known, and against crowds that were recorded. Whoever has a copy of
the project can measure the same:

```
python manage.py backtest --seed 1 --seed 2           # worlds that the project simulates itself
python manage.py backtest WORLD… --crowds --publish   # given worlds and recorded crowds, and this page anew
```

A world is some days of one service (eight if nothing is said): reports, probe results and announcements as they
arrive, and five eighths of its days without an outage first. [simulation.md](simulation.md) tells how they are made and
what kinds of day there are.

How to read the tables:

- *recall* is the share of true outages that were opened at all, *confirmed* of those that were confirmed. Minutes
  count from the true start; for *to resolve* from the true end (negative: too early; the earliest in brackets).
- *extra incidents* are further incidents for the same outage. *place* and *component* are the overlap with the
  truth, 1 for a perfect one. *kind* is outage or planned maintenance.
- *false* incidents fit no outage; those never confirmed are *false possible*. Both are per 30 days, and an incident
  that was opened and dismissed counts: people saw it.
- In brackets is what so many outages and days support, at 95 %: exact bounds of a binomial chance (Clopper and
  Pearson) for shares, of a Poisson mean (Garwood) for false ones. “0.0 (0.0–1.3)” says that none was seen, and that
  more than 1.3 a month would hardly have stayed unseen.
- *as expected* counts the services of worlds of which all is as `kinds.toml` says that it should be.
"""

_BASELINES = """The two published methods are in `outages/evaluation/backtest/published.py`, and they are measured on
the same worlds: reports against the mean of that time of day (fifteen minutes, each component, everywhere and per
country), as Downdetector describes it, and three probe failures in a row, as self-hosted monitors do by default."""


_CONFIDENCE = """Each incident says how likely it is that there is a fault. This is how often there was one, at the
openings and at the confirmations of all worlds above together."""


MOST_ERRORS: Final = 10  # kinds of error that the page shows


def page(
    given: Sequence[Method], simulated: Sequence[Method], seeds: Sequence[int], crowds: Crowds,
    best: Sequence[Best] = (),
) -> str:  # fmt: skip
    """The page's text. `best`: how soon the outages of the given worlds could be opened at all."""
    parts = [_INTRODUCTION]
    if given and given[0].scores:
        parts += ["## Given worlds", "These were made by others, with code that we do not have.", _tables(given)]
        parts += [words] if (words := clairvoyant.in_words(best)) else []
    if simulated and simulated[0].scores:
        named = ", ".join(map(str, seeds))
        kinds = len({score.world for score in simulated[0].scores})
        said = f"{kinds} kinds of day, seeds {named}; [simulation.md](simulation.md) lists all."
        parts += ["## Simulated worlds", said, _tables(simulated)]
    ours = [Method(of[0].name, of[0].scores) for of in (given, simulated) if of and of[0].scores]
    both = [Method(one.name, tuple(score for of in ours for score in of.scores)) for one in ours[:1]]
    if len(ours) > 1:
        parts += ["## Given and simulated worlds together", report.markdown(report.table(both, by_kind=False))]
    parts += [_BASELINES]
    if both and len(rows := report.reliability_table(both)) > 1:
        parts += ["## How sure is it?", _CONFIDENCE, report.markdown(rows)]
    if crowds.leads or crowds.clusters or crowds.texts:
        parts += ["## Recorded crowds", report.crowds_in_words(crowds)]
    if crowds.texts:
        parts += [_wrong_texts(crowds)]
    if crowds.languages:
        parts += [_languages(crowds.languages)]
    return "\n\n".join(parts) + "\n"


def _tables(methods: Sequence[Method]) -> str:
    taken = total(methods[0].scores)
    days = f"{taken.worlds} services of worlds, {taken.days:.0f} days in all, {taken.quiet_days:.0f} of them quiet."
    parts = [report.markdown(report.table(methods)), days, report.causes_in_words(methods[0].scores)]
    return "\n\n".join(part for part in parts if part)


def _wrong_texts(crowds: Crowds) -> str:
    assert crowds.texts is not None
    stages = [["stage", "stated", "precision", "recall"]]
    for stage, (right, as_read, as_stated) in crowds.texts.by_stage.items():
        stages.append([stage, f"{as_stated:,}", _share(right, as_read), _share(right, as_stated)])
    rows = [["how often", "stated", "read", "rule", "such as"]]
    for update, count in crowds.texts.telling[:MOST_ERRORS]:
        text = " ".join(update.text.split())
        short = text[:120] + ("…" if len(text) > 120 else "")
        rows.append([str(count), update.status, update.reading.stage, update.reading.rule, short])
    return (
        "### Updates, stage by stage\n\nOf those whose status names one stage.\n\n"
        + report.markdown(stages)
        + f"\n\n### The most telling errors\n\n{len(crowds.texts.wrong)} updates were read wrong. The commonest kinds, "
        "with an example each:\n\n" + report.markdown(rows)
    )


def _languages(languages: Mapping[str, LanguageScore]) -> str:
    rows = [["language", "posts", "with a stage", "precision", "recall", "rightly set aside"]]
    for name, score in languages.items():
        aside = f"{score.aside} of {score.posts - score.as_labelled}"
        precision, recall = _share(score.right, score.as_read), _share(score.right, score.as_labelled)
        rows.append([name, f"{score.posts:,}", f"{score.as_labelled:,}", precision, recall, aside])
    return (
        "### Posts, language by language\n\nLabelled by hand, traps and all "
        "(`tests/data/announcements/tesla_traps.jsonl`); where a language has few posts, the shares say little.\n\n"
        + report.markdown(rows)
    )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"
