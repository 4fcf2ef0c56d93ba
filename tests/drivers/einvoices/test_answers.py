"""What receivers and carriers answer is read into plain values, whichever network it came by."""

from dataclasses import replace
from datetime import date

import pytest

from servanda.drivers.einvoices import CVR, GLN, Answer, Identifier, ResponseCode
from servanda.drivers.einvoices.answers import read_answer, write_answer
from servanda.drivers.einvoices.gate import OfficialGate
from servanda.drivers.einvoices.oioubl import OioublRenderer
from servanda.drivers.einvoices.safe_xml import NotSafeXml
from tests.drivers.einvoices.conftest import official_folder
from tests.drivers.einvoices.samples import PUBLIC, PUBLIC_BODY, SELLER

REJECTED = Answer(
    answer_id="S-1",
    code="business reject",
    document_number="2026-2",
    issued_on=date(2026, 12, 3),
    raw_code="BusinessReject",
    document_type="invoice",
    reasons=("Vi mangler ordrenummeret & mere",),
    sender=Identifier("5790000000012", GLN),
    recipient=Identifier("12345674", CVR),
)
CODES: dict[ResponseCode, str] = {
    "business accept": "BusinessAccept",
    "business reject": "BusinessReject",
    "technical accept": "TechnicalAccept",
    "technical reject": "TechnicalReject",
    "profile reject": "ProfileReject",
}
PEPPOL = """<ApplicationResponse xmlns="urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>{customization}</cbc:CustomizationID><cbc:ID>S-2</cbc:ID><cbc:IssueDate>2026-12-03</cbc:IssueDate>
<cac:SenderParty><cbc:EndpointID schemeID="0088">5790000000012</cbc:EndpointID></cac:SenderParty>
<cac:ReceiverParty><cbc:EndpointID schemeID="0184">12345674</cbc:EndpointID></cac:ReceiverParty>
<cac:DocumentResponse><cac:Response><cbc:ResponseCode>{code}</cbc:ResponseCode>
<cac:Status><cbc:StatusReasonCode>REF</cbc:StatusReasonCode><cbc:StatusReason>No order number</cbc:StatusReason></cac:Status>
</cac:Response><cac:DocumentReference><cbc:ID>2026-2</cbc:ID><cbc:DocumentTypeCode>380</cbc:DocumentTypeCode>
</cac:DocumentReference></cac:DocumentResponse></ApplicationResponse>"""
INVOICE_RESPONSE = "urn:fdc:peppol.eu:poacc:trns:invoice_response:3"
MESSAGE_LEVEL = "urn:fdc:peppol.eu:poacc:trns:mlr:3"


@pytest.mark.parametrize(("code", "raw"), CODES.items())
def test_what_is_written_is_read_back_and_is_right(code: ResponseCode, raw: str, gate: OfficialGate) -> None:
    answer = replace(REJECTED, code=code, raw_code=raw)
    content = write_answer(answer, sender=PUBLIC_BODY, recipient=SELLER)
    assert read_answer(content) == answer
    verdict = gate.judge(content)
    assert verdict.is_valid, verdict.findings
    assert verdict.findings == ()


def test_the_official_example_is_read() -> None:
    path = official_folder() / "oioubl-2.1" / "examples" / "OIOUBL_ApplicationResponse_v2p2.xml"
    if not path.is_file():
        pytest.skip("the official example is not there; reading it is not tried")
    answer = read_answer(path.read_bytes())
    assert (answer.code, answer.document_number, answer.document_type) == ("business reject", "A00095678", "invoice")
    assert answer.is_rejection
    assert len(answer.reasons) == 1


@pytest.mark.parametrize(
    ("customization", "raw", "code", "is_rejection"),
    [
        (INVOICE_RESPONSE, "AB", "technical accept", False),
        (INVOICE_RESPONSE, "IP", "in process", False),
        (INVOICE_RESPONSE, "UQ", "under query", False),
        (INVOICE_RESPONSE, "CA", "conditionally accepted", False),
        (INVOICE_RESPONSE, "AP", "business accept", False),
        (INVOICE_RESPONSE, "PD", "paid", False),
        (INVOICE_RESPONSE, "RE", "business reject", True),
        (MESSAGE_LEVEL, "RE", "technical reject", True),
        (MESSAGE_LEVEL, "AP", "technical accept", False),
        (INVOICE_RESPONSE, "??", "unknown", False),
    ],
)
def test_an_answer_of_peppol_is_read(customization: str, raw: str, code: ResponseCode, is_rejection: bool) -> None:
    answer = read_answer(PEPPOL.format(customization=customization, code=raw).encode())
    assert (answer.code, answer.raw_code, answer.is_rejection) == (code, raw, is_rejection)
    assert answer.reasons == ("No order number",)
    assert answer.sender == Identifier("5790000000012", GLN)
    assert answer.recipient == Identifier("12345674", CVR)
    assert answer.issued_on == date(2026, 12, 3)


def test_the_carriers_own_word_is_read() -> None:
    answer = read_answer(b'{"key": "k-1", "number": "2026-2", "outcome": "failed", "reason": "not registered"}')
    assert (answer.code, answer.key, answer.document_number) == ("technical reject", "k-1", "2026-2")
    assert answer.reasons == ("not registered",)
    assert not read_answer(b'{"key": "k-1", "number": "2026-2", "outcome": "delivered"}').is_rejection


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (OioublRenderer().render(PUBLIC), "not an answer"),
        (b"", "empty"),
        (b"{", "must be JSON with key"),
        (b'{"key": 1}', "must be JSON with key"),
        (b"[]", "not XML"),
        (b'{"key": "k", "number": "1", "outcome": "maybe"}', "delivered or failed"),
        (
            b'<ApplicationResponse xmlns="urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2"/>',
            "which document",
        ),
        (b"<!DOCTYPE a><ApplicationResponse/>", "DOCTYPE"),
    ],
)
def test_what_is_no_answer_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(NotSafeXml, match=said):
        read_answer(content)
