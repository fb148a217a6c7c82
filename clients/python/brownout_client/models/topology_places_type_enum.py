from enum import StrEnum


class TopologyPlacesTypeEnum(StrEnum):
    GEOMETRYCOLLECTION = "GeometryCollection"

    def __str__(self) -> str:
        return str(self.value)
