"""What does the code line of a Danish payment slip (FIK) say, and how is one written?

`+71<000000202600011+81234567<` names the kind of slip, the payment id and the creditor's number. Kinds 71 and 75 carry a
payment id with a check digit, of 15 and 16 digits; kind 73 carries none, the payer writes a text instead. The giro kinds 01, 04
and 15 are older; they are read, and no longer written. A bank may give the line whole or in pieces, with spaces, with a slash in
place of the sign, and without the creditor's number.
"""

import re
from dataclasses import dataclass
from typing import Literal

from servanda.ground.law.companies import fik_check_digit
from servanda.ground.refusal import Refused

FikType = Literal["71", "73", "75", "01", "04", "15"]

ID_DIGITS: dict[FikType, int] = {"71": 15, "75": 16, "04": 16, "15": 16, "73": 0, "01": 0}
CREDITOR_DIGITS = (7, 8)
WRITTEN: tuple[FikType, ...] = ("71", "73", "75")
_LINE = re.compile(
    r"\+?\s*(?P<type>01|04|15|71|73|75)\s*[</ ]\s*(?P<id>[0-9][0-9 ]{0,20}?)?\s*"
    r"(?:(?:\+|<)\s*(?P<creditor>[0-9][0-9 ]{5,9}?)\s*<?|<)?\s*\Z"
)


class NotAFikLine(Refused):
    """The text is no code line of a payment slip, or one that cannot be right."""


@dataclass(frozen=True, slots=True)
class FikLine:
    """A code line in its parts. `payment_id` is empty for the kinds that carry none, `creditor` where it was not given."""

    type: FikType
    payment_id: str
    creditor: str

    @property
    def is_whole(self) -> bool:
        """Whether the line can be right: the id has the length of its kind, and its check digit holds."""
        return not self.problem

    @property
    def problem(self) -> str:
        """What is wrong with the line, or nothing."""
        wanted = ID_DIGITS[self.type]
        if len(self.payment_id) != wanted:
            return f"a slip of type {self.type} has a payment id of {wanted} digits; this has {len(self.payment_id)}"
        if wanted and not has_right_digit(self.payment_id):
            right = fik_check_digit(self.payment_id[:-1])
            return f"the check digit of {self.payment_id} is {self.payment_id[-1]}; by the others it is {right}"
        return ""

    def __str__(self) -> str:
        return f"+{self.type}<{self.payment_id}+{self.creditor}<"


def fik_line(kind: FikType, *, creditor: str, body: str = "") -> FikLine:
    """Return the code line of a slip; `body` is the payment id without its check digit, filled with zeros from the left."""
    if kind not in WRITTEN:
        raise NotAFikLine("Slips of type %(kind)s are read, but no longer written. Use 71, 73 or 75.", {"kind": kind})
    if not re.fullmatch("8[0-9]{7}", creditor):
        raise NotAFikLine(
            "'%(creditor)s' is no creditor number. It has eight digits and begins with 8.", {"creditor": creditor}
        )
    room = max(ID_DIGITS[kind] - 1, 0)
    if not room:
        if body:
            raise NotAFikLine(
                "A slip of type %(kind)s carries no payment id; leave '%(body)s' out, or use 71 or 75.",
                {"kind": kind, "body": body},
            )
        return FikLine(kind, "", creditor)
    if not re.fullmatch(f"[0-9]{{1,{room}}}", body) or not int(body):
        raise NotAFikLine(
            "'%(body)s' is no payment id of type %(kind)s, which holds 1 to %(room)s digits above 0.",
            {"body": body, "kind": kind, "room": room},
        )
    filled = body.zfill(room)
    return FikLine(kind, f"{filled}{fik_check_digit(filled)}", creditor)


def read_fik_line(text: str) -> FikLine | None:
    """Return what a code line says, whole or not; nothing when the text is no such line. `problem` tells what is wrong."""
    found = _LINE.match(text.strip())
    if found is None:
        return None
    kind: FikType = found["type"]  # type: ignore[assignment]  # the pattern allows these alone
    digits = (found["id"] or "").replace(" ", "")
    creditor = (found["creditor"] or "").replace(" ", "")
    if not ID_DIGITS[kind] and digits and not creditor:  # +73<+81234567<, written with a slash
        return FikLine(kind, "", digits) if len(digits) in CREDITOR_DIGITS else None
    return FikLine(kind, digits, creditor)


def has_right_digit(payment_id: str) -> bool:
    """Tell whether the last digit of a payment id is the check digit of the others."""
    return re.fullmatch("[0-9]{2,}", payment_id) is not None and fik_check_digit(payment_id[:-1]) == int(payment_id[-1])


def near_payment_ids(payment_id: str) -> frozenset[str]:
    """Return the ids with a right check digit that one wrong digit, or two neighbours exchanged, would make into this one."""
    near: set[str] = set()
    for place, digit in enumerate(payment_id):
        others = (other for other in "0123456789" if other != digit)
        near.update(f"{payment_id[:place]}{other}{payment_id[place + 1 :]}" for other in others)
        pair = payment_id[place : place + 2]
        near.add(f"{payment_id[:place]}{pair[::-1]}{payment_id[place + 2 :]}")
    return frozenset(one for one in near if one != payment_id and has_right_digit(one))
