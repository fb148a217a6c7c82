// Made from the API's description by `make client`; nothing in here is written by hand.

import type { CallOptions, StreamMessage } from "./runtime.js";
import { Caller } from "./runtime.js";

export { ProblemError } from "./runtime.js";
export type { CallerOptions, CallOptions, StreamMessage } from "./runtime.js";

/** Reports summed up by one or two axes. */
export interface Aggregate {
  service: string;
  since: string;
  until: string;
  axis_x: Axis;
  axis_y: Axis | NullEnum;
  grain: GrainEnum | NullEnum;
  /** Bins that were monitored; empty without a time axis. */
  times: WatchedBin[];
  results: AggregateCell[];
}

/** What was reported where two axes meet. All numbers are null where they are few. */
export interface AggregateCell {
  /** A time, slug or code; empty for reports that named none. */
  x: string;
  y: string | null;
  /** True if there are reports, but too few to publish a number. */
  few: boolean;
  reports: number | null;
  /** Counted, after the limits on repeats and networks. */
  effective: number | null;
  /** Reports that the service works; not counted by symptom. */
  working: number | null;
  /** Reports that the service works again. */
  recovered: number | null;
}

/** A post by somebody, as it was read. */
export interface Announcement {
  id: number;
  source: string;
  author: string;
  tier: AnnouncementTier;
  url: string;
  text: string;
  posted_at: string;
  /** When we first read it. */
  seen_at: string;
  deleted_at: string | null;
  /** What it says about the outage; a moderator's decision wins. */
  stage: string;
  relevant: boolean;
  components: string[];
  /** Why it was classified this way. */
  reasons: string[];
  incident: number | null;
}

export interface AnnouncementPage {
  next: string | null;
  previous: string | null;
  results: (Announcement | SparseAnnouncement)[];
}

export type AnnouncementTier = "official" | "press" | "community";

export type Axis = "time" | "component" | "symptom" | "country" | "region";

/** The answer to many reports. */
export interface Batch {
  stored: number;
  repeated: number;
  refused: number;
  results: BatchResult[];
}

/** The outcome of one report: the status and body it would have had alone. */
export interface BatchResult {
  /** 201: stored. 200: just reported already. 4xx: rejected. */
  status: number;
  /** null if it was rejected. */
  report: Receipt | null;
  /** null unless it was rejected. */
  problem: Problem | null;
}

/** Services and components side by side, and the worst that is said of any of them. */
export interface Board {
  of: string;
  /** The worst state of its parts; `unknown` is worse than `ok` and better than all others. */
  verdict: VerdictEnum;
  /** true only if all parts are ok; null if nothing is wrong but some are unknown. */
  ok: boolean | null;
  /** The requested time. */
  at: string;
  parts: BoardPart[];
  /** Open incidents that affect a part, newest first. */
  incidents: Incident[];
  links: BoardLinks;
}

/** The same board in other forms. */
export interface BoardLinks {
  page: string;
  stream: string;
  atom: string;
  rss: string;
  json_feed: string;
  calendar: string;
  badge: string;
  shields: string;
  /** The page URL, for Statuspage clients. */
  statuspage: string;
}

/** A service or a component of a board. A component's verdict comes from the incidents that touch it. */
export interface BoardPart {
  /** As named in `of`. */
  of: string;
  service: string;
  /** Empty for the service as a whole. */
  component: string;
  name: string;
  verdict: VerdictEnum;
  /** null if the state is unknown: never treat it as working. */
  ok: boolean | null;
  /** The end of the last minute that was monitored. */
  as_of: string | null;
  /** True if that is more than two minutes before `at`. */
  stale: boolean;
  /** When its most serious incident opened. */
  since: string | null;
  url: string;
}

export type ByEnum = "component" | "symptom" | "country" | "region";

/** A place on the map. Numbers are null where fewer than three networks reported. */
export interface Cell {
  code: string;
  name: string;
  few: boolean;
  /** The metric's value. */
  value: number | null;
  reports: number | null;
  effective: number | null;
  /** Usual reports here at this time of the week; null if not known. */
  expected: number | null;
  per_million: number | null;
  /** An estimate; small differences from the usual stay near 1. */
  times_usual: number | null;
  /** Lower end of the 90% interval. */
  times_usual_low: number | null;
  /** Upper end of the 90% interval. */
  times_usual_high: number | null;
}

export type ChannelEnum = "webhook" | "mail" | "push" | "slack" | "discord" | "teams" | "google_chat" | "telegram" | "matrix" | "mattermost" | "ntfy" | "pagerduty" | "alertmanager" | "template";

export type ClaimEnum = "no_outage" | "over" | "not_over" | "scope" | "times" | "other";

export type ClockEnum = "live" | "recorded";

/** A part of a service. */
export interface Component {
  slug: string;
  name: string;
  description: string;
  depends_on: string[];
}

export interface ComponentList {
  results: (Component | SparseComponent)[];
}

/** Reports of one part, symptom or place. */
export interface Count {
  /** Slug or code; empty for reports that named none. */
  key: string;
  name: string;
  /** True if there are reports, but too few to publish a number. */
  few: boolean;
  reports: number | null;
  expected: number | null;
}

/** Problem reports of a service in a span of time, summed up. */
export interface Counts {
  service: string;
  since: string;
  until: string;
  by: ByEnum;
  total: number;
  results: Count[];
}

/** The delivery of an alert. `id` is the `webhook-id` and the mail's Message-ID. */
export interface Delivery {
  id: string;
  kind: NoticeKind;
  incident: number | null;
  state: DeliveryState;
  attempts: number;
  created_at: string;
  /** While waiting: not tried before this time. */
  next_at: string;
  ended_at: string | null;
  /** The last error. */
  error: string;
}

/** The latest alerts, newest first. */
export interface DeliveryList {
  /** False while the operator has turned sending off: everything waits. */
  sending: boolean;
  results: Delivery[];
}

export type DeliveryState = "waiting" | "sent" | "failed" | "expired";

/** A dispute of an incident. `reason` and `answer` are empty until a moderator has answered. */
export interface Dispute {
  id: string;
  service: string;
  /** The incident's number within the service. */
  incident_number: number;
  /** The incident's page. */
  page_url: string;
  claim: ClaimEnum;
  state: DisputeStateEnum;
  created_at: string;
  /** Also empty if the moderators keep it private. */
  reason: string;
  answer: string;
  answered_at: string | null;
}

export interface DisputePage {
  next: string | null;
  previous: string | null;
  results: Dispute[];
}

export type DisputeStateEnum = "waiting" | "upheld" | "partly_upheld" | "rejected" | "removed";

/** One kind of evidence in a few words. */
export interface Evidence {
  kind: EvidenceKind;
  state: EvidenceState;
  text: string;
}

export type EvidenceKind = "crowd" | "probes" | "official";

export type EvidenceState = "fine" | "raised" | "bad" | "blind" | "missing" | "off";

/** A place with its shape. */
export interface Feature {
  type: FeatureTypeEnum;
  id: string;
  properties: Cell;
  geometry: Geometry | null;
}

export type FeatureTypeEnum = "Feature";

/** What is wrong with one field. */
export interface FieldError {
  /** The name of the field; empty for the request as a whole. */
  field: string;
  /** What to change. */
  message: string;
}

/** A shape as RFC 7946 says it. */
export interface Geometry {
  type: GeometryTypeEnum;
  coordinates: unknown[];
}

export type GeometryTypeEnum = "MultiPolygon";

export type GrainEnum = "minute" | "hour" | "day";

/** What a symptom means and what to do. */
export interface Guide {
  meaning: string;
  causes: Record<string, string>;
  stops: string[];
  steps: string[];
  avoid: string[];
  permanent: string;
}

