"""What the receivers of a demo company's e-invoices answer, as the access point would bring it: application responses of OIOUBL.

A customer answers on the next day and takes what came, unless it names an order that is not known there: real ones refuse that too.
"""

from datetime import date, datetime
from xml.sax.saxutils import escape

from servanda.business.companies.facts import CompanyFacts
from servanda.business.einvoices.actions import keep_answer
from servanda.business.einvoices.facts import EDocumentFacts, State
from servanda.business.einvoices.queries import documents_in

UNKNOWN_ORDER = "UKENDT"  # an order number that begins so is known to nobody
_TYPES = {"invoice": "Invoice", "credit note": "CreditNote", "reminder": "Reminder"}
_NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd"


def answer_e_invoices(company: CompanyFacts, *, today: date, at: datetime) -> int:
    """Let receivers answer what was handed over before today, and return how many did."""
    waiting = [
        one
        for one in documents_in(company.company_id, State.SENT, limit=1000)
        if one.sent_on is not None and one.sent_on < today
    ]
    for document in waiting:
        is_unknown = document.references.order_number.startswith(UNKNOWN_ORDER)
        code = "BusinessReject" if is_unknown else "BusinessAccept"
        reasons = (f"Ordrenummeret {document.references.order_number} er ukendt.",) if is_unknown else ()
        content = application_response(document, company, code=code, on=today, reasons=reasons)
        keep_answer(name=f"{document.key}.xml".replace(":", "-"), content=content, at=at)
    return len(waiting)


def application_response(
    document: EDocumentFacts, company: CompanyFacts, *, code: str, on: date, reasons: tuple[str, ...] = ()
) -> bytes:
    """Return an application response to a document, as its receiver would write it."""
    sender = _endpoint(document.endpoint)
    receiver = _endpoint(company.cvr)
    described = "".join(f"<cbc:Description>{escape(reason)}</cbc:Description>" for reason in reasons)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ApplicationResponse xmlns="{_NAMESPACE}:ApplicationResponse-2" xmlns:cac="{_NAMESPACE}:CommonAggregateComponents-2"
 xmlns:cbc="{_NAMESPACE}:CommonBasicComponents-2">
<cbc:UBLVersionID>2.0</cbc:UBLVersionID>
<cbc:CustomizationID>OIOUBL-2.02</cbc:CustomizationID>
<cbc:ID>AR-{escape(document.key)}</cbc:ID>
<cbc:IssueDate>{on.isoformat()}</cbc:IssueDate>
<cac:SenderParty>{sender}</cac:SenderParty>
<cac:ReceiverParty>{receiver}</cac:ReceiverParty>
<cac:DocumentResponse>
<cac:Response>
<cbc:ReferenceID>{escape(document.number)}</cbc:ReferenceID>
<cbc:ResponseCode listAgencyID="320" listID="urn:oioubl:codelist:responsecode-1.1">{code}</cbc:ResponseCode>{described}
</cac:Response>
<cac:DocumentReference>
<cbc:ID>{escape(document.number)}</cbc:ID>
<cbc:DocumentTypeCode listAgencyID="320">{_TYPES[document.kind]}</cbc:DocumentTypeCode>
</cac:DocumentReference>
</cac:DocumentResponse>
</ApplicationResponse>
""".encode()


def _endpoint(number: str) -> str:
    """Return the electronic address of a party: thirteen digits are a GLN, eight a Danish company."""
    if len(number) == 13:
        return f'<cbc:EndpointID schemeAgencyID="9" schemeID="GLN">{number}</cbc:EndpointID>'
    return f'<cbc:EndpointID schemeID="DK:CVR">DK{number}</cbc:EndpointID>'
