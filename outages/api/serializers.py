"""What the reads of the API give, as the schema says it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from outages.models import Announcement, Incident, SourceHealth
from outages.verdict import Verdict

S = serializers.Serializer[Any]


class EvidenceSerializer(S):
    """One kind of evidence in a few words."""

    kind = serializers.ChoiceField(choices=["crowd", "probes", "official"])
    state = serializers.ChoiceField(choices=["fine", "raised", "bad", "blind", "missing", "off"])
    text = serializers.CharField()


class IncidentSerializer(S):
    """An incident as it stood at the moment that was asked for. Empty `countries` and `regions` mean everywhere."""

    id = serializers.IntegerField()
    number = serializers.IntegerField(help_text="Number within the service, starting at 1.")
    service = serializers.CharField()
    state = serializers.ChoiceField(choices=Incident.State.choices)
    kind = serializers.ChoiceField(choices=Incident.Kind.choices)
    components = serializers.ListField(child=serializers.CharField())
    countries = serializers.ListField(child=serializers.CharField())
    regions = serializers.ListField(child=serializers.CharField())
    symptom = serializers.CharField(allow_blank=True)
    confidence = serializers.FloatField(min_value=0, max_value=1)
    text = serializers.CharField(allow_blank=True, help_text="The last change in words, in the requested language.")
    reason = serializers.CharField(help_text="The rule that made the last change.")
    code = serializers.CharField(allow_blank=True, help_text="Why, as a stable code: docs/api.md lists them.")
    params = serializers.DictField(help_text="The numbers and names used in the code's sentence.")
    opened_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(allow_null=True)
    resolved_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField()
    upstream = serializers.ListField(child=serializers.CharField(), help_text="Other services that failed before.")
    merged_into = serializers.IntegerField(allow_null=True, help_text="The ID of the incident it was merged into.")
    split_from = serializers.IntegerField(allow_null=True, help_text="The ID of the incident it was split off from.")
    headline = serializers.CharField(allow_blank=True, help_text="A moderator's headline, if there is one.")
    url = serializers.URLField()
    page_url = serializers.URLField()


class TallySerializer(S):
    """What became of the problem reports that came in: reports + added - the sum of cuts = counted."""

    reports = serializers.IntegerField(min_value=0, help_text="All reports received.")
    counted = serializers.IntegerField(min_value=0, help_text="How many were counted.")
    cuts = serializers.DictField(
        child=serializers.IntegerField(min_value=0),
        help_text="How many did not count, by cause: `same-network`, `same-origin` (provider), `same-reporter`, "
        "`weight` (of reporters who were often wrong), `held`, `rejected` (by a rule against abuse) and `late`.",
    )
    added = serializers.IntegerField(min_value=0, help_text="Extra weight from reporters who were often right.")


class UpstreamIncidentSerializer(S):
    """An incident on the page of something that the service relies on: a possible cause."""

    source = serializers.CharField(help_text="The source of announcements, by its slug.")  # type: ignore[assignment]  # also an attribute of fields
    name = serializers.CharField(help_text="What the service relies on.")
    title = serializers.CharField()
    stage = serializers.CharField(help_text="The last that its page said.")
    started_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True, help_text="null while it is open.")
    url = serializers.CharField(allow_blank=True)


class StatusSerializer(S):
    """A service's verdict with its numbers."""

    service = serializers.CharField()
    name = serializers.CharField()
    verdict = serializers.ChoiceField(choices=[(verdict.value, verdict.value) for verdict in Verdict])
    ok = serializers.BooleanField(allow_null=True, help_text="null if the state is unknown: never treat it as working.")
    confidence = serializers.FloatField(min_value=0, max_value=1)
    sentence = serializers.CharField()
    reports_30m = serializers.IntegerField(min_value=0)
    expected_30m = serializers.FloatField(min_value=0)
    working_30m = serializers.IntegerField(min_value=0, help_text="Reports that the service works.")
    recovered_30m = serializers.IntegerField(min_value=0, help_text="Reports that the service works again.")
    tally_30m = TallySerializer(help_text="How the problem reports of the last half hour were counted.")
    at = serializers.DateTimeField(help_text="The time this status is for.")
    as_of = serializers.DateTimeField(allow_null=True, help_text="The end of the last minute that was monitored.")
    stale = serializers.BooleanField(help_text="True if that is more than two minutes before `at`.")
    missing_30m = serializers.IntegerField(
        min_value=0,
        help_text="Minutes of the last half hour that could not be counted; none of the numbers include them.",
    )
    evidence = EvidenceSerializer(many=True)
    incidents = IncidentSerializer(many=True)
    upstream_incidents = UpstreamIncidentSerializer(
        many=True, help_text="Open now on the pages of what the service relies on: possible causes."
    )
    url = serializers.URLField()


