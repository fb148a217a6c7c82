from enum import StrEnum


class LanguageEnum(StrEnum):
    DA = "da"
    DE = "de"
    EN = "en"
    ES = "es"
    FR = "fr"
    IT = "it"
    JA = "ja"
    KO = "ko"
    NB = "nb"
    NL = "nl"
    PL = "pl"
    PT = "pt"
    SV = "sv"
    ZH_HANS = "zh-hans"
    ZH_HANT = "zh-hant"

    def __str__(self) -> str:
        return str(self.value)
