"""Random documents that a careless programmer would get wrong: half øre, many rates, discounts, credits, odd texts.

Everything hangs on one seed, so a document that fails can be made again from its number.
"""

import random
from dataclasses import replace
from datetime import date, timedelta
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
from servanda.ground.law.companies import fik_check_digit
from servanda.ground.money import Money
from servanda.ground.periods import Period

_WORDS = (
    "Webhotel", "æblegrød", "Ærø", "Åse", "Øl & brød", "<b>fed</b>", "\"citat\"", "'apostrof'", "50 % rabat", "😀🎉", "日本語",
    "Ελλάδα", "naïve", "a" * 60, "--", "]]>", "&amp;", "linje\nskift", "tab\tulator", "€ 12", "domæne.dk", "C:\\sti", "{x}",
)  # fmt: skip
_RATES = (25, 25, 25, 12, 6, 19, 21, "5.5", 10, "0.5")
_REASONS = {
    "E": ("Momsfritaget", ("", "VATEX-EU-132")),
    "AE": ("Omvendt betalingspligt", ("", "VATEX-EU-AE")),
    "K": ("Salg til EU-land", ("", "VATEX-EU-IC")),
    "G": ("Udførsel", ("", "VATEX-EU-G")),
    "O": ("Uden for momsens område", ("", "VATEX-EU-O")),
}
_UNITS = ("C62", "MON", "HUR", "DAY", "ANN", "EA", "4L")
_NAMES = ("Alma", "Birk", "Carla", "Dines", "Eva")


def random_document(seed: int) -> EInvoice | EReminder:
    """The document of that number; one in twelve is a reminder."""
    chance = random.Random(seed)
    return _reminder(chance, seed) if chance.random() < 1 / 12 else _invoice(chance, seed)


def _text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(_WORDS) for _ in range(chance.randint(1, words)))


def _digits(chance: random.Random, count: int) -> str:
    return "".join(str(chance.randint(0, 9)) for _ in range(count))


def _gln(chance: random.Random) -> str:
    body = "579" + _digits(chance, 9)
    total = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(body))
    return f"{body}{-total % 10}"


def _party(chance: random.Random, *, country: str = "DK") -> Party:
    cvr = _digits(chance, 8)
    is_danish = country == "DK"
    has_gln = is_danish and chance.random() < 0.5
    endpoint = Identifier(_gln(chance), GLN) if has_gln else Identifier(cvr, CVR)
    address = Address(
        street=_text(chance, 2),
        building_number=chance.choice(("", "7", "12 B")),
        additional=chance.choice(("", "2. tv.")),
        city=chance.choice(("Åby", "Sønderby")),
        postcode=_digits(chance, 4),
        country=country,
        region=chance.choice(("", "", "Fyn")),
    )
    return Party(
        name=f"{chance.choice(_NAMES)} {_text(chance, 2)}",
        trading_name=chance.choice(("", _text(chance, 2))),
        address=address,
        legal_id=Identifier(cvr, CVR) if is_danish else chance.choice((None, Identifier(_digits(chance, 6)))),
        vat_id=f"{country}{cvr if is_danish else _digits(chance, 9)}",
        endpoint=endpoint if is_danish else Identifier(f"{country}{_digits(chance, 9)}", "9930"),
        contact=chance.choice(
            (None, Contact(name=chance.choice(_NAMES)), Contact(email="eva@example.dk", phone="70 00 00 00"))
        ),
        is_public=has_gln and chance.random() < 0.7,
    )


def _payment(chance: random.Random) -> PaymentMeans | None:
    kind = chance.randint(0, 7)
    reference = _text(chance, 2)[: chance.choice((5, 20, 60))].strip()
    creditor = "8" + _digits(chance, 7)
    body = _digits(chance, 14 if kind == 0 else 15)
    return (
        FikPayment(kind="71", creditor=creditor, reference=f"{body}{fik_check_digit(body)}"),
        FikPayment(kind="75", creditor=creditor, reference=f"{body}{fik_check_digit(body)}"),
        FikPayment(kind="73", creditor=creditor),
        DanishTransfer(
            registration_number=str(chance.randint(1, 9999)).zfill(4),
            account_number=_digits(chance, chance.randint(1, 10)),
            account_name=chance.choice(("", "Drift")),
            reference=reference,
        ),
        IbanTransfer(iban="DK5000400440116243", bic=chance.choice(("", "TESTDKKK")), reference=reference),
        DirectDebit(
            mandate_id=f"M-{_digits(chance, 6)}", payer_account="DK5000400440116243", creditor_id="DK00ZZZ12345674"
        ),
        AgreedPayment(text=chance.choice(("", "Betalingsservice")), reference=reference),
        None,
    )[kind]


