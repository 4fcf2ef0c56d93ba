"""What is there to measure about e-documents? Pieces of work on ordinary invoices, each to be timed by whoever asks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from lxml import etree

from servanda.drivers.einvoices.checks import objections_to
from servanda.drivers.einvoices.engine import RuleEngine
from servanda.drivers.einvoices.model import EInvoice, Line, Totals, Vat
from servanda.drivers.einvoices.oioubl import OioublRenderer
from servanda.drivers.einvoices.parties import CVR, GLN, Address, FikPayment, Identifier, Party
from servanda.drivers.einvoices.peppol import PeppolRenderer
from servanda.drivers.einvoices.rule_results import findings_in
from servanda.drivers.einvoices.rule_sets import EN_16931, OIOUBL, PEPPOL, RuleSet, Sheet, found_sheet
from servanda.drivers.einvoices.safe_xml import open_xml
from servanda.drivers.einvoices.schemas import schema_findings
from servanda.drivers.einvoices.sums import with_sums
from servanda.ground.law.companies import fik_reference
from servanda.ground.money import Money

T = TypeVar("T")
_WARM = 3  # documents that compile sheets and fill caches before the clock starts


@dataclass(frozen=True, slots=True)
class Work:
    """Something that is done to a number of documents; `run` does it to all of them, in whatever process."""

    name: str
    documents: int
    run: Callable[[], None]
    process: Callable[[], int | None] = lambda: None


def works(count: int, *, folders: Sequence[Path], engine: RuleEngine) -> list[Work]:
    """Return the works that can be done with the rules that are installed; the engine is the caller's to close."""
    invoices = [_invoice(number) for number in range(1, count + 1)]
    peppol, oioubl = PeppolRenderer(), OioublRenderer()
    as_peppol = [peppol.render(one) for one in invoices]
    as_oioubl = [oioubl.render(one) for one in invoices]
    schema_findings(open_xml(as_peppol[0]), "invoice")  # the schema is read once
    return [
        Work("write Peppol BIS 3", count, lambda: _each(invoices, peppol.render)),
        Work("write OIOUBL 2.1", count, lambda: _each(invoices, oioubl.render)),
        Work("own checks", count, lambda: _each(invoices, lambda one: objections_to(one, format="peppol bis 3"))),
        Work("read and schema", count, lambda: _each(as_peppol, lambda one: schema_findings(open_xml(one), "invoice"))),
        *_rule_works(EN_16931, EN_16931.sheets, as_peppol, folders, engine),
        *_rule_works(PEPPOL, PEPPOL.sheets, as_peppol, folders, engine),
        *_rule_works(OIOUBL, OIOUBL.sheets[:1], as_oioubl, folders, engine),
    ]


def _rule_works(
    rules: RuleSet, sheets: Sequence[Sheet], contents: list[bytes], folders: Sequence[Path], engine: RuleEngine
) -> list[Work]:
    paths = [path for sheet in sheets if (path := found_sheet(sheet, folders)) is not None]
    if len(paths) < len(sheets):
        return []
    texts = [etree.tostring(open_xml(one), encoding="unicode") for one in contents]

    def judge(text: str) -> None:
        for result in engine.run(text, paths).texts:
            assert not [one for one in findings_in(result, rule_set=rules.name) if one.severity == "fatal"]

    _each(texts[:_WARM], judge)
    return [Work(rules.name, len(texts), lambda: _each(texts, judge), lambda: engine.pid)]


def _each(things: Sequence[T], do: Callable[[T], object]) -> None:
    for thing in things:
        do(thing)


def _invoice(number: int) -> EInvoice:
    """An invoice of three lines to a public body, as a hosting company writes them by the thousand."""
    vat = Vat(category="S", percent=Decimal(25))
    nothing = Money(0)
    address = Address(street="Fjordvej", building_number="12", city="Nørrebæk", postcode="9999")
    cvr = Identifier("12345674", CVR)
    seller = Party(name="Nordlys Hosting ApS", address=address, legal_id=cvr, vat_id="DK12345674", endpoint=cvr)
    buyer = Party(
        name="Åby Kommune", address=address, endpoint=Identifier("5790000000012", GLN), legal_id=cvr, is_public=True
    )
    names = ("Webhotel Guld", "Domæne", "Supporttimer")
    lines = tuple(
        Line(
            line_id=str(place),
            name=name,
            quantity=Decimal(place),
            price=Decimal(number * place).scaleb(-2) + Decimal("49.5"),
            net=nothing,
            vat=vat,
        )
        for place, name in enumerate(names, start=1)
    )
    invoice = EInvoice(
        kind="invoice",
        number=str(number),
        issued_on=date(2026, 12, 1),
        due_on=date(2026, 12, 31),
        currency="DKK",
        seller=seller,
        buyer=buyer,
        lines=lines,
        breakdown=(),
        totals=Totals(
            lines=nothing,
            allowances=nothing,
            charges=nothing,
            net=nothing,
            tax=nothing,
            gross=nothing,
            prepaid=nothing,
            rounding=nothing,
            payable=nothing,
        ),
        payment=FikPayment(kind="71", creditor="81234567", reference=fik_reference(number)),
        buyer_reference="Børge",
    )
    return with_sums(replace(invoice, order_reference=f"PO-{number}"))
