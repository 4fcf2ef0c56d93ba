"""Our own checks: what they object to, by field, and that their words are there in both languages."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from servanda.drivers.einvoices import (
    CVR,
    GLN,
    Address,
    DanishTransfer,
    DirectDebit,
    Document,
    EInvoice,
    FikPayment,
    Format,
    IbanTransfer,
    Identifier,
    Line,
    LineAdjustment,
    Objection,
    PrecedingInvoice,
    ReminderCharge,
    Vat,
    with_sums,
)
from servanda.drivers.einvoices.checks import is_sendable, objections_to
from servanda.drivers.einvoices.codes import (
    ALLOWANCE_REASONS,
    CHARGE_REASONS,
    COUNTRIES,
    CURRENCIES,
    UNITS_OF_BOTH,
    UNITS_OF_PEPPOL,
    VATEX,
)
from servanda.drivers.einvoices.gate import OfficialGate
from servanda.drivers.einvoices.oioubl import OioublRenderer
from servanda.drivers.einvoices.oioubl_parts import SCHEMES
from servanda.drivers.einvoices.peppol import PeppolRenderer
from servanda.drivers.einvoices.rule_sets import EN_16931, OIOUBL, PEPPOL, found_sheet
from servanda.ground.money import Money
from servanda.ground.periods import Period
from tests.drivers.einvoices import samples
from tests.drivers.einvoices.samples import BUSINESS, GERMAN, ORDINARY, PUBLIC, PUBLIC_BODY, REMINDER, SELLER, line

FORMATS: tuple[Format, ...] = ("peppol bis 3", "oioubl 2.1")
Change = Callable[[EInvoice], EInvoice]
Z = Vat(category="Z")


def lines(**changes: object) -> Change:
    def changed(invoice: EInvoice) -> EInvoice:
        (first, *others) = invoice.lines
        return with_sums(replace(invoice, lines=(replace(first, **changes), *others)))  # type: ignore[arg-type]

    return changed


def fields(**changes: object) -> Change:
    return lambda invoice: replace(invoice, **changes)  # type: ignore[arg-type]


def seller(**changes: object) -> Change:
    return lambda invoice: replace(invoice, seller=replace(invoice.seller, **changes))  # type: ignore[arg-type]


def buyer(**changes: object) -> Change:
    return lambda invoice: replace(invoice, buyer=replace(invoice.buyer, **changes))  # type: ignore[arg-type]


def totals(**changes: object) -> Change:
    return lambda invoice: replace(invoice, totals=replace(invoice.totals, **changes))  # type: ignore[arg-type]


def adjusted(**changes: object) -> Change:
    given: dict[str, object] = {"is_charge": False, "amount": Money(1_00), "reason": "Rabat"}
    return lines(adjustments=(LineAdjustment(**(given | changes)),))  # type: ignore[arg-type]


def vat(one: Vat, reason: str = "", code: str = "") -> Change:
    def changed(invoice: EInvoice) -> EInvoice:
        changed_lines = tuple(replace(each, vat=one) for each in invoice.lines)
        return with_sums(replace(invoice, lines=changed_lines, breakdown=(samples.reasoned(one, reason, code),)))

    return changed


# What is changed about an ordinary invoice, and the term that is objected to: in both formats, or in one of them.
WRONG: tuple[tuple[str, Change, str], ...] = (
    ("no number", fields(number=" \x07"), "BT-1"),
    ("unknown currency", fields(currency="XYZ"), "BT-5"),
    ("no lines", lambda one: with_sums(replace(one, lines=())), "BG-25"),
    ("line without a name", lines(name="\x00"), "BT-153"),
    ("line without a number", lines(line_id=""), "BT-126"),
    ("price below zero", lines(price=Decimal(-1)), "BT-146"),
    ("no base quantity", lambda one: replace(one, lines=(replace(one.lines[0], base_quantity=Decimal(0)),)), "BT-149"),
    ("unknown unit", lines(unit="måned"), "BT-130"),
    ("net of a line an øre off", fields(lines=(line(net=Money(148_51)),)), "BT-131"),
    ("VAT an øre off", totals(tax=Money(37_14)), "BT-110"),
    ("payable an øre off", totals(payable=Money(185_64)), "BT-115"),
    ("breakdown of another rate", fields(breakdown=(samples.reasoned(Z, ""),)), "BG-23"),
    ("no breakdown", fields(breakdown=()), "BG-23"),
    ("negative", lines(quantity=Decimal(-3)), "BT-115"),
    ("prepaid below zero", totals(prepaid=Money(-1)), "BT-113"),
    ("larger than programs can add", lines(price=Decimal(10**12)), "BT-112"),
    ("allowance of nothing", adjusted(amount=Money(0)), "BT-136"),
    ("allowance without a reason", adjusted(reason=""), "BT-139"),
    ("charge without a reason", adjusted(is_charge=True, reason=""), "BT-144"),
    ("unknown reason code", adjusted(reason_code="XX"), "BT-140"),
    ("percentage without a base", adjusted(percent=Decimal(10)), "BT-138"),
    ("percentage that is another amount", adjusted(percent=Decimal(10), base_amount=Money(50_00)), "BT-136"),
    ("no due day and no terms", fields(due_on=None, payment_terms=""), "BT-9"),
    ("credit note of nothing", fields(kind="credit note"), "BG-3"),
    ("preceding invoice without a number", fields(preceding=(PrecedingInvoice(number=""),)), "BT-25"),
    ("VAT in its own currency twice", fields(tax_in_accounting_currency=Money(1)), "BT-6"),
    ("VAT with another sign", fields(tax_in_accounting_currency=Money(-1, "EUR")), "BT-111"),
    ("seller without a name", seller(name=""), "BT-27"),
    ("seller without a CVR number", seller(legal_id=None), "BT-30"),
    ("seller with a foreign registration", seller(legal_id=Identifier("1", "")), "BT-30"),
    ("seller with a short CVR number", seller(legal_id=Identifier("1234567", CVR)), "BT-30"),
    ("seller without a street", seller(address=replace(SELLER.address, street="")), "BG-5"),
    ("seller without a VAT number", seller(vat_id=""), "BT-31"),
    ("VAT number without its country", seller(vat_id="12345674"), "BT-31"),
    ("VAT number of seven digits", seller(vat_id="DK1234567"), "BT-31"),
    ("seller without an address", seller(endpoint=None), "BT-34"),
    ("buyer without a name", buyer(name=""), "BT-44"),
    ("buyer in no country", buyer(address=Address(city="x", postcode="1", country="UK")), "BT-55"),
    ("buyer without an address", buyer(endpoint=None), "BT-49"),
    ("buyer with an address of an unknown kind", buyer(endpoint=Identifier("1", "EAN")), "BT-49"),
    ("EAN number of twelve digits", buyer(endpoint=Identifier("579000000001", GLN)), "BT-49"),
    ("EAN number with a wrong check digit", buyer(endpoint=Identifier("5790000000013", GLN)), "BT-49"),
    ("Norwegian number with a wrong check digit", buyer(endpoint=Identifier("123456789", "0192")), "BT-49"),
    ("registration of an unknown kind", buyer(legal_id=Identifier("1", "9999")), "BT-47"),
    ("rate of nothing under S", vat(Vat(category="S")), "BT-152"),
    ("rate under E", vat(Vat(category="E", percent=Decimal(25)), "x"), "BT-152"),
    ("no reason", vat(Vat(category="E")), "BT-120"),
    ("a reason for a zero rate", vat(Z, "because"), "BT-120"),
    ("a code of another category", vat(Vat(category="E"), "x", "VATEX-EU-AE"), "BT-121"),
    (
        "reverse charge without the buyer's number",
        lambda one: vat(Vat(category="AE"), "x")(buyer(vat_id="")(one)),
        "BT-48",
    ),
    ("within the EU, no day", vat(Vat(category="K"), "x"), "BT-72"),
    ("within the EU, no country", vat(Vat(category="K"), "x"), "BT-80"),
    ("outside and inside VAT", lines(vat=Vat(category="O")), "BT-151"),
    ("slip with a wrong check digit", fields(payment=replace(samples.FIK, reference="000000202600012")), "BT-83"),
    ("slip of fourteen digits", fields(payment=replace(samples.FIK, reference="00000020260001")), "BT-83"),
    ("slip 73 with an id", fields(payment=FikPayment(kind="73", creditor="81234567", reference="1")), "BT-83"),
    ("slip of no kind", fields(payment=FikPayment(kind="72", creditor="81234567")), "BT-83"),  # type: ignore[arg-type]
    ("creditor of seven digits", fields(payment=replace(samples.FIK, creditor="8123456")), "BT-84"),
    ("account with letters", fields(payment=DanishTransfer(registration_number="0400", account_number="x")), "BT-84"),
    (
        "registration number of zeros",
        fields(payment=DanishTransfer(registration_number="0000", account_number="1")),
        "BT-84",
    ),
    ("IBAN with a typing error", fields(payment=IbanTransfer(iban="DK5000400440116244")), "BT-84"),
    ("IBAN with spaces", fields(payment=IbanTransfer(iban="DK50 0040 0440 1162 43")), "BT-84"),
    ("no BIC", fields(payment=IbanTransfer(iban="DK5000400440116243", bic="x")), "BT-86"),
    ("direct debit without a mandate", fields(payment=DirectDebit(mandate_id="", payer_account="1")), "BG-19"),
)
WRONG_IN_ONE: tuple[tuple[str, Format, Change, str], ...] = (
    ("no reference", "peppol bis 3", fields(order_reference=""), "BT-10"),
    (
        "line outside the invoice's period",
        "peppol bis 3",
        lambda one: lines(period=Period(date(2026, 10, 1), date(2026, 11, 1)))(replace(one, period=samples.NOVEMBER)),
        "BG-26",
    ),
    ("two rates", "oioubl 2.1", lambda one: with_sums(replace(one, lines=two_rates())), "BG-23"),
    ("quantity 0", "oioubl 2.1", lines(quantity=Decimal(0)), "BT-129"),
    ("rounding of eleven kroner", "oioubl 2.1", totals(rounding=Money(11_00)), "BT-114"),
    ("VAT in kronor too", "oioubl 2.1", fields(tax_in_accounting_currency=Money(1, "SEK")), "BT-6"),
    ("a unit of the new list", "oioubl 2.1", lines(unit="H87"), "BT-130"),
    (
        "a mandate of 61 signs",
        "oioubl 2.1",
        fields(payment=DirectDebit(mandate_id="x" * 61, payer_account="1")),
        "BT-89",
    ),
)


def two_rates() -> tuple[Line, ...]:
    return (ORDINARY.lines[0], line(2, quantity=Decimal(1), vat=Vat(category="S", percent=Decimal(12))))


def fatal(document: Document, format: Format) -> list[Objection]:
    return [one for one in objections_to(document, format=format) if one.severity == "fatal"]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("document", samples.DOCUMENTS.values(), ids=samples.DOCUMENTS.keys())
def test_a_right_document_has_no_objections(document: Document, format: Format) -> None:
    renderer = PeppolRenderer() if format == "peppol bis 3" else OioublRenderer()
    if renderer.may_write(document):
        assert objections_to(document, format=format) == ()
    else:
        assert [one.field for one in fatal(document, format)] == ["format"]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(("change", "term"), [pytest.param(c, t, id=name) for name, c, t in WRONG])
def test_what_is_wrong_is_objected_to_by_its_field(change: Change, term: str, format: Format) -> None:
    wrong = change(samples.invoice(lines=(line(), line(2))) if term in {"BT-126", "BT-151"} else ORDINARY)
    found = objections_to(wrong, format=format)
    assert term in {one.term for one in found if one.severity == "fatal"}
    assert not is_sendable(found)


@pytest.mark.parametrize(
    ("format", "change", "term"), [pytest.param(f, c, t, id=name) for name, f, c, t in WRONG_IN_ONE]
)
def test_what_one_format_cannot_have_is_objected_to_for_that_format(change: Change, term: str, format: Format) -> None:
    other = FORMATS[1 - FORMATS.index(format)]
    assert term in {one.term for one in fatal(change(ORDINARY), format)}
    assert term not in {one.term for one in fatal(change(ORDINARY), other)}


@pytest.mark.parametrize("format", FORMATS)
def test_every_objection_speaks_both_languages_and_says_what_to_do(format: Format) -> None:
    changes = (*(change for _, change, _ in WRONG), *(change for _, _, change, _ in WRONG_IN_ONE))
    for one in (one for change in changes for one in objections_to(change(ORDINARY), format=format)):
        for said in (one.message, one.remedy):
            assert said.da.strip()
            assert said.en.strip()
            assert said.da != said.en or "," in said.da
            assert said.da.endswith(".")
            assert said.en.endswith(".")
        assert one.field


@pytest.mark.parametrize("format", FORMATS)
def test_a_public_customer_needs_an_ean_number_and_a_reference(format: Format) -> None:
    bare = replace(
        PUBLIC, order_reference="", buyer_reference="", buyer=replace(PUBLIC_BODY, endpoint=BUSINESS.endpoint)
    )
    assert [one.term for one in fatal(bare, format)] == ["BT-10", "BT-49"]
    said = " ".join(one.message.da for one in fatal(bare, format))
    assert "personreference" in said
    assert "EAN-nummer" in said
    assert fatal(replace(bare, buyer=PUBLIC_BODY, buyer_reference="Børge"), format) == []


@pytest.mark.parametrize("format", FORMATS)
def test_a_cvr_number_that_fails_its_check_is_no_more_than_a_warning(format: Format) -> None:
    odd = replace(ORDINARY, buyer=replace(BUSINESS, legal_id=Identifier("12345678", CVR)))
    (found,) = objections_to(odd, format=format)
    assert (found.severity, found.term) == ("warning", "BT-47")


def test_a_text_with_control_signs_is_reported_and_written_without_them() -> None:
    odd = replace(ORDINARY, note="Hej\x00 med \x1b[31mdig\ud800")
    (found,) = objections_to(odd, format="peppol bis 3")
    assert (found.severity, found.field) == ("warning", "note")
    assert "<cbc:Note>Hej med [31mdig</cbc:Note>" in PeppolRenderer().render(odd).decode()


def test_a_payment_text_that_is_cut_is_reported() -> None:
    long = replace(ORDINARY, payment=DanishTransfer(registration_number="0400", account_number="1", reference="x" * 21))
    assert [one.severity for one in objections_to(long, format="oioubl 2.1")] == ["warning"]
    assert objections_to(long, format="peppol bis 3") == ()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number": ""}, "number"),
        ({"sequence": 0}, "sequence"),
        ({"claims": ()}, "claims"),
        ({"claims": (replace(REMINDER.claims[0], balance=Money(0)),)}, "claims[1].balance"),
        ({"claims": (replace(REMINDER.claims[0], invoice_number=""),)}, "claims[1].invoice_number"),
        ({"charges": (ReminderCharge(kind="fee", amount=Money(-1), text="x"),)}, "charges[1].amount"),
        ({"currency": "EUR"}, "claims[1].balance"),
        ({"buyer": replace(PUBLIC_BODY, endpoint=None)}, "buyer.endpoint"),
        ({"payment": replace(samples.FIK, reference="1")}, "payment.reference"),
    ],
)
def test_a_wrong_reminder_is_objected_to(change: dict[str, object], field: str) -> None:
    wrong = replace(REMINDER, **change)  # type: ignore[arg-type]
    assert field in {one.field for one in fatal(wrong, "oioubl 2.1")}


def test_what_we_object_to_is_not_always_seen_by_the_official_rules(gate: OfficialGate) -> None:
    """The official rules do not verify the check digit of a slip: a payer would get nowhere with it."""
    wrong = replace(ORDINARY, payment=replace(samples.FIK, reference="000000202600012"))
    assert fatal(wrong, "peppol bis 3")
    for renderer in (PeppolRenderer(), OioublRenderer()):
        assert gate.judge(renderer.render(wrong)).is_valid


@pytest.mark.parametrize(
    "change",
    [
        fields(number=" "),
        totals(payable=Money(185_64)),
        totals(tax=Money(100_00)),
        fields(breakdown=()),
        seller(endpoint=None),
        seller(legal_id=Identifier("1234567", CVR)),
        buyer(endpoint=Identifier("5790000000013", GLN)),
        lines(name=""),
        lines(unit="måned"),
        vat(Vat(category="E")),
        fields(payment=DirectDebit(mandate_id="", payer_account="")),
    ],
)
def test_what_the_official_rules_refuse_we_object_to(change: Change, gate: OfficialGate) -> None:
    wrong = change(ORDINARY)
    assert gate.judge(PeppolRenderer().render(wrong)).has_errors
    assert fatal(wrong, "peppol bis 3")


# Our lists of codes are within the official ones.


def official(folders: tuple[Path, ...], rules: object, number: int = 0) -> str:
    path = found_sheet(rules.sheets[number], folders)  # type: ignore[attr-defined]
    assert path is not None
    return path.read_text(encoding="utf-8")


def listed(text: str, name: str) -> set[str]:
    """The values of a variable of a sheet, written as 'a b c' or ',a,b,c,'."""
    start = text.index(f'name="{name}"')
    value = text[text.index("'", start) + 1 :].split("'", 1)[0]
    return set(value.replace(",", " ").split())


def rule_codes(text: str, rule: str) -> set[str]:
    """The list that a rule of EN 16931 tests against, which stands before its number."""
    test = text[text.rindex("<xsl:when test=", 0, text.index(f">{rule}<")) : text.index(f">{rule}<")]
    return {word for part in test.split("contains('")[1:] for word in part.split("'")[0].split()}


def test_our_codes_are_in_the_official_lists(folders: tuple[Path, ...]) -> None:
    peppol, oioubl, en = (official(folders, rules) for rules in (PEPPOL, OIOUBL, EN_16931))
    assert listed(peppol, "ISO4217") >= CURRENCIES
    assert listed(oioubl, "CurrencyCode") >= CURRENCIES
    assert rule_codes(en, "BR-CL-04") >= CURRENCIES
    assert listed(oioubl, "CountryCode") >= COUNTRIES
    assert rule_codes(en, "BR-CL-14") >= COUNTRIES
    assert listed(oioubl, "Quantity_unitCode") >= UNITS_OF_BOTH
    assert rule_codes(en, "BR-CL-23") >= UNITS_OF_PEPPOL
    assert listed(peppol, "UNCL5189") >= ALLOWANCE_REASONS
    assert listed(peppol, "UNCL7161") >= CHARGE_REASONS
    assert rule_codes(en, "BR-CL-22") >= {code for codes in VATEX.values() for code in codes}
    assert listed(peppol, "eaid") >= SCHEMES.keys()
    assert rule_codes(en, "BR-CL-25") >= SCHEMES.keys()
    assert listed(oioubl, "EndpointID_schemeID") >= set(SCHEMES.values())


def test_a_german_buyer_under_reverse_charge_is_right_in_both_formats() -> None:
    assert GERMAN.endpoint is not None
    for format in FORMATS:
        assert objections_to(samples.REVERSE_CHARGE, format=format) == ()
