"""The VAT report as tables in Danish and English: on the page, in files, and for programs the same ones."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from servanda.business.billing.decisions.vat_reports import in_euro, whole_kroner
from servanda.business.billing.facts import OssCorrection, OssSale, VatReport
from servanda.ground.law.sentences import Language, Sentence
from servanda.ground.law.vat_periods import is_quarter
from servanda.ground.law.vat_rates import rates_to_confirm
from servanda.ground.money import Money
from servanda.ground.refusal import Refused
from servanda.ground.sheets import Cell, Kind, Sheet, SheetColumn

ACCOUNTS = {
    "sales": Sentence("Salg", "Sales"),
    "vat-out": Sentence("Salgsmoms", "VAT to pay"),
    "vat-oss": Sentence("Moms i andre EU-lande", "VAT of other EU countries"),
}


@dataclass(frozen=True, slots=True)
class VatTable:
    """One table of the report: a title, a heading for each column, the rows, and sentences above them."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()


class NotARate(Refused):
    """The rate of the euro is no number between one and a hundred kroner."""


def euro_rate(text: str) -> Decimal | None:
    """Return how many kroner a euro is, from what was written: `7.46` or `7,46`. Nothing written: None."""
    written = text.strip().replace(",", ".")
    if not written:
        return None
    whole, _, part = written.partition(".")
    if not (whole.isascii() and whole.isdigit() and (not part or (part.isascii() and part.isdigit()))):
        raise NotARate("'%(text)s' is no rate of the euro. Write kroner for one euro, as 7.46.", {"text": text})
    rate = Decimal(written)
    if not 1 <= rate <= 100 or len(part) > 6:
        raise NotARate("'%(text)s' is no rate of the euro. Write kroner for one euro, as 7.46.", {"text": text})
    return rate


def vat_sheets(
    report: VatReport, language: Language, *, kroner_per_euro: Decimal | None = None
) -> tuple[VatTable, ...]:
    """Return the tables of a period: the return, the EU sales list, the One Stop Shop and its corrections, the tie."""
    return (
        _return(report, language),
        _eu_sales(report, language),
        _oss(report, language, kroner_per_euro),
        _corrections(report, language, kroner_per_euro),
        _ties(report, language),
    )


def as_sheets(tables: Iterable[VatTable]) -> tuple[Sheet, ...]:
    """Return the tables as sheets to be taken away, with figures as figures."""
    return tuple(
        Sheet(
            table.title,
            tuple(
                SheetColumn(heading, _kind([row[place] for row in table.rows]))
                for place, heading in enumerate(table.headings)
            ),
            table.rows,
        )
        for table in tables
    )


def _kind(cells: list[Cell]) -> Kind:
    given = [cell for cell in cells if cell is not None]
    if given and all(isinstance(cell, int) for cell in given):
        return "whole"
    return "number" if given and all(isinstance(cell, int | Decimal) for cell in given) else "text"


def _return(report: VatReport, language: Language) -> VatTable:
    boxes = report.boxes
    rows = (
        (Sentence("Salgsmoms", "VAT on sales"), boxes.sales_vat),
        (Sentence("Grundlag for salgsmoms", "Taxed at the Danish rate"), boxes.taxed_net),
        (Sentence("Rubrik B – varer til EU", "Box B: goods to the EU"), boxes.goods_to_eu),
        (Sentence("Rubrik B – ydelser til EU", "Box B: services to the EU"), boxes.services_to_eu),
        (Sentence("Rubrik C – øvrigt salg uden moms", "Box C: other sales without VAT"), boxes.others),
        (Sentence("Uden for momsloven (angives ikke)", "Outside VAT (not declared)"), boxes.outside),
        (Sentence("One Stop Shop (angives særskilt)", "One Stop Shop (declared apart)"), boxes.one_stop_shop),
    )
    headings = (
        Sentence("Felt", "Box"),
        Sentence("Beløb i kroner og øre", "Amount in kroner and øre"),
        Sentence("Hele kroner", "Whole kroner"),
    )
    return _sheet(
        Sentence("Momsangivelse", "VAT return"),
        headings,
        ((name.in_language(language), amount.decimal, whole_kroner(amount)) for name, amount in rows),
        language,
    )


def _eu_sales(report: VatReport, language: Language) -> VatTable:
    headings = (
        Sentence("Land", "Country"),
        Sentence("Momsnummer", "VAT number"),
        Sentence("Varer, hele kroner", "Goods, whole kroner"),
        Sentence("Ydelser, hele kroner", "Services, whole kroner"),
    )
    rows = ((one.country, one.number, whole_kroner(one.goods), whole_kroner(one.services)) for one in report.eu_sales)
    return _sheet(Sentence("EU-salg uden moms", "EU sales list"), headings, rows, language)


