"""Which bank account is meant? Danish accounts are written as registration and account number, or as an IBAN; both name the same.

An IBAN carries check digits (ISO 13616: the remainder by 97), so a slip of the pen is found. A Danish account number alone
has no check that holds for all banks; what can be checked is its length.
"""

import re

from servanda.ground.refusal import Refused

DANISH_LENGTH = 18  # DK, two check digits, four of the registration number, ten of the account
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}\Z")
_DOMESTIC = re.compile(r"[0-9]{4}[0-9]{1,10}\Z")
_BETWEEN = re.compile(r"[\s.\-]")


class NotAnAccount(Refused):
    """The text names no bank account: too short, too long, or with wrong check digits."""


def parse_account(text: str) -> str:
    """Return the account as an IBAN without spaces; a Danish registration and account number become one.

    Refuses what cannot be an account, saying what is wrong with it.
    """
    written = _BETWEEN.sub("", text).upper()
    if written.isascii() and _DOMESTIC.match(written):
        return danish_iban(written[:4], written[4:])
    if not written.isascii() or not _IBAN.match(written):
        raise NotAnAccount(
            "'%(text)s' is not a bank account. Write registration and account number, as in 9999 0012345678, or "
            "an IBAN.",
            {"text": text},
        )
    if written.startswith("DK") and len(written) != DANISH_LENGTH:
        raise NotAnAccount(
            "'%(text)s' has %(count)s characters; a Danish IBAN has %(length)s. Compare it with its source.",
            {"text": text, "count": len(written), "length": DANISH_LENGTH},
        )
    if _remainder(written) != 1:
        raise NotAnAccount(
            "The check digits of '%(text)s' are wrong. Compare it with its source, digit by digit.", {"text": text}
        )
    return written


def danish_iban(registration: str, account: str) -> str:
    """Return the IBAN of a Danish account."""
    body = registration + account.zfill(10)
    assert len(body) == 14, "a registration number has four digits and an account ten at most"
    check = 98 - _remainder(f"DK00{body}")
    return f"DK{check:02d}{body}"


def known_account(text: str) -> str:
    """Return the account as an IBAN where it is one, and otherwise as it was written: banks name their accounts in many ways."""
    try:
        return parse_account(text)
    except NotAnAccount:
        return text.strip()


def is_danish(iban: str) -> bool:
    """Tell whether money in kroner can be sent to the account as a domestic transfer."""
    return iban.startswith("DK") and len(iban) == DANISH_LENGTH


def account_text(iban: str) -> str:
    """Return the account as people read it: `9999 0012345678` for a Danish one, otherwise the IBAN in groups of four."""
    if is_danish(iban):
        return f"{iban[4:8]} {iban[8:]}"
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))


def _remainder(iban: str) -> int:
    moved = iban[4:] + iban[:4]
    return int("".join(str(int(letter, 36)) for letter in moved)) % 97
