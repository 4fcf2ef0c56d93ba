"""What came in on the bank account? Banks' files, read into statements and entries.

The port is `StatementReader`: bytes in, statements out, or every problem of the file at once and nothing
else. Whether the account is ours, whether a statement follows the one before, and what an entry pays, is for
the caller. Technologies: `camt053` (ISO 20022 statements, versions 001.02 and 001.08), `camt054` (notifications
of the same versions: advance news, without balances) and `csv_files` (whatever columns a bank's spreadsheet has,
by a layout that a person gives); `writing` makes ISO 20022 files for tests and the demo.
The other way, `pain001` writes transfers for the bank and `pain002` reads its answer.
"""

from servanda.drivers.payments.statements import (
    AnnouncedMovement,
    BankEntry,
    BankNotification,
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
    "AnnouncedMovement",
    "AnswerReader",
    "BankEntry",
    "BankNotification",
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
