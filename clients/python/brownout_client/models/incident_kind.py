from enum import StrEnum


class IncidentKind(StrEnum):
    MAINTENANCE = "maintenance"
    OUTAGE = "outage"

    def __str__(self) -> str:
        return str(self.value)