def _vats(chance: random.Random) -> tuple[Vat, ...]:
    kind = chance.random()
    if kind < 0.55:
        return (Vat(category="S", percent=Decimal(25)),)
    if kind < 0.7:
        return tuple({Vat(category="S", percent=Decimal(rate)) for rate in chance.sample(_RATES, 3)})
    if kind < 0.8:
        return (Vat(category="S", percent=Decimal(25)), Vat(category="Z"), Vat(category="E"))
    return (Vat(category=chance.choice(("Z", "E", "AE", "K", "G", "O"))),)  # type: ignore[arg-type]


def _price(chance: random.Random) -> Decimal:
    return Decimal(chance.randint(0, 10 ** chance.randint(1, 9))).scaleb(-chance.randint(0, 6))


def _line(chance: random.Random, number: int, vat: Vat, currency: str, period: Period | None) -> Line:
    quantity = Decimal(chance.randint(1, 10 ** chance.randint(1, 5))).scaleb(-chance.randint(0, 3))
    if chance.random() < 0.12:
        quantity = -quantity
    is_half_cent = chance.random() < 0.3
    adjustments = tuple(
        LineAdjustment(
            is_charge=chance.random() < 0.4,
            amount=Money(chance.randint(1, 20_000), currency),
            reason=_text(chance, 2),
        )
        for _ in range(chance.choice((0, 0, 0, 1, 2)))
    )
    return Line(
        line_id=str(number),
        name=_text(chance, 4),
        description=chance.choice(("", "", _text(chance, 5), _text(chance, 60))),
        quantity=Decimal(1) if is_half_cent else quantity,
        price=Decimal(chance.randint(1, 9_999)) + Decimal("0.005") if is_half_cent else _price(chance),
        base_quantity=Decimal(chance.choice((1, 1, 1, 3, 7, 100, 1000))),
        net=Money(0, currency),
        vat=vat,
        unit=chance.choice(_UNITS),
        adjustments=adjustments,
        period=period if chance.random() < 0.4 else None,
        seller_item_id=chance.choice(("", "V-1")),
        order_line=chance.choice(("", "10")),
        note=chance.choice(("", "", _text(chance, 3))),
    )


def _adjustment(chance: random.Random, vat: Vat, currency: str) -> Adjustment:
    is_charge = chance.random() < 0.4
    base = Money(chance.randint(100, 1_000_000), currency)
    percent = Decimal(chance.randint(1, 9_999)).scaleb(-2)
    share = base.times(percent / 100)
    if share.minor > 0 and chance.random() < 0.5:
        return Adjustment(
            is_charge=is_charge, amount=share, reason=_text(chance, 2), vat=vat, base_amount=base, percent=percent
        )
    code = chance.choice(("", "FC")) if is_charge else chance.choice(("", "95"))
    amount = Money(chance.randint(1, 50_000), currency)
    return Adjustment(is_charge=is_charge, amount=amount, reason=_text(chance, 2), vat=vat, reason_code=code)


