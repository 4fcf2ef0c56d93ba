"""May this be paid back, to this account, and by whose word? Pure answers; the actions refuse by them.

A payout goes to the account that the customer's money came from, and two persons say yes. To any other account a third one
must, on evidence that is not a mail: changed account numbers by mail are the commonest fraud there is. Nobody says yes to a
payout to themselves.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from servanda.business.billing.facts import RefundFacts
from servanda.business.payouts.facts import (
    AccountSource,
    Beneficiary,
    Covered,
    KnownAccount,
    PayoutAsk,
    PayoutRoom,
    Person,
    RefundDue,
)
from servanda.ground.accounts import is_danish
from servanda.ground.calendar import bank_days_after
from servanda.ground.citation import Citation
from servanda.ground.law.consumers import CONSUMER_PREPAID_REFUND
from servanda.ground.message import Message
from servanda.ground.money import Money
from servanda.terms.clauses import CustomerKind

VOUCHER = Citation("Bogføringsloven", "§ 9", "700/2022")
APPROVALS = 2
APPROVALS_ELSEWHERE = 3  # to an account that no money came from
SEEN_WITHIN_BANK_DAYS = 3  # after the day of execution; then a person asks the bank
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # without vowels, no word arises by chance
_REFERENCE = re.compile(r"\b[A-Z]{1,16}-[PF][A-Z]+-[A-Z]{4,}\b")


def objection(ask: PayoutAsk, room: PayoutRoom) -> str:
    """Return why a payout cannot be proposed as asked, and what to do; an empty text where nothing stands against it."""
    if not ask.reason.strip():
        return Message("Say why the money is paid back. The reason is kept with the voucher.")
    if ask.amount <= Money(0):
        return Message("The amount must be above zero.")
    if ask.amount > room.free:
        return _beyond_room(ask, room)
    if not ask.holder.strip():
        return Message("Name the holder of the account, as the bank knows them.")
    if not is_danish(ask.account):
        return Message(
            "Account %(account)s is not a Danish one. Pay it out in the bank, and explain the entry when it comes.",
            {"account": ask.account},
        )
    known = account_known(ask.account, room)
    if known is not None:
        return _beyond_account(ask, known)
    return _elsewhere(ask, room)


def _beyond_room(ask: PayoutAsk, room: PayoutRoom) -> Message:
    told = {"credit": room.credit, "proposed": room.proposed, "amount": ask.amount, "free": room.free}
    if room.free <= Money(0):
        return (
            Message(
                "The customer has %(credit)s to their credit, and all of it is proposed to be paid back already. Decline what was "
                "proposed first.",
                told,
            )
            if room.proposed > Money(0)
            else Message("The customer has nothing to their credit, so nothing can be paid back.")
        )
    return Message(
        "The customer has %(credit)s to their credit, of which %(proposed)s is proposed already; %(amount)s was asked for. Ask "
        "for %(free)s at most.",
        told,
    )


def account_known(account: str, room: PayoutRoom) -> KnownAccount | None:
    """Return the account among those that the customer's money came from."""
    return next((one for one in room.accounts if one.account == account), None)


def approvals_needed(*, is_known: bool) -> int:
    """Return how many different persons must say yes."""
    return APPROVALS if is_known else APPROVALS_ELSEWHERE


def objection_to_person(person: Person, beneficiary: Beneficiary) -> str:
    """Return why somebody may not say yes to a payout, or an empty text: the money must not go to themselves."""
    is_theirs = bool(person.email) and person.email.casefold() == beneficiary.email.casefold()
    names = {name.casefold().strip() for name in beneficiary.names if name.strip()}
    if is_theirs or (person.name and person.name.casefold().strip() in names):
        return Message("The money goes to yourself. Let others decide on it.")
    return ""


def because_of(kind: CustomerKind) -> tuple[Citation, ...]:
    """Return what a payout rests on: a consumer has a right to it at once."""
    return (VOUCHER, CONSUMER_PREPAID_REFUND) if kind is CustomerKind.CONSUMER else (VOUCHER,)


