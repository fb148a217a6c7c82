from enum import StrEnum


class Axis(StrEnum):
    COMPONENT = "component"
    COUNTRY = "country"
    REGION = "region"
    SYMPTOM = "symptom"
    TIME = "time"

    def __str__(self) -> str:
        return str(self.value)
