"""Invoices: do the lines make the total, has each amount its reason, and are the numbers gapless?"""

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
         when 'explained' then not exists (select 1 from bank_entry b
                                            where b.id = nullif(split_part(e.key, ':', 2), '')::bigint)
         when 'explanation undone' then not exists (select 1 from bank_entry b
                                                     where b.id = nullif(split_part(e.key, ':', 2), '')::bigint)
         when 'write-off' then not exists (select 1 from write_off w
                                            where w.id = nullif(split_part(e.key, ':', 2), '')::bigint)
         when 'credit used' then not exists (select 1 from allocation t
                                              where t.id = nullif(split_part(e.key, ':', 2), '')::bigint)
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
        number=20,
        name="The VAT treatment has its evidence: the provision, and for reverse charge a checked VAT number",
        explanation_da="Fakturaen uden moms mangler et kontrolleret momsnummer, eller den nævner ingen bestemmelse.",
        explanation_en="Reverse charge lacks a checked VAT number, or the invoice cites no provision on VAT.",
        enforced=(Enforced.DECISION,),
        queries=(_REVERSE_CHARGE, _NO_VAT_LAW),
    ),
)
