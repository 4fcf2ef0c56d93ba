"""VAT as staff see it: why an invoice is taxed as it is, what a customer's treatment rests on, what a period declares."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from servanda.business.billing.facts import InvoiceFacts, SalesAbroad, VatBreakdown, VatReport
from servanda.business.billing.queries.vat import buyer_of_customer, sales_abroad
from servanda.business.billing.queries.vat_questions import VatQuestion
from servanda.business.billing.queries.vat_reports import vat_report_of
from servanda.business.customers.facts import CheckOutcome, CustomerFacts, Move, NumberCheck
from servanda.business.customers.queries.vat import is_number_wished, moves_of, number_checks_of
from servanda.faces.office.places import Visit
from servanda.faces.office.showing.naming import Names
from servanda.faces.office.shown import Stamp, Tab
from servanda.faces.office.shown_vat import (
    CheckRow,
    CustomerVatShown,
    InvoiceVatShown,
    LocationRow,
    MoveRow,
    ShopShown,
    VatCard,
    VatCell,
    VatGroupShown,
    VatQuestionShown,
    VatShown,
    VatTable,
)
from servanda.faces.office.words import language, word
from servanda.faces.parts.telling import told
from servanda.faces.parts.vat_tables import VatTable as Table
from servanda.faces.parts.vat_tables import euro_rate, vat_sheets
from servanda.ground.calendar import day_text
from servanda.ground.law.sentences import Language
from servanda.ground.law.vat import VatBuyer, VatTreatment, is_abroad_in_eu, treatment_of
from servanda.ground.law.vat_location import OWN_WORDS, LocationItem, LocationKind, Proof
from servanda.ground.law.vat_numbers import VatNumber, read_vat_number
from servanda.ground.law.vat_periods import quarter_of, vat_period
from servanda.ground.law.vat_words import VatBasis, why_of
from servanda.ground.money import Money
from servanda.ground.refusal import Refused
from servanda.ground.sheets import Cell
from servanda.terms.clauses import CustomerKind

TABLES = ("vat-return", "eu-sales", "one-stop-shop", "one-stop-shop-corrections", "tie")
PERIODS_SHOWN = 6
LAW = ("Moms", "Taxes")  # how the sources of provisions on VAT begin
KINDS: Mapping[str, str] = {
    LocationKind.BILLING_ADDRESS: gettext_noop("Billing address"),
    LocationKind.IP_ADDRESS: gettext_noop("IP address"),
    LocationKind.BANK: gettext_noop("Bank account or card"),
    LocationKind.SIM_CARD: gettext_noop("Country of the SIM card"),
    LocationKind.LINE: gettext_noop("Fixed line at home"),
    LocationKind.OTHER: gettext_noop("Other commercial evidence"),
}
OUTCOMES = {
    CheckOutcome.VALID: (gettext_noop("In use"), "calm"),
    CheckOutcome.INVALID: (gettext_noop("Not in use"), "stop"),
    CheckOutcome.UNAVAILABLE: (gettext_noop("No answer"), "note"),
}
PROOFS = {
    Proof.ENOUGH: (gettext_noop("Country is proven"), "calm"),
    Proof.LACKING: (gettext_noop("Evidence is missing"), "warn"),
    Proof.CONTRADICTORY: (gettext_noop("Evidence contradicts itself"), "stop"),
}


def invoice_vat_shown(invoice: InvoiceFacts) -> InvoiceVatShown:
    """Return why each part of an invoice is taxed as it is, with the evidence of the day of issue."""
    return InvoiceVatShown(
        groups=tuple(_group(part, invoice) for part in invoice.breakdown),
        evidence=tuple(_evidence(invoice.buyer, invoice)) if invoice.buyer is not None else (),
        because=tuple(one for one in invoice.because if one.source.startswith(LAW)),
    )


def group_text(part: VatBreakdown) -> str:
    """Return the name of a VAT group: its rate, and whose VAT it is where it is not Danish."""
    if not part.percent:
        return _("No VAT")
    rate = f"{part.percent.normalize():f}"
    rate = rate.replace(".", ",") if language() == "da" else rate
    text = _("VAT %(rate)s") % {"rate": f"{rate} %"}
    return f"{text} ({part.group.country})" if part.group.country != "DK" else text


def customer_vat_shown(visit: Visit, customer: CustomerFacts) -> CustomerVatShown:
    """Return what the customer's VAT rests on today."""
    buyer = buyer_of_customer(customer.customer_id, customer.kind, on=visit.today)
    treatment, problem = _treatment(buyer, visit)
    read = read_vat_number(buyer.number) if buyer.number else None
    is_consumer = customer.kind is CustomerKind.CONSUMER
    return CustomerVatShown(
        number=customer.number,
        country=buyer.country,
        treatment=_treatment_text(treatment),
        why=treatment.why.in_language(_language()) if treatment is not None else problem,
        rate=treatment.percent if treatment is not None else Decimal(0),
        because=(treatment.citation,) if treatment is not None else (),
        vat_number=buyer.number,
        number_problem=read.in_language(_language()) if read is not None and not isinstance(read, VatNumber) else "",
        checked_on=buyer.number_checked_on,
        may_be_located=not buyer.is_business,
        is_number_wished=bool(buyer.number) and is_number_wished(customer.customer_id),
        may_be_checked=bool(buyer.number) and buyer.country != "DK" and not is_consumer,
        may_be_dealer=bool(customer.details.cvr) and buyer.country == "DK" and not is_consumer,
        dealer_evidence=buyer.dealer_evidence,
        proof=_stamp(PROOFS[buyer.location_proof]) if is_consumer and buyer.country != "DK" else None,
        checks=tuple(_check(check) for check in number_checks_of(customer.customer_id)),
        location=tuple(_item(item) for item in buyer.location) if not buyer.is_business else (),
        moves=tuple(_move(move) for move in moves_of(customer.customer_id)),
        kinds=tuple((str(kind), _(text)) for kind, text in KINDS.items() if kind not in OWN_WORDS),
    )


