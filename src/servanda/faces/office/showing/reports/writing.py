"""How the figures of a report are written: amounts, shares, days and months, for a cell, a sentence or an axis."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from servanda.business.catalogue.facts import PriceList
from servanda.business.customers.facts import CustomerFacts
from servanda.business.customers.queries import customers
from servanda.faces.office.shown_reports import ReportCell
from servanda.faces.office.words import language
from servanda.ground.calendar import day_text
from servanda.ground.money import Money, money_text
from servanda.ground.periods import Period

ROWS_MAX = 50
ONE = Decimal(1)
DASH = "–"


def text_cell(text: str, address: str = "") -> ReportCell:
    return ReportCell(text, text, address)


def money_cell(amount: Money | None, address: str = "") -> ReportCell:
    """Return an amount; one of nothing leads nowhere, since no rows stand behind it."""
    if amount is None:
        return ReportCell(None, DASH)
    return ReportCell(amount, money(amount), address if amount else "")


def count_cell(count: int | None, address: str = "") -> ReportCell:
    if count is None:
        return ReportCell(None, DASH)
    return ReportCell(count, whole(count), address if count else "")


def share_cell(share: Decimal | None) -> ReportCell:
    return ReportCell(share, percent(share)) if share is not None else ReportCell(None, DASH)


def day_cell(day: date | None) -> ReportCell:
    return ReportCell(day, short_day(day)) if day is not None else ReportCell(None, DASH)


def number_cell(number: Decimal | None) -> ReportCell:
    return ReportCell(number, decimal(number)) if number is not None else ReportCell(None, DASH)


def money(amount: Money) -> str:
    """Return the amount for the reader; its parts never stand on two lines."""
    return money_text(amount, language()).replace(" ", "\u00a0")


def minor_money(minor: int) -> str:
    return money(Money(minor))


def axis_money(minor: int) -> str:
    """Return a round amount without øre, as an axis has room for it."""
    whole_units = whole(minor // 100)
    return f"{whole_units}\u00a0kr." if language() == "da" else whole_units


def whole(count: int) -> str:
    """Return a whole number with its thousands apart."""
    grouped = f"{count:,}"
    return grouped.replace(",", ".") if language() == "da" else grouped


def decimal(number: Decimal) -> str:
    """Return a number with one decimal."""
    text = f"{number.quantize(Decimal('0.1')):,}"
    return text.translate(str.maketrans(",.", ".,")) if language() == "da" else text


def percent(share: Decimal) -> str:
    """Return a fraction of one as a percentage with one decimal."""
    text = decimal(share * 100)
    return f"{text}\u00a0%" if language() == "da" else f"{text}%"


def share_of(part: Money, whole_amount: Money) -> Decimal | None:
    """Return which share a part is; there is none of nothing."""
    return Decimal(part.minor) / Decimal(whole_amount.minor) if whole_amount.minor else None


def change_of(now: Money, before: Money) -> Decimal | None:
    """Return by which share an amount has grown; from nothing, or less than nothing, there is no share."""
    return Decimal(now.minor - before.minor) / Decimal(before.minor) if before.minor > 0 else None


def short_day(day: date) -> str:
    return date_format(day, "D j. b Y" if language() == "da" else "D j M Y")


def days_text(period: Period) -> str:
    """Return the first and the last day of a stretch, with their weekdays."""
    names = {"since": day_text(period.since, language()), "until": day_text(period.last_day, language())}
    return _("%(since)s to %(until)s") % names


def month_name(day: date) -> str:
    return date_format(day, "F Y")


def short_month(day: date) -> str:
    """Return the month as an axis has room for it; January tells the year."""
    name = date_format(day, "b").removesuffix(".")
    return f"{name} {day:%y}" if day.month == 1 else name


def months_told(months: Sequence[Period]) -> tuple[str, ...]:
    return tuple(short_month(month.since) for month in months)


def month_names(months: Sequence[Period]) -> tuple[str, ...]:
    return tuple(month_name(month.since) for month in months)


def named_customers(ids: Iterable[int]) -> Mapping[int, CustomerFacts]:
    """Return the customers of a table, in one question."""
    return customers(set(ids))


def product_name(prices: PriceList, code: str) -> str:
    """Return the product's name; one that is not in the catalogue is called by its code."""
    found = prices.products.get(code)
    if found is None:
        return code
    return found.name_da if language() == "da" else found.name_en


def plan_name(prices: PriceList, code: str) -> str:
    if not code:
        return _("Without a contract line")
    return prices.name_of(code, language()) if code in prices.plans else code


def said(sentence: str) -> str:
    """Return a sentence as it is written: with a capital in front, and with one full stop where an amount ends it."""
    text = sentence.replace("kr..", "kr.")
    return text[:1].upper() + text[1:]
