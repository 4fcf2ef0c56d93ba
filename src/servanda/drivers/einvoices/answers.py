"""What did the receiver, or the network, say of a document? Reads ApplicationResponse, and writes it for tests.

Three dialects say nearly the same: OIOUBL (BusinessAccept, TechnicalReject …), Peppol's message level response (AP, RE) and
its invoice response (AB, IP, UQ, CA, RE, AP, PD). What the carrier itself has to say, it leaves as a little JSON.
"""

import json
from datetime import date

from lxml import etree

from servanda.drivers.einvoices.oioubl_parts import SCHEMES
from servanda.drivers.einvoices.parties import Identifier, Party
from servanda.drivers.einvoices.ports import Answer, ResponseCode
from servanda.drivers.einvoices.recognising import CAC, CBC, UBL
from servanda.drivers.einvoices.safe_xml import NotSafeXml, open_xml
from servanda.drivers.einvoices.ubl import cac, cbc, document
from servanda.ground.law.sentences import Sentence

_CODES: dict[str, ResponseCode] = {
    "BusinessAccept": "business accept",
    "BusinessReject": "business reject",
    "TechnicalAccept": "technical accept",
    "TechnicalReject": "technical reject",
    "ProfileAccept": "profile accept",
    "ProfileReject": "profile reject",
}
_PEPPOL_CODES: dict[str, ResponseCode] = {
    "AB": "technical accept",
    "AP": "business accept",
    "RE": "business reject",
    "IP": "in process",
    "UQ": "under query",
    "CA": "conditionally accepted",
    "PD": "paid",
}
_WRITTEN = {code: name for name, code in _CODES.items()}
_OIOUBL_SCHEMES = {name: code for code, name in SCHEMES.items()}
_MESSAGE_LEVEL = "urn:fdc:peppol.eu:poacc:trns:mlr"
_TYPES = {
    "380": "invoice",
    "381": "credit note",
    "Invoice": "invoice",
    "CreditNote": "credit note",
    "Reminder": "reminder",
}


def read_answer(content: bytes) -> Answer:
    """Return what the file says; refuses with `NotSafeXml` what is no answer."""
    if content.lstrip()[:1] == b"{":
        return _carriers_word(content)
    root = open_xml(content)
    if root.tag != f"{{{UBL}ApplicationResponse-2}}ApplicationResponse":
        raise _refusal(
            f"Filen er <{etree.QName(root).localname}>, ikke et svar (ApplicationResponse).",
            f"The file is <{etree.QName(root).localname}>, not an answer (ApplicationResponse).",
        )
    response = root.find(f"{CAC}DocumentResponse")
    number = "" if response is None else _text(response, "DocumentReference", "ID")
    if response is None or not number:
        raise _refusal(
            "Svaret siger ikke, hvilket dokument det gælder.", "The answer does not say which document it is about."
        )
    raw_code = _text(response, "Response", "ResponseCode")
    kind = _text(response, "DocumentReference", "DocumentTypeCode")
    return Answer(
        answer_id=_text(root, "ID"),
        code=_code_of(raw_code, customization=_text(root, "CustomizationID")),
        document_number=number,
        issued_on=_day(_text(root, "IssueDate")),
        raw_code=raw_code,
        document_type=_TYPES.get(kind, kind),
        reasons=_reasons(response),
        sender=_identifier(root, "SenderParty"),
        recipient=_identifier(root, "ReceiverParty"),
    )


def write_answer(answer: Answer, *, sender: Party, recipient: Party, document_uuid: str = "") -> bytes:
    """Return the answer as an ApplicationResponse of OIOUBL 2.1."""
    code = _WRITTEN.get(answer.code, "")
    assert code, f"OIOUBL has no word for {answer.code!r}"
    kind = {"credit note": "CreditNote", "reminder": "Reminder"}.get(answer.document_type, "Invoice")
    is_technical = code == "TechnicalAccept"
    return document(
        "ApplicationResponse",
        cbc("UBLVersionID", "2.1"),
        cbc("CustomizationID", "OIOUBL-2.1"),
        cbc(
            "ProfileID",
            "Procurement-TecRes-1.0" if is_technical else "Procurement-BilSimR-1.0",
            {"schemeAgencyID": "320", "schemeID": f"urn:oioubl:id:profileid-1.{6 if is_technical else 3}"},
        ),
        cbc("ID", answer.answer_id),
        cbc("IssueDate", answer.issued_on.isoformat() if answer.issued_on else ""),
        _party("SenderParty", sender),
        _party("ReceiverParty", recipient),
        cac(
            "DocumentResponse",
            cac(
                "Response",
                cbc("ReferenceID", "1"),
                cbc("ResponseCode", code, {"listAgencyID": "320", "listID": "urn:oioubl:codelist:responsecode-1.1"}),
                cbc("Description", "\n".join(answer.reasons)),
            ),
            cac(
                "DocumentReference",
                cbc("ID", answer.document_number),
                cbc("UUID", document_uuid),
                cbc(
                    "DocumentTypeCode",
                    kind,
                    {"listAgencyID": "320", "listID": "urn:oioubl:codelist:responsedocumenttypecode-1.2"},
                ),
            ),
        ),
    )


