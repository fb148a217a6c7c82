"""Which level of each country becomes a region, and which code it has today.

Natural Earth's admin-1 features are finer than people think in some countries (232 districts of the United Kingdom),
and some of their codes are of an older ISO 3166-2. The tables here say, for every feature that must not keep its code,
where it belongs. What is not listed keeps its own code.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class Level(NamedTuple):
    """Where a feature belongs: a country (ISO 3166-1 alpha-2) and a region (ISO 3166-2), or the country alone."""

    country: str
    region: str | None


def _words(text: str) -> list[str]:
    return text.split()


def _pairs(text: str) -> dict[str, str]:
    """Read 'target: source source; target: source' into {source: target}."""
    found: dict[str, str] = {}
    for line in text.replace("\n", " ").split(";"):
        if line.strip():
            target, sources = line.split(":")
            for source in sources.split():
                assert source not in found, source
                found[source] = target.strip()
    return found


# Features that a country of its own in ISO 3166-1 covers, though the source lists them under another country.
COUNTRY_OF_FEATURE: Final = {
    "FR-GF": "GF", "FR-GP": "GP", "FR-MQ": "MQ", "FR-RE": "RE", "FR-YT": "YT",
    "US-PR": "PR", "NO-21": "SJ", "NO-X01~": "BV", "NL-SX": "SX",
    "-99-X14~": "CX", "-99-X15~": "CC",  # Christmas Island, Cocos (Keeling) Islands
    "-99-X04~": "CY", "-99-X16~": "CY", "-99-X17~": "CY",  # the north of Cyprus, Dhekelia, Akrotiri
    "-99-X11~": "SO",  # Somaliland
}  # fmt: skip

# Left out: rocks without people, and places that several countries claim and nobody lives in.
LEFT_OUT: Final = frozenset(
    _words(
        "-99-X02~ -99-X03~ -99-X06~ -99-X08~ CN-X01~ CO-X01~ VE-X01~ MX-X01~ RU-X01~ AU-X03~ AU-X04~ AQ-X02~ "
        "NZ-X01~ NZ-X03~ NZ-X04~ NZ-X05~ NZ-X06~ NZ-X07~"
    )
)

# Countries whose features carry no ISO 3166-2 code of today: the country alone.
WITHOUT_REGIONS: Final = frozenset({"BM", "MS", "MO", "KI", "MC"})
COUNTRY_ALONE: Final = frozenset({"AI-X00", "GL-UO"})  # an unnamed islet; the national park of Greenland and Pituffik

# Features told apart by name, since two of them share a code or the code is wrong: (code, name) → region.
REGION_BY_NAME: Final = {
    ("IR-07", "Tehran"): "IR-23",
    ("IR-07", "Alborz"): "IR-30",
    ("SB-CH", "Western"): "SB-WE",
    ("MV-12", "Malé"): "MV-MLE",
    ("CO-CUN", "Bogota"): "CO-DC",
    ("HR-12", "Brodsko-Posavska/Požega-Slavonia"): "HR-11",
    ("LA-VI", "Vientiane [prefecture]"): "LA-VT",
    ("KZ-ALA", "Almaty"): "KZ-19",
    ("KZ-ALA", "Almaty City"): "KZ-75",
    ("LV-DGV", "Daugavpils/Municipality"): "LV-111",
    ("LV-JEL", "Jelgava/Municipality"): "LV-041",
    ("LV-REZ", "Rezeknes"): "LV-077",
    ("LV-VEN", "Ventspils/Municipality"): "LV-106",
    ("AZ-SA", "Şəki/District"): "AZ-SAK",
    ("AZ-LAN", "Lankaran"): "AZ-LAC",
    ("BA-SRP", "Posavina"): "BA-BIH",
    ("MZ-L", "Maputo/-25.9"): "MZ-MPM",
    # The source has the codes of the city and of the region around it the wrong way round.
    ("RU-MOW", "Moskovskaya"): "RU-MOS",
    ("RU-MOS", "Moskva"): "RU-MOW",
}

# Source code → region of today: dissolved to the level people use, or renumbered.
REGION_OF_FEATURE: Final = {
    # Czechia, Estonia, Guatemala, India, Iran, Kazakhstan, Poland, South Africa: the same areas, renumbered
    **_pairs("""
    CZ-10: CZ-PR; CZ-20: CZ-ST; CZ-31: CZ-JC; CZ-32: CZ-PL; CZ-41: CZ-KA; CZ-42: CZ-US; CZ-51: CZ-LI; CZ-52: CZ-KR;
    CZ-53: CZ-PA; CZ-63: CZ-VY; CZ-64: CZ-JM; CZ-71: CZ-OL; CZ-72: CZ-ZL; CZ-80: CZ-MO;
    EE-45: EE-44; EE-50: EE-49; EE-52: EE-51; EE-56: EE-57; EE-60: EE-59; EE-64: EE-65; EE-68: EE-67; EE-71: EE-70;
    EE-79: EE-78; EE-81: EE-82; EE-87: EE-86;
    GT-16: GT-AV; GT-15: GT-BV; GT-04: GT-CM; GT-20: GT-CQ; GT-05: GT-ES; GT-01: GT-GU; GT-13: GT-HU; GT-18: GT-IZ;
    GT-21: GT-JA; GT-22: GT-JU; GT-17: GT-PE; GT-02: GT-PR; GT-14: GT-QC; GT-09: GT-QZ; GT-11: GT-RE; GT-03: GT-SA;
    GT-12: GT-SM; GT-07: GT-SO; GT-06: GT-SR; GT-10: GT-SU; GT-08: GT-TO; GT-19: GT-ZA;
    IN-CG: IN-CT; IN-OD: IN-OR; IN-TS: IN-TG; IN-UK: IN-UT;
    IR-03: IR-01; IR-04: IR-02; IR-24: IR-03; IR-10: IR-04; IR-16: IR-05; IR-18: IR-06; IR-14: IR-08; IR-06: IR-10;
    IR-19: IR-11; IR-20: IR-12; IR-11: IR-13; IR-07: IR-14; IR-08: IR-15; IR-12: IR-16; IR-05: IR-17; IR-17: IR-18;
    IR-01: IR-19; IR-15: IR-20; IR-02: IR-21; IR-00: IR-22; IR-22: IR-23; IR-13: IR-24; IR-21: IR-25; IR-25: IR-26;
    IR-26: IR-28; IR-09: IR-30; IR-28: IR-31;
    KZ-11: KZ-AKM; KZ-15: KZ-AKT; KZ-71: KZ-AST; KZ-23: KZ-ATY; KZ-35: KZ-KAR; KZ-39: KZ-KUS; KZ-43: KZ-KZY -99-X05~;
    KZ-47: KZ-MAN; KZ-55: KZ-PAV; KZ-59: KZ-SEV; KZ-63: KZ-VOS; KZ-61: KZ-YUZ; KZ-27: KZ-ZAP; KZ-31: KZ-ZHA;
    PL-02: PL-DS; PL-04: PL-KP; PL-08: PL-LB; PL-10: PL-LD; PL-06: PL-LU; PL-12: PL-MA; PL-14: PL-MZ; PL-16: PL-OP;
    PL-20: PL-PD; PL-18: PL-PK; PL-22: PL-PM; PL-26: PL-SK; PL-24: PL-SL; PL-28: PL-WN; PL-30: PL-WP; PL-32: PL-ZP;
    ZA-GP: ZA-GT; ZA-KZN: ZA-NL
    """),
    # North Macedonia: renumbered in 2013, when four municipalities became part of Kičevo (307)
    **_pairs("""
    MK-801: MK-01; MK-802: MK-02; MK-201: MK-03; MK-501: MK-04; MK-401: MK-05; MK-601: MK-06; MK-402: MK-07;
    MK-602: MK-08; MK-803: MK-09; MK-403: MK-10; MK-404: MK-11; MK-301: MK-12; MK-101: MK-13; MK-202: MK-14;
    MK-307: MK-15 MK-28 MK-31 MK-57 MK-40; MK-603: MK-16; MK-804: MK-17; MK-405: MK-18; MK-604: MK-19; MK-102: MK-20;
    MK-303: MK-21; MK-304: MK-22; MK-203: MK-23; MK-103: MK-24; MK-502: MK-25; MK-406: MK-26; MK-503: MK-27;
    MK-805: MK-29; MK-605: MK-30; MK-806: MK-32; MK-204: MK-33; MK-807: MK-34; MK-606: MK-35; MK-104: MK-36;
    MK-205: MK-37; MK-808: MK-38; MK-809: MK-39; MK-407: MK-41; MK-206: MK-42; MK-701: MK-43; MK-702: MK-44;
    MK-504: MK-45; MK-505: MK-46; MK-703: MK-47; MK-704: MK-48; MK-105: MK-49; MK-607: MK-50; MK-207: MK-51;
    MK-308: MK-52; MK-506: MK-53; MK-106: MK-54; MK-507: MK-55; MK-408: MK-56; MK-310: MK-58; MK-208: MK-60;
    MK-311: MK-61; MK-508: MK-62; MK-209: MK-63; MK-409: MK-64; MK-705: MK-65; MK-509: MK-66; MK-107: MK-67;
    MK-811: MK-68; MK-108: MK-69; MK-812: MK-70; MK-706: MK-71; MK-312: MK-72; MK-410: MK-73; MK-813: MK-74;
    MK-608: MK-75; MK-609: MK-76; MK-814: MK-77; MK-313: MK-78; MK-815: MK-79; MK-109: MK-80; MK-210: MK-81;
    MK-816: MK-82; MK-211: MK-83; MK-817: MK-84; MK-810: MK-85
    """),
    # Latvia: 119 municipalities became 43 in 2021
    **_pairs("""
    LV-111: LV-025 LV-036; LV-112: LV-003 LV-028 LV-032 LV-066 LV-071 LV-074 LV-081 LV-100;
    LV-113: LV-017 LV-019 LV-045 LV-060 LV-064 LV-084 LV-096 LV-VMR;
    LV-022: LV-008 LV-039 LV-055 LV-070 LV-075 LV-104; LV-054: LV-005 LV-085; LV-089: LV-090;
    LV-091: LV-037 LV-048 LV-061; LV-080: LV-031 LV-095; LV-011: LV-020; LV-062: LV-012; LV-052: LV-013;
    LV-067: LV-035 LV-051 LV-053; LV-002: LV-038 LV-046 LV-065 LV-072 LV-092; LV-016: LV-034 LV-083 LV-105;
    LV-041: LV-069; LV-026: LV-010 LV-098; LV-099: LV-029 LV-040 LV-043; LV-097: LV-027 LV-063 LV-079;
    LV-050: LV-006 LV-093; LV-088: LV-018; LV-042: LV-JKB LV-004 LV-049 LV-086 LV-107; LV-059: LV-021 LV-030 LV-057;
    LV-094: LV-009 LV-076; LV-015: LV-014 LV-082 LV-108; LV-058: LV-023 LV-044 LV-110; LV-047: LV-024;
    LV-073: LV-001 LV-078 LV-103; LV-077: LV-109
    """),
    # Norway: the counties since 2024
    **_pairs("""
    NO-31: NO-01; NO-32: NO-02; NO-33: NO-06; NO-34: NO-04 NO-05; NO-39: NO-07; NO-40: NO-08; NO-42: NO-09 NO-10;
    NO-46: NO-12 NO-14; NO-50: NO-16 NO-17; NO-55: NO-19; NO-56: NO-20
    """),
    # Belgium: three regions; Bosnia: two entities and a district; Hungary: counties with
    # their cities; Ireland: provinces
    **_pairs("""
    BE-VLG: BE-VAN BE-VBR BE-VLI BE-VOV BE-VWV; BE-WAL: BE-WBR BE-WHT BE-WLG BE-WLX BE-WNA;
    BA-SRP: BA-X01~ BA-X02~ BA-X03~ BA-X04~ BA-X05~ BA-X06~ BA-X07~;
    HU-BE: HU-BC; HU-HB: HU-DE; HU-FE: HU-DU HU-SF; HU-HE: HU-EG; HU-PE: HU-ED HU-ER; HU-GS: HU-GY HU-SN;
    HU-CS: HU-HV HU-SD; HU-BK: HU-KM; HU-SO: HU-KV; HU-BZ: HU-MI; HU-ZA: HU-NK HU-ZE; HU-SZ: HU-NY; HU-BA: HU-PS;
    HU-VA: HU-SH; HU-JN: HU-SK; HU-TO: HU-SS; HU-NO: HU-ST; HU-KE: HU-TB; HU-VE: HU-VM;
    IE-C: IE-G IE-LM IE-MO IE-RN IE-SO;
    IE-L: IE-CW IE-D IE-KE IE-KK IE-LD IE-LH IE-LS IE-MH IE-OY IE-WH IE-WW IE-WX;
    IE-M: IE-CE IE-CO IE-KY IE-LK IE-TA IE-WD; IE-U: IE-CN IE-DL IE-MN
    """),
    # Spain: autonomous communities
    **_pairs("""
    ES-AN: ES-AL ES-CA ES-CO ES-GR ES-H ES-J ES-MA ES-SE; ES-AR: ES-HU ES-TE ES-Z; ES-AS: ES-O; ES-CB: ES-S;
    ES-CL: ES-AV ES-BU ES-LE ES-P ES-SA ES-SG ES-SO ES-VA ES-ZA; ES-CM: ES-AB ES-CR ES-CU ES-GU ES-TO;
    ES-CN: ES-GC ES-TF; ES-CT: ES-B ES-GI ES-L ES-T; ES-EX: ES-BA ES-CC; ES-GA: ES-C ES-LU ES-OR ES-PO;
    ES-IB: ES-PM; ES-MC: ES-MU; ES-MD: ES-M; ES-NC: ES-NA; ES-PV: ES-BI ES-SS ES-VI; ES-RI: ES-LO;
    ES-VC: ES-A ES-CS ES-V
    """),
    # Morocco: the twelve regions since 2015, out of the sixteen before: near, not exact
    **_pairs("""
    MA-01: MA-01; MA-04: MA-02 MA-07; MA-03: MA-03 MA-05 MA-06; MA-02: MA-04; MA-06: MA-08 MA-09 MA-10; MA-07: MA-11;
    MA-05: MA-12; MA-09: MA-13; MA-10: MA-14; MA-11: MA-15; MA-12: MA-16
    """),
    # Nepal: the seven provinces since 2015, out of the fourteen zones: near, not exact
    **_pairs("""
    NP-P1: NP-ME NP-KO NP-SA; NP-P2: NP-JA NP-NA; NP-P3: NP-BA; NP-P4: NP-GA NP-DH; NP-P5: NP-LU NP-RA;
    NP-P6: NP-KA NP-BH; NP-P7: NP-SE NP-MA
    """),
    # Côte d'Ivoire: the districts since 2011, out of the nineteen regions before
    **_pairs("""
    CI-LG: CI-01 CI-16; CI-SM: CI-02 CI-12; CI-SV: CI-03; CI-VB: CI-04; CI-CM: CI-05 CI-13; CI-MG: CI-06 CI-19;
    CI-LC: CI-07 CI-11; CI-ZZ: CI-08; CI-BS: CI-09; CI-DN: CI-10; CI-WR: CI-14 CI-17; CI-GD: CI-15 CI-18
    """),
    # Single areas
    **_pairs("""
    AE-FU: AE-X01~; AE-AJ: AE-X02~; AU-ACT: AU-X02~; AZ-SUS: AZ-X01~; BS-NP: BS-X01~; CU-14: -99-X13~; GL-AV: GL-QA;
    GR-I: GR-A1; IQ-KI: IQ-TS; IS-1: IS-0; KN-15: KN-14; LC-06: LC-04; LC-08: LC-09; LR-GP: LR-X1~; LR-RG: LR-X2~;
    LY-WA: LY-AJ; LY-NL: LY-GD; LY-JG: LY-MZ; LY-DR: LY-QB; LY-TB: LY-TN; MD-SN: MD-CAM MD-GRI;
    MU-PW: MU-BR MU-CU MU-QB MU-VP; MX-CMX: MX-DIF; OM-BS: OM-BA; OM-SJ: OM-SH; PK-KP: PK-TA; SI-142: SI-05;
    SY-QU: SY-X01~; TD-EE: TD-X01~; TJ-RA: TJ-X01~; TT-TOB: TT-ETO TT-WTO; TT-MRC: TT-RCM; TW-NWT: TW-TPQ
    """),
}  # fmt: skip

# Countries dissolved by the source's own name of the larger area (its field `region`).
REGION_BY_AREA: Final = {
    "FR": {
        "Auvergne-Rhône-Alpes": "FR-ARA", "Bourgogne-Franche-Comté": "FR-BFC", "Bretagne": "FR-BRE",
        "Centre-Val de Loire": "FR-CVL", "Corse": "FR-20R", "Grand Est": "FR-GES", "Hauts-de-France": "FR-HDF",
        "Île-de-France": "FR-IDF", "Normandie": "FR-NOR", "Nouvelle-Aquitaine": "FR-NAQ", "Occitanie": "FR-OCC",
        "Pays de la Loire": "FR-PDL", "Provence-Alpes-Côte-d'Azur": "FR-PAC",
    },
    "BF": {
        "Boucle du Mouhoun": "BF-01", "Cascades": "BF-02", "Centre": "BF-03", "Centre-Est": "BF-04",
        "Centre-Nord": "BF-05", "Centre-Ouest": "BF-06", "Centre-Sud": "BF-07", "Est": "BF-08",
        "Hauts-Bassins": "BF-09", "Nord": "BF-10", "Plateau-Central": "BF-11", "Sahel": "BF-12", "Sud-Ouest": "BF-13",
    },
    "UG": {"Central": "UG-C", "Eastern": "UG-E", "Northern": "UG-N", "Western": "UG-W"},
    "AZ": {"Naxçıvan Autonomous Republic": "AZ-NX"},
}  # fmt: skip

REGION_BY_NATION: Final = {"England": "GB-ENG", "Scotland": "GB-SCT", "Wales": "GB-WLS", "Northern Ireland": "GB-NIR"}

# Countries dissolved by the source's own code of the larger area (its field `region_cod`).
BY_AREA_CODE: Final = frozenset({"IT", "PH", "LK", "GN"})

# Countries that have no ISO 3166-2 subdivision but whose people write one: the whole country is that region.
WHOLE_COUNTRY_REGION: Final = {"HK": "HK-HK"}

_TODAY = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")


def level_of(properties: dict[str, object]) -> Level | None:
    """Tell which country and region a Natural Earth admin-1 feature belongs to; None if it is left out."""

    def text(field: str) -> str:
        return str(properties.get(field) or "").strip()

    code = text("iso_3166_2")
    if code in LEFT_OUT:
        return None
    if code in COUNTRY_OF_FEATURE:
        return Level(COUNTRY_OF_FEATURE[code], None)
    if code.startswith("NL-BQ"):
        return Level("BQ", {"NL-BQ1": "BQ-BO", "NL-BQ2": "BQ-SA", "NL-BQ3": "BQ-SE"}[code])
    name = text("name")
    for distinct in (
        name,
        f"{name}/{text('type_en')}",
        f"{name}/{text('name_en')}",
        f"{name}/{properties['latitude']:.1f}",
    ):
        if region := REGION_BY_NAME.get((code, distinct)):
            return Level(region[:2], region)
    if region := REGION_OF_FEATURE.get(code):
        return Level(region[:2], region)
    country = code[:2]
    if country in WHOLE_COUNTRY_REGION:
        return Level(country, WHOLE_COUNTRY_REGION[country])
    if country == "GB":
        return Level(country, REGION_BY_NATION[text("geonunit")])
    if country in BY_AREA_CODE:
        return Level(country, text("region_cod").replace(".", "-"))
    if region := REGION_BY_AREA.get(country, {}).get(text("region")):
        return Level(country, region)
    if country in WITHOUT_REGIONS or code in COUNTRY_ALONE or not _TODAY.fullmatch(code):
        return Level(country, None)
    return Level(country, code)
