from enum import StrEnum


class ReportsUpdateCorrectionPlatformType0(StrEnum):
    ANDROID = "android"
    API = "api"
    CAR = "car"
    IOS = "ios"
    VALUE_0 = ""
    WEB = "web"

    def __str__(self) -> str:
        return str(self.value)
