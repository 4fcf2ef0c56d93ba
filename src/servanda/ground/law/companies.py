"""Can this number be right? Check digits of CVR numbers, GLN (EAN) numbers and FIK payment references.

A plausible number need not exist. A CVR number that fails is a reason to warn a person who types it, not to
refuse an import: numbers of official examples fail too.
"""

import re

from servanda.ground.refusal import Refused

_CVR_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)
_FIK_BODY_DIGITS = 14


class NotASerial(Refused):
    """The serial number does not fit into a payment reference."""


def is_cvr_plausible(cvr: str) -> bool:
    """Tell whether eight digits satisfy the modulus 11 check of Danish company numbers."""
    if not re.fullmatch("[0-9]{8}", cvr):
        return False
    return sum(weight * int(digit) for weight, digit in zip(_CVR_WEIGHTS, cvr, strict=True)) % 11 == 0


def is_gln_plausible(gln: str) -> bool:
    """Tell whether thirteen digits satisfy the EAN-13 check, as the address of a public body must."""
    if not re.fullmatch("[0-9]{13}", gln):
        return False
    return sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(gln)) % 10 == 0


def fik_check_digit(body: str) -> int:
    """Return the check digit of the digits: weights 2, 1, 2, 1 from the right, digit sums, modulus 10."""
    assert re.fullmatch("[0-9]+", body), "the body of a payment reference is digits only"
    products = (int(digit) * (1 if index % 2 else 2) for index, digit in enumerate(reversed(body)))
    return -sum(product // 10 + product % 10 for product in products) % 10


def fik_reference(serial: int) -> str:
    """Return the fifteen digits of a type 71 payment reference; a serial number is never used again."""
    if not 0 < serial < 10**_FIK_BODY_DIGITS:
        raise NotASerial(
            "%(serial)s does not fit into a payment reference, which holds 1 to %(digits)s digits. Give the "
            "invoice's own serial number.",
            {"serial": serial, "digits": _FIK_BODY_DIGITS},
        )
    body = f"{serial:0{_FIK_BODY_DIGITS}d}"
    return f"{body}{fik_check_digit(body)}"


def is_fik_reference(text: str) -> bool:
    """Tell whether the text is the fifteen digits of a type 71 reference with the right check digit."""
    return re.fullmatch("[0-9]{15}", text) is not None and fik_check_digit(text[:-1]) == int(text[-1])
