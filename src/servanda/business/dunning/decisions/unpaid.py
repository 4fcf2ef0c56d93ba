"""The timeline of an invoice that nobody pays, by the terms alone: the house's own decisions on a made-up invoice."""

from datetime import date

from servanda.business.billing.decisions.payment import due_on, term_for
from servanda.business.billing.decisions.reading import billing_terms_of
from servanda.business.billing.decisions.terms import RuledTerm
from servanda.business.dunning.decisions.forecast import foresee
from servanda.business.dunning.decisions.interest import interest_from
from servanda.business.dunning.decisions.orders import (
    AskPerson,
    ChargeCompensation,
    ChargeFee,
    ChargeInterest,
    EndContract,
    Order,
    SendReminder,
)
from servanda.business.dunning.decisions.reading import ladder_terms
from servanda.business.dunning.decisions.terms import LadderTerms
from servanda.business.dunning.facts import Arrears, HeldService
from servanda.business.hosting.decisions.deletion import purge_on, purge_rule_day
from servanda.ground.money import Money, money_text
from servanda.terms.clauses import CustomerKind
from servanda.terms.document import Agreement
from servanda.terms.timeline import TimelineEvent, in_order

SILENT = frozenset({"payment.late", "invoice.accepted", "not_specified"})  # noted, but no step of a timeline
STAND_IN = Money(1_000_00)  # the invoice when no amount is asked for; amounts that depend on it are then left out


def unpaid_timeline(
    agreement: Agreement,
    *,
    product: str,
    is_service: bool,
    customer: CustomerKind,
    issued_on: date,
    received_on: date,
    amount: Money | None,
    until: date,
) -> tuple[TimelineEvent, ...]:
    """Return what follows, in order of time, when an invoice of that day over one product is never paid."""
    products = frozenset({product})
    terms = ladder_terms(agreement, customer, products, products, issued_on)
    billing = billing_terms_of(agreement, customer, products, issued_on)
    payment = term_for([product], billing)
    due = due_on(payment, issued_on=issued_on, received_on=received_on) if payment is not None else None
    services = (HeldService(1, product, product, is_on_invoice=True, is_held=False),) if is_service else ()
    arrears = Arrears(
        invoice_id=1,
        invoice_number="1",
        provider=agreement.provider,
        terms_version=agreement.version,
        customer_id=1,
        customer_kind=customer,
        products=products,
        issued_on=issued_on,
        received_on=received_on,
        due_on=due,
        is_term_agreed=payment is not None and not payment.is_house,
        total=STAND_IN if amount is None else amount,
        open_principal=STAND_IN if amount is None else amount,
        open_charges=Money(0),
        services=services,
    )
    events = [
        TimelineEvent(on=issued_on, event="invoice.issued", because=billing.run_because_for(product), amount=amount)
    ]
    events += _beginning(arrears, terms, payment)
    for foreseen in foresee(arrears, terms, today=issued_on, until=until):
        events += _shown(foreseen.order, foreseen.on, has_amount=amount is not None)
        if isinstance(foreseen.order, EndContract):
            events += _purges(terms, foreseen.on)
    return tuple(event for event in in_order(events) if event.on <= until)


def _beginning(arrears: Arrears, terms: LadderTerms, payment: RuledTerm | None) -> list[TimelineEvent]:
    events = []
    if terms.question is not None and arrears.received_on is not None:
        on = date.fromordinal(arrears.received_on.toordinal() + terms.question.rule.days)
        note = "later questions are taken in too, and marked late"
        events.append(TimelineEvent(on=on, event="question.deadline", because=terms.question.because, note=note))
    if payment is not None and arrears.due_on is not None:
        note = "the terms name no payment term; this one is the house's choice" if payment.is_house else ""
        events.append(TimelineEvent(on=arrears.due_on, event="payment.due", because=payment.because, note=note))
    since = interest_from(arrears, terms)
    if since is not None and terms.interest is not None:
        note = "a percentage for each started month" if terms.interest.rule.method != "statutory" else "by the day"
        events.append(TimelineEvent(on=since, event="interest.from", because=terms.interest.because, note=note))
    return events


def _shown(order: Order, on: date, *, has_amount: bool) -> list[TimelineEvent]:
    match order:
        case SendReminder():
            return _reminder(order, on)
        case ChargeInterest():
            return [_interest(order, on, has_amount=has_amount)]
        case ChargeFee() | ChargeCompensation():
            step = order.step if isinstance(order, ChargeFee) else None
            return [_event(order, on, amount=order.amount, step=step)]
        case AskPerson():
            return [_silence(order, on)]
        case _:
            return [] if order.what in SILENT else [_event(order, on)]


def _event(
    order: Order, on: date, *, event: str = "", amount: Money | None = None, step: int | None = None, note: str = ""
) -> TimelineEvent:
    return TimelineEvent(
        on=on,
        event=event or order.what,
        because=order.because,
        amount=amount,
        decided_by=order.decided_by,
        note=note,
        step=step,
        rule_on=order.rule_on,
    )


def _reminder(order: SendReminder, on: date) -> list[TimelineEvent]:
    note = f"no fee: {order.no_fee_because}" if order.no_fee_because is not None else ""
    sent = _event(order, on, step=order.step, note=note)
    if not order.is_collection_warning:
        deadline = TimelineEvent(
            on=order.deadline_on,
            event="reminder.deadline",
            because=order.because,
            step=order.step,
            rule_on=order.deadline_rule_on,
        )
        return [sent, deadline]
    warned = _event(order, on, event="collection.warned", step=order.step)
    deadline = TimelineEvent(
        on=order.deadline_on,
        event="collection.deadline",
        because=order.because,
        step=order.step,
        note="the earliest day that the law allows",
    )
    return [sent, warned, deadline]


def _interest(order: ChargeInterest, on: date, *, has_amount: bool) -> TimelineEvent:
    notes = []
    if has_amount and order.until is None:
        notes.append(f"{money_text(order.amount * order.number, 'en')} in total")
    if order.uncovered_from is not None:
        notes.append(f"the rate from {order.uncovered_from} on is not confirmed and not charged")
    return _event(order, on, amount=order.amount if has_amount else None, note="; ".join(notes))


def _silence(order: AskPerson, on: date) -> TimelineEvent:
    note = (
        "the terms are silent on: " + ", ".join(order.questions) + "; a person decides, and nothing happens by itself"
    )
    return TimelineEvent(on=on, event="not_specified", because=(), decided_by="person", note=note)


def _purges(terms: LadderTerms, closed_on: date) -> list[TimelineEvent]:
    return [
        TimelineEvent(
            on=purge_on(ruled.rule, ended_on=closed_on),
            event="data.purged",
            because=ruled.because,
            decided_by=ruled.decided_by,
            rule_on=purge_rule_day(ruled.rule, ended_on=closed_on),
            note="after a quarantine, under a second warrant",
        )
        for _, ruled in terms.deletions
    ]
