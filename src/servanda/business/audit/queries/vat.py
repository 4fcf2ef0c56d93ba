"""VAT: does what was charged rest on its evidence, and do the books say the same as the documents, country by country?"""

from servanda.business.audit.facts import Enforced, Invariant
from servanda.business.audit.queries.scope import Scope

# The oldest invoices kept nothing of the buyer: for them the customer as stored is all there is.
_BUYERS = """
select i.id, i.number, i.customer_id, l.vat_category, l.vat_basis, l.vat_country,
       case i.buyer when '{}' then u.country else i.buyer ->> 'country' end as country,
       case i.buyer when '{}' then u.vat_number else i.buyer ->> 'number' end as vat_number,
       case i.buyer when '{}' then u.vat_number_checked_on::text
                    else i.buyer ->> 'number_checked_on' end as checked_on,
       i.buyer ->> 'dealer_evidence' as dealer_evidence, i.buyer ->> 'location_proof' as location_proof,
       i.buyer ->> 'is_business' as is_business, i.buyer <> '{}' as has_buyer
  from invoice i join audited a on a.company_id = i.company_id join customer u on u.id = i.customer_id
  join (select distinct invoice_id, vat_category, vat_basis, vat_country from invoice_line) l on l.invoice_id = i.id
"""
_REVERSE_CHARGE = f"""
select distinct b.id as invoice, b.number, b.customer_id as customer, b.country
  from ({_BUYERS}) b
 where b.vat_basis in ('reverse charge', 'goods to eu')
   and (b.vat_number = '' or b.checked_on is null or b.country = 'DK')
"""
_WITHOUT_EVIDENCE = f"""
select distinct b.id as invoice, b.number, b.vat_basis as basis, b.country
  from ({_BUYERS}) b
 where b.has_buyer
   and case b.vat_basis
         when 'registered dealer' then coalesce(b.dealer_evidence, '') = '' or b.country <> 'DK'
         when 'one stop shop' then b.is_business = 'true' or b.vat_country <> b.country
         when 'outside eu' then b.is_business = 'false' and b.location_proof <> 'enough'
         when 'below threshold' then b.is_business = 'true' or b.country = 'DK'
         when 'unchecked number' then b.checked_on is not null and b.vat_number <> ''
         when '' then true
         else false end
"""
_NO_VAT_LAW = """
select i.id as invoice, i.number, 'cites no provision on VAT' as problem
  from invoice i join audited a on a.company_id = i.company_id
 where not exists (select 1 from jsonb_array_elements(
                       case jsonb_typeof(i.because) when 'array' then i.because else '[]' end) cited
                    where left(cited ->> 'source', 4) = 'Moms')
   and i.because <> '[]'
"""

_ACCOUNT = "case v.country when 'DK' then 'vat-out' else 'vat-oss' end"
# A document whose VAT is booked wrongly as a whole is found by invariant 2; here it is the account that counts.
_BOOKED = f"""
select document, number, account, charged_minor, booked_minor
  from (select coalesce(d.id, p.document) as document, d.number, coalesce(d.account, p.account) as account,
               coalesce(d.vat, 0) as charged_minor, coalesce(p.booked, 0) as booked_minor,
               sum(coalesce(d.vat, 0) - coalesce(p.booked, 0)) over (partition by coalesce(d.key, p.key)) as off
          from (select i.id, i.number, i.kind || ':' || i.id as key, {_ACCOUNT} as account, sum(v.vat_minor) as vat
                  from invoice i join audited a on a.company_id = i.company_id
                  join invoice_vat v on v.invoice_id = i.id
                 group by 1, 2, 3, 4) d
          full join (select e.key, nullif(split_part(e.key, ':', 2), '')::bigint as document, p.account,
                            sum(case e.what when 'invoice' then -p.amount_minor else p.amount_minor end) as booked
                       from ledger_entry e join audited a on a.company_id = e.company_id
                       join ledger_posting p on p.entry_id = e.id
                      where e.what in ('invoice', 'credit note') and p.account in ('vat-out', 'vat-oss')
                      group by 1, 2, 3) p on p.key = d.key and p.account = d.account) tied
 where charged_minor <> booked_minor and off = 0
"""
_OTHER_ENTRIES = """
select e.id as entry, e.key, p.account, sum(p.amount_minor) as booked_minor
  from ledger_entry e join audited a on a.company_id = e.company_id join ledger_posting p on p.entry_id = e.id
 where p.account in ('vat-out', 'vat-oss') and e.what not in ('invoice', 'credit note')
 group by 1, 2, 3
"""
_UNTAXED = """
select i.id as document, i.number, v.country, v.category, v.percent, v.vat_minor
  from invoice_vat v join invoice i on i.id = v.invoice_id join audited a on a.company_id = i.company_id
 where v.category <> 'S' and (v.percent <> 0 or v.vat_minor <> 0 or v.country <> 'DK')
"""

VAT: tuple[Invariant[Scope], ...] = (
    Invariant(
        number=20,
        name="The VAT treatment has its evidence: the provision, a checked VAT number, a dealer's registration, a place",
        explanation_da="Fakturaen mangler et kontrolleret momsnummer, et bevis eller en bestemmelse om moms.",
        explanation_en="The invoice lacks a checked VAT number, other evidence of its treatment, or a provision on VAT.",
        enforced=(Enforced.DECISION,),
        queries=(_REVERSE_CHARGE, _WITHOUT_EVIDENCE, _NO_VAT_LAW),
    ),
    Invariant(
        number=79,
        name="VAT by the lines of invoices and credit notes is the VAT in the books, by country and category",
        explanation_da="Momsen i bogholderiet er ikke den, der står på fakturaer og kreditnotaer.",
        explanation_en="The VAT in the books is not that of the invoices and credit notes.",
        enforced=(Enforced.CONSTRAINT, Enforced.ACTION),
        guards=(
            "trigger the_groups_make_the_invoice on invoice_vat",
            "trigger invoice_vat_append_only on invoice_vat",
            "constraint no_vat_without_a_rate on invoice_vat",
        ),
        queries=(_BOOKED, _OTHER_ENTRIES, _UNTAXED),
    ),
)
