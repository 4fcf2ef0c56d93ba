"""How are transfers ordered from a bank? ISO 20022 customer credit transfers, pain.001.001.03 and pain.001.001.09.

One file has one block of transfers from one account on one day, in kroner. The same values always make the same bytes, so a
file can be proven to be the one that was approved. Each transfer is asked to be booked by itself, and is named by an
end-to-end id that comes back on the statement. Danish banks take IBAN or the domestic number (as BBAN) of an account.

Facts: ISO 20022 message definitions; the banks' own guides differ in what they require beyond them.
"""

from datetime import UTC

from lxml import etree

from servanda.drivers.payments.transfers import PainVersion, Transfer, TransferFile
from servanda.ground.money import total_of

NAMESPACES: dict[str, str] = {
    "001.03": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03",
    "001.09": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09",
}
ID_LETTERS_MAX = 35
NAME_LETTERS_MAX = 70  # 140 by the standard; several banks refuse more than 70
TEXT_LETTERS_MAX = 140
UNKNOWN_BANK = "NOTPROVIDED"  # an IBAN says which bank it is at


def write_pain001(file: TransferFile, *, version: PainVersion) -> bytes:
    """Return the file's bytes; the same file always gives the same."""
    assert file.transfers, "a file without transfers orders nothing"
    assert len(file.message_id) <= ID_LETTERS_MAX, "the standard allows an id 35 characters"
    ids = [transfer.end_to_end_id for transfer in file.transfers]
    assert len(set(ids)) == len(ids), "each transfer has a name of its own"
    namespace = NAMESPACES[version]
    document = etree.Element(f"{{{namespace}}}Document", nsmap={None: namespace})  # type: ignore[dict-item]  # lxml takes None
    order = _add(document, "CstmrCdtTrfInitn")
    _write_header(_add(order, "GrpHdr"), file)
    _write_block(_add(order, "PmtInf"), file, version)
    content: bytes = etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return content


def _write_header(header: etree._Element, file: TransferFile) -> None:
    _add(header, "MsgId", file.message_id)
    _add(header, "CreDtTm", file.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _write_sums(header, file)
    _add(_add(header, "InitgPty"), "Nm", _short(file.debtor, NAME_LETTERS_MAX))


def _write_block(block: etree._Element, file: TransferFile, version: PainVersion) -> None:
    _add(block, "PmtInfId", file.message_id)
    _add(block, "PmtMtd", "TRF")
    _add(block, "BtchBookg", "false")
    _write_sums(block, file)
    _add(_add(_add(block, "PmtTpInf"), "SvcLvl"), "Cd", "NURG")
    day = _add(block, "ReqdExctnDt", file.execution_on.isoformat() if version == "001.03" else "")
    if version == "001.09":
        _add(day, "Dt", file.execution_on.isoformat())
    _add(_add(block, "Dbtr"), "Nm", _short(file.debtor, NAME_LETTERS_MAX))
    account = _add(block, "DbtrAcct")
    _write_account_id(_add(account, "Id"), file.debtor_account)
    _add(account, "Ccy", file.transfers[0].amount.currency)
    _add(_add(_add(_add(block, "DbtrAgt"), "FinInstnId"), "Othr"), "Id", UNKNOWN_BANK)
    _add(block, "ChrgBr", "SHAR")
    for transfer in file.transfers:
        _write_transfer(_add(block, "CdtTrfTxInf"), transfer)


def _write_transfer(element: etree._Element, transfer: Transfer) -> None:
    assert 0 < len(transfer.end_to_end_id) <= ID_LETTERS_MAX, "the standard allows an id 35 characters"
    assert transfer.amount.minor > 0, "a transfer sends something"
    _add(_add(element, "PmtId"), "EndToEndId", transfer.end_to_end_id)
    amount = _add(_add(element, "Amt"), "InstdAmt", str(transfer.amount.decimal))
    amount.set("Ccy", transfer.amount.currency)
    _add(_add(element, "Cdtr"), "Nm", _short(transfer.holder, NAME_LETTERS_MAX))
    _write_account_id(_add(_add(element, "CdtrAcct"), "Id"), transfer.account)
    _add(_add(element, "RmtInf"), "Ustrd", _short(transfer.text, TEXT_LETTERS_MAX))


def _write_account_id(identification: etree._Element, account: str) -> None:
    if account[:2].isalpha():
        _add(identification, "IBAN", account)
        return
    other = _add(identification, "Othr")
    _add(other, "Id", account)
    _add(_add(other, "SchmeNm"), "Cd", "BBAN")


def _write_sums(parent: etree._Element, file: TransferFile) -> None:
    amounts = [transfer.amount for transfer in file.transfers]
    _add(parent, "NbOfTxs", str(len(amounts)))
    _add(parent, "CtrlSum", str(total_of(amounts, amounts[0].currency).decimal))


def _short(text: str, most: int) -> str:
    """Return the text on one line, without what XML cannot carry, cut to what the bank takes."""
    plain = "".join(letter for letter in " ".join(text.split()) if letter.isprintable())
    return plain[:most].strip()


def _add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    element = etree.SubElement(parent, etree.QName(etree.QName(parent).namespace, name))
    if text:
        element.text = text
    return element
