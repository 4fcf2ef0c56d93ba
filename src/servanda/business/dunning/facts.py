"""What dunning must know of one unpaid invoice to say what is due: the claim, what was done, and what stands in the way."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from servanda.ground.money import Money
from servanda.terms.clauses import CustomerKind
from servanda.terms.resolving import Deviation

# What is left of a paid invoice below this is a slip of the pen or a rounding: it stays open, and nothing adverse follows.
TRIFLE = Money(1_00)


@dataclass(frozen=True, slots=True)
class Done:
    """A completed step, read from evidence. For a letter, `on` is the day the receiving server accepted it.

    `deadline_on` has been moved by as many days as the letter was late, so that it never comes nearer than promised.
    """

    what: str
    on: date
    step: int | None = None
    deadline_on: date | None = None
    fee: Money | None = None  # what a reminder announced
    amount: Money | None = None  # what a charge came to
    key: str = ""
    paused_days: int = 0  # so many days dunning has stood still since

    @property
    def counts_from(self) -> date:
        """Return the day that the next step counts from: as if the days of a pause had not been."""
        return self.on + timedelta(days=self.paused_days)


@dataclass(frozen=True, slots=True)
class HeldService:
    """A service that the invoice bills, or that the terms let a late payment touch."""

    service_id: int
    product: str
    name: str
    is_on_invoice: bool
    is_held: bool  # by this claim
    is_in_contract: bool = True  # of the contract that the invoice bills


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment on the principal, by the day its value reached us."""

    value_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class PauseFacts:
    """Why dunning of an invoice stands still, or stood still."""

    pause_id: int
    cause: str
    reason: str
    since: date
    until: date | None
    is_late: bool
    by: str
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """What became of an order that was put to a person: open, approved, declined or obsolete."""

    key: str
    state: str


@dataclass(frozen=True, slots=True)
class Reminded:
    """A customer's reminders in the present continuous arrears, on whatever invoice."""

    sent_on: tuple[date, ...] = ()
    with_fee_on: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrears:
    """One invoice as dunning sees it today. Complete: what a decision needs is here, also what has been done already.

    `due_on` is the day by the terms, already on a bank day; empty where the terms name none. `received_on` is the day
    the receiving server accepted the invoice; empty while that is not proven, and then nothing adverse happens.
    """

    invoice_id: int
    invoice_number: str
    provider: str
    terms_version: str
    customer_id: int
    customer_kind: CustomerKind
    products: frozenset[str]
    issued_on: date
    received_on: date | None
    due_on: date | None
    is_term_agreed: bool
    total: Money  # after credit notes
    open_principal: Money
    open_charges: Money
    payments: tuple[Paid, ...] = ()
    done: tuple[Done, ...] = ()
    waiting_letters: frozenset[str] = frozenset()  # keys of letters written but not yet proven
    failed_letters: frozenset[str] = frozenset()  # keys of letters that the server refused, or whose fate is uncertain
    paused_because: str = ""  # dispute, payment plan, pending payment, legal hold
    services: tuple[HeldService, ...] = ()
    fee_letters_on: tuple[date, ...] = ()  # of the customer, in this continuous arrears, on all invoices
    reminders_on: tuple[date, ...] = ()  # of the customer, with or without fee
    asked: frozenset[str] = frozenset()  # keys of acts that were put to a person and wait for an answer
    approved: frozenset[str] = frozenset()  # keys that a person said yes to
    declined: frozenset[str] = frozenset()
    received_key: str = ""  # the record of the invoice's acceptance by the receiving server
    own_terms: tuple[Deviation, ...] = ()  # the customer's own rules that held on the day of issue
    bank_known_until: date | None = None  # up to when the bank's entries are known; empty: payments come by hand

    @property
    def open_total(self) -> Money:
        return self.open_principal + self.open_charges

    def last(self, what: str, step: int | None = None) -> Done | None:
        """Return the completed step of that name, the latest if there are several."""
        found = [done for done in self.done if done.what == what and (step is None or done.step == step)]
        return max(found, key=lambda done: done.on) if found else None

    def with_done(self, *done: Done) -> "Arrears":
        return replace(self, done=(*self.done, *done))
