"""VAT on what was issued in a stretch, by month and treatment. The return itself is made elsewhere; this is the overview.

VAT stands on the document, rounded once for each rate. A document with one treatment gives its own VAT; where one has several,
each treatment's part is reckoned again, and the first takes what rounding leaves, so that the sum is what was issued.
"""

from servanda.business.reports.facts import Stretch, VatOverview, VatPart
from servanda.business.reports.queries.asking import amount, one_view, row, rows

_BY_TREATMENT = """
with part as (
  select l.invoice_id, l.vat_category, l.vat_percent, sum(l.net_minor) as net
    from invoice i join invoice_line l on l.invoice_id = i.id
   where i.company_id = %(company)s and i.issued_on >= %(since)s and i.issued_on < %(until)s
   group by 1, 2, 3),
told as (
  select part.*, i.issued_on, case when i.kind = 'invoice' then 1 else -1 end as sign, i.vat_minor,
         row_number() over (partition by part.invoice_id order by part.vat_percent desc, part.vat_category) as place,
         sum(round(part.net * part.vat_percent / 100)) over (partition by part.invoice_id) as reckoned
    from part join invoice i on i.id = part.invoice_id)
select date_trunc('month', issued_on)::date, vat_category, vat_percent, sum(sign * net),
       sum(sign * (round(net * vat_percent / 100) + case when place = 1 then vat_minor - reckoned else 0 end)),
       count(*)
  from told group by 1, 2, 3 order by 1, 2, 3
"""
_BOOKED = """
select -sum(p.amount_minor)
  from ledger_entry e join ledger_posting p on p.entry_id = e.id and p.account in ('vat-out', 'vat-oss')
 where e.company_id = %(company)s and e.on_day >= %(since)s and e.on_day < %(until)s
   and e.what in ('invoice', 'credit note')
"""


def vat_of_stretch(company_id: int, stretch: Stretch) -> VatOverview:
    """Return net and VAT of what was issued in the stretch."""
    values = {"company": company_id, "since": stretch.period.since, "until": stretch.period.until}
    with one_view():
        parts = rows(_BY_TREATMENT, values)
        booked = amount(row(_BOOKED, values)[0])
    return VatOverview(
        stretch=stretch,
        parts=tuple(
            VatPart(month, category, percent, amount(net), amount(vat), documents)
            for month, category, percent, net, vat, documents in parts
        ),
        booked=booked,
    )
