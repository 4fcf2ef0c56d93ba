"""Money in the house in memory: payments matched, given and taken back, credit used. What goes where is decided by the product."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date

from servanda.business.billing.decisions.matching import (
    BY_REFERENCE,
    Match,
    Part,
    invoice_numbers_in,
    match,
    part_of,
)
from servanda.business.billing.decisions.offsetting import credit_to_use
from servanda.business.billing.decisions.vat import groups_to_credit, vat_by_account
from servanda.business.billing.facts import (
    AllocationFacts,
    CustomerCredit,
    IncomingEntry,
    InvoiceFacts,
    InvoiceLineFacts,
    OpenItem,
    VatGroup,
)
from servanda.business.ledger.facts import Account, PostingLine
from servanda.ground.money import Money, total_of
from servanda.simulation.house.state import NOTHING, Client, Entry, GivenTime, House, is_paused

BY_PERSON = "a person's word"
CHARGE_ACCOUNTS = {"fee": Account.FEES, "interest": Account.INTEREST, "compensation": Account.COMPENSATION}


@dataclass(frozen=True, slots=True)
class Changed:
    """An invoice on which something was received, or taken back (below zero), and by which value day."""

    invoice_id: int
    value_on: date
    amount: Money


def item_of(invoice: InvoiceFacts) -> OpenItem:
    return OpenItem(
        invoice.invoice_id,
        invoice.number,
        invoice.reference,
        invoice.customer_id,
        invoice.open_principal,
        invoice.open_charges,
        invoice.due_on,
        invoice.issued_on,
    )


def book_payment(house: House, entry: Entry, *, told: str, text: str, today: date) -> tuple[Changed, ...]:
    """Match a payment and give it to what it is for; what nothing is found for lies in suspense."""
    before = frozenset(house.paid_before.get(entry.account, ())) if entry.account else frozenset[int]()
    incoming = IncomingEntry(entry.amount, told, text, before)
    found = match(incoming, tuple(_candidates(house, incoming)))
    if found.rule == BY_REFERENCE and found.customer_id is not None and entry.account:
        house.paid_before.setdefault(entry.account, set()).add(found.customer_id)
    if found.customer_id is None:
        entry.because = found.rule
        lines = (PostingLine(Account.BANK, entry.amount), PostingLine(Account.SUSPENSE, -entry.amount))
        house.post(None, f"bank entry:{entry.entry_id}", lines, today=today)
        return ()
    return _give(house, entry, found, source=Account.BANK, today=today)


def explain(house: House, client: Client, entry: Entry, invoice_id: int, *, today: date) -> tuple[Changed, ...]:
    """Give an entry in suspense to the invoice that a person names; what is over is the customer's credit."""
    item = item_of(house.invoices[invoice_id])
    part = part_of(item, entry.amount)
    parts = (part,) if part.amount else ()
    found = Match(BY_PERSON, parts, entry.amount - part.amount, client.number, 100)
    return _give(house, entry, found, source=Account.SUSPENSE, today=today)


def take_back(house: House, client: Client, entry: Entry, *, value_on: date, today: date) -> tuple[Changed, ...]:
    """Undo what a payment did that the bank has taken back: what it had paid is open again."""
    given = _given_by(house, client, entry.entry_id)
    for (invoice_id, charge_id, day), minor in given.items():
        allocation = _allocation(Money(-minor), day, today, charge_id=charge_id, entry_id=entry.entry_id)
        _move(house, invoice_id, charge_id, Money(-minor), allocation)
    receivable = Money(sum(given.values()))
    rest = Account.SUSPENSE if entry.state == "suspense" else Account.CUSTOMER_CREDIT
    lines = (
        PostingLine(Account.BANK, -entry.amount),
        PostingLine(Account.RECEIVABLE, receivable),
        PostingLine(rest, entry.amount - receivable),
    )
    house.post(client, f"bank entry reversed:{entry.entry_id}", lines, today=today)
    entry.state, entry.unallocated = "reversed", NOTHING
    house.tell(today, client, "payment.reversed", amount=-entry.amount)
    for invoice_id in sorted({where[0] for where in given}):
        _apply_notes(house, client, invoice_id, today=today)
    return tuple(Changed(invoice_id, value_on, Money(-minor)) for (invoice_id, _, _), minor in given.items())


