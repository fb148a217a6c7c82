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
MX-CMX: MX-DIF MX-DF; IN-DH: IN-DN IN-DD; IR-30: IR-32; ZA-LP: ZA-NP;
# Finer codes of ISO 3166-2 within the region that it names as their parent: districts, municipalities, provinces
AZ-NX: AZ-NV; BD-A: BD-02 BD-06 BD-07 BD-25 BD-50 BD-51; BD-B: BD-01 BD-04 BD-08 BD-09 BD-10 BD-11 BD-16 BD-29 BD-31
BD-47 BD-56; BD-C: BD-13 BD-15 BD-17 BD-18 BD-21 BD-26 BD-33 BD-34 BD-35 BD-36 BD-40 BD-41 BD-42 BD-53 BD-57 BD-62
BD-63; BD-D: BD-05 BD-12 BD-22 BD-23 BD-27 BD-30 BD-37 BD-39 BD-43 BD-58; BD-E: BD-03 BD-24 BD-44 BD-45 BD-48 BD-49
BD-54 BD-59; BD-F: BD-14 BD-19 BD-28 BD-32 BD-46 BD-52 BD-55 BD-64; BD-G: BD-20 BD-38 BD-60 BD-61; CZ-20: CZ-201
CZ-202 CZ-203 CZ-204 CZ-205 CZ-206 CZ-207 CZ-208 CZ-209 CZ-20A CZ-20B CZ-20C; CZ-31: CZ-311 CZ-312 CZ-313 CZ-314
CZ-315 CZ-316 CZ-317; CZ-32: CZ-321 CZ-322 CZ-323 CZ-324 CZ-325 CZ-326 CZ-327; CZ-41: CZ-411 CZ-412 CZ-413; CZ-42:
CZ-421 CZ-422 CZ-423 CZ-424 CZ-425 CZ-426 CZ-427; CZ-51: CZ-511 CZ-512 CZ-513 CZ-514; CZ-52: CZ-521 CZ-522 CZ-523
CZ-524 CZ-525; CZ-53: CZ-531 CZ-532 CZ-533 CZ-534; CZ-63: CZ-631 CZ-632 CZ-633 CZ-634 CZ-635; CZ-64: CZ-641 CZ-642
CZ-643 CZ-644 CZ-645 CZ-646 CZ-647; CZ-71: CZ-711 CZ-712 CZ-713 CZ-714 CZ-715; CZ-72: CZ-721 CZ-722 CZ-723 CZ-724;
CZ-80: CZ-801 CZ-802 CZ-803 CZ-804 CZ-805 CZ-806; EE-37: EE-141 EE-198 EE-245 EE-296 EE-305 EE-338 EE-353 EE-424
EE-431 EE-446 EE-651 EE-653 EE-719 EE-726 EE-784 EE-890; EE-39: EE-205; EE-45: EE-130 EE-251 EE-321 EE-442 EE-511
EE-514 EE-735 EE-803; EE-50: EE-247 EE-486 EE-618; EE-52: EE-255 EE-567 EE-834; EE-56: EE-184 EE-441 EE-907; EE-60:
EE-191 EE-272 EE-661 EE-663 EE-792 EE-901 EE-903 EE-928; EE-64: EE-284 EE-622 EE-708; EE-68: EE-214 EE-303 EE-430
EE-624 EE-638 EE-712 EE-809; EE-71: EE-293 EE-317 EE-503 EE-668; EE-74: EE-478 EE-689 EE-714; EE-79: EE-171 EE-283
EE-291 EE-432 EE-528 EE-586 EE-793 EE-796; EE-81: EE-557 EE-824 EE-855; EE-84: EE-480 EE-615 EE-897 EE-899; EE-87:
EE-142 EE-698 EE-732 EE-917 EE-919; FJ-C: FJ-09 FJ-10 FJ-12 FJ-13 FJ-14; FJ-E: FJ-04 FJ-05 FJ-06; FJ-N: FJ-02 FJ-03
FJ-07; FJ-W: FJ-01 FJ-08 FJ-11; GN-K: GN-KA; IS-1: IS-GAR IS-HAF IS-KJO IS-KOP IS-MOS IS-RKV IS-SEL; IS-2: IS-GRN
IS-RKN IS-SDN IS-SVG; IS-3: IS-AKN IS-BOG IS-DAB IS-EOM IS-GRU IS-HVA IS-SKO IS-SNF IS-STY; IS-4: IS-ARN IS-BOL IS-ISA
IS-KAL IS-RHH IS-SDV IS-STR IS-TAL IS-VER; IS-5: IS-HUG IS-HUV IS-SKG IS-SKR IS-SSS; IS-6: IS-AKU IS-DAV IS-EYF IS-FJL
IS-GRY IS-HRG IS-LAN IS-NOR IS-SBT IS-THG IS-TJO; IS-7: IS-FJD IS-FLR IS-MUL IS-SHF IS-VOP; IS-8: IS-ASA IS-BLA IS-FLA
IS-GOG IS-HRU IS-HVE IS-MYR IS-RGE IS-RGY IS-SFA IS-SKF IS-SOG IS-SOL IS-VEM; LT-AL: LT-02 LT-03 LT-07 LT-24 LT-55;
LT-KL: LT-20 LT-21 LT-22 LT-28 LT-31 LT-46 LT-48; LT-KU: LT-05 LT-10 LT-13 LT-15 LT-16 LT-18 LT-36 LT-38; LT-MR: LT-14
LT-17 LT-25 LT-41 LT-56; LT-PN: LT-06 LT-23 LT-32 LT-33 LT-34 LT-40; LT-SA: LT-01 LT-11 LT-19 LT-30 LT-37 LT-43 LT-44;
LT-TA: LT-12 LT-29 LT-45 LT-50; LT-TE: LT-26 LT-35 LT-39 LT-51; LT-UT: LT-04 LT-09 LT-27 LT-54 LT-59 LT-60; LT-VL:
LT-08 LT-42 LT-47 LT-49 LT-52 LT-53 LT-57 LT-58; MA-01: MA-CHE MA-FAH MA-HOC MA-LAR MA-MDF MA-OUZ MA-TET MA-TNG;
MA-02: MA-BER MA-DRI MA-FIG MA-GUF MA-JRA MA-NAD MA-OUJ MA-TAI; MA-03: MA-BOM MA-FES MA-HAJ MA-IFR MA-MEK MA-MOU
MA-SEF MA-TAO MA-TAZ; MA-04: MA-KEN MA-KHE MA-NOU MA-RAB MA-SAL MA-SIK MA-SIL MA-SKH; MA-05: MA-AZI MA-BEM MA-FQH
MA-KHN MA-KHO; MA-06: MA-BES MA-BRR MA-CAS MA-CHT MA-JDI MA-MED MA-MOH MA-SET MA-SIB; MA-07: MA-CHI MA-ESI MA-HAO
MA-KES MA-MAR MA-REH MA-SAF MA-YUS; MA-09: MA-AGD MA-INE MA-TAR MA-TAT MA-TIZ; MA-10: MA-ASZ MA-GUE MA-SIF MA-TNT;
MA-11: MA-BOD MA-ESM MA-LAA MA-TAF; MA-12: MA-AOU MA-OUD; MH-L: MH-ALL MH-EBO MH-ENI MH-JAB MH-JAL MH-KIL MH-KWA
MH-LAE MH-LIB MH-NMK MH-NMU MH-RON MH-UJA MH-WTH; MH-T: MH-ALK MH-ARN MH-AUR MH-LIK MH-MAJ MH-MAL MH-MEJ MH-MIL MH-UTI
MH-WTJ; PH-11: PH-DVO
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
