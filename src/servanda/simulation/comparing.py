"""The house beside the oracle: what a customer owes, by the house's rows and by a second reckoning. They must agree to the øre."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from servanda.business.billing.facts import InvoiceFacts
from servanda.oracle.owed import (
    Asked,
    Bought,
    due_day,
    interest_on,
    periods_of,
    price_of,
    run_day,
    share_of,
    term_days,
    vat_on,
)
from servanda.oracle.terms import rules_in
from servanda.simulation.house.rounds import Course
from servanda.simulation.house.state import Client, House
from servanda.simulation.texts import text_of


@dataclass(frozen=True, slots=True)
class _Seen:
    course: Course
    house: House
    client: Client
    today: date

    def differs(self, what: str, said: str) -> None:
        self.house.violated(f"ORACLE {what}", self.today, self.client, said)


def compare(course: Course, *, today: date) -> None:
    """Note every difference between the house and the oracle on a day."""
    for client in course.house.clients.values():
        seen = _Seen(course, course.house, client, today)
        _periods(seen)
        _prices(seen)
        _unused(seen)
        _money(seen)
        for invoice_id in client.invoices:
            _due(seen, course.house.invoices[invoice_id])
            _vat(seen, course.house.invoices[invoice_id])
            _interest(seen, course.house.invoices[invoice_id])


def _periods(seen: _Seen) -> None:
    """What was billed of each thing that was bought: the periods, and their prices where the list did not move."""
    billed: defaultdict[int, dict[tuple[date, date], int]] = defaultdict(dict)
    for invoice_id in seen.client.invoices:
        for line in seen.house.invoices[invoice_id].lines:
            if line.line_id is not None and line.since is not None and line.until is not None:
                billed[line.line_id][line.since, line.until] = line.net.minor
    for line_id, held in seen.client.lines.items():
        facts = held.facts
        plan = seen.house.prices.plan(facts.plan)
        unit = facts.own_price or plan.prices[0].amount
        bought = Bought(unit.minor, facts.quantity, facts.interval_months, facts.began_on, facts.until)
        wanted = list(periods_of(bought, until=seen.today - timedelta(days=60)))
        for since, until in wanted:
            away = sum(seen.house.world.without_rounds(seen.today - timedelta(days=back)) for back in range(120))
            is_long_ago = since < seen.today - timedelta(days=60 + away)
            found = next((period for period in billed[line_id] if period[0] == since), None)
            if found is None and is_long_ago and since >= seen.client.lived.began_on:
                seen.differs("a period is billed", f"{facts.plan} from {since}")
            if found is not None and found[1] not in (until, facts.until):
                seen.differs("a period is as long as it was bought", f"{facts.plan} {found} and not {until}")
            if found is not None:
                _issued_in_time(seen, line_id, since)
        is_steady = facts.own_price is not None or len(plan.prices) == 1
        for (since, until), net in billed[line_id].items():
            if is_steady and net != price_of(bought, since, until):
                seen.differs("a period costs its share", f"{facts.plan} {since}: {net}")


def _issued_in_time(seen: _Seen, line_id: int, since: date) -> None:
    """The invoice goes out on the day that the terms name for a period, or when the customer signed if that was later."""
    client, house = seen.client, seen.house
    facts = client.lines[line_id].facts
    run = run_day(_rules(seen, "invoice-run"), product=facts.product, since=since)
    invoice = next(
        invoice
        for invoice in (house.invoices[one] for one in client.invoices)
        if any(line.line_id == line_id and line.since == since for line in invoice.lines)
    )
    wanted = max(run, client.lived.began_on) if run is not None else None
    while wanted is not None and house.world.without_rounds(wanted):
        wanted += timedelta(days=1)
    if wanted is not None and invoice.issued_on != wanted:
        seen.differs("an invoice goes out on its day", f"{facts.plan} {since}: {invoice.issued_on} and not {wanted}")


def _prices(seen: _Seen) -> None:
    """A price is the agreed one, or one of the list that has come; a rise binds only who was told of it in time."""
    house, client = seen.house, seen.client
    for invoice in (house.invoices[one] for one in client.invoices):
        for line in invoice.lines:
            held = client.lines.get(line.line_id or 0)
            if held is None or line.since is None:
                continue
            if held.facts.own_price is not None:
                if line.unit != held.facts.own_price:
                    seen.differs("what was agreed is the price", f"{invoice.number}: {line.unit}")
                continue
            listed = [one for one in house.prices.plan(held.facts.plan).prices if one.since <= line.since]
            if line.unit not in [one.amount for one in listed] or line.unit > listed[-1].amount:
                seen.differs("a price is one of the list", f"{invoice.number}: {line.unit}")
            for one in listed:
                told = house.told_prices.get((held.facts.plan, one.since, client.number))
                said = told.promised.get(held.facts.line_id) if told is not None else None
                is_new = one.amount == line.unit and all(
                    other.amount < line.unit for other in listed[: listed.index(one)]
                )
                if told is None or said is None or not is_new or one.since <= client.lived.began_on:
                    continue
                if told.accepted_on is None or told.accepted_on > invoice.issued_on or said[0] > line.since:
                    seen.differs("a rise binds who was told", f"{invoice.number}: {line.unit} from {said[0]}")


def _unused(seen: _Seen) -> None:
    """What goes back of unused time is the share of its days; a consumer's always does."""
    house, client = seen.house, seen.client
    for invoice in (house.invoices[one] for one in client.invoices):
        for line in invoice.lines:
            held, given = client.lines.get(line.line_id or 0), client.given.get(line.line_key)
            if held is None or line.since is None or line.until is None or not held.is_ended:
                continue
            end = held.facts.until
            is_cut = end is not None and end < line.until and held.facts.interval_months
            if is_cut and end is not None and given is not None and given.amount:
                first = max(end, line.since)
                share = share_of(
                    line.net.minor - given.otherwise.minor, (line.until - first).days, (line.until - line.since).days
                )
                if given.amount.minor != min(share, line.net.minor - given.otherwise.minor):
                    seen.differs("unused time goes back by its days", f"{invoice.number}: {given.amount}, {share}")
            whole = line.net.minor - (given.otherwise.minor if given is not None else 0)
            if is_cut and str(client.kind) == "consumer" and whole > 0 and (given is None or not given.amount):
                seen.differs("a consumer's unused time goes back", f"{invoice.number}: {line.description}")


