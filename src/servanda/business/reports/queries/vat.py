"""VAT on what was issued in a stretch, by month and treatment. The return itself is made elsewhere; this is the overview.

VAT stands on the document, rounded once for each rate. A document with one treatment gives its own VAT; where one has several,
each treatment's part is reckoned again, and the first takes what rounding leaves, so that the sum is what was issued.
"""

from servanda.business.reports.facts import Stretch, VatOverview, VatPart
from servanda.business.reports.queries.asking import amount, one_view, row, rows_of_documents
from servanda.ground.periods import Period

_DOCUMENTS = """
with document as (
  select l.invoice_id, min(l.vat_category collate "C") as category, max(l.vat_category collate "C") as category_last,
         min(l.vat_percent) as percent, max(l.vat_percent) as percent_last, sum(l.net_minor) as net
    from invoice i join invoice_line l on l.invoice_id = i.id
   where i.company_id = %(company)s and i.issued_on >= %(since)s and i.issued_on < %(until)s
   group by 1)
"""
_BY_TREATMENT = f"""
{_DOCUMENTS},
alike as (
  select i.issued_on, d.category, d.percent, case when i.kind = 'invoice' then 1 else -1 end as sign, d.net, i.vat_minor as vat
    from document d join invoice i on i.id = d.invoice_id
   where d.category = d.category_last and d.percent = d.percent_last),
part as (
  select l.invoice_id, l.vat_category as category, l.vat_percent as percent, sum(l.net_minor) as net
    from document d join invoice_line l on l.invoice_id = d.invoice_id
   where d.category <> d.category_last or d.percent <> d.percent_last group by 1, 2, 3),
several as (
  select i.issued_on, part.category, part.percent, case when i.kind = 'invoice' then 1 else -1 end as sign, part.net,
         round(part.net * part.percent / 100)
         + case when row_number() over (partition by part.invoice_id order by part.percent desc, part.category) = 1
                then i.vat_minor - sum(round(part.net * part.percent / 100)) over (partition by part.invoice_id)
                else 0 end as vat
    from part join invoice i on i.id = part.invoice_id)
select date_trunc('month', issued_on)::date, category, percent, sum(sign * net), sum(sign * vat), count(*)
  from (select * from alike union all select * from several) told group by 1, 2, 3 order by 1, 2, 3
"""
_BOOKED = """
select -sum(p.amount_minor)
  from ledger_entry e join ledger_posting p on p.entry_id = e.id and p.account in ('vat-out', 'vat-oss')
 where e.company_id = %(company)s and e.on_day >= %(since)s and e.on_day < %(until)s
   and e.what in ('invoice', 'credit note')
"""


def vat_of_stretch(company_id: int, stretch: Stretch) -> VatOverview:
    """Return net and VAT of what was issued in the stretch, and what the books say of it."""
    with one_view():
        parts = vat_parts(company_id, stretch.period)
        booked = amount(row(_BOOKED, _values(company_id, stretch.period))[0])
    return VatOverview(stretch=stretch, parts=parts, booked=booked)


def vat_parts(company_id: int, period: Period) -> tuple[VatPart, ...]:
    """Return net and VAT of what was issued on some days, by month and treatment."""
    return tuple(
        VatPart(month, category, percent, amount(net), amount(vat), documents)
        for month, category, percent, net, vat, documents in rows_of_documents(
            _BY_TREATMENT, _values(company_id, period)
        )
    )


def _values(company_id: int, period: Period) -> dict[str, object]:
    return {"company": company_id, "since": period.since, "until": period.until}
