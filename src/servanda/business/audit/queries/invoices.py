"""Invoices: do the lines make the total, is each period billed once and at its price, and are the numbers gapless?"""

from servanda.business.audit.facts import Enforced, Invariant
from servanda.business.audit.queries.due_days import due_days, vat_rates
from servanda.business.audit.queries.hashes import changed_contents
from servanda.business.audit.queries.scope import Scope

# VAT is taken once on the sum of each rate, half up (EN 16931). A credit note gives back the invoice's own rest at the
# end, so that each note may differ by an øre for each of its lines.
_SUMS = """
select i.id as invoice, i.number, i.net_minor, l.net as lines_net_minor, i.vat_minor, l.vat as lines_vat_minor
  from invoice i join audited a on a.company_id = i.company_id
  left join (select invoice_id, sum(net) as net, sum(vat) as vat, sum(lines) as lines from (
               select invoice_id, sum(net_minor) as net, round(sum(net_minor) * vat_percent / 100) as vat,
                      count(*) as lines
                 from invoice_line group by invoice_id, vat_category, vat_percent) rate
             group by invoice_id) l on l.invoice_id = i.id
 where i.net_minor <> coalesce(l.net, 0)
    or abs(i.vat_minor - coalesce(l.vat, 0)) > case i.kind when 'credit note' then coalesce(l.lines, 0) else 0 end
"""

_CREDITED_LINES = """
select n.original_id as invoice, l.position, sum(l.net_minor) as credited_minor, o.net_minor
  from invoice n join audited a on a.company_id = n.company_id
  join invoice_line l on l.invoice_id = n.id
  left join invoice_line o on o.invoice_id = n.original_id and o.position = l.position
 where n.kind = 'credit note'
 group by 1, 2, 4 having o.net_minor is null or sum(l.net_minor) > o.net_minor
"""
_CREDITED_INVOICES = """
select o.id as invoice, o.number, o.total_minor, sum(n.total_minor) as credited_minor
  from invoice n join audited a on a.company_id = n.company_id join invoice o on o.id = n.original_id
 where n.kind = 'credit note'
 group by o.id having sum(n.total_minor) > o.total_minor or sum(n.vat_minor) > o.vat_minor
"""
_CREDITED_BY = """
select l.invoice_id as invoice, l.position, l.credited_by
  from invoice_line l join invoice i on i.id = l.invoice_id join audited a on a.company_id = i.company_id
  left join invoice n on n.id = l.credited_by
 where l.credited_by is not null and (n.kind is distinct from 'credit note' or n.original_id is distinct from i.id)
"""

_ENTRIES_WITHOUT_REASON = """
select e.id as entry, e.key, 'no clause and no law' as problem
  from ledger_entry e join audited a on a.company_id = e.company_id
 where jsonb_typeof(e.because) is distinct from 'array' or e.because = '[]'
"""
_ENTRIES_WITHOUT_DOCUMENT = """
select e.id as entry, e.key, 'no such document' as problem
  from ledger_entry e join audited a on a.company_id = e.company_id
 where case e.what
         when 'invoice' then not exists (select 1 from invoice i where 'invoice:' || i.id = e.key
                                           and i.id = e.invoice_id)
         when 'credit note' then not exists (select 1 from invoice n
                                              where n.id = nullif(split_part(e.key, ':', 2), '')::bigint)
         when 'payment' then not exists (select 1 from bank_entry b
                                          where b.id = nullif(split_part(e.key, ':', 2), '')::bigint)
         when 'payment reversed' then not exists (select 1 from bank_entry b
                                                   where b.id = nullif(split_part(e.key, ':', 2), '')::bigint)
         else e.key like 'charge:%%' and not exists (select 1 from charge c where c.key = substr(e.key, 8)) end
"""
_MONEY_WITHOUT_REASON = """
select 'charge' as table, c.id, c.key from charge c join audited a on a.company_id = c.company_id
 where jsonb_typeof(c.because) is distinct from 'array' or c.because = '[]'
union all
select 'invoice', i.id, i.number::text from invoice i join audited a on a.company_id = i.company_id
 where jsonb_typeof(i.because) is distinct from 'array' or i.because = '[]'
union all
select 'allocation', t.id, t.amount_minor::text from allocation t join audited a on a.company_id = t.company_id
 where t.because = '' or t.by = ''
union all
select 'bank_entry', b.id, b.reference from bank_entry b join audited a on a.company_id = b.company_id
 where b.state <> 'suspense' and b.because = ''
"""

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

