"""Which booked movements does a CAMT.053 statement hold?

One `Ntry` is one movement of the balance, but a batch of slips paid on one day is often one `Ntry` with a
`TxDtls` for each payer. Each payer's payment must be matched by itself, so a batch becomes one entry for each
transaction, provided that they account for the whole of it; a batch that is only partly told is refused, or
money would go missing.
"""

import re
from collections.abc import Iterator
from datetime import date
from itertools import chain

from servanda.drivers.payments.camt_values import (
    ASK_BANK,
    amount_of,
    day_of,
    mark_of,
    sign_of,
    signed_amount_of,
)
from servanda.drivers.payments.elements import Element
from servanda.drivers.payments.statements import BankEntry, with_ordinals
from servanda.ground.law.fik import FikLine, read_fik_line
from servanda.ground.message import Message
from servanda.ground.money import Money, total_of

_NOT_BOOKED = frozenset({"PDNG", "INFO", "FUTR"})  # pending, for information, to be booked later
_AMOUNTS = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt")
# Some banks only count the entries of a file in NtryRef; the same entry has another number in the next file.
_COUNTER = re.compile(r"[0-9]{1,6}\Z")
_LINE_IN_TEXT = re.compile(r"\+\s*(?:01|04|15|71|73|75)\s*<[0-9 ]*\+\s*[0-9]{7,8}\s*<")


def read_entries(statement: Element, *, account: str, currency: str) -> tuple[tuple[BankEntry, ...], tuple[str, ...]]:
    """Return the booked entries, and a note for each that was left out because it is not booked."""
    notes: list[str] = []
    booked = [entries_of(entry, account=account, currency=currency) for entry in booked_elements(statement, notes)]
    return with_ordinals(chain.from_iterable(booked)), tuple(notes)


def booked_elements(statement: Element, notes: list[str]) -> Iterator[Element]:
    """Yield the `Ntry` that are booked; a note is added for each that is left out because it is not."""
    for found in statement.all("Ntry"):
        entry = _named(found)
        status = entry.text("Sts/Cd", "Sts")
        if status == "BOOK":
            yield entry
        elif status in _NOT_BOOKED:
            notes.append(
                Message(
                    "%(where)s is not booked yet (%(status)s), so it was left out.",
                    {"where": entry.where, "status": status},
                )
            )
        else:
            entry.wrong(
                Message(
                    "The status (Sts) is '%(status)s'; it must be BOOK, PDNG, INFO or FUTR.", {"status": status[:40]}
                ),
                ASK_BANK,
            )


def _named(entry: Element) -> Element:
    reference = entry.text("AcctSvcrRef", "NtryRef")
    where = f"{entry.where} ({reference[:40]})" if reference else entry.where
    return Element(entry.xml, where, entry.findings)


def entries_of(entry: Element, *, account: str, currency: str) -> tuple[BankEntry, ...]:
    """Return the payments that one movement is made of, not numbered yet; the whole is what they come to."""
    amount = _booked_amount(entry, currency)
    booked_on = day_of(entry, "BookgDt")
    value_on = day_of(entry, "ValDt")
    is_reversal = mark_of(entry, "RvslInd")
    if entry.first("BookgDt") is None:
        entry.wrong("The entry is booked, but has no booking date (BookgDt).", ASK_BANK)
    if amount is None or booked_on is None or is_reversal is None:
        return ()
    return tuple(
        _entry(entry, transaction, share, account, booked_on, value_on or booked_on, is_reversal=is_reversal)
        for transaction, share in _shares(entry, amount)
    )


def _booked_amount(entry: Element, currency: str) -> Money | None:
    """Return what the entry moved on the account. A bank may write it in the payer's currency, with its value beside it."""
    amount = entry.first("Amt")
    if amount is None or amount.xml.get("Ccy") in {None, "", currency}:
        return signed_amount_of(entry, currency=currency)
    for path in ("AmtDtls/CntrValAmt/Amt", "AmtDtls/TxAmt/Amt", "NtryDtls/TxDtls/AmtDtls/CntrValAmt/Amt"):
        value = entry.first(path)
        if value is not None and value.xml.get("Ccy") == currency:
            money, sign = amount_of(value, currency=currency), sign_of(entry)
            return None if money is None or sign is None else money * sign
    return signed_amount_of(entry, currency=currency)  # tells that it is in the wrong currency


