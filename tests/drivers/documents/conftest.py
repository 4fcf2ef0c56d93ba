"""Papers of the cast: what Alma, Birk and Carla get from an invented provider, from one line to forty."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from servanda.drivers.documents import Column, Paper, Payment, Sender, Table, Total

LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 180 40">
<circle cx="20" cy="20" r="18" fill="#0f6b5c"/><path d="M10 26 L20 8 L30 26 Z" fill="#ffffff"/>
<rect x="48" y="12" width="120" height="6" fill="#0f6b5c"/>
<rect x="48" y="24" width="80" height="4" fill="#9fc5bd"/>
</svg>"""

SENDER = Sender(
    name="Nordlys Hosting ApS",
    address_lines=("Eksempelvej 12, 2. th.", "8000 Aarhus C", "Danmark"),
    cvr="12345678",
    email="faktura@nordlys.example",
    phone="70 00 00 00",
    web="nordlys.example",
    bank_lines=(("IBAN", "DK50 0040 0440 1162 43"), ("BIC", "EKSEDKKK")),
    accent_colour="#0f6b5c",
)

DANISH_COLUMNS = (
    Column("Beskrivelse", is_wide=True),
    Column("Antal", "right"),
    Column("Enhedspris", "right"),
    Column("Moms", "right"),
    Column("Beløb", "right"),
)

ACCOUNT = (("Reg.nr.", "0040"), ("Kontonr.", "0440116243"), ("IBAN", "DK50 0040 0440 1162 43"))

PAYMENT = Payment(
    amount_text="1.561,25 kr.",
    due_text="16. januar 2026",
    account_lines=ACCOUNT,
    fik_line="+71<000000202600011+81234567<",
)

INVOICE = Paper(
    kind="invoice",
    language="da",
    title="Faktura",
    number="1001",
    issued_on=date(2026, 1, 2),
    sender=SENDER,
    recipient_lines=("Alma Design ApS", "Att.: Alma Ågesen", "Prøvegade 1", "9990 Skagen"),
    facts=(
        ("Fakturadato", "2. januar 2026"),
        ("Betales senest", "16. januar 2026"),
        ("Kundenr.", "10042"),
        ("Leveringsperiode", "januar 2026"),
        ("Vilkår", "Nordlys 2025-01"),
    ),
    table=Table(
        DANISH_COLUMNS,
        (("Webhotel Business, alma.example\n1.–31. januar 2026", "1", "1.249,00", "25 %", "1.249,00"),),
    ),
    totals=(
        Total("Subtotal uden moms", "1.249,00 kr."),
        Total("Moms 25 % af 1.249,00 kr.", "312,25 kr."),
        Total("I alt at betale", "1.561,25 kr.", is_strong=True),
    ),
    payment=PAYMENT,
    notes=("Spørgsmål til fakturaen besvares på faktura@nordlys.example.",),
    clauses=(
        ("Nordlys 2.1", "Betaling senest 14 dage efter fakturadatoen."),
        (
            "Nordlys 3.2",
            "Ved forsinket betaling beregnes rente efter renteloven, og der kan sendes rykkere med gebyr.",
        ),
    ),
)

FORTY_LINES = replace(
    INVOICE,
    language="en",
    title="Invoice",
    number="2026-000417",
    sender=replace(SENDER, logo_svg=LOGO),
    recipient_lines=(
        "Carla Webbureau I/S",
        "Attn.: Carla Østergård",
        "Bureauvej 40",
        "5000 Odense C",
        "Denmark",
    ),
    facts=(("Invoice date", "2 January 2026"), ("Customer no.", "10077"), ("Terms", "Nordlys 2025-01")),
    paragraphs=("Hosting for your customers' sites. Each line names the site and its period.",),
    table=Table(
        (
            Column("Description", is_wide=True),
            Column("Quantity", "right"),
            Column("Unit price", "right"),
            Column("VAT", "right"),
            Column("Amount", "right"),
        ),
        tuple(
            (
                f"Web hosting Silver, site-{n:02d}.example\n1–31 January 2026",
                str(n % 3 + 1),
                "99.00",
                "25%",
                f"{99 * (n % 3 + 1)}.00",
            )
            for n in range(1, 41)
        ),
    ),
    totals=(
        Total("Subtotal excluding VAT", "DKK 7,920.00"),
        Total("VAT 25% of DKK 7,920.00", "DKK 1,980.00"),
        Total("Total to pay", "DKK 9,900.00", is_strong=True),
    ),
    payment=replace(
        PAYMENT,
        amount_text="DKK 9,900.00",
        due_text="16 January 2026",
        account_lines=(
            ("Sort code", "0040"),
            ("Account no.", "0440116243"),
            ("IBAN", "DK50 0040 0440 1162 43"),
        ),
        fik_line="",
        reference="2026-000417",
        note="Please state the reference with your transfer, so that the payment finds its invoice.",
    ),
    notes=(),
    clauses=(("Nordlys 2.1", "Payment no later than 14 days after the invoice date."),),
)

