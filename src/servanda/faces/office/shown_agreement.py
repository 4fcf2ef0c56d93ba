"""What the pages of the agreement show: the book, what differs between versions, and a customer's own copy of it.

Texts that end in `html` were made safe by the terms; everything else is only ever text.
"""

from dataclasses import dataclass
from datetime import date

from servanda.faces.office.shown import Link, Stamp, Tab
from servanda.ground.citation import Citation
from servanda.terms.margin import MarginMark


@dataclass(frozen=True, slots=True, kw_only=True)
class AsideShown:
    """What stands beside the text of a clause: what it means for a reader, how it is read, what the law says to it."""

    kind: str
    label: str
    html: str
    is_label_shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseShown:
    """One clause of the book. With `why_not` it does not concern the reader, and stands folded."""

    number: str
    heading: str
    html: str
    asides: tuple[AsideShown, ...]
    marks: tuple[MarginMark, ...]
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterShown:
    heading: str
    intro: str
    clauses: tuple[ClauseShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """A version on the line of versions: since when it holds for new contracts, and how many contracts it binds."""

    name: str
    address: str
    since: date
    until: date | None
    bound: int
    is_here: bool
    is_of_today: bool
    compared: str  # the address of what is new in it; empty for the first


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementShown:
    name: str
    version: str
    effective_on: date
    until: date | None
    language: str
    sha256: str
    source_note: str
    chapters: tuple[ChapterShown, ...]
    house: tuple[ChapterShown, ...]
    legend: tuple[MarginMark, ...]
    languages: tuple[Tab, ...]
    versions: tuple[VersionRow, ...]
    files: tuple[Link, ...]
    sections: tuple[Tab, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RedlineShown:
    """A clause that reads differently, with both texts in it."""

    number: str
    heading: str
    html: str
    reading: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighedRow:
    """One difference between the rules of two versions, and whether it is better for the customer."""

    clause: str
    what: str
    before: str
    after: str
    stamp: Stamp
    for_whom: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedShown:
    """Two versions beside each other. `language` is that of the texts."""

    old: str
    new: str
    language: str
    languages: tuple[Tab, ...]
    versions: tuple[str, ...]
    sections: tuple[Tab, ...]
    clauses: tuple[RedlineShown, ...]
    counted: str
    weighed: tuple[WeighedRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialShown:
    """What was agreed with one customer in place of the terms."""

    text: str
    since: date
    last_day: date | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessionShown:
    """A version that is to follow for one contract, and what staff may note about it."""

    succession_id: int
    from_version: str
    to_version: str
    stamp: Stamp
    has_days: bool
    effect_on: date | None
    leave_until: date | None
    told_on: date | None
    accepted_on: date | None
    left_on: date | None
    bound_on: date | None
    because: tuple[Citation, ...]
    compared: str
    change: Link
    may_leave: bool
    may_accept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyShown:
    """The agreement as it is for one customer: the version that binds, what it means for them, what is to come."""

    customer: Link
    kind: str
    number: str
    contract: str
    contracts: tuple[Tab, ...]
    name: str
    version: str
    language: str
    languages: tuple[Tab, ...]
    accepted_version: str
    accepted_on: date
    products: tuple[str, ...]
    special: tuple[SpecialShown, ...]
    apart: tuple[str, ...]
    chapters: tuple[ChapterShown, ...]
    house: tuple[ChapterShown, ...]
    legend: tuple[MarginMark, ...]
    folded: int
    redline: tuple[RedlineShown, ...]
    successions: tuple[SuccessionShown, ...]
    sha256: str