def _rules(seen: _Seen, kind: str) -> list[dict[str, object]]:
    agreement = seen.client.agreement
    return rules_in(text_of(agreement.provider, agreement.version)).get(kind, [])


def _money(seen: _Seen) -> None:
    """All that the bank told of a client is somewhere: given to what they owe, their credit, or waiting for a person."""
    house, client = seen.house, seen.client
    told: dict[str, int] = {}
    for movements in seen.course.files.values():
        for one in movements:
            if one.customer == client.number and one.name in house.known_movements:
                told[one.name] = one.amount.minor
    given = credit = 0
    for invoice_id in client.invoices:
        given += sum(one.amount.minor for one in house.invoices[invoice_id].allocations if one.entry_id is not None)
    credit = sum(house.entries[entry_id].unallocated.minor for entry_id in client.entries)
    waiting = sum(
        entry.amount.minor
        for entry in (house.entries[entry_id] for entry_id in client.waiting)
        if entry.state == "suspense"
    )
    if sum(told.values()) != given + credit + waiting:
        seen.differs("no payment counted twice, none lost", f"{sum(told.values())} and {given} {credit} {waiting}")


def _due(seen: _Seen, invoice: InvoiceFacts) -> None:
    """The due day by the terms' own text, for invoices over one product."""
    if len(invoice.products) != 1 or invoice.due_on is None or not invoice.is_term_agreed:
        return
    text = text_of(seen.house.world.provider, invoice.terms_version)
    (product,) = invoice.products
    rules = rules_in(text).get("payment-term", [])
    term = term_days(rules, product=product, customer=str(seen.client.kind))
    if term is not None and invoice.due_on != due_day(invoice.issued_on, term[0]):
        seen.differs("an invoice is due by the terms", f"{invoice.number}: {invoice.due_on}, {term[0]} days")


def _vat(seen: _Seen, invoice: InvoiceFacts) -> None:
    if invoice.vat.minor != vat_on(sum(line.net.minor for line in invoice.lines)):
        seen.differs("VAT is a quarter of the net", f"{invoice.number}: {invoice.vat}")


def _interest(seen: _Seen, invoice: InvoiceFacts) -> None:
    """Interest by the Interest Act is never above what has grown, and all of it once the invoice was settled without doubt."""
    client = seen.client
    events = client.events.get(invoice.invoice_id, ())
    charged = [one for one in events if one.what == "interest.charged"]
    if not charged or invoice.due_on is None or _is_by_month(seen, invoice):
        return
    lowered = [one for one in events if one.what == "interest.lowered"]
    net = sum(_minor(one.facts) for one in charged) - sum(_minor(one.facts) for one in lowered)
    principal = [one for one in invoice.allocations if one.charge_id is None]
    credited = sum(one.amount.minor for one in principal if one.credit_note_id is not None)
    payments = tuple((one.value_on, one.amount.minor) for one in principal if one.credit_note_id is None)
    letter = client.letters.get(f"invoice:{invoice.invoice_id}")
    asked = Asked(
        total_minor=invoice.total.minor,
        issued_on=invoice.issued_on,
        received_on=letter.accepted_on if letter is not None else None,
        due_on=invoice.due_on,
        is_term_agreed=invoice.is_term_agreed,
        payments=payments,
        credited_minor=credited,
    )
    until = max(one.on_day for one in charged)
    most = interest_on(asked, until=until)
    was_reopened = any(minor < 0 for _, minor in payments)
    if net > most and not was_reopened:
        seen.differs("interest is what has grown", f"{invoice.number}: {net} charged, {most} by the law")
    last = max((on for on, _ in payments), default=None)
    is_settled_at_once = last is not None and not invoice.open_principal and charged[-1].on_day >= last
    if (
        is_settled_at_once
        and last is not None
        and not was_reopened
        and not credited
        and not client.pauses.get(invoice.invoice_id)
    ):
        whole = interest_on(asked, until=last)
        if net > whole or (net < whole and letter is not None and letter.accepted_on == invoice.issued_on):
            seen.differs("interest stops on the day of payment", f"{invoice.number}: {net} charged, {whole} by the law")


def _is_by_month(seen: _Seen, invoice: InvoiceFacts) -> bool:
    rules = rules_in(text_of(seen.house.world.provider, invoice.terms_version)).get("interest", [])
    return any(rule.get("method") != "statutory" for rule in rules)


def _minor(facts: object) -> int:
    assert isinstance(facts, dict)
    minor = facts["amount_minor"]
    assert isinstance(minor, int)
    return minor
