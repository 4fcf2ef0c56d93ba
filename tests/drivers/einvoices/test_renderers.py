"""What the two formats say, where they differ, and that the same document gives the same bytes."""

from dataclasses import replace
from decimal import Decimal

import pytest
from lxml import etree

from servanda.drivers.einvoices import (
    AgreedPayment,
    DanishTransfer,
    Document,
    FikPayment,
    IbanTransfer,
    Line,
    LineAdjustment,
    Vat,
    breakdown_of,
    line_net,
    with_sums,
)
from servanda.drivers.einvoices.oioubl import OioublRenderer
from servanda.drivers.einvoices.peppol import PeppolRenderer
from servanda.drivers.einvoices.ubl import cbc, number_text, xml_text
from servanda.ground.money import Money
from tests.drivers.einvoices import samples
from tests.drivers.einvoices.randomly import random_document
from tests.drivers.einvoices.samples import CREDIT_NOTE, ORDINARY, PUBLIC, REMINDER, REVERSE_CHARGE, STANDARD, line

PEPPOL, OIOUBL = PeppolRenderer(), OioublRenderer()


def said(content: bytes, path: str) -> list[str]:
    """The texts at a path of local names, as in `PaymentMeans/PaymentID`."""
    root = etree.fromstring(content)
    return [one.text or "" for one in root.iterfind("/".join(f"{{*}}{name}" for name in path.split("/")))]


@pytest.mark.parametrize("seed", range(40))
def test_the_same_document_gives_the_same_bytes(seed: int) -> None:
    for renderer in (PEPPOL, OIOUBL):
        if renderer.may_write(random_document(seed)):
            assert renderer.render(random_document(seed)) == renderer.render(random_document(seed))


@pytest.mark.parametrize("document", samples.DOCUMENTS.values(), ids=samples.DOCUMENTS.keys())
def test_no_element_is_empty(document: Document) -> None:
    for renderer in (PEPPOL, OIOUBL):
        if renderer.may_write(document):
            root = etree.fromstring(renderer.render(document))
            assert [one.tag for one in root.iter() if len(one) == 0 and not (one.text or "").strip()] == []


def test_a_cvr_number_is_written_as_each_format_wants_it() -> None:
    path = "AccountingSupplierParty/Party/PartyLegalEntity/CompanyID"
    assert said(PEPPOL.render(ORDINARY), path) == ["12345674"]
    assert said(OIOUBL.render(ORDINARY), path) == ["DK12345674"]


def test_a_slip_is_one_text_in_peppol_and_three_places_in_oioubl() -> None:
    assert said(PEPPOL.render(ORDINARY), "PaymentMeans/PaymentID") == ["71#000000202600011"]
    assert said(PEPPOL.render(ORDINARY), "PaymentMeans/PayeeFinancialAccount/ID") == ["81234567"]
    assert said(OIOUBL.render(ORDINARY), "PaymentMeans/PaymentID") == ["71"]
    assert said(OIOUBL.render(ORDINARY), "PaymentMeans/InstructionID") == ["000000202600011"]
    assert said(OIOUBL.render(ORDINARY), "PaymentMeans/CreditAccount/AccountID") == ["81234567"]


@pytest.mark.parametrize(
    ("payment", "code"),
    [
        (FikPayment(kind="73", creditor="81234567"), "93"),
        (DanishTransfer(registration_number="0400", account_number="1"), "42"),
        (IbanTransfer(iban="DK5000400440116243"), "58"),
        (AgreedPayment(text="MobilePay"), "1"),
    ],
)
def test_each_way_to_pay_has_its_code(payment: FikPayment, code: str) -> None:
    for renderer in (PEPPOL, OIOUBL):
        content = renderer.render(replace(ORDINARY, payment=payment))
        assert said(content, "PaymentMeans/PaymentMeansCode") == [code]


def test_tax_exclusive_amount_is_the_net_in_peppol_and_the_vat_in_oioubl() -> None:
    path = "LegalMonetaryTotal/TaxExclusiveAmount"
    assert said(PEPPOL.render(ORDINARY), path) == ["148.50"]
    assert said(OIOUBL.render(ORDINARY), path) == ["37.13"]


def test_the_person_reference_is_the_buyers_reference_and_the_id_of_its_contact() -> None:
    assert said(PEPPOL.render(PUBLIC), "BuyerReference") == ["EAN-ref. Børge"]
    assert said(OIOUBL.render(PUBLIC), "AccountingCustomerParty/Party/Contact/ID") == ["EAN-ref. Børge"]


def test_allowances_of_a_line_move_to_the_document_in_oioubl_and_the_total_stays() -> None:
    peppol, oioubl = PEPPOL.render(PUBLIC), OIOUBL.render(PUBLIC)
    assert len(said(peppol, "AllowanceCharge/Amount")) == 2
    assert len(said(oioubl, "AllowanceCharge/Amount")) == 4
    assert said(peppol, "LegalMonetaryTotal/PayableAmount") == said(oioubl, "LegalMonetaryTotal/PayableAmount")


def test_a_credit_note_has_positive_amounts_and_names_its_invoice() -> None:
    for renderer in (PEPPOL, OIOUBL):
        content = renderer.render(CREDIT_NOTE)
        assert etree.QName(etree.fromstring(content)).localname == "CreditNote"
        assert said(content, "BillingReference/InvoiceDocumentReference/ID") == ["2026-2"]
        assert b">-" not in content


