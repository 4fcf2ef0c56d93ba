"""Suspense: is all that nobody has explained in it, nothing else, and nothing for long?"""

from collections.abc import Iterator
from datetime import date

from servanda.business.audit.facts import Enforced, Invariant, Row
from servanda.business.audit.queries.scope import Scope
from servanda.ground.calendar import bank_days_since

BANK_DAYS_MAX = 10

_SUSPENSE = """
select coalesce(l.company_id, w.company_id) as company, coalesce(l.booked, 0) as books_minor,
       coalesce(w.waiting, 0) as waiting_minor
  from (select p.company_id, -sum(p.amount_minor) as booked
          from ledger_posting p join audited a on a.company_id = p.company_id
         where p.account = 'suspense' group by 1) l
  full join (select b.company_id, sum(b.amount_minor) as waiting
               from bank_entry b join audited a on a.company_id = b.company_id
              where b.state = 'suspense' group by 1) w on w.company_id = l.company_id
 where coalesce(l.booked, 0) <> coalesce(w.waiting, 0)
"""
_PARTS = """
select b.id as bank_entry, b.amount_minor, coalesce(p.parts, 0) as parts_minor
  from bank_entry b join audited a on a.company_id = b.company_id
  left join (select parent_id, sum(amount_minor) as parts from bank_entry
              where parent_id is not null and state <> 'joined' group by 1) p on p.parent_id = b.id
 where (b.state = 'split' and coalesce(p.parts, 0) <> b.amount_minor) or (b.state <> 'split' and p.parts is not null)
"""
_WAITING = """
select b.id as bank_entry, b.booked_on, b.amount_minor, a.today
  from bank_entry b join audited a on a.company_id = b.company_id where b.state = 'suspense' order by b.booked_on, b.id
"""


def unexplained_for_long(scope: Scope) -> Iterator[Row]:
    """Yield the entries that have waited for ten bank days or more, the oldest first."""
    for row in scope.rows(_WAITING):
        booked_on, today = row["booked_on"], row["today"]
        assert isinstance(booked_on, date) and isinstance(today, date)
        days = bank_days_since(booked_on, today=today)
        if days >= BANK_DAYS_MAX:
            yield {**row, "bank_days": days}


BANK: tuple[Invariant[Scope], ...] = (
    Invariant(
        number=9,
        name="Suspense holds exactly what nobody has explained, and no øre of it for ten bank days",
        explanation_da="Der står andet i mellemregningen, end hvad der venter på forklaring, eller noget har ventet for længe.",
        explanation_en="Suspense holds something else than what waits for an explanation, or something has waited too long.",
        enforced=(Enforced.ACTION, Enforced.AUDIT),
        queries=(_SUSPENSE, _PARTS),
        checks=(unexplained_for_long,),
    ),
)
