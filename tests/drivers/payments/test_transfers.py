"""Transfers as pain.001 (checked against the ISO schemas) and the bank's answers as pain.002."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sepaxml
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from servanda.drivers.payments import PainVersion, Transfer, TransferFile, WrongBankFile
from servanda.drivers.payments.pain001 import write_pain001
from servanda.drivers.payments.pain002 import read_pain002
from servanda.ground.money import Money

SCHEMAS = Path(sepaxml.__file__).parent / "schemas"
VERSIONS: tuple[PainVersion, ...] = ("001.03", "001.09")
TRANSFER = Transfer("SAFEIT-PB-BBBC", Money(300_00), "DK5000400440116243", "Alma & Co ApS", "Safe IT SAFEIT-PB-BBBC")
FILE = TransferFile(
    message_id="SAFEIT-FB-BBBC",
    made_at=datetime(2026, 12, 1, 8, 30, tzinfo=UTC),
    execution_on=date(2026, 12, 2),
    debtor="Safe IT-Solutions ApS",
    debtor_account="DK5000400440116243",
    transfers=(TRANSFER, replace(TRANSFER, end_to_end_id="SAFEIT-PB-BBBD", account="00400440116243")),
)


def schema(version: PainVersion) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMAS / f"pain.001.{version}.xsd"))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_file_is_valid_by_the_standard_and_says_what_was_ordered(version: PainVersion) -> None:
    content = write_pain001(FILE, version=version)
    document = etree.fromstring(content)
    schema(version).assertValid(document)
    space = {"p": document.nsmap[None]}
    assert document.xpath("//p:EndToEndId/text()", namespaces=space) == ["SAFEIT-PB-BBBC", "SAFEIT-PB-BBBD"]
    assert document.xpath("//p:CtrlSum/text()", namespaces=space) == ["600.00", "600.00"]
    assert document.xpath("//p:InstdAmt/@Ccy", namespaces=space) == ["DKK", "DKK"]
    assert document.xpath("//p:CdtrAcct//p:SchmeNm/p:Cd/text()", namespaces=space) == ["BBAN"]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_same_values_make_the_same_bytes(version: PainVersion) -> None:
    assert write_pain001(FILE, version=version) == write_pain001(replace(FILE), version=version)


@given(
    holder=st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=200).map(
        lambda text: f"A{text}"
    ),
    minor=st.integers(1, 10**13),
    version=st.sampled_from(VERSIONS),
)
def test_any_name_and_amount_makes_a_valid_file(holder: str, minor: int, version: PainVersion) -> None:
    transfer = replace(TRANSFER, holder=holder, text=holder, amount=Money(minor))
    document = etree.fromstring(write_pain001(replace(FILE, transfers=(transfer,)), version=version))
    schema(version).assertValid(document)


def answer(*transfers: str, group: str = "PART", version: str = "001.03", message: str = "SAFEIT-FB-BBBC") -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.{version}"><CstmrPmtStsRpt>
<GrpHdr><MsgId>B1</MsgId><CreDtTm>2026-12-02T07:00:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.03</OrgnlMsgNmId>
<GrpSts>{group}</GrpSts></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>SAFEIT-FB-BBBC</OrgnlPmtInfId>{"".join(transfers)}</OrgnlPmtInfAndSts>
</CstmrPmtStsRpt></Document>""".encode()


def told(name: str, status: str, code: str = "AC04", words: str = "Kontoen er lukket") -> str:
    reason = (
        f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn><AddtlInf>{words}</AddtlInf></StsRsnInf>" if status == "RJCT" else ""
    )
    return f"<TxInfAndSts><OrgnlEndToEndId>{name}</OrgnlEndToEndId><TxSts>{status}</TxSts>{reason}</TxInfAndSts>"


@pytest.mark.parametrize("version", ["001.03", "001.10"])
def test_an_answer_says_transfer_by_transfer_what_became_of_it(version: str) -> None:
    content = answer(told("A-PB-BBBC", "RJCT"), told("A-PB-BBBD", "ACSC"), told("A-PB-BBBF", "PDNG"), version=version)
    read = read_pain002(content, file="answer.xml")
    assert [(one.end_to_end_id, one.is_rejected, one.reason) for one in read.transfers] == [
        ("A-PB-BBBC", True, "AC04: Kontoen er lukket"),
        ("A-PB-BBBD", False, ""),
        ("A-PB-BBBF", None, ""),
    ]
    assert (read.message_id, read.is_all_rejected) == ("SAFEIT-FB-BBBC", False)


def test_a_file_that_was_rejected_as_a_whole_names_no_transfer() -> None:
    assert read_pain002(answer(group="RJCT"), file="answer.xml").is_all_rejected


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (answer(told("A", "HMMM")), "The status TxSts is 'HMMM'"),
        (answer(told("", "RJCT")), "without its name"),
        (answer(told("A", "RJCT"), told("A", "ACSC")), "answered more than once"),
        (answer(message=""), "has no name"),
        (answer(version="001.99"), "only urn:iso"),
        (answer()[:200], "XML"),
        (b"", ""),
    ],
)
def test_a_wrong_answer_is_refused_with_its_place(content: bytes, said: str) -> None:
    with pytest.raises(WrongBankFile) as refusal:
        read_pain002(content, file="answer.xml")
    assert said in "\n".join(map(str, refusal.value.problems))
