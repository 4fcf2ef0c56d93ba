"""What must hold in the house in memory, said plainly and reckoned from the rows: each line of a violation names its invariant.

The numbers are those of RELIABILITY A5. Nothing here asks a decision of the product; what it asks, it reckons itself.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from servanda.business.billing.facts import AllocationFacts
from servanda.business.dunning.decisions.orders import (
    ChargeCompensation,
    ChargeFee,
    ChargeInterest,
    EndContract,
    Order,
    PlaceHold,
    SendReminder,
    Wait,
)
from servanda.business.dunning.facts import Arrears
from servanda.business.hosting.facts import ServiceFacts
from servanda.business.ledger.facts import Account
from servanda.business.letters.facts import LetterFacts
from servanda.oracle.days import bank_day_from, banks_are_open
from servanda.oracle.terms import rules_in
from servanda.simulation.house.arrears import ladder_terms_of
from servanda.simulation.house.state import Client, House, is_paused
from servanda.simulation.texts import text_of

FEE_MAX = 100_00
FEES_MAX = 3
FEE_DAYS = 10
BANK_FILE_DAYS = 4  # days of the banks without news after which nothing adverse may happen


def wait_ends_later(house: House, client: Client, wait: Wait, *, today: date) -> None:
    if wait.until is not None and wait.until <= today:
        house.violated("I76 a wait ends later than today", today, client, wait.reason)


def adverse(house: House, client: Client, order: Order, arrears: Arrears, *, today: date) -> None:
    """Check an adverse act at the instant of its effect."""
    _nothing_in_the_way(house, client, order, today=today)
    _its_day(house, client, order, today=today)
    match order:
        case SendReminder():
            _reminder(house, client, order, arrears, today=today)
        case ChargeFee():
            _fee(house, client, order, today=today)
        case ChargeInterest():
            pass  # the oracle reckons it
        case ChargeCompensation():
            _compensation(house, client, order, today=today)
        case PlaceHold():
            _hold(house, client, order, arrears, today=today)
        case EndContract():
            _end(house, client, order, arrears, today=today)
        case _:
            pass


def refused(house: House, client: Client, order: Order, refusal: Exception, *, today: date) -> None:
    """2 of the rules: what is decided has its warrant; only the brake may stand between."""
    if not house.is_braked:
        house.violated("I38 a decision has its warrant", today, client, f"{order.key}: {refusal}")


def noted(house: House, client: Client, order: Order, arrears: Arrears, *, today: date) -> None:
    """A delay is a material breach only once the days of its clause have passed."""
    terms, due_on = ladder_terms_of(client, arrears), house.invoices[order.invoice_id].due_on
    days = terms.breach.rule.over_days if terms.breach is not None else 0
    if order.what == "breach.material" and due_on is not None:
        if (today - due_on).days <= days:
            house.violated("I31 no breach before its day", today, client, order.key)
        _days_since_late(house, client, order, days, today=today)


def purge(house: House, client: Client, service: ServiceFacts, *, today: date) -> None:
    """Check that data go only long after the closing, while nothing stands in the way and the debt is still there."""

    def broken(said: str) -> None:
        house.violated("I31 no deletion without its premises", today, client, f"{service.name}: {said}")

    if service.state != "quarantined" or service.quarantined_on is None:
        broken("it was not in quarantine")
        return
    if today < service.quarantined_on + timedelta(days=1):
        broken("quarantine and purge on one day")
    if service.purge_on is None or today < service.purge_on:
        broken("before its day")
    promised = _promised_days(client, service)
    if promised is not None and (today - service.quarantined_on).days < promised:
        broken(f"the terms keep data for {promised} days")
    if any(is_paused(one, today=today) for some in client.pauses.values() for one in some):
        broken("a claim stands still")
    if client.lines[service.line_id].end_cause.startswith("closure") and not _owes_overdue(house, client, today=today):
        broken("the customer owes nothing overdue")
    if not banks_are_open(today):
        broken("on a day without banks")


def client(house: House, client: Client, *, today: date) -> None:
    """Check all that is a client's, after a day on which they were looked at."""
    _money(house, client, today=today)
    _holds(house, client, today=today)
    if today.day == 1:
        _periods(house, client, today=today)


