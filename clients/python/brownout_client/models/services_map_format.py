from enum import StrEnum


class ServicesMapFormat(StrEnum):
    GEOJSON = "geojson"
    JSON = "json"
    TOPOJSON = "topojson"

    def __str__(self) -> str:
        return str(self.value)
