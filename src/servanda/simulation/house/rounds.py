"""A day in the house in memory: bank files, staff, the round with its letters, and what happens to happen."""

import heapq
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from servanda.business.billing.facts import BillableLine
from servanda.business.contracts.facts import RunningTerm
from servanda.business.hosting.facts import ServiceFacts
from servanda.ground.calendar import bank_day_on_or_after, is_bank_day
from servanda.ground.law.vat import VatBuyer
from servanda.ground.money import Money
from servanda.simulation.faults import explained_after, file_fate, is_braked, rounds_of
from servanda.simulation.habits import answer_to, life_of
from servanda.simulation.happenings import (
    Credits,
    Happening,
    Leaves,
    LivedCustomer,
    Pays,
    PriceMoves,
    Resumes,
    Seen,
    Stops,
    TakesBack,
)
from servanda.simulation.house import checks
from servanda.simulation.house.billing import give_back_unused, issue_due, move_price
from servanda.simulation.house.dunning import (
    answer,
    look_again,
    look_again_at_silence,
    pause,
    purge_due,
    resume,
    seen_of,
    settle,
    work_off,
)
from servanda.simulation.house.letters import SEEN, send_again, send_waiting
from servanda.simulation.house.money import (
    book_payment,
    credit_lines,
    credits_of,
    explain,
    left_of_line,
    take_back,
    use_credits,
)
from servanda.simulation.house.state import NOTHING, Client, Entry, House, Line
from servanda.terms.clauses import CustomerKind
from servanda.terms.versions import Library

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of a bank file that is still to be read."""

    name: str
    customer: int
    amount: Money
    on: date
    told: str
    text: str
    account: str
    pays: Pays | None = None
    takes_back: str = ""  # the name of the payment that leaves again


@dataclass(slots=True)
class Course:
    """What is to come: happenings, files of the bank, and the days on which a client is looked at."""

    house: House
    library: Library
    coming: list[tuple[tuple[date, int, int, str, str], int, Happening]] = field(default_factory=list)
    signing: list[tuple[date, int, LivedCustomer]] = field(default_factory=list)
    files: dict[date, list[Movement]] = field(default_factory=dict)  # by the bank's day
    reading: dict[date, list[tuple[date, int]]] = field(default_factory=lambda: defaultdict(list))
    looks: list[tuple[date, int]] = field(default_factory=list)
    look_on: dict[int, date] = field(default_factory=dict)
    count: int = 0

    def add(self, happenings: Iterable[Happening]) -> None:
        for one in happenings:
            self.count += 1
            heapq.heappush(self.coming, (one.order, self.count, one))

    def look(self, client: Client, on: date | None) -> None:
        """Ask for a look at a client on a day, if none is asked for sooner."""
        if on is not None and on < self.look_on.get(client.number, date.max):
            self.look_on[client.number] = on
            heapq.heappush(self.looks, (on, client.number))


def live(course: Course) -> None:
    """Let all days of the world pass."""
    world = course.house.world
    course.add(world.price_moves)
    course.signing = sorted((one.began_on, one.number, one) for one in world.customers)
    day = world.begins_on
    while day < world.until:
        live_day(course, day)
        day += DAY
    checks.at_the_end(course.house, today=world.until)


def live_day(course: Course, today: date) -> None:
    """Let one day pass, in the order of its hours."""
    house = course.house
    house.is_braked = is_braked(house.world.seed, today, faults=house.world.faults)
    _read_files(course, today)
    while course.signing and course.signing[0][0] == today:
        _sign(course, course.signing.pop(0)[2], today)
    is_away = house.world.without_rounds(today)
    looked_at = _due_clients(course, today)
    for number in looked_at:
        _staff(course, house.clients[number], today)
    if not is_away:
        for _ in range(rounds_of(house.world.seed, today, faults=house.world.faults) * house.world.rounds_a_day):
            for number in looked_at:
                _round(course, house.clients[number], today)
    _happen(course, today)
    if is_bank_day(today):
        _close_file(course, today)
    for number in looked_at:
        client = house.clients[number]
        _note_next_look(course, client, today)
        if client.told != client.checked or today.day == 1:
            client.checked = client.told
            checks.client(house, client, today=today)


def _due_clients(course: Course, today: date) -> list[int]:
    due = set()
    while course.looks and course.looks[0][0] <= today:
        on, number = heapq.heappop(course.looks)
        if course.look_on.get(number) == on:
            del course.look_on[number]
            due.add(number)
    return sorted(due)


def _sign(course: Course, lived: LivedCustomer, today: date) -> None:
    house = course.house
    agreement = course.library.version_on(today)
    client = Client(lived, agreement, VatBuyer(country="DK", is_business=lived.kind is not CustomerKind.CONSUMER))
    house.clients[lived.number] = client
    for bought in lived.lines:
        plan = house.prices.plan(bought.plan)
        line_id = house.new_id()
        facts = BillableLine(
            line_id=line_id,
            product=plan.product.code,
            plan=bought.plan,
            description="",
            quantity=bought.quantity,
            own_price=bought.own_price,
            interval_months=plan.interval_months,
            began_on=bought.began_on,
            until=None,
            billed_until=bought.began_on,
        )
        client.lines[line_id] = Line(facts, look_again_on=today, term=_term(facts))
    house.tell(today, client, "contract.concluded", detail=agreement.version)
    course.add(life_of(lived, house.world))
    course.look(client, today)


def _term(line: BillableLine) -> RunningTerm | None:
    return None


def _staff(course: Course, client: Client, today: date) -> None:
    house = course.house
    for letter in send_again(house, client, today=today):
        if letter.invoice_id is not None:
            look_again(client, [letter.invoice_id], today=today)
    for entry in [house.entries[entry_id] for entry_id in client.waiting]:
        if entry.state == "suspense" and entry.meant and entry.explain_on is not None and entry.explain_on <= today:
            client.waiting.remove(entry.entry_id)
            invoice_id = client.invoices[entry.meant.invoice - 1]
            settle(house, client, explain(house, client, entry, invoice_id, today=today), today=today)
    _see(course, answer(house, client, today=today))


def _round(course: Course, client: Client, today: date) -> None:
    """Make the round of one client with its letters; a letter that is accepted may make the next step due the same day."""
    house = course.house
    for _ in range(4):
        settle(house, client, give_back_unused(house, client, today=today), today=today)
        _open_services(course, client, today)
        issue_due(house, client, today=today)
        settle(house, client, use_credits(house, client, today=today), today=today)
        seen = work_off(house, client, today=today)
        settle(house, client, give_back_unused(house, client, today=today), today=today)
        purge_due(house, client, today=today)
        _see(course, seen)
        sent = send_waiting(house, client, today=today)
        for letter, is_accepted in sent:
            if letter.invoice_id is None:
                continue
            look_again(client, [letter.invoice_id], today=today)
            if is_accepted and letter.kind in SEEN:
                step = int(letter.key.split(":again:")[0].split(":")[2]) if letter.kind == "reminder" else 0
                _see(course, [seen_of(house, client, letter.kind, letter.invoice_id, today=today, step=step)])
        before = client.told
        _see(course, answer(house, client, today=today))
        if not sent and client.told == before:
            break


def _open_services(course: Course, client: Client, today: date) -> None:
    known = {service.line_id for service in client.services.values()}
    for line_id, line in client.lines.items():
        plan = course.house.prices.plan(line.facts.plan)
        runs = line.facts.began_on <= today and (line.facts.until is None or line.facts.until > today)
        if line_id in known or not plan.product.is_service or not runs:
            continue
        service_id = course.house.new_id()
        client.services[service_id] = ServiceFacts(
            service_id=service_id,
            customer_id=client.number,
            line_id=line_id,
            product=line.facts.product,
            name=f"{line.facts.product} {len(client.services) + 1}",
            state="running",
            began_on=line.facts.began_on,
            quarantined_on=None,
            purge_on=None,
            purged_on=None,
            purge_decided_by="person",
        )
        course.house.tell(today, client, "service.opened", detail=client.services[service_id].name)
        for invoice_id, claim in client.claims.items():
            if claim.waits_for != "paid":
                look_again(client, [invoice_id], today=today)


def _see(course: Course, seen: Iterable[Seen]) -> None:
    for one in seen:
        client = course.house.clients[one.customer]
        course.add(answer_to(client.lived, one, course.house.world))


def _happen(course: Course, today: date) -> None:
    while course.coming and course.coming[0][0][0] <= today:
        _, _, happening = heapq.heappop(course.coming)
        if isinstance(happening, PriceMoves):
            move_price(course.house, happening, today=today)
            for client in course.house.clients.values():
                course.look(client, today + DAY)
            continue
        client = course.house.clients[happening.customer]
        _carry_out(course, client, happening, today)
        course.look(client, today + DAY)


def _carry_out(course: Course, client: Client, happening: Happening, today: date) -> None:
    house = course.house
    match happening:
        case Pays():
            _pay(course, client, happening, today)
        case TakesBack():
            _ask_back(course, client, happening, today)
        case Stops():
            invoice_id = client.invoices[happening.invoice - 1]
            pause(house, client, invoice_id, cause=happening.cause, until=happening.until, today=today)
        case Resumes():
            resume(house, client, client.invoices[happening.invoice - 1], today=today)
        case Credits():
            invoice = house.invoices[client.invoices[happening.invoice - 1]]
            nets = {
                line.position: min(
                    line.net.split((happening.percent, 100 - happening.percent))[0],
                    left_of_line(house, client, invoice, line),
                )
                for line in invoice.lines
            }
            changed = credit_lines(house, client, invoice.invoice_id, nets, why="kindness", today=today)
            settle(house, client, changed, today=today)
        case Leaves():
            for line in client.lines.values():
                if line.facts.until is None:
                    line.facts = replace(line.facts, until=max(happening.ends_on, line.facts.began_on))
                    line.end_cause = "agreed"
            house.tell(today, client, "notice.received", detail=f"ends {happening.ends_on}")


def _pay(course: Course, client: Client, pays: Pays, today: date) -> None:
    invoice = course.house.invoices[client.invoices[pays.invoice - 1]]
    amount = {
        "principal": invoice.open_principal,
        "everything": invoice.open_total,
        "fixed": pays.fixed or NOTHING,
    }[pays.asked]
    if amount.minor <= 0:
        return
    reference, text = "", ""
    match pays.told:
        case "reference":
            reference = invoice.reference
        case "number":
            text = f"Faktura {invoice.number}"
        case "nothing":
            text = "Overførsel"
        case "wrong digit":
            reference = invoice.reference[:-1] + str((int(invoice.reference[-1]) + 1) % 10)
    name = f"B{today}-{client.number}-{pays.invoice}-{pays.part}"
    shares = amount.split((1, 1)) if client.lived.in_two and pays.told == "reference" else (amount,)
    course.files.setdefault(today, []).extend(
        Movement(
            f"{name}{'' if place == 0 else '-b'}", client.number, share, today, reference, text, pays.account, pays
        )
        for place, share in enumerate(shares)
    )


def _ask_back(course: Course, client: Client, happening: TakesBack, today: date) -> None:
    invoice_id = client.invoices[happening.invoice - 1]
    reference = course.house.invoices[invoice_id].reference
    paid = [course.house.entries[entry_id] for entry_id in client.entries]
    paid = [entry for entry in paid if entry.state == "matched" and entry.reference == reference]
    if not paid:
        return
    entry = paid[-1]
    day = bank_day_on_or_after(today)
    course.files.setdefault(day, []).append(
        Movement(
            f"R{day}-{client.number}-{happening.invoice}",
            client.number,
            -entry.amount,
            day,
            "",
            "",
            "",
            None,
            entry.name,
        )
    )


def _close_file(course: Course, day: date) -> None:
    """Note when the bank's file of a day is read."""
    fate = file_fate(course.house.world.seed, day, faults=course.house.world.faults)
    read_on = day + DAY + timedelta(days=fate.days)
    for _ in range(fate.times):
        course.reading[read_on].append((day, fate.overlaps))