class TermSerializer(S):
    """One piece of evidence: what was seen, what was expected, and its weight in nats."""

    kind = serializers.ChoiceField(choices=["crowd", "probes", "official", "upstream"])
    name = serializers.CharField()
    nats = serializers.FloatField(
        help_text="Weight as the natural logarithm of the odds; negative weights count against."
    )
    text = serializers.CharField(allow_blank=True, help_text="In the requested language.")
    seen = serializers.FloatField(allow_null=True)
    expected = serializers.FloatField(allow_null=True)
    component = serializers.CharField(allow_blank=True)
    place = serializers.CharField(allow_blank=True)
    detail = serializers.DictField(help_text="The numbers and IDs it is based on.")


class IncidentEventSerializer(S):
    """A change of an incident, with the evidence at that moment."""

    at = serializers.DateTimeField(help_text="When it first became public.")
    frm = serializers.CharField(
        source="from_state", allow_blank=True, help_text="The state before; empty at the opening."
    )
    to = serializers.ChoiceField(source="to_state", choices=Incident.State.choices)
    reason = serializers.CharField(help_text="The rule that made the change.")
    code = serializers.CharField(allow_blank=True, help_text="Why, as a stable code: docs/api.md lists them.")
    params = serializers.DictField(help_text="The numbers and names used in the code's sentence.")
    text = serializers.CharField(allow_blank=True, help_text="The change in words, in the requested language.")
    confidence = serializers.FloatField(min_value=0, max_value=1)
    components = serializers.ListField(child=serializers.CharField())
    countries = serializers.ListField(child=serializers.CharField())
    regions = serializers.ListField(child=serializers.CharField())
    symptom = serializers.CharField(allow_blank=True)
    evidence = TermSerializer(many=True)


class AnnouncementSerializer(S):
    """A post by somebody, as it was read."""

    id = serializers.IntegerField()
    source = serializers.CharField()  # type: ignore[assignment]  # also an attribute of fields
    author = serializers.CharField(allow_blank=True)
    tier = serializers.ChoiceField(choices=Announcement.Tier.choices)
    url = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)
    posted_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField(help_text="When we first read it.")
    deleted_at = serializers.DateTimeField(allow_null=True)
    stage = serializers.CharField(
        allow_blank=True, help_text="What it says about the outage; a moderator's decision wins."
    )
    relevant = serializers.BooleanField()
    components = serializers.ListField(child=serializers.CharField())
    reasons = serializers.ListField(child=serializers.CharField(), help_text="Why it was classified this way.")
    incident = serializers.IntegerField(allow_null=True)


class IncidentDetailSerializer(IncidentSerializer):
    """An incident with its history and its evidence."""

    tally = TallySerializer(help_text="Reports for its components and places, from half an hour before it opened.")
    events = IncidentEventSerializer(many=True)
    announcements = AnnouncementSerializer(many=True)
    upstream_incidents = UpstreamIncidentSerializer(
        many=True, help_text="Of what the service relies on, open when this began or soon after: possible causes."
    )


