"""Contains all the data models used in inputs/outputs"""

from .aggregate import Aggregate
from .aggregate_cell import AggregateCell
from .announcement import Announcement
from .announcement_page import AnnouncementPage
from .announcement_tier import AnnouncementTier
from .axis import Axis
from .batch import Batch
from .batch_result import BatchResult
from .board import Board
from .board_links import BoardLinks
from .board_part import BoardPart
from .by_enum import ByEnum
from .cell import Cell
from .channel_enum import ChannelEnum
from .claim_enum import ClaimEnum
from .clock_enum import ClockEnum
from .component import Component
from .component_list import ComponentList
from .count import Count
from .counts import Counts
from .delivery import Delivery
from .delivery_list import DeliveryList
from .delivery_state import DeliveryState
from .dispute import Dispute
from .dispute_page import DisputePage
from .dispute_state_enum import DisputeStateEnum
from .disputes_list_state import DisputesListState
from .evidence import Evidence
from .evidence_kind import EvidenceKind
from .evidence_state import EvidenceState
from .feature import Feature
from .feature_type_enum import FeatureTypeEnum
from .field_error import FieldError
from .geometry import Geometry
from .geometry_type_enum import GeometryTypeEnum
from .grain_enum import GrainEnum
from .guide import Guide
from .guide_causes import GuideCauses
from .incident import Incident
from .incident_detail import IncidentDetail
from .incident_detail_params import IncidentDetailParams
from .incident_event import IncidentEvent
from .incident_event_params import IncidentEventParams
from .incident_kind import IncidentKind
from .incident_notice import IncidentNotice
from .incident_notice_data import IncidentNoticeData
from .incident_notice_data_kind import IncidentNoticeDataKind
from .incident_notice_data_params import IncidentNoticeDataParams
from .incident_notice_data_state import IncidentNoticeDataState
from .incident_notice_type import IncidentNoticeType
from .incident_page import IncidentPage
from .incident_params import IncidentParams
from .incident_state import IncidentState
from .incidents_disputes_create_objection import IncidentsDisputesCreateObjection
from .incidents_disputes_create_objection_claim import (
    IncidentsDisputesCreateObjectionClaim,
)
from .key import Key
from .key_usage import KeyUsage
from .language_enum import LanguageEnum
from .limit import Limit
from .limits import Limits
from .map_ import Map
from .map_type_enum import MapTypeEnum
from .metric_enum import MetricEnum
from .new_subscription import NewSubscription
from .notice_cadence import NoticeCadence
from .notice_evidence import NoticeEvidence
from .notice_evidence_kind import NoticeEvidenceKind
from .notice_from import NoticeFrom
from .notice_kind import NoticeKind
from .observations_create_observations import ObservationsCreateObservations
from .observations_create_observations_counted_calls import (
    ObservationsCreateObservationsCountedCalls,
)
from .observer import Observer
from .observer_kind_enum import ObserverKindEnum
from .observer_list import ObserverList
from .own_report import OwnReport
from .place import Place
from .place_detail import PlaceDetail
from .place_detail_names import PlaceDetailNames
from .place_kind import PlaceKind
from .place_list import PlaceList
from .point import Point
from .probe import Probe
from .probe_history import ProbeHistory
from .probe_hour import ProbeHour
from .probe_list import ProbeList
from .problem import Problem
from .push_key import PushKey
from .receipt import Receipt
from .report_kind import ReportKind
from .reports_create_batch_submission import ReportsCreateBatchSubmission
from .reports_create_batch_submission_kind import ReportsCreateBatchSubmissionKind
from .reports_create_batch_submission_platform_type_0 import (
    ReportsCreateBatchSubmissionPlatformType0,
)
from .reports_create_submission import ReportsCreateSubmission
from .reports_create_submission_kind import ReportsCreateSubmissionKind
from .reports_create_submission_platform_type_0 import (
    ReportsCreateSubmissionPlatformType0,
)
from .reports_update_correction import ReportsUpdateCorrection
from .reports_update_correction_kind import ReportsUpdateCorrectionKind
from .reports_update_correction_platform_type_0 import (
    ReportsUpdateCorrectionPlatformType0,
)
from .scopes_enum import ScopesEnum
from .service import Service
from .service_detail import ServiceDetail
from .service_page import ServicePage
from .services_aggregate_axis_x import ServicesAggregateAxisX
from .services_aggregate_axis_y import ServicesAggregateAxisY
from .services_aggregate_format import ServicesAggregateFormat
from .services_aggregate_grain import ServicesAggregateGrain
from .services_announcements_relevance import ServicesAnnouncementsRelevance
from .services_incidents_state import ServicesIncidentsState
from .services_map_format import ServicesMapFormat
from .services_map_level import ServicesMapLevel
from .services_map_metric import ServicesMapMetric
from .services_map_window import ServicesMapWindow
from .services_reports_by import ServicesReportsBy
from .services_timeseries_grain_minutes import ServicesTimeseriesGrainMinutes
from .signing_secret import SigningSecret
from .source import Source
from .source_list import SourceList
from .source_state import SourceState
from .sparse_announcement import SparseAnnouncement
from .sparse_component import SparseComponent
from .sparse_incident import SparseIncident
from .sparse_incident_params import SparseIncidentParams
from .sparse_observer import SparseObserver
from .sparse_place import SparsePlace
from .sparse_probe import SparseProbe
from .sparse_probe_hour import SparseProbeHour
from .sparse_service import SparseService
from .sparse_source import SparseSource
from .sparse_symptom import SparseSymptom
from .status import Status
from .subscription import Subscription
from .subscription_list import SubscriptionList
from .subscription_notice import SubscriptionNotice
from .subscription_notice_data import SubscriptionNoticeData
from .subscription_notice_type import SubscriptionNoticeType
from .subscription_state import SubscriptionState
from .subscriptions_confirm_confirmation import SubscriptionsConfirmConfirmation
from .subscriptions_create_wanted import SubscriptionsCreateWanted
from .subscriptions_create_wanted_cadence import SubscriptionsCreateWantedCadence
from .subscriptions_create_wanted_channel import SubscriptionsCreateWantedChannel
from .subscriptions_create_wanted_from_state import SubscriptionsCreateWantedFromState
from .subscriptions_update_changes import SubscriptionsUpdateChanges
from .subscriptions_update_changes_cadence import SubscriptionsUpdateChangesCadence
from .subscriptions_update_changes_from_state import SubscriptionsUpdateChangesFromState
from .symptom import Symptom
from .symptom_list import SymptomList
from .tally import Tally
from .tally_cuts import TallyCuts
from .term import Term
from .term_detail import TermDetail
from .term_kind import TermKind
from .timeseries import Timeseries
from .topology import Topology
from .topology_geometry import TopologyGeometry
from .topology_geometry_type_enum import TopologyGeometryTypeEnum
from .topology_objects import TopologyObjects
from .topology_places import TopologyPlaces
from .topology_places_type_enum import TopologyPlacesTypeEnum
from .topology_transform import TopologyTransform
from .topology_type_enum import TopologyTypeEnum
from .upstream_incident import UpstreamIncident
from .verdict_enum import VerdictEnum
from .watched_bin import WatchedBin