def _oss(report: VatReport, language: Language, rate: Decimal | None) -> VatTable:
    headings = (
        *(Sentence("Land", "Country"), Sentence("Sats, %", "Rate, %")),
        *(Sentence("Grundlag, DKK", "Base, DKK"), Sentence("Moms, DKK", "VAT, DKK")),
        *((Sentence("Grundlag, EUR", "Base, EUR"), Sentence("Moms, EUR", "VAT, EUR")) if rate is not None else ()),
    )
    rows = (_oss_row(one, rate) for one in report.oss)
    notes = () if is_quarter(report.period) else (_NOT_A_QUARTER.in_language(language),)
    notes = (*notes, *_unconfirmed(report, language), *_rate(rate, language))
    return _sheet(Sentence("One Stop Shop", "One Stop Shop"), headings, rows, language, notes)


def _corrections(report: VatReport, language: Language, rate: Decimal | None) -> VatTable:
    headings = (
        *(Sentence("Kvartal", "Quarter"), Sentence("Land", "Country")),
        *(Sentence("Grundlag, DKK", "Base, DKK"), Sentence("Moms, DKK", "VAT, DKK")),
        *((Sentence("Moms, EUR", "VAT, EUR"),) if rate is not None else ()),
    )
    rows = (_correction_row(one, rate) for one in report.corrections)
    title = Sentence("Rettelser til One Stop Shop", "Corrections of the One Stop Shop")
    return _sheet(title, headings, rows, language, _rate(rate, language))


def _ties(report: VatReport, language: Language) -> VatTable:
    headings = (
        *(Sentence("Konto", "Account"), Sentence("Efter bilagene", "By the documents")),
        *(Sentence("Efter bogholderiet", "By the books"), Sentence("Forskel", "Difference")),
    )
    rows = (
        (
            *(ACCOUNTS[tie.account].in_language(language), tie.by_documents.decimal),
            *(tie.by_ledger.decimal, tie.difference.decimal),
        )
        for tie in report.ties
    )
    return _sheet(Sentence("Afstemning", "Tie to the books"), headings, rows, language)


def _oss_row(one: OssSale, rate: Decimal | None) -> tuple[Cell, ...]:
    cells: tuple[Cell, ...] = (one.country, Decimal(f"{one.percent.normalize():f}"), one.net.decimal, one.vat.decimal)
    return (*cells, *_euros((one.net, one.vat), rate))


def _correction_row(one: OssCorrection, rate: Decimal | None) -> tuple[Cell, ...]:
    cells: tuple[Cell, ...] = (one.quarter, one.country, one.net.decimal, one.vat.decimal)
    return (*cells, *_euros((one.vat,), rate))


def _unconfirmed(report: VatReport, language: Language) -> tuple[str, ...]:
    """Return a note for each rate in the report on which our sources do not agree."""
    used = {one.country for one in report.oss}
    return tuple(
        Sentence(
            f"Vores kilder er ikke enige om satsen i {one.country}, {one.percent.normalize():f} %. Sammenlign den med "
            "Kommissionens liste, før der angives noget.",
            f"Our sources do not agree on the rate in {one.country}, {one.percent.normalize():f} %. Compare it with the "
            "Commission's list before anything is declared.",
        ).in_language(language)
        for one in rates_to_confirm(report.period.last_day)
        if one.country in used
    )


def _euros(amounts: tuple[Money, ...], rate: Decimal | None) -> tuple[Decimal, ...]:
    return () if rate is None else tuple(in_euro(amount, kroner_per_euro=rate).decimal for amount in amounts)


def _rate(rate: Decimal | None, language: Language) -> tuple[str, ...]:
    if rate is None:
        return ()
    told = Sentence(f"1 EUR = {str(rate).replace('.', ',')} kr.", f"EUR 1 = DKK {rate}.")
    return (told.in_language(language),)


def _sheet(
    title: Sentence,
    headings: tuple[Sentence, ...],
    rows: Iterator[tuple[Cell, ...]],
    language: Language,
    notes: tuple[str, ...] = (),
) -> VatTable:
    return VatTable(
        title.in_language(language), tuple(one.in_language(language) for one in headings), tuple(rows), notes
    )


_NOT_A_QUARTER = Sentence(
    "One Stop Shop angives kvartalsvis; vælg et kvartal.", "The One Stop Shop is declared by the quarter; choose one."
)