class ComponentSerializer(S):
    """A part of a service."""

    slug = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    depends_on = serializers.ListField(child=serializers.CharField())


class GuideSerializer(S):
    """What a symptom means and what to do."""

    meaning = serializers.CharField()
    causes = serializers.DictField(child=serializers.CharField())
    stops = serializers.ListField(child=serializers.CharField())
    steps = serializers.ListField(child=serializers.CharField())
    avoid = serializers.ListField(child=serializers.CharField())
    permanent = serializers.CharField(allow_blank=True)


class SymptomSerializer(S):
    """What a person sees when the service fails."""

    slug = serializers.CharField()
    name = serializers.CharField()
    component = serializers.CharField(allow_null=True, help_text="The component used when a report names none.")
    components = serializers.ListField(
        child=serializers.CharField(), help_text="Components it can affect; empty for all."
    )
    suggests = serializers.CharField(help_text="The kind of failure it points to.")
    http_status = serializers.IntegerField(allow_null=True)
    common = serializers.BooleanField()
    guide = GuideSerializer(allow_null=True)


class ServiceSerializer(S):
    """A service that people report on."""

    slug = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    homepage = serializers.CharField(allow_blank=True)
    clock = serializers.ChoiceField(choices=["live", "recorded"])
    provenance = serializers.CharField(allow_blank=True, help_text="Where recorded data comes from.")
    disclaimer = serializers.CharField(allow_blank=True)
    accepts_reports = serializers.BooleanField()
    default_component = serializers.CharField()
    countries = serializers.ListField(child=serializers.CharField(), help_text="Countries served; empty for all.")
    url = serializers.URLField()
    status_url = serializers.URLField()


class ServiceDetailSerializer(ServiceSerializer):
    """A service with its parts and symptoms."""

    components = ComponentSerializer(many=True)
    symptoms = SymptomSerializer(many=True)


class PlaceSerializer(S):
    """A country (ISO 3166-1) or a region (ISO 3166-2)."""

    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=["country", "region"])
    country = serializers.CharField()
    population = serializers.IntegerField(allow_null=True)
    population_year = serializers.IntegerField(allow_null=True)
    latitude = serializers.FloatField(help_text="Of a point inside the place.")
    longitude = serializers.FloatField()


class PlaceDetailSerializer(PlaceSerializer):
    """A place with its names, its neighbours and its regions."""

    names = serializers.DictField(child=serializers.CharField())
    neighbours = serializers.ListField(child=serializers.CharField())
    regions = PlaceSerializer(many=True)


class SourceSerializer(S):
    """A source of announcements, and its health."""

    service = serializers.CharField()
    slug = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    tier = serializers.ChoiceField(choices=Announcement.Tier.choices, help_text="Who writes its posts.")
    url = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(
        choices=[*SourceHealth.State.values, "silent"], help_text="Only `fine` and `slow` can be trusted."
    )
    detail = serializers.CharField(allow_blank=True)
    last_success_at = serializers.DateTimeField(allow_null=True)
    last_change_at = serializers.DateTimeField(allow_null=True)
    next_try_at = serializers.DateTimeField(allow_null=True)
    budget_left_usd = serializers.FloatField(allow_null=True, help_text="For today; null if reading costs nothing.")


class ProbeSerializer(S):
    """What a vantage last saw of a target."""

    probe = serializers.CharField()
    vantage = serializers.CharField()
    component = serializers.CharField(allow_blank=True)
    countries = serializers.ListField(child=serializers.CharField())
    control = serializers.BooleanField(
        help_text="A target unrelated to the service: it shows whether our own network works."
    )
    classification = serializers.CharField(help_text="up, degraded, down, blocked or blind.")
    http_status = serializers.IntegerField(allow_null=True)
    error = serializers.CharField(allow_blank=True)
    latency_ms = serializers.FloatField(allow_null=True)
    at = serializers.DateTimeField()


