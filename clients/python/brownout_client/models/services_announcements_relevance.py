from enum import StrEnum


class ServicesAnnouncementsRelevance(StrEnum):
    ALL = "all"
    RELEVANT = "relevant"

    def __str__(self) -> str:
        return str(self.value)