CREDIT_NOTE = replace(
    INVOICE,
    kind="credit note",
    title="Kreditnota",
    number="1002",
    refers_to="1001 af 2. januar 2026",
    facts=(("Dato", "9. januar 2026"), ("Kundenr.", "10042")),
    paragraphs=("Kompensation for nedetid den 5. januar 2026. Beløbet modregnes i din næste faktura.",),
    table=Table(DANISH_COLUMNS, (("Kreditering, 2 døgn", "-2", "40,29", "25 %", "-80,58"),)),
    totals=(
        Total("Subtotal uden moms", "-80,58 kr."),
        Total("Moms 25 % af -80,58 kr.", "-20,15 kr."),
        Total("I alt til gode", "-100,73 kr.", is_strong=True),
    ),
    payment=None,
    notes=(),
    clauses=(("Nordlys 7.4", "Ved driftsafbrydelse over 4 timer gives forholdsmæssigt afslag."),),
)

REMINDER = replace(
    INVOICE,
    kind="letter",
    title="Rykker 1 – varsel om inkasso",
    number="",
    recipient_lines=("Birk Bøgelund", "Glemsomvej 7, st. tv.", "4000 Roskilde"),
    facts=(("Dato", "30. januar 2026"), ("Kundenr.", "10051"), ("Vedrører faktura", "1001")),
    paragraphs=(
        "Kære Birk Bøgelund",
        "Vi har ikke registreret din betaling af faktura 1001 af 2. januar 2026 for Webhotel Business, "
        "birk.example. Fakturaen skulle være betalt senest 16. januar 2026.",
        "Betaler du senest 10. februar 2026, kommer der ikke flere omkostninger på. "
        "Betaler du ikke inden da, kan kravet blive sendt til inkasso, "
        "og du vil i så fald skulle betale inkassoomkostninger.",
    ),
    table=Table(
        (Column("Krav", is_wide=True), Column("Beløb", "right")),
        (
            ("Hovedstol, faktura 1001", "1.561,25 kr."),
            ("Rente efter renteloven § 5\n9,75 % p.a. i 14 dage fra 16. januar 2026", "5,84 kr."),
            ("Rykkergebyr\nRenteloven § 9 b, uden moms", "100,00 kr."),
        ),
    ),
    totals=(Total("I alt at betale", "1.667,09 kr.", is_strong=True),),
    payment=replace(PAYMENT, amount_text="1.667,09 kr.", due_text="10. februar 2026"),
    notes=(
        "Har du betalt inden for de seneste dage, kan du se bort fra dette brev. "
        "Er du uenig i kravet, så skriv til os.",
    ),
)

LONG_NAME = "Interessentskabet Brdr. Vestergaard-Kristoffersens Efterfølgere & Datter, Entreprenører og Handelsgartnere"

LONG_NAMES = replace(
    INVOICE,
    recipient_lines=(
        LONG_NAME,
        "Att.: " + "Ø" * 120,
        "c/o " + LONG_NAME,
        "Bygning 4, opgang C, 3. sal",
        "9990 Skagen",
    ),
    table=Table(
        DANISH_COLUMNS,
        (
            (
                LONG_NAME + "\n" + "meget-langt-navn-" * 8 + ".example",
                "12.000",
                "123.456,00",
                "25 %",
                "1.481.472.000,00",
            ),
        ),
    ),
)

PAPERS: Mapping[str, Paper] = {
    "invoice of one line": INVOICE,
    "invoice of forty lines": FORTY_LINES,
    "credit note": CREDIT_NOTE,
    "reminder": REMINDER,
    "long names": LONG_NAMES,
}


@pytest.fixture(scope="session")
def papers() -> Mapping[str, Paper]:
    return PAPERS
