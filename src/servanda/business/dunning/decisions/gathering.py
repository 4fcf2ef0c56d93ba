"""What is known of an unpaid invoice, as one value: from the invoice, its letters, the evidence, the pauses and the answers. Pure.

Nothing is remembered as a position on a ladder. What was done is read from evidence, and whether a letter was received from
the receiving server's answer.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta

from servanda.business.billing.decisions.payment import due_on, term_for
from servanda.business.billing.decisions.terms import BillingTerms
from servanda.business.billing.facts import InvoiceFacts
from servanda.business.dunning.facts import AnswerFacts, Arrears, Done, HeldService, Paid, PauseFacts, Reminded
from servanda.business.evidence.facts import Event
from servanda.business.hosting.facts import ServiceFacts
from servanda.business.letters.facts import LetterFacts
from servanda.ground.calendar import bank_day_on_or_after
from servanda.ground.money import Money, total_of

CHARGES = frozenset({"fee.charged", "interest.charged", "interest.lowered", "compensation.charged"})
FAILED = frozenset({"rejected", "uncertain"})


def gathered(
    invoice: InvoiceFacts,
    *,
    provider: str,
    bank_known_until: date | None,
    terms_of: Callable[[InvoiceFacts], BillingTerms],
    events: Sequence[Event],
    letters: Iterable[LetterFacts],
    services: Iterable[ServiceFacts],
    contracts: Mapping[int, int],
    pauses: Sequence[PauseFacts],
    answers: Iterable[AnswerFacts],
    reminders: Reminded,
    is_pending: bool,
    today: date,
) -> Arrears:
    """Return the arrears of an invoice as of today. `events` are about the invoice, `services` its customer's.

    `contracts` says of which contract a line is; `terms_of` gives the billing terms that the invoice was issued by.
    """
    sent = {letter.key.split(":again:")[0]: letter for letter in letters if letter.state != "replaced"}
    carried = sent.get(f"invoice:{invoice.invoice_id}")
    received_on = carried.accepted_on if carried is not None else None
    principal = [paid for paid in invoice.allocations if paid.charge_id is None]
    credited = total_of(paid.amount for paid in principal if paid.credit_note_id is not None)
    by_state: dict[str, set[str]] = {}
    for answer in answers:
        by_state.setdefault(answer.state, set()).add(answer.key)
    return Arrears(
        invoice_id=invoice.invoice_id,
        invoice_number=str(invoice.number),
        provider=provider,
        terms_version=invoice.terms_version,
        customer_id=invoice.customer_id,
        customer_kind=invoice.customer_kind,
        products=invoice.products,
        issued_on=invoice.issued_on,
        received_on=received_on,
        due_on=_due_on(invoice, terms_of, received_on),
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
        asked=frozenset(by_state.get("open", ())),
        approved=frozenset(by_state.get("approved", ())),
        declined=frozenset(by_state.get("declined", ())),
        received_key=f"letter.accepted:{carried.key}" if carried is not None and received_on is not None else "",
        own_terms=invoice.own_terms,
        bank_known_until=bank_known_until,
    )


def _due_on(
    invoice: InvoiceFacts, terms_of: Callable[[InvoiceFacts], BillingTerms], received_on: date | None
) -> date | None:
    """Return the due day: the printed one, or a later one where the term counts from a receipt that came late."""
    if invoice.due_on is None or received_on is None or received_on <= invoice.issued_on:
        return invoice.due_on
    term = term_for(sorted(invoice.products), terms_of(invoice))
    if term is None:
        return invoice.due_on
    return max(invoice.due_on, due_on(term, issued_on=invoice.issued_on, received_on=received_on))


def _done(
    events: Sequence[Event], sent: Mapping[str, LetterFacts], pauses: Sequence[PauseFacts], *, today: date
) -> Iterable[Done]:
    for event in events:
        if event.what == "reminder.written":
            yield from _reminder(event, sent, pauses, today=today)
        elif event.what in CHARGES:
            amount = Money(_number(event.facts["amount_minor"]))
            yield Done(event.what, event.on_day, step=_step(event), amount=amount, key=event.key)
        else:
            paused = _days_paused(pauses, since=event.on_day, today=today)
            yield Done(event.what, event.on_day, key=event.key, paused_days=paused.days)


def _reminder(
    event: Event, sent: Mapping[str, LetterFacts], pauses: Sequence[PauseFacts], *, today: date
) -> Iterable[Done]:
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


def _waiting(events: Sequence[Event], sent: Mapping[str, LetterFacts]) -> Iterable[str]:
    for event in events:
        if event.what == "reminder.written":
            letter = sent.get(str(event.facts["letter"]))
            if letter is not None and letter.accepted_on is None:
                yield letter.key


def _paused(pauses: Sequence[PauseFacts], *, today: date) -> str:
    for pause in pauses:
        if pause.ended_on is None and pause.since <= today and (pause.until is None or today < pause.until):
            return pause.cause
    return ""


def _days_paused(pauses: Sequence[PauseFacts], *, since: date, today: date) -> timedelta:
    """Return how many days dunning has stood still after a day; pauses that overlap count once."""
    days, counted_until = 0, since + timedelta(days=1)
    for pause in sorted(pauses, key=lambda pause: pause.since):
        until = min(day for day in (pause.ended_on, pause.until, today) if day is not None)
        first = max(pause.since, counted_until)
        if first < until:
            days += (until - first).days
            counted_until = until
    return timedelta(days=days)


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


def reminded(events: Iterable[Event], customer_ids: Iterable[int], *, today: date) -> dict[int, Reminded]:
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
        customer_id: Reminded(tuple(sent[customer_id]), tuple(with_fee[customer_id])) for customer_id in customer_ids
    }


def _step(event: Event) -> int | None:
    step = event.facts.get("step")
    return _number(step) if step is not None else None


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value