__all__ = (
    "Aggregate",
    "AggregateCell",
    "Announcement",
    "AnnouncementPage",
    "AnnouncementTier",
    "Axis",
    "Batch",
    "BatchResult",
    "Board",
    "BoardLinks",
    "BoardPart",
    "ByEnum",
    "Cell",
    "ChannelEnum",
    "ClaimEnum",
    "ClockEnum",
    "Component",
    "ComponentList",
    "Count",
    "Counts",
    "Delivery",
    "DeliveryList",
    "DeliveryState",
    "Dispute",
    "DisputePage",
    "DisputeStateEnum",
    "DisputesListState",
    "Evidence",
    "EvidenceKind",
    "EvidenceState",
    "Feature",
    "FeatureTypeEnum",
    "FieldError",
    "Geometry",
    "GeometryTypeEnum",
    "GrainEnum",
    "Guide",
    "GuideCauses",
    "Incident",
    "IncidentDetail",
    "IncidentDetailParams",
    "IncidentEvent",
    "IncidentEventParams",
    "IncidentKind",
    "IncidentNotice",
    "IncidentNoticeData",
    "IncidentNoticeDataKind",
    "IncidentNoticeDataParams",
    "IncidentNoticeDataState",
    "IncidentNoticeType",
    "IncidentPage",
    "IncidentParams",
    "IncidentState",
    "IncidentsDisputesCreateObjection",
    "IncidentsDisputesCreateObjectionClaim",
    "Key",
    "KeyUsage",
    "LanguageEnum",
    "Limit",
    "Limits",
    "Map",
    "MapTypeEnum",
    "MetricEnum",
    "NewSubscription",
    "NoticeCadence",
    "NoticeEvidence",
    "NoticeEvidenceKind",
    "NoticeFrom",
    "NoticeKind",
    "ObservationsCreateObservations",
    "ObservationsCreateObservationsCountedCalls",
    "Observer",
    "ObserverKindEnum",
    "ObserverList",
    "OwnReport",
    "Place",
    "PlaceDetail",
    "PlaceDetailNames",
    "PlaceKind",
    "PlaceList",
    "Point",
    "Probe",
    "ProbeHistory",
    "ProbeHour",
    "ProbeList",
    "Problem",
    "PushKey",
    "Receipt",
    "ReportKind",
    "ReportsCreateBatchSubmission",
    "ReportsCreateBatchSubmissionKind",
    "ReportsCreateBatchSubmissionPlatformType0",
    "ReportsCreateSubmission",
    "ReportsCreateSubmissionKind",
    "ReportsCreateSubmissionPlatformType0",
    "ReportsUpdateCorrection",
    "ReportsUpdateCorrectionKind",
    "ReportsUpdateCorrectionPlatformType0",
    "ScopesEnum",
    "Service",
    "ServiceDetail",
    "ServicePage",
    "ServicesAggregateAxisX",
    "ServicesAggregateAxisY",
    "ServicesAggregateFormat",
    "ServicesAggregateGrain",
    "ServicesAnnouncementsRelevance",
    "ServicesIncidentsState",
    "ServicesMapFormat",
    "ServicesMapLevel",
    "ServicesMapMetric",
    "ServicesMapWindow",
    "ServicesReportsBy",
    "ServicesTimeseriesGrainMinutes",
    "SigningSecret",
    "Source",
    "SourceList",
    "SourceState",
    "SparseAnnouncement",
    "SparseComponent",
    "SparseIncident",
    "SparseIncidentParams",
    "SparseObserver",
    "SparsePlace",
    "SparseProbe",
    "SparseProbeHour",
    "SparseService",
    "SparseSource",
    "SparseSymptom",
    "Status",
    "Subscription",
    "SubscriptionList",
    "SubscriptionNotice",
    "SubscriptionNoticeData",
    "SubscriptionNoticeType",
    "SubscriptionState",
    "SubscriptionsConfirmConfirmation",
    "SubscriptionsCreateWanted",
    "SubscriptionsCreateWantedCadence",
    "SubscriptionsCreateWantedChannel",
    "SubscriptionsCreateWantedFromState",
    "SubscriptionsUpdateChanges",
    "SubscriptionsUpdateChangesCadence",
    "SubscriptionsUpdateChangesFromState",
    "Symptom",
    "SymptomList",
    "Tally",
    "TallyCuts",
    "Term",
    "TermDetail",
    "TermKind",
    "Timeseries",
    "Topology",
    "TopologyGeometry",
    "TopologyGeometryTypeEnum",
    "TopologyObjects",
    "TopologyPlaces",
    "TopologyPlacesTypeEnum",
    "TopologyTransform",
    "TopologyTypeEnum",
    "UpstreamIncident",
    "VerdictEnum",
    "WatchedBin",
)