/** An incident as it stood at the moment that was asked for. Empty `countries` and `regions` mean everywhere. */
export interface Incident {
  id: number;
  /** Number within the service, starting at 1. */
  number: number;
  service: string;
  state: IncidentState;
  kind: IncidentKind;
  components: string[];
  countries: string[];
  regions: string[];
  symptom: string;
  confidence: number;
  /** The last change in words, in the requested language. */
  text: string;
  /** The rule that made the last change. */
  reason: string;
  /** Why, as a stable code: docs/api.md lists them. */
  code: string;
  /** The numbers and names used in the code's sentence. */
  params: Record<string, unknown>;
  opened_at: string;
  confirmed_at: string | null;
  resolved_at: string | null;
  updated_at: string;
  /** Other services that failed before. */
  upstream: string[];
  /** The ID of the incident it was merged into. */
  merged_into: number | null;
  /** The ID of the incident it was split off from. */
  split_from: number | null;
  /** A moderator's headline, if there is one. */
  headline: string;
  url: string;
  page_url: string;
}

/** An incident with its history and its evidence. */
export interface IncidentDetail {
  id: number;
  /** Number within the service, starting at 1. */
  number: number;
  service: string;
  state: IncidentState;
  kind: IncidentKind;
  components: string[];
  countries: string[];
  regions: string[];
  symptom: string;
  confidence: number;
  /** The last change in words, in the requested language. */
  text: string;
  /** The rule that made the last change. */
  reason: string;
  /** Why, as a stable code: docs/api.md lists them. */
  code: string;
  /** The numbers and names used in the code's sentence. */
  params: Record<string, unknown>;
  opened_at: string;
  confirmed_at: string | null;
  resolved_at: string | null;
  updated_at: string;
  /** Other services that failed before. */
  upstream: string[];
  /** The ID of the incident it was merged into. */
  merged_into: number | null;
  /** The ID of the incident it was split off from. */
  split_from: number | null;
  /** A moderator's headline, if there is one. */
  headline: string;
  url: string;
  page_url: string;
  /** Reports for its components and places, from half an hour before it opened. */
  tally: Tally;
  events: IncidentEvent[];
  announcements: Announcement[];
  /** Of what the service relies on, open when this began or soon after: possible causes. */
  upstream_incidents: UpstreamIncident[];
}

/** A change of an incident, with the evidence at that moment. */
export interface IncidentEvent {
  /** When it first became public. */
  at: string;
  /** The state before; empty at the opening. */
  frm: string;
  to: IncidentState;
  /** The rule that made the change. */
  reason: string;
  /** Why, as a stable code: docs/api.md lists them. */
  code: string;
  /** The numbers and names used in the code's sentence. */
  params: Record<string, unknown>;
  /** The change in words, in the requested language. */
  text: string;
  confidence: number;
  components: string[];
  countries: string[];
  regions: string[];
  symptom: string;
  evidence: Term[];
}

export type IncidentKind = "outage" | "maintenance";

/** An alert about an incident. The same `webhook-id` always comes with the same body. */
export interface IncidentNotice {
  type: "incident.opened" | "incident.confirmed" | "incident.changed" | "incident.resolved" | "incident.maintenance";
  /** When it happened. */
  timestamp: string;
  data: IncidentNoticeData;
}

/** The incident as of the event that the alert is about. */
export interface IncidentNoticeData {
  /** The alert in one line, for people. */
  title: string;
  subscription: string;
  service: string;
  /** Its id: /api/v1/incidents/{id}. */
  incident: number;
  /** Number within the service, starting at 1. */
  number: number;
  kind: "outage" | "maintenance";
  state: "possible" | "confirmed" | "recovering" | "resolved" | "dismissed" | "maintenance" | "merged";
  /** 2 or more: it had ended and came back, so a new alert is sent. */
  outage: number;
  components: string[];
  /** If `regions` is empty too: all places. */
  countries: string[];
  regions: string[];
  symptom: string;
  /** A moderator's one-line headline, if there is one. */
  headline: string;
  confidence: number;
  /** The rule that made the change. */
  reason: string;
  /** Why, as a stable code: docs/api.md lists them. */
  code: string;
  /** The numbers and names used in the code's sentence. */
  params: Record<string, unknown>;
  /** The change in words. */
  text: string;
  evidence: NoticeEvidence[];
  opened_at: string;
  /** When the change first became public. */
  at: string;
  resolved_at: string | null;
  /** For state `merged`: the number of the incident that continues. */
  merged_into: number | null;
  url: string;
  page_url: string;
}

export interface IncidentPage {
  next: string | null;
  previous: string | null;
  results: (Incident | SparseIncident)[];
}

export type IncidentState = "possible" | "confirmed" | "recovering" | "resolved" | "dismissed" | "maintenance" | "merged";

/** The key that was sent along. Its own text is never shown again. */
export interface Key {
  id: string;
  name: string;
  /** The first characters of the key. */
  shown: string;
  scopes: ScopesEnum[];
  created_at: string;
  rotated_at: string | null;
  /** After a rotation: when the old key stops working. */
  old_until_at: string | null;
  expires_at: string | null;
  /** A minute or two out of date. */
  last_used_at: string | null;
  limits: Limits;
  /** Days of the last 30 with use, newest first; a minute or two late. */
  usage: KeyUsage[];
}

/** What a key asked for on a day. */
export interface KeyUsage {
  /** UTC. */
  day: string;
  reads: number;
  writes: number;
  /** Rejected: over the limit, or outside its scopes. */
  refused: number;
}

export type LanguageEnum = "en" | "de" | "nl" | "fr" | "es" | "it" | "pt" | "nb" | "sv" | "da" | "pl" | "zh-hans" | "zh-hant" | "ja" | "ko";

/** A limit and what is left of it. A limit of 0 is none. */
export interface Limit {
  /** Requests per window; 0 for no limit. */
  limit: number;
  window_s: number;
  /** null if there is no limit. */
  remaining: number | null;
  /** Seconds until the window ends. */
  reset_s: number;
}

/** Reads and writes are counted apart. */
export interface Limits {
  reads: Limit;
  writes: Limit;
}

/** The places with reports, as GeoJSON (RFC 7946). */
export interface Map {
  type: MapTypeEnum;
  service: string;
  since: string;
  until: string;
  level: PlaceKind;
  metric: MetricEnum;
  /** Reports without a place. */
  without_place: Cell | null;
  features: Feature[];
}

export type MapTypeEnum = "FeatureCollection";

export type MetricEnum = "count" | "per_million" | "excess";

/** A new subscription with its secrets, which are shown only once. */
export interface NewSubscription {
  id: string;
  /** For a board, its first service. */
  service: string;
  /** What it covers: a service or component such as `tesla.app`, or a board such as `tesla.app,spectrum`. */
  of: string;
  channel: ChannelEnum;
  /** Empty for all. */
  component: string;
  country: string;
  region: string;
  from_state: NoticeFrom;
  cadence: NoticeCadence;
  /** The language of its alerts. */
  language: LanguageEnum;
  /** Alerts are sent only while it is active. */
  state: SubscriptionState;
  disabled_reason: string;
  /** Failed attempts to this target since the last success. */
  failures: number;
  /** Nothing is sent to this target before this time. */
  circuit_open_until_at: string | null;
  last_success_at: string | null;
  created_at: string;
  confirmed_at: string | null;
  disabled_at: string | null;
  /** Manages this subscription and any created with it. Empty if a key manages it. */
  secret: string;
  /** For webhooks: verifies our signatures (Standard Webhooks). */
  signing_secret: string;
}

export type NoticeCadence = "each" | "daily";

/** One piece of evidence. */
export interface NoticeEvidence {
  kind: "crowd" | "probes" | "official" | "upstream";
  text: string;
  /** Weight as the natural logarithm of the odds. */
  nats: number | null;
}

export type NoticeFrom = "possible" | "confirmed" | "resolved";

export type NoticeKind = "opened" | "confirmed" | "changed" | "resolved" | "maintenance" | "challenge" | "test" | "disabled" | "owner";

export type NullEnum = null;

