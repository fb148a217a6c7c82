from enum import StrEnum


class ReportsUpdateCorrectionKind(StrEnum):
    PROBLEM = "problem"
    RECOVERED = "recovered"
    WORKING = "working"

    def __str__(self) -> str:
        return str(self.value)
