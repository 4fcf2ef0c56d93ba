"""Gathers what is known of unpaid invoices into facts: from the invoices, the letters, the evidence and the pauses.

Nothing is remembered as a position on a ladder. What was done is read from evidence, and whether a letter was received from
the receiving server's answer.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from servanda.business.billing.decisions.payment import due_on, term_for
from servanda.business.billing.facts import InvoiceFacts
from servanda.business.billing.queries import billing_terms, invoices, pending_payments
from servanda.business.collecting.queries import pending_collections
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import companies
from servanda.business.contracts.facts import LineFacts
from servanda.business.contracts.queries import line_facts
from servanda.business.dunning.facts import Arrears, Done, HeldService, Paid
from servanda.business.dunning.models import Pause, Proposal
from servanda.business.evidence.facts import Event
from servanda.business.evidence.queries import events_of_customers, events_of_subjects
from servanda.business.hosting.facts import ServiceFacts
from servanda.business.hosting.queries import services_of_customers
from servanda.business.letters.facts import LetterFacts
from servanda.business.letters.queries import letters_of_invoices
from servanda.ground.calendar import bank_day_on_or_after
from servanda.ground.money import Money, total_of

K = TypeVar("K")
T = TypeVar("T")
CHARGES = frozenset({"fee.charged", "interest.charged", "interest.lowered", "compensation.charged"})
FAILED = frozenset({"rejected", "uncertain"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is read of unpaid invoices before they become arrears: a page that shows it too reads it once."""

    companies: tuple[CompanyFacts, ...]
    invoices: tuple[InvoiceFacts, ...]
    letters: tuple[LetterFacts, ...]  # of the invoices
    services: tuple[ServiceFacts, ...]  # of their customers
    lines: tuple[LineFacts, ...]  # at least those of the services
    events: tuple[Event, ...]  # about the invoices
    reminding: tuple[Event, ...]  # of their customers: at least the reminders, the letters accepted, all debts cleared


@dataclass(frozen=True, slots=True)
class _Reminders:
    """A customer's reminders in the present continuous arrears, on whatever invoice."""

    sent_on: tuple[date, ...]
    with_fee_on: tuple[date, ...]


def arrears_of(invoice_ids: Iterable[int], *, today: date) -> tuple[Arrears, ...]:
    """Return the facts on these invoices as of today, in the order of their numbers."""
    found = invoices(invoice_ids)
    return arrears_from(known_of_invoices(companies(), found), found, today=today)


def known_of_invoices(companies: tuple[CompanyFacts, ...], found: tuple[InvoiceFacts, ...]) -> Known:
    """Read all that is known of these invoices of the companies, beside the invoices themselves."""
    customers = {invoice.customer_id for invoice in found}
    services = services_of_customers(customers)
    return Known(
        companies=companies,
        invoices=found,
        letters=letters_of_invoices(invoice.invoice_id for invoice in found),
        services=services,
        lines=line_facts(service.line_id for service in services),
        events=events_of_subjects(f"invoice:{invoice.invoice_id}" for invoice in found),
        reminding=events_of_customers(customers, what=("arrears.cleared", "reminder.written", "letter.accepted")),
    )


def arrears_from(known: Known, found: Iterable[InvoiceFacts], *, today: date) -> tuple[Arrears, ...]:
    """Return the facts on some of the known invoices as of today, in the order in which they are given."""
    wanted = tuple(found)
    ids = [invoice.invoice_id for invoice in wanted]
    by_company = {company.company_id: company for company in known.companies}
    events = _by(known.events, lambda event: event.subject)
    letters = _by(known.letters, lambda letter: letter.invoice_id)
    services = _by(known.services, lambda service: service.customer_id)
    pauses = _by(Pause.objects.filter(invoice_id__in=ids).order_by("id"), lambda pause: pause.invoice_id)
    answers = _by(Proposal.objects.filter(invoice_id__in=ids), lambda proposal: proposal.invoice_id)
    customers = {invoice.customer_id for invoice in wanted}
    reminders = _reminders_of_customers(known.reminding, customers, today=today)
    pending = pending_payments(wanted) | pending_collections(ids, today=today)
    contracts = {line.line_id: line.contract_id for line in known.lines}
    return tuple(
        _arrears(
            invoice,
            by_company[invoice.company_id],
            events=events[f"invoice:{invoice.invoice_id}"],
            letters=letters[invoice.invoice_id],
            services=services[invoice.customer_id],
            contracts=contracts,
            pauses=pauses[invoice.invoice_id],
            answers=answers[invoice.invoice_id],
            reminders=reminders[invoice.customer_id],
            is_pending=invoice.invoice_id in pending,
            today=today,
        )
        for invoice in wanted
    )


