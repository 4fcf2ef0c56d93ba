"""What does a CAMT.053 file say? ISO 20022 bank-to-customer statements, versions 001.02 and 001.08.

A file is believed only as a whole: each statement's opening balance and booked entries must give its closing
balance. A cut or doctored file is thereby found before anything is posted. The two versions differ in few
places (status, parties, amounts of transactions); the reader looks in both, and the namespace only decides
whether to read at all.
"""

import hashlib
from datetime import date

from servanda.drivers.payments.camt_entries import read_entries
from servanda.drivers.payments.camt_values import ASK_BANK, day_of, moment_of, signed_amount_of
from servanda.drivers.payments.elements import Element, Findings
from servanda.drivers.payments.safe_xml import open_xml
from servanda.drivers.payments.statements import BankEntry, BankStatement, WrongBankFile
from servanda.ground.message import Message
from servanda.ground.money import Money, total_of

NAMESPACES = {
    "001.02": "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02",
    "001.08": "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08",
}


def read_camt053(content: bytes, *, file: str) -> tuple[BankStatement, ...]:
    """Return the statements of the file, or refuse it with all of its problems at once."""
    root = open_xml(content, file=file)
    findings = Findings(file)
    document = Element(root, "Document", findings)
    sha256 = hashlib.sha256(content).hexdigest()
    statements = _statements(document, sha256) if _is_read(document) else []
    if findings.found:
        raise WrongBankFile(findings.problems)
    return tuple(statement for statement in statements if statement is not None)


def _is_read(document: Element) -> bool:
    if document.xml.tag in {f"{{{namespace}}}Document" for namespace in NAMESPACES.values()}:
        return True
    document.wrong(
        Message(
            "The document is %(tag)s; only %(known)s are read.",
            {"tag": str(document.xml.tag)[:120], "known": " and ".join(NAMESPACES.values())},
        ),
        "Ask the bank for statements as CAMT.053, version 001.02 or 001.08.",
    )
    return False


def _statements(document: Element, sha256: str) -> list[BankStatement | None]:
    message = document.first("BkToCstmrStmt")
    found = message.all("Stmt") if message else ()
    if not found:
        document.wrong("The document has no statement (BkToCstmrStmt/Stmt).", ASK_BANK)
    if message:
        check_pages(message, "GrpHdr/MsgPgntn")
    return [_statement(Element(stmt.xml, f"Stmt {n}", stmt.findings), sha256) for n, stmt in enumerate(found, 1)]


def check_pages(parent: Element, path: str) -> None:
    """Note a problem where a message is only a part of a divided one."""
    pages = parent.first(path)
    if pages and (pages.text("PgNb") not in {"", "1"} or pages.text("LastPgInd") in {"false", "0"}):
        pages.wrong(
            Message("This is page %(text)s of a statement that was divided.", {"text": pages.text("PgNb")[:10]}),
            "Ask the bank for each statement in one file; a part of one cannot be checked.",
        )


def _statement(stmt: Element, sha256: str) -> BankStatement | None:
    before = len(stmt.findings.found)
    account = account_of(stmt)
    currency = currency_of(stmt, otherwise=stmt.first("Bal/Amt"))
    check_pages(stmt, "StmtPgntn")
    statement_id = stmt.text("Id")
    if not statement_id:
        stmt.wrong("The statement has no identification (Id).", ASK_BANK)
    sequence = _sequence(stmt)
    created_at = moment_of(stmt, "CreDtTm")
    opening = _balance(stmt, ("OPBD", "PRCD"), currency=currency)
    closing = _balance(stmt, ("CLBD",), currency=currency)
    entries, notes = read_entries(stmt, account=account, currency=currency)
    if len(stmt.findings.found) > before or created_at is None or opening is None or closing is None:
        return None
    _check_sum(stmt, opening[0], entries, closing[0])
    return BankStatement(
        account=account,
        statement_id=statement_id,
        sequence=sequence,
        created_at=created_at,
        opening=opening[0],
        opening_on=opening[1],
        closing=closing[0],
        closing_on=closing[1],
        currency=currency,
        entries=entries,
        sha256=sha256,
        notes=notes,
    )


def account_of(stmt: Element) -> str:
    """Return the account that a statement or notification is of, as the bank names it."""
    account = stmt.text("Acct/Id/IBAN").replace(" ", "").upper() or stmt.text("Acct/Id/Othr/Id")
    if not account:
        stmt.wrong("The statement does not say which account it is of (Acct/Id).", ASK_BANK)
    return account


def currency_of(stmt: Element, *, otherwise: Element | None) -> str:
    """Return the account's currency; where the account has none, that of another amount, such as its first balance."""
    currency = stmt.text("Acct/Ccy") or (otherwise.xml.get("Ccy", "") if otherwise else "")
    if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        stmt.wrong(
            Message(
                "The account's currency is '%(currency)s'; it must be one such as DKK.", {"currency": currency[:10]}
            ),
            ASK_BANK,
        )
    return currency


def _sequence(stmt: Element) -> int | None:
    text = stmt.text("ElctrncSeqNb", "LglSeqNb")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        stmt.wrong(
            Message("The statement's number is '%(text)s'; it must be a whole number.", {"text": text[:40]}), ASK_BANK
        )
        return None
    return int(text)


def _balance(stmt: Element, codes: tuple[str, ...], *, currency: str) -> tuple[Money, date] | None:
    """Return the balance of the first code that is there, with its day."""
    balances = stmt.all("Bal")
    for code in codes:
        found = [balance for balance in balances if balance.text("Tp/CdOrPrtry/Cd") == code]
        if len(found) > 1:
            found[1].wrong(
                Message("The statement has %(count)s balances %(code)s.", {"count": len(found), "code": code}), ASK_BANK
            )
            return None
        if found:
            return _amount_and_day(found[0], currency)
    stmt.wrong(
        Message(
            "The statement has no booked balance %(known)s, so it cannot be checked.", {"known": " or ".join(codes)}
        ),
        "Ask the bank for end-of-day statements (CAMT.053) with opening and closing balance.",
    )
    return None


def _amount_and_day(balance: Element, currency: str) -> tuple[Money, date] | None:
    amount = signed_amount_of(balance, currency=currency)
    day = day_of(balance, "Dt")
    if balance.first("Dt") is None:
        balance.wrong("The balance has no date (Dt).", ASK_BANK)
    return None if amount is None or day is None else (amount, day)


def _check_sum(stmt: Element, opening: Money, entries: tuple[BankEntry, ...], closing: Money) -> None:
    reached = opening + total_of((entry.amount for entry in entries), opening.currency)
    if reached != closing:
        stmt.wrong(
            Message(
                "The balances do not add up: opening %(opening)s and %(count)s booked entries give %(reached)s, "
                "but the closing balance is %(closing)s; the difference is %(difference)s.",
                {
                    "opening": opening,
                    "count": len(entries),
                    "reached": reached,
                    "closing": closing,
                    "difference": closing - reached,
                },
            ),
            Message("Entries are missing, changed or doubled. Nothing was read. %(remedy)s", {"remedy": ASK_BANK}),
        )