_NUMBERS = """
select * from (
    select i.id as invoice, i.number, i.issued_on,
           lag(i.number) over by_number as number_before, lag(i.id) over by_number as invoice_before
      from invoice i join audited a on a.company_id = i.company_id
    window by_number as (partition by i.company_id order by i.number, i.id)) numbered
 where numbered.number <> numbered.number_before + 1 or numbered.invoice < numbered.invoice_before
"""
_SERIES = """
select i.company_id as company, max(i.number) as last_number, s.next_number
  from invoice i join audited a on a.company_id = i.company_id
  left join billing_number_series s on s.company_id = i.company_id and s.name = 'invoice'
 group by 1, 3 having s.next_number is distinct from max(i.number) + 1
"""

_DOCUMENTS = """
select d.sha256 as document, encode(sha256(d.content), 'hex') as sha256_of_bytes
  from letter_document d
 where encode(sha256(d.content), 'hex') <> d.sha256
"""
_LOST_DOCUMENTS = """
select l.id as letter, l.key, l.document_sha256
  from letter l join audited a on a.company_id = l.company_id
 where l.document_sha256 <> '' and not exists (select 1 from letter_document d where d.sha256 = l.document_sha256)
"""

_ISSUED_BACKWARDS = """
select * from (
    select i.id as invoice, i.number, i.issued_on,
           lag(i.issued_on) over (partition by i.company_id order by i.number, i.id) as issued_before_on
      from invoice i join audited a on a.company_id = i.company_id) numbered
 where numbered.issued_on < numbered.issued_before_on
"""

# The price that held on the first day of the period; of a period that was cut off, its share by days, half up.
_PRICES = """
select * from (
    select b.invoice, b.line, b.since, b.plan_code as plan, b.unit_minor, b.price_minor as expected_unit_minor,
           b.net_minor,
           case when b.interval_months = 0 or b.until = b.whole_until then b.unit_minor * b.quantity
                else round(b.unit_minor::numeric * b.quantity * (b.until - b.since) / (b.whole_until - b.since))
           end as expected_net_minor
      from (
        select l.invoice_id as invoice, l.line_id as line, l.since, l.until, l.quantity, l.unit_minor, l.net_minor,
               c.plan_code, c.interval_months, coalesce(c.own_price_minor, p.amount_minor) as price_minor,
               (c.began_on + make_interval(months => c.interval_months * (1 + m.passed / greatest(c.interval_months, 1))))
                   ::date as whole_until
          from invoice_line l
          join contract_line c on c.id = l.line_id
          join audited a on a.company_id = c.company_id
         cross join lateral (select ((extract(year from l.since) - extract(year from c.began_on)) * 12
                                    + extract(month from l.since) - extract(month from c.began_on))::int as months) d
         cross join lateral (select case when c.began_on + make_interval(months => d.months) > l.since
                                         then d.months - 1 else d.months end as passed) m
          left join lateral (select r.amount_minor
                               from catalogue_price r join catalogue_plan n on n.id = r.plan_id and n.code = c.plan_code
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

_REVERSE_CHARGE = """
select i.id as invoice, i.number, i.customer_id as customer, u.country
  from invoice i join audited a on a.company_id = i.company_id join customer u on u.id = i.customer_id
 where exists (select 1 from invoice_line l where l.invoice_id = i.id and l.vat_category = 'AE')
   and (u.vat_number = '' or u.vat_number_checked_on is null or u.country = 'DK')
"""
_NO_VAT_LAW = """
select i.id as invoice, i.number, 'cites no provision on VAT' as problem
  from invoice i join audited a on a.company_id = i.company_id
 where not exists (select 1 from jsonb_array_elements(
                       case jsonb_typeof(i.because) when 'array' then i.because else '[]' end) cited
                    where left(cited ->> 'source', 4) = 'Moms')
   and i.because <> '[]'