def _arrears(
    invoice: InvoiceFacts,
    company: CompanyFacts,
    *,
    events: list[Event],
    letters: list[LetterFacts],
    services: list[ServiceFacts],
    contracts: Mapping[int, int],
    pauses: list[Pause],
    answers: list[Proposal],
    reminders: _Reminders,
    is_pending: bool,
    today: date,
) -> Arrears:
    sent = {letter.key.split(":again:")[0]: letter for letter in letters if letter.state != "replaced"}
    carried = sent.get(f"invoice:{invoice.invoice_id}")
    received_on = carried.accepted_on if carried is not None else None
    principal = [paid for paid in invoice.allocations if paid.charge_id is None]
    credited = total_of(paid.amount for paid in principal if paid.credit_note_id is not None)
    by_state = _by(answers, lambda answer: answer.state)
    return Arrears(
        invoice_id=invoice.invoice_id,
        invoice_number=str(invoice.number),
        provider=company.slug,
        terms_version=invoice.terms_version,
        customer_id=invoice.customer_id,
        customer_kind=invoice.customer_kind,
        products=invoice.products,
        issued_on=invoice.issued_on,
        received_on=received_on,
        due_on=_due_on(invoice, company, received_on),
        is_term_agreed=invoice.is_term_agreed,
        total=invoice.total - credited,
        open_principal=invoice.open_principal,
        open_charges=invoice.open_charges,
        payments=tuple(Paid(paid.value_on, paid.amount) for paid in principal if paid.credit_note_id is None),
        done=tuple(_done(events, sent, pauses, today=today)),
        waiting_letters=frozenset(_waiting(events, sent)),
        failed_letters=frozenset(key for key, letter in sent.items() if letter.state in FAILED),
        paused_because=_paused(pauses, today=today) or ("pending payment" if is_pending else ""),
        services=tuple(
            _service(service, invoice, contracts[service.line_id]) for service in services if service.state == "running"
        ),
        fee_letters_on=reminders.with_fee_on,
        reminders_on=reminders.sent_on,
        asked=frozenset(answer.key for answer in by_state["open"]),
        approved=frozenset(answer.key for answer in by_state["approved"]),
        declined=frozenset(answer.key for answer in by_state["declined"]),
        received_key=f"letter.accepted:{carried.key}" if carried is not None and received_on is not None else "",
        own_terms=invoice.own_terms,
        bank_known_until=company.bank_checked_on,
    )


def _due_on(invoice: InvoiceFacts, company: CompanyFacts, received_on: date | None) -> date | None:
    """Return the due day: the printed one, or a later one where the term counts from a receipt that came late."""
    if invoice.due_on is None or received_on is None or received_on <= invoice.issued_on:
        return invoice.due_on
    terms = billing_terms(
        company.slug,
        invoice.terms_version,
        invoice.customer_kind,
        own_terms=invoice.own_terms,
        on=invoice.issued_on,
    )
    term = term_for(sorted(invoice.products), terms)
    if term is None:
        return invoice.due_on
    return max(invoice.due_on, due_on(term, issued_on=invoice.issued_on, received_on=received_on))


def _done(events: list[Event], sent: Mapping[str, LetterFacts], pauses: list[Pause], *, today: date) -> Iterable[Done]:
    for event in events:
        if event.what == "reminder.written":
            yield from _reminder(event, sent, pauses, today=today)
        elif event.what in CHARGES:
            amount = Money(_number(event.facts["amount_minor"]))
            yield Done(event.what, event.on_day, step=_step(event), amount=amount, key=event.key)
        else:
            paused = _days_paused(pauses, since=event.on_day, today=today)
            yield Done(event.what, event.on_day, key=event.key, paused_days=paused.days)


