"""How is a statement written as CAMT.053 (001.02, 001.08)? For tests, the demo and the simulated banks.

What is written is read back as the same values, except `sha256`, which is of the file, and `notes`. Each line
of an entry's text becomes a remittance line, which the format limits to 140 characters.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Literal, cast

from lxml import etree

from servanda.drivers.payments.camt053 import NAMESPACES
from servanda.drivers.payments.statements import BankEntry, BankStatement
from servanda.ground.law.fik import FikLine, FikType
from servanda.ground.money import Money

CamtVersion = Literal["001.02", "001.08"]


def write_camt053(statements: Iterable[BankStatement], *, message_id: str, version: CamtVersion = "001.08") -> bytes:
    """Return a file with the statements, indented so that problems can be found by line."""
    written = tuple(statements)
    assert written, "a message without a statement says nothing"
    namespace = NAMESPACES[version]
    document = etree.Element(f"{{{namespace}}}Document", nsmap={None: namespace})  # type: ignore[dict-item]  # lxml takes None
    message = _add(document, "BkToCstmrStmt")
    header = _add(message, "GrpHdr")
    _add(header, "MsgId", message_id)
    _add(header, "CreDtTm", _moment_text(written[0].created_at))
    for statement in written:
        _write_statement(_add(message, "Stmt"), statement, version)
    content: bytes = etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return content


def _write_statement(stmt: etree._Element, statement: BankStatement, version: CamtVersion) -> None:
    _add(stmt, "Id", statement.statement_id)
    if statement.sequence is not None:
        _add(stmt, "ElctrncSeqNb", str(statement.sequence))
    _add(stmt, "CreDtTm", _moment_text(statement.created_at))
    account = _add(stmt, "Acct")
    _write_account_id(_add(account, "Id"), statement.account)
    _add(account, "Ccy", statement.currency)
    _write_balance(stmt, "OPBD", statement.opening, statement.opening_on)
    _write_balance(stmt, "CLBD", statement.closing, statement.closing_on)
    for entry in statement.entries:
        _write_entry(_add(stmt, "Ntry"), entry, version)


def _write_balance(stmt: etree._Element, code: str, amount: Money, day: date) -> None:
    balance = _add(stmt, "Bal")
    _add(_add(_add(balance, "Tp"), "CdOrPrtry"), "Cd", code)
    _write_amount(balance, amount)
    _add(_add(balance, "Dt"), "Dt", day.isoformat())


def _write_entry(ntry: etree._Element, entry: BankEntry, version: CamtVersion) -> None:
    _write_amount(ntry, entry.amount)
    if entry.is_reversal:
        _add(ntry, "RvslInd", "true")
    status = _add(ntry, "Sts", "BOOK" if version == "001.02" else "")
    if version == "001.08":
        _add(status, "Cd", "BOOK")
    _add(_add(ntry, "BookgDt"), "Dt", entry.booked_on.isoformat())
    _add(_add(ntry, "ValDt"), "Dt", entry.value_on.isoformat())
    if entry.reference:
        _add(ntry, "AcctSvcrRef", entry.reference)
    domain = _add(_add(ntry, "BkTxCd"), "Domn")
    _add(domain, "Cd", "PMNT")
    family = _add(domain, "Fmly")
    _add(family, "Cd", "RCDT" if entry.amount.minor >= 0 else "ICDT")
    _add(family, "SubFmlyCd", "DMCT")
    _write_transaction(_add(_add(ntry, "NtryDtls"), "TxDtls"), entry, version)


def _write_transaction(transaction: etree._Element, entry: BankEntry, version: CamtVersion) -> None:
    _add(_add(transaction, "Refs"), "EndToEndId", entry.end_to_end_id or "NOTPROVIDED")
    if entry.original is not None:
        instructed = _add(_add(transaction, "AmtDtls"), "InstdAmt")
        _add(instructed, "Amt", str(abs(entry.original.decimal))).set("Ccy", entry.original.currency)
    if version == "001.08":
        _write_amount(transaction, entry.amount)
    if entry.payer_name or entry.payer_account:
        _write_payer(_add(transaction, "RltdPties"), entry, version)
    if entry.text or entry.creditor_reference or entry.fik_type:
        remittance = _add(transaction, "RmtInf")
        for line in entry.text.splitlines():
            _add(remittance, "Ustrd", line)
        if entry.creditor_reference or entry.fik_type:
            reference = _add(_add(remittance, "Strd"), "CdtrRefInf")
            _add(reference, "Ref", _reference_text(entry))


def _write_payer(parties: etree._Element, entry: BankEntry, version: CamtVersion) -> None:
    if entry.payer_name:
        payer = _add(parties, "Dbtr")
        _add(payer if version == "001.02" else _add(payer, "Pty"), "Nm", entry.payer_name)
    if entry.payer_account:
        _write_account_id(_add(_add(parties, "DbtrAcct"), "Id"), entry.payer_account)


def _write_account_id(identification: etree._Element, account: str) -> None:
    if account[:2].isalpha():
        _add(identification, "IBAN", account)
    else:
        _add(_add(identification, "Othr"), "Id", account)


def _write_amount(parent: etree._Element, amount: Money) -> None:
    element = _add(parent, "Amt", str(abs(amount.decimal)))
    element.set("Ccy", amount.currency)
    _add(parent, "CdtDbtInd", "CRDT" if amount.minor >= 0 else "DBIT")


def _reference_text(entry: BankEntry) -> str:
    if not entry.fik_type:
        return entry.creditor_reference
    return str(FikLine(cast(FikType, entry.fik_type), entry.creditor_reference, entry.fik_creditor))


def _moment_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    element = etree.SubElement(parent, etree.QName(etree.QName(parent).namespace, name))
    if text:
        element.text = text
    return element
