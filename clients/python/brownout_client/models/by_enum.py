from enum import StrEnum


class ByEnum(StrEnum):
    COMPONENT = "component"
    COUNTRY = "country"
    REGION = "region"
    SYMPTOM = "symptom"

    def __str__(self) -> str:
        return str(self.value)
