from enum import StrEnum


class NoticeCadence(StrEnum):
    DAILY = "daily"
    EACH = "each"

    def __str__(self) -> str:
        return str(self.value)