def test_what_is_outside_the_scope_of_vat_bears_no_vat_number_in_peppol() -> None:
    outside = Vat(category="O")
    content = PEPPOL.render(
        samples.invoice(lines=(line(vat=outside),), breakdown=(samples.reasoned(outside, "Uden for momsens område"),))
    )
    assert said(content, "AccountingSupplierParty/Party/PartyTaxScheme/CompanyID") == []
    assert said(content, "TaxTotal/TaxSubtotal/TaxCategory/Percent") == []


def test_reverse_charge_says_why() -> None:
    content = PEPPOL.render(REVERSE_CHARGE)
    assert said(content, "TaxTotal/TaxSubtotal/TaxCategory/TaxExemptionReasonCode") == ["VATEX-EU-AE"]
    assert said(OIOUBL.render(REVERSE_CHARGE), "TaxTotal/TaxSubtotal/TaxCategory/ID") == ["ReverseCharge"]


def test_a_reminder_states_claims_charges_and_what_is_to_be_paid() -> None:
    content = OIOUBL.render(REMINDER)
    assert said(content, "ReminderLine/DebitLineAmount") == ["1250.00", "99.95"]
    assert said(content, "AllowanceCharge/AllowanceChargeReasonCode") == ["PenaltyFee", "PenaltyRate", "PenaltyFee"]
    assert said(content, "LegalMonetaryTotal/PayableAmount") == ["1767.26"]
    assert said(content, "ReminderSequenceNumeric") == ["2"]
    assert REMINDER.payable == Money(1767_26)


def test_peppol_has_no_reminder() -> None:
    assert not PEPPOL.may_write(REMINDER)
    assert OIOUBL.may_write(REMINDER)


def test_the_same_document_has_the_same_uuid_for_ever_and_another_has_another() -> None:
    (written,) = said(OIOUBL.render(ORDINARY), "UUID")
    assert len(written) == 36
    others = (replace(ORDINARY, number="2026-9"), replace(ORDINARY, seller=samples.BUSINESS), CREDIT_NOTE)
    assert len({said(OIOUBL.render(one), "UUID")[0] for one in (ORDINARY, *others)}) == 4


def test_texts_are_escaped_and_stripped_of_what_xml_cannot_hold() -> None:
    assert (
        cbc("Note", "a < b & 'c' \"d\" ]]>\x00\x0b\ud800\ufffe")
        == "<cbc:Note>a &lt; b &amp; 'c' \"d\" ]]&gt;</cbc:Note>\n"
    )
    assert cbc("ID", "x", {"schemeID": 'a"<&'}) == "<cbc:ID schemeID='a\"&lt;&amp;'>x</cbc:ID>\n"
    assert cbc("Note", " \x07 ") == ""
    assert xml_text("a\r\nb\rc\u2028d \N{FOX FACE}") == "a\nb\nc\nd \N{FOX FACE}"


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        ("1E+3", 0, "1000"),
        ("0.10", 0, "0.1"),
        ("49.5", 2, "49.50"),
        ("1.2345", 2, "1.2345"),
        ("-0", 0, "0"),
        ("3", 0, "3"),
    ],
)
def test_numbers_have_no_exponent_and_no_zeros_at_their_end(value: str, decimals: int, text: str) -> None:
    assert number_text(Decimal(value), decimals_min=decimals) == text


# Sums, in the order of EN 16931.


@pytest.mark.parametrize(
    ("quantity", "price", "base", "net"),
    [
        ("1", "0.005", "1", 1),
        ("-1", "0.005", "1", -1),
        ("3", "0.335", "1", 101),
        ("250", "33.333", "100", 83_33),
        ("1.25", "845.3375", "1", 1056_67),
        ("7", "1", "3", 2_33),
    ],
)
def test_a_line_is_rounded_half_up_once(quantity: str, price: str, base: str, net: int) -> None:
    one = line(quantity=Decimal(quantity), price=Decimal(price), base_quantity=Decimal(base))
    assert line_net(one, currency="DKK") == Money(net)


def test_vat_is_taken_on_the_sum_of_a_rate_not_on_each_line() -> None:
    """Three lines of 0.10: a quarter of each is 0.025, which rounds to 0.03 three times; of the sum it is 0.08."""
    three = tuple(line(number, quantity=Decimal(1), price=Decimal("0.10"), net=Money(10)) for number in (1, 2, 3))
    (subtotal,) = breakdown_of(three, (), currency="DKK")
    assert (subtotal.taxable, subtotal.tax) == (Money(30), Money(8))


def test_the_whole_adds_up_in_order() -> None:
    totals = PUBLIC.totals
    assert totals.lines == Money(148_50 + 1056_67 - 50_00 + 12_50 + 83_33)
    assert totals.net == totals.lines - Money(100_00) + Money(35_00)
    assert totals.tax == totals.net.times(Decimal("0.25"))
    assert totals.payable == totals.gross == totals.net + totals.tax


def test_sums_computed_again_are_the_same() -> None:
    for seed in range(60):
        document = random_document(seed)
        if not hasattr(document, "lines"):
            continue
        assert with_sums(document) == document


def test_a_line_with_adjustments_is_its_gross_less_and_plus_them() -> None:
    one = Line(
        line_id="1",
        name="x",
        quantity=Decimal(2),
        price=Decimal(10),
        net=Money(0),
        vat=STANDARD,
        adjustments=(
            LineAdjustment(is_charge=False, amount=Money(3_00), reason="a"),
            LineAdjustment(is_charge=True, amount=Money(50), reason="b"),
        ),
    )
    assert line_net(one, currency="DKK") == Money(17_50)
