"""Unpaid invoices in the house in memory: each claim that may be due is decided on from fresh facts and acted on.

The order of things is that of the house's own actions; every decision is the product's.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from servanda.business.billing.facts import ChargeFacts
from servanda.business.dunning.decisions.closing import purge_hindrance
from servanda.business.dunning.decisions.interest import interest_too_much, settlement_interest
from servanda.business.dunning.decisions.ladder import BANK_SILENT, doubt, is_bank_silent, next_step
from servanda.business.dunning.decisions.orders import (
    ChargeCompensation,
    ChargeFee,
    ChargeInterest,
    EndContract,
    Order,
    PlaceHold,
    SendReminder,
    Wait,
    WaiveCharges,
)
from servanda.business.dunning.decisions.warrants import warrant_for
from servanda.business.dunning.facts import Arrears, PauseFacts
from servanda.business.evidence.decisions import NoWarrant, check_premises
from servanda.business.evidence.facts import Approval
from servanda.business.hosting.decisions.deletion import purge_on
from servanda.business.hosting.facts import HoldFacts, ServiceFacts
from servanda.business.ledger.facts import Account, PostingLine
from servanda.ground.calendar import is_bank_day
from servanda.ground.money import Money, total_of
from servanda.simulation.faults import answer_of
from servanda.simulation.happenings import Seen
from servanda.simulation.house import checks
from servanda.simulation.house.arrears import arrears_of, ladder_terms_of
from servanda.simulation.house.letters import write
from servanda.simulation.house.money import CHARGE_ACCOUNTS, Changed, lower_interest, waive
from servanda.simulation.house.state import COMPANY, NOTHING, Client, House, Proposal, is_paused, moment

STEPS_MAX = 30
LOWERED_MAX = 6
TAKEN_BACK = "payment taken back"
KINDS = {"fee.charged": "fee", "interest.charged": "interest", "compensation.charged": "compensation"}


def work_off(house: House, client: Client, *, today: date) -> list[Seen]:
    """Look at the claims that may be due today and carry out what is; return what the client sees of it."""
    seen: list[Seen] = []
    for invoice_id, claim in list(client.claims.items()):
        if claim.look_again_on is not None and claim.look_again_on <= today:
            seen += work_off_claim(house, client, invoice_id, today=today)
    return seen


def work_off_claim(house: House, client: Client, invoice_id: int, *, today: date) -> list[Seen]:
    claim = client.claims[invoice_id]
    seen: list[Seen] = []
    for _ in range(STEPS_MAX):
        arrears = arrears_of(house, client, invoice_id, today=today)
        step = next_step(arrears, ladder_terms_of(client, arrears), today=today)
        if isinstance(step, Wait):
            checks.wait_ends_later(house, client, step, today=today)
            claim.look_again_on = today + timedelta(days=1) if step.is_doubt else step.until
            claim.waits_for = f"parked: {step.reason}" if step.is_doubt else step.reason
            return seen
        try:
            seen += _carry_out(house, client, step, arrears, today=today)
        except NoWarrant as refusal:
            checks.refused(house, client, step, refusal, today=today)
            claim.look_again_on, claim.waits_for = today + timedelta(days=1), f"parked: {refusal}"
            return seen
    house.violated("I76 a claim comes to rest", today, client, f"invoice {invoice_id}")
    claim.look_again_on = today + timedelta(days=1)
    return seen


def look_again(client: Client, invoice_ids: Iterable[int], *, today: date) -> None:
    for invoice_id in invoice_ids:
        if invoice_id in client.claims:
            client.claims[invoice_id].look_again_on = today


def look_again_at_silence(client: Client, *, today: date) -> bool:
    """Ask for a fresh look at claims that were parked because the bank had not told of their days yet: it has now."""
    parked = [one for one in client.claims.values() if one.waits_for == f"parked: {BANK_SILENT}"]
    for claim in parked:
        if claim.look_again_on is not None and claim.look_again_on > today:
            claim.look_again_on = today
    return bool(parked)


def settle(house: House, client: Client, changes: Iterable[Changed], *, today: date) -> None:
    """Carry out what follows from payments: first what helps the client."""
    changes = tuple(changes)
    if not changes:
        return
    release(house, client, today=today)
    for change in changes:
        if change.amount.minor < 0:
            _hold_back(house, client, change.invoice_id, today=today)
    value_on: dict[int, date] = {}
    for change in changes:
        if change.amount.minor >= 0:
            value_on[change.invoice_id] = max(change.value_on, value_on.get(change.invoice_id, date.min))
    for invoice_id in value_on:
        for number in range(1, LOWERED_MAX + 1):
            if not _lower(house, client, invoice_id, number, today=today):
                break
    for invoice_id, paid_on in value_on.items():
        arrears = arrears_of(house, client, invoice_id, today=today)
        if arrears.open_principal:
            continue
        for proposal in client.proposals.values():
            if proposal.invoice_id == invoice_id and proposal.state == "open":
                proposal.state = "obsolete"
        _settle_interest(house, client, arrears, paid_on, today=today)
    look_again(client, {change.invoice_id for change in changes}, today=today)


def release(house: House, client: Client, *, today: date) -> None:
    """Lift the holds of a client who owes nothing overdue any more but what is disputed."""
    if overdue(house, client, today=today, but_disputed=True):
        return
    house.record(client, f"arrears.cleared:{client.number}:{today}", "arrears.cleared", invoice_id=None, today=today)
    for service in list(client.services.values()):
        if any(hold.lifted_at is None and hold.cause == "payment" for hold in service.holds):
            holds = tuple(
                replace(hold, lifted_at=moment(today)) if hold.lifted_at is None and hold.cause == "payment" else hold
                for hold in service.holds
            )
            client.services[service.service_id] = replace(service, holds=holds)
            house.tell(today, client, "hold.lifted", detail=service.name)


def overdue(house: House, client: Client, *, today: date, but_disputed: bool) -> Money:
    """Return what is past its due day, charges included, apart from what is disputed if asked for."""
    total = NOTHING
    for invoice_id in client.invoices:
        invoice = house.invoices[invoice_id]
        if not invoice.open_total or (but_disputed and _is_disputed(client, invoice_id, today=today)):
            continue
        total = total + invoice.open_charges
        if invoice.due_on is not None and invoice.due_on < today:
            total = total + invoice.open_principal
    return total


def answer(house: House, client: Client, *, today: date) -> list[Seen]:
    """Let staff answer the proposals whose day it is, and carry out what is then due."""
    seen: list[Seen] = []
    for proposal in list(client.proposals.values()):
        if proposal.state != "open" or proposal.answer_on is None or proposal.answer_on > today:
            continue
        proposal.state = "approved" if proposal.is_yes else "declined"
        proposal.approval = Approval("staff", moment(today), "as the terms say")
        house.tell(today, client, f"proposal.{proposal.state}", proposal.invoice_id, detail=proposal.act)
        seen += work_off_claim(house, client, proposal.invoice_id, today=today)
    return seen


def pause(house: House, client: Client, invoice_id: int, *, cause: str, until: date | None, today: date) -> None:
    """Note what stops an invoice."""
    pauses = client.pauses.setdefault(invoice_id, [])
    pauses.append(PauseFacts(house.new_id(), cause, "", today, until, is_late=False, by="staff", ended_on=None))
    house.tell(today, client, "claim.paused", invoice_id, detail=f"{cause} until {until}")
    look_again(client, [invoice_id], today=today)


def resume(house: House, client: Client, invoice_id: int, *, today: date) -> None:
    pauses = client.pauses.get(invoice_id, [])
    open_ones = [one for one in pauses if one.ended_on is None]
    if not open_ones:
        return
    client.pauses[invoice_id] = [replace(one, ended_on=today) if one in open_ones else one for one in pauses]
    house.tell(today, client, "claim.resumed", invoice_id)
    look_again(client, [invoice_id], today=today)


def purge_due(house: House, client: Client, *, today: date) -> None:
    """Purge what may go by itself today, or leave it to a person."""
    if not is_bank_day(today) or is_bank_silent(house.bank_known_until, today=today):
        return
    for service in list(client.services.values()):
        is_due = service.state == "quarantined" and service.purge_on is not None and service.purge_on <= today
        if not is_due or service.purge_decided_by == "person":
            continue
        hindrance = purge_hindrance(
            is_paused=any(is_paused(one, today=today) for some in client.pauses.values() for one in some),
            was_closed_unpaid=client.lines[service.line_id].end_cause.startswith("closure"),
            owes_overdue=bool(overdue(house, client, today=today, but_disputed=False)),
        )
        if hindrance:
            client.services[service.service_id] = replace(service, purge_on=None, purge_decided_by="person")
            house.tell(today, client, "purge.asked", detail=hindrance)
            continue
        checks.purge(house, client, service, today=today)
        client.services[service.service_id] = replace(service, state="purged", purged_on=today)
        house.tell(today, client, "service.purged", detail=service.name)


def _is_disputed(client: Client, invoice_id: int, *, today: date) -> bool:
    pauses = client.pauses.get(invoice_id, ())
    return any(one.cause == "dispute" and is_paused(one, today=today) for one in pauses)


def _carry_out(house: House, client: Client, order: Order, arrears: Arrears, *, today: date) -> list[Seen]:
    """Carry out an order, or put it to a person where only a person may decide."""
    if order.decided_by == "person" and order.key not in arrears.approved:
        _propose(house, client, order, today=today)
        return []
    house.acts += 1
    if order.is_adverse:
        _warrant(house, client, order, arrears, today=today)
        checks.adverse(house, client, order, arrears, today=today)
    match order:
        case SendReminder():
            _remind(house, client, order, today=today)
        case ChargeFee() | ChargeInterest() | ChargeCompensation():
            charge(house, client, order, today=today)
        case PlaceHold():
            return _hold(house, client, order, today=today)
        case EndContract():
            return _end(house, client, order, arrears, today=today)
        case WaiveCharges():
            _waive(house, client, order, today=today)
        case _:
            checks.noted(house, client, order, arrears, today=today)
            house.record(client, order.key, order.what, invoice_id=order.invoice_id, today=today, because=order.because)
            house.tell(today, client, order.what, order.invoice_id)
    return []


def _warrant(house: House, client: Client, order: Order, arrears: Arrears, *, today: date) -> None:
    proposal = client.proposals.get(order.key)
    approvals = (proposal.approval,) if proposal is not None and proposal.approval is not None else ()
    request = warrant_for(order, arrears, company_id=COMPANY, approvals=approvals, today=today)
    missing = tuple(key for key in request.evidence_keys if key not in house.recorded)
    check_premises(request, is_braked=house.is_braked, missing=missing, today=today)
    if order.key in house.warrants:
        house.violated("I48 an act is warranted once", today, client, order.key)
    house.warrants.add(order.key)


def _propose(house: House, client: Client, order: Order, *, today: date) -> None:
    former = client.proposals.get(order.key)
    number = 1 + sum(one.act == order.what for one in client.proposals.values())
    told = answer_of(house.world.seed, client.number, order.what, number, faults=house.world.faults)
    answer_on = today + timedelta(days=told.days) if told.days is not None else None
    if former is not None and former.state != "obsolete":
        house.violated("I48 a person is asked once", today, client, order.key)
    client.proposals[order.key] = Proposal(
        order.key, order.what, order.invoice_id, answer_on=answer_on, is_yes=told.is_yes
    )
    house.tell(today, client, "proposal.made", order.invoice_id, detail=order.what)


def _remind(house: House, client: Client, order: SendReminder, *, today: date) -> None:
    letter = f"reminder:{order.invoice_id}:{order.step}"
    write(house, client, letter, "reminder", invoice_id=order.invoice_id, today=today, step=order.step)
    facts: dict[str, object] = {
        "step": order.step,
        "letter": letter,
        "deadline_on": order.deadline_on.isoformat(),
        "fee_minor": order.fee.minor if order.fee else None,
        "is_collection_warning": order.is_collection_warning,
    }
    house.record(
        client,
        order.key,
        "reminder.written",
        invoice_id=order.invoice_id,
        today=today,
        because=order.because,
        facts=facts,
    )
    fee = order.fee or NOTHING
    house.tell(today, client, "reminder.written", order.invoice_id, fee, f"{order.step} until {order.deadline_on}")


def charge(
    house: House, client: Client, order: ChargeFee | ChargeInterest | ChargeCompensation, *, today: date
) -> None:
    invoice = house.invoices[order.invoice_id]
    made = ChargeFacts(
        charge_id=house.new_id(),
        kind=KINDS[order.what],
        step=getattr(order, "step", None),
        on_day=today,
        amount=order.amount,
        open=order.amount,
        reckoning=(),
        because=order.because,
    )
    house.change(order.invoice_id, charges=(*invoice.charges, made))
    lines = (PostingLine(Account.RECEIVABLE, order.amount), PostingLine(CHARGE_ACCOUNTS[made.kind], -order.amount))
    house.post(client, f"charge:{order.key}", lines, today=today)
    facts: dict[str, object] = {"amount_minor": order.amount.minor}
    if isinstance(order, ChargeFee):
        facts["step"] = order.step
    house.record(
        client, order.key, order.what, invoice_id=order.invoice_id, today=today, because=order.because, facts=facts
    )
    house.tell(today, client, order.what, order.invoice_id, order.amount)


def _hold(house: House, client: Client, order: PlaceHold, *, today: date) -> list[Seen]:
    for service_id in order.service_ids:
        service = client.services[service_id]
        if service.state != "running":
            continue
        made = HoldFacts(
            hold_id=house.new_id(),
            service_id=service_id,
            cause="payment",
            invoice_id=order.invoice_id,
            placed_on=today,
            placed_at=moment(today),
            because=order.because,
            ends_at=None,
            lifted_at=None,
            warrant_key=order.key,
        )
        client.services[service_id] = replace(service, holds=(*service.holds, made))
    write(house, client, f"hold:{order.invoice_id}", "hold", invoice_id=order.invoice_id, today=today)
    house.record(client, order.key, order.what, invoice_id=order.invoice_id, today=today, because=order.because)
    house.tell(today, client, order.what, order.invoice_id, detail=f"{len(order.service_ids)} services")
    return [_seen(house, client, "hold", order.invoice_id, today=today)]


def _end(house: House, client: Client, order: EndContract, arrears: Arrears, *, today: date) -> list[Seen]:
    terms = ladder_terms_of(client, arrears)
    for service_id in order.service_ids:
        service = client.services[service_id]
        line = client.lines[service.line_id]
        if line.facts.until is None or line.facts.until > today:
            until = max(today, line.facts.began_on)
            line.facts, line.end_cause = replace(line.facts, until=until), "closure for non-payment"
        rule = dict(terms.deletions).get(service.product)
        client.services[service_id] = _quarantined(
            service,
            on=today,
            purge=purge_on(rule.rule, ended_on=today) if rule is not None else None,
            decided_by=rule.decided_by if rule is not None else "person",
        )
    write(house, client, f"closing:{order.invoice_id}", "closing", invoice_id=order.invoice_id, today=today)
    house.record(client, order.key, order.what, invoice_id=order.invoice_id, today=today, because=order.because)
    house.tell(today, client, order.what, order.invoice_id, detail=f"{len(order.service_ids)} services")
    return [_seen(house, client, "closing", order.invoice_id, today=today)]


def _quarantined(service: ServiceFacts, *, on: date, purge: date | None, decided_by: str) -> ServiceFacts:
    return replace(service, state="quarantined", quarantined_on=on, purge_on=purge, purge_decided_by=decided_by)


def _waive(house: House, client: Client, order: WaiveCharges, *, today: date) -> None:
    open_ones = [one for one in house.invoices[order.invoice_id].charges if one.open]
    for one in open_ones:
        waive(house, client, order.invoice_id, one.charge_id, one.open, key=order.key, today=today)
    house.record(client, order.key, order.what, invoice_id=order.invoice_id, today=today)
    house.tell(today, client, order.what, order.invoice_id, total_of(one.open for one in open_ones))
    release(house, client, today=today)


def _hold_back(house: House, client: Client, invoice_id: int, *, today: date) -> None:
    pauses = client.pauses.setdefault(invoice_id, [])
    if not any(one.cause == TAKEN_BACK and one.ended_on is None for one in pauses):
        pauses.append(
            PauseFacts(house.new_id(), TAKEN_BACK, "", today, None, is_late=False, by="system", ended_on=None)
        )
        house.tell(today, client, "claim.paused", invoice_id, detail=TAKEN_BACK)


def _lower(house: House, client: Client, invoice_id: int, number: int, *, today: date) -> bool:
    arrears = arrears_of(house, client, invoice_id, today=today)
    if not any(done.what == "interest.charged" for done in arrears.done):
        return False
    excess = interest_too_much(arrears, ladder_terms_of(client, arrears))
    if not excess:
        return False
    count = sum(done.what == "interest.lowered" for done in arrears.done) + 1
    key = f"interest.lowered:{invoice_id}:{count}"
    lowered = lower_interest(house, client, invoice_id, excess, key=key, today=today)
    if not lowered:
        return False
    facts: dict[str, object] = {"amount_minor": lowered.minor}
    house.record(client, key, "interest.lowered", invoice_id=invoice_id, today=today, facts=facts)
    house.tell(today, client, "interest.lowered", invoice_id, lowered)
    return number <= LOWERED_MAX


def _settle_interest(house: House, client: Client, arrears: Arrears, value_on: date, *, today: date) -> None:
    if doubt(arrears, today=today):
        return
    last_value_on = max((paid.value_on for paid in arrears.payments), default=value_on)
    terms = ladder_terms_of(client, arrears)
    order = settlement_interest(arrears, terms, paid_on=last_value_on, today=today)
    if order is None:
        return
    try:
        _warrant(house, client, order, arrears, today=today)
    except NoWarrant:
        return
    charge(house, client, order, today=today)


def _seen(house: House, client: Client, what: str, invoice_id: int, *, today: date, step: int = 0) -> Seen:
    invoice = house.invoices[invoice_id]
    return Seen(
        what=what,  # type: ignore[arg-type]
        customer=client.number,
        invoice=house.how_manieth(client, invoice_id),
        on=today,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        total=invoice.total,
        step=step,
    )


seen_of = _seen
