"""Codes that people still write, or write already, for a place that the table has under another code.

Codes that the source itself carries are added by the script; these come on top of them and win over them.
"""

from __future__ import annotations

from typing import Final

COUNTRIES: Final = {"UK": "GB", "EL": "GR"}

# No alias, although the source carries the code: today it means another area than the source's.
AMBIGUOUS: Final = frozenset({"MA-08", "IR-07", "KZ-ALA"})

_TEXT: Final = """
# Territories that ISO 3166-1 lists as countries of their own: their parent's code for them
AS: US-AS; GU: US-GU; MP: US-MP; PR: US-PR; UM: US-UM; VI: US-VI; AW: NL-AW; CW: NL-CW; SX: NL-SX;
BQ-BO: NL-BQ1; BQ-SA: NL-BQ2; BQ-SE: NL-BQ3; SJ: NO-21 NO-22; AX: FI-01; HK: CN-HK CN-91; MO: CN-MO CN-92;
TW: CN-TW CN-71; BL: FR-BL; MF: FR-MF; NC: FR-NC; PF: FR-PF; PM: FR-PM; TF: FR-TF; WF: FR-WF;
GP: FR-971 FR-GP FR-GUA; MQ: FR-972 FR-MQ FR-MTQ; GF: FR-973 FR-GF FR-GUF; RE: FR-974 FR-RE FR-LRE;
YT: FR-976 FR-YT FR-MAY; GL: DK-GL; FO: DK-FO; XK: RS-KM RS-25 RS-26 RS-27 RS-28 RS-29;
# China before the letters
CN-BJ: CN-11; CN-TJ: CN-12; CN-HE: CN-13; CN-SX: CN-14; CN-NM: CN-15; CN-LN: CN-21; CN-JL: CN-22; CN-HL: CN-23;
CN-SH: CN-31; CN-JS: CN-32; CN-ZJ: CN-33; CN-AH: CN-34; CN-FJ: CN-35; CN-JX: CN-36; CN-SD: CN-37; CN-HA: CN-41;
CN-HB: CN-42; CN-HN: CN-43; CN-GD: CN-44; CN-GX: CN-45; CN-HI: CN-46; CN-CQ: CN-50; CN-SC: CN-51; CN-GZ: CN-52;
CN-YN: CN-53; CN-XZ: CN-54; CN-SN: CN-61; CN-GS: CN-62; CN-QH: CN-63; CN-NX: CN-64; CN-XJ: CN-65;
# France: the regions before 2016, Corsica, and departments that were renamed or joined
FR-GES: FR-A FR-G FR-M FR-6AE; FR-NAQ: FR-B FR-L FR-T; FR-ARA: FR-C FR-V FR-69M FR-69; FR-NOR: FR-P FR-Q;
FR-BFC: FR-D FR-I; FR-BRE: FR-E; FR-CVL: FR-F; FR-20R: FR-H FR-COR FR-2A FR-2B; FR-IDF: FR-J FR-75C FR-75;
FR-OCC: FR-K FR-N; FR-HDF: FR-O FR-S; FR-PDL: FR-R; FR-PAC: FR-U;
# United Kingdom: districts made since the source was drawn, and the Welsh code
GB-WLS: GB-CYM; GB-ENG: GB-BCP GB-BKM GB-CMD GB-DST GB-NNH GB-WNH GB-CBD GB-WAF GB-CUB;
GB-NIR: GB-ABC GB-AND GB-ANN GB-CCG GB-DRS GB-FMO GB-LBC GB-MEA GB-MUL GB-NMD;
# Italy
IT-88: IT-SU; IT-23: IT-AO;
# Spain
ES-NC: ES-NA; ES-IB: ES-PM ES-IB; ES-MC: ES-MU; ES-RI: ES-LO;
# Norway: codes of 2020 that one county of today continues; those that were split fall back to the country
NO-55: NO-19; NO-56: NO-20;
# Denmark's counties of before 2007 that lie within one region
DK-84: DK-015 DK-020 DK-040 DK-101 DK-147; DK-85: DK-025 DK-030 DK-035; DK-83: DK-042 DK-050 DK-060; DK-81: DK-080;
DK-82: DK-070;
# Finland's letters of before 2011 that lie within one region
FI-10: FI-LL; FI-14: FI-OL;
# Kazakhstan: letters; regions of 2022 lie within the older ones drawn here
KZ-75: KZ-ALA; KZ-19: KZ-ALM KZ-33; KZ-61: KZ-79; KZ-63: KZ-10; KZ-35: KZ-62; KZ-43: KZ-BAY;
# Regions made since the source was drawn, within an older one that is drawn here
AF-UR: AF-URU; BD-C: BD-H; BI-BR: BI-RM; BW-NW: BW-CH;
CD-BN: CD-KG CD-KL CD-MN; CD-EQ: CD-MO CD-NU CD-SU CD-TU; CD-KA: CD-HK CD-HL CD-LU CD-TA; CD-KE: CD-LO CD-SA;
CD-KW: CD-KS CD-KC; CD-OR: CD-BU CD-HU CD-IT CD-TO;
CI-LG: CI-AB; CI-LC: CI-YM;
DZ-01: DZ-49 DZ-50; DZ-07: DZ-51; DZ-08: DZ-52; DZ-11: DZ-53 DZ-54; DZ-30: DZ-55; DZ-33: DZ-56; DZ-39: DZ-57;
DZ-47: DZ-58; ET-SN: ET-SI ET-SW; GH-BA: GH-AF GH-BE GH-BO; GH-NP: GH-NE GH-SV; GH-TV: GH-OT; GH-WP: GH-WN;
GL-AV: GL-QA GL-QT; ID-PA: ID-PE ID-PS ID-PT; ID-PB: ID-PD; ID-KI: ID-KU;
KE-110: KE-30; KE-200: KE-13 KE-15 KE-29 KE-35 KE-36; KE-300: KE-14 KE-19 KE-21 KE-28 KE-39 KE-40;
KE-400: KE-06 KE-09 KE-18 KE-22 KE-23 KE-25 KE-26 KE-41; KE-500: KE-07 KE-24 KE-46;
KE-600: KE-08 KE-16 KE-17 KE-27 KE-34 KE-38; KE-800: KE-03 KE-04 KE-11 KE-45;
KE-700: KE-01 KE-02 KE-05 KE-10 KE-12 KE-20 KE-31 KE-32 KE-33 KE-37 KE-42 KE-43 KE-44 KE-47;
LB-AS: LB-AK; LB-BI: LB-BH; LC-01: LC-12;
LU-L: LU-CA LU-ES LU-LU LU-ME; LU-D: LU-CL LU-DI LU-RD LU-VD LU-WI; LU-G: LU-EC LU-GR LU-RM;
ML-7: ML-9; ML-6: ML-10; MR-NKC: MR-13 MR-14 MR-15; NA-OK: NA-KE NA-KW; PA-8: PA-10; PA-1: PA-NT; PE-LIM: PE-LMA;
PG-SHM: PG-HLA; PG-WHM: PG-JWK; PH-14: PH-MGN PH-MGS; PH-13: PH-DIN;
PS-GZZ: PS-DEB PS-GZA PS-KYS PS-NGZ PS-RFH;
PS-WBK: PS-BTH PS-HBN PS-JEM PS-JEN PS-JRH PS-NBS PS-QQA PS-RBH PS-SLT PS-TBS PS-TKM;
QA-RA: QA-SH; SL-N: SL-NW; ST-S: ST-01 ST-02 ST-03 ST-04 ST-05 ST-06; TD-EE: TD-EO; TZ-14: TZ-31;
# Renumbered or renamed
MX-CMX: MX-DIF MX-DF; IN-DH: IN-DN IN-DD; IR-30: IR-32; ZA-LP: ZA-NP
"""


def read(regions: frozenset[str], countries: frozenset[str]) -> dict[str, str]:
    """Return {written code: code of the table}; lines whose target the table lacks are left out."""
    aliases = dict(COUNTRIES)
    text = "\n".join(line for line in _TEXT.splitlines() if not line.startswith("#"))
    for line in text.replace("\n", " ").split(";"):
        target, written = line.split(":")
        target = target.strip()
        for code in written.split():
            if code not in regions and (target in regions or target in countries):
                aliases[code] = target
    # Uganda's districts are numbered by region: 1xx Central, 2xx Eastern, 3xx Northern, 4xx Western.
    for digit, region in {"1": "UG-C", "2": "UG-E", "3": "UG-N", "4": "UG-W"}.items():
        aliases |= {f"UG-{digit}{number:02}": region for number in range(1, 46)}
    return aliases
