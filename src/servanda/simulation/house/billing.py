"""Billing in the house in memory: what is due is invoiced, and time that is not used goes back. Decided by the product."""

from dataclasses import replace
from datetime import date

from servanda.business.billing.decisions.invoices import invoice_due
from servanda.business.billing.decisions.periods import look_again_on
from servanda.business.billing.decisions.prices import LIST_PRICES, Pricing
from servanda.business.billing.decisions.reading import terms_of_version
from servanda.business.billing.decisions.refunds import CAUSES, AskWhatGoesBack, GiveBack, HowItEnds, time_step
from servanda.business.billing.decisions.vat import vat_by_account
from servanda.business.billing.facts import (
    BillableContract,
    BilledTime,
    InvoiceDraft,
    InvoiceFacts,
    InvoiceLineFacts,
)
from servanda.business.contracts.decisions.pricing import PricedLine, coming_price, dated_prices
from servanda.business.contracts.decisions.terms import ending_terms
from servanda.business.contracts.facts import Announced, PriceNotices
from servanda.business.ledger.facts import Account, PostingLine
from servanda.ground.law.companies import fik_reference
from servanda.ground.money import Money
from servanda.ground.periods import Period
from servanda.simulation.happenings import PriceMoves
from servanda.simulation.house.letters import write
from servanda.simulation.house.money import Changed, credit_lines
from servanda.simulation.house.state import COMPANY, Claim, Client, GivenTime, House, Line
from servanda.terms.clauses import Refund
from servanda.terms.resolving import ask
from servanda.terms.ruled import ruled

LONG_AGO = date(1970, 1, 1)


def issue_due(house: House, client: Client, *, today: date) -> int | None:
    """Issue the invoice that is due to a client today, if any, and return its id."""
    looked_at = [line for line in client.lines.values() if line.look_again_on and line.look_again_on <= today]
    if not looked_at:
        return None
    contract = _contract(client, looked_at)
    terms = terms_of_version(client.agreement, client.kind)
    draft = invoice_due(contract, house.prices, terms, today=today, pricing=_pricing(house, client, looked_at))
    invoice_id = issue(house, client, draft, today=today) if draft is not None else None
    until = {line.line_id: line.period.until for line in draft.lines if line.period} if draft is not None else {}
    for line in looked_at:
        billed_until = until.get(line.facts.line_id, line.facts.billed_until)
        run = terms.run_for(line.facts.product)
        line.look_again_on = look_again_on(line.facts, run, billed_until=billed_until, today=today)
        line.facts = replace(line.facts, billed_until=billed_until)
    return invoice_id


def issue(house: House, client: Client, draft: InvoiceDraft, *, today: date) -> int:
    """Give the next number, book the invoice, write its letter, and begin to follow it."""
    number, invoice_id = house.next_number, house.new_id()
    house.next_number += 1
    invoice = InvoiceFacts(
        invoice_id=invoice_id,
        company_id=COMPANY,
        customer_id=client.number,
        contract_id=draft.contract_id,
        kind="invoice",
        number=number,
        original_id=None,
        issued_on=draft.issued_on,
        due_on=draft.due_on,
        is_term_agreed=draft.is_term_agreed,
        customer_kind=draft.customer_kind,
        language=draft.language,
        net=draft.net,
        vat=draft.vat,
        total=draft.total,
        open_principal=draft.total,
        reference=fik_reference(number),
        products=frozenset(draft.products),
        terms_version=draft.terms_version,
        because=draft.because,
        content_sha256="",
        lines=tuple(_line(house, line, place) for place, line in enumerate(draft.lines, start=1)),
        groups=draft.groups,
        buyer=draft.buyer,
    )
    house.invoices[invoice_id] = invoice
    house.by_reference[invoice.reference] = house.by_number[number] = invoice_id
    client.invoices.append(invoice_id)
    client.claims[invoice_id] = Claim(look_again_on=today)
    house.post(
        client,
        f"invoice:{invoice_id}",
        (
            PostingLine(Account.RECEIVABLE, draft.total),
            PostingLine(Account.SALES, -draft.net),
            *(PostingLine(account, -vat) for account, vat in vat_by_account(draft.groups).items()),
        ),
        today=today,
    )
    house.record(
        client,
        f"invoice.issued:{invoice_id}",
        "invoice.issued",
        invoice_id=invoice_id,
        today=today,
        because=draft.because,
    )
    write(house, client, f"invoice:{invoice_id}", "invoice", invoice_id=invoice_id, today=today)
    house.tell(today, client, "invoice.issued", invoice_id, draft.total, f"due {draft.due_on}")
    return invoice_id


def give_back_unused(house: House, client: Client, *, today: date) -> list[Changed]:
    """Give back what was billed for time after the end of a line, once for each end."""
    changed: list[Changed] = []
    for line in client.lines.values():
        if line.facts.until is None or line.is_ended or not line.facts.interval_months:
            continue
        end = _ending(client, line, today=today)
        for invoice_id in client.invoices:
            for billed in house.invoices[invoice_id].lines:
                if billed.line_id == line.facts.line_id and billed.until and billed.until > line.facts.until:
                    changed += _settle_time(house, client, house.invoices[invoice_id], billed, end, today=today)
        if line.facts.until <= today:
            line.is_ended = True
    return changed


