from enum import StrEnum


class ServicesReportsBy(StrEnum):
    COMPONENT = "component"
    COUNTRY = "country"
    REGION = "region"
    SYMPTOM = "symptom"

    def __str__(self) -> str:
        return str(self.value)