/** An outside observer of a service. Its weight depends on how often it was right. */
export interface Observer {
  /** A name that doesn't identify it. */
  id: string;
  kind: ObserverKindEnum;
  /** The vantage it appears as in an incident's evidence. */
  vantage: string;
  /** From 0 to 1, starting at 0.5. Browsers are weighted by network instead. */
  trust: number;
  /** How often an outage it saw was confirmed by others. */
  agreed: number;
  disagreed: number;
  /** In the last ten minutes; never of browsers. */
  components: string[];
  /** In the last ten minutes; never of browsers. */
  countries: string[];
  /** In the last ten minutes; null without calls and for browsers. */
  failing_share: number | null;
  /** For browsers, the day (UTC) only: their loads are people's. */
  last_at: string;
}

export type ObserverKindEnum = "program" | "browsers";

export interface ObserverList {
  results: (Observer | SparseObserver)[];
}

/** A report as its reporter sees it. What is kept of the network is not shown. */
export interface OwnReport {
  id: string;
  service: string;
  component: string;
  symptom?: string | null;
  kind: ReportKind;
  country: string;
  region: string;
  platform: string;
  error_code: string;
  note: string;
  occurred_at: string;
  received_at: string;
  counted: boolean;
  rule: string;
  corrected_at: string | null;
  withdrawn_at: string | null;
}

/** A country (ISO 3166-1) or a region (ISO 3166-2). */
export interface Place {
  code: string;
  name: string;
  kind: PlaceKind;
  country: string;
  population: number | null;
  population_year: number | null;
  /** Of a point inside the place. */
  latitude: number;
  longitude: number;
}

/** A place with its names, its neighbours and its regions. */
export interface PlaceDetail {
  code: string;
  name: string;
  kind: PlaceKind;
  country: string;
  population: number | null;
  population_year: number | null;
  /** Of a point inside the place. */
  latitude: number;
  longitude: number;
  names: Record<string, string>;
  neighbours: string[];
  regions: Place[];
}

export type PlaceKind = "country" | "region";

export interface PlaceList {
  results: (Place | SparsePlace)[];
}

/** One bin of a time series. All numbers are null where nothing was monitored: a gap, not a zero. */
export interface Point {
  /** The start of the bin. */
  at: string;
  reports: number | null;
  /** Counted reports, after the limits on repeats and networks. */
  effective: number | null;
  expected: number | null;
  /** Nine out of ten ordinary bins are between `low` and `high`. */
  low: number | null;
  high: number | null;
  watched_minutes: number;
}

/** What a vantage last saw of a target. */
export interface Probe {
  probe: string;
  vantage: string;
  component: string;
  countries: string[];
  /** A target unrelated to the service: it shows whether our own network works. */
  control: boolean;
  /** up, degraded, down, blocked or blind. */
  classification: string;
  http_status: number | null;
  error: string;
  latency_ms: number | null;
  at: string;
}

/** The hours of a probe. */
export interface ProbeHistory {
  service: string;
  probe: string;
  since: string;
  until: string;
  results: (ProbeHour | SparseProbeHour)[];
}

/** An hour of a probe from one vantage. Latencies are of answers, in milliseconds. */
export interface ProbeHour {
  /** The start of the hour. */
  at: string;
  vantage: string;
  results: number;
  up: number;
  degraded: number;
  down: number;
  /** Our checks were blocked: this says nothing about the target. */
  blocked: number;
  /** Share of conclusive results; null without any. */
  availability: number | null;
  p50_ms: number | null;
  p95_ms: number | null;
  p99_ms: number | null;
}

export interface ProbeList {
  results: (Probe | SparseProbe)[];
}

/** An error as problem details (RFC 9457). */
export interface Problem {
  /** The type of problem: a stable URL that explains it. */
  type: string;
  title: string;
  status: number;
  /** What happened this time, and what to do. */
  detail: string;
  errors?: FieldError[];
}

/** What a browser wants for `pushManager.subscribe`. */
export interface PushKey {
  application_server_key: string;
}

/** The answer to a report. */
export interface Receipt {
  id: string;
  /** A secret: anyone who has it can read, edit and delete the report. */
  receipt: string;
  service: string;
  /** The time at which the report counts. */
  at: string;
  /** Whether the report enters the counts. */
  counted: boolean;
  /** The rule that decided; empty if none applied. */
  rule: string;
  /** The rule in words. */
  message: string;
  /** True if you just reported the same thing; `id` is that report. */
  repeated: boolean;
  /** The report's weight, before the limits per network and provider. */
  weight: number;
  /** For a device that keeps its standing: send this with the next report. */
  standing: string | null;
  /** The service's page. */
  url: string;
  /** The service's status, as JSON. */
  status_url: string;
  /** This report; send the receipt with the request. */
  report_url: string;
}

export type ReportKind = "problem" | "working" | "recovered";

export type ScopesEnum = "read" | "reports:write" | "notices:manage";

/** A service that people report on. */
export interface Service {
  slug: string;
  name: string;
  description: string;
  homepage: string;
  clock: ClockEnum;
  /** Where recorded data comes from. */
  provenance: string;
  disclaimer: string;
  accepts_reports: boolean;
  default_component: string;
  /** Countries served; empty for all. */
  countries: string[];
  url: string;
  status_url: string;
}

/** A service with its parts and symptoms. */
export interface ServiceDetail {
  slug: string;
  name: string;
  description: string;
  homepage: string;
  clock: ClockEnum;
  /** Where recorded data comes from. */
  provenance: string;
  disclaimer: string;
  accepts_reports: boolean;
  default_component: string;
  /** Countries served; empty for all. */
  countries: string[];
  url: string;
  status_url: string;
  components: Component[];
  symptoms: Symptom[];
}

export interface ServicePage {
  next: string | null;
  previous: string | null;
  results: (Service | SparseService)[];
}

/** A webhook's new secret. The old one signs, too, until it ends. */
export interface SigningSecret {
  signing_secret: string;
  old_valid_until_at: string;
}

/** A source of announcements, and its health. */
export interface Source {
  service: string;
  slug: string;
  name: string;
  kind: string;
  /** Who writes its posts. */
  tier: AnnouncementTier;
  url: string;
  /** Only `fine` and `slow` can be trusted. */
  state: SourceState;
  detail: string;
  last_success_at: string | null;
  last_change_at: string | null;
  next_try_at: string | null;
  /** For today; null if reading costs nothing. */
  budget_left_usd: number | null;
}

export interface SourceList {
  results: (Source | SparseSource)[];
}

export type SourceState = "fine" | "slow" | "unreachable" | "blocked" | "not_configured" | "off" | "waiting" | "own_error" | "silent";

/** Only the fields that were asked for. */
export interface SparseAnnouncement {
  id?: number;
  source?: string;
  author?: string;
  tier?: AnnouncementTier;
  url?: string;
  text?: string;
  posted_at?: string;
  /** When we first read it. */
  seen_at?: string;
  deleted_at?: string | null;
  /** What it says about the outage; a moderator's decision wins. */
  stage?: string;
  relevant?: boolean;
  components?: string[];
  /** Why it was classified this way. */
  reasons?: string[];
  incident?: number | null;
}

/** Only the fields that were asked for. */
export interface SparseComponent {
  slug?: string;
  name?: string;
  description?: string;
  depends_on?: string[];
}

/** Only the fields that were asked for. */
export interface SparseIncident {
  id?: number;
  /** Number within the service, starting at 1. */
  number?: number;
  service?: string;
  state?: IncidentState;
  kind?: IncidentKind;
  components?: string[];
  countries?: string[];
  regions?: string[];
  symptom?: string;
  confidence?: number;
  /** The last change in words, in the requested language. */
  text?: string;
  /** The rule that made the last change. */
  reason?: string;
  /** Why, as a stable code: docs/api.md lists them. */
  code?: string;
  /** The numbers and names used in the code's sentence. */
  params?: Record<string, unknown>;
  opened_at?: string;
  confirmed_at?: string | null;
  resolved_at?: string | null;
  updated_at?: string;
  /** Other services that failed before. */
  upstream?: string[];
  /** The ID of the incident it was merged into. */
  merged_into?: number | null;
  /** The ID of the incident it was split off from. */
  split_from?: number | null;
  /** A moderator's headline, if there is one. */
  headline?: string;
  url?: string;
  page_url?: string;
}

