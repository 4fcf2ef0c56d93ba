"""What does a bank answer to transfers that were ordered? ISO 20022 payment status reports, pain.002.001.03 and 001.10.

The answer speaks of the whole file, of its block, or of single transfers; the nearer word counts. A bank that rejects a whole
file often names no transfer at all. Only RJCT is a no, and only for good; PDNG and the accepting codes are not yet money moved.
"""

import hashlib

from servanda.drivers.payments.elements import Element, Findings
from servanda.drivers.payments.safe_xml import open_xml
from servanda.drivers.payments.statements import WrongBankFile
from servanda.drivers.payments.transfers import FileAnswer, TransferAnswer
from servanda.ground.message import Message

NAMESPACES = (
    "urn:iso:std:iso:20022:tech:xsd:pain.002.001.03",
    "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10",
)
REJECTED = "RJCT"
MIXED = "PART"
ACCEPTED = frozenset({"ACCP", "ACSC", "ACSP", "ACTC", "ACWC", "ACWP", "ACCC"})
UNDECIDED = frozenset({"PDNG", "RCVD"})
STATUSES = ACCEPTED | UNDECIDED | {REJECTED, MIXED}
_ASK = Message("Ask the bank for the status report as pain.002, and hand in the file as it was received.")


def read_pain002(content: bytes, *, file: str) -> FileAnswer:
    """Return the answer, or refuse the file with all of its problems at once."""
    root = open_xml(content, file=file)
    findings = Findings(file)
    document = Element(root, "Document", findings)
    answer = _answer(document, hashlib.sha256(content).hexdigest()) if _is_read(document) else None
    if findings.found or answer is None:
        raise WrongBankFile(findings.problems)
    return answer


def _is_read(document: Element) -> bool:
    if document.xml.tag in {f"{{{namespace}}}Document" for namespace in NAMESPACES}:
        return True
    document.wrong(
        Message(
            "The document is %(tag)s; only %(known)s are read.",
            {"tag": str(document.xml.tag)[:120], "known": " and ".join(NAMESPACES)},
        ),
        _ASK,
    )
    return False


def _answer(document: Element, sha256: str) -> FileAnswer | None:
    report = document.first("CstmrPmtStsRpt")
    original = report.first("OrgnlGrpInfAndSts") if report is not None else None
    if report is None or original is None:
        document.wrong("The document does not say which file it answers (OrgnlGrpInfAndSts).", _ASK)
        return None
    message_id = original.text("OrgnlMsgId")
    if not message_id:
        original.wrong("The answered file has no name (OrgnlMsgId).", _ASK)
    is_rejected = _status(original, "GrpSts") == REJECTED
    reason = _reason(original)
    transfers: list[TransferAnswer] = []
    for block in report.all("OrgnlPmtInfAndSts"):
        status = _status(block, "PmtInfSts")
        told = tuple(
            _transfer(one, block_status=status, block_reason=_reason(block)) for one in block.all("TxInfAndSts")
        )
        transfers.extend(one for one in told if one is not None)
        if status == REJECTED:  # our files have one block, so it speaks for all that is not named
            is_rejected, reason = True, _reason(block) or reason
    names = [one.end_to_end_id for one in transfers]
    for name in sorted({name for name in names if names.count(name) > 1}):
        report.wrong(Message("The transfer %(name)s is answered more than once.", {"name": name[:40]}), _ASK)
    return FileAnswer(
        message_id=message_id, is_all_rejected=is_rejected, reason=reason, transfers=tuple(transfers), sha256=sha256
    )


def _transfer(element: Element, *, block_status: str, block_reason: str) -> TransferAnswer | None:
    name = element.text("OrgnlEndToEndId")
    if not name:
        element.wrong("A transfer is answered without its name (OrgnlEndToEndId).", _ASK)
        return None
    status = _status(element, "TxSts") or block_status
    is_rejected = True if status == REJECTED else False if status in ACCEPTED else None
    return TransferAnswer(name, is_rejected, _reason(element) or block_reason)


def _status(parent: Element, name: str) -> str:
    status = parent.text(name)
    if status and status not in STATUSES:
        parent.wrong(
            Message(
                "The status %(name)s is '%(status)s'; it must be one of %(known)s.",
                {"name": name, "status": status[:40], "known": ", ".join(sorted(STATUSES))},
            ),
            _ASK,
        )
    return status


def _reason(parent: Element) -> str:
    """Return the bank's reasons: the code, and what it adds in words."""
    said = []
    for info in parent.all("StsRsnInf"):
        code = info.text("Rsn/Cd", "Rsn/Prtry")
        words = " ".join(info.texts("AddtlInf"))
        said.append(f"{code}: {words}" if code and words else code or words)
    return "; ".join(part for part in said if part)
