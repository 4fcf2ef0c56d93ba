"""Which billed time may have to go back, what went back so far, and what is to be paid out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.db import connection
from django.db.models import Q, Sum

from servanda.business.billing.decisions.refunds import CAUSES, HowItEnds, Settled, TimeStep, time_step
from servanda.business.billing.facts import BilledTime, RefundFacts
from servanda.business.billing.models import Invoice, InvoiceLine, Refund
from servanda.business.companies.queries import Tally
from servanda.business.contracts.facts import LineEnding, LineFacts
from servanda.business.contracts.queries import endings_of, line_facts, own_terms_of_lines
from servanda.business.evidence.facts import because_from_json
from servanda.business.library.queries import version_of
from servanda.ground.citation import Citation
from servanda.ground.money import Money
from servanda.ground.periods import Period
from servanda.terms.clauses import Refund as RefundRule
from servanda.terms.resolving import Deviation, ask
from servanda.terms.ruled import Ruled, ruled

_TO_PAY_OUT = """
select r.company_id, count(*) from billing_refund r
 where r.company_id = any(%s) and r.pay_out_by is not null
   and (exists (select 1 from bank_entry e
                 where e.customer_id = r.customer_id and e.state = 'matched' and e.unallocated_minor > 0)
        or exists (select 1 from invoice n
                    where n.customer_id = r.customer_id and n.kind = 'credit note' and n.total_minor
                        > coalesce((select sum(a.amount_minor) from allocation a where a.credit_note_id = n.id), 0)
                        + coalesce((select sum(u.amount_minor) from credit_use u where u.credit_note_id = n.id), 0)))
 group by 1
"""

# Lines whose end lies within time that was billed, or that run on into time that was given back, for whose present end
# nothing was decided yet. A line that has ended is settled: its end was looked at while it was only coming.
_TO_REFUND = """
with latest as (
    select distinct on (r.invoice_line_id) r.invoice_line_id, r.line_id, r.for_until
      from billing_refund r where r.company_id = %(company)s and r.kind = 'unused'
     order by r.invoice_line_id, r.number desc),
ending as (
    select l.id, l.until, coalesce(n.paid_until, l.until) as paid_until
      from contract_line l
      left join lateral (
          select o.paid_until from contract_notice o
           where o.line_id = l.id and l.end_cause = 'notice' and o.withdrawn_at is null and not o.is_draft
             and o.ends_on = l.until - 1 order by o.id desc limit 1) n on true
     where l.company_id = %(company)s and l.until is not null and l.ended_on is null and l.interval_months > 0)
select line_id from (
    select e.id as line_id
      from ending e
      join invoice_line b on b.line_id = e.id and b.until > e.paid_until
      join invoice i on i.id = b.invoice_id and i.kind = 'invoice'
     where not exists (select 1 from latest t where t.invoice_line_id = b.id and t.for_until = e.until)
    union
    select t.line_id from latest t join contract_line l on l.id = t.line_id
     where l.ended_on is null and t.for_until is distinct from l.until) due
 order by line_id limit %(limit)s