/** Only the fields that were asked for. */
export interface SparseObserver {
  /** A name that doesn't identify it. */
  id?: string;
  kind?: ObserverKindEnum;
  /** The vantage it appears as in an incident's evidence. */
  vantage?: string;
  /** From 0 to 1, starting at 0.5. Browsers are weighted by network instead. */
  trust?: number;
  /** How often an outage it saw was confirmed by others. */
  agreed?: number;
  disagreed?: number;
  /** In the last ten minutes; never of browsers. */
  components?: string[];
  /** In the last ten minutes; never of browsers. */
  countries?: string[];
  /** In the last ten minutes; null without calls and for browsers. */
  failing_share?: number | null;
  /** For browsers, the day (UTC) only: their loads are people's. */
  last_at?: string;
}

/** Only the fields that were asked for. */
export interface SparsePlace {
  code?: string;
  name?: string;
  kind?: PlaceKind;
  country?: string;
  population?: number | null;
  population_year?: number | null;
  /** Of a point inside the place. */
  latitude?: number;
  longitude?: number;
}

/** Only the fields that were asked for. */
export interface SparseProbe {
  probe?: string;
  vantage?: string;
  component?: string;
  countries?: string[];
  /** A target unrelated to the service: it shows whether our own network works. */
  control?: boolean;
  /** up, degraded, down, blocked or blind. */
  classification?: string;
  http_status?: number | null;
  error?: string;
  latency_ms?: number | null;
  at?: string;
}

/** Only the fields that were asked for. */
export interface SparseProbeHour {
  /** The start of the hour. */
  at?: string;
  vantage?: string;
  results?: number;
  up?: number;
  degraded?: number;
  down?: number;
  /** Our checks were blocked: this says nothing about the target. */
  blocked?: number;
  /** Share of conclusive results; null without any. */
  availability?: number | null;
  p50_ms?: number | null;
  p95_ms?: number | null;
  p99_ms?: number | null;
}

/** Only the fields that were asked for. */
export interface SparseService {
  slug?: string;
  name?: string;
  description?: string;
  homepage?: string;
  clock?: ClockEnum;
  /** Where recorded data comes from. */
  provenance?: string;
  disclaimer?: string;
  accepts_reports?: boolean;
  default_component?: string;
  /** Countries served; empty for all. */
  countries?: string[];
  url?: string;
  status_url?: string;
}

/** Only the fields that were asked for. */
export interface SparseSource {
  service?: string;
  slug?: string;
  name?: string;
  kind?: string;
  /** Who writes its posts. */
  tier?: AnnouncementTier;
  url?: string;
  /** Only `fine` and `slow` can be trusted. */
  state?: SourceState;
  detail?: string;
  last_success_at?: string | null;
  last_change_at?: string | null;
  next_try_at?: string | null;
  /** For today; null if reading costs nothing. */
  budget_left_usd?: number | null;
}

/** Only the fields that were asked for. */
export interface SparseSymptom {
  slug?: string;
  name?: string;
  /** The component used when a report names none. */
  component?: string | null;
  /** Components it can affect; empty for all. */
  components?: string[];
  /** The kind of failure it points to. */
  suggests?: string;
  http_status?: number | null;
  common?: boolean;
  guide?: Guide | null;
}

/** A service's verdict with its numbers. */
export interface Status {
  service: string;
  name: string;
  verdict: VerdictEnum;
  /** null if the state is unknown: never treat it as working. */
  ok: boolean | null;
  confidence: number;
  sentence: string;
  reports_30m: number;
  expected_30m: number;
  /** Reports that the service works. */
  working_30m: number;
  /** Reports that the service works again. */
  recovered_30m: number;
  /** How the problem reports of the last half hour were counted. */
  tally_30m: Tally;
  /** The time this status is for. */
  at: string;
  /** The end of the last minute that was monitored. */
  as_of: string | null;
  /** True if that is more than two minutes before `at`. */
  stale: boolean;
  /** Minutes of the last half hour that could not be counted; none of the numbers include them. */
  missing_30m: number;
  evidence: Evidence[];
  incidents: Incident[];
  /** Open now on the pages of what the service relies on: possible causes. */
  upstream_incidents: UpstreamIncident[];
  url: string;
}

/** A subscription. Its target is never shown. */
export interface Subscription {
  id: string;
  /** For a board, its first service. */
  service: string;
  /** What it covers: a service or component such as `tesla.app`, or a board such as `tesla.app,spectrum`. */
  of: string;
  channel: ChannelEnum;
  /** Empty for all. */
  component: string;
  country: string;
  region: string;
  from_state: NoticeFrom;
  cadence: NoticeCadence;
  /** The language of its alerts. */
  language: LanguageEnum;
  /** Alerts are sent only while it is active. */
  state: SubscriptionState;
  disabled_reason: string;
  /** Failed attempts to this target since the last success. */
  failures: number;
  /** Nothing is sent to this target before this time. */
  circuit_open_until_at: string | null;
  last_success_at: string | null;
  created_at: string;
  confirmed_at: string | null;
  disabled_at: string | null;
}

/** All that a secret or a key manages, the newest first. */
export interface SubscriptionList {
  results: Subscription[];
}

/** A message about the subscription: the proof of ownership, or a test. */
export interface SubscriptionNotice {
  type: "subscription.challenge" | "subscription.test";
  timestamp: string;
  data: SubscriptionNoticeData;
}

/** What concerns the subscription itself. */
export interface SubscriptionNoticeData {
  title: string;
  subscription: string;
  service: string;
  /** Return this in the response to `subscription.challenge`, */
  challenge?: string;
  /** or send it here as {'challenge': …}. */
  confirm_url?: string;
}

export type SubscriptionState = "unconfirmed" | "active" | "disabled";

/** What a person sees when the service fails. */
export interface Symptom {
  slug: string;
  name: string;
  /** The component used when a report names none. */
  component: string | null;
  /** Components it can affect; empty for all. */
  components: string[];
  /** The kind of failure it points to. */
  suggests: string;
  http_status: number | null;
  common: boolean;
  guide: Guide | null;
}

export interface SymptomList {
  results: (Symptom | SparseSymptom)[];
}

/** What became of the problem reports that came in: reports + added - the sum of cuts = counted. */
export interface Tally {
  /** All reports received. */
  reports: number;
  /** How many were counted. */
  counted: number;
  /**
   * How many did not count, by cause: `same-network`, `same-origin` (provider), `same-reporter`, `weight` (of
   * reporters who were often wrong), `held`, `rejected` (by a rule against abuse) and `late`.
   */
  cuts: Record<string, number>;
  /** Extra weight from reporters who were often right. */
  added: number;
}

/** One piece of evidence: what was seen, what was expected, and its weight in nats. */
export interface Term {
  kind: TermKind;
  name: string;
  /** Weight as the natural logarithm of the odds; negative weights count against. */
  nats: number;
  /** In the requested language. */
  text: string;
  seen: number | null;
  expected: number | null;
  component: string;
  place: string;
  /** The numbers and IDs it is based on. */
  detail: Record<string, unknown>;
}

export type TermKind = "crowd" | "probes" | "official" | "upstream";

/** Problem reports of a service over time. */
export interface Timeseries {
  service: string;
  since: string;
  until: string;
  grain_minutes: number;
  points: Point[];
}

/** The places with reports, as TopoJSON. */
export interface Topology {
  type: TopologyTypeEnum;
  service: string;
  since: string;
  until: string;
  level: PlaceKind;
  metric: MetricEnum;
  /** Reports without a place. */
  without_place: Cell | null;
  objects: TopologyObjects;
  transform: TopologyTransform;
  arcs: number[][][];
}

