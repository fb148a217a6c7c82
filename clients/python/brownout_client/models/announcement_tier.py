from enum import StrEnum


class AnnouncementTier(StrEnum):
    COMMUNITY = "community"
    OFFICIAL = "official"
    PRESS = "press"

    def __str__(self) -> str:
        return str(self.value)