def _read_files(course: Course, today: date) -> None:
    """Read the files that come in this morning, the oldest first. What is known of them already changes nothing."""
    house = course.house
    touched: dict[int, Client] = {}
    for day, overlaps in sorted(course.reading.pop(today, ())):
        for number in range(overlaps, -1, -1):
            for movement in course.files.get(day - timedelta(days=number), ()):
                if movement.name in house.known_movements:
                    continue
                client = house.clients[movement.customer]
                _book(course, client, movement, today)
                touched[client.number] = client
        house.bank_known_until = max(house.bank_known_until or day, day)
    for client in house.clients.values() if house.bank_known_until else ():
        if client.number in touched or look_again_at_silence(client, today=today):
            course.look(client, today)


def _book(course: Course, client: Client, movement: Movement, today: date) -> None:
    house = course.house
    if movement.takes_back:
        entry = house.entries[house.known_movements[movement.takes_back]]
        house.known_movements[movement.name] = entry.entry_id
        if entry.state == "matched":
            settle(house, client, take_back(house, client, entry, value_on=movement.on, today=today), today=today)
        return
    entry = Entry(
        entry_id=house.new_id(),
        customer=None,
        amount=movement.amount,
        unallocated=movement.amount,
        booked_on=movement.on,
        value_on=movement.on,
        reference=movement.told,
        state="suspense",
        because="",
        account=movement.account,
        name=movement.name,
        meant=movement.pays,
    )
    house.entries[entry.entry_id] = entry
    house.known_movements[movement.name] = entry.entry_id
    meant = client.invoices[movement.pays.invoice - 1] if movement.pays is not None else None
    is_principal = meant is not None and house.invoices[meant].open_principal == movement.amount
    changed = book_payment(house, entry, told=movement.told, text=movement.text, today=today)
    if meant is not None and is_principal and entry.state == "matched" and house.invoices[meant].open_principal:
        house.violated("I24 exactly the principal pays the principal", today, client, entry.name)
    if entry.state == "suspense" and movement.pays is not None:
        pays = movement.pays
        wait = explained_after(house.world.seed, client.number, pays.invoice, pays.part)
        entry.explain_on = today + timedelta(days=wait)
        client.waiting.append(entry.entry_id)
        house.tell(today, client, "payment.in_suspense", client.invoices[pays.invoice - 1], entry.amount, entry.because)
    owner = house.clients[entry.customer] if entry.customer is not None else client
    settle(house, owner, changed, today=today)
    course.look(owner, today)


def _note_next_look(course: Course, client: Client, today: date) -> None:
    """Ask for a look at the client on the first day on which something may be due."""
    days = [line.look_again_on for line in client.lines.values()]
    days += [line.facts.began_on for line in client.lines.values() if line.facts.began_on > today]
    days += [line.facts.until for line in client.lines.values() if line.facts.until and not line.is_ended]
    days += [claim.look_again_on for claim in client.claims.values()]
    days += list(client.resend.values())
    days += [
        service.purge_on
        for service in client.services.values()
        if service.purge_decided_by != "person" and service.state == "quarantined"
    ]
    days += [one.answer_on for one in client.proposals.values() if one.state == "open"]
    days += [course.house.entries[entry_id].explain_on for entry_id in client.waiting]
    if client.waiting_letters:
        days.append(today + DAY)
    if credits_of(course.house, client) and any(course.house.invoices[one].open_total for one in client.invoices):
        days.append(today + DAY)
    known = [max(day, today + DAY) for day in days if day is not None]
    course.look(client, min(known, default=None))
