from enum import StrEnum


class ClockEnum(StrEnum):
    LIVE = "live"
    RECORDED = "recorded"

    def __str__(self) -> str:
        return str(self.value)
