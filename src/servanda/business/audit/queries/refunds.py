"""What went back: is it what the clause's reckoning gives, never more than was billed, and was nothing forgotten?"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby

from servanda.business.audit.facts import Enforced, Invariant, Row
from servanda.business.audit.queries.scope import Scope
from servanda.business.billing.decisions.refunds import share_after
from servanda.ground.money import Money
from servanda.ground.periods import Period

# Each step with what had been credited of the line for other reasons before its own document was written.
_STEPS = """
select r.id as refund, r.invoice_line_id as line_of_invoice, r.kind, r.state, r.since, r.until, r.net_minor,
       r.document_id as document, l.net_minor as billed_minor, l.since as billed_since, l.until as billed_until,
       d.net_minor as document_minor,
       coalesce((select sum(o.net_minor) from invoice_line o join invoice n on n.id = o.invoice_id
                  where n.kind = 'credit note' and n.original_id = r.invoice_id and o.position = l.position
                    and n.id < r.document_id), 0)::bigint as credited_before_minor
  from billing_refund r join audited a on a.company_id = r.company_id
  join invoice_line l on l.id = r.invoice_line_id
  left join invoice d on d.id = r.document_id
 where r.state in ('given', 'billed again')
 order by r.invoice_line_id, r.number
"""
_DOCUMENTS = """
select r.id as refund, r.key, r.state, d.kind, r.document_id as document
  from billing_refund r join audited a on a.company_id = r.company_id
  left join invoice d on d.id = r.document_id
 where (r.state = 'given' and (d.kind is distinct from 'credit note' or d.original_id is distinct from r.invoice_id))
    or (r.state = 'billed again' and (d.kind is distinct from 'invoice' or d.customer_id <> r.customer_id))
"""
# Of a year, the whole fee of the days at most, whatever the terms say.
_OUTAGES = """
select r.id as refund, r.key, r.net_minor, c.ceiling_minor,
       floor(l.unit_minor::numeric * l.quantity * 12 / greatest(k.interval_months, 1)
             * (r.until - r.since) / 365 + 0.5)::bigint as fee_minor
  from billing_refund r join audited a on a.company_id = r.company_id
  join invoice_line l on l.line_id = r.line_id and l.bills_period and r.since >= l.since and r.since < l.until
  join contract_line k on k.id = r.line_id
  left join lateral (select (e.facts ->> 'ceiling_minor')::bigint as ceiling_minor
                       from evidence_record e where e.key = r.key) c on true
 where r.kind = 'outage'
"""
# What happened to a line today is looked at by the next round.
_FORGOTTEN = """
select k.id as line, b.invoice_id as invoice, b.since, b.until, k.until as ends
  from contract_line k join audited a on a.company_id = k.company_id
  join invoice_line b on b.line_id = k.id and b.until > k.until and b.credited_by is null
  join invoice i on i.id = b.invoice_id and i.kind = 'invoice' and i.issued_on < a.today
 where k.until is not null and k.interval_months > 0 and k.ended_on is null
   and not exists (select 1 from billing_refund r where r.invoice_line_id = b.id and r.for_until = k.until)
   and not exists (select 1 from evidence_record e where e.subject = 'line:' || k.id and e.on_day >= a.today)
"""
_UNANSWERED = """
select r.id as refund, r.key from billing_refund r join audited a on a.company_id = r.company_id
 where r.state = 'asked'
   and not exists (select 1 from dunning_proposal p where p.key = r.key)
"""
_NOT_PAID_FOR = """
select r.id as refund, r.key, r.pay_out_by
  from billing_refund r join audited a on a.company_id = r.company_id
  join invoice i on i.id = r.invoice_id
 where r.pay_out_by is not null and (i.customer_kind <> 'consumer' or r.state <> 'given')
"""


def not_by_reckoning(scope: Scope) -> Iterator[Row]:
    """Yield what was given back or billed again that differs from the share of the period, reckoned from the whole."""
    for _, group in groupby(scope.rows(_STEPS), key=lambda row: row["line_of_invoice"]):
        given = 0
        for row in group:
            if row["kind"] == "unused":
                expected = _expected(row, given)
                if expected != row["net_minor"] or row["net_minor"] != row["document_minor"]:
                    yield _shown(row, expected)
            if row["state"] == "given" and row["kind"] == "unused":
                given += _number(row["net_minor"])


def outages_above_the_ceiling(scope: Scope) -> Iterator[Row]:
    """Yield what went back for an outage above the ceiling that was told, or above what those days cost."""
    for row in scope.rows(_OUTAGES):
        ceiling = row["ceiling_minor"]
        if ceiling is None or _number(row["net_minor"]) > min(_number(ceiling), _number(row["fee_minor"])):
            yield row


def _expected(row: Row, given: int) -> int:
    period = Period(_day(row["billed_since"]), _day(row["billed_until"]))
    otherwise = _number(row["credited_before_minor"]) - given
    price = Money(_number(row["billed_minor"]) - otherwise)
    after = share_after(price, period, _day(row["since"])).minor
    if row["state"] == "billed again":
        return after - share_after(price, period, _day(row["until"])).minor
    return min(after - given, price.minor - given)


def _shown(row: Row, expected: int) -> Row:
    named = {name: row[name] for name in ("refund", "document", "since", "until", "net_minor")}
    return named | {"expected_minor": expected}


def _day(value: object) -> date:
    assert isinstance(value, date)
    return value


def _number(value: object) -> int:
    assert isinstance(value, int | Decimal)
    return int(value)


REFUNDS: tuple[Invariant[Scope], ...] = (
    Invariant(
        number=80,
        name="What went back for unused time or an outage is what the clause's reckoning gives, and no more than was billed",
        explanation_da="Det, der er givet tilbage, er ikke det, reglen giver, eller mere end der var betalt for dagene.",
        explanation_en="What went back is not what the rule gives, or is more than the days had cost.",
        enforced=(Enforced.DECISION, Enforced.CONSTRAINT),
        guards=(
            "constraint what_goes_back_has_its_document on billing_refund",
            "constraint no_day_is_given_back_twice on billing_refund",
            "constraint no_day_is_billed_again_twice on billing_refund",
            "constraint no_day_of_an_outage_is_refunded_twice on billing_refund",
            "trigger refund_append_only on billing_refund",
        ),
        queries=(_DOCUMENTS,),
        checks=(not_by_reckoning, outages_above_the_ceiling),
    ),
    Invariant(
        number=81,
        name="No time that was billed beyond the end of a line is forgotten: it went back, or a person was asked",
        explanation_da="Der er faktureret tid efter ophøret, uden at den er givet tilbage, eller et menneske er spurgt.",
        explanation_en="Time was billed beyond the end, and it neither went back nor was a person asked.",
        enforced=(Enforced.ACTION,),
        guards=("constraint one_decision_at_a_time_on_billed_time on billing_refund",),
        queries=(_FORGOTTEN, _UNANSWERED, _NOT_PAID_FOR),
    ),
)
