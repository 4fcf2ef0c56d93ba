"""The codes that our documents may use: those that every rule set of today allows, not all that one of them knows.

The tests compare each of these lists with the official ones.
"""

from collections.abc import Mapping
from types import MappingProxyType

from servanda.drivers.einvoices.model import VatCategoryCode

# UN/ECE Recommendation 20. OIOUBL's list is older and lacks the second line.
UNITS_OF_BOTH = frozenset(
    {"C62", "EA", "MON", "HUR", "DAY", "ANN", "MIN", "WEE", "LS", "MTR", "KGM", "LTR", "4L", "2P"}
)
UNITS_OF_PEPPOL = UNITS_OF_BOTH | {"H87", "KMT", "E34", "E35"}

CURRENCIES = frozenset(
    ("DKK", "EUR", "SEK", "NOK", "ISK", "GBP", "CHF", "USD", "PLN", "CZK", "HUF", "RON", "CAD", "AUD", "JPY", "CNY", "UAH")
)  # fmt: skip

ALLOWANCE_REASONS = frozenset(
    ("41", "42", "60", "62", "63", "64", "65", "66", "67", "68", "70", "71", "88", "95", "100", "102", "103", "104", "105")
)  # fmt: skip
CHARGE_REASONS = frozenset({"AA", "ABL", "ADR", "ADT", "FC", "FI", "IS", "LA", "PC", "SH", "TAC"})

VATEX: Mapping[VatCategoryCode, frozenset[str]] = MappingProxyType(
    {
        "AE": frozenset({"VATEX-EU-AE"}),
        "K": frozenset({"VATEX-EU-IC"}),
        "G": frozenset({"VATEX-EU-G"}),
        "O": frozenset({"VATEX-EU-O"}),
        "E": frozenset(
            {"VATEX-EU-79-C", "VATEX-EU-132", "VATEX-EU-143", "VATEX-EU-148", "VATEX-EU-151", "VATEX-EU-309"}
            | {"VATEX-EU-D", "VATEX-EU-F", "VATEX-EU-I", "VATEX-EU-J"}
        ),
    }
)

_COUNTRIES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO
FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE
JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO
MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW
PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM
TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(_COUNTRIES.split())