/** A place with its numbers; its borders are numbers of arcs. The type is null where no shape is at hand. */
export interface TopologyGeometry {
  type: TopologyGeometryTypeEnum | NullEnum;
  id: string;
  properties: Cell;
  arcs?: unknown[];
}

export type TopologyGeometryTypeEnum = "Polygon" | "MultiPolygon";

/** The objects of a topology. */
export interface TopologyObjects {
  places: TopologyPlaces;
}

/** The places of a topology. */
export interface TopologyPlaces {
  type: TopologyPlacesTypeEnum;
  geometries: TopologyGeometry[];
}

export type TopologyPlacesTypeEnum = "GeometryCollection";

/** How the whole numbers of the arcs become degrees. */
export interface TopologyTransform {
  scale: number[];
  translate: number[];
}

export type TopologyTypeEnum = "Topology";

/** An incident on the page of something that the service relies on: a possible cause. */
export interface UpstreamIncident {
  /** The source of announcements, by its slug. */
  source: string;
  /** What the service relies on. */
  name: string;
  title: string;
  /** The last that its page said. */
  stage: string;
  started_at: string;
  updated_at: string;
  /** null while it is open. */
  ended_at: string | null;
  url: string;
}

export type VerdictEnum = "ok" | "possible" | "confirmed" | "recovering" | "maintenance" | "unknown";

/** A bin of time that was monitored, at least in part. */
export interface WatchedBin {
  /** The start of the bin. */
  at: string;
  watched_minutes: number;
}

export interface BoardParams {
  /**
   * A past moment, such as 2026-06-29T22:00:00Z: the answer as it was then. Without it: the present, which for
   * recorded data is the end of what was played. A moment in the future is the present.
   */
  at?: string | undefined;
  /** 1 to 50 services, or components behind a dot, separated by commas, such as `tesla.app,spectrum`. */
  of: string;
}

export interface DisputesListParams {
  /** Where to go on; take it from `next` or `previous`. */
  cursor?: string | undefined;
  /** How many at most. */
  limit?: number | undefined;
  /** Only those of this service. */
  service?: string | undefined;
  /** Only those with this outcome; default `any`. */
  state?: "any" | "partly_upheld" | "rejected" | "upheld" | "waiting" | undefined;
}

export interface IncidentsRetrieveParams {
  /**
   * A past moment, such as 2026-06-29T22:00:00Z: the answer as it was then. Without it: the present, which for
   * recorded data is the end of what was played. A moment in the future is the present.
   */
  at?: string | undefined;
  incident_id: number;
}

export interface IncidentsDisputesParams {
  /** Where to go on; take it from `next` or `previous`. */
  cursor?: string | undefined;
  incident_id: number;
  /** How many at most. */
  limit?: number | undefined;
}

export interface IncidentsDisputesCreateParams {
  incident_id: number;
  body: {
  /**
   * What is wrong: it works (`no_outage`), it is `over` or `not_over`, its parts or places (`scope`), its `times`,
   * or something `other`.
   */
  claim: "no_outage" | "not_over" | "other" | "over" | "scope" | "times";
  /**
   * Why, in 10 to 500 characters of plain text. Markup is removed. Moderators read it; it is published only if they
   * choose to, with their answer.
   */
  reason: string;
};
}

export interface KeyRetrieveParams {
}

export interface ObservationsCreateParams {
  body: {
  /** The service's slug. */
  service: string;
  observations: {
    /** The component's slug. */
    component: string;
    /** All calls, including failed ones. */
    calls: number;
    /** Calls that failed because of the service. */
    failed: number;
    country?: string | null;
    region?: string | null;
    minute?: string | null;
  }[];
};
}

export interface PlacesListParams {
  /** List this country's regions instead (ISO 3166-1 code). */
  country?: string | undefined;
  /** Only these fields of each item, separated by commas, such as `slug,name`. Without it: all. */
  fields?: string | undefined;
}

export interface PlacesRetrieveParams {
  code: string;
}

export interface PushKeyRetrieveParams {
}

export interface ReportsCreateParams {
  /**
   * A new UUID for each report. For 24 hours, the same key with the same body gives the same response to the same
   * sender: the same API key and `X-Reporter`, or without either, the same IP address.
   */
  idempotencyKey?: string | undefined;
  /**
   * A random value that your app keeps for each device. It is hashed with a key that changes daily, so that a
   * second tap counts once.
   */
  xReporter?: string | undefined;
  /**
   * The `standing` of your device's last receipt, or `new`, for people who want their reports to get more weight
   * once earlier ones proved right. Only your app keeps it; a report stores only its `weight`.
   */
  xStanding?: string | undefined;
  body: {
  /** The service's slug; /api/v1/services lists them. */
  service: string;
  component?: string | null;
  symptom?: string | null;
  /** What you say of the component: it fails, it works for you, or it works again. */
  kind?: "problem" | "recovered" | "working";
  country?: string | null;
  region?: string | null;
  lat?: number | null;
  lon?: number | null;
  error_code?: string | null;
  platform?: "" | "android" | "api" | "car" | "ios" | "web" | null;
  occurred_at?: string | null;
  note?: string | null;
};
}

export interface ReportsRetrieveParams {
  /** The report's receipt. `Authorization: Bearer RECEIPT` works too. */
  xReceipt?: string | undefined;
  report_id: string;
}

export interface ReportsUpdateParams {
  /** The report's receipt. `Authorization: Bearer RECEIPT` works too. */
  xReceipt?: string | undefined;
  report_id: string;
  body: {
  component?: string | null;
  symptom?: string | null;
  /** What you say of the component: it fails, it works for you, or it works again. */
  kind?: "problem" | "recovered" | "working";
  country?: string | null;
  region?: string | null;
  lat?: number | null;
  lon?: number | null;
  error_code?: string | null;
  platform?: "" | "android" | "api" | "car" | "ios" | "web" | null;
  note?: string | null;
};
}

export interface ReportsWithdrawParams {
  /** The report's receipt. `Authorization: Bearer RECEIPT` works too. */
  xReceipt?: string | undefined;
  report_id: string;
}

export interface ReportsCreateBatchParams {
  /**
   * A new UUID for each report. For 24 hours, the same key with the same body gives the same response to the same
   * sender: the same API key and `X-Reporter`, or without either, the same IP address.
   */
  idempotencyKey?: string | undefined;
  /**
   * A random value that your app keeps for each device. It is hashed with a key that changes daily, so that a
   * second tap counts once.
   */
  xReporter?: string | undefined;
  body: {
  /** The service's slug; /api/v1/services lists them. */
  service: string;
  component?: string | null;
  symptom?: string | null;
  /** What you say of the component: it fails, it works for you, or it works again. */
  kind?: "problem" | "recovered" | "working";
  country?: string | null;
  region?: string | null;
  lat?: number | null;
  lon?: number | null;
  error_code?: string | null;
  platform?: "" | "android" | "api" | "car" | "ios" | "web" | null;
  occurred_at?: string | null;
  note?: string | null;
}[];
}

export interface ReportsNelCreateParams {
  /** The component's slug. Default: the service's first. */
  component?: string | undefined;
  key: string;
  /** The service's slug. */
  service: string;
  body: unknown;
}

export interface ServicesListParams {
  /** Where to go on; take it from `next` or `previous`. */
  cursor?: string | undefined;
  /** Only these fields of each item, separated by commas, such as `slug,name`. Without it: all. */
  fields?: string | undefined;
  /** How many at most. */
  limit?: number | undefined;
}

export interface ServicesRetrieveParams {
  slug: string;
}

