from enum import StrEnum


class SubscriptionsCreateWantedFromState(StrEnum):
    CONFIRMED = "confirmed"
    POSSIBLE = "possible"
    RESOLVED = "resolved"

    def __str__(self) -> str:
        return str(self.value)
