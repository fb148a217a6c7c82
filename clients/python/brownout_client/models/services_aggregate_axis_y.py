from enum import StrEnum


class ServicesAggregateAxisY(StrEnum):
    COMPONENT = "component"
    COUNTRY = "country"
    PLATFORM = "platform"
    REGION = "region"
    SYMPTOM = "symptom"
    TIME = "time"

    def __str__(self) -> str:
        return str(self.value)
