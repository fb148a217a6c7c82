from enum import StrEnum


class TermKind(StrEnum):
    CROWD = "crowd"
    OFFICIAL = "official"
    PROBES = "probes"
    UPSTREAM = "upstream"

    def __str__(self) -> str:
        return str(self.value)
