"""What moderators may decide about incidents. A decision is stored here; the next scan carries it out.

Nothing is decided behind the detector's back: it goes on from each decision, and a rebuild makes them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from outages.detection.incidents.overrides import ENDS, OverrideError, replace_scope, scope_of, spots
from outages.models import Incident, IncidentOverride
from reports import places
from reports.catalog.store import catalog_of
from reports.models import Service

LONGEST_REASON, LONGEST_HEADLINE = 300, 160
State, Action = Incident.State, IncidentOverride.Action


class DecisionError(ValueError):
    """A decision that cannot be taken. The message says why, for the moderator."""


def move(incident: Incident, to: str, *, reason: str, by: Any) -> IncidentOverride:
    """Confirms, resolves, dismisses or reopens an incident: any state but merged."""
    if to not in State.values or to == State.MERGED:
        raise DecisionError("Choose a state.")
    if incident.state == State.MERGED:
        raise DecisionError("It was merged into another incident. Undo that first.")
    if incident.state == to:
        raise DecisionError(f"Incident {incident.number} is {incident.get_state_display()} already.")
    return _stored(incident, Action.STATE, reason, by, to_state=to)


def move_all(incidents: Iterable[Incident], to: str, *, reason: str, by: Any) -> list[IncidentOverride]:
    """The same for several incidents: all of them or none."""
    with transaction.atomic():
        return [move(incident, to, reason=reason, by=by) for incident in incidents]


def reopened(incident: Incident) -> str:
    """The state in which an incident that is over goes on when a moderator reopens it."""
    if incident.kind == Incident.Kind.MAINTENANCE:
        return State.MAINTENANCE
    return State.CONFIRMED if incident.confirmed_at else State.POSSIBLE


def merge(incidents: Iterable[Incident], *, reason: str, by: Any) -> list[IncidentOverride]:
    """Takes incidents together: all go into the one that opened first. Where one is open, that one is open again."""
    found = sorted(incidents, key=lambda incident: (incident.opened_at, incident.number))
    if len(found) < 2:
        raise DecisionError("Choose at least two incidents.")
    if len({incident.service_id for incident in found}) > 1:
        raise DecisionError("They belong to different services.")
    if any(incident.state == State.MERGED for incident in found):
        raise DecisionError("One of them was merged already.")
    first, *others = found
    with transaction.atomic():
        _refuse_if_waiting(first)
        return [
            _stored(
                other,
                Action.MERGE,
                reason,
                by,
                to_state=State.MERGED,
                merge_into=first,
                into_number=first.number,
                into_opened_at=first.opened_at,
            )
            for other in others
        ]


def split(
    incident: Incident, *, components: Sequence[str] = (), codes: Sequence[str] = (), reason: str, by: Any
) -> IncidentOverride:
    """Lets some components, or some places by their codes, go into an incident of their own."""
    if not incident.is_open:
        raise DecisionError("It is over: only an open incident can be split.")
    scope = tuple(incident.components), tuple(incident.countries), tuple(incident.regions)
    try:
        replace_scope(scope, components, codes)
    except OverrideError as error:
        raise DecisionError(str(error)) from error
    countries, regions = [c for c in codes if len(c) == 2], [c for c in codes if len(c) > 2]
    return _stored(
        incident, Action.SPLIT, reason, by, components=sorted(components), countries=countries, regions=regions
    )


def change(
    incident: Incident,
    *,
    components: Sequence[str] | None = None,
    codes: Sequence[str] | None = None,
    kind: str | None = None,
    headline: str | None = None,
    reason: str,
    by: Any,
) -> IncidentOverride:
    """Corrects what is given; None leaves it. No codes mean everywhere, an empty headline takes it away."""
    if incident.state == State.MERGED:
        raise DecisionError("It was merged into another incident. Change that one.")
    said: dict[str, Any] = {}
    if components is not None and set(components) != set(incident.components):
        if not components:
            raise DecisionError("An incident has at least one component.")
        known = {component.slug for component in catalog_of(incident.service).components}
        if unknown := set(components) - known - set(incident.components):
            raise DecisionError(f"There is no component {', '.join(sorted(unknown))}.")
        said["components"] = sorted(components)
    if codes is not None and set(codes) != spots(incident.countries, incident.regions):
        said["countries"], said["regions"] = (list(part) for part in scope_of(checked_places(codes)))
    if kind is not None and kind != incident.kind:
        said["kind"] = kind
    headline = None if headline is None else one_line(headline)
    if headline is not None and headline != incident.headline:
        if len(headline) > LONGEST_HEADLINE:
            raise DecisionError(f"A headline has at most {LONGEST_HEADLINE} characters.")
        said["headline"] = headline
    if not said:
        raise DecisionError("Nothing is changed.")
    return _stored(incident, Action.CHANGE, reason, by, **said)


def one_line(text: str) -> str:
    """Return a text as one line without control characters: it stands in subjects, titles and calendars."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def checked_places(codes: Iterable[str]) -> list[str]:
    """Codes of places that exist. Raises DecisionError."""
    found = sorted({code.strip().upper() for code in codes if code.strip()})
    if unknown := [code for code in found if places.get(code) is None]:
        raise DecisionError(f"There is no place {', '.join(unknown)}. Use codes such as NL or US-CA.")
    return found