def at_the_end(house: House, *, today: date) -> None:
    """Check what holds of the whole company when a world has come to its end."""
    numbers = sorted(invoice.number for invoice in house.invoices.values())
    if numbers != list(range(1001, 1001 + len(numbers))):
        house.violated("I15 numbers have no gap", today, None, f"{len(numbers)} documents")
    days = [invoice.issued_on for invoice in sorted(house.invoices.values(), key=lambda one: one.number)]
    if days != sorted(days):
        house.violated("I17 numbers rise with the days", today, None, "")
    waiting = sum(entry.amount.minor for entry in house.entries.values() if entry.state == "suspense")
    if house.books.get(Account.SUSPENSE, 0) != -waiting:
        house.violated("I09 suspense is what nobody explained", today, None, f"{house.books} {waiting}")
    if sum(house.books.values()):
        house.violated("I01 the books add up to nothing", today, None, str(house.books))
    for one in house.clients.values():
        _money(house, one, today=today)
        _holds(house, one, today=today)
        _periods(house, one, today=today)
        _documents(house, one, today=today)
        _liveness(house, one, today=today)


def _nothing_in_the_way(house: House, client: Client, order: Order, *, today: date) -> None:
    """21. Nothing adverse on an invoice that is paid, credited or stands still at the instant of effect."""
    invoice = house.invoices[order.invoice_id]

    def broken(said: str) -> None:
        house.violated("I21 nothing adverse while something is in the way", today, client, f"{order.key}: {said}")

    received = sum(one.amount.minor for one in invoice.allocations if one.charge_id is None)
    if received >= invoice.total.minor:
        broken("it is paid")
    if (
        invoice.allocations
        and 0 < invoice.total.minor - received < 1_00
        and not _was_only_credited(invoice.allocations)
    ):
        broken("only a trifle is open")
    for one in client.pauses.get(order.invoice_id, ()):
        if is_paused(one, today=today):
            broken(one.cause)
    letter = _standing(client, f"invoice:{order.invoice_id}")
    if letter is None or letter.accepted_on is None or letter.accepted_on > today:
        broken("the invoice was not accepted")
    failed = [
        one.key for one in client.letters.values() if one.invoice_id == order.invoice_id and _has_failed(one.state)
    ]
    if failed:
        broken(f"{failed[0]} was not delivered")
    known_until = house.bank_known_until
    if known_until is not None and _bank_days_between(known_until, today) >= BANK_FILE_DAYS:
        broken(f"the bank is silent since {known_until}")
    if invoice.due_on is None or today <= invoice.due_on:
        broken("it is not due")
    if house.is_braked:
        broken("the brake is engaged")
    waiting = [house.entries[entry_id] for entry_id in client.waiting]
    if any(one.state == "suspense" and one.amount == invoice.open_principal for one in waiting):
        broken("money that may be for it is not explained")
    if known_until is not None and invoice.due_on is not None and known_until < invoice.due_on:
        broken(f"due {invoice.due_on}, and the bank has told of the days until {known_until}")


def _its_day(house: House, client: Client, order: Order, *, today: date) -> None:
    """38 and 45. An adverse act has its ground, its day has come, and but for interest it is on a day of the banks."""
    if not order.because:
        house.violated("I38 every act has its clause", today, client, order.key)
    if today < order.allowed_on:
        house.violated("I45 no act before its day", today, client, order.key)
    if not isinstance(order, ChargeInterest) and not banks_are_open(today):
        house.violated("I25 letters and holds on days of the banks", today, client, order.key)


