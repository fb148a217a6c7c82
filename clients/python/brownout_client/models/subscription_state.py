from enum import StrEnum


class SubscriptionState(StrEnum):
    ACTIVE = "active"
    DISABLED = "disabled"
    UNCONFIRMED = "unconfirmed"

    def __str__(self) -> str:
        return str(self.value)