def use_credits(house: House, client: Client, *, today: date) -> tuple[Changed, ...]:
    """Let the client's credit pay what they owe, apart from what they dispute or have a plan for."""
    credits = credits_of(house, client)
    if not credits:
        return ()
    items = [
        item_of(house.invoices[invoice_id])
        for invoice_id in client.invoices
        if house.invoices[invoice_id].open_total and not _is_unasked(client, invoice_id, today=today)
    ]
    uses = credit_to_use(credits, items) if items else ()
    for place, use in enumerate(uses):
        source, part = use.credit, use.part
        _give_part(house, part, use.value_on, today, entry_id=source.entry_id, credit_note_id=source.credit_note_id)
        if source.entry_id is not None:
            entry = house.entries[source.entry_id]
            entry.unallocated = entry.unallocated - part.amount
        lines = (PostingLine(Account.CUSTOMER_CREDIT, part.amount), PostingLine(Account.RECEIVABLE, -part.amount))
        house.post(client, f"credit used:{part.invoice_id}:{today}:{house.step}:{place}", lines, today=today)
        house.tell(today, client, "credit.used", part.invoice_id, part.amount)
    return tuple(Changed(use.part.invoice_id, use.value_on, use.part.amount) for use in uses)


def credits_of(house: House, client: Client) -> tuple[CustomerCredit, ...]:
    """Return what a client has to their credit, one by one."""
    paid = (
        CustomerCredit(client.number, entry_id, None, entry.unallocated, entry.value_on)
        for entry_id in client.entries
        if (entry := house.entries[entry_id]).state == "matched" and entry.unallocated
    )
    if not client.notes:
        return tuple(paid)
    noted = (
        CustomerCredit(client.number, None, note_id, left, house.invoices[note_id].issued_on)
        for note_id in client.notes
        if (left := left_of_note(house, client, note_id))
    )
    return (*paid, *noted)


def left_of_note(house: House, client: Client, note_id: int) -> Money:
    used = sum(
        one.amount.minor
        for invoice_id in client.invoices
        for one in house.invoices[invoice_id].allocations
        if one.credit_note_id == note_id
    )
    return house.invoices[note_id].total - Money(used)


def credit_lines(
    house: House, client: Client, invoice_id: int, nets: dict[int, Money], *, why: str, today: date
) -> tuple[Changed, ...]:
    """Write a credit note over so much of each line; what was paid already becomes credit."""
    invoice = house.invoices[invoice_id]
    lines = [(line, nets[line.position]) for line in invoice.lines if nets.get(line.position)]
    if not lines:
        return ()
    before = [group for note_id in notes_of(house, client, invoice_id) for group in house.invoices[note_id].groups]
    groups = groups_to_credit(invoice.groups, before, lines)
    net = total_of(amount for _, amount in lines)
    total = net + total_of(group.vat for group in groups)
    note = _note(house, client, invoice, lines, groups, net=net, total=total, today=today)
    taken = min(total, invoice.open_principal)
    if taken:
        allocation = _allocation(taken, today, today, credit_note_id=note.invoice_id)
        _move(house, invoice_id, None, taken, allocation)
    to_credit = total - taken
    house.post(
        client,
        f"credit note:{note.invoice_id}",
        (
            PostingLine(Account.SALES, net),
            *(PostingLine(account, vat) for account, vat in vat_by_account(groups).items()),
            PostingLine(Account.RECEIVABLE, -taken),
            PostingLine(Account.CUSTOMER_CREDIT, -to_credit),
        ),
        today=today,
    )
    house.tell(today, client, "invoice.credited", invoice_id, total, why)
    return (Changed(invoice_id, today, NOTHING),)


def notes_of(house: House, client: Client, invoice_id: int) -> list[int]:
    return [note_id for note_id in client.notes if house.invoices[note_id].original_id == invoice_id]


def left_of_line(house: House, client: Client, invoice: InvoiceFacts, line: InvoiceLineFacts) -> Money:
    """Return how much of a line was not credited yet."""
    credited = total_of(
        one.net
        for note_id in notes_of(house, client, invoice.invoice_id)
        for one in house.invoices[note_id].lines
        if one.position == line.position
    )
    return line.net - credited


def lower_interest(house: House, client: Client, invoice_id: int, excess: Money, *, key: str, today: date) -> Money:
    """Take back so much interest that ran too far, the latest first: what is open is waived, what was paid is given anew."""
    left = excess
    for charge in reversed(house.invoices[invoice_id].charges):
        if charge.kind != "interest":
            continue
        _free(house, client, invoice_id, charge.charge_id, wanted=left, key=key, today=today)
        now = next(one for one in house.invoices[invoice_id].charges if one.charge_id == charge.charge_id)
        taken = min(left, now.open)
        if taken:
            waive(house, client, invoice_id, charge.charge_id, taken, key=key, today=today)
            left = left - taken
    return excess - left