def _entry(
    entry: Element,
    transaction: Element,
    share: Money,
    account: str,
    booked_on: date,
    value_on: date,
    *,
    is_reversal: bool,
) -> BankEntry:
    slip = _slip(transaction)
    return BankEntry(
        account=account,
        reference=_reference(entry, transaction),
        ordinal=1,
        amount=share,
        booked_on=booked_on,
        value_on=value_on,
        text=_text(entry, transaction),
        creditor_reference=_creditor_reference(transaction),
        end_to_end_id=_end_to_end_id(transaction),
        payer_name=transaction.text("RltdPties/Dbtr/Pty/Nm", "RltdPties/Dbtr/Nm"),
        payer_account=_payer_account(transaction),
        is_reversal=is_reversal,
        fik_type=slip.type if slip is not None else "",
        fik_creditor=slip.creditor if slip is not None else "",
        original=_original(entry, transaction, share.currency),
    )


def _shares(entry: Element, amount: Money) -> tuple[tuple[Element, Money], ...]:
    """Return each transaction with its part of the amount; an entry without any stands for itself."""
    transactions = entry.all("NtryDtls/TxDtls")
    _check_batch_counts(entry)
    if not transactions:
        return ((entry, amount),)
    if len(transactions) == 1:
        _check_single(entry, transactions[0], amount)
        return ((transactions[0], amount),)
    shares = [_share(transaction, amount) for transaction in transactions]
    missing = sum(share is None for share in shares)
    if missing:
        entry.wrong(
            Message(
                "The entry of %(amount)s has %(count)s transactions; %(missing)s of them have no readable amount.",
                {"amount": amount, "count": len(transactions), "missing": missing},
            ),
            "Ask the bank to give the amount of each transaction in a batch.",
        )
        return ()
    known = [share for share in shares if share is not None]
    total = total_of(known, amount.currency)
    if total != amount:
        entry.wrong(
            Message(
                "The entry is %(amount)s, but its %(count)s transactions add up to %(total)s; the difference is %(difference)s.",
                {"amount": amount, "count": len(known), "total": total, "difference": amount - total},
            ),
            "Ask the bank for the missing transactions, or for the batch as single entries.",
        )
        return ()
    return tuple(zip(transactions, known, strict=True))


def _share(transaction: Element, whole: Money) -> Money | None:
    """Return the transaction's own amount; without a direction (never given in 001.02) it has the batch's."""
    sign = sign_of(transaction, otherwise=-1 if whole.minor < 0 else 1)
    amount = _own_amount(transaction, whole.currency)
    money = None if amount is None else amount_of(amount, currency=whole.currency)
    return None if money is None or sign is None else money * sign


def _own_amount(transaction: Element, currency: str = "") -> Element | None:
    """Return the transaction's amount: in the account's currency, if any of the places has it in that."""
    # 001.08 has the amount on the transaction; 001.02 only among the amount details.
    found = [amount for path in _AMOUNTS if (amount := transaction.first(path)) is not None]
    return next((amount for amount in found if amount.xml.get("Ccy") == currency), found[0] if found else None)


def _original(entry: Element, transaction: Element, currency: str) -> Money | None:
    """Return what the payer sent, where that was in another currency than the account's."""
    for parent in (transaction, entry):
        for path in ("AmtDtls/InstdAmt/Amt", "AmtDtls/TxAmt/Amt", "Amt"):
            amount = parent.first(path)
            foreign = amount.xml.get("Ccy", "") if amount is not None else ""
            if amount is not None and foreign and foreign != currency and len(foreign) == 3:
                return amount_of(amount, currency=foreign)
    return None


