"""Measures the detector on worlds with known truth and on recorded crowds, beside two published methods."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from outages.detection import replay
from outages.detection.replay import Event, Events
from outages.evaluation.backtest import (
    clairvoyant,
    community,
    downdetector,
    neighbours,
    publish,
    published,
    report,
    status_texts,
)
from outages.evaluation.backtest.languages import LanguageScore, by_language
from outages.evaluation.backtest.score import Found, Incident, Truth, WorldScore, incidents_in, score, truth_of
from outages.evaluation.simulation import variation
from outages.evaluation.simulation.kinds import kinds
from outages.evaluation.simulation.plan import PlanError
from outages.evaluation.simulation.population import population
from outages.evaluation.simulation.world import DEFAULT_START, generate
from outages.management.commands.replay import spec_for
from outages.pipeline.spec import service_spec
from reports.catalog import loader

T = TypeVar("T")
Scores = dict[str, list[WorldScore]]  # the services of a world, by method
# Of all kinds of day they hold more than 300 outages and 1,000 quiet service-days.
NIGHTLY_SEEDS: Final = 7
LABELLED: Final = settings.BASE_DIR / "tests" / "data" / "announcements" / "tesla_traps.jsonl"
DAYS: Final = 8  # of a simulated world

OURS: Final = "Brownout"
METHODS: Final[dict[str, Callable[[Events], list[Incident]]]] = {
    OURS: lambda events: _as_scored(replay.incidents(events, spec_for(events))),
    "reports against the mean of that time of day": published.mean_of_the_time_of_day,
    "three probe failures in a row": published.three_failures_in_a_row,
}


def _scored(truth: Truth, events: Events, names: Sequence[str]) -> Scores:
    """Each service of a world, by each method. Ours sees all of them at once, as the scan does."""
    services = truth.services()
    found: Scores = {name: [] for name in names}
    ours: dict[str, list[Incident]] = {}
    of_each = {s: events if len(services) == 1 else [e for e in events if e.service == s] for s in services}
    if len(services) > 1:
        sides = neighbours.together(events, [spec_for(of_each[s]) for s in services], truth.relies_on)
        ours = {service: _as_scored(list(sides[service].lines.values())) for service in services}
    for service, own in of_each.items():
        for name in names:
            is_ours = name == OURS and service in ours
            found[name].append(score(truth.of(service), ours[service] if is_ours else METHODS[name](own)))
    return found


def _simulated(kind: str, seed: int, names: Sequence[str], days: int = DAYS, vary: bool = False) -> Scores:
    drawn = variation.varied(kinds()[kind], population(), seed) if vary else None
    if drawn is None:
        world = generate(kinds()[kind], seed=seed, days=days)
    else:
        start = DEFAULT_START + timedelta(hours=drawn.hour)
        world = generate(drawn.kind, seed=seed, days=days, service="acme", start=start, people=drawn.people)
    truth = msgspec.convert(world.truth, Truth)
    return _scored(truth, [msgspec.convert(event, Event) for event in world.events], names)


def _methods(each: Sequence[Scores], names: Sequence[str]) -> list[report.Method]:
    return [report.Method(name, tuple(one for scores in each for one in scores[name])) for name in names]


def _as_scored(lines: list[replay.Line]) -> list[Incident]:
    return incidents_in(msgspec.json.encode(line) for line in lines)


def shared_folder() -> Path:
    """Where given worlds and data sets lie, if anywhere: BROWNOUT_SHARED, else a folder beside the checkout."""
    return Path(os.environ.get("BROWNOUT_SHARED") or Path(settings.BASE_DIR).parent / "shared")


class Command(BaseCommand):
    help = "Score the detector on simulated and recorded days with known outages, next to two published methods."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("worlds", nargs="*", type=Path, help="folders that contain events.ndjson.gz and truth.json")
        parser.add_argument(
            "--seed", type=int, action="append", help="also simulate one of every kind of day with this seed"
        )
        parser.add_argument(
            "--nightly", action="store_true", help=f"the long form: seeds 1 to {NIGHTLY_SEEDS}, only ours"
        )
        parser.add_argument(
            "--jobs", type=int, default=1, help="how many worlds to simulate and score in parallel (default 1)"
        )
        parser.add_argument("--kind", action="append", help="simulate only this kind of day (with --seed)")
        parser.add_argument("--days", type=int, default=DAYS, help=f"of a simulated world (default {DAYS})")
        parser.add_argument(
            "--vary", action="store_true", help="vary the simulated days: size, time of day, components, places"
        )
        parser.add_argument("--only-ours", action="store_true", help="skip the published methods")
        parser.add_argument("--crowds", action="store_true", help="also score on the recorded data sets")
        parser.add_argument(
            "--data", type=Path, help="folder with the data sets (default: datasets in the shared folder)"
        )
        parser.add_argument("--publish", action="store_true", help="write docs/backtest.md")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["jobs"] < 1 or options["days"] < 1:
            raise CommandError("--jobs and --days must be 1 or more.")
        if options["nightly"]:
            options["seed"] = [*(options["seed"] or ()), *range(1, NIGHTLY_SEEDS + 1)]
            options["only_ours"] = True
        given = options["worlds"] or ([] if options["seed"] else _worlds_in(shared_folder() / "worlds"))
        names = list(METHODS)[:1] if options["only_ours"] else list(METHODS)
        unknown = [name for name in options["kind"] or () if name not in kinds()]
        if unknown:
            raise CommandError(f"No such kind of day: {', '.join(unknown)}. There are: {', '.join(kinds())}.")
        of_given = self._score_given(given, names)
        best = [one for world in given for one in clairvoyant.at_best(truth_of(world), replay.Recording(world))]
        if best:
            self.stdout.write(clairvoyant.in_words(best))
        asked = [(kind, seed) for kind in options["kind"] or kinds() for seed in options["seed"] or ()]
        of_simulated = self._score_simulated(asked, names, options)
        for title, methods in (("Given worlds", of_given), ("Simulated worlds", of_simulated)):
            if methods[0].scores:
                self.stdout.write(f"\n{title}\n{report.plain(report.table(methods))}\n")
                self.stdout.write(f"{report.plain(report.reliability_table(methods))}\n")
                if causes := report.causes_in_words(methods[0].scores):
                    self.stdout.write(f"{causes}\n")
        crowds = self._crowds(options["data"] or shared_folder() / "datasets") if options["crowds"] else report.Crowds()
        if not (of_given[0].scores or of_simulated[0].scores or options["crowds"]):
            raise CommandError("There is nothing to measure on: name worlds, or simulate some with --seed 1.")
        if options["publish"]:
            page = Path(settings.BASE_DIR) / "docs" / "backtest.md"
            page.write_text(publish.page(of_given, of_simulated, options["seed"] or (), crowds, best), encoding="utf-8")
            self.stdout.write(f"Wrote {page.relative_to(settings.BASE_DIR)}.")

    def _score_given(self, worlds: Sequence[Path], names: Sequence[str]) -> list[report.Method]:
        each = []
        for world in worlds:
            try:
                each.append(self._told(_scored(truth_of(world), replay.Recording(world), names)))
            except (OSError, msgspec.MsgspecError, replay.EventError) as error:
                raise CommandError(f"{world} is no world: {error}") from error
        return _methods(each, names)

    def _score_simulated(
        self, asked: Sequence[tuple[str, int]], names: Sequence[str], options: Mapping[str, Any]
    ) -> list[report.Method]:
        one = partial(_simulated, names=names, days=options["days"], vary=options["vary"])
        try:
            if options["jobs"] == 1:
                return _methods([self._told(one(kind, seed)) for kind, seed in asked], names)
            with ProcessPoolExecutor(options["jobs"]) as workers:
                return _methods([self._told(scores) for scores in workers.map(one, *zip(*asked, strict=True))], names)
        except PlanError as error:
            raise CommandError(str(error)) from error

    def _told(self, scores: Scores) -> Scores:
        """Tell of each service of a world as soon as it is scored."""
        for ours in next(iter(scores.values())):
            self.stdout.write(
                f"{ours.world}: {sum(o.is_found for o in ours.outages)} of {len(ours.outages)} found, "
                f"false: {ours.false_confirmed} confirmed, {ours.false_possible} possible"
            )
            for outage in ours.outages:
                self.stdout.write(f"  {_outage_in_words(outage)}")
            for incident in ours.false:
                where = " ".join(incident.regions or incident.countries) or "all places"
                self.stdout.write(
                    f"  false, {'confirmed' if incident.confirmed_at else 'possible'}: {incident.opened_at} "
                    f"{'+'.join(incident.components)} in {where}"
                )
            for surprise in ours.surprises:
                self.stdout.write(f"  not as expected: {surprise}")
        return scores

    def _crowds(self, data: Path) -> report.Crowds:
        if not data.is_dir():
            raise CommandError(f"{data} is no folder. Say with --data where the data sets lie.")
        texts = _if_there(data / "github_official_2022_26", _texts)
        crowds = report.Crowds(
            leads=_if_there(data / "downdetector_cloud_2018_20", downdetector.leads),
            texts=texts[0] + texts[1] if texts else None,
            texts_held_out=texts[1] if texts else None,
            languages=_if_there(LABELLED, _languages),
            clusters=_if_there(data / "spectrum_community_2026_06" / "spectrum-outages-2026-06.csv", community.compare),
        )
        self.stdout.write(f"\n{report.crowds_in_words(crowds)}\n")
        return crowds


def _worlds_in(folder: Path) -> list[Path]:
    return sorted(path.parent for path in folder.glob("*/truth.json"))


def _if_there(path: Path, measure: Callable[[Path], T]) -> T | None:
    return measure(path) if path.exists() else None


def _languages(path: Path) -> dict[str, LanguageScore]:
    """The posts that were labelled by hand for the catalogue that ships."""
    service = service_spec(loader.read(settings.BASE_DIR / "catalog" / "tesla.toml"))
    official = service.official_authors | {("changelog", "tesla")}
    posts = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return by_language(posts, replace(service, official_authors=official))


def _texts(folder: Path) -> tuple[status_texts.TextScore, status_texts.TextScore]:
    """The half that rules were made for, and the half that was held out."""
    halves: dict[bool, list[dict[str, Any]]] = {False: [], True: []}
    for incident in status_texts.incidents_in(folder):
        halves[status_texts.is_held_out(incident["id"])].append(incident)
    seen, held_out = (status_texts.score(half, page="statuspage", author="GitHub") for half in halves.values())
    return seen, held_out


def _outage_in_words(outage: Found) -> str:
    name = f"{outage.start} {'+'.join(outage.components)}"
    if not outage.is_found:
        return f"{name}: not found"
    return (
        f"{name}: opened after {outage.minutes_to_open} min, confirmed after {outage.minutes_to_confirm}, resolved "
        f"{outage.minutes_to_resolve} after its end; place {outage.place:.2f}, component {outage.component:.2f}, "
        f"{outage.fragments} extra"
    )
