"""What would happen if nobody paid: the same decisions, carried on over the days to come. Writes nothing."""

from dataclasses import dataclass
from datetime import date, timedelta

from servanda.business.billing.queries import invoices_of_customer
from servanda.business.companies.facts import CompanyFacts
from servanda.business.dunning.decisions.forecast import foresee
from servanda.business.dunning.decisions.orders import Order, SendReminder
from servanda.business.dunning.facts import Arrears, Done
from servanda.business.dunning.queries.arrears import Known, arrears_from, arrears_of
from servanda.business.dunning.queries.terms import ladder_terms_of
from servanda.business.evidence.queries import events_of_customer
from servanda.business.hosting.queries import services_of_customer
from servanda.business.letters.queries import letters_of_customer
from servanda.ground.citation import Citation
from servanda.ground.money import Money

LETTERS_MAX = 2000  # of one customer: far more than decades of monthly invoices bring


@dataclass(frozen=True, slots=True)
class ForeseenStep:
    """One step that would be taken, on which invoice, by which clause; `deadline_on` is what a letter would demand."""

    on: date
    what: str
    invoice_id: int
    invoice_number: str
    step: int | None
    amount: Money | None
    deadline_on: date | None
    because: tuple[Citation, ...]
    decided_by: str
    is_asked: bool  # it waits for a person's answer already


@dataclass(frozen=True, slots=True)
class Ladder:
    """One invoice's ladder: what has happened on it, and what would come if it stayed unpaid."""

    arrears: Arrears
    done: tuple[Done, ...]
    foreseen: tuple[ForeseenStep, ...]


def known_of_customer(company: CompanyFacts, customer_id: int) -> Known:
    """Read all that is known of a customer's invoices, services and letters, each thing once; the newest invoice first."""
    events = events_of_customer(customer_id)
    return Known(
        companies=(company,),
        invoices=invoices_of_customer(customer_id),
        letters=letters_of_customer(customer_id, limit=LETTERS_MAX),
        services=services_of_customer(customer_id),
        events=events,
        reminding=events,
    )


def forecast_of_customer(known: Known, *, days: int, today: date) -> tuple[ForeseenStep, ...]:
    """Return what would happen on the customer's open invoices over the days to come, in order of time."""
    still_open = [invoice for invoice in known.invoices if invoice.kind == "invoice" and invoice.open_total]
    steps = [
        step
        for arrears in arrears_from(known, still_open, today=today)
        for step in _steps(arrears, today=today, until=today + timedelta(days=days))
    ]
    return tuple(sorted(steps, key=lambda step: (step.on, step.invoice_number)))


def ladder_of_invoice(invoice_id: int, *, today: date, days: int = 120) -> Ladder | None:
    """Return the ladder of an invoice, behind and ahead; None when there is no such invoice."""
    found = arrears_of([invoice_id], today=today)
    if not found:
        return None
    steps = _steps(found[0], today=today, until=today + timedelta(days=days))
    return Ladder(found[0], tuple(sorted(found[0].done, key=lambda done: done.on)), tuple(steps))


def _steps(arrears: Arrears, *, today: date, until: date) -> list[ForeseenStep]:
    terms = ladder_terms_of(arrears)
    return [
        _step(arrears, foreseen.on, foreseen.order)
        for foreseen in foresee(arrears, terms, today=today, until=until)
        if foreseen.order.what not in {"payment.late", "invoice.accepted"}
    ]


def _step(arrears: Arrears, on: date, order: Order) -> ForeseenStep:
    return ForeseenStep(
        on=on,
        what=order.what,
        invoice_id=arrears.invoice_id,
        invoice_number=arrears.invoice_number,
        step=getattr(order, "step", None),
        amount=getattr(order, "amount", None) or getattr(order, "fee", None),
        deadline_on=order.deadline_on if isinstance(order, SendReminder) else None,
        because=order.because,
        decided_by=order.decided_by,
        is_asked=order.key in arrears.asked,
    )