"""


def lines_to_refund(company_id: int, *, limit: int = 500) -> tuple[int, ...]:
    """Return the lines on whose billed time something may be due; reads ending lines and those once given back."""
    with connection.cursor() as cursor:
        cursor.execute(_TO_REFUND, {"company": company_id, "limit": limit})
        return tuple(row[0] for row in cursor.fetchall())


def billed_times_of(line_id: int) -> tuple[BilledTime, ...]:
    """Return all the time of a contract line that invoices billed, the first period first."""
    rows = InvoiceLine.objects.filter(
        line_id=line_id, invoice__kind="invoice", since__isnull=False, until__isnull=False
    )
    found = list(rows.select_related("invoice").order_by("since", "id"))
    steps: dict[int, list[Refund]] = defaultdict(list)
    for refund in Refund.objects.filter(invoice_line__in=found).order_by("number"):
        steps[refund.invoice_line_id].append(refund)
    credited = _credited(found)
    return tuple(_billed_time(row, steps[row.pk], credited.get((row.invoice_id, row.position), 0)) for row in found)


def _credited(rows: Iterable[InvoiceLine]) -> Mapping[tuple[int, int], int]:
    """Return all that was credited of lines, for whatever reason, by invoice and position."""
    ids = {row.invoice_id for row in rows}
    notes = InvoiceLine.objects.filter(invoice__original_id__in=ids, invoice__kind="credit note")
    sums = notes.values("invoice__original_id", "position").annotate(net=Sum("net_minor"))
    return {(row["invoice__original_id"] or 0, row["position"]): row["net"] for row in sums}


def _billed_time(row: InvoiceLine, steps: list[Refund], credited: int) -> BilledTime:
    assert row.since is not None
    assert row.until is not None
    assert row.line_id is not None
    currency = row.invoice.currency
    unused = [step for step in steps if step.kind == "unused"]
    given = [step for step in unused if step.state == "given"]
    back = sum(step.net_minor for step in given)
    return BilledTime(
        invoice_id=row.invoice_id,
        invoice_number=row.invoice.number,
        line_key=row.pk,
        position=row.position,
        line_id=row.line_id,
        description=row.description,
        period=Period(row.since, row.until),
        net=Money(row.net_minor, currency),
        otherwise_credited=Money(credited - back, currency),
        given=Money(back, currency),
        given_from=min((step.since for step in given if step.since is not None), default=None),
        again=tuple(
            Period(step.since, step.until)
            for step in unused
            if step.state == "billed again" and step.since is not None and step.until is not None
        ),
        steps=len(steps),
        for_until=unused[-1].for_until if unused else None,
    )


def how_it_ends(slug: str, line: LineFacts, *, today: date, ending: LineEnding | None = None) -> HowItEnds:
    """Return how a line ends and what the terms say of the money; with `ending`, as if it ended like that."""
    known = ending or endings_of([line.line_id])[line.line_id]
    cause = known.exit_cause or known.end_cause
    own_terms = own_terms_of_lines([line]).get(line.contract_id, ())
    return HowItEnds(
        until=known.until,
        paid_until=known.paid_until,
        cause=cause,
        customer=line.customer_kind,
        rule=refund_rule(slug, line, cause, own_terms, today=today),
        because=known.because,
        noticed_on=known.noticed_on,
    )


def refund_rule(
    slug: str, line: LineFacts, cause: str, own_terms: tuple[Deviation, ...], *, today: date
) -> Ruled[RefundRule] | None:
    """Return what the terms say of the money when a line ends for a cause; None where they are silent."""
    named = CAUSES.get(cause)
    if named is None:
        return None
    answer = ask(
        version_of(slug, line.terms_version),
        RefundRule,
        on=max(today, line.concluded_on),
        product=line.product_code,
        customer=line.customer_kind,
        selector=(("cause", named),),
        deviations=own_terms,
    )
    return ruled(answer)


def line_of(line_id: int) -> LineFacts:
    """Return the contract line that billed time belongs to."""
    (found,) = line_facts([line_id])
    return found


def refunds_of_customer(customer_id: int) -> tuple[RefundFacts, ...]:
    """Return what was decided on giving money back to a customer, the newest first."""
    return _facts(Q(customer_id=customer_id))


def refunds_of_line(line_id: int) -> tuple[RefundFacts, ...]:
    """Return what was decided on giving money back for a contract line, the newest first."""
    return _facts(Q(line_id=line_id))


def refunds_of_document(invoice_id: int) -> tuple[RefundFacts, ...]:
    """Return the decisions that a credit note or an invoice carried out, and those on the lines of an invoice."""
    return _facts(Q(document_id=invoice_id) | Q(invoice_id=invoice_id))


def refunds_to_pay_out(company_id: int) -> tuple[RefundFacts, ...]:
    """Return what consumers get back in money, the most urgent first: what was paid, by the day on which it is due."""
    found = _facts(Q(company_id=company_id, pay_out_by__isnull=False))
    return tuple(sorted(found, key=lambda one: (one.pay_out_by or date.max, one.refund_id)))


def refunds_to_pay_out_tally(company_ids: Iterable[int]) -> Tally:
    """Return how to count the decisions to pay money out to consumers who still have something to their credit."""
    return Tally(_TO_PAY_OUT, (list(company_ids),))


def billed_again_of(customer_ids: Iterable[int]) -> tuple[RefundFacts, ...]:
    """Return the time that went back to these customers and was billed again since, because it is used after all."""
    return _facts(Q(customer_id__in=list(customer_ids), state="billed again"))


def refund_of_key(key: str) -> RefundFacts | None:
    """Return the decision of a key, if it was made."""
    found = _facts(Q(key=key))
    return found[0] if found else None


def _facts(where: Q) -> tuple[RefundFacts, ...]:
    rows = list(Refund.objects.filter(where).select_related("invoice_line", "document").order_by("-id"))
    return tuple(_fact(row, row.document) for row in rows)


def _fact(row: Refund, document: Invoice | None) -> RefundFacts:
    return RefundFacts(
        refund_id=row.pk,
        kind=row.kind,
        company_id=row.company_id,
        customer_id=row.customer_id,
        line_id=row.line_id,
        invoice_id=row.invoice_id,
        position=row.invoice_line.position,
        key=row.key,
        state=row.state,
        cause=row.cause,
        since=row.since,
        until=row.until,
        amount=Money(row.net_minor),
        total=Money(document.total_minor) if document is not None else Money(0),
        document_id=row.document_id,
        on_day=row.on_day,
        reckoning=row.reckoning,
        because=because_from_json(row.because),
        pay_out_by=row.pay_out_by,
        by=row.by,
    )


def refund_preview(
    slug: str,
    line_id: int,
    *,
    last_day: date,
    cause: str,
    because: tuple[Citation, ...] = (),
    paid_until: date | None = None,
    today: date,
) -> tuple[TimeStep, ...]:
    """Return what would go back if a line ended after a day for a cause, or what a person would be asked; writes nothing."""
    line = line_of(line_id)
    until = max(last_day, line.began_on) + timedelta(days=1)
    ending = LineEnding(
        line_id=line_id,
        until=until,
        paid_until=paid_until or until,
        end_cause="notice" if cause in ("", "change", "outage", "withdrawal") else cause,
        exit_cause=cause if cause in ("change", "outage", "withdrawal") else "",
        because=because,
    )
    end = how_it_ends(slug, line, today=today, ending=ending)
    steps = (time_step(time, end) for time in billed_times_of(line_id))
    return tuple(step for step in steps if not isinstance(step, Settled))
