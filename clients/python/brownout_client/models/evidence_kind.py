from enum import StrEnum


class EvidenceKind(StrEnum):
    CROWD = "crowd"
    OFFICIAL = "official"
    PROBES = "probes"

    def __str__(self) -> str:
        return str(self.value)
