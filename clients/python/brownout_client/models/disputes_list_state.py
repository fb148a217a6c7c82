from enum import StrEnum


class DisputesListState(StrEnum):
    ANY = "any"
    PARTLY_UPHELD = "partly_upheld"
    REJECTED = "rejected"
    UPHELD = "upheld"
    WAITING = "waiting"

    def __str__(self) -> str:
        return str(self.value)
