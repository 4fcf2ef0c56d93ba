"""Documents written for these tests: one of every kind, and pieces to make others of. Nobody in them exists."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from servanda.drivers.einvoices import (
    CVR,
    GLN,
    Address,
    Adjustment,
    AgreedPayment,
    Contact,
    DanishTransfer,
    DirectDebit,
    EInvoice,
    EReminder,
    FikPayment,
    IbanTransfer,
    Identifier,
    Line,
    LineAdjustment,
    Party,
    PaymentMeans,
    PrecedingInvoice,
    ReminderCharge,
    ReminderClaim,
    Totals,
    Vat,
    VatSubtotal,
    with_sums,
)
from servanda.ground.law.companies import fik_check_digit, fik_reference
from servanda.ground.money import Money
from servanda.ground.periods import Period

ISSUED_ON = date(2026, 12, 1)
DUE_ON = date(2026, 12, 15)
NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))
STANDARD = Vat(category="S", percent=Decimal(25))

SELLER = Party(
    name="Nordlys Hosting ApS",
    address=Address(street="Fjordvej", building_number="12", city="Nørrebæk", postcode="9999"),
    legal_id=Identifier("12345674", CVR),
    vat_id="DK12345674",
    endpoint=Identifier("12345674", CVR),
    contact=Contact(name="Regnskab", phone="70000000", email="regnskab@nordlys.example"),
)
PUBLIC_BODY = Party(
    name="Åby Kommune",
    trading_name="Åby Kommune, Børn og Skole",
    address=Address(street="Rådhuspladsen", building_number="1", city="Åby", postcode="9998"),
    legal_id=Identifier("87654303", CVR),
    endpoint=Identifier("5790000000012", GLN),
    contact=Contact(name="Økonomi"),
    is_public=True,
)
BUSINESS = Party(
    name="Carlas Bureau A/S",
    address=Address(street="Havnegade 7, 2. tv.", city="Sønderby", postcode="9997"),
    legal_id=Identifier("23456788", CVR),
    vat_id="DK23456788",
    endpoint=Identifier("23456788", CVR),
)
GERMAN = Party(
    name="Beispiel GmbH",
    address=Address(street="Musterstraße 5", city="Musterstadt", postcode="99999", country="DE"),
    legal_id=Identifier("HRB 00000"),
    vat_id="DE999999999",
    endpoint=Identifier("DE999999999", "9930"),
)
FIK = FikPayment(kind="71", creditor="81234567", reference=fik_reference(20260001))
PAYMENTS: tuple[PaymentMeans, ...] = (
    FIK,
    FikPayment(kind="73", creditor="81234567"),
    FikPayment(
        kind="75", creditor="81234567", reference="000000202600017"[:15] + str(fik_check_digit("000000202600017"))
    ),
    DanishTransfer(registration_number="0400", account_number="0440116243", reference="2026-1"),
    IbanTransfer(iban="DK5000400440116243", bic="TESTDK22", reference="2026-1"),
    DirectDebit(mandate_id="M-1", payer_account="DK5000400440116243"),
    AgreedPayment(text="Betalingsservice", reference="2026-1"),
)
_NO_TOTALS = Totals(**{name: Money(0) for name in Totals.__dataclass_fields__})


def line(number: int = 1, **changes: object) -> Line:
    """A line of three months of web hosting."""
    given: dict[str, object] = {
        "line_id": str(number),
        "name": "Webhotel Guld",
        "quantity": Decimal(3),
        "price": Decimal("49.50"),
        "net": Money(0),
        "vat": STANDARD,
        "unit": "MON",
    }
    return Line(**(given | changes))  # type: ignore[arg-type]


def reasoned(vat: Vat, text: str, code: str = "") -> VatSubtotal:
    """The reason why a category has no VAT; `with_sums` fills in the amounts."""
    return VatSubtotal(vat=vat, taxable=Money(0), tax=Money(0), exemption_reason=text, exemption_code=code)


def invoice(**changes: object) -> EInvoice:
    """An invoice to a business, with its sums."""
    given: dict[str, object] = {
        "kind": "invoice",
        "number": "2026-1",
        "issued_on": ISSUED_ON,
        "due_on": DUE_ON,
        "currency": "DKK",
        "seller": SELLER,
        "buyer": BUSINESS,
        "lines": (line(),),
        "breakdown": (),
        "totals": _NO_TOTALS,
        "payment": FIK,
        "order_reference": "PO-77",
        "payment_terms": "Netto 14 dage.",
    }
    return with_sums(EInvoice(**(given | changes)))  # type: ignore[arg-type]


ORDINARY = invoice()
PUBLIC = invoice(
    number="2026-2",
    buyer=PUBLIC_BODY,
    buyer_reference="EAN-ref. Børge",
    contract_reference="K-12",
    period=NOVEMBER,
    note="Tak for samarbejdet – Æblegrød & <co>",
    lines=(
        line(1, period=NOVEMBER, description="Webhotel med 50 GB", order_line="1", seller_item_id="WH-G"),
        line(
            2,
            name="Supporttimer",
            quantity=Decimal("1.25"),
            unit="HUR",
            price=Decimal("845.3375"),
            adjustments=(
                LineAdjustment(is_charge=False, amount=Money(50_00), reason="Kulance", reason_code="95"),
                LineAdjustment(is_charge=True, amount=Money(12_50), reason="Aftentillæg"),
            ),
        ),
        line(3, name="Domæner", quantity=Decimal(250), base_quantity=Decimal(100), price=Decimal("33.333"), unit="C62"),
    ),
    adjustments=(
        Adjustment(
            is_charge=False,
            amount=Money(100_00),
            reason="Loyalitetsrabat",
            reason_code="95",
            base_amount=Money(1000_00),
            percent=Decimal(10),
            vat=STANDARD,
        ),
        Adjustment(is_charge=True, amount=Money(35_00), reason="Ekspedition", vat=STANDARD),
    ),
)
REVERSE_CHARGE = invoice(
    number="2026-3",
    buyer=GERMAN,
    currency="EUR",
    lines=(line(vat=Vat(category="AE")),),
    breakdown=(reasoned(Vat(category="AE"), "Omvendt betalingspligt", "VATEX-EU-AE"),),
    payment=PAYMENTS[4],
    totals=replace(_NO_TOTALS, **{name: Money(0, "EUR") for name in Totals.__dataclass_fields__}),
)
CREDIT_NOTE = invoice(
    kind="credit note",
    number="2026-4",
    buyer=PUBLIC_BODY,
    preceding=(PrecedingInvoice(number="2026-2", issued_on=ISSUED_ON),),
    lines=(line(), line(2, quantity=Decimal("0.5"), price=Decimal("19.99"))),
    payment=None,
)
PREPAID = invoice(
    number="2026-5",
    totals=replace(_NO_TOTALS, prepaid=Money(100_00), rounding=Money(37)),
    lines=(line(quantity=Decimal(9)),),
)
REMINDER = EReminder(
    kind="reminder",
    number="R-2026-1",
    issued_on=ISSUED_ON,
    sequence=2,
    period=NOVEMBER,
    currency="DKK",
    seller=SELLER,
    buyer=PUBLIC_BODY,
    due_on=DUE_ON,
    payment=FIK,
    buyer_reference="Børge",
    claims=(
        ReminderClaim(invoice_number="2026-1", issued_on=date(2026, 10, 1), balance=Money(1250_00)),
        ReminderClaim(invoice_number="2026-2", issued_on=date(2026, 10, 2), balance=Money(99_95), note="Rest"),
    ),
    charges=(
        ReminderCharge(kind="fee", amount=Money(100_00), text="Rykkergebyr"),
        ReminderCharge(kind="interest", amount=Money(7_31), text="Morarente"),
        ReminderCharge(kind="compensation", amount=Money(310_00), text="Kompensation"),
    ),
)
ADVICE = replace(REMINDER, kind="advice", number="R-2026-2", sequence=1, charges=(), buyer=BUSINESS, payment=None)
DOCUMENTS = {
    "ordinary": ORDINARY,
    "public": PUBLIC,
    "reverse charge": REVERSE_CHARGE,
    "credit note": CREDIT_NOTE,
    "prepaid and rounded": PREPAID,
    "reminder": REMINDER,
    "advice": ADVICE,
}