export interface ServicesAggregateParams {
  /** Default: time. */
  axis_x?: "component" | "country" | "platform" | "region" | "symptom" | "time" | undefined;
  /** Default: none; `y` is null. */
  axis_y?: "component" | "country" | "platform" | "region" | "symptom" | "time" | undefined;
  /** Only this component of the service. */
  component?: string | undefined;
  /** Only this country (ISO 3166-1 code). */
  country?: string | undefined;
  /** Default: from `Accept`, otherwise json. */
  format?: "csv" | "json" | undefined;
  /**
   * Bin width, in UTC (default: hour). Longest span: one day by minute, 92 days by hour, 400 days by day or without
   * a time axis, 92 days with symptoms.
   */
  grain?: "day" | "hour" | "minute" | undefined;
  /** Start (default: 24 hours before `until`). */
  since?: string | undefined;
  slug: string;
  /** End, exclusive (default: now, on the service's clock). */
  until?: string | undefined;
}

export interface ServicesAnnouncementsParams {
  /**
   * A past moment, such as 2026-06-29T22:00:00Z: the answer as it was then. Without it: the present, which for
   * recorded data is the end of what was played. A moment in the future is the present.
   */
  at?: string | undefined;
  /** Where to go on; take it from `next` or `previous`. */
  cursor?: string | undefined;
  /** Only these fields of each item, separated by commas, such as `slug,name`. Without it: all. */
  fields?: string | undefined;
  /** How many at most. */
  limit?: number | undefined;
  /** `relevant` (default), or `all` posts that were read, with the reasons why others were set aside. */
  relevance?: "all" | "relevant" | undefined;
  slug: string;
}

export interface ServicesComponentsParams {
  /** Only these fields of each item, separated by commas, such as `slug,name`. Without it: all. */
  fields?: string | undefined;
  slug: string;
}

export interface ServicesIncidentsParams {
  /**
   * A past moment, such as 2026-06-29T22:00:00Z: the answer as it was then. Without it: the present, which for
   * recorded data is the end of what was played. A moment in the future is the present.
   */
  at?: string | undefined;
  /** Only incidents that affect this component, as known today. */
  component?: string | undefined;
  /** Only incidents in this country (ISO 3166-1) or in all countries. */
  country?: string | undefined;
  /** Where to go on; take it from `next` or `previous`. */
  cursor?: string | undefined;
  /** Only these fields of each item, separated by commas, such as `slug,name`. Without it: all. */
  fields?: string | undefined;
  /** How many at most. */
  limit?: number | undefined;
  /** Excludes incidents that were over before this time. */
  since?: string | undefined;
  slug: string;
  /** `open` excludes incidents that are over (default: `all`). */
  state?: "all" | "open" | undefined;
}

export interface ServicesMapParams {
  /**
   * A past moment, such as 2026-06-29T22:00:00Z: the answer as it was then. Without it: the present, which for
   * recorded data is the end of what was played. A moment in the future is the present.
   */
  at?: string | undefined;
  /** Only this component of the service. */
  component?: string | undefined;
  /** Only this country's places, by its ISO 3166-1 code. */
  country?: string | undefined;
  /** Default: from `Accept`, otherwise geojson; json is GeoJSON with a plain content type. */
  format?: "geojson" | "json" | "topojson" | undefined;
  /** Default: country. */
  level?: "country" | "region" | undefined;
  /** What `value` is: counted reports, counted reports per million people, or times the usual (default: count). */
  metric?: "count" | "excess" | "per_million" | undefined;
  /** `false` omits the shapes (`geometry` is null). */
  shapes?: boolean | undefined;
  slug: string;
  /** Time window (default: 1h). */
  window?: "1h" | "24h" | "30m" | "6h" | "7d" | undefined;
}

export interface ServicesObserversParams {
  /** Only these fields of each item, separated by commas, such as `slug,name`. Without it: all. */
  fields?: string | undefined;
  slug: string;
}

export interface ServicesProbesParams {
  /**
   * A past moment, such as 2026-06-29T22:00:00Z: the answer as it was then. Without it: the present, which for
   * recorded data is the end of what was played. A moment in the future is the present.
   */
  at?: string | undefined;
  /** Only these fields of each item, separated by commas, such as `slug,name`. Without it: all. */
  fields?: string | undefined;
  slug: string;
}

export interface ServicesProbeHistoryParams {
  /** Only these fields of each item, separated by commas, such as `slug,name`. Without it: all. */
  fields?: string | undefined;
  probe: string;
  /** Start (default: 24 hours before `until`). */
  since?: string | undefined;
  slug: string;
  /** End, exclusive (default: now, on the service's clock). */
  until?: string | undefined;
  /** Only results from this vantage. */
  vantage?: string | undefined;
}

export interface ServicesReportsParams {
  /** Default: component. */
  by?: "component" | "country" | "region" | "symptom" | undefined;
  /** Start (default: 24 hours before `until`). */
  since?: string | undefined;
  slug: string;
  /** End, exclusive (default: now, on the service's clock). */
  until?: string | undefined;
}

export interface ServicesSourcesParams {
  /** Only these fields of each item, separated by commas, such as `slug,name`. Without it: all. */
  fields?: string | undefined;
  slug: string;
}

export interface ServicesStatusParams {
  /**
   * A past moment, such as 2026-06-29T22:00:00Z: the answer as it was then. Without it: the present, which for
   * recorded data is the end of what was played. A moment in the future is the present.
   */
  at?: string | undefined;
  slug: string;
}

export interface ServicesStreamParams {
  /** The ID of the last event received. */
  lastEventId?: string | undefined;
  /** Same as `Last-Event-ID`, for clients that can't send headers. */
  last_event_id?: number | undefined;
  slug: string;
}

export interface ServicesSymptomsParams {
  /** Only these fields of each item, separated by commas, such as `slug,name`. Without it: all. */
  fields?: string | undefined;
  slug: string;
}

export interface ServicesTimeseriesParams {
  /** Minutes in a bin; 15 without it. At most 2000 bins. */
  grain_minutes?: 1 | 5 | 10 | 15 | 30 | 60 | 180 | 360 | 720 | 1440 | undefined;
  /** Start (default: 24 hours before `until`). */
  since?: string | undefined;
  slug: string;
  /** End, exclusive (default: now, on the service's clock). */
  until?: string | undefined;
}

export interface SourcesParams {
  /** Only these fields of each item, separated by commas, such as `slug,name`. Without it: all. */
  fields?: string | undefined;
}

export interface StreamParams {
  /** The ID of the last event received. */
  lastEventId?: string | undefined;
  /** Same as `Last-Event-ID`, for clients that can't send headers. */
  last_event_id?: number | undefined;
  /** A board, such as `tesla.app,spectrum`: its services' statuses, and incidents that affect its parts. */
  of?: string | undefined;
}

export interface SubscriptionsListParams {
  /**
   * The secret you got with the subscription. `Authorization: Bearer SECRET` works too. A subscription created with
   * a key needs `Authorization: Bearer KEY`.
   */
  xSecret?: string | undefined;
}

export interface SubscriptionsCreateParams {
  /**
   * The secret you got with the subscription. `Authorization: Bearer SECRET` works too. A subscription created with
   * a key needs `Authorization: Bearer KEY`.
   */
  xSecret?: string | undefined;
  body: {
  service?: string | null;
  of?: string | null;
  /** How to alert you. `auto`: the chat or on-call service that the target's address is of. */
  channel: "alertmanager" | "auto" | "discord" | "google_chat" | "mail" | "matrix" | "mattermost" | "ntfy" | "pagerduty" | "push" | "slack" | "teams" | "telegram" | "template" | "webhook";
  /**
   * The webhook's URL, the mail address, the address that a chat or an on-call service gives out for posting into a
   * channel, or the `endpoint` of a browser's push subscription.
   */
  target: string;
  p256dh?: string | null;
  auth?: string | null;
  template?: string | null;
  component?: string | null;
  country?: string | null;
  region?: string | null;
  /** From which state on: `possible` too, from `confirmed` on, or only when it is resolved. */
  from_state?: "confirmed" | "possible" | "resolved";
  /** Each alert at once, or one email a day (email only). */
  cadence?: "daily" | "each";
  language?: string | null;
  owner_mail?: string | null;
};
}

