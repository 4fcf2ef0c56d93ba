"""What an audit looks at: the companies, and what day it is for each. Every SELECT can join `audited`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from servanda.business.audit.facts import Row
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import companies, company, today_of

_AUDITED = "with audited (company_id, today) as (select * from unnest(%(companies)s::bigint[], %(days)s::date[]))"
_FETCHED_AT_A_TIME = 2000


@dataclass(frozen=True, slots=True)
class Scope:
    """The companies that are audited, each on its own day: the test clock's, or the real one's."""

    companies: tuple[CompanyFacts, ...]
    days: Mapping[int, date]

    def rows(self, select: str, **parameters: int) -> Iterator[Row]:
        """Yield the rows of a SELECT that may join `audited`, a few at a time."""
        values: dict[str, Any] = {"companies": list(self.days), "days": list(self.days.values()), **parameters}
        with connection.chunked_cursor() as cursor:
            cursor.execute(f"{_AUDITED} {select}", values)
            names: list[str] | None = None
            while fetched := cursor.fetchmany(_FETCHED_AT_A_TIME):
                names = names or [column[0] for column in cursor.description]
                yield from (dict(zip(names, row, strict=True)) for row in fetched)

    def counted(self, select: str, *, limit: int) -> tuple[int, list[Row]]:
        """Return how many rows a SELECT has, and the first of them."""
        found = list(self.rows(f"select *, count(*) over () as violations from ({select}) found limit {limit:d}"))
        violations = found[0]["violations"] if found else 0
        assert isinstance(violations, int)
        return violations, [{name: row[name] for name in row if name != "violations"} for row in found]


def scope_of(company_id: int | None, *, now: datetime) -> Scope:
    """Return the scope of one company, or of all."""
    chosen = companies() if company_id is None else (company(company_id),)
    return Scope(chosen, {one.company_id: today_of(one, now=now) for one in chosen})
