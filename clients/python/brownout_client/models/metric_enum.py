from enum import StrEnum


class MetricEnum(StrEnum):
    COUNT = "count"
    EXCESS = "excess"
    PER_MILLION = "per_million"

    def __str__(self) -> str:
        return str(self.value)