def undo(decision: IncidentOverride, *, reason: str, by: Any) -> IncidentOverride:
    """Takes a decision back. One that still waits is withdrawn; else a new one restores what was before."""
    if why := why_not_undo(decision):
        raise DecisionError(why)
    if decision.waits:
        withdrawn = IncidentOverride.objects.filter(pk=decision.pk, applied_at=None, withdrawn_at=None)
        if not withdrawn.update(withdrawn_at=timezone.now()):
            raise DecisionError("It has just been carried out. Undo it again.")
        return decision
    incident = decision.incident
    assert incident is not None
    before = decision.before.get("subject", {})
    if decision.action == Action.STATE:
        return _stored(incident, Action.STATE, reason, by, to_state=before["state"], undoes=decision)
    if decision.action == Action.CHANGE:
        given = ("components", "countries", "regions", "headline")
        said = {name: before[name] for name in given if getattr(decision, name) is not None}
        kind = before["kind"] if decision.kind else ""
        return _stored(
            incident, Action.CHANGE, reason, by, **said, kind=kind, pinned=_stays_pinned(decision), undoes=decision
        )
    if decision.action == Action.SPLIT:
        part = _part(decision)
        assert part is not None
        return _stored(
            part,
            Action.MERGE,
            reason,
            by,
            to_state=State.MERGED,
            merge_into=incident,
            into_number=incident.number,
            into_opened_at=incident.opened_at,
            pinned=_stays_pinned(decision),
            undoes=decision,
        )
    return _taken_out(decision, incident, before, reason, by)


def why_not_undo(decision: IncidentOverride) -> str:
    """Why a decision cannot be undone; empty where it can."""
    if decision.withdrawn_at is not None:
        return "It was withdrawn."
    if decision.waits:
        return ""
    if decision.outcome:
        return "It was not carried out."
    if decision.undoes_id is not None:
        return "It is itself an undo. Decide anew."
    if IncidentOverride.objects.filter(undoes=decision, outcome="", withdrawn_at=None).exists():
        return "It was undone."
    if decision.incident is None:
        return "Its incident does not exist any more."
    later = IncidentOverride.objects.filter(incident=decision.incident, id__gt=decision.pk, undoes=None, outcome="")
    if any(not IncidentOverride.objects.filter(undoes=one).exists() for one in later.filter(withdrawn_at=None)):
        return "There is a later decision on this incident. Undo that one first."
    if decision.action in (Action.STATE, Action.MERGE) and decision.incident.state != decision.to_state:
        return f"It has moved on since: it is {decision.incident.get_state_display()}."
    if decision.action == Action.MERGE and decision.merge_into is None:
        return "The incident that it went into does not exist any more."
    if decision.action == Action.SPLIT and _part(decision) is None:
        return "The part that was split off does not exist any more, or has been merged."
    return ""


def _part(decision: IncidentOverride) -> Incident | None:
    """What a split made, unless it went elsewhere since."""
    if decision.applied_at is None:
        return None
    made = Incident.objects.filter(split_from=decision.incident, opened_at=decision.applied_at)
    return made.exclude(state=State.MERGED).first()


def _stays_pinned(undone: IncidentOverride) -> bool:
    """Whether another decision that stands has set the incident's places or components."""
    standing = IncidentOverride.objects.filter(
        Q(action=Action.SPLIT) | Q(action=Action.CHANGE) & (~Q(components=None) | ~Q(countries=None)),
        incident=undone.incident,
        outcome="",
        undoes=None,
        applied_at__isnull=False,
    ).exclude(pk=undone.pk)
    return any(not IncidentOverride.objects.filter(undoes=one).exists() for one in standing)


def _taken_out(
    decision: IncidentOverride, incident: Incident, before: dict[str, Any], reason: str, by: Any
) -> IncidentOverride:
    """Undoes a merge: the other incident keeps what it had, and what others brought that are part of it still."""
    target = decision.merge_into
    assert target is not None
    had = decision.before["into"]
    others = list(Incident.objects.filter(merged_into=target).exclude(pk=incident.pk))
    kept = set(had["components"]).union(*(one.components for one in others))
    parts = set(target.components) - (set(incident.components) - kept)
    mine = spots(had["countries"], had["regions"])
    theirs = [spots(one.countries, one.regions) for one in others]
    codes = mine.union(*theirs) if mine and all(theirs) else set()
    countries, regions = scope_of(codes)
    return _stored(
        incident,
        Action.UNMERGE,
        reason,
        by,
        to_state=before["state"],
        merge_into=target,
        into_number=target.number,
        into_opened_at=target.opened_at,
        into_to=had["state"] if had["state"] in ENDS and target.is_open else "",
        components=sorted(parts),
        countries=list(countries),
        regions=list(regions),
        undoes=decision,
    )


def _refuse_if_waiting(incident: Incident) -> None:
    """One decision at a time: the next is taken in sight of what came of the one before."""
    Service.objects.select_for_update(no_key=True).get(pk=incident.service_id)
    waiting = IncidentOverride.objects.filter(
        Q(incident=incident) | Q(merge_into=incident), applied_at=None, withdrawn_at=None
    )
    if waiting.exists():
        raise DecisionError(f"Another decision on incident {incident.number} waits for the next scan.")


def _stored(incident: Incident, action: str, reason: str, by: Any, **values: Any) -> IncidentOverride:
    reason = " ".join(reason.split())
    if not reason:
        raise DecisionError("Give a reason. It is shown to the public.")
    if len(reason) > LONGEST_REASON:
        raise DecisionError(f"A reason has at most {LONGEST_REASON} characters.")
    with transaction.atomic():
        if action != Action.MERGE:
            _refuse_if_waiting(incident)
        elif IncidentOverride.objects.filter(incident=incident, applied_at=None, withdrawn_at=None).exists():
            raise DecisionError(f"Another decision on incident {incident.number} waits for the next scan.")
        return IncidentOverride.objects.create(
            service_id=incident.service_id,
            incident=incident,
            number=incident.number,
            opened_at=incident.opened_at,
            action=action,
            reason=reason,
            by=by,
            **values,
        )
