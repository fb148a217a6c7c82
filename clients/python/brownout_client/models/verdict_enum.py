from enum import StrEnum


class VerdictEnum(StrEnum):
    CONFIRMED = "confirmed"
    MAINTENANCE = "maintenance"
    OK = "ok"
    POSSIBLE = "possible"
    RECOVERING = "recovering"
    UNKNOWN = "unknown"

    def __str__(self) -> str:
        return str(self.value)
