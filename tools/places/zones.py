"""Which place a tz database zone stands for."""

from __future__ import annotations

from importlib import resources
from typing import Final

# Zones within one region only, by zone.tab's own comments; zones of "most of" several regions are not here.
# The script checks each against the shapes at the zone's own coordinates.
_ONE_REGION: Final = """
US-AK: America/Anchorage America/Juneau America/Sitka America/Metlakatla America/Yakutat America/Nome America/Adak
US-AZ: America/Phoenix
US-HI: Pacific/Honolulu
US-IN: America/Indiana/Indianapolis America/Indiana/Vincennes America/Indiana/Winamac America/Indiana/Marengo
US-IN: America/Indiana/Petersburg America/Indiana/Vevay America/Indiana/Tell_City America/Indiana/Knox
US-KY: America/Kentucky/Louisville America/Kentucky/Monticello
US-MI: America/Detroit America/Menominee
US-ND: America/North_Dakota/Center America/North_Dakota/New_Salem America/North_Dakota/Beulah
CA-NL: America/St_Johns America/Goose_Bay
CA-NB: America/Moncton
CA-NS: America/Glace_Bay
CA-QC: America/Blanc-Sablon
CA-NU: America/Iqaluit America/Resolute America/Rankin_Inlet America/Cambridge_Bay
CA-SK: America/Regina America/Swift_Current
CA-NT: America/Inuvik
CA-BC: America/Vancouver America/Creston America/Dawson_Creek America/Fort_Nelson
CA-YT: America/Whitehorse America/Dawson
AU-TAS: Australia/Hobart
AU-VIC: Australia/Melbourne
AU-NSW: Australia/Broken_Hill Australia/Lord_Howe
AU-QLD: Australia/Brisbane Australia/Lindeman
AU-SA: Australia/Adelaide
AU-NT: Australia/Darwin
AU-WA: Australia/Perth Australia/Eucla
AR-Y: America/Argentina/Jujuy
AR-T: America/Argentina/Tucuman
AR-F: America/Argentina/La_Rioja
AR-J: America/Argentina/San_Juan
AR-M: America/Argentina/Mendoza
AR-D: America/Argentina/San_Luis
AR-Z: America/Argentina/Rio_Gallegos
AR-V: America/Argentina/Ushuaia
BR-TO: America/Araguaina
BR-BA: America/Bahia
BR-PE: America/Recife
BR-MS: America/Campo_Grande
BR-MT: America/Cuiaba
BR-PA: America/Santarem
BR-RO: America/Porto_Velho
BR-RR: America/Boa_Vista
BR-AM: America/Manaus America/Eirunepe
BR-AC: America/Rio_Branco
CL-AI: America/Coyhaique
CL-MA: America/Punta_Arenas
CL-VS: Pacific/Easter
CN-XJ: Asia/Urumqi
EC-W: Pacific/Galapagos
ES-CN: Atlantic/Canary
FM-PNI: Pacific/Pohnpei
FM-KSA: Pacific/Kosrae
HK-HK: Asia/Hong_Kong
KZ-39: Asia/Qostanay
KZ-43: Asia/Qyzylorda
KZ-15: Asia/Aqtobe
KZ-47: Asia/Aqtau
KZ-23: Asia/Atyrau
KZ-27: Asia/Oral
MX-ROO: America/Cancun
MX-CHH: America/Chihuahua America/Ciudad_Juarez America/Ojinaga
MX-SON: America/Hermosillo
MX-BCN: America/Tijuana
MX-NAY: America/Bahia_Banderas
NZ-CIT: Pacific/Chatham
PG-NSB: Pacific/Bougainville
PS-GZZ: Asia/Gaza
PS-WBK: Asia/Hebron
PT-20: Atlantic/Azores
PT-30: Atlantic/Madeira
RU-KGD: Europe/Kaliningrad
RU-KIR: Europe/Kirov
RU-VGG: Europe/Volgograd
RU-AST: Europe/Astrakhan
RU-SAR: Europe/Saratov
RU-ULY: Europe/Ulyanovsk
RU-OMS: Asia/Omsk
RU-NVS: Asia/Novosibirsk
RU-TOM: Asia/Tomsk
RU-KEM: Asia/Novokuznetsk
RU-ZAB: Asia/Chita
RU-SA: Asia/Yakutsk Asia/Khandyga Asia/Ust-Nera
RU-MAG: Asia/Magadan
RU-KAM: Asia/Kamchatka
UA-43: Europe/Simferopol
"""

