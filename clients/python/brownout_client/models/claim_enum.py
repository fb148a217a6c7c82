from enum import StrEnum


class ClaimEnum(StrEnum):
    NOT_OVER = "not_over"
    NO_OUTAGE = "no_outage"
    OTHER = "other"
    OVER = "over"
    SCOPE = "scope"
    TIMES = "times"

    def __str__(self) -> str:
        return str(self.value)
