from enum import StrEnum


class DisputeStateEnum(StrEnum):
    PARTLY_UPHELD = "partly_upheld"
    REJECTED = "rejected"
    REMOVED = "removed"
    UPHELD = "upheld"
    WAITING = "waiting"

    def __str__(self) -> str:
        return str(self.value)