def _reminder(house: House, client: Client, order: SendReminder, arrears: Arrears, *, today: date) -> None:
    """22 and 46. A reminder comes after the one before was accepted and its deadline has passed, and gives days to pay."""
    if order.deadline_on <= today:
        house.violated("I22 a reminder gives days to pay", today, client, f"{order.key} until {order.deadline_on}")
    if not order.is_collection_warning and not banks_are_open(order.deadline_on):
        house.violated(
            "I22 a deadline is on a day of the banks", today, client, f"{order.key} until {order.deadline_on}"
        )
    rule = next((one.rule for one in ladder_terms_of(client, arrears).reminders if one.rule.step == order.step), None)
    if rule is not None and rule.sent_after == "due":
        _days_since_late(house, client, order, rule.wait_days, today=today)
    before = f"reminder:{order.invoice_id}:{order.step - 1}"
    if order.step > 1:
        letter = _standing(client, before)
        if letter is None or letter.accepted_on is None:
            house.violated("I22 reminders come one after the other", today, client, f"{order.key}: not accepted before")
        elif today <= letter.accepted_on:
            house.violated("I46 a catch-up is no burst", today, client, f"{order.key}: on the day of the one before")
        deadline_on = _deadline(client, order.invoice_id, order.step - 1, today=today)
        if deadline_on is not None and today <= deadline_on:
            house.violated("I22 reminders come one after the other", today, client, f"{order.key}: {deadline_on} runs")
    if order.fee is not None:
        _announced_fee(house, client, order, today=today)


def _announced_fee(house: House, client: Client, order: SendReminder, *, today: date) -> None:
    """23. At most 100 kr., three in one arrears, and ten days after the letter before, whatever invoice it was about."""
    assert order.fee is not None
    since = max((one.on_day for one in client.reminding if one.what == "arrears.cleared"), default=date.min)
    written = [one for one in client.reminding if one.what == "reminder.written" and one.on_day > since]
    fees = [one for one in written if one.facts.get("fee_minor")]
    if order.fee.minor > FEE_MAX:
        house.violated("I23 fees within the law", today, client, f"{order.key}: {order.fee}")
    if len(fees) >= FEES_MAX:
        house.violated("I23 fees within the law", today, client, f"{order.key}: {len(fees)} before it")
    for one in written:
        letter = _standing(client, str(one.facts["letter"]))
        sent_on = letter.accepted_on if letter is not None and letter.accepted_on else today
        if (today - max(sent_on, one.on_day)).days < FEE_DAYS:
            house.violated("I23 fees within the law", today, client, f"{order.key}: {one.key} was on {sent_on}")


def _fee(house: House, client: Client, order: ChargeFee, *, today: date) -> None:
    """22. A fee is charged once its letter was accepted, and is the one that the letter announced."""
    letter = _standing(client, f"reminder:{order.invoice_id}:{order.step}")
    said = [
        one.facts.get("fee_minor")
        for one in client.events.get(order.invoice_id, ())
        if one.what == "reminder.written" and one.facts["step"] == order.step
    ]
    if letter is None or letter.accepted_on is None or said != [order.amount.minor]:
        house.violated("I23 a fee is what an accepted letter announced", today, client, order.key)


def _compensation(house: House, client: Client, order: ChargeCompensation, *, today: date) -> None:
    """23. The compensation is for businesses, 310 kr., and once for each claim."""
    charged = [one for one in house.invoices[order.invoice_id].charges if one.kind == "compensation"]
    if charged or order.amount.minor > 310_00 or str(client.kind) == "consumer":
        house.violated("I23 the compensation once, and for businesses", today, client, order.key)


def _hold(house: House, client: Client, order: PlaceHold, arrears: Arrears, *, today: date) -> None:
    """25 and 26. No hold before its clause's day and its letters; only of services that the clause reaches."""
    terms = ladder_terms_of(client, arrears)
    rule = terms.suspension.rule if terms.suspension is not None else None
    if rule is None:
        house.violated("I25 no hold before its notices", today, client, f"{order.key}: no clause")
        return
    if rule.with_step is not None:
        _letters_before(house, client, order, rule.with_step, is_over=False, today=today)
    if rule.counted_from == "reminder deadline":
        _letters_before(house, client, order, rule.after_step or 1, is_over=True, today=today)
    if rule.counted_from == "due":
        _days_since_late(house, client, order, rule.wait_days, today=today)
    if str(client.kind) == "consumer":
        _letters_before(house, client, order, 1, is_over=True, today=today)
    for service_id in order.service_ids:
        service = client.services[service_id]
        lines = {line.line_id for line in house.invoices[order.invoice_id].lines}
        if service.state != "running" or service.product not in terms.suspendable:
            house.violated("I26 a hold is of what may be held", today, client, f"{order.key}: {service.name}")
        if rule.scope != "all services" and service.line_id not in lines:
            house.violated("I26 a hold is of what may be held", today, client, f"{order.key}: {service.name} is paid")


