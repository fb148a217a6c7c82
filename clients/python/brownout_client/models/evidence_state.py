from enum import StrEnum


class EvidenceState(StrEnum):
    BAD = "bad"
    BLIND = "blind"
    FINE = "fine"
    MISSING = "missing"
    OFF = "off"
    RAISED = "raised"

    def __str__(self) -> str:
        return str(self.value)
