"""What the pages about paying back show: frozen values, ready to be written down."""

from dataclasses import dataclass
from datetime import date, datetime

from servanda.faces.office.shown import Link, Stamp
from servanda.ground.citation import Citation
from servanda.ground.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutShown:
    payout_id: int
    number: int
    customer: Link
    amount: Money
    account: str
    holder: str
    known_by: str  # how it is known that the account is theirs
    reason: str
    because: tuple[Citation, ...]
    state: Stamp
    approvals: str  # who has said yes, and how many are still missing
    proposed: str
    is_mine: bool  # the reader has said yes already
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFileShown:
    number: int
    made_at: datetime
    execution_on: date
    count: int
    total: Money
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class CreditRow:
    customer: Link
    credit: Money
    since: date
    note: str


@dataclass(frozen=True, slots=True)
class DueBackRow:
    """A consumer's money that must go back by a day."""

    customer: Link
    refund_id: int
    amount: Money
    pay_out_by: date
    is_late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutsShown:
    """The page of all that is paid back."""

    proposed: tuple[PayoutShown, ...]
    approved: tuple[PayoutShown, ...]
    to_see: tuple[PayoutShown, ...]
    others: tuple[PayoutShown, ...]
    files: tuple[OrderFileShown, ...]
    credits: tuple[CreditRow, ...]
    due_back: tuple[DueBackRow, ...]
    approved_total: Money
    version: str  # of the file made last
    versions: tuple[str, ...]
    stopped: str  # why, or empty


@dataclass(frozen=True, slots=True)
class AccountChoice:
    account: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayBackPanel:
    """On the page of a customer: what they can be paid back, and to where."""

    free: Money
    suggested: str
    reason: str  # where it is known why
    accounts: tuple[AccountChoice, ...]
    sources: tuple[tuple[str, str], ...]
    payouts: tuple[PayoutShown, ...]
    owes: Money | None  # at the same time, on open invoices