def _end(house: House, client: Client, order: EndContract, arrears: Arrears, *, today: date) -> None:
    """31. No closing before its clause's day; one that counts from a hold comes so many days after it."""
    terms = ladder_terms_of(client, arrears)
    rule = terms.closure.rule if terms.closure is not None else None
    done = {one.what: one.on_day for one in client.events.get(order.invoice_id, ())}
    due_on = house.invoices[order.invoice_id].due_on
    anchors = {"due": due_on, "suspension": done.get("hold.placed"), "material breach": done.get("breach.material")}
    anchor = anchors.get(rule.counted_from) if rule is not None else None
    if rule is None or anchor is None or (today - anchor).days < rule.wait_days or due_on is None or today <= due_on:
        house.violated("I31 no closing before its day", today, client, f"{order.key}: {anchor}")
    if str(client.kind) == "consumer":
        _letters_before(house, client, order, 1, is_over=True, today=today)


def _days_since_late(house: House, client: Client, order: Order, wait_days: int, *, today: date) -> None:
    """46. What counts from the due day waits as long from the day on which we noticed, and the days of a pause come on top."""
    late = [one.on_day for one in client.events.get(order.invoice_id, ()) if one.what == "payment.late"]
    due_on = house.invoices[order.invoice_id].due_on
    if not late or due_on is None:
        house.violated("I46 nothing before the delay was noticed", today, client, order.key)
        return
    first = due_on + max(bank_day_from(late[0]) - bank_day_from(due_on + timedelta(days=1)), timedelta(0))
    waited = (today - first).days - _days_stood_still(client, order.invoice_id, since=late[0], today=today)
    if waited < wait_days:
        house.violated("I46 a catch-up is no burst", today, client, f"{order.key}: {waited} days of {wait_days}")


def _letters_before(house: House, client: Client, order: Order, step: int, *, is_over: bool, today: date) -> None:
    letter = _standing(client, f"reminder:{order.invoice_id}:{step}")
    deadline_on = _deadline(client, order.invoice_id, step, today=today)
    if letter is None or letter.accepted_on is None or deadline_on is None:
        house.violated("I25 nothing before its letters", today, client, f"{order.key}: letter {step} not accepted")
    elif is_over and today <= deadline_on:
        house.violated("I25 nothing before its letters", today, client, f"{order.key}: {deadline_on} runs")


def _money(house: House, client: Client, *, today: date) -> None:
    """3 and 6. What is open is what was asked for less what came; no more than all of it; and the books say the same."""
    open_now = credit = 0
    for invoice_id in client.invoices:
        invoice = house.invoices[invoice_id]
        received = sum(one.amount.minor for one in invoice.allocations if one.charge_id is None)
        if invoice.total.minor - received != invoice.open_principal.minor or not 0 <= received <= invoice.total.minor:
            house.violated("I06 an invoice receives at most its amount", today, client, f"{invoice.number}: {received}")
        for charge in invoice.charges:
            if not 0 <= charge.open.minor <= charge.amount.minor:
                house.violated("I06 a charge receives at most its amount", today, client, f"{invoice.number}")
        open_now += invoice.open_principal.minor + sum(charge.open.minor for charge in invoice.charges)
    given: defaultdict[int, int] = defaultdict(int)
    used: defaultdict[int, int] = defaultdict(int)
    for invoice_id in client.invoices:
        for one in house.invoices[invoice_id].allocations:
            if one.entry_id is not None:
                given[one.entry_id] += one.amount.minor
            if one.credit_note_id is not None:
                used[one.credit_note_id] += one.amount.minor
    for entry_id in client.entries:
        entry = house.entries[entry_id]
        whole = entry.amount.minor if entry.state == "matched" else 0
        if given[entry_id] + entry.unallocated.minor != whole or entry.unallocated.minor < 0:
            house.violated("I06 a payment gives what it has", today, client, f"{entry.name}: {given[entry_id]}")
        credit += entry.unallocated.minor
    for note_id in client.notes:
        credit += house.invoices[note_id].total.minor - used[note_id]
    if client.books.get(Account.RECEIVABLE, 0) != open_now:
        house.violated("I03 what is owed is what the books say", today, client, f"{open_now} {client.books}")
    if client.books.get(Account.CUSTOMER_CREDIT, 0) != -credit:
        house.violated("I03 credit is what the books say", today, client, f"{credit} {client.books}")


