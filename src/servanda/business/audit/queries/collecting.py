"""Collecting: what a provider told is booked once and as it was told, and nobody is asked without an agreement, or twice at a time."""

from servanda.business.audit.facts import Enforced, Invariant
from servanda.business.audit.queries.scope import Scope

# Each payment that was told, or taken back, is one entry of the account that the provider keeps for us.
_BOOKED = """
select n.id as news, n.reference, n.what, n.amount_minor, count(b.id) as entries, coalesce(sum(b.amount_minor), 0) as booked_minor
  from collecting_news n join audited a on a.company_id = n.company_id
  left join bank_entry b on b.company_id = n.company_id and b.reference = n.reference and b.ledger_account = 'clearing'
   and b.parent_id is null
 where n.what in ('paid', 'reversed') and n.amount_minor <> 0
 group by n.id
having count(b.id) <> 1 or sum(b.amount_minor) <> case n.what when 'paid' then n.amount_minor else -n.amount_minor end
"""
_STATES = """
select o.id as collection, o.key, o.state
  from collecting_order o join audited a on a.company_id = o.company_id
 where o.state in ('paid', 'rejected', 'cancelled', 'failed', 'reversed')
   and not exists (select 1 from collecting_news n where n.collection_id = o.id and n.what = o.state)
    or o.state in ('ordered', 'paid', 'reversed') and o.delivery_id is null
"""
_WITHOUT_AGREEMENT = """
select o.id as collection, o.key, o.customer_id, m.customer_id as agreement_of, m.since, o.collect_on
  from collecting_order o join audited a on a.company_id = o.company_id join mandate m on m.id = o.mandate_id
 where m.customer_id <> o.customer_id or m.company_id <> o.company_id or m.since > o.collect_on
"""
_OF_ANOTHER = """
select o.id as collection, o.key, i.id as invoice, i.customer_id as owed_by, o.customer_id as asked
  from collecting_order o join audited a on a.company_id = o.company_id left join invoice i on i.id = o.invoice_id
 where i.id is null or i.customer_id <> o.customer_id or i.kind <> 'invoice' or o.amount_minor > i.total_minor
"""

COLLECTING: tuple[Invariant[Scope], ...] = (
    Invariant(
        number=82,
        name="What a provider tells of a collection is booked once, as it was told",
        explanation_da="En opkrævning er bogført flere gange, slet ikke eller med et andet beløb, end udbyderen har meddelt.",
        explanation_en="A collection is in the books more than once, not at all, or with another amount than the provider told.",
        enforced=(Enforced.CONSTRAINT, Enforced.ACTION),
        guards=("constraint news_of_a_collection_is_heard_once on collecting_news",),
        queries=(_BOOKED, _STATES),
    ),
    Invariant(
        number=83,
        name="Nobody is collected from without an agreement of their own, nor twice at a time for one invoice",
        explanation_da="Der er opkrævet uden kundens aftale, eller to gange samtidig for samme faktura.",
        explanation_en="A customer was asked without an agreement, or twice at a time for one invoice.",
        enforced=(Enforced.CONSTRAINT, Enforced.DECISION),
        guards=(
            "constraint an_invoice_is_collected_once_at_a_time on collecting_order",
            "constraint a_customer_has_one_active_mandate on mandate",
        ),
        queries=(_WITHOUT_AGREEMENT, _OF_ANOTHER),
    ),
)