def vat_shown(visit: Visit, *, period: str, rate: str) -> VatShown:
    """Return the VAT of a period; without one, of the quarter that ended last. What cannot be read is told, not guessed."""
    chosen, problem = period or _latest_quarter(visit.today), ""
    try:
        kroner = euro_rate(rate)
    except Refused as refusal:
        kroner, problem = None, told(refusal)
    try:
        days = vat_period(chosen)
    except Refused as refusal:
        chosen, problem = _latest_quarter(visit.today), told(refusal)
        days = vat_period(chosen)
    report = vat_report_of(visit.company.company_id, days)
    return VatShown(
        period=chosen,
        since=days.since,
        last_day=days.last_day,
        documents=report.documents,
        is_tied=report.is_tied,
        tables=_tables(report, visit, chosen, kroner, rate if kroner is not None else ""),
        periods=_periods(visit, chosen),
        euro_rate=rate,
        problem=problem,
        workbook_address=_file_address(visit, chosen, rate if kroner is not None else "", "xlsx"),
        shop=_shop(sales_abroad(visit.company.company_id, today=visit.today)),
    )


def vat_files(visit: Visit, *, period: str, rate: str) -> tuple[Table, ...]:
    """Return the tables of a period to take away."""
    report = vat_report_of(visit.company.company_id, vat_period(period))
    return vat_sheets(report, _language(), kroner_per_euro=euro_rate(rate))


def vat_card(questions: tuple[VatQuestion, ...], names: Names, today: date) -> Iterable[VatCard]:
    """Yield the card of all customers whose VAT a person must look at, if there are any."""
    if questions:
        yield VatCard(
            on=today,
            questions=tuple(
                VatQuestionShown(
                    text=one.sentence.in_language(_language()), links=names.links(customer_id=one.customer_id)
                )
                for one in questions
            ),
        )


def _group(part: VatBreakdown, invoice: InvoiceFacts) -> VatGroupShown:
    bases = dict.fromkeys(line.vat_basis for line in invoice.lines if line.vat_key == part.group.key and line.vat_basis)
    reasons = (why_of(VatBasis(basis), country=part.group.country) for basis in bases)
    return VatGroupShown(
        text=group_text(part),
        base=part.base,
        vat=part.vat,
        reasons=tuple(reason.in_language(_language()) for reason in reasons),
        notes=tuple(note.in_language(_language()) for note in part.notes),
    )


def _evidence(buyer: VatBuyer, invoice: InvoiceFacts) -> Iterable[tuple[str, str]]:
    yield _("Customer's country"), buyer.country
    if buyer.number:
        yield _("VAT number"), buyer.number
        checked = day_text(buyer.number_checked_on, language()) if buyer.number_checked_on else _("Not checked")
        yield _("Checked"), checked
    if buyer.consultation:
        yield _("Consultation number"), buyer.consultation
    if buyer.dealer_evidence:
        yield _("Registered dealer"), buyer.dealer_evidence
    if not buyer.is_business and buyer.country != "DK":
        yield _("Where they live"), _(PROOFS[buyer.location_proof][0])
        for item in buyer.location:
            yield word(KINDS, item.kind), " · ".join(text for text in (item.country, item.source) if text)


