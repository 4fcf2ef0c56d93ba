"""What the pages on money that came in show, as frozen values."""

from dataclasses import dataclass
from datetime import date

from servanda.faces.office.shown import Link, Stamp, Tab
from servanda.ground.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PartShown:
    """So much for one invoice."""

    invoice_id: int
    invoice: Link
    amount: Money
    open: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalShown:
    """What an entry could be for. `key` says it in a form: the invoices, or only the customer."""

    place: int
    score: int
    reason: str
    customer: Link
    customer_id: int
    parts: tuple[PartShown, ...]
    rest: Money | None
    written_off: Money | None
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """One bank entry in the list."""

    entry_id: int
    address: str
    payer: str
    text: str
    booked_on: date
    amount: Money
    why: str
    score: int | None
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryOpen:
    """The entry that stands open beside the list, with all that is known of it."""

    entry_id: int
    payer: str
    payer_account: str
    text: str
    reference: str
    booked_on: date
    value_on: date
    amount: Money
    original: Money | None
    why: str
    state: Stamp
    may_be_given: bool
    may_be_undone: bool
    is_waiting: bool
    proposals: tuple[ProposalShown, ...]
    found: tuple[ProposalShown, ...]
    customers_found: tuple[tuple[int, Link], ...]
    parts: tuple[EntryRow, ...]
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxShown:
    """The list, the entry that stands open, and how much waits since when."""

    rows: tuple[EntryRow, ...]
    open: EntryOpen | None
    filters: tuple[Tab, ...]
    chosen: str
    search: str
    find: str
    count: int
    came_in: Money
    went_out: Money
    oldest_on: date | None
    bank_days: int
    is_old: bool
    sure: int
    older: str
    newer: str
    categories: tuple[tuple[str, str], ...]
    mappings: tuple[str, ...]
    small: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkRow:
    """An entry among many: what it would be given to, or why it is left for a person."""

    entry_id: int
    payer: str
    booked_on: date
    amount: Money
    proposal: ProposalShown | None
    why_not: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkShown:
    """What accepting many at once would do."""

    sure: tuple[BulkRow, ...]
    left: tuple[BulkRow, ...]
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldShown:
    """A field of the form for a layout."""

    name: str
    label: str
    value: str
    choices: tuple[tuple[str, str], ...]
    wrong: str
    help: str
    is_mark: bool = False