def refunds_uncovered(
    refunds: Iterable[RefundFacts], covered: Iterable[Covered], *, free: Money
) -> tuple[RefundDue, ...]:
    """Return what one consumer must still be paid back, the most urgent first, and never more than is free of their credit.

    What was paid back or billed again on the day of a refund or later covers it, the oldest refund first.
    """
    covers = list(covered)
    open_ones: list[RefundDue] = []
    for refund in sorted(refunds, key=lambda one: (one.on_day, one.refund_id)):
        assert refund.pay_out_by is not None, "only what is paid out has a day for it"
        amount = refund.total
        for place, cover in enumerate(covers):
            used = min(amount, cover.amount) if cover.on_day >= refund.on_day else Money(0)
            amount, covers[place] = amount - used, Covered(cover.on_day, cover.amount - used)
        open_ones.append(RefundDue(refund.customer_id, amount, refund.pay_out_by, refund.refund_id))
    due: list[RefundDue] = []
    for one in sorted(open_ones, key=lambda one: (one.pay_out_by, one.refund_id)):
        capped = min(one.amount, free)
        if capped > Money(0):
            due.append(replace(one, amount=capped))
            free = free - capped
    return tuple(due)


def execution_day(today: date) -> date:
    """Return the day on which the bank is to carry out a file made today: the next bank day, which no bank calls too late."""
    return bank_days_after(today, count=1)


def is_overdue(execution_on: date, *, today: date) -> bool:
    """Tell whether a payout should have been seen on a statement by now."""
    return today > bank_days_after(execution_on, count=SEEN_WITHIN_BANK_DAYS)


def last_overdue(today: date) -> date:
    """Return the last day of execution of which a payout should have been seen on a statement by now."""
    day = today
    while not is_overdue(day, today=today):
        day -= timedelta(days=1)
    return day


def reference_of(slug: str, kind: str, *, company_id: int, number: int) -> str:
    """Return what names a payout (`P`) or a file of orders (`F`) to the bank, at most 35 characters.

    Numbers are written in letters: digits in a text are read as the number of an invoice when money comes back.
    """
    stem = "".join(letter for letter in slug.upper() if letter.isascii() and letter.isalpha())[:16] or LETTERS[0]
    return f"{stem}-{kind}{_in_letters(company_id)}-{_in_letters(number).rjust(4, LETTERS[0])}"


def references_in(text: str) -> tuple[str, ...]:
    """Return what in a bank entry's text may name one of our payouts or files."""
    return tuple(dict.fromkeys(_REFERENCE.findall(text.upper())))


def _in_letters(number: int) -> str:
    letters = ""
    while number or not letters:
        number, rest = divmod(number, len(LETTERS))
        letters = LETTERS[rest] + letters
    return letters


def _beyond_account(ask: PayoutAsk, known: KnownAccount) -> str:
    if ask.source is not AccountSource.PAYMENT:
        return Message("Money of this customer came from the account. Choose it from the list of those accounts.")
    if ask.amount > known.left:
        return Message(
            "%(received)s came from account %(account)s, and %(paid_back)s of it has gone back; %(amount)s was "
            "asked for. Pay %(left)s at most to it, and the rest to the account it came from.",
            {
                "received": known.received,
                "account": ask.account,
                "paid_back": known.paid_back,
                "amount": ask.amount,
                "left": known.left,
            },
        )
    return ""


def _elsewhere(ask: PayoutAsk, room: PayoutRoom) -> str:
    if ask.source is AccountSource.PAYMENT:
        return Message(
            "No money of this customer came from account %(account)s. Choose one of the accounts that they paid "
            "from, or say how it is known that this one is theirs.",
            {"account": ask.account},
        )
    if ask.source is AccountSource.E_MAIL:
        return Message(
            "An account that is known from a mail only is not paid to. Call the customer on a number that you had "
            "before, and let them read it out."
        )
    if not ask.evidence.strip():
        return Message(
            "Say how it is known that the account is the customer's: what was seen or heard, when, and by whom."
        )
    left = room.received - room.paid_back
    if ask.amount > left:
        return Message(
            "The customer has paid %(received)s in all, and %(paid_back)s of it has gone back; %(amount)s was "
            "asked for. Pay %(left)s at most.",
            {"received": room.received, "paid_back": room.paid_back, "amount": ask.amount, "left": left},
        )
    return ""
