"""What may go when: each table with its class, its rows, and the days until which the oldest and the newest are kept."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from servanda.business.books.decisions.retention import RULES, TABLES, KeptTable, RetentionRule, kept_until
from servanda.business.companies.facts import CompanyFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRows:
    """The rows of a table. The first may go after `first_until`, the last after `last_until`; empty: with their owners."""

    table: str
    rule: RetentionRule
    rows: int
    may_go: int  # so many are kept longer than they must be, today
    first_until: date | None
    last_until: date | None


def kept_rows(company: CompanyFacts, *, today: date) -> tuple[KeptRows, ...]:
    """Return the tables whose rows name the company and carry a day, by class."""
    found = [_rows(company, one, today) for one in TABLES if one.has_company and one.day]
    return tuple(sorted(found, key=lambda one: (one.rule.name, one.table)))


def _rows(company: CompanyFacts, kept: KeptTable, today: date) -> KeptRows:
    # Table and column are ours, never a reader's words.
    select = (
        f"select {kept.day}, count(*) from {kept.table} where company_id = %s and {kept.day} is not null group by 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(select, [company.company_id])
        days: dict[date, int] = dict(cursor.fetchall())
    until = {day: kept_until(kept.name, day, fiscal_year_starts_month=company.fiscal_year_starts_month) for day in days}
    return KeptRows(
        table=kept.table,
        rule=RULES[kept.name],
        rows=sum(days.values()),
        may_go=sum(count for day, count in days.items() if (last := until[day]) is not None and last < today),
        first_until=until[min(days)] if days else None,
        last_until=until[max(days)] if days else None,
    )
