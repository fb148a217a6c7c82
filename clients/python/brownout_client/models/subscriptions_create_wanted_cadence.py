from enum import StrEnum


class SubscriptionsCreateWantedCadence(StrEnum):
    DAILY = "daily"
    EACH = "each"

    def __str__(self) -> str:
        return str(self.value)