def _holds(house: House, client: Client, *, today: date) -> None:
    """27. Who owes nothing overdue is not held for payment."""
    held = [
        one for one in client.services.values() for hold in one.holds if hold.cause == "payment" and not hold.lifted_at
    ]
    if held and not _owes_anything_overdue(house, client, today=today):
        house.violated("I27 paying ends it", today, client, held[0].name)


def _periods(house: House, client: Client, *, today: date) -> None:
    """13 and 14. No day of a line is billed twice, and none is left out."""
    billed: defaultdict[int, list[tuple[date, date]]] = defaultdict(list)
    for invoice_id in client.invoices:
        for line in house.invoices[invoice_id].lines:
            if line.line_id is not None and line.since is not None and line.until is not None:
                billed[line.line_id].append((line.since, line.until))
    for line_id, held in client.lines.items():
        expected = held.facts.began_on
        for since, until in sorted(billed[line_id]):
            if since < expected:
                house.violated("I13 no day is billed twice", today, client, f"{held.facts.plan} {since}")
            if since > expected:
                house.violated("I14 no day is left unbilled", today, client, f"{held.facts.plan} {expected}")
            expected = until
        if held.facts.until is not None and held.end_cause == "" and expected > held.facts.until:
            house.violated("I13 nothing is billed after the end", today, client, held.facts.plan)


def _documents(house: House, client: Client, *, today: date) -> None:
    """5, 11 and 17. Lines make the net, VAT is a quarter of it half up, credit notes are at most the invoice."""
    for invoice_id in client.invoices:
        invoice = house.invoices[invoice_id]
        net = sum(line.net.minor for line in invoice.lines)
        vat = (net * 25 + 50) // 100
        if net != invoice.net.minor or vat != invoice.vat.minor or invoice.total.minor != net + vat:
            house.violated("I05 lines and VAT make the total", today, client, f"{invoice.number}: {net} {invoice.vat}")
        if invoice.due_on is not None and (invoice.due_on <= invoice.issued_on or not banks_are_open(invoice.due_on)):
            house.violated("I17 due on a bank day after issue", today, client, f"{invoice.number}: {invoice.due_on}")
        credited = [house.invoices[one] for one in client.notes if house.invoices[one].original_id == invoice_id]
        if sum(one.total.minor for one in credited) > invoice.total.minor:
            house.violated("I11 credit notes are at most the invoice", today, client, str(invoice.number))
        by_line: defaultdict[int, int] = defaultdict(int)
        for note in credited:
            for line in note.lines:
                by_line[line.position] += line.net.minor
        for line in invoice.lines:
            if by_line[line.position] > line.net.minor:
                house.violated("I11 credit notes are at most the line", today, client, str(invoice.number))
        whole = credited and all(by_line[line.position] == line.net.minor for line in invoice.lines)
        if whole and sum(one.total.minor for one in credited) != invoice.total.minor:
            house.violated("I11 what is wholly credited is wholly given back", today, client, str(invoice.number))


