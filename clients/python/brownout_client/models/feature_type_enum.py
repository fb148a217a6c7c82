from enum import StrEnum


class FeatureTypeEnum(StrEnum):
    FEATURE = "Feature"

    def __str__(self) -> str:
        return str(self.value)