def waive(
    house: House, client: Client, invoice_id: int, charge_id: int, amount: Money, *, key: str, today: date
) -> None:
    """Give up so much of a charge, and book it back."""
    invoice = house.invoices[invoice_id]
    charge = next(one for one in invoice.charges if one.charge_id == charge_id)
    lines = (PostingLine(CHARGE_ACCOUNTS[charge.kind], amount), PostingLine(Account.RECEIVABLE, -amount))
    house.post(client, f"waived:{key}:{charge_id}", lines, today=today)
    charges = tuple(
        replace(one, open=one.open - amount) if one.charge_id == charge_id else one for one in invoice.charges
    )
    house.change(invoice_id, charges=charges)


def _candidates(house: House, incoming: IncomingEntry) -> list[OpenItem]:
    ids: set[int] = set()
    if incoming.reference in house.by_reference:
        ids.add(house.by_reference[incoming.reference])
    for number in invoice_numbers_in(incoming):
        invoice_id = house.by_number.get(number)
        if invoice_id is not None and house.invoices[invoice_id].kind == "invoice":
            ids.add(invoice_id)
    if len(incoming.paid_before_for) == 1:
        client = house.clients[next(iter(incoming.paid_before_for))]
        ids.update(one for one in client.invoices if house.invoices[one].open_total)
    return sorted((item_of(house.invoices[one]) for one in ids), key=lambda item: item.number)


def _give(house: House, entry: Entry, found: Match, *, source: Account, today: date) -> tuple[Changed, ...]:
    assert found.customer_id is not None
    client = house.clients[found.customer_id]
    entry.customer, entry.unallocated, entry.state, entry.because = client.number, found.rest, "matched", found.rule
    if entry.entry_id not in client.entries:
        client.entries.append(entry.entry_id)
    for part in found.parts:
        _give_part(house, part, entry.value_on, today, entry_id=entry.entry_id)
    given = entry.amount - found.rest
    lines = (
        PostingLine(source, entry.amount),
        PostingLine(Account.RECEIVABLE, -given),
        PostingLine(Account.CUSTOMER_CREDIT, -found.rest),
    )
    what = "explained" if source is Account.SUSPENSE else "received"
    house.post(client, f"bank entry {what}:{entry.entry_id}", lines, today=today)
    first = found.parts[0].invoice_id if found.parts else 0
    house.tell(today, client, f"payment.{what}", first, entry.amount, f"{found.rule}, {found.rest.minor} over")
    return tuple(Changed(part.invoice_id, entry.value_on, part.amount) for part in found.parts)


def _give_part(
    house: House,
    part: Part,
    value_on: date,
    today: date,
    *,
    entry_id: int | None = None,
    credit_note_id: int | None = None,
) -> None:
    """Fill the charges in the order in which they were made, then the principal."""
    left = part.to_charges
    for charge in house.invoices[part.invoice_id].charges:
        amount = min(left, charge.open)
        if amount:
            allocation = _allocation(
                amount, value_on, today, charge_id=charge.charge_id, entry_id=entry_id, credit_note_id=credit_note_id
            )
            _move(house, part.invoice_id, charge.charge_id, amount, allocation)
            left = left - amount
    assert not left, f"invoice {part.invoice_id} has fewer charges open than were matched"
    if part.to_principal:
        allocation = _allocation(part.to_principal, value_on, today, entry_id=entry_id, credit_note_id=credit_note_id)
        _move(house, part.invoice_id, None, part.to_principal, allocation)


def _allocation(
    amount: Money,
    value_on: date,
    today: date,
    *,
    charge_id: int | None = None,
    entry_id: int | None = None,
    credit_note_id: int | None = None,
) -> AllocationFacts:
    return AllocationFacts(
        amount=amount,
        value_on=value_on,
        on_day=today,
        charge_id=charge_id,
        entry_id=entry_id,
        credit_note_id=credit_note_id,
        because="",
        by="system",
    )


