"""What a payout, its approvals and the file that orders it are to others, and what a bank reports of them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from servanda.ground.citation import Citation
from servanda.ground.money import Money


class PayoutState(StrEnum):
    """Where a payout stands. The credit is taken from `approved` on, and is back after `rejected`, `returned`, `withdrawn`."""

    PROPOSED = "proposed"
    APPROVED = "approved"  # by as many as are needed: waits for a file to the bank
    ORDERED = "ordered"  # in a file to the bank
    SEEN = "seen"  # on a bank statement: done
    REJECTED = "rejected"  # by the bank
    RETURNED = "returned"  # it was paid, and the money came back
    DECLINED = "declined"  # by a person, before it was approved
    WITHDRAWN = "withdrawn"  # approved, and then stopped before it was ordered


class PayoutProblem(StrEnum):
    """What went wrong with a payout, so that a person must see to it."""

    TAKEN_BACK = "taken back"  # the bank took back the payment that the money came from: it was not ordered
    REJECTED = "rejected"  # by the bank, with its words
    CAME_BACK = "came back"  # it was paid, and the bank returned it
    ANOTHER_ENTRY = "another entry"  # an entry names it that is not its own
    REJECTED_AND_PAID = "rejected and paid"
    PAID_AND_REJECTED = "paid and rejected"


TAKEN = frozenset({PayoutState.APPROVED, PayoutState.ORDERED, PayoutState.SEEN})
COUNTED = TAKEN | {PayoutState.PROPOSED}


class AccountSource(StrEnum):
    """How it is known that the account is the customer's."""

    PAYMENT = "payment"  # money of the customer came from it
    CALLED_BACK = "called back"  # we called a number that we had before, and they read it out
    SIGNED_PAPER = "signed paper"
    IN_PERSON = "in person"
    E_MAIL = "e-mail"  # is refused: whoever writes a mail is not thereby known


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who proposes or approves: as the record names them, and by what a beneficiary would be known."""

    by: str
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """Whom a payout reaches, by all names under which they are known."""

    names: frozenset[str]
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutAsk:
    """What a person proposes: so much to that account, and how it is known."""

    amount: Money
    account: str
    holder: str
    source: AccountSource
    reason: str
    evidence: str = ""  # where the account is not one that money came from: what was seen or heard, when and by whom


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account that the customer's money came from: how much, and what was paid back to it already or is about to be."""

    account: str
    name: str
    entry_id: int
    received: Money
    paid_back: Money

    @property
    def left(self) -> Money:
        return self.received - self.paid_back


@dataclass(frozen=True, slots=True)
class PayoutRoom:
    """What a customer can be paid back: their credit without what is proposed already, and the accounts it may go to."""

    credit: Money
    proposed: Money
    received: Money
    paid_back: Money  # or about to be, to whatever account
    accounts: tuple[KnownAccount, ...]

    @property
    def free(self) -> Money:
        return self.credit - self.proposed


@dataclass(frozen=True, slots=True)
class Covered:
    """Money of a customer that was paid back, or billed again, or is about to be, from a day on."""

    on_day: date
    amount: Money


@dataclass(frozen=True, slots=True)
class RefundDue:
    """A consumer's money that must go back by a day, and that no payout covers yet."""

    customer_id: int
    amount: Money
    pay_out_by: date
    refund_id: int


@dataclass(frozen=True, slots=True)
class ApprovalFacts:
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutFacts:
    """A payout as it stands."""

    payout_id: int
    company_id: int
    customer_id: int
    number: int
    amount: Money
    account: str
    holder: str
    source: AccountSource
    entry_id: int | None  # the payment that the account is known from
    evidence: str
    reason: str
    because: tuple[Citation, ...]
    state: PayoutState
    approvals_needed: int
    approvals: tuple[ApprovalFacts, ...]
    proposed_by: str
    proposed_at: datetime
    end_to_end_id: str
    batch_id: int | None
    execution_on: date | None
    problem: PayoutProblem | None
    problem_detail: str
    is_problem_seen: bool

    @property
    def approvals_missing(self) -> int:
        return max(self.approvals_needed - len(self.approvals), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFacts:
    """A file of payment orders: made once, kept byte for byte."""

    batch_id: int
    company_id: int
    number: int
    message_id: str
    version: str
    execution_on: date
    made_at: datetime
    made_by: str
    total: Money
    count: int
    sha256: str


@dataclass(frozen=True, slots=True)
class TransferOrder:
    """One transfer in a file to the bank."""

    end_to_end_id: str
    amount: Money
    account: str
    holder: str
    text: str  # what the receiver sees


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFile:
    """All that a file of transfers says, so that the same values always make the same bytes."""

    message_id: str
    made_at: datetime
    execution_on: date
    debtor: str
    debtor_account: str
    transfers: tuple[TransferOrder, ...]
    version: str


@dataclass(frozen=True, slots=True)
class TransferStatus:
    """What the bank says of one transfer. `is_rejected` None: neither accepted nor rejected for good."""

    end_to_end_id: str
    is_rejected: bool | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport:
    """The bank's answer to one of our files. `is_all_rejected` speaks for every transfer that is not named."""

    file_name: str
    sha256: str
    message_id: str  # of our file
    is_all_rejected: bool
    reason: str
    transfers: tuple[TransferStatus, ...]