def _invoice(chance: random.Random, seed: int) -> EInvoice:
    currency = chance.choice(("DKK", "DKK", "DKK", "EUR", "SEK"))
    nothing = Money(0, currency)
    vats = _vats(chance)
    categories = {vat.category for vat in vats}
    since = date(2026, 1, 1) + timedelta(days=chance.randint(0, 700))
    period = Period(since, since + timedelta(days=chance.randint(1, 400))) if chance.random() < 0.5 else None
    buyer = _party(chance, country="DE" if categories & {"AE", "K", "G", "O"} and chance.random() < 0.8 else "DK")
    lines = tuple(
        _line(chance, number, chance.choice(vats), currency, period)
        for number in range(1, chance.choice((1, 1, 2, 2, 3, 4, 9)) + 1)
    )
    kind = "credit note" if chance.random() < 0.3 else "invoice"
    used = tuple(dict.fromkeys(line.vat for line in lines))
    adjustments = tuple(_adjustment(chance, chance.choice(used), currency) for _ in range(chance.choice((0, 0, 1, 3))))
    made = with_sums(
        EInvoice(
            kind=kind,  # type: ignore[arg-type]
            number=f"{seed}",
            issued_on=since,
            due_on=since + timedelta(days=chance.randint(0, 60)),
            currency=currency,
            seller=_party(chance),
            buyer=buyer,
            lines=lines,
            adjustments=adjustments,
            breakdown=tuple(_reason(chance, vat) for vat in used if vat.category in _REASONS),
            totals=Totals(**dict.fromkeys(Totals.__dataclass_fields__, nothing)),
            payment=_payment(chance),
            buyer_reference=chance.choice(("", _text(chance, 2))),
            order_reference=f"PO-{seed}",
            contract_reference=chance.choice(("", "K-1")),
            preceding=(PrecedingInvoice(number=f"F-{seed}", issued_on=chance.choice((None, since))),)
            if kind == "credit note"
            else (),
            period=period,
            delivered_on=since if "K" in categories or chance.random() < 0.3 else None,
            delivery_country="DE" if "K" in categories else "",
            note=chance.choice(("", _text(chance, 20))),
            payment_terms=chance.choice(("", _text(chance, 6))),
        )
    )
    return _settled(chance, made)


def _settled(chance: random.Random, made: EInvoice) -> EInvoice:
    """The invoice with a positive sum, and at times with something prepaid, rounded or given in kroner too."""
    if made.totals.gross.minor < 0:
        made = with_sums(
            replace(
                made, lines=tuple(replace(line, quantity=abs(line.quantity)) for line in made.lines), adjustments=()
            )
        )
    currency, gross = made.currency, made.totals.gross
    totals = made.totals
    if gross.minor > 1_00 and chance.random() < 0.15 and made.kind == "invoice":
        totals = replace(totals, prepaid=Money(chance.randint(1, gross.minor), currency))
    if gross.minor > 10_00 and chance.random() < 0.15:
        totals = replace(totals, rounding=Money(chance.randint(-50, 50), currency))
    if currency != "DKK" and chance.random() < 0.4:
        made = replace(made, tax_in_accounting_currency=Money(made.totals.tax.minor * 7, "DKK"))
    return with_sums(replace(made, totals=totals))


def _reason(chance: random.Random, vat: Vat) -> VatSubtotal:
    text, codes = _REASONS[vat.category]
    return VatSubtotal(
        vat=vat, taxable=Money(0), tax=Money(0), exemption_reason=text, exemption_code=chance.choice(codes)
    )


def _reminder(chance: random.Random, seed: int) -> EReminder:
    since = date(2026, 1, 1) + timedelta(days=chance.randint(0, 700))
    return EReminder(
        kind=chance.choice(("advice", "reminder")),
        number=f"R-{seed}",
        issued_on=since,
        due_on=since + timedelta(days=10),
        sequence=chance.randint(1, 3),
        period=Period(since - timedelta(days=chance.randint(1, 60)), since),
        currency="DKK",
        seller=_party(chance),
        buyer=_party(chance),
        claims=tuple(
            ReminderClaim(
                invoice_number=f"{seed}-{number}",
                issued_on=since - timedelta(days=40),
                balance=Money(chance.randint(1, 10_000_000)),
                note=chance.choice(("", _text(chance, 2))),
            )
            for number in range(chance.choice((1, 1, 2, 6)))
        ),
        charges=tuple(
            ReminderCharge(kind=kind, amount=Money(chance.randint(1, 31_000)), text=_text(chance, 3))
            for kind in chance.sample(("fee", "interest", "compensation"), chance.randint(0, 3))
        ),
        payment=_payment(chance),
        buyer_reference=f"Ref {seed}",
        note=chance.choice(("", _text(chance, 5))),
        payment_terms=chance.choice(("", "Betal nu")),
    )
