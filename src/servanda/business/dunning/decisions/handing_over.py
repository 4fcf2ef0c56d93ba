"""May a claim go to a collector, and what is handed over? The whole claim, stated as § 10 of the Collection Act asks."""

from dataclasses import dataclass
from datetime import date

from servanda.business.dunning.decisions.days import late_from
from servanda.business.dunning.decisions.ladder import doubt
from servanda.business.dunning.facts import TRIFLE, Arrears
from servanda.ground.citation import Citation
from servanda.ground.law.reminders import COLLECTION_FEE, COLLECTION_FEE_MAX, collection_cost_cap
from servanda.ground.message import Message
from servanda.ground.money import Money
from servanda.terms.clauses import CollectionFee, amount_minor
from servanda.terms.ruled import Ruled


@dataclass(frozen=True, slots=True, kw_only=True)
class LawfulFee:
    """What the hand-over itself may cost: what the terms say, and no more than the law allows."""

    amount: Money
    because: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """The claim as a collector gets it."""

    invoice_id: int
    invoice_number: str
    collector: str
    on: date
    issued_on: date
    due_on: date | None
    warned_on: date | None
    principal: Money
    charges: Money
    costs_at_most: Money  # what the collector may charge the debtor for it, before VAT

    @property
    def total(self) -> Money:
        return self.principal + self.charges


def collection_fee(rule: Ruled[CollectionFee] | None, *, today: date) -> LawfulFee | None:
    """Return what handing over costs the debtor, None where the terms name no fee."""
    if rule is None:
        return None
    most = COLLECTION_FEE_MAX.on(today).value
    return LawfulFee(amount=min(Money(amount_minor(rule.rule.amount)), most), because=(COLLECTION_FEE, *rule.because))


def hand_over_objection(arrears: Arrears, *, collector: str, today: date) -> str | None:
    """Return why the claim cannot go to a collector today."""
    if not collector.strip():
        return Message("Name the collector.")
    if arrears.open_principal <= TRIFLE:
        return Message(
            "Invoice %(invoice_number)s has nothing left that is worth a collector. Let it be.",
            {"invoice_number": arrears.invoice_number},
        )
    reason = doubt(arrears, today=today)
    if reason:
        return Message(
            "Invoice %(invoice_number)s stands still: %(reason)s. Settle that first; what is disputed is not handed over.",
            {"invoice_number": arrears.invoice_number, "reason": reason},
        )
    warned = arrears.last("collection.warned")
    if warned is None or warned.deadline_on is None:
        return Message("No collection warning has been received yet. The law asks for one, with ten days to pay.")
    if today < late_from(warned.deadline_on):
        return Message(
            "The customer may pay until %(deadline_on)s without more costs. Wait until that day has passed.",
            {"deadline_on": warned.deadline_on},
        )
    return None


def hand_over_of(arrears: Arrears, *, collector: str, on: date) -> HandOver:
    """Return the claim as it is handed over."""
    warned = arrears.last("collection.warned")
    return HandOver(
        invoice_id=arrears.invoice_id,
        invoice_number=arrears.invoice_number,
        collector=collector,
        on=on,
        issued_on=arrears.issued_on,
        due_on=arrears.due_on,
        warned_on=warned.on if warned is not None else None,
        principal=arrears.open_principal,
        charges=arrears.open_charges,
        costs_at_most=collection_cost_cap(arrears.open_principal),
    )