export interface SubscriptionsRetrieveParams {
  /**
   * The secret you got with the subscription. `Authorization: Bearer SECRET` works too. A subscription created with
   * a key needs `Authorization: Bearer KEY`.
   */
  xSecret?: string | undefined;
  subscription_id: string;
}

export interface SubscriptionsUpdateParams {
  /**
   * The secret you got with the subscription. `Authorization: Bearer SECRET` works too. A subscription created with
   * a key needs `Authorization: Bearer KEY`.
   */
  xSecret?: string | undefined;
  subscription_id: string;
  body: {
  /** Only this component. */
  component?: string | null;
  /** Only this country; removes the region. */
  country?: string | null;
  /** Only this region; sets its country too. */
  region?: string | null;
  /** From which state on. */
  from_state?: "confirmed" | "possible" | "resolved";
  /** Each alert at once, or one email a day (email only). */
  cadence?: "daily" | "each";
  /** The language of the alerts. */
  language?: string;
};
}

export interface SubscriptionsDeleteParams {
  /**
   * The secret you got with the subscription. `Authorization: Bearer SECRET` works too. A subscription created with
   * a key needs `Authorization: Bearer KEY`.
   */
  xSecret?: string | undefined;
  subscription_id: string;
}

export interface SubscriptionsChallengeParams {
  /**
   * The secret you got with the subscription. `Authorization: Bearer SECRET` works too. A subscription created with
   * a key needs `Authorization: Bearer KEY`.
   */
  xSecret?: string | undefined;
  subscription_id: string;
}

export interface SubscriptionsConfirmParams {
  subscription_id: string;
  body: {
  /** What was sent to the target. */
  challenge: string;
};
}

export interface SubscriptionsDeliveriesParams {
  /**
   * The secret you got with the subscription. `Authorization: Bearer SECRET` works too. A subscription created with
   * a key needs `Authorization: Bearer KEY`.
   */
  xSecret?: string | undefined;
  subscription_id: string;
}

export interface SubscriptionsRotateParams {
  /**
   * The secret you got with the subscription. `Authorization: Bearer SECRET` works too. A subscription created with
   * a key needs `Authorization: Bearer KEY`.
   */
  xSecret?: string | undefined;
  subscription_id: string;
}

export interface SubscriptionsTestParams {
  /**
   * The secret you got with the subscription. `Authorization: Bearer SECRET` works too. A subscription created with
   * a key needs `Authorization: Bearer KEY`.
   */
  xSecret?: string | undefined;
  subscription_id: string;
}

