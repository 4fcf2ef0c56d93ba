"""What others see of a draft of the terms, of what was accepted, and of its proof."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Literal

from servanda.ground.refusal import Problem
from servanda.terms.document import Agreement, Language

IMPORTED = "import"  # who accepted, where an acceptance was taken over from another system

Source = Literal["own", "vendor"]
ProposedAct = Literal["discontinuation", "transfer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFacts:
    """A version that is being written, and how far it has come.

    `forecast` is what it would do to the customers, computed for the texts as they stand; None when they were changed
    since. `approved_by` counts only who said yes to these very texts.
    """

    draft_id: int
    company_id: int
    version: str
    base_version: str
    effective_on: date | None  # None while the texts cannot be read
    change: str
    reason: str
    danish: str
    english: str
    state: str
    written_by: str
    written_at: datetime
    forecast: Mapping[str, object] | None
    approved_by: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """The hash over all that is decided on, the reason too, which every customer reads: what a yes is given to."""
        return fingerprint_of(self.danish, self.english, self.change, self.reason)


def fingerprint_of(*parts: str) -> str:
    """Return the hash that stands for the parts of a draft: texts and class for a forecast, the reason too for a yes."""
    return sha256("\0".join(parts).encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedTerms:
    """A version as a reader sees it, figures filled in, as Markdown. `sha256` is that of the text as UTF-8."""

    version: str
    language: Language
    text: str
    sha256: str
    source_sha256: str  # of the document that it was made from


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorTermsFacts:
    """A vendor's terms as they are kept, without their content."""

    vendor_terms_id: int
    name: str
    version: str
    language: str
    media_type: str
    sha256: str
    products: tuple[str, ...]
    added_at: datetime

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceDraft:
    """An acceptance that is to be recorded, of the company's own terms or of a vendor's."""

    company_id: int
    customer_id: int
    subject: str
    accepted: RenderedTerms | VendorTermsFacts
    accepted_at: datetime
    accepted_by: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceFacts:
    """What was accepted, under which hash, when, by whom and how. `name` is the vendor's; own terms have none."""

    acceptance_id: int
    company_id: int
    customer_id: int
    subject: str
    what: Source
    name: str
    version: str
    language: str
    text_sha256: str
    media_type: str
    accepted_at: datetime
    accepted_by: str
    how: str
    recorded_at: datetime

    @property
    def is_imported(self) -> bool:
        """It was taken over: another system saw the acceptance, this one was told of it."""
        return self.accepted_by == IMPORTED


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedTerms:
    """An acceptance with the very bytes that were accepted."""

    facts: AcceptanceFacts
    content: bytes


@dataclass(frozen=True, slots=True)
class Party:
    """Who stands on one side of the agreement, as it is printed."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file that a proof carries within itself."""

    name: str
    media_type: str
    description: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Everything that a proof of agreement says, finished, in the language in which the terms were accepted.

    `text_html` is safe, and empty for a text that can only be attached.
    """

    language: Language
    title: str
    dated_on: date
    parties: tuple[tuple[str, Party], ...]
    facts: tuple[tuple[str, str], ...]
    sentences: tuple[str, ...]
    sha256_label: str
    sha256: str
    annexes_label: str
    annexes: tuple[tuple[str, str, str], ...]  # number, which terms, hash
    text_label: str
    text_html: str
    attached: tuple[Attached, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofRecord:
    """What a proof says of itself for programs: the file `acceptance.json` that it carries."""

    acceptance_id: int
    company: str  # its CVR number
    customer: str  # their number
    contract: str
    what: str
    name: str
    version: str
    language: str
    text_file: str
    text_sha256: str
    accepted_at: datetime
    accepted_by: str
    how: str
    annexes: tuple[tuple[str, str], ...]  # file and hash


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingDraft:
    """A draft to whose texts, as they stand, somebody has said yes: it waits for a second person, or to be published."""

    draft_id: int
    company_id: int
    version: str
    approved_by: tuple[str, ...]
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeProposalFacts:
    """What one person asks for and a second one settles: the end of a service, or handing over its operation."""

    proposal_id: int
    company_id: int
    act: ProposedAct
    subject: str  # the product, or the operator's name
    details: Mapping[str, str]
    reason: str
    proposed_by: str
    proposed_at: datetime
    state: str
    settled_by: str
    change_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedDraft:
    """The texts of a draft as documents, and all that is wrong with them.

    A document is there where it may be shown: each of its figures stands for something. It may still have problems, such as
    two clauses that contradict each other; then it can be looked at and mended, and not be published.
    """

    danish: Agreement | None
    english: Agreement | None
    problems: tuple[Problem, ...]

    @property
    def is_sound(self) -> bool:
        return not self.problems
