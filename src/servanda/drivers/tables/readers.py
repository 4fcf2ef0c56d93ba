"""How is one field of a table read? Each reader gives a value, or refuses with the reason and the remedy."""

import re
from collections.abc import Callable
from datetime import date

from servanda.ground.calendar import parse_day
from servanda.ground.money import Money, NotAnAmount, parse_money
from servanda.ground.refusal import Refused

_MAILBOX = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z")
# `straße` is `strasse` by IDNA 2003, which Python has, and another domain by IDNA 2008: the letter would go astray.
_TWO_READINGS = re.compile("[ßẞς\u200c\u200d]")
_PLAIN_AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")
_DANISH_AMOUNT = re.compile(r"-?[0-9]{1,3}(\.?[0-9]{3})*,[0-9]{1,2}\Z")
_WHOLE = re.compile(r"-?[0-9]{1,18}\Z")
_CVR = re.compile(r"[0-9]{8}\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
# ISO 3166-1 alpha-2.
_COUNTRY_CODES = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT
    BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH
    ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT
    HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS
    LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI
    NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG
    SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG
    UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
_COUNTRIES = frozenset(_COUNTRY_CODES.split())


class WrongValue(Refused):
    """The text of a field is not a value of its kind."""


def text(maximum: int = 200) -> Callable[[str], str]:
    """Return a reader of text of at most so many characters."""

    def read(written: str) -> str:
        if len(written) > maximum:
            raise WrongValue(f"The text has {len(written):,} characters; at most {maximum} fit. Shorten it.")
        return written

    return read


def email(written: str) -> str:
    """Return an address, its domain in small letters and as it is looked up in DNS (`xn--` for `æøå`)."""
    mailbox, at, domain = written.rpartition("@")
    try:
        if _TWO_READINGS.search(domain):
            raise UnicodeError("IDNA 2003 and 2008 make different domains of it")
        ascii_domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        ascii_domain = ""
    labels = ascii_domain.split(".")
    is_domain = len(labels) > 1 and all(map(_LABEL.match, labels)) and not labels[-1].isdecimal()
    if not (at and is_domain and _MAILBOX.match(mailbox) and len(mailbox) <= 64 and len(ascii_domain) <= 253):
        raise WrongValue(f"{_shown(written)} is not an e-mail address. Write one address, without a name.")
    return f"{mailbox}@{ascii_domain}"


def day(written: str) -> date:
    """Return the day written as `2026-11-30`."""
    if not _DAY.match(written):
        raise WrongValue(f"{_shown(written)} is not a day. Write year, month and day, as in 2026-11-30.")
    return parse_day(written)


def money(currency: str = "DKK") -> Callable[[str], Money]:
    """Return a reader of amounts as `1250.00`; `1.250,00` is refused, for `1.250` could mean either."""

    def read(written: str) -> Money:
        if _DANISH_AMOUNT.match(written):
            plain = written.replace(".", "").replace(",", ".")
            raise NotAnAmount(f"{_shown(written)} has a decimal comma. Write it as {plain}.")
        if not _PLAIN_AMOUNT.match(written):
            raise NotAnAmount(
                f"{_shown(written)} is not an amount. Write digits, a full stop and at most two decimals."
            )
        return parse_money(written, currency)

    return read


def whole_number(minimum: int = 0, maximum: int = 1_000_000) -> Callable[[str], int]:
    """Return a reader of whole numbers within the bounds, both included."""

    def read(written: str) -> int:
        if not _WHOLE.match(written):
            raise WrongValue(f"{_shown(written)} is not a whole number. Write digits only, as in 12.")
        number = int(written)
        if not minimum <= number <= maximum:
            raise WrongValue(f"{number} is out of bounds. Write a number from {minimum} to {maximum}.")
        return number

    return read


def one_of(*choices: str) -> Callable[[str], str]:
    """Return a reader that takes one of the words, written exactly so."""

    def read(written: str) -> str:
        if written not in choices:
            raise WrongValue(f"{_shown(written)} is not a choice. Write one of: {', '.join(choices)}.")
        return written

    return read


def country_code(written: str) -> str:
    """Return the two letters of ISO 3166-1, in capitals."""
    code = written.upper()
    if code not in _COUNTRIES:
        raise WrongValue(f"{_shown(written)} is not a country code. Write two letters of ISO 3166, as in DK or SE.")
    return code


def cvr(written: str) -> str:
    """Return the eight digits of a CVR number, also when written as `DK12345678` or with spaces.

    The check digit is not verified: numbers that are in official use as examples fail it.
    """
    digits = written.replace(" ", "").removeprefix("DK")
    if not _CVR.match(digits):
        raise WrongValue(f"{_shown(written)} is not a CVR number. Write its eight digits, as in 13748136.")
    return digits


def _shown(written: str) -> str:
    return repr(written if len(written) <= 60 else written[:60] + "…")