export class Brownout extends Caller {
  /**
   * Several services and components at once
   *
   * `links` has the same board as a page, stream, feeds, calendar, badges and in Statuspage format; `POST
   * /subscriptions` accepts `of` too.
   */
  board(params: BoardParams, options?: CallOptions): Promise<Board>;
  /**
   * The disputes of all incidents with their outcomes, newest first
   *
   * Disputes removed as abuse are left out.
   */
  disputesList(params?: DisputesListParams, options?: CallOptions): Promise<DisputePage>;
  /**
   * An incident with its events, its evidence and the announcements about it
   *
   * One incident.
   */
  incidentsRetrieve(params: IncidentsRetrieveParams, options?: CallOptions): Promise<IncidentDetail>;
  /**
   * The disputes of an incident, newest first
   *
   * The disputes of one incident.
   */
  incidentsDisputes(params: IncidentsDisputesParams, options?: CallOptions): Promise<DisputePage>;
  /**
   * Dispute an incident
   *
   * No account needed; no IP address is stored. Moderators read it and answer publicly. The same text from the same
   * network is one dispute: the response is 200 with the earlier one. Limited to five a day per network.
   */
  incidentsDisputesCreate(params: IncidentsDisputesCreateParams, options?: CallOptions): Promise<Dispute>;
  /**
   * The key you send: its scopes, limits and usage
   *
   * The key that asks.
   */
  keyRetrieve(params?: KeyRetrieveParams, options?: CallOptions): Promise<Key>;
  /**
   * Report how many calls failed
   *
   * For programs that call a service anyway, such as a car's logger or a home server. Needs a key that may write
   * reports. At most 100 counts at once; the same minute again takes the place of the former. Several observers of
   * different people and networks must agree before it counts, and it alone never confirms an outage.
   */
  observationsCreate(params: ObservationsCreateParams, options?: CallOptions): Promise<undefined>;
  /**
   * All countries, or the regions of one
   *
   * Places.
   */
  placesList(params?: PlacesListParams, options?: CallOptions): Promise<PlaceList>;
  /**
   * A country or a region, with its names, neighbours and regions
   *
   * One place.
   */
  placesRetrieve(params: PlacesRetrieveParams, options?: CallOptions): Promise<PlaceDetail>;
  /**
   * The public key (VAPID) for subscribing a browser
   *
   * Our public key for web push.
   */
  pushKeyRetrieve(params?: PushKeyRetrieveParams, options?: CallOptions): Promise<PushKey>;
  /**
   * Report a problem, or that it works
   *
   * Stores one report and responds once it is safely on disk. The same report from the same `X-Reporter` within two
   * minutes is not stored again; the response is 200 with the earlier ID.
   */
  reportsCreate(params: ReportsCreateParams, options?: CallOptions): Promise<Receipt>;
  /**
   * Read your own report
   *
   * One report, for whoever holds its receipt.
   */
  reportsRetrieve(params: ReportsRetrieveParams, options?: CallOptions): Promise<OwnReport>;
  /**
   * Edit your report
   *
   * Changes the fields you send; the others stay as they are, and so does the time.
   */
  reportsUpdate(params: ReportsUpdateParams, options?: CallOptions): Promise<OwnReport>;
  /**
   * Delete your report
   *
   * The report is no longer counted, and its content is deleted. Repeating the request changes nothing.
   */
  reportsWithdraw(params: ReportsWithdrawParams, options?: CallOptions): Promise<undefined>;
  /**
   * Send up to 500 reports in one request
   *
   * For apps that were offline and for anyone who collects reports. Each report is checked as if it had been sent
   * alone, and `results` lists the outcomes in the same order; an invalid report does not affect the others.
   * Responds once all valid reports are safely on disk, in one transaction. `X-Reporter` and `Idempotency-Key`
   * apply to the whole request.
   */
  reportsCreateBatch(params: ReportsCreateBatchParams, options?: CallOptions): Promise<Batch>;
  /**
   * Where browsers send Network Error Logging
   *
   * A site's owner names this address in `Report-To` and `NEL`. `key` is the id of a key that may write reports,
   * not the key itself: the header is public. Only whether loads failed, and how, is counted, by component and
   * country; no address, path or referrer is kept. A `success_fraction` tells how many went well.
   */
  reportsNelCreate(params: ReportsNelCreateParams, options?: CallOptions): Promise<undefined>;
  /**
   * All services
   *
   * All services.
   */
  servicesList(params?: ServicesListParams, options?: CallOptions): Promise<ServicePage>;
  /**
   * A service with its components and symptoms
   *
   * One service.
   */
  servicesRetrieve(params: ServicesRetrieveParams, options?: CallOptions): Promise<ServiceDetail>;
  /**
   * Reports summed by one or two of time, component, symptom, country and region
   *
   * Only cells with reports are listed. Bins in which the service wasn't monitored are not in `times`: a cell that
   * is missing there says nothing. Where fewer than three networks reported a problem, `few` is true and there is
   * no number; networks are not counted by symptom, there the same holds for fewer than three reports. But for the
   * service as a whole, numbers are perturbed and rounded to multiples of five, the same in every answer; they are
   * given by hour and day, and a cell with few is not listed each time. Symptoms are counted without places, and
   * platforms are not counted at all: such axes are refused. At most 10,000 cells.
   */
  servicesAggregate(params: ServicesAggregateParams & { format: "csv" }, options?: CallOptions): Promise<string>;
  servicesAggregate(params: ServicesAggregateParams, options?: CallOptions): Promise<Aggregate>;
  /**
   * Posts about a service, newest first
   *
   * What was announced about a service.
   */
  servicesAnnouncements(params: ServicesAnnouncementsParams, options?: CallOptions): Promise<AnnouncementPage>;
  /**
   * The parts of a service
   *
   * The parts of a service.
   */
  servicesComponents(params: ServicesComponentsParams, options?: CallOptions): Promise<ComponentList>;
  /**
   * The incidents of a service, newest first
   *
   * The incidents of a service.
   */
  servicesIncidents(params: ServicesIncidentsParams, options?: CallOptions): Promise<IncidentPage>;
  /**
   * Where people report problems, as GeoJSON or TopoJSON
   *
   * Places with reports in a window that ends at `at`. In GeoJSON, outer rings run counter-clockwise, as RFC 7946
   * requires. TopoJSON stores shared borders once; by region it covers one country, so name one. If fewer than
   * three networks reported, `few` is true and there is no number.
   */
  servicesMap(params: ServicesMapParams & { format: "topojson" }, options?: CallOptions): Promise<Topology>;
  servicesMap(params: ServicesMapParams, options?: CallOptions): Promise<Map>;
  /**
   * Outside observers of a service, and how often they were right
   *
   * Registered programs and browsers. Each appears in an incident's evidence as a vantage of its own.
   */
  servicesObservers(params: ServicesObserversParams, options?: CallOptions): Promise<ObserverList>;
  /**
   * The last result of each check from each vantage
   *
   * The latest result of each probe from each vantage, at most 15 minutes old at that time.
   */
  servicesProbes(params: ServicesProbesParams, options?: CallOptions): Promise<ProbeList>;
  /**
   * Results of a check by hour and vantage
   *
   * Single results are kept for two weeks; these sums stay. An hour without a row was not probed: a gap, not an
   * outage. At most 92 days and 10,000 rows.
   */
  servicesProbeHistory(params: ServicesProbeHistoryParams, options?: CallOptions): Promise<ProbeHistory>;
  /**
   * Reports summed by component, symptom, country or region
   *
   * Individual reports are never returned. If fewer than three networks reported from a place or about a component,
   * or a symptom has fewer than three reports, `few` is true and there is no number; such rows are not always
   * listed. `total` is exact; all other numbers are perturbed and rounded to multiples of five, the same in every
   * response. Reports from a place with few are counted once their hour has ended.
   */
  servicesReports(params: ServicesReportsParams, options?: CallOptions): Promise<Counts>;
  /**
   * Sources of announcements, and whether we can read them
   *
   * All sources in the catalogue. A source that can't be read is unreachable, blocked, silent or off; none of these
   * means that the service works.
   */
  servicesSources(params: ServicesSourcesParams, options?: CallOptions): Promise<SourceList>;
  /**
   * Is it down?
   *
   * What is known of a service.
   */
  servicesStatus(params: ServicesStatusParams, options?: CallOptions): Promise<Status>;
  /**
   * Live changes of one service
   *
   * Server-Sent Events. `status` is the answer of the service's `/status`, at the beginning and whenever it
   * changes; `incident` is an item of `/incidents`, after each change of an incident; `reset` says that events
   * can't be replayed (`reason`: `too-old`, `unknown-id`, `history-renewed`): load the present state; `stale` says
   * that nothing new can be read. A comment comes every 20 seconds. Reconnect with the last `id` to get each missed
   * incident event once, in order.
   */
  servicesStream(params: ServicesStreamParams, options?: CallOptions): AsyncGenerator<StreamMessage, void, undefined>;
  /**
   * What people see when a service fails, what it means and what to do
   *
   * The symptoms of a service.
   */
  servicesSymptoms(params: ServicesSymptomsParams, options?: CallOptions): Promise<SymptomList>;
  /**
   * Reports over time, compared with what was expected
   *
   * Reports over time.
   */
  servicesTimeseries(params: ServicesTimeseriesParams, options?: CallOptions): Promise<Timeseries>;
  /**
   * Sources of announcements for all services, and whether we can read them
   *
   * All sources of all services, as on the Sources page. A source that can't be read is unreachable, blocked,
   * silent or off; none of these means that the service works.
   */
  sources(params?: SourcesParams, options?: CallOptions): Promise<SourceList>;
  /**
   * Live changes of all services or of a board
   *
   * Server-Sent Events. `status` is the answer of the service's `/status`, at the beginning and whenever it
   * changes; `incident` is an item of `/incidents`, after each change of an incident; `reset` says that events
   * can't be replayed (`reason`: `too-old`, `unknown-id`, `history-renewed`): load the present state; `stale` says
   * that nothing new can be read. A comment comes every 20 seconds. Reconnect with the last `id` to get each missed
   * incident event once, in order.
   */
  stream(params?: StreamParams, options?: CallOptions): AsyncGenerator<StreamMessage, void, undefined>;
  /**
   * All subscriptions that a secret or a key manages
   *
   * Subscriptions.
   */
  subscriptionsList(params?: SubscriptionsListParams, options?: CallOptions): Promise<SubscriptionList>;
  /**
   * Subscribe to alerts about a service's incidents
   *
   * The target must confirm first: a webhook receives a `subscription.challenge` to return, email and chat a link,
   * a browser a notification. Until then the subscription is `unconfirmed` and nothing is sent; after two days it
   * is deleted. With the secret of an earlier subscription, that secret manages the new one too; with a key, it
   * belongs to the key.
   */
  subscriptionsCreate(params: SubscriptionsCreateParams, options?: CallOptions): Promise<NewSubscription>;
  /**
   * A subscription
   *
   * One subscription.
   */
  subscriptionsRetrieve(params: SubscriptionsRetrieveParams, options?: CallOptions): Promise<Subscription>;
  /**
   * Change a subscription
   *
   * Changes the given fields, for alerts from now on. A new target needs a new subscription.
   */
  subscriptionsUpdate(params: SubscriptionsUpdateParams, options?: CallOptions): Promise<Subscription>;
  /**
   * Unsubscribe
   *
   * Deletes the subscription, its delivery history, and the target unless another subscription uses it.
   */
  subscriptionsDelete(params: SubscriptionsDeleteParams, options?: CallOptions): Promise<undefined>;
  /**
   * Send the confirmation request again
   *
   * A confirmation request to a target.
   */
  subscriptionsChallenge(params: SubscriptionsChallengeParams, options?: CallOptions): Promise<Delivery>;
  /**
   * Confirm a subscription by the challenge that its target was sent
   *
   * Proof that a target belongs to its subscriber.
   */
  subscriptionsConfirm(params: SubscriptionsConfirmParams, options?: CallOptions): Promise<Subscription>;
  /**
   * The last 50 alerts and their delivery
   *
   * The alerts sent to a subscription.
   */
  subscriptionsDeliveries(params: SubscriptionsDeliveriesParams, options?: CallOptions): Promise<DeliveryList>;
  /**
   * Give a webhook a new signing secret
   *
   * For a day, each message is also signed with the old one.
   */
  subscriptionsRotate(params: SubscriptionsRotateParams, options?: CallOptions): Promise<SigningSecret>;
  /**
   * Send a test
   *
   * A test of a subscription.
   */
  subscriptionsTest(params: SubscriptionsTestParams, options?: CallOptions): Promise<Delivery>;
  /** All items of a list, page by page. */
  all<Name extends keyof Paged>(
    name: Name,
    params: Paged[Name][0],
    options?: CallOptions,
  ): AsyncGenerator<Paged[Name][1]["results"][number], void, undefined>;
}

interface Paged {
  disputesList: [DisputesListParams, DisputePage];
  incidentsDisputes: [IncidentsDisputesParams, DisputePage];
  servicesList: [ServicesListParams, ServicePage];
  servicesAnnouncements: [ServicesAnnouncementsParams, AnnouncementPage];
  servicesIncidents: [ServicesIncidentsParams, IncidentPage];
}