def _treatment(buyer: VatBuyer, visit: Visit) -> tuple[VatTreatment | None, str]:
    """Return how a service would be taxed today, or why that is not known."""
    is_consumer_abroad = not buyer.is_business and is_abroad_in_eu(buyer.country, on=visit.today)
    is_shop = is_consumer_abroad and _is_shop(visit)
    try:
        return treatment_of(buyer, on=visit.today, is_one_stop_shop=is_shop), ""
    except Refused as refusal:
        return None, told(refusal)


def _is_shop(visit: Visit) -> bool:
    return sales_abroad(visit.company.company_id, today=visit.today).is_one_stop_shop(Money(0))


def _treatment_text(treatment: VatTreatment | None) -> str:
    if treatment is None:
        return _("Not decided")
    if not treatment.rate:
        return _("No VAT")
    rate = f"{treatment.percent:f}".replace(".", "," if language() == "da" else ".")
    return _("VAT %(rate)s") % {"rate": f"{rate} % ({treatment.country})"}


def _check(check: NumberCheck) -> CheckRow:
    return CheckRow(
        number=check.number,
        stamp=_stamp(OUTCOMES[check.outcome]),
        on=check.on_day,
        source=check.source,
        consultation=check.consultation,
        name=check.name,
        reason=check.reason,
    )


def _item(item: LocationItem) -> LocationRow:
    return LocationRow(kind=word(KINDS, item.kind), country=item.country, source=item.source, on=item.on_day)


def _move(move: Move) -> MoveRow:
    text = _("From %(left)s to %(country)s") % {"left": move.left_country, "country": move.country}
    return MoveRow(text=text, since=move.since, reason=move.reason)


def _stamp(named: tuple[str, str]) -> Stamp:
    return Stamp(_(named[0]), named[1])


def _tables(report: VatReport, visit: Visit, period: str, kroner: Decimal | None, rate: str) -> tuple[VatTable, ...]:
    sheets = vat_sheets(report, _language(), kroner_per_euro=kroner)
    return tuple(_table(key, sheet, visit, period, rate) for key, sheet in zip(TABLES, sheets, strict=True))


def _table(key: str, sheet: Table, visit: Visit, period: str, rate: str) -> VatTable:
    figures = [any(isinstance(row[place], int | Decimal) for row in sheet.rows) for place in range(len(sheet.headings))]
    return VatTable(
        key=key,
        title=sheet.title,
        notes=sheet.notes,
        headings=tuple(VatCell(text, is_figure) for text, is_figure in zip(sheet.headings, figures, strict=True)),
        rows=tuple(
            tuple(
                VatCell(_cell(cell), is_figure, is_off=key == "tie" and place == len(row) - 1 and bool(cell))
                for place, (cell, is_figure) in enumerate(zip(row, figures, strict=True))
            )
            for row in sheet.rows
        ),
        csv_address=_file_address(visit, period, rate, "csv", table=key),
    )


def _cell(cell: Cell) -> str:
    """Return a cell as the reader writes figures; a rate keeps no empty decimals."""
    if isinstance(cell, Decimal):
        text = f"{cell:,.2f}"
    elif isinstance(cell, int):
        text = f"{cell:,}"
    else:
        return str(cell) if cell is not None else ""
    return text.translate(str.maketrans(",.", ".,")) if language() == "da" else text


def _file_address(visit: Visit, period: str, rate: str, form: str, **more: str) -> str:
    asked = {"period": period, "form": form, **({"rate": rate} if rate else {}), **more}
    return f"{reverse('office:vat-file', args=[visit.company.slug])}?{urlencode(asked)}"


def _periods(visit: Visit, chosen: str) -> tuple[Tab, ...]:
    """Return the quarter that runs and those before it."""
    names, day = [], visit.today
    for _each in range(PERIODS_SHOWN):
        names.append(quarter_of(day))
        day = vat_period(quarter_of(day)).since - timedelta(days=1)
    address = reverse("office:vat", args=[visit.company.slug])
    return tuple(Tab(name, f"{address}?{urlencode({'period': name})}", is_here=name == chosen) for name in names)


def _latest_quarter(today: date) -> str:
    return quarter_of(vat_period(quarter_of(today)).since - timedelta(days=1))


def _shop(abroad: SalesAbroad) -> ShopShown:
    most = max(abroad.this_year, abroad.last_year)
    return ShopShown(
        is_chosen=abroad.is_chosen,
        is_used=abroad.is_one_stop_shop(Money(0)),
        this_year=abroad.this_year,
        last_year=abroad.last_year,
        threshold=abroad.threshold,
        percent=min(max(most.minor, 0) * 100 // abroad.threshold.minor, 100),
    )


def _language() -> Language:
    return "da" if language() == "da" else "en"