"""

INVOICES: tuple[Invariant[Scope], ...] = (
    Invariant(
        number=5,
        name="The lines make the total, and the VAT is that of the sum for each rate",
        explanation_da="Linjerne giver ikke fakturaens beløb, eller momsen er ikke momsen af summen.",
        explanation_en="The lines do not make the invoice's total, or the VAT is not that of their sum.",
        enforced=(Enforced.DECISION, Enforced.CONSTRAINT),
        guards=("constraint net_and_vat_make_the_total on invoice",),
        queries=(_SUMS,),
        checks=(vat_rates,),
        not_yet="No rounding difference is ever posted: VAT is taken once on the sum, so none arises.",
    ),
    Invariant(
        number=11,
        name="Credit notes take back at most what was invoiced, line by line",
        explanation_da="Der er krediteret mere, end fakturaen eller linjen lyder på.",
        explanation_en="More was credited than the invoice or its line amounts to.",
        enforced=(Enforced.ACTION, Enforced.CONSTRAINT),
        guards=("constraint a_credit_note_names_its_invoice on invoice",),
        queries=(_CREDITED_LINES, _CREDITED_INVOICES, _CREDITED_BY),
    ),
    Invariant(
        number=12,
        name="No money row is without a reason: a document, and a clause, a provision or a person",
        explanation_da="Et beløb er bogført uden bilag eller uden grund.",
        explanation_en="An amount is in the books without a document or without a reason.",
        enforced=(Enforced.ACTION,),
        queries=(_ENTRIES_WITHOUT_REASON, _ENTRIES_WITHOUT_DOCUMENT, _MONEY_WITHOUT_REASON),
    ),
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
        number=15,
        name="Invoice numbers are gapless and rise in the order of issue",
        explanation_da="Et fakturanummer mangler, er brugt to gange eller følger ikke rækkefølgen.",
        explanation_en="A number is missing, used twice, or out of the order of issue.",
        enforced=(Enforced.CONSTRAINT, Enforced.ACTION),
        guards=(
            "constraint one_number_per_invoice on invoice",
            "constraint one_counter_per_series on billing_number_series",
        ),
        queries=(_NUMBERS, _SERIES),
    ),
    Invariant(
        number=16,
        name="An issued invoice stays as it was issued, and so does every document that was sent",
        explanation_da="Fakturaen eller dokumentet er ikke længere det, der blev udstedt.",
        explanation_en="The invoice or the document is no longer what was issued.",
        enforced=(Enforced.CONSTRAINT,),
        guards=(
            "trigger invoice_immutable on invoice",
            "trigger invoice_line_immutable on invoice_line",
            "trigger letter_document_append_only on letter_document",
        ),
        queries=(_DOCUMENTS, _LOST_DOCUMENTS),
        checks=(changed_contents,),
        not_yet="That rendering again gives the same bytes is for the tests of the document driver.",
    ),
    Invariant(
        number=17,
        name="Issue days never go back within a series, and payment is due no earlier than the clause says, on a bank day",
        explanation_da="Fakturaen er dateret før den forrige, eller fristen er for kort eller ikke en bankdag.",
        explanation_en="The invoice is dated before the one before it, or is due too early or on no bank day.",
        enforced=(Enforced.DECISION, Enforced.CONSTRAINT),
        guards=("constraint due_after_issue on invoice",),
        queries=(_ISSUED_BACKWARDS,),
        checks=(due_days,),
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
    Invariant(
        number=20,
        name="The VAT treatment has its evidence: the provision, and for reverse charge a checked VAT number",
        explanation_da="Fakturaen uden moms mangler et kontrolleret momsnummer, eller den nævner ingen bestemmelse.",
        explanation_en="Reverse charge lacks a checked VAT number, or the invoice cites no provision on VAT.",
        enforced=(Enforced.DECISION,),
        queries=(_REVERSE_CHARGE, _NO_VAT_LAW),
    ),
)
