"""What was sold: is each period billed, once, at the price that held, and without a flood?"""

from servanda.business.audit.facts import Enforced, Invariant
from servanda.business.audit.queries.scope import Scope

_BILLED_TWICE = """
select * from (
    select l.line_id as line, l.invoice_id as invoice, l.since, l.until,
           max(l.until) over (partition by l.line_id order by l.since, l.until, l.id
                              rows between unbounded preceding and 1 preceding) as billed_until
      from invoice_line l join invoice i on i.id = l.invoice_id join audited a on a.company_id = i.company_id
     where l.bills_period and l.credited_by is null) period
 where period.since < period.billed_until
"""

# A period that was credited was billed: where nothing followed it, that was decided. What is unbilled is a hole
# between two periods, and an end that lies more than a cycle and three days back.
_HOLES = """
select * from (
    select l.line_id as line, l.invoice_id as invoice, l.since,
           max(l.until) over (partition by l.line_id order by l.since, l.until, l.id
                              rows between unbounded preceding and 1 preceding) as billed_until
      from invoice_line l join invoice i on i.id = l.invoice_id join audited a on a.company_id = i.company_id
     where l.bills_period) period
 where period.since > period.billed_until
"""
_LEFT_UNBILLED = """
select l.id as line, l.contract_id as contract, l.began_on,
       coalesce(b.billed_until, r.billed_until, l.billed_from) as billed_until, least(l.until, a.today) as ran_until
  from contract_line l join audited a on a.company_id = l.company_id
  left join (select line_id, max(until) as billed_until from invoice_line where bills_period group by 1) b
         on b.line_id = l.id
  left join billing_running_line r on r.line_id = l.id
 where case when l.interval_months = 0
            then b.billed_until is null and coalesce(r.billed_until, l.billed_from, l.began_on) <= l.began_on
             and l.began_on + interval '1 month 3 days' < a.today
            else coalesce(b.billed_until, r.billed_until, l.billed_from, l.began_on)
                 + make_interval(months => l.interval_months, days => 3) < least(l.until, a.today) end
"""

# The price that held on the first day of the period; of a period that was cut off, its share by days, half up.
_PRICES = """
select * from (
    select b.invoice, b.line, b.since, b.plan_code as plan, b.unit_minor, b.price_minor as expected_unit_minor,
           b.net_minor,
           case when b.interval_months = 0 or b.until - b.since = b.whole_until - b.whole_since
                then b.unit_minor * b.quantity
                else round(b.unit_minor::numeric * b.quantity * (b.until - b.since) / (b.whole_until - b.whole_since))
           end as expected_net_minor
      from (
        select l.invoice_id as invoice, l.line_id as line, l.since, l.until, l.quantity, l.unit_minor, l.net_minor,
               held.plan_code, c.interval_months, coalesce(c.own_price_minor, p.amount_minor) as price_minor,
               (c.began_on + make_interval(months => c.interval_months * (1 + m.passed / greatest(c.interval_months, 1))))
                   ::date as whole_until,
               (c.began_on + make_interval(months => c.interval_months * (m.passed / greatest(c.interval_months, 1))))
                   ::date as whole_since
          from invoice_line l
          join contract_line c on c.id = l.line_id
          join audited a on a.company_id = c.company_id
         cross join lateral (select coalesce((select h.before_plan from contract_line_change h
                                               where h.line_id = c.id and h.priced_from > l.since
                                               order by h.number limit 1), c.plan_code) as plan_code) held
         cross join lateral (select ((extract(year from l.since) - extract(year from c.began_on)) * 12
                                    + extract(month from l.since) - extract(month from c.began_on))::int as months) d
         cross join lateral (select case when c.began_on + make_interval(months => d.months) > l.since
                                         then d.months - 1 else d.months end as passed) m
          left join lateral (select r.amount_minor
                               from catalogue_price r join catalogue_plan n on n.id = r.plan_id and n.code = held.plan_code
                               join catalogue_product o on o.id = n.product_id and o.company_id = c.company_id
                              where r.since <= l.since order by r.since desc limit 1) p
                 on c.own_price_minor is null
         where l.bills_period) b) priced
 where priced.unit_minor is distinct from priced.expected_unit_minor
    or priced.net_minor is distinct from priced.expected_net_minor
"""

LINES_PER_DAY_MAX = 15  # of one thing bought, on one day; a catch-up of a year by months comes to twelve
INVOICES_PER_DAY_MAX = 15  # to one customer

_TOO_MANY_LINES = f"""
select l.line_id as line, i.issued_on, count(*) as lines
  from invoice_line l join invoice i on i.id = l.invoice_id join audited a on a.company_id = i.company_id
 where l.line_id is not null and i.kind = 'invoice'
 group by 1, 2 having count(*) > {LINES_PER_DAY_MAX}
"""
_TOO_MANY_INVOICES = f"""
select i.customer_id as customer, i.issued_on, count(*) as invoices
  from invoice i join audited a on a.company_id = i.company_id
 where i.kind = 'invoice'
 group by 1, 2 having count(*) > {INVOICES_PER_DAY_MAX}
"""

PERIODS: tuple[Invariant[Scope], ...] = (
    Invariant(
        number=13,
        name="No period is billed twice",
        explanation_da="Den samme periode står på to fakturaer, og ingen af dem er krediteret.",
        explanation_en="The same period stands on two invoices, and neither is credited.",
        enforced=(Enforced.CONSTRAINT,),
        guards=(
            "constraint no_period_is_billed_twice on invoice_line",
            "constraint a_billed_period_is_whole on invoice_line",
        ),
        queries=(_BILLED_TWICE,),
    ),
    Invariant(
        number=14,
        name="No period stays unbilled for longer than one cycle and three days",
        explanation_da="En periode mangler på fakturaerne.",
        explanation_en="A period is missing from the invoices.",
        enforced=(Enforced.AUDIT,),
        queries=(_HOLES, _LEFT_UNBILLED),
    ),
    Invariant(
        number=18,
        name="A line has the price that held on the first day of its period",
        explanation_da="Linjens pris er ikke den, der gjaldt, eller beløbet er ikke prisen for perioden.",
        explanation_en="The line has another price than the one that held, or not the price of its period.",
        enforced=(Enforced.DECISION,),
        guards=("constraint one_price_per_plan_and_day on catalogue_price",),
        queries=(_PRICES,),
        not_yet="That a rise was announced in time: no notices of price changes are kept yet.",
    ),
    Invariant(
        number=19,
        name="Nobody gets a flood of invoices or lines on one day",
        explanation_da=f"Kunden har fået mere end {INVOICES_PER_DAY_MAX} fakturaer eller linjer for det samme på en dag.",
        explanation_en=f"More than {INVOICES_PER_DAY_MAX} invoices, or lines for the same thing, on one day.",
        enforced=(Enforced.AUDIT,),
        queries=(_TOO_MANY_LINES, _TOO_MANY_INVOICES),
        not_yet="Parking a customer before such a flood is issued.",
    ),
)
