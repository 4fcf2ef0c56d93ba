"""An unpaid invoice and the rules that follow it, made up and real, for the tests of dunning's decisions.

The made-up terms are plain: paid by Monday 14 December 2026, a reminder the day after with seven days from the due day,
a second one the day after those with a hold beside it, closing fifteen days later by a person, and a collection warning.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from servanda.agreements.reading import library_of
from servanda.business.dunning.decisions.orders import Order, Wait
from servanda.business.dunning.decisions.reading import ladder_terms
from servanda.business.dunning.decisions.terms import LadderTerms
from servanda.business.dunning.facts import Arrears, Done, HeldService
from servanda.ground.citation import Citation
from servanda.ground.money import Money
from servanda.terms.clauses import (
    Closure,
    Compensation,
    CustomerKind,
    Interest,
    MaterialBreach,
    Reminder,
    ReminderFee,
    Suspension,
)
from servanda.terms.ruled import Ruled

BUSINESS, CONSUMER, PUBLIC = CustomerKind.BUSINESS, CustomerKind.CONSUMER, CustomerKind.PUBLIC
ISSUED = date(2026, 11, 30)
DUE = date(2026, 12, 14)
LATE = date(2026, 12, 15)
CLAUSE = (Citation("birk", "3", "1", ("birk-003",)),)


def december(day: int) -> date:
    return date(2026, 12, day)


def january(day: int) -> date:
    return date(2027, 1, day)


SITE = HeldService(1, "hosting", "birk.example", is_on_invoice=True, is_held=False)
MAIL = HeldService(2, "mail", "mail of birk.example", is_on_invoice=False, is_held=False)
SERVER = HeldService(3, "hardware", "a server in a box", is_on_invoice=True, is_held=False)


def reminder(step: int, **changes: Any) -> Ruled[Reminder]:
    return Ruled(Reminder(step=step, **changes), CLAUSE)


FIRST = reminder(1, sent_after="due", wait_days=1, deadline_days=7, deadline_from="due")
SECOND = reminder(2, sent_after="reminder deadline", wait_days=1, deadline_days=7, deadline_from="reminder deadline")
THIRD = reminder(
    3, sent_after="closure", wait_days=0, deadline_days=10, deadline_from="sending", is_collection_warning=True
)
FEE = Ruled(ReminderFee(amount=Decimal(100), fees_max=3, spacing_days=10), CLAUSE)
HOLD = Ruled(
    Suspension(cause="non-payment", counted_from="reminder deadline", after_step=1, wait_days=1, with_step=2),
    CLAUSE,
)
CLOSURE = Ruled(Closure(cause="non-payment", counted_from="suspension", wait_days=15, decided_by="person"), CLAUSE)
STATUTORY = Ruled(Interest(method="statutory"), CLAUSE)
SIX_PERCENT = Ruled(Interest(method="percent per started month", percent=Decimal(6)), CLAUSE)
COMPENSATION = Ruled(Compensation(amount=Decimal(310)), CLAUSE)
BREACH = Ruled(MaterialBreach(over_days=8), CLAUSE)

LADDER = LadderTerms(
    reminders=(FIRST, SECOND, THIRD),
    fee=FEE,
    suspension=HOLD,
    suspendable=frozenset({"hosting", "mail"}),
    closure=CLOSURE,
    payment_because=CLAUSE,
)
SILENT = LadderTerms(payment_because=CLAUSE)

BIRKS_INVOICE = Arrears(
    invoice_id=7,
    invoice_number="1007",
    provider="birk",
    terms_version="1",
    customer_id=5,
    customer_kind=BUSINESS,
    products=frozenset({"hosting"}),
    issued_on=ISSUED,
    received_on=ISSUED,
    due_on=DUE,
    is_term_agreed=True,
    total=Money(12_500_00),
    open_principal=Money(12_500_00),
    open_charges=Money(0),
    services=(SITE,),
)


def unpaid(*done: Done, **changes: Any) -> Arrears:
    """Return Birk's invoice, with what has been done on it and changed as asked."""
    return replace(BIRKS_INVOICE.with_done(*done), **changes)


def noticed(on: date = LATE) -> Done:
    return Done("payment.late", on)


def reminded(step: int, on: date, *, until: date, fee: Money | None = None) -> Done:
    return Done("reminder.sent", on, step=step, deadline_on=until, fee=fee)


ONCE = (noticed(), reminded(1, LATE, until=december(21)))
TWICE = (*ONCE, reminded(2, december(22), until=december(28)))
HELD = (*TWICE, Done("hold.placed", december(22)))
CLOSED = (*HELD, Done("contract.ended", january(6)))


def terms_of(provider: str, product: str, customer: CustomerKind = BUSINESS, *, beside: str = "") -> LadderTerms:
    """Return the real rules for an invoice over one product; `beside` is what else the customer has."""
    library = library_of(provider)
    services = frozenset(filter(None, (product, beside)))
    return ladder_terms(library.version(library.versions[-1]), customer, frozenset({product}), services, ISSUED)


def said(answer: Order | Wait | None) -> str:
    """Return an answer in a few words: `reminder.sent 1`, `hold.placed by person`, `waits for due until 2026-12-15`."""
    if answer is None:
        return "nothing"
    if isinstance(answer, Wait):
        until = f" until {answer.until}" if answer.until is not None else ""
        return f"parked: {answer.reason}" if answer.is_doubt else f"waits for {answer.reason}{until}"
    step = getattr(answer, "step", None)
    by = " by person" if answer.decided_by == "person" else ""
    return f"{answer.what} {step}{by}" if step is not None else f"{answer.what}{by}"
