"""Transfers that are ordered from a bank, and what it answers, as plain values."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from servanda.ground.money import Money

PainVersion = Literal["001.03", "001.09"]


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer. `account` is an IBAN, or the digits of registration and account number."""

    end_to_end_id: str
    amount: Money
    account: str
    holder: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferFile:
    """All that a file says."""

    message_id: str
    made_at: datetime
    execution_on: date
    debtor: str
    debtor_account: str
    transfers: tuple[Transfer, ...]


@dataclass(frozen=True, slots=True)
class TransferAnswer:
    """What the bank says of one transfer: accepted, rejected, or (None) not decided."""

    end_to_end_id: str
    is_rejected: bool | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAnswer:
    """A bank's answer to one file. `is_all_rejected` speaks for the transfers that are not named."""

    message_id: str
    is_all_rejected: bool
    reason: str
    transfers: tuple[TransferAnswer, ...]
    sha256: str


class TransferWriter(Protocol):
    """Writes a file of transfers; the same values always give the same bytes."""

    def __call__(self, file: TransferFile, *, version: PainVersion) -> bytes: ...


class AnswerReader(Protocol):
    """Reads a bank's answer to one file, or raises `WrongBankFile` with all of its problems at once."""

    def __call__(self, content: bytes, *, file: str) -> FileAnswer: ...
