"""Amounts, days, moments and marks as CAMT.053 writes them; a wrong one is noted, and gives nothing."""

import re
from datetime import UTC, date, datetime

from servanda.drivers.payments.elements import Element
from servanda.ground.calendar import COPENHAGEN, legal_day, parse_day
from servanda.ground.message import Message
from servanda.ground.money import Money, parse_money
from servanda.ground.refusal import Refused

ASK_BANK = Message("Fetch the file from the bank again; if it is the same, ask the bank to correct it.")

_AMOUNT = re.compile(r"\+?([0-9]{1,13}(?:\.[0-9]{1,2})?)\.?\Z")
_TOO_FINE = re.compile(r"\+?[0-9]+\.[0-9]{3,}\Z")
_DAY_WITH_ZONE = re.compile(r"(.{10})(Z|[+-][0-9]{2}:[0-9]{2})\Z")
_SIGNS = {"CRDT": 1, "DBIT": -1}
_YEARS = (1990, 2100)  # beyond them a moment is a mistake, and near the ends of time a zone cannot be applied
_MARKS = {"true": True, "1": True, "false": False, "0": False, "": False}


def amount_of(amount: Element, *, currency: str) -> Money | None:
    """Return the amount, never below zero, in the account's currency."""
    written = amount.xml.get("Ccy", "")
    if written != currency:
        amount.wrong(
            Message(
                "The amount is in %(written)s; the account is in %(currency)s.",
                {"written": written or Message("no currency"), "currency": currency},
            ),
            Message("Only amounts in the account's currency are posted. %(remedy)s", {"remedy": ASK_BANK}),
        )
        return None
    text = amount.own_text
    if match := _AMOUNT.match(text):
        return parse_money(match.group(1), currency)
    if _TOO_FINE.match(text):
        amount.wrong(Message("The amount %(text)s has more than two decimals.", {"text": text[:40]}), ASK_BANK)
    else:
        amount.wrong(
            Message(
                "'%(text)s' is not an amount such as 1250.00; its direction belongs in CdtDbtInd.", {"text": text[:40]}
            ),
            ASK_BANK,
        )
    return None


def sign_of(parent: Element, *, otherwise: int | None = None) -> int | None:
    """Return 1 for money in and -1 for money out."""
    text = parent.text("CdtDbtInd")
    if not text and otherwise is not None:
        return otherwise
    if text not in _SIGNS:
        parent.wrong(Message("CdtDbtInd is '%(text)s'; it must be CRDT or DBIT.", {"text": text[:40]}), ASK_BANK)
        return None
    return _SIGNS[text]


def signed_amount_of(parent: Element, *, currency: str) -> Money | None:
    """Return the parent's `Amt` with the sign that its `CdtDbtInd` gives."""
    sign = sign_of(parent)
    amount = parent.first("Amt")
    if amount is None:
        parent.wrong("The amount (Amt) is missing.", ASK_BANK)
        return None
    money = amount_of(amount, currency=currency)
    return None if money is None or sign is None else money * sign


def day_of(parent: Element, name: str) -> date | None:
    """Return the day of a `Dt` or, as a Danish legal day, of a `DtTm`; nothing when it is absent."""
    element = parent.first(name)
    if element is None:
        return None
    if moment := element.text("DtTm"):
        read = _moment(moment)
        if read is None:
            element.wrong(Message("'%(moment)s' is not a moment that exists.", {"moment": moment[:40]}), ASK_BANK)
        return None if read is None else legal_day(read)
    text = element.text("Dt")
    try:
        return parse_day(_DAY_WITH_ZONE.sub(r"\1", text))
    except Refused:
        element.wrong(Message("'%(text)s' is not a day that exists.", {"text": text[:40]}), ASK_BANK)
        return None


def moment_of(parent: Element, name: str) -> datetime | None:
    """Return the moment in UTC; one without an offset is Danish local time."""
    text = parent.text(name)
    read = _moment(text)
    if read is None:
        parent.wrong(
            Message(
                "%(name)s is '%(text)s'; it must be a moment such as 2026-03-02T06:00:00.",
                {"name": name, "text": text[:40]},
            ),
            ASK_BANK,
        )
    return read


def mark_of(parent: Element, name: str) -> bool | None:
    """Return whether a mark such as `RvslInd` is set; absent means no."""
    text = parent.text(name)
    if text not in _MARKS:
        parent.wrong(
            Message("%(name)s is '%(text)s'; it must be true or false.", {"name": name, "text": text[:40]}), ASK_BANK
        )
    return _MARKS.get(text)


def _moment(text: str) -> datetime | None:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not _YEARS[0] <= read.year <= _YEARS[1]:
        return None
    return (read.replace(tzinfo=COPENHAGEN) if read.tzinfo is None else read).astimezone(UTC)
