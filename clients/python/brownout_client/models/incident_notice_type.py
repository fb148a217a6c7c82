from enum import StrEnum


class IncidentNoticeType(StrEnum):
    INCIDENT_CHANGED = "incident.changed"
    INCIDENT_CONFIRMED = "incident.confirmed"
    INCIDENT_MAINTENANCE = "incident.maintenance"
    INCIDENT_OPENED = "incident.opened"
    INCIDENT_RESOLVED = "incident.resolved"

    def __str__(self) -> str:
        return str(self.value)