def _move(house: House, invoice_id: int, charge_id: int | None, amount: Money, allocation: AllocationFacts) -> None:
    """Take so much off what is open of a charge or the principal; an amount below zero opens it again."""
    invoice = house.invoices[invoice_id]
    allocations = (*invoice.allocations, allocation)
    if charge_id is None:
        house.change(invoice_id, open_principal=invoice.open_principal - amount, allocations=allocations)
        return
    charges = tuple(
        replace(one, open=one.open - amount) if one.charge_id == charge_id else one for one in invoice.charges
    )
    house.change(invoice_id, charges=charges, allocations=allocations)


def _given_by(house: House, client: Client, entry_id: int) -> dict[tuple[int, int | None, date], int]:
    given: defaultdict[tuple[int, int | None, date], int] = defaultdict(int)
    for invoice_id in client.invoices:
        for one in house.invoices[invoice_id].allocations:
            if one.entry_id == entry_id:
                given[invoice_id, one.charge_id, one.value_on] += one.amount.minor
    return {where: minor for where, minor in given.items() if minor}


def _apply_notes(house: House, client: Client, invoice_id: int, *, today: date) -> None:
    """Take off an invoice that is open again what its credit notes had given to the client's credit."""
    for note_id in notes_of(house, client, invoice_id):
        amount = min(left_of_note(house, client, note_id), house.invoices[invoice_id].open_principal)
        if amount.minor <= 0:
            continue
        allocation = _allocation(amount, house.invoices[note_id].issued_on, today, credit_note_id=note_id)
        _move(house, invoice_id, None, amount, allocation)
        lines = (PostingLine(Account.CUSTOMER_CREDIT, amount), PostingLine(Account.RECEIVABLE, -amount))
        house.post(client, f"credit applied:{note_id}:{house.step}", lines, today=today)
        house.tell(today, client, "credit.applied", invoice_id, amount)


def _free(
    house: House, client: Client, invoice_id: int, charge_id: int, *, wanted: Money, key: str, today: date
) -> None:
    """Take payments off a charge, so that it is open again by so much, and give them to the principal or to credit."""
    invoice = house.invoices[invoice_id]
    open_of = next(one.open for one in invoice.charges if one.charge_id == charge_id)
    missing = max(wanted - open_of, NOTHING)
    standing: defaultdict[tuple[int, date], int] = defaultdict(int)
    for one in invoice.allocations:
        if one.charge_id == charge_id and one.entry_id is not None:
            standing[one.entry_id, one.value_on] += one.amount.minor
    for (entry_id, value_on), minor in reversed(list(standing.items())):
        amount = min(missing, Money(minor))
        if amount.minor <= 0:
            continue
        back = _allocation(-amount, value_on, today, charge_id=charge_id, entry_id=entry_id)
        _move(house, invoice_id, charge_id, -amount, back)
        to_principal = min(amount, house.invoices[invoice_id].open_principal)
        if to_principal:
            _move(house, invoice_id, None, to_principal, _allocation(to_principal, value_on, today, entry_id=entry_id))
        to_credit = amount - to_principal
        if to_credit:
            entry = house.entries[entry_id]
            entry.unallocated = entry.unallocated + to_credit
            lines = (PostingLine(Account.RECEIVABLE, to_credit), PostingLine(Account.CUSTOMER_CREDIT, -to_credit))
            house.post(client, f"interest freed:{entry_id}:{key}", lines, today=today)
        missing = missing - amount


def _is_unasked(client: Client, invoice_id: int, *, today: date) -> bool:
    return any(
        is_paused(pause, today=today) and pause.cause in {"dispute", "payment plan"}
        for pause in client.pauses.get(invoice_id, ())
    )


def _note(
    house: House,
    client: Client,
    invoice: InvoiceFacts,
    lines: list[tuple[InvoiceLineFacts, Money]],
    groups: tuple[VatGroup, ...],
    *,
    net: Money,
    total: Money,
    today: date,
) -> InvoiceFacts:
    note = replace(
        invoice,
        invoice_id=house.new_id(),
        kind="credit note",
        number=house.next_number,
        original_id=invoice.invoice_id,
        issued_on=today,
        due_on=None,
        net=net,
        vat=total - net,
        total=total,
        open_principal=NOTHING,
        reference="",
        lines=tuple(replace(line, net=amount, unit=amount, quantity=1) for line, amount in lines),
        groups=groups,
        charges=(),
        allocations=(),
    )
    house.next_number += 1
    house.invoices[note.invoice_id] = note
    house.by_number[note.number] = note.invoice_id
    client.notes.append(note.invoice_id)
    for line, amount in lines:
        given = client.given.setdefault(line.line_key, GivenTime())
        given.otherwise = given.otherwise + amount
    return note
