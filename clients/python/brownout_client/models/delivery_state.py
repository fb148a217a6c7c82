from enum import StrEnum


class DeliveryState(StrEnum):
    EXPIRED = "expired"
    FAILED = "failed"
    SENT = "sent"
    WAITING = "waiting"

    def __str__(self) -> str:
        return str(self.value)