def move_price(house: House, move: PriceMoves, *, today: date) -> None:
    """Put a new price into the list, record its rise, and write to all to whom the terms give a notice."""
    plan = house.prices.plan(move.plan)
    if move.since <= plan.prices[-1].since:
        return
    old = plan.prices[-1]
    new = replace(old, since=move.since, amount=Money(max(old.amount.minor * move.percent // 100, 1)))
    raised = replace(plan, prices=(*plan.prices, new))
    house.prices = replace(house.prices, plans={**house.prices.plans, move.plan: raised})
    if new.amount <= old.amount:
        return
    house.price_changes[move.plan, move.since] = 1
    for client in house.clients.values():
        _tell_price(house, client, move, today=today)


def _tell_price(house: House, client: Client, move: PriceMoves, *, today: date) -> None:
    plan = house.prices.plan(move.plan)
    promised: dict[int, tuple[date, date | None]] = {}
    for line in client.lines.values():
        if line.facts.plan != move.plan or line.facts.own_price is not None or line.is_ended:
            continue
        notice = ending_terms(client.agreement, product=line.facts.product, customer=client.kind, on=today).notice
        coming = coming_price(
            client.agreement,
            _priced(client, line),
            dated_prices(plan, _notices(house), customer_id=client.number, line_id=line.facts.line_id),
            since=move.since,
            sent_on=today,
            notice=notice,
        )
        is_over = coming is not None and coming.effect_on and line.facts.until and line.facts.until <= coming.effect_on
        if coming is not None and coming.is_told and coming.effect_on is not None and not is_over:
            promised[line.facts.line_id] = (coming.effect_on, coming.leave_until)
    if promised:
        house.told_prices[move.plan, move.since, client.number] = Announced(accepted_on=None, promised=promised)
        write(house, client, f"price:{move.plan}:{move.since}:{client.number}", "price", invoice_id=None, today=today)


def _contract(client: Client, lines: list[Line]) -> BillableContract:
    return BillableContract(
        contract_id=client.number,
        customer_id=client.number,
        customer_kind=client.kind,
        terms_version=client.agreement.version,
        language=client.lived.language,
        email=client.lived.email,
        buyer=client.buyer,
        lines=tuple(line.facts for line in lines),
    )


def _notices(house: House) -> PriceNotices:
    return PriceNotices(recorded=house.price_changes, told=house.told_prices)


def _pricing(house: House, client: Client, lines: list[Line]) -> Pricing:
    moved = [
        line for line in lines if len(house.prices.plan(line.facts.plan).prices) > 1 and line.facts.own_price is None
    ]
    if not moved:
        return LIST_PRICES
    return Pricing(
        lines={line.facts.line_id: _priced(client, line) for line in moved},
        agreements={client.agreement.version: client.agreement},
        notices=_notices(house),
    )


def _priced(client: Client, line: Line) -> PricedLine:
    return PricedLine(
        line_id=line.facts.line_id,
        product=line.facts.product,
        customer=client.kind,
        agreed_on=client.lived.began_on,
        concluded_on=client.lived.began_on,
        term=line.term,
    )


def _line(house: House, line, position: int) -> InvoiceLineFacts:  # type: ignore[no-untyped-def]
    return InvoiceLineFacts(
        position=position,
        line_id=line.line_id,
        product=line.product,
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        net=line.net,
        vat_category=str(line.vat.category),
        vat_percent=line.vat.percent,
        since=line.period.since if line.period else None,
        until=line.period.until if line.period else None,
        credited_by=None,
        line_key=house.new_id(),
        vat_country=line.vat.country,
        vat_basis=str(line.vat.basis),
    )


def _ending(client: Client, line: Line, *, today: date) -> HowItEnds:
    cause = line.end_cause
    named = CAUSES.get(cause)
    rule = None
    if named is not None:
        answer = ask(
            client.agreement,
            Refund,
            on=max(today, client.lived.began_on),
            product=line.facts.product,
            customer=client.kind,
            selector=(("cause", named),),
        )
        rule = ruled(answer)
    return HowItEnds(until=line.facts.until, paid_until=line.facts.until, cause=cause, customer=client.kind, rule=rule)


def _settle_time(
    house: House, client: Client, invoice: InvoiceFacts, billed: InvoiceLineFacts, end: HowItEnds, *, today: date
) -> tuple[Changed, ...]:
    given = client.given.setdefault(billed.line_key, GivenTime())
    if given.steps and given.for_until == end.until:
        return ()
    assert billed.since is not None and billed.until is not None and billed.line_id is not None
    time = BilledTime(
        invoice_id=invoice.invoice_id,
        invoice_number=invoice.number,
        line_key=billed.line_key,
        position=billed.position,
        line_id=billed.line_id,
        description=billed.description,
        period=Period(billed.since, billed.until),
        net=billed.net,
        otherwise_credited=given.otherwise,
        given=given.amount,
        given_from=given.since,
        again=(),
        steps=given.steps,
        for_until=given.for_until,
    )
    step = time_step(time, end)
    given.steps, given.for_until = given.steps + 1, end.until
    if isinstance(step, AskWhatGoesBack):
        house.tell(today, client, "time.asked", invoice.invoice_id, step.amount)
    if not isinstance(step, GiveBack):
        return ()
    given.amount, given.since = given.amount + step.amount, step.period.since
    changed = credit_lines(
        house, client, invoice.invoice_id, {billed.position: step.amount}, why="time not used", today=today
    )
    given.otherwise = given.otherwise - step.amount  # credited because the time is not used, and not otherwise
    return changed
