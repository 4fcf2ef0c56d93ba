"""What a notification announces, as both versions write it; a cut or strange one is refused with its place."""

import pytest

from servanda.drivers.payments import WrongBankFile
from servanda.drivers.payments.camt054 import NAMESPACES, is_camt054, read_camt054
from servanda.ground.money import Money

FILE = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="{namespace}">
  <BkToCstmrDbtCdtNtfctn>
    <GrpHdr><MsgId>N</MsgId><CreDtTm>2026-09-01T10:00:00</CreDtTm></GrpHdr>
    <Ntfctn>
      <Id>N-1</Id><CreDtTm>2026-09-01T10:00:00</CreDtTm>
      <Acct><Id><IBAN>DK5000400440116243</IBAN></Id><Ccy>DKK</Ccy></Acct>
      <Ntry>
        <Amt Ccy="DKK">300.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>{status}
        <BookgDt><Dt>2026-09-01</Dt></BookgDt><ValDt><Dt>2026-09-01</Dt></ValDt>
        <AcctSvcrRef>SUM-1</AcctSvcrRef>
        <NtryDtls>
          <TxDtls><AmtDtls><TxAmt><Amt Ccy="DKK">100.00</Amt></TxAmt></AmtDtls>
            <RmtInf><Strd><CdtrRefInf><Ref>+71&lt;106548702380495+81234567&lt;</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>
          <TxDtls><AmtDtls><TxAmt><Amt Ccy="DKK">200.00</Amt></TxAmt></AmtDtls>
            <RltdPties><DbtrAcct><Id><IBAN>DK5000400440116243</IBAN></Id></DbtrAcct></RltdPties>
            <RmtInf><Ustrd>Faktura 1001</Ustrd></RmtInf></TxDtls>
        </NtryDtls>
      </Ntry>
      <Ntry>
        <Amt Ccy="DKK">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>{pending}
        <BookgDt><Dt>2026-09-01</Dt></BookgDt>
      </Ntry>
    </Ntfctn>
  </BkToCstmrDbtCdtNtfctn>
</Document>
"""


def file(version: str) -> str:
    is_old = version == "001.02"
    status, pending = (
        ("<Sts>BOOK</Sts>", "<Sts>PDNG</Sts>") if is_old else ("<Sts><Cd>BOOK</Cd></Sts>", "<Sts><Cd>PDNG</Cd></Sts>")
    )
    return FILE.format(namespace=NAMESPACES[version], status=status, pending=pending)


@pytest.mark.parametrize("version", sorted(NAMESPACES))
def test_a_sum_is_announced_with_the_payments_it_is_made_of(version: str) -> None:
    content = file(version).encode()
    assert is_camt054(content)
    (one,) = read_camt054(content, file="n.xml")
    (moved,) = one.movements
    assert (moved.reference, moved.amount, moved.ordinal) == ("SUM-1", Money(300_00), 1)
    first, second = moved.payments
    assert (first.amount, first.creditor_reference, first.fik_type, first.fik_creditor) == (
        Money(100_00),
        "106548702380495",
        "71",
        "81234567",
    )
    assert (second.amount, second.text, second.payer_account) == (Money(200_00), "Faktura 1001", "DK5000400440116243")
    assert len(one.notes) == 1


@pytest.mark.parametrize(
    ("was", "now", "message"),
    [
        ("camt.054", "camt.052", "only urn"),
        ("200.00", "201.00", "add up to 301.00"),
        ("<Id>N-1</Id>", "", "no identification"),
        ("2026-09-01T10:00:00</CreDtTm>\n      <Acct>", "x</CreDtTm>\n      <Acct>", "must be a moment"),
        ("</Document>", "", "XML"),
        ("<Ntfctn>", "<Other>", "XML"),
        ('"DKK">300.00', '"EUR">300.00', "the account is in DKK"),
    ],
)
def test_a_notification_that_cannot_be_right_is_refused_with_its_place(was: str, now: str, message: str) -> None:
    content = file("001.02")
    assert was in content
    with pytest.raises(WrongBankFile, match=message):
        read_camt054(content.replace(was, now).encode(), file="n.xml")