class ProbeHourSerializer(S):
    """An hour of a probe from one vantage. Latencies are of answers, in milliseconds."""

    at = serializers.DateTimeField(source="hour", help_text="The start of the hour.")
    vantage = serializers.CharField()
    results = serializers.IntegerField()
    up = serializers.IntegerField()
    degraded = serializers.IntegerField()
    down = serializers.IntegerField()
    blocked = serializers.IntegerField(help_text="Our checks were blocked: this says nothing about the target.")
    availability = serializers.FloatField(
        min_value=0, max_value=1, allow_null=True, help_text="Share of conclusive results; null without any."
    )
    p50_ms = serializers.FloatField(allow_null=True)
    p95_ms = serializers.FloatField(allow_null=True)
    p99_ms = serializers.FloatField(allow_null=True)


class ProbeHistorySerializer(S):
    """The hours of a probe."""

    service = serializers.CharField()
    probe = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    results = ProbeHourSerializer(many=True)


class PointSerializer(S):
    """One bin of a time series. All numbers are null where nothing was monitored: a gap, not a zero."""

    at = serializers.DateTimeField(help_text="The start of the bin.")
    reports = serializers.IntegerField(allow_null=True)
    effective = serializers.FloatField(
        allow_null=True, help_text="Counted reports, after the limits on repeats and networks."
    )
    expected = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(
        allow_null=True, help_text="Nine out of ten ordinary bins are between `low` and `high`."
    )
    high = serializers.FloatField(allow_null=True)
    watched_minutes = serializers.IntegerField()


class TimeseriesSerializer(S):
    """Problem reports of a service over time."""

    service = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    grain_minutes = serializers.IntegerField()
    points = PointSerializer(many=True)


class CountSerializer(S):
    """Reports of one part, symptom or place."""

    key = serializers.CharField(allow_blank=True, help_text="Slug or code; empty for reports that named none.")
    name = serializers.CharField()
    few = serializers.BooleanField(help_text="True if there are reports, but too few to publish a number.")
    reports = serializers.IntegerField(allow_null=True)
    expected = serializers.FloatField(allow_null=True)


class CountsSerializer(S):
    """Problem reports of a service in a span of time, summed up."""

    service = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    by = serializers.ChoiceField(choices=["component", "symptom", "country", "region"])
    total = serializers.IntegerField()
    results = CountSerializer(many=True)


class WatchedBinSerializer(S):
    """A bin of time that was monitored, at least in part."""

    at = serializers.DateTimeField(help_text="The start of the bin.")
    watched_minutes = serializers.IntegerField()


class AggregateCellSerializer(S):
    """What was reported where two axes meet. All numbers are null where they are few."""

    x = serializers.CharField(allow_blank=True, help_text="A time, slug or code; empty for reports that named none.")
    y = serializers.CharField(allow_blank=True, allow_null=True)
    few = serializers.BooleanField(help_text="True if there are reports, but too few to publish a number.")
    reports = serializers.IntegerField(allow_null=True)
    effective = serializers.FloatField(allow_null=True, help_text="Counted, after the limits on repeats and networks.")
    working = serializers.IntegerField(
        allow_null=True, help_text="Reports that the service works; not counted by symptom."
    )
    recovered = serializers.IntegerField(allow_null=True, help_text="Reports that the service works again.")


class AggregateSerializer(S):
    """Reports summed up by one or two axes."""

    service = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    axis_x = serializers.ChoiceField(choices=["time", "component", "symptom", "country", "region"])
    axis_y = serializers.ChoiceField(choices=["time", "component", "symptom", "country", "region"], allow_null=True)
    grain = serializers.ChoiceField(choices=["minute", "hour", "day"], allow_null=True)
    times = WatchedBinSerializer(many=True, help_text="Bins that were monitored; empty without a time axis.")
    results = AggregateCellSerializer(many=True)