def _liveness(house: House, client: Client, *, today: date) -> None:
    """14 and 76. Nothing that was due for weeks has been left: invoices, letters, steps."""
    if any(house.world.without_rounds(today - timedelta(days=back)) for back in range(60)):
        return
    for line in client.lines.values():
        runs = line.facts.until is None or line.facts.until > today
        is_late = line.facts.began_on < today - timedelta(days=60) and line.facts.billed_until < today - timedelta(
            days=35
        )
        if runs and is_late and line.facts.interval_months:
            house.violated("I14 billing goes on", today, client, f"{line.facts.plan} until {line.facts.billed_until}")
    for letter in client.letters.values():
        if letter.state == "waiting" and letter.on_day < today - timedelta(days=8):
            house.violated("I76 letters go out", today, client, letter.key)
    for invoice_id, claim in client.claims.items():
        if claim.look_again_on is not None and claim.look_again_on < today - timedelta(days=2):
            house.violated("I76 claims are looked at", today, client, f"{house.invoices[invoice_id].number}")


def _owes_overdue(house: House, client: Client, *, today: date) -> bool:
    return any(
        invoice.open_charges or (invoice.open_principal and invoice.due_on is not None and invoice.due_on < today)
        for invoice in (house.invoices[one] for one in client.invoices)
    )


def _owes_anything_overdue(house: House, client: Client, *, today: date) -> bool:
    """Like it, apart from what is disputed; what is due today may be counted: it was held before."""
    for invoice_id in client.invoices:
        invoice = house.invoices[invoice_id]
        if any(one.cause == "dispute" for one in client.pauses.get(invoice_id, ())):
            return True  # a dispute that ends makes it overdue again: then nothing lifts the hold by itself
        if invoice.open_charges or (invoice.open_principal and invoice.due_on is not None and invoice.due_on <= today):
            return True
    return False


def _standing(client: Client, key: str) -> LetterFacts | None:
    """Return the letter that stands under a key, or the one that it was written again as."""
    invoice_id = int(key.split(":")[1])
    found = [
        client.letters[other] for other in client.letters_of.get(invoice_id, ()) if other.split(":again:")[0] == key
    ]
    return next((letter for letter in reversed(found) if letter.state != "replaced"), None)


def _deadline(client: Client, invoice_id: int, step: int, *, today: date) -> date | None:
    """Return until when a reminder lets the client pay: as written, later by the days that its letter was late or all stood still."""
    for one in client.events.get(invoice_id, ()):
        if one.what == "reminder.written" and one.facts["step"] == step:
            written = date.fromisoformat(str(one.facts["deadline_on"]))
            letter = _standing(client, str(one.facts["letter"]))
            if letter is None or letter.accepted_on is None:
                return written
            stood_still = _days_stood_still(client, invoice_id, since=letter.accepted_on, today=today)
            return written + (letter.accepted_on - one.on_day) + timedelta(days=stood_still)
    return None


def _days_stood_still(client: Client, invoice_id: int, *, since: date, today: date) -> int:
    """Return on how many days after a day the claim stood still, day by day."""
    pauses = client.pauses.get(invoice_id, ())
    days = 0
    day = since + timedelta(days=1)
    while pauses and day < today:
        ends = [(one.since, one.ended_on or date.max, one.until or date.max) for one in pauses]
        days += any(begun <= day < min(ended, until) for begun, ended, until in ends)
        day += timedelta(days=1)
    return days


def _promised_days(client: Client, service: ServiceFacts) -> int | None:
    """Return how long the terms let data lie after a closing, at least."""
    for rule in rules_in(text_of(client.agreement.provider, client.agreement.version)).get("deletion", ()):
        products = rule.get("products") or ()
        assert isinstance(products, list | tuple)
        if rule.get("counted_from") == "closure" and (not products or service.product in products):
            days, months = rule.get("days"), rule.get("months")
            assert days is None or isinstance(days, int)
            assert months is None or isinstance(months, int)
            return days if days is not None else 28 * (months or 0)
    return None


def _bank_days_between(first: date, last: date) -> int:
    """Return how many days of the banks lie between two days, both left out."""
    return sum(banks_are_open(first + timedelta(days=back)) for back in range(1, (last - first).days))


def _was_only_credited(allocations: Iterable[AllocationFacts]) -> bool:
    return not any(one.entry_id is not None for one in allocations)


def _has_failed(state: str) -> bool:
    return state in {"rejected", "uncertain"}
