"""Every number that the detector decides by, in one place. The live values are shown on the site as they stand here."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Named limits. Nats are natural logarithms of odds; minutes are whole minutes; rates are reports a minute."""

    # What one report counts (counts.py)
    reporter_hours: int = 6  # a reporter counts once for a component in so many hours
    network_reports: int = 2  # at most so many reports a network …
    network_minutes: int = 10  # … in so many minutes
    least_weight: float = 0.5  # what a report of somebody counts who was often wrong
    most_weight: float = 2.0  # and of somebody who was often right; never more than a network may bring
    origin_floor: float = 3.0  # an autonomous system may always bring so many in `network_minutes`
    unknown_floor: float = 8.0  # the same for a /16 or /32 whose autonomous system is not known
    origin_multiple: float = 4.0  # else so many times its usual share of the country's other reports
    origin_allowance: float = 0.03  # share granted to a system that was never seen there
    origins_known: int = 20  # reports from which a country's usual systems are known
    origin_usual_from: float = 2.0  # reports of calm minutes from which a system is a usual one there
    learnt_weight: float = 0.5  # a report that counts for less teaches no usual system …
    learnt_origins: int = 100  # … nor do more than so many a minute
    kept_weight: float = 0.02  # a report that counts for less is no evidence later on

    # What is usual (baseline.py)
    half_life_days: float = 21.0  # what was learnt counts half after so many days
    prior_rate: float = 0.5  # reports a minute of a service of which nothing is known yet …
    prior_minutes: float = 1.0  # … which weighs as much as so many minutes
    prior_shape: float = 0.5  # of the gamma distribution of a rate that is not known yet (Jeffreys)
    place_prior: float = 0.2  # reports that each place is thought to have had before the first …
    place_prior_places: int = 50  # … of at least so many places
    cell_prior: float = 2.0  # reports that "component and place are independent" weighs
    shape_minutes: int = 60  # the first hour teaches the level alone
    day_prior: float = 12.0  # expected reports that the coarser shape of a day weighs
    week_prior: float = 60.0  # expected reports that "every day is alike" weighs
    tempo_prior: float = 5.0  # expected reports that the shape weighs against the last hours, on the first day …
    tempo_prior_a_day: float = 4.0  # … so many more each day …
    tempo_prior_most: float = 40.0  # … up to here
    tempo_service: float = 3.0  # so many times that for the whole service
    tempo_half_life: int = 120  # minutes in which the last hours are forgotten by half
    tempo_apart: float = 2.0  # a component that goes by so many times otherwise than most is left out of it
    tempo_known: float = 5.0  # expected reports of the last hours from which a component shows how most go …
    tempo_components: int = 3  # … if there are so many of them
    tempo_windows: float = 10.0  # the last hours are as certain as so many totals of `dispersion_minutes`
    winsor_errors: float = 3.0  # a minute teaches at most so many standard deviations more than was expected
    dispersion_prior: float = 0.1  # α of a service of which nothing is known …
    dispersion_weight: float = 300.0  # … and its weight, as a sum of squared expectations
    dispersion_fading: float = 3.0  # `dispersion_young` fades as 1/(1 + so many times the days watched)
    first_day_minutes: int = 1440  # until then the shape of the day is not known
    dispersion_minutes: int = 10  # α is estimated over totals of so many minutes
    first_minutes: int = 1  # so long only the level is learnt: a first minute may be busy by nature
    rate_floor: float = 0.002  # a cell is never expected to be quieter than this
    dispersion_floor: float = 0.03  # α is never thought smaller: people come in groups
    dispersion_young: float = 0.4  # added to α on the first day, when the shape of the day is not known; fades
    dispersion_ceiling: float = 2.0  # nor larger

    # What is unusual (cusum.py)
    ratios: tuple[float, ...] = (3.0, 10.0, 50.0, 200.0)  # κ: how many times the expected rate each detector looks for
    smallest_rise: float = 0.1  # a rise below six reports an hour is not looked for
    refresh_minutes: int = 10  # expected rates are renewed so often
    crowd_open: float = 16.5  # h: nats of the crowd's CUSUM that open an incident alone …
    crowd_open_least: float = 12.0  # … where few report less is enough, down to here:
    crowd_false: float = 0.01  # ln(sums that begin in a month / so many false ones that may pass)
    crowd_sums: float = 12.0  # sums that one report begins: in its place, country and everywhere, for each rise
    doubt_minutes: int = 90  # so long a possible incident keeps its components' baseline from learning
    crowd_sure: float = 30.0  # nats of a rise that lasts too long for a burst, if its symptoms are not the usual ones
    freeze: float = 8.0  # nats from which a component's baseline stops learning
    young_ratio: float = 10.0  # on the first day only rises of so many times stop it: less may be the shape of a day

    # Windows of evidence (early_look.py, engine.py, fusion.py, tracking.py)
    look_seconds: int = 5  # the running minute is looked into so often
    gap_minutes: int = 30  # after so long without any minute the sums begin anew
    crowd_minutes: int = 60  # reports of so many last minutes are evidence
    place_minutes: int = 120  # and of so many for where it is, and whether it is over
    rise_minutes: int = 90  # a rise that began earlier is looked at from here
    sure_mix: float = -1.0  # nats of the symptoms' mix below which no rise is sure by `crowd_sure`
    statement_days: int = 14  # what was said earlier is forgotten

    # A lasting change of level (level.py)
    level_bin_minutes: int = 30  # a level is looked at in bins of so many minutes
    level_days: float = 14.0  # a component's level is thought to change once in so many days
    level_prior: float = 1.0  # expected reports that "as usual" weighs in a new run
    level_rise: float = 1.4  # a change by less times is left to what is learnt anyway
    level_errors: float = 2.0  # standard errors by which it must be surpassed
    level_sure: float = 0.9  # how likely the run must be as long as is asked for
    level_held_minutes: int = 120  # so long a component has to be at a new level that may hold an incident open …
    level_minutes: int = 720  # … and any other: half a day is not the shape of a day
    level_odd_most: float = 3.0  # … as one that rose by more while its symptoms are not the usual ones: a fault
    level_doubt_minutes: int = 1440  # what was taken over early may be given up as early for so long
    level_from_minutes: int = 1440  # on the first day the shape of the day is not known yet

    # Probes (probes.py)
    failing_share: float = 0.25  # share of failures that the probes' CUSUM looks for
    fluke_floor: float = 0.002  # a target is never expected to fail more rarely than this
    new_error_share: float = 0.3  # share of failures that an outage's error would have among all failures
    new_error_cap: float = 4.0  # most nats for an error that flukes never showed
    new_error_prior: float = 4.0  # lone failures of other errors that were thought seen before the first
    fluke_prior: float = 500.0  # results that "as rare as `fluke_floor`" weighs
    fluke_ceiling: float = 0.1  # a target that is always poor still says something when it gets worse
    failure_learnt: float = 0.5  # part of a failure that is learnt as usual: a run of them is an outage, not a habit
    blocked_relief: float = 1.0  # nats that a refusal takes away
    beyond_cap: float = 2.0  # nats that a probe gathers beyond `probe_cap`
    vantage_minutes: int = 4  # results of a vantage's targets in so many minutes are compared
    probe_cap: float = 13.0  # nats of one vantage that saw the service itself fail
    lone_vantage_cap: float = 3.0  # nats of one vantage whose own network may be at fault
    blind_targets: int = 2  # so many unlike targets, all of them failing in the network, make a vantage blind
    surely_failing: float = 7.0  # nats of one probe: more than one failure of a usual kind
    own_failures: int = 2  # failures from which a probe has evidence of its own: one is a fluke
    together_minutes: int = 2  # but not one so near to another vantage's first: confirmed at 4.5 minutes, without 6.3
    onset_nats: float = 2.0  # nats of reports of `shortly_minutes` beside which two vantages at once are no lone fluke
    fresh_minutes: int = 10  # an older result says nothing of now
    answering_results: int = 3  # good results one after the other from which a probe is thought to answer
    unseen_share: float = 0.05  # share of a component's faults that its probes do not see though they would cover them

    # Fusion (fusion.py)
    open: float = 10.0  # nats of all kinds together that open an incident
    first_failure: float = 3.0  # nats of probes that a lone fluke would bring: taken off
    confirm: float = 20.0  # nats of all kinds together that confirm an incident, where enough sides see it
    second_kind: float = 3.0  # nats from which a kind of evidence counts as a second one
    shortly_minutes: int = 5  # reports of so many last minutes support probes that begin to fail
    elsewhere: float = 0.5  # part of the nats against other components that supports one, where they are independent
    quorum: float = 14.0  # nats of probes from two vantages that confirm alone, half of it from each
    missed: float = 0.25  # a crowd confirms alone only if its probes would miss such a fault with so high a chance
    official: float = 13.0  # nats of an official "investigating"
    person: float = 1.0  # nats of anyone else's word
    planned: float = 6.0  # nats that an announced maintenance lends to failures in its window
    mix_cap: float = 6.0  # most nats that the mix of symptoms may add or take
    burst: float = 3.0  # a chance burst may bring so many times the usual …
    beyond_burst: float = 8.0  # … the crowd alone must bring so many nats beyond that
    burst_mix: float = 2.0  # weight of the symptoms' mix in that: a burst has the usual mix
    mix_known: float = 50.0  # reports from which the usual mix of symptoms is known
    mix_prior: float = 1.5  # pseudo-counts of an unknown mix, half spread as usual and half evenly
    symptom_prior: float = 0.5  # reports that each symptom is thought to have had
    besides_least: float = 0.15  # so much of a country's reports may come from others than its three largest
    side_weight: float = 0.5  # a network or system counts as one from so much weight
    surge_order: float = 0.5  # expected reports that "as all the others" weighs when components are put in order
    surge_components: int = 4  # of fewer components nobody can say that all have risen alike
    surge_prior: float = 4.0  # expected reports that "no general rise" weighs
    surge_most: float = 6.0  # curiosity alone is thought to bring at most so many times the usual: simulated up to 5
    surge_mix: float = 2.0  # nats of an unusual mix of symptoms from which a general rise is no curiosity
    surge_burst: float = 1.5  # a burst within a general rise may bring so many times that
    surge_minutes: tuple[int, ...] = (2, 4, 8)  # in one of which the quieter half is beyond that by `confirm` nats …
    surge_apart: float = 2.0  # … or all but the loudest are by `open`, and it lags behind them by fewer nats
    named_networks: int = 3  # an incident names places with so many; the same as disclosure.ENOUGH
    open_networks: int = 4  # networks from which reports must come to open an incident …
    open_origins: int = 2  # … and autonomous systems
    open_without_one: float = 2.5  # nats left when the largest autonomous system is set aside
    broad_networks: int = 6  # networks of a crowd that confirms alone …
    broad_origins: int = 4  # … and its autonomous systems
    broad_networks_besides: int = 3  # networks left when the three largest autonomous systems are set aside
    broad_without_three: float = 7.0  # nats left when the three largest autonomous systems are set aside

    # What is told (telling.py)
    told_growth: float = 2.0  # so many times the reports that were told last are news …
    told_minutes: int = 5  # … after so many minutes without any

    # How sure (telling.py)
    even_nats: float = 8.0  # an incident with so many nats is as likely true as not
    spread_nats: float = 4.0  # so many more make its odds e times as high …
    one_side_most: float = 0.85  # … up to here, if only the crowd or one vantage sees it
    unconfirmed_most: float = 0.95  # seen from two sides and not confirmed
    confirmed_most: float = 0.99  # confirmed: docs/detection.md has the record
    crowd_alone_most: float = 0.95  # confirmed by the crowd alone: its record, docs/detection.md
    contradicted_most: float = 0.5  # only the crowd, while probes answer that would see such a fault
    dismissed_most: float = 0.1  # dismissed by a moderator or by time

    # Whose fault (attribution.py)
    attribution_minutes: int = 30  # so long after its opening an incident's cause is looked for
    same_rise_minutes: int = 10  # two that opened so near each other rose together
    height_minutes: int = 10  # heights are compared as averages of so many minutes
    bystander_share: float = 0.15  # a bystander rises to at most so much of the failing one: 0.03 to 0.08 on 2020-06-15
    learnt_relation: float = 0.5  # share of another's outages in which this service rose as well, to be related
    learnt_outages: int = 2  # at least so many of them
    relation_days: int = 180  # outages of so long are remembered for it …
    most_neighbours: int = 20  # … the last so many, of so many services
    same_opening_minutes: int = 15  # an incident that a recount opens so near to one of before is the same
    peak_minutes: int = 120  # an outage's height is looked for in so many last minutes

    # Place and part (scope.py)
    area_cost: float = 1.0  # nats for naming a probe's area …
    country_cost: float = 3.0  # … a country …
    region_cost: float = 4.5  # … a region: everywhere costs nothing
    place_chance: float = 0.7  # a quiet window brings the best place n nats with a chance of so many times …
    place_decay: float = 0.6  # … e to the power of -n times so much: measured by `python -m bench place`
    place_sure: float = 0.00577  # a place is named if chance would bring it no more often
    few_countries: int = 3  # where fewer are known at all, nobody knows of everywhere
    uneven: float = 2.0  # how many times as unevenly one outage may be reported from country to country
    least_rise: float = 2.0  # a part of an outage rises to so many times the usual at least
    least_share: float = 0.5  # of the usual reports: fewer say nothing of a place
    whole_share: float = 0.97  # a place with so much of the usual reports is everywhere
    unknown_cover: float = 0.5  # share of a probe's area that a place is thought to cover where nothing is usual
    symptom_gain: float = 0.1  # nats a report by which a symptom stands out; else the most reported one is shown
    part_nats: float = 8.0  # excess of a component that makes it part of an incident
    part_ratio: float = 2.0  # and so many times what is expected
    split_nats: float = 20.0  # evidence of each of two components in places of their own, from which they are two
    split_share: float = 0.1  # weighted share of the smaller place that they may have in common
    rescope_nats: float = 4.0  # how much better a new place must explain the reports than the published one
    rescope_minutes: int = 5  # a place is corrected so often …
    rescope_young: int = 15  # … and each minute of the first so many
    dependent_place: float = 0.4  # share of places from which a component that depends on another one belongs to it
    least_part: float = 0.5  # nats of the crowd below which a candidate needs probes or a word

    # Lifecycle (lifecycle.py)
    recover_probe_nats: float = 8.5  # nats of good probe results from which an incident is recovering …
    resolve_probe_nats: float = 9.5  # … and from which it may be over
    still_share: float = 0.6  # share of the last hour's reports that goes on in an outage that lasts …
    gone_share: float = 0.18  # … and that comes for a while after one is over
    fading_spans: tuple[int, ...] = (8, 10, 15, 20, 25, 30, 40)  # minutes over which reports are held against before
    before_most_minutes: int = 60  # the rate of before is taken over at most so many minutes …
    still_floor: float = 0.02  # reports a minute: an outage that lasts brings at least so much …
    gone_floor: float = 0.005  # … and the rest after its end at least so much
    failing_prior: float = 2.0  # of an outage's probe results so many failures are thought seen …
    answer_prior: float = 8.0  # … among so many results
    failing_least: float = 0.05  # the share of failures during an outage, at least …
    failing_most: float = 0.95  # … and at most
    before_minutes: int = 5  # … and at least so many
    falling_minutes: int = 5  # reports fall when in so many minutes …
    falling_share: float = 0.9  # … they are at most so much of those before …
    falling_rest: float = 0.2  # … or twice the usual and this a minute
    receding_errors: float = 3.0  # beside good probes, also when so many standard errors below their height
    active_minutes: int = 15  # there is still evidence when in so many minutes …
    active_nats: float = 3.0  # … reports bring so many nats
    working_answers: float = 8.0  # "works again" is heard from so many answers, half of them good …
    working_share: float = 0.7  # … when so much of them are …
    working_relief: float = 0.8  # … and lowers the bar to so much
    recover_after: int = 3  # minutes after the opening before which nothing recovers …
    resolve_after: int = 5  # … or ends
    said_lately: int = 45  # so many minutes the company's "resolved" counts
    said_minutes: int = 4  # good probes for so long are enough beside it
    again_crowd_nats: float = 0.5  # below this what was recovering is on again, if reports rise
    recover_crowd_nats: float = 2.5  # nats of missing reports from which an incident is recovering …
    resolve_crowd_nats: float = 5.0  # … and from which it may be over
    resolve_minutes: int = 8  # good probes for at least so long
    quiet_minutes: int = 25  # so long without a sign ends what no probe watches
    dismiss_minutes: int = 45  # a possible incident without new evidence for so long is dismissed
    reopen_minutes: int = 60  # what fails again so soon after its end is the same incident
    fading_hours: int = 6  # … and so long at most while people still report what is over
    back_minutes: int = 15  # what closed comes back by evidence of so many minutes …
    glow: float = 1.3  # … beyond so many times the rate before its end …
    glow_minutes: int = 10  # … over so many minutes …
    glow_half_life: float = 8.0  # … which fades by half in so many
    back_nats: float = 7.0  # … and, without probes, only if the last ones exceed the fewest since by so many nats
    held_minutes: int = 60  # what a moderator opens or confirms is not ended by a rule before
    same_onset_minutes: int = 20  # two that began so near each other, one inside the other, are one
    same_place: float = 0.75  # weighted share of places from which two have the same place
    plan_before_minutes: int = 5  # announced work may begin so much earlier than it was announced …
    plan_after_minutes: int = 45  # … and last so much longer
    official_hours: int = 3  # so long a company's statement counts as evidence beside other evidence
    word_hours: int = 12  # so long it holds an incident that nothing else shows; then it is stale


DEFAULT: Final = Thresholds()


def as_dict(thresholds: Thresholds = DEFAULT) -> dict[str, Any]:
    """The thresholds by name, as the site shows them."""
    return {field.name: getattr(thresholds, field.name) for field in fields(thresholds)}
