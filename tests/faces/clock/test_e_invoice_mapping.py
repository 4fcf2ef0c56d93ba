"""An invoice as a program reads it: the same lines, amounts, days and references as on the paper."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from servanda.agreements.reading import company_of
from servanda.business.billing.facts import InvoiceFacts, InvoiceLineFacts, VatGroup
from servanda.business.companies.facts import CompanyFacts
from servanda.business.customers.facts import CustomerDetails, CustomerFacts
from servanda.business.einvoices.facts import References
from servanda.drivers.einvoices import EInvoice, Identifier, Renderer
from servanda.drivers.einvoices.checks import objections_to
from servanda.drivers.einvoices.oioubl import OioublRenderer
from servanda.drivers.einvoices.peppol import PeppolRenderer
from servanda.faces.clock.e_documents import is_vat_within_an_oere, problems_of
from servanda.faces.clock.einvoices import e_invoice_of, seller_of
from servanda.ground.law.companies import fik_reference
from servanda.ground.money import Money
from servanda.ground.periods import Period
from servanda.terms.clauses import CustomerKind
from tests.cast import ALMA, CARLA

RENDERERS: tuple[Renderer, ...] = (PeppolRenderer(), OioublRenderer())
CARD = company_of("safe-it")
COMPANY = CompanyFacts(
    1, CARD.slug, CARD.name, CARD.legal_name, CARD.cvr, CARD.address_lines, CARD.email, CARD.phone, CARD.web,
    CARD.bank_registration, CARD.bank_account, CARD.iban, CARD.fik_creditor, CARD.colour, CARD.language, 1,
    None, None, None,
)  # fmt: skip
SEPTEMBER = (date(2026, 9, 1), date(2026, 10, 1))


def line(
    position: int, net: int, *, unit: int = 0, quantity: int = 1, category: str = "S", percent: int = 25
) -> InvoiceLineFacts:
    return InvoiceLineFacts(
        position, position, "webhosting", f"Webhotel {position}", quantity, Money(unit or net), Money(net), category,
        Decimal(percent), *SEPTEMBER, None,
    )  # fmt: skip


def groups(lines: tuple[InvoiceLineFacts, ...], vat: int) -> tuple[VatGroup, ...]:
    """The VAT groups as they were issued: all of the VAT is that of the one taxed group."""
    nets: dict[tuple[str, str, Decimal], int] = {}
    for one in lines:
        nets[one.vat_key] = nets.get(one.vat_key, 0) + one.net.minor
    return tuple(VatGroup(*key, Money(net), Money(vat if key[2] else 0)) for key, net in nets.items())


def invoice(*lines: InvoiceLineFacts, vat: int, **changed: object) -> InvoiceFacts:
    net = Money(sum(one.net.minor for one in lines))
    made = InvoiceFacts(
        invoice_id=1,
        company_id=1,
        customer_id=1,
        contract_id=None,
        kind="invoice",
        number=1042,
        original_id=None,
        issued_on=date(2026, 8, 31),
        due_on=date(2026, 9, 14),
        is_term_agreed=True,
        customer_kind=CustomerKind.BUSINESS,
        language="da",
        net=net,
        vat=Money(vat),
        total=net + Money(vat),
        open_principal=net + Money(vat),
        reference=fik_reference(1042),
        products=frozenset({"webhosting"}),
        terms_version="2025-01",
        because=(),
        content_sha256="",
        lines=lines,
        groups=groups(lines, vat),
    )
    return replace(made, **changed)  # type: ignore[arg-type]


def to(details: CustomerDetails = ALMA, **changed: object) -> CustomerFacts:
    details = replace(details, **changed)  # type: ignore[arg-type]
    return CustomerFacts(customer_id=1, company_id=1, details=details, created_on=date(2026, 1, 1))


def fatal(written: EInvoice) -> list[str]:
    found = [
        problem
        for renderer in RENDERERS
        for problem in problems_of(objections_to(written, format=renderer.format), written)
    ]
    return [problem.message_en for problem in found if not problem.is_warning]


def test_lines_days_and_payment_are_those_of_the_paper() -> None:
    written = e_invoice_of(invoice(line(1, 270_00, unit=135_00, quantity=2), vat=67_50), COMPANY, to(), References())
    (only,) = written.lines
    assert (only.quantity, only.price, only.net, only.period) == (
        Decimal(2),
        Decimal("135.00"),
        Money(270_00),
        Period(*SEPTEMBER),
    )
    assert (written.issued_on, written.due_on, written.totals.payable) == (
        date(2026, 8, 31),
        date(2026, 9, 14),
        Money(337_50),
    )
    assert written.buyer_reference == "1001"  # the customer's own number, which both formats take
    assert fatal(written) == []


def test_a_period_that_was_cut_off_counts_as_one_and_says_how_it_was_reckoned() -> None:
    written = e_invoice_of(invoice(line(1, 90_00, unit=135_00, quantity=2), vat=22_50), COMPANY, to(), References())
    (only,) = written.lines
    assert (only.quantity, only.price, only.net) == (Decimal(1), Decimal("90.00"), Money(90_00))
    assert only.note == "2 × 135,00 kr. for en hel periode, beregnet efter dage."
    assert fatal(written) == []


def test_several_vat_groups_stand_apart_each_with_its_reason() -> None:
    lines = (line(1, 100_01), line(2, 33_33), line(3, 500_00, category="AE", percent=0))
    written = e_invoice_of(invoice(*lines, vat=33_34), COMPANY, to(), References())
    assert [(one.vat.category, one.taxable, one.tax, one.exemption_code) for one in written.breakdown] == [
        ("S", Money(133_34), Money(33_34), ""),
        ("AE", Money(500_00), Money(0), "VATEX-EU-AE"),
    ]
    assert fatal(written) == []


@pytest.mark.parametrize(("category", "code"), [("AE", "VATEX-EU-AE"), ("O", "VATEX-EU-O"), ("G", "VATEX-EU-G")])
def test_without_vat_the_reason_stands_on_it_in_the_customers_language(category: str, code: str) -> None:
    issued = invoice(line(1, 100_00, category=category, percent=0), vat=0, language="en")
    written = e_invoice_of(issued, COMPANY, to(), References())
    (only,) = written.breakdown
    assert (only.tax, only.exemption_code) == (Money(0), code)
    assert only.exemption_reason.isascii()


def test_an_oere_of_a_partial_credit_note_is_what_the_books_say_and_no_more_than_a_warning() -> None:
    original = invoice(line(1, 1_000_00), vat=250_00)
    note = invoice(line(1, 33_33), vat=8_34, kind="credit note", number=1043, original_id=1, due_on=None, reference="")
    written = e_invoice_of(note, COMPANY, to(), References(), original=original)
    assert (written.totals.tax, written.totals.payable) == (Money(8_34), Money(41_67))
    assert is_vat_within_an_oere(written)
    assert fatal(written) == []
    assert [one.number for one in written.preceding] == ["1042"]
    two = replace(note, vat=Money(8_35), total=Money(41_68))
    assert fatal(e_invoice_of(two, COMPANY, to(), References(), original=original)) != []
    assert fatal(e_invoice_of(replace(note, kind="invoice", original_id=None), COMPANY, to(), References())) != []


def test_without_a_due_day_it_says_that_it_is_due_on_receipt() -> None:
    written = e_invoice_of(invoice(line(1, 100_00), vat=25_00, due_on=None), COMPANY, to(), References())
    assert written.payment_terms == "Betales ved modtagelsen."
    assert fatal(written) == []


def test_a_buyer_is_named_by_gln_before_cvr_and_a_consumer_by_neither() -> None:
    issued = invoice(line(1, 100_00), vat=25_00)
    assert e_invoice_of(issued, COMPANY, to(), References()).buyer.endpoint == Identifier("13748136", "0184")
    by_gln = to(ean="5798000000001")
    assert e_invoice_of(issued, COMPANY, by_gln, References()).buyer.endpoint == Identifier("5798000000001", "0088")
    assert e_invoice_of(issued, COMPANY, to(CARLA), References()).buyer.endpoint is None


@pytest.mark.parametrize(
    ("lines", "street", "additional", "postcode", "city"),
    [
        (("Eksempelvej 25", "0000 Prøveby"), "Eksempelvej 25", "", "0000", "Prøveby"),
        (("Eksempelvej 25", "2. sal", "8000 Aarhus C"), "Eksempelvej 25", "2. sal", "8000", "Aarhus C"),
        (("Postboks 1", "DK-8000 Aarhus"), "Postboks 1", "", "DK-8000", "Aarhus"),
        (("Prøveby",), "", "", "", "Prøveby"),
    ],
)
def test_a_printed_address_is_read(
    lines: tuple[str, ...], street: str, additional: str, postcode: str, city: str
) -> None:
    address = seller_of(replace(COMPANY, address_lines=lines)).address
    assert (address.street, address.additional, address.postcode, address.city) == (street, additional, postcode, city)


def test_the_same_facts_give_the_same_bytes() -> None:
    issued = invoice(line(1, 100_01), line(2, 33_33), vat=33_34)
    for renderer in RENDERERS:
        first, second = (
            renderer.render(e_invoice_of(issued, COMPANY, to(), References(order_number="45"))) for _ in range(2)
        )
        assert first == second
