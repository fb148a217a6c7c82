from enum import StrEnum


class PlaceKind(StrEnum):
    COUNTRY = "country"
    REGION = "region"

    def __str__(self) -> str:
        return str(self.value)
