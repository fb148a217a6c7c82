from enum import StrEnum


class ServicesMapLevel(StrEnum):
    COUNTRY = "country"
    REGION = "region"

    def __str__(self) -> str:
        return str(self.value)
