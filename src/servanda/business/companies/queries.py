"""Which companies there are, what day it is for each, and how many rows of any kind each of them has."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, QuerySet

from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.models import Company, OneStopShopChoice
from servanda.ground.calendar import legal_day, moment_of
from servanda.ground.refusal import Refused


class NoSuchCompany(Refused):
    """No company of that name or number is on this installation."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How to count rows by company: a statement that gives a company and a number in each row, and is not asked yet."""

    sql: str
    parameters: tuple[object, ...]


def tally_of(rows: QuerySet[Any], company: str = "company_id") -> Tally | None:
    """Return how to count these rows by company; None where there can be none."""
    counted = rows.order_by().values_list(company).annotate(count=Count("pk"))
    try:
        sql, parameters = counted.query.sql_with_params()
    except EmptyResultSet:
        return None
    return Tally(sql, tuple(parameters))


def tallied(tallies: Mapping[str, Iterable[Tally | None]]) -> Mapping[str, Counter[int]]:
    """Return the numbers of all tallies by name and company, in one question however many there are."""
    asked = [(name, tally) for name, some in tallies.items() for tally in some if tally is not None]
    found: defaultdict[str, Counter[int]] = defaultdict(Counter)
    if not asked:
        return found
    parts = " union all ".join(
        f"select %s::text, part.* from ({tally.sql}) as part (company, number)" for _, tally in asked
    )
    parameters: list[Any] = [value for name, tally in asked for value in (name, *tally.parameters)]
    with connection.cursor() as cursor:
        cursor.execute(parts, parameters)
        for name, company_id, number in cursor.fetchall():
            found[name][company_id] += int(number)
    return found


def companies() -> tuple[CompanyFacts, ...]:
    """Return all companies, in the order in which they came."""
    return tuple(_facts(company) for company in Company.objects.order_by("id"))


def company(company_id: int) -> CompanyFacts:
    found = Company.objects.filter(pk=company_id).first()
    if found is None:
        raise NoSuchCompany("There is no company with number %(company_id)s.", {"company_id": company_id})
    return _facts(found)


def company_named(slug: str) -> CompanyFacts:
    found = Company.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Company.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
        raise NoSuchCompany("There is no company '%(slug)s'. Known: %(known)s.", {"slug": slug, "known": known})
    return _facts(found)


def is_one_stop_shop_chosen(company_id: int, *, on: date) -> bool:
    """Tell whether the company has chosen the One Stop Shop, of its own will, from the day or an earlier one."""
    choice = OneStopShopChoice.objects.filter(company_id=company_id, since__lte=on).order_by("-since", "-id").first()
    return choice is not None and choice.is_in


def today_of(company: CompanyFacts, *, now: datetime) -> date:
    """Return the legal day of the company: its test clock's, or the real one's."""
    return company.clock_on or legal_day(now)


def moment_for(company: CompanyFacts, *, now: datetime) -> datetime:
    """Return the moment that the company's records carry: on a test clock, nine in the morning of its day."""
    return moment_of(company.clock_on) if company.clock_on is not None else now


def _facts(row: Company) -> CompanyFacts:
    values = {field.name: getattr(row, field.name) for field in fields(CompanyFacts) if field.name != "company_id"}
    values["address_lines"] = tuple(row.address_lines)
    return CompanyFacts(company_id=row.pk, **values)
