"""What came in on the bank account? Banks' files, read into statements and entries.

The port is `StatementReader`: bytes in, statements out, or every problem of the file at once and nothing
else. Whether the account is ours, whether a statement follows the one before, and what an entry pays, is for
the caller. Technologies: `camt053` (ISO 20022, versions 001.02 and 001.08); `writing` makes such files for
tests and the demo. The other way, `pain001` writes transfers for the bank and `pain002` reads its answer.
"""

from servanda.drivers.payments.statements import (
    BankEntry,
    BankStatement,
    EntryKey,
    StatementReader,
    WrongBankFile,
    with_ordinals,
)
from servanda.drivers.payments.transfers import (
    AnswerReader,
    FileAnswer,
    PainVersion,
    Transfer,
    TransferAnswer,
    TransferFile,
    TransferWriter,
)

__all__ = [
    "AnswerReader",
    "BankEntry",
    "BankStatement",
    "EntryKey",
    "FileAnswer",
    "PainVersion",
    "StatementReader",
    "Transfer",
    "TransferAnswer",
    "TransferFile",
    "TransferWriter",
    "WrongBankFile",
    "with_ordinals",
]