def _party(name: str, party: Party) -> str:
    endpoint, legal = party.endpoint, party.legal_id
    assert endpoint is not None, "an answer is sent to and from an electronic address"
    return cac(
        name,
        _numbered("EndpointID", endpoint),
        cac("PartyIdentification", _numbered("ID", legal or endpoint)),
        cac("PartyName", cbc("Name", party.name)),
        cac("PartyLegalEntity", cbc("RegistrationName", party.name), _numbered("CompanyID", legal, legal=True))
        if legal
        else "",
    )


def _numbered(name: str, given: Identifier, *, legal: bool = False) -> str:
    scheme = SCHEMES.get(given.scheme, "ZZZ")
    if legal and scheme != "DK:CVR":
        return cbc(name, given.value, {"schemeID": "ZZZ"})
    value = f"DK{given.value}" if scheme == "DK:CVR" else given.value
    return cbc(name, value, {"schemeAgencyID": "9", "schemeID": "GLN"} if scheme == "GLN" else {"schemeID": scheme})


def _carriers_word(content: bytes) -> Answer:
    try:
        said = json.loads(content)
        key, number, outcome = str(said["key"]), str(said["number"]), str(said["outcome"])
    except (ValueError, KeyError, TypeError) as error:
        raise _refusal(
            "Filen skal være JSON med key, number og outcome.", "The file must be JSON with key, number and outcome."
        ) from error
    if outcome not in {"delivered", "failed"}:
        raise _refusal(
            f"outcome er {outcome!r}; det skal være delivered eller failed.",
            f"The outcome is {outcome!r}; it must be delivered or failed.",
        )
    return Answer(
        answer_id=key,
        code="technical accept" if outcome == "delivered" else "technical reject",
        document_number=number,
        issued_on=None,
        raw_code=outcome,
        reasons=(str(said["reason"]),) if said.get("reason") else (),
        key=key,
    )


def _code_of(raw: str, *, customization: str) -> ResponseCode:
    if raw == "RE" and customization.startswith(_MESSAGE_LEVEL):
        return "technical reject"
    if raw == "AP" and customization.startswith(_MESSAGE_LEVEL):
        return "technical accept"
    return _CODES.get(raw) or _PEPPOL_CODES.get(raw, "unknown")


def _reasons(response: etree._Element) -> tuple[str, ...]:
    """Everything that is said about why: of the document, its status codes, and its lines; each once."""
    paths = (
        f"{CAC}Response/{CBC}Description",
        f"{CAC}Response/{CAC}Status/{CBC}StatusReason",
        f"{CAC}Response/{CAC}Status/{CAC}Condition/{CBC}Description",
        f"{CAC}LineResponse/{CAC}Response/{CBC}Description",
        f"{CAC}LineResponse/{CAC}Response/{CAC}Status/{CBC}StatusReason",
    )
    texts = (" ".join((one.text or "").split()) for path in paths for one in response.iterfind(path))
    return tuple(dict.fromkeys(text for text in texts if text))


def _text(element: etree._Element, *path: str) -> str:
    found = element.find("/".join((*(f"{CAC}{name}" for name in path[:-1]), f"{CBC}{path[-1]}")))
    return "" if found is None else (found.text or "").strip()


def _identifier(root: etree._Element, party: str) -> Identifier | None:
    found = root.find(f"{CAC}{party}/{CBC}EndpointID")
    if found is None or not (found.text or "").strip():
        return None
    scheme, value = found.get("schemeID") or "", (found.text or "").strip()
    known = _OIOUBL_SCHEMES.get(scheme, scheme)
    return Identifier(value.removeprefix("DK") if scheme == "DK:CVR" else value, known)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _refusal(da: str, en: str) -> NotSafeXml:
    return NotSafeXml(Sentence(da, en), Sentence("Lad en person se på filen.", "Let a person look at the file."))
