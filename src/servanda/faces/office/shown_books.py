"""What the pages of the books show, as frozen values."""

from dataclasses import dataclass
from datetime import date, datetime

from servanda.faces.office.shown import Link, Pager, Stamp
from servanda.ground.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """An account with its numbers and its balance: debit above zero."""

    number: str
    name: str
    standard_number: str
    standard_name: str
    is_choice: bool  # which public account suits is a choice, not the law's word
    balance: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherLine:
    link: Link
    day: date
    kind: Stamp
    entries: int
    debit: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingShown:
    """How the books stand, and what closing them up to the day that is asked about would take."""

    closed_until: date | None
    until: date | None
    choices: tuple[date, ...]
    missing: tuple[str, ...]
    noted: tuple[str, ...]
    reopening_id: int | None
    reopening: str
    is_mine: bool  # who asked for the reopening is who looks: another person must answer
    history: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadLine:
    day: date
    sequence: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportChoice:
    text: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksShown:
    accounts: tuple[AccountLine, ...]
    vouchers: tuple[VoucherLine, ...]
    pager: Pager
    closing: ClosingShown
    heads: tuple[HeadLine, ...]
    since: date
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherMove:
    number: str
    name: str
    debit: Money
    credit: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    what: str
    links: tuple[Link, ...]
    of_day: date | None
    at: datetime
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherShown:
    number: int
    day: date
    made_on: date
    kind: Stamp
    sha256: str
    moves: tuple[VoucherMove, ...]
    debit: Money
    entries: tuple[EntryLine, ...]
    entries_more: int
    keep_until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLine:
    table: str
    kind: str
    because: str
    rows: int
    running: int
    first_until: date | None
    last_until: date | None
    may_go: int