def _check_single(entry: Element, transaction: Element, whole: Money) -> None:
    """The booked amount is what counts; another one is right only where currency or charges explain it."""
    amount = _own_amount(transaction, whole.currency)
    has_charges = entry.first("Chrgs") is not None or transaction.first("Chrgs") is not None
    if amount is None or has_charges or amount.xml.get("Ccy") != whole.currency:
        return
    share = _share(transaction, whole)
    if share is not None and share != whole:
        entry.wrong(
            Message(
                "The entry is %(whole)s, but its only transaction is %(share)s, and no charges explain it.",
                {"whole": whole, "share": share},
            ),
            "Ask the bank for the missing transactions.",
        )


def _check_batch_counts(entry: Element) -> None:
    """A batch of which only some transactions are told would give the whole amount to the few."""
    for details in entry.all("NtryDtls"):
        told = len(details.all("TxDtls"))
        promised = details.text("Btch/NbOfTxs")
        if told and promised.isdecimal() and promised.lstrip("0") != str(told):
            entry.wrong(
                Message(
                    "The entry says it has %(promised)s transactions, but %(told)s are told.",
                    {"promised": promised[:15], "told": told},
                ),
                "Ask the bank for the missing transactions.",
            )


def _reference(entry: Element, transaction: Element) -> str:
    return transaction.text("Refs/AcctSvcrRef") or reference_of_entry(entry)


def reference_of_entry(entry: Element) -> str:
    """Return the bank's own reference of a whole entry, if it gave one."""
    reference = entry.text("AcctSvcrRef") or entry.text("NtryRef")
    return reference if entry.text("AcctSvcrRef") or not _COUNTER.match(reference) else ""


def _end_to_end_id(transaction: Element) -> str:
    text = transaction.text("Refs/EndToEndId")
    return "" if text == "NOTPROVIDED" else text


def _payer_account(transaction: Element) -> str:
    iban = transaction.text("RltdPties/DbtrAcct/Id/IBAN")
    return iban.replace(" ", "").upper() or transaction.text("RltdPties/DbtrAcct/Id/Othr/Id")


def _creditor_reference(transaction: Element) -> str:
    references = _structured_references(transaction)
    if not references:
        in_text = chain.from_iterable(_LINE_IN_TEXT.findall(line) for line in transaction.texts("RmtInf/Ustrd"))
        references = tuple(dict.fromkeys(reference for line in in_text if (reference := _payment_id(line))))
    return references[0] if len(references) == 1 else ""


def _slip(transaction: Element) -> FikLine | None:
    """Return the code line of the slip that the payment was made by, if the bank gave one and no other."""
    written = chain(
        transaction.texts("RmtInf/Strd/CdtrRefInf/Ref"),
        chain.from_iterable(_LINE_IN_TEXT.findall(line) for line in transaction.texts("RmtInf/Ustrd")),
    )
    lines = {line for text in written if (line := read_fik_line(text)) is not None}
    return next(iter(lines)) if len(lines) == 1 else None


def _structured_references(transaction: Element) -> tuple[str, ...]:
    written = transaction.texts("RmtInf/Strd/CdtrRefInf/Ref")
    return tuple(dict.fromkeys(reference for text in written if (reference := _payment_id(text))))


def _payment_id(text: str) -> str:
    line = read_fik_line(text)
    if line is not None:
        return line.payment_id  # none for the kinds of slips that carry none
    written = text
    unspaced = written.replace(" ", "")
    return unspaced if unspaced.isdecimal() else written


def _text(entry: Element, transaction: Element) -> str:
    """Return everything a person wrote about the payment, one thing to a line."""
    references = _structured_references(transaction)
    written = chain(
        transaction.texts("RmtInf/Ustrd"),
        transaction.texts("RmtInf/Strd/RfrdDocInf/Nb"),
        transaction.texts("RmtInf/Strd/AddtlRmtInf"),
        transaction.texts("AddtlTxInf"),
        references if len(references) > 1 else (),
    )
    lines = tuple(line.strip() for text in written for line in text.splitlines() if line.strip())
    return "\n".join(lines) or entry.text("AddtlNtryInf")