def _reminder(event: Event, sent: Mapping[str, LetterFacts], pauses: list[Pause], *, today: date) -> Iterable[Done]:
    """A reminder is done when the receiving server has accepted it, and its deadline moves by as many days as that took.

    Days on which dunning was paused do not count towards the deadline either.
    """
    letter = sent.get(str(event.facts["letter"]))
    if letter is None or letter.accepted_on is None:
        return
    late = max(letter.accepted_on - event.on_day, timedelta(0))
    paused = _days_paused(pauses, since=letter.accepted_on, today=today)
    deadline_on = date.fromisoformat(str(event.facts["deadline_on"]))
    if late or paused:
        deadline_on = bank_day_on_or_after(deadline_on + late + paused)
    fee = Money(_number(event.facts["fee_minor"])) if event.facts.get("fee_minor") else None
    step = _step(event)
    yield Done(
        "reminder.sent",
        letter.accepted_on,
        step=step,
        deadline_on=deadline_on,
        fee=fee,
        key=letter.key,
        paused_days=paused.days,
    )
    if event.facts.get("is_collection_warning"):
        yield Done("collection.warned", letter.accepted_on, step=step, deadline_on=deadline_on, key=letter.key)


def _waiting(events: list[Event], sent: Mapping[str, LetterFacts]) -> Iterable[str]:
    for event in events:
        if event.what == "reminder.written":
            letter = sent.get(str(event.facts["letter"]))
            if letter is not None and letter.accepted_on is None:
                yield letter.key


def _paused(pauses: list[Pause], *, today: date) -> str:
    for pause in pauses:
        if pause.ended_on is None and pause.since <= today and (pause.until is None or today < pause.until):
            return pause.cause
    return ""


def _days_paused(pauses: list[Pause], *, since: date, today: date) -> timedelta:
    """Return how many days dunning has stood still after a day; pauses that overlap count once."""
    days: set[date] = set()
    for pause in pauses:
        until = min(day for day in (pause.ended_on, pause.until, today) if day is not None)
        first = max(pause.since, since + timedelta(days=1))
        days.update(first + timedelta(days=number) for number in range(max((until - first).days, 0)))
    return timedelta(days=len(days))


def _service(service: ServiceFacts, invoice: InvoiceFacts, contract_id: int) -> HeldService:
    billed = {line.line_id for line in invoice.lines}
    is_held = any(hold.invoice_id == invoice.invoice_id for hold in service.open_holds)
    return HeldService(
        service.service_id,
        service.product,
        service.name,
        is_on_invoice=service.line_id in billed,
        is_held=is_held,
        is_in_contract=contract_id == invoice.contract_id,
    )


def _reminders_of_customers(events: Iterable[Event], customer_ids: set[int], *, today: date) -> dict[int, _Reminders]:
    """Return each customer's reminders since the customer last owed nothing overdue.

    The days between two fees count from when the letter before was really sent; one that has not gone out goes today at
    the earliest.
    """
    events = tuple(events)
    accepted_on = {
        str(event.facts["letter"]).split(":again:")[0]: event.on_day
        for event in events
        if event.what == "letter.accepted"
    }
    cleared: dict[int, date] = {}
    for event in events:
        if event.what == "arrears.cleared" and event.customer_id is not None:
            cleared[event.customer_id] = max(event.on_day, cleared.get(event.customer_id, date.min))
    sent: dict[int, list[date]] = defaultdict(list)
    with_fee: dict[int, list[date]] = defaultdict(list)
    for event in events:
        customer_id = event.customer_id
        if event.what != "reminder.written" or customer_id is None:
            continue
        if event.on_day > cleared.get(customer_id, date.min):
            sent_on = max(event.on_day, accepted_on.get(str(event.facts["letter"]), today))
            sent[customer_id].append(sent_on)
            if event.facts.get("fee_minor"):
                with_fee[customer_id].append(sent_on)
    return {
        customer_id: _Reminders(tuple(sent[customer_id]), tuple(with_fee[customer_id])) for customer_id in customer_ids
    }


def _step(event: Event) -> int | None:
    step = event.facts.get("step")
    return _number(step) if step is not None else None


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value


def _by(rows: Iterable[T], key: Callable[[T], K]) -> defaultdict[K, list[T]]:
    grouped: defaultdict[K, list[T]] = defaultdict(list)
    for row in rows:
        grouped[key(row)].append(row)
    return grouped
