from enum import StrEnum


class GeometryTypeEnum(StrEnum):
    MULTIPOLYGON = "MultiPolygon"

    def __str__(self) -> str:
        return str(self.value)
