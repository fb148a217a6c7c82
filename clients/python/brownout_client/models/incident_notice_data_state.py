from enum import StrEnum


class IncidentNoticeDataState(StrEnum):
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    MAINTENANCE = "maintenance"
    MERGED = "merged"
    POSSIBLE = "possible"
    RECOVERING = "recovering"
    RESOLVED = "resolved"

    def __str__(self) -> str:
        return str(self.value)