# Old names that the tz database links to a zone of the same clock in another country.
_OLD_NAMES: Final = {
    "Africa/Asmera": "ER",
    "Africa/Timbuktu": "ML",
    "America/Coral_Harbour": "CA-NU",
    "America/Montreal": "CA",
    "America/Nipigon": "CA",
    "America/Pangnirtung": "CA-NU",
    "America/Rainy_River": "CA",
    "America/Thunder_Bay": "CA",
    "America/Virgin": "VI",
    "America/Yellowknife": "CA-NT",
    "Antarctica/South_Pole": "AQ",
    "Atlantic/Jan_Mayen": "SJ",
    "Iceland": "IS",
    "Pacific/Enderbury": "KI",
    "Pacific/Johnston": "UM",
    "Pacific/Ponape": "FM-PNI",
    "Pacific/Samoa": "AS",
    "Pacific/Truk": "FM",
    "Pacific/Yap": "FM",
    "US/Samoa": "AS",
}

# Names that stand for a clock, not for a place.
_CLOCKS: Final = (
    "CET CST6CDT EET EST EST5EDT Factory GMT GMT+0 GMT-0 GMT0 Greenwich HST MET MST MST7MDT PST8PDT UCT UTC "
    "Universal WET Zulu"
)


def one_region() -> dict[str, str]:
    """Return {zone: region} for the zones that lie within one region."""
    return {
        zone: line.split(":")[0] for line in _ONE_REGION.strip().splitlines() for zone in line.split(":")[1].split()
    }


def coordinates() -> dict[str, tuple[float, float]]:
    """Return {zone: (latitude, longitude)} of zone.tab."""
    found = {}
    for _, position, zone in _zone_tab():
        split = max(position.rfind("+"), position.rfind("-"))
        found[zone] = (_degrees(position[:split], 2), _degrees(position[split:], 3))
    return found


def places() -> dict[str, str]:
    """Return {zone or old name of a zone: code of a region or country}; names that are only clocks are left out."""
    found = {zone: country for country, _, zone in _zone_tab()}
    found |= one_region()
    clocks = set(_CLOCKS.split())
    links = {}
    for line in _text("tzdata.zi").splitlines():
        if line.startswith("L "):
            _, target, name = line.split()
            links[name] = target
    for name in links:
        target = name
        while target not in found and target in links:
            target = links[target]
        if name not in found and target in found and name not in clocks and not name.startswith("Etc/"):
            found[name] = found[target]
    return dict(sorted((found | _OLD_NAMES).items()))


def countries() -> dict[str, str]:
    """Return {code: English name} of iso3166.tab."""
    lines = (line.split("\t") for line in _text("iso3166.tab").splitlines() if not line.startswith("#"))
    return {line[0]: line[1] for line in lines}


def _zone_tab() -> list[tuple[str, str, str]]:
    rows = (line.split("\t") for line in _text("zone.tab").splitlines() if not line.startswith("#"))
    return [(row[0], row[1], row[2]) for row in rows]


def _degrees(text: str, digits: int) -> float:
    sign = -1 if text[0] == "-" else 1
    number = text[1:]
    degrees, minutes, seconds = number[:digits], number[digits : digits + 2], number[digits + 2 :]
    return sign * (int(degrees) + int(minutes) / 60 + (int(seconds) / 3600 if seconds else 0))


def _text(name: str) -> str:
    return (resources.files("tzdata") / "zoneinfo" / name).read_text("utf-8")
