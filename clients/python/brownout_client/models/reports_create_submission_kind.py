from enum import StrEnum


class ReportsCreateSubmissionKind(StrEnum):
    PROBLEM = "problem"
    RECOVERED = "recovered"
    WORKING = "working"

    def __str__(self) -> str:
        return str(self.value)
