"""Beginning to bill contract lines that were concluded since the last time."""

from django.db import connection, transaction

from servanda.business.contracts.actions import take_up_deviations

# Row numbers of lines may be committed a little out of order, so the look goes back some way behind the newest known one.
LOOK_BACK = 20_000

_BEGIN = """
insert into billing_running_line (line_id, company_id, billed_until, look_again_on)
select l.id, l.company_id, coalesce(l.billed_from, l.began_on), date '1970-01-01'
  from contract_line l
 where l.company_id = %(company)s
   and l.id > coalesce((select max(r.line_id) from billing_running_line r where r.company_id = %(company)s), 0)
             - %(look_back)s
   and not exists (select 1 from billing_running_line r where r.line_id = l.id)
on conflict (line_id) do nothing
"""

_LOOK = """
update billing_running_line r set look_again_on = date '1970-01-01'
  from contract_line l
 where l.id = r.line_id and l.contract_id = any(%s) and r.look_again_on is not null
"""


@transaction.atomic
def begin_billing(company_id: int) -> int:
    """Begin to bill new contract lines, and return how many those are. They are looked at in the same round.

    So are the lines of contracts whose day of invoicing was agreed anew: it may have come already.
    """
    changed = take_up_deviations(company_id)
    with connection.cursor() as cursor:
        if changed:
            cursor.execute(_LOOK, [list(changed)])
        cursor.execute(_BEGIN, {"company": company_id, "look_back": LOOK_BACK})
        return int(cursor.rowcount)
