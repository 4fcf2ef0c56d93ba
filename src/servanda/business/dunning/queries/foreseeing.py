"""What would happen if nobody paid: the same decisions, carried on over the days to come. Writes nothing."""

from dataclasses import dataclass
from datetime import date, timedelta

from servanda.business.billing.facts import InvoiceFacts
from servanda.business.billing.queries import invoices_of_customer
from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.queries import lines_of_customer
from servanda.business.dunning.decisions.forecast import foresee
from servanda.business.dunning.decisions.orders import Order, SendReminder
from servanda.business.dunning.facts import Arrears, Done
from servanda.business.dunning.queries.arrears import Known, arrears_from, known_of_invoices
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
    """One invoice's ladder: what has happened on it, and what would come if it stayed unpaid; `known` is what it was read from."""

    arrears: Arrears
    done: tuple[Done, ...]
    foreseen: tuple[ForeseenStep, ...]
    known: Known


def known_of_customer(company: CompanyFacts, customer_id: int) -> Known:
    """Read all that is known of a customer's invoices, services and letters, each thing once; the newest invoice first."""
    events = events_of_customer(customer_id)
    return Known(
        companies=(company,),
        invoices=invoices_of_customer(customer_id),
        letters=letters_of_customer(customer_id, limit=LETTERS_MAX),
        services=services_of_customer(customer_id),
        lines=lines_of_customer(customer_id),
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


def ladder_of_invoice(company: CompanyFacts, invoice: InvoiceFacts, *, today: date, days: int = 120) -> Ladder:
    """Return the ladder of a company's invoice that was just read, behind and ahead."""
    known = known_of_invoices((company,), (invoice,))
    (arrears,) = arrears_from(known, (invoice,), today=today)
    steps = _steps(arrears, today=today, until=today + timedelta(days=days))
    return Ladder(arrears, tuple(sorted(arrears.done, key=lambda done: done.on)), tuple(steps), known)


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
