from enum import StrEnum


class ServicesMapMetric(StrEnum):
    COUNT = "count"
    EXCESS = "excess"
    PER_MILLION = "per_million"

    def __str__(self) -> str:
        return str(self.value)
