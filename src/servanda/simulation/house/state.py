"""What the house in memory knows: rows as values, and the few things that change about them.

A client is a customer with all that is theirs. Nothing of one client is read for another, but the numbers of invoices and the
references on slips, which are the company's.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache

from servanda.business.billing.decisions.reading import terms_of_version
from servanda.business.billing.decisions.terms import BillingTerms
from servanda.business.billing.facts import BillableLine, InvoiceFacts
from servanda.business.catalogue.facts import PriceList
from servanda.business.contracts.facts import Announced, RunningTerm
from servanda.business.dunning.facts import PauseFacts
from servanda.business.evidence.facts import Approval, Event
from servanda.business.hosting.facts import ServiceFacts
from servanda.business.ledger.facts import Account, PostingLine
from servanda.business.letters.facts import LetterFacts
from servanda.ground.calendar import moment_of
from servanda.ground.citation import Citation
from servanda.ground.law.vat import VatBuyer
from servanda.ground.money import Money
from servanda.simulation.happenings import LivedCustomer, Pays, World
from servanda.terms.clauses import CustomerKind
from servanda.terms.document import Agreement

COMPANY = 1
NOTHING = Money(0)


@lru_cache(maxsize=8192)
def moment(day: date) -> datetime:
    return moment_of(day)


@dataclass(slots=True)
class Line:
    """A contract line, and when it is looked at again by billing."""

    facts: BillableLine
    look_again_on: date | None
    term: RunningTerm | None = None
    end_cause: str = ""
    is_ended: bool = False


@dataclass(slots=True)
class Claim:
    """An invoice as dunning follows it: hints only."""

    look_again_on: date | None
    waits_for: str = ""


@dataclass(slots=True)
class Proposal:
    """An order that was put to staff, and their answer."""

    key: str
    act: str
    invoice_id: int
    state: str = "open"
    answer_on: date | None = None
    is_yes: bool = False
    approval: Approval | None = None


@dataclass(slots=True)
class Entry:
    """A movement on the bank account, and what became of it."""

    entry_id: int
    customer: int | None  # whose it is, once that is known
    amount: Money
    unallocated: Money
    booked_on: date
    value_on: date
    reference: str
    state: str  # suspense, matched, reversed
    because: str
    account: str
    name: str = ""  # the bank's own reference
    meant: Pays | None = None
    explain_on: date | None = None


@dataclass(slots=True)
class GivenTime:
    """What was given back of a billed line because its time is not used."""

    amount: Money = NOTHING
    since: date | None = None
    steps: int = 0
    for_until: date | None = None
    otherwise: Money = NOTHING


@dataclass(slots=True)
class Client:
    """A customer with all that is theirs."""

    lived: LivedCustomer
    agreement: Agreement
    buyer: VatBuyer
    lines: dict[int, Line] = field(default_factory=dict)
    services: dict[int, ServiceFacts] = field(default_factory=dict)
    invoices: list[int] = field(default_factory=list)  # without credit notes, in the order of issue
    notes: list[int] = field(default_factory=list)
    claims: dict[int, Claim] = field(default_factory=dict)
    pauses: dict[int, list[PauseFacts]] = field(default_factory=dict)
    proposals: dict[str, Proposal] = field(default_factory=dict)
    letters: dict[str, LetterFacts] = field(default_factory=dict)
    waiting_letters: list[str] = field(default_factory=list)
    letters_of: dict[int, list[str]] = field(default_factory=dict)  # keys, by invoice
    resend: dict[str, date] = field(default_factory=dict)
    events: dict[int, list[Event]] = field(default_factory=dict)  # by invoice
    reminding: list[Event] = field(default_factory=list)
    entries: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)  # entries in suspense that the client meant for something
    given: dict[int, GivenTime] = field(default_factory=dict)  # by the invoice's line
    books: dict[Account, int] = field(default_factory=dict)
    told: int = 0  # lines in the log
    checked: int = 0  # as many when all was checked

    @property
    def number(self) -> int:
        return self.lived.number

    @property
    def kind(self) -> CustomerKind:
        return self.lived.kind


class Stopped(Exception):
    """The first violation was asked for, and it has come."""


@dataclass(slots=True)
class House:
    """The company with its clients, and what has happened."""

    world: World
    prices: PriceList
    clients: dict[int, Client] = field(default_factory=dict)
    invoices: dict[int, InvoiceFacts] = field(default_factory=dict)
    by_reference: dict[str, int] = field(default_factory=dict)
    by_number: dict[int, int] = field(default_factory=dict)
    entries: dict[int, Entry] = field(default_factory=dict)
    known_movements: dict[str, int] = field(default_factory=dict)
    paid_before: dict[str, set[int]] = field(default_factory=dict)  # by account, the customers it paid for by reference
    next_number: int = 1001
    next_id: int = 0
    bank_known_until: date | None = None
    recorded: set[str] = field(default_factory=set)  # keys of evidence
    warrants: set[str] = field(default_factory=set)
    journal: set[str] = field(default_factory=set)
    books: dict[Account, int] = field(default_factory=dict)
    price_changes: dict[tuple[str, date], int] = field(default_factory=dict)
    told_prices: dict[tuple[str, date, int], Announced] = field(default_factory=dict)
    step: int = 0
    acts: int = 0
    log: list[tuple[date, int, str, int, int, str]] = field(default_factory=list)
    violations: list[tuple[str, date, int, int, str]] = field(default_factory=list)
    is_braked: bool = False
    stops_at_first: bool = False

    def new_id(self) -> int:
        self.next_id += 1
        return self.next_id

    def tell(
        self, day: date, client: Client, what: str, invoice_id: int = 0, amount: Money = NOTHING, detail: str = ""
    ) -> None:
        """Write a line of the log: it names no id, so that another customer changes none of it."""
        self.step += 1
        client.told += 1
        number = self.how_manieth(client, invoice_id) if invoice_id else 0
        self.log.append((day, client.number, what, number, amount.minor, detail))

    def how_manieth(self, client: Client, invoice_id: int) -> int:
        invoice = self.invoices[invoice_id]
        return client.invoices.index(invoice.original_id or invoice_id) + 1

    def violated(self, invariant: str, day: date, client: Client | None, said: str) -> None:
        self.violations.append((invariant, day, self.step, client.number if client else 0, said))
        if self.stops_at_first:
            raise Stopped

    def record(
        self,
        client: Client,
        key: str,
        what: str,
        *,
        invoice_id: int | None,
        today: date,
        because: tuple[Citation, ...] = (),
        facts: dict[str, object] | None = None,
    ) -> bool:
        """Record what happened, once for each key."""
        if key in self.recorded:
            return False
        self.recorded.add(key)
        subject = f"invoice:{invoice_id}" if invoice_id else f"customer:{client.number}"
        event = Event(
            company_id=COMPANY,
            key=key,
            what=what,
            subject=subject,
            on_day=today,
            at=moment(today),
            because=because,
            facts=facts or {},
            customer_id=client.number,
        )
        if invoice_id and not what.startswith("letter."):
            client.events.setdefault(invoice_id, []).append(event)
        if what in {"arrears.cleared", "reminder.written", "letter.accepted"}:
            client.reminding.append(event)
        return True

    def post(self, client: Client | None, key: str, lines: Iterable[PostingLine], *, today: date) -> None:
        """Book an entry: its lines add up to nothing, and its key is new."""
        moved = [line for line in lines if line.amount]
        if sum(line.amount.minor for line in moved):
            self.violated("I01 every entry adds up to nothing", today, client, f"{key}: {moved}")
        if key in self.journal:
            self.violated("I12 an entry is booked once", today, client, key)
        self.journal.add(key)
        for line in moved:
            self.books[line.account] = self.books.get(line.account, 0) + line.amount.minor
            if client is not None:
                client.books[line.account] = client.books.get(line.account, 0) + line.amount.minor

    def change(self, invoice_id: int, **values: object) -> InvoiceFacts:
        changed = replace(self.invoices[invoice_id], **values)  # type: ignore[arg-type]
        self.invoices[invoice_id] = changed
        return changed

    def terms_of(self, invoice: InvoiceFacts) -> BillingTerms:
        client = self.clients[invoice.customer_id]
        return terms_of_version(client.agreement, invoice.customer_kind, own_terms=(), on=invoice.issued_on)


def is_paused(pause: PauseFacts, *, today: date) -> bool:
    """Tell whether a pause holds today, as the house's queries ask for it."""
    return pause.ended_on is None and pause.since <= today and (pause.until is None or pause.until > today)
