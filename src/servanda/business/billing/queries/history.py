"""The invoices of a stretch of time as they went: issued, received and paid. A whole company's in two statements."""

import json
from collections import defaultdict
from datetime import date

from django.db import connection

from servanda.business.billing.facts import PastInvoice
from servanda.business.contracts.decisions.deviating import own_terms_from_json
from servanda.terms.clauses import CustomerKind

# What was received on the principal, and when the receiving server took the invoice. A letter that was sent again counts.
_INVOICES = """
with paid as (
    select invoice_id,
           count(*) filter (where credit_note_id is null) as payments,
           coalesce(max(value_on) filter (where credit_note_id is null), max(value_on)) as last_on,
           coalesce(sum(amount_minor) filter (where credit_note_id is not null), 0)::bigint as credited
      from allocation where company_id = %(company)s and charge_id is null group by invoice_id),
carried as (
    select invoice_id, max(accepted_on) as accepted_on
      from letter where company_id = %(company)s and kind = 'invoice' and state <> 'replaced' group by invoice_id)
select i.id, i.customer_id, i.contract_id, i.customer_kind, i.terms_version, i.products, i.issued_on,
       carried.accepted_on, i.due_on, i.is_term_agreed, i.total_minor - coalesce(paid.credited, 0),
       case when i.open_minor = 0 then paid.last_on end,
       coalesce(paid.payments > 1 or (paid.payments = 1 and i.open_minor > 0), false),
       case when i.own_terms <> '[]'::jsonb then i.own_terms::text end
  from invoice i left join paid on paid.invoice_id = i.id left join carried on carried.invoice_id = i.id
 where i.company_id = %(company)s and i.kind = 'invoice' and i.issued_on between %(since)s and %(until)s
 order by i.issued_on, i.id
"""

_PARTS = """
select invoice_id, value_on, amount_minor from allocation
 where invoice_id = any(%s) and charge_id is null and credit_note_id is null order by id
"""


def past_invoices(company_id: int, *, since: date, until: date) -> tuple[PastInvoice, ...]:
    """Return the invoices (no credit notes) issued between two days, both included, in the order of issue."""
    with connection.cursor() as cursor:
        cursor.execute(_INVOICES, {"company": company_id, "since": since, "until": until})
        rows = cursor.fetchall()
        cursor.execute(_PARTS, [[row[0] for row in rows if row[12]]])
        parts: dict[int, list[tuple[date, int]]] = defaultdict(list)
        for invoice_id, value_on, minor in cursor.fetchall():
            parts[invoice_id].append((value_on, minor))
    kinds = {str(kind): kind for kind in CustomerKind}
    sets: dict[tuple[str, ...], frozenset[str]] = {}  # few combinations of products, many invoices
    return tuple(
        PastInvoice._make(
            (
                *(*row[:3], kinds[row[3]], row[4], _set_of(row[5], sets), *row[6:12]),
                *(tuple(parts.get(row[0], ())), own_terms_from_json(json.loads(row[13])) if row[13] else ()),
            )
        )
        for row in rows
    )


def _set_of(products: list[str], sets: dict[tuple[str, ...], frozenset[str]]) -> frozenset[str]:
    key = tuple(products)
    found = sets.get(key)
    if found is None:
        found = sets[key] = frozenset(products)
    return found
