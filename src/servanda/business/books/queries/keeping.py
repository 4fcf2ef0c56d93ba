"""What may go when: each table with its class, its rows, and the days until which the oldest and the newest are kept."""

from collections.abc import Mapping, Sequence
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
    running: int  # so many have no day to count from yet, such as a contract that runs
    may_go: int  # so many are kept longer than they must be, today
    first_until: date | None
    last_until: date | None


def kept_rows(company: CompanyFacts, *, today: date) -> tuple[KeptRows, ...]:
    """Return the tables whose rows name the company and carry a day, by class."""
    tables = [one for one in TABLES if one.has_company and one.day]
    counted = _counted(company.company_id, tables)
    found = [_rows(company, one, counted[one.table], today) for one in tables]
    return tuple(sorted(found, key=lambda one: (one.rule.name, one.table)))


def _counted(company_id: int, tables: Sequence[KeptTable]) -> Mapping[str, Mapping[date | None, int]]:
    """Return how many rows of each table count from each day, in one question; without a day, what it counts from is to come."""
    # Table and column are ours, never a reader's words.
    parts = (
        f"select '{one.table}', {one.day}, count(*) from {one.table} where company_id = %s group by 2" for one in tables
    )
    found: dict[str, dict[date | None, int]] = {one.table: {} for one in tables}
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(parts), [company_id] * len(tables))
        for table, day, count in cursor.fetchall():
            found[table][day] = count
    return found


def _rows(company: CompanyFacts, kept: KeptTable, counted: Mapping[date | None, int], today: date) -> KeptRows:
    days = {day: count for day, count in counted.items() if day is not None}
    until = {day: kept_until(kept.name, day, fiscal_year_starts_month=company.fiscal_year_starts_month) for day in days}
    return KeptRows(
        table=kept.table,
        rule=RULES[kept.name],
        rows=sum(counted.values()),
        running=counted.get(None, 0),
        may_go=sum(count for day, count in days.items() if (last := until[day]) is not None and last < today),
        first_until=until[min(days)] if days else None,
        last_until=until[max(days)] if days else None,
    )
