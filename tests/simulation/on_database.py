"""The script of a simulated world, carried out by the whole house: Django, PostgreSQL, the clock's rounds and its post.

What happens and when is asked of the same streams as in the simulation in memory (`servanda.simulation.happenings`); what follows
from it is the product's. Nothing of the pure simulation is used here, so that the two can be laid beside each other.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count
from typing import Literal

from django.conf import settings

from servanda.business.billing.actions.crediting import left_of_line
from servanda.business.billing.facts import InvoiceFacts
from servanda.business.billing.queries import invoices, invoices_of_customer
from servanda.business.companies.actions import move_test_clock
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import company as company_of
from servanda.business.contracts.models import Line
from servanda.business.customers.facts import CustomerDetails
from servanda.business.customers.queries import customer_numbered
from servanda.business.dunning.actions import (
    credit_note_for,
    decide_proposal,
    end_pause,
    pause_claim,
)
from servanda.business.dunning.queries import open_proposals
from servanda.business.dunning.queries.lists import pauses_of_invoice
from servanda.business.evidence.actions import set_brake
from servanda.business.evidence.models import Record
from servanda.business.letters.actions import send_again
from servanda.business.letters.models import Letter
from servanda.business.letters.queries import undelivered_letters
from servanda.drivers.letters import Accepted, Outcome, OutgoingMail, Rejected, Uncertain
from servanda.faces.clock.post import deliver_of
from servanda.faces.clock.rounds import run_round
from servanda.faces.demo.companies import open_company
from servanda.faces.demo.customers import new_line, sign
from servanda.ground.calendar import is_bank_day, moment_of
from servanda.simulation.faults import (
    answer_of,
    is_braked,
    mail_fate,
    resent_after,
    rounds_of,
)
from servanda.simulation.habits import answer_to, life_of
from servanda.simulation.happenings import (
    Credits,
    Happening,
    Leaves,
    LivedCustomer,
    Pays,
    Resumes,
    Seen,
    Stops,
    TakesBack,
    World,
)
from servanda.terms.clauses import CustomerKind
from tests.cast import EVA
from tests.simulation.bank import Bank

DAY = timedelta(days=1)
SEEN: dict[str, Literal["invoice", "reminder", "hold", "closing"]] = {
    "hold.placed": "hold",
    "contract.ended": "closing",
}


@dataclass
class FatedPost:
    """A post that does with each letter what the world has in store for it."""

    house: "DatabaseHouse"
    attempts: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def send_all(self, messages: Iterable[OutgoingMail]) -> Iterator[Outcome]:
        for message in messages:
            yield self.send(message)

    def send(self, message: OutgoingMail) -> Outcome:
        name = message.attachments[0].name.removesuffix(".pdf")
        customer, letter = self.house.letter_named(name)
        self.attempts[f"{customer} {letter}"] += 1
        world = self.house.world
        fate = mail_fate(world.seed, customer, letter, self.attempts[f"{customer} {letter}"], faults=world.faults)
        self.house.mails.append((self.house.today, customer, letter, fate))
        match fate:
            case "accepted":
                return Accepted("250 ok", "simulated")
            case "uncertain":
                return Uncertain("connection lost after the content was sent")
            case _:
                return Rejected("simulated", is_permanent=fate == "refused")


@dataclass
class DatabaseHouse:
    """A company on a test clock that lives through a world."""

    world: World
    company_id: int = field(init=False)
    customers: dict[int, int] = field(default_factory=dict)  # by the world's number, the row
    coming: list[tuple[tuple[date, int, int, str, str], int, Happening]] = field(default_factory=list)
    proposals: dict[int, date | None] = field(default_factory=dict)
    answers: dict[int, bool] = field(default_factory=dict)
    asked: defaultdict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))
    resend: dict[int, date] = field(default_factory=dict)
    seen_until: int = 0
    mails: list[tuple[date, int, str, str]] = field(default_factory=list)
    is_held: bool = False
    numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        begins = self.world.begins_on
        self.company_id = open_company(
            self.world.provider, clock_on=begins, at=moment_of(begins), today=begins
        ).company_id
        self.post, self.bank = FatedPost(self), Bank(self)

    @property
    def company(self) -> CompanyFacts:
        return company_of(self.company_id)

    @property
    def today(self) -> date:
        today = self.company.clock_on
        assert today is not None
        return today

    def live(self) -> None:
        """Let all days of the world pass."""
        self._add(self.world.price_moves)
        while self.today < self.world.until - DAY:
            self._day(self.today)
            move_test_clock(self.company_id, to=self.today + DAY)
        self._day(self.today)

    def story(self) -> tuple[str, ...]:
        """Return what happened with the customers, for whoever must find out where two simulations part."""
        rows = Record.objects.filter(company_id=self.company_id, customer_id__in=self.customers.values()).order_by("id")
        return tuple(
            f"{row.on_day}|{self._number_of(row.customer_id)}|{row.what}|{row.subject}|{row.facts}" for row in rows
        )

    def _day(self, today: date) -> None:
        world = self.world
        self._brake(today)
        self.bank.read_files(today)
        for one in world.customers:
            if one.began_on == today:
                self._sign(one, today)
        self._send_again(today)
        self.bank.explain(today)
        self._answer(today)
        if not world.without_rounds(today):
            for _ in range(rounds_of(world.seed, today, faults=world.faults) * world.rounds_a_day):
                self._round(today)
        self._happen(today)
        if is_bank_day(today):
            self.bank.close(today)

    def _brake(self, today: date) -> None:
        held = is_braked(self.world.seed, today, faults=self.world.faults)
        if held != self.is_held:
            self.is_held = held
            set_brake(self.company_id, is_engaged=held, by=EVA, reason="to look", at=moment_of(today), today=today)

    def _sign(self, lived: LivedCustomer, today: date) -> None:
        slug = self.world.provider
        is_consumer = lived.kind is CustomerKind.CONSUMER
        details = CustomerDetails(
            number=str(lived.number),
            kind=lived.kind,
            name=lived.name,
            email=lived.email,
            cvr="" if is_consumer else "13748136",
            address_lines=("Prøvevej 1",),
            postal_code="8000",
            city="Prøveby",
            language=lived.language,
        )
        lines = tuple(
            replace(
                new_line(slug, one.plan, began_on=one.began_on, description="", quantity=one.quantity),
                own_price=one.own_price,
            )
            for one in lived.lines
        )
        sign(self.company, details, contract=f"K-{lived.number}", lines=lines, today=today, at=moment_of(today))
        self.customers[lived.number] = customer_numbered(self.company_id, details.number).customer_id
        self._add(life_of(lived, self.world))

    def _round(self, today: date) -> None:
        settings.SIMULATED_POST = self.post
        for _ in range(4):
            run_round(self.company, now=moment_of(today))
            self._see(today)
            sent = deliver_of(self.company, now=moment_of(today))
            self._note_failures(today)
            self._see(today)
            self._answer(today)
            if not sent:
                break

    def _number_of(self, customer_id: int | None) -> int:
        return next(number for number, row in self.customers.items() if row == customer_id)

    def invoices_of(self, number: int) -> list[InvoiceFacts]:
        """Return a customer's invoices in the order of issue."""
        found = [one for one in invoices_of_customer(self.customers[number]) if one.kind == "invoice"]
        return sorted(found, key=lambda one: one.number)

    def how_manieth(self, number: int, invoice_id: int) -> int:
        return [one.invoice_id for one in self.invoices_of(number)].index(invoice_id) + 1

    def letter_named(self, name: str) -> tuple[int, str]:
        """Return the customer of a letter, and its name in the world: its kind, the customer's invoice and the step."""
        row = next(
            row
            for row in Letter.objects.filter(company_id=self.company_id, key__startswith=name.split("-")[0])
            if row.key.replace(":", "-") == name
        )
        return self._name_of(row)

    def _name_of(self, row: Letter) -> tuple[int, str]:
        customer = self._number_of(row.customer_id)
        number = self.how_manieth(customer, row.invoice_id) if row.invoice_id and row.kind != "credit_note" else 0
        step = row.key.split(":again:")[0].split(":")[2:] if row.kind == "reminder" else []
        return customer, ":".join((row.kind, str(number), *step))

    def _note_failures(self, today: date) -> None:
        for letter in undelivered_letters(self.company_id):
            if letter.letter_id not in self.resend and letter.state in {"rejected", "uncertain"}:
                customer, name = self._name_of(Letter.objects.get(pk=letter.letter_id))
                self.resend[letter.letter_id] = today + timedelta(days=resent_after(self.world.seed, customer, name))

    def _send_again(self, today: date) -> None:
        for letter in undelivered_letters(self.company_id):
            if letter.state in {"rejected", "uncertain"} and self.resend.get(letter.letter_id, date.max) <= today:
                send_again(
                    self.company_id,
                    letter.letter_id,
                    recipient=letter.recipient,
                    reason="the address is right",
                    by=EVA,
                    now=moment_of(today),
                    today=today,
                )

    def _answer(self, today: date) -> None:
        world = self.world
        for one in open_proposals(self.company_id):
            if one.act in ("not_specified", "time.asked"):
                continue
            if one.proposal_id not in self.proposals:
                customer = self._number_of(one.customer_id)
                self.asked[customer, one.act] += 1
                told = answer_of(world.seed, customer, one.act, self.asked[customer, one.act], faults=world.faults)
                self.answers[one.proposal_id] = told.is_yes
                self.proposals[one.proposal_id] = today + timedelta(days=told.days) if told.days is not None else None
            on = self.proposals[one.proposal_id]
            if on is not None and on <= today:
                decide_proposal(
                    self.company,
                    one.proposal_id,
                    is_approved=self.answers[one.proposal_id],
                    by=EVA,
                    reason="as the terms say",
                    today=today,
                    at=moment_of(today),
                )
        self._see(today)

    def _see(self, today: date) -> None:
        """Let customers see what came to them since they were last asked."""
        news = Record.objects.filter(company_id=self.company_id, id__gt=self.seen_until).order_by("id")
        for record in news:
            self.seen_until = record.id
            what, facts, subject = SEEN.get(record.what), record.facts, record.subject
            if record.what == "letter.accepted" and facts["kind"] in ("invoice", "reminder"):
                what, subject = facts["kind"], ":".join(["invoice", facts["letter"].split(":")[1]])
            if what is None or not subject.startswith("invoice:"):
                continue
            customer, invoice_id = self._number_of(record.customer_id), int(subject.split(":")[1])
            (invoice,) = invoices([invoice_id])
            step = str(facts.get("letter", "")).split(":again:")[0].split(":")[2:] if what == "reminder" else []
            seen = Seen(
                what=what,
                customer=customer,
                invoice=self.how_manieth(customer, invoice_id),
                on=today,
                issued_on=invoice.issued_on,
                due_on=invoice.due_on,
                total=invoice.total,
                step=int(step[0]) if step else 0,
            )
            lived = next(one for one in self.world.customers if one.number == customer)
            self._add(answer_to(lived, seen, self.world))

    def _add(self, happenings: Iterable[Happening]) -> None:
        for one in happenings:
            heapq.heappush(self.coming, (one.order, next(self.numbers), one))

    def _happen(self, today: date) -> None:
        while self.coming and self.coming[0][0][0] <= today:
            happening = heapq.heappop(self.coming)[2]
            match happening:
                case Pays():
                    self.bank.pay(happening, today)
                case TakesBack():
                    self.bank.take_back(happening, today)
                case Stops():
                    invoice = self.invoice(happening.customer, happening.invoice)
                    pause_claim(
                        self.company,
                        invoice.invoice_id,
                        cause=happening.cause.replace(" ", "_"),
                        reason="they called",
                        until=happening.until,
                        by=EVA,
                        today=today,
                        at=moment_of(today),
                    )
                case Resumes():
                    invoice = self.invoice(happening.customer, happening.invoice)
                    for pause in pauses_of_invoice(invoice.invoice_id):
                        if pause.ended_on is None:
                            end_pause(
                                self.company,
                                pause.pause_id,
                                invoice_id=invoice.invoice_id,
                                by=EVA,
                                today=today,
                                at=moment_of(today),
                            )
                case Credits():
                    self._credit(happening, today)
                case Leaves():
                    for line in Line.objects.filter(customer_id=self.customers[happening.customer], until=None):
                        line.until, line.end_cause = max(happening.ends_on, line.began_on), "agreed"
                        line.save(update_fields=["until", "end_cause"])

    def invoice(self, customer: int, number: int) -> InvoiceFacts:
        return self.invoices_of(customer)[number - 1]

    def _credit(self, credits: Credits, today: date) -> None:
        invoice = self.invoice(credits.customer, credits.invoice)
        nets = {
            line.position: min(line.net.split((credits.percent, 100 - credits.percent))[0], left_of_line(invoice, line))
            for line in invoice.lines
        }
        nets = {position: net for position, net in nets.items() if net}
        if nets:
            credit_note_for(
                self.company,
                invoice.invoice_id,
                net_by_position=nets,
                reason="kindness",
                because=(),
                by=EVA,
                today=today,
                at=moment_of(today),
            )
