"""A forger who knows the house: after a row was changed by hand, vouchers, chain, heads and closings are made anew to fit.

So a fault is found by the invariant that it breaks, and not merely because the chain tells that something was touched.
"""

from datetime import timedelta

from django.db import connection

from servanda.business.books.actions.sealing import note_head, seal
from servanda.business.books.actions.vouchers import make_vouchers
from servanda.business.companies.queries import companies
from servanda.ground.calendar import moment_of

_TABLES = ("books_voucher_entry", "books_voucher_line", "books_voucher", "books_link", "books_head")
_CLOSINGS = """
update ledger_closing c
   set entries = (select count(*) from ledger_entry e where e.company_id = c.company_id and e.on_day <= c.closed_until),
       debit_minor = (select coalesce(sum(p.amount_minor), 0) from ledger_entry e join ledger_posting p on p.entry_id = e.id
                       where e.company_id = c.company_id and e.on_day <= c.closed_until and p.amount_minor > 0)
"""


def forge_books(*, has_closings: bool = True) -> None:
    """Make vouchers, chain and heads fit the rows as they are now, and what was told when books were closed."""
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        for table in _TABLES:
            cursor.execute(f"delete from {table}")
        if has_closings:
            cursor.execute(_CLOSINGS)
        cursor.execute("set local session_replication_role = origin")
    for one in companies():
        if one.clock_on is None or one.rounded_on is None:
            continue
        make_vouchers(one.company_id, today=one.rounded_on, at=moment_of(one.clock_on))
        seal(one.company_id, is_whole=True)
        note_head(one.company_id, day=one.rounded_on - timedelta(days=1), at=moment_of(one.clock_on))
