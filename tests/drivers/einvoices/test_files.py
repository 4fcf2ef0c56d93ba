"""Any file at all can be handed in: what it is gets said, and nothing that it holds is obeyed."""

import io
from dataclasses import replace
from pathlib import Path

import pytest

from servanda.drivers.documents import CarriedFile
from servanda.drivers.documents.typst_maker import TypstMaker
from servanda.drivers.einvoices.gate import OfficialGate
from servanda.drivers.einvoices.oioubl import OioublRenderer
from servanda.drivers.einvoices.pdf_files import is_pdf, xml_in
from servanda.drivers.einvoices.peppol import PeppolRenderer
from servanda.drivers.einvoices.safe_xml import SIZE_MAX, NotSafeXml
from tests.drivers.documents.conftest import INVOICE as PAPER
from tests.drivers.einvoices.samples import ORDINARY, PUBLIC

XML = PeppolRenderer().render(ORDINARY)
TEXT = XML.decode()
SMILES = "".join(f'<!ENTITY l{n} "{"".join(f"&l{n - 1};" for _ in range(10))}">' for n in range(1, 9))
BAD = {
    "empty": (b"", "empty"),
    "spaces": (b"  \n ", "empty"),
    "text": (b"hello", "not XML"),
    "gzip": (b"\x1f\x8b\x08" + b"x" * 20, "gzip"),
    "zip": (b"PK\x03\x04", "zip"),
    "truncated": (XML[: len(XML) // 2], "broken or ends in line"),
    "two roots": (XML + b"<a/>", "broken or ends in line"),
    "external entity": (
        TEXT.replace("<Invoice", '<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:' + '///etc/passwd">]><Invoice', 1)
        .replace("PO-77", "&x;")
        .encode(),
        "DOCTYPE declaration",
    ),
    "billion laughs": (
        f'<!DOCTYPE a [<!ENTITY l0 "ha">{SMILES}]><Invoice>&l8;</Invoice>'.encode(),
        "DOCTYPE declaration",
    ),
    "doctype in utf-16": (
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY l0 "ha">]><Invoice>&l0;</Invoice>'.encode(
            "utf-16"
        ),
        "DOCTYPE declaration",
    ),
    "utf-7": (b'<?xml version="1.0" encoding="utf-7"?><Invoice/>', "utf-7 is not read"),
    "wrong encoding": (TEXT.replace("Nørrebæk", "N\xf8rreb\xe6k").encode("latin-1"), "bytes that are not"),
    "nul": (b'<?xml version="1.0"?><a>\x00</a>', "NUL"),
    "too large": (b"<a>" + b" " * SIZE_MAX + b"</a>", "at most"),
    "too many elements": (b"<a>" + b"<b></b>" * 400_001 + b"</a>", "elements"),
    "cii": (
        b'<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"/>',
        "Cross Industry Invoice",
    ),
    "envelope": (
        b'<StandardBusinessDocument xmlns="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"/>',
        "envelope",
    ),
    "order": (b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>', "<Order>"),
    "no namespace": (b"<Invoice/>", "(none)"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_e_document_is_refused_with_what_it_is_and_what_to_do(name: str, own_gate: OfficialGate) -> None:
    content, said = BAD[name]
    verdict = own_gate.judge(content)
    assert verdict.refusal is not None
    assert said in verdict.refusal.en
    assert verdict.refusal.da != verdict.refusal.en
    assert verdict.remedy is not None
    assert verdict.remedy.da != verdict.remedy.en
    assert verdict.checked == ()
    assert not verdict.is_valid


def test_a_truncated_file_is_refused_wherever_it_is_cut(own_gate: OfficialGate) -> None:
    for end in range(1, len(XML) - 2, 97):
        assert own_gate.judge(XML[:end]).refusal is not None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_other_encodings_are_read(encoding: str, own_gate: OfficialGate) -> None:
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    text = TEXT.replace('encoding="UTF-8"', f'encoding="{name}"')
    assert not own_gate.judge(text.encode(encoding)).has_errors


def test_a_document_that_breaks_its_schema_is_told_with_its_line(own_gate: OfficialGate) -> None:
    wrong = TEXT.replace("<cbc:IssueDate>2026-12-01</cbc:IssueDate>", "<cbc:IssueDate>i dag</cbc:IssueDate>")
    (first, *_) = own_gate.judge(wrong.encode()).findings
    assert first.rule_set == "UBL 2.1 schema"
    assert first.severity == "fatal"
    assert "IssueDate" in wrong.splitlines()[first.line - 1]


def test_a_foreign_response_is_checked_by_its_schema_and_not_called_valid(own_gate: OfficialGate) -> None:
    content = (
        b'<ApplicationResponse xmlns="urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2" '
        b'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">'
        b"<cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:mlr:3</cbc:CustomizationID></ApplicationResponse>"
    )
    verdict = own_gate.judge(content)
    assert verdict.kind == "application response"
    assert any("own network" in one for one in verdict.not_checked)
    assert not verdict.is_valid


# PDFs that carry an e-document.


def hybrid(name: str = "faktura.xml", content: bytes = XML) -> bytes:
    carried = CarriedFile(name=name, media_type="text/xml", content=content, description="E-faktura")
    return TypstMaker().render(replace(PAPER, carried=(carried,)))


def test_the_document_within_a_hybrid_pdf_is_found_byte_for_byte() -> None:
    file = hybrid()
    assert is_pdf(file)
    assert not is_pdf(XML)
    found = xml_in(file)
    assert (found.name, found.content) == ("faktura.xml", XML)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (TypstMaker().render(PAPER), "carries no XML file"),
        (hybrid("note.txt"), "carries no XML file"),
        (b"%PDF-1.7\nnot really", "cannot be read"),
        (hybrid()[:2000], "cannot be read"),
    ],
    ids=["none", "no xml", "no pdf", "truncated"],
)
def test_a_pdf_without_a_document_says_so(file: bytes, said: str) -> None:
    with pytest.raises(NotSafeXml, match=said):
        xml_in(file)


def test_an_encrypted_pdf_says_so() -> None:
    import pikepdf

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(hybrid())) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="x", user="y"))
    with pytest.raises(NotSafeXml, match=r"encrypted|cannot be read"):
        xml_in(out.getvalue())


def test_rules_are_kept_apart_from_what_comes_with_the_program(tmp_path: Path) -> None:
    with OfficialGate([tmp_path / "not there"]) as gate:
        assert gate.judge(OioublRenderer().render(PUBLIC)).not_checked
