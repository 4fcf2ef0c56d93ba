"""The documents of a period by treatment, and what the ledger has on the accounts of sales and VAT for it."""

from django.db import connection

from servanda.business.billing.decisions.vat_reports import vat_report
from servanda.business.billing.facts import TaxedSale, VatReport
from servanda.business.ledger.facts import Account
from servanda.business.ledger.queries import turnover_of_accounts
from servanda.ground.money import Money
from servanda.ground.periods import Period

# A group's VAT stands on the first of its treatments, so that it is counted once.
_SALES = """
select i.id, i.number, i.kind = 'credit note', i.issued_on, o.issued_on, i.customer_id,
       coalesce(nullif(i.buyer ->> 'country', ''), u.country), coalesce(i.buyer ->> 'number', u.vat_number),
       l.vat_country, l.vat_category, l.vat_percent, l.vat_basis, l.net,
       case row_number() over (partition by i.id, l.vat_country, l.vat_category, l.vat_percent order by l.vat_basis)
         when 1 then v.vat_minor else 0 end
  from invoice i
  join customer u on u.id = i.customer_id
  left join invoice o on o.id = i.original_id
  join (select invoice_id, vat_country, vat_category, vat_percent, vat_basis, sum(net_minor)::bigint as net
          from invoice_line group by 1, 2, 3, 4, 5) l on l.invoice_id = i.id
  join invoice_vat v on v.invoice_id = i.id and v.country = l.vat_country and v.category = l.vat_category
                    and v.percent = l.vat_percent
 where i.company_id = %s and i.issued_on >= %s and i.issued_on < %s
 order by i.number, l.vat_country, l.vat_category, l.vat_percent, l.vat_basis
"""
DECLARED = (Account.SALES, Account.VAT_OUT, Account.VAT_OSS)


def vat_report_of(company_id: int, period: Period) -> VatReport:
    """Return what a company declares of a period, tied to its books."""
    turnover = turnover_of_accounts(company_id, period, [str(account) for account in DECLARED])
    booked = {account: -amount for account, amount in turnover.items()}
    return vat_report(taxed_sales(company_id, period), booked, period=period)


def taxed_sales(company_id: int, period: Period) -> tuple[TaxedSale, ...]:
    """Return the sales of the documents that were issued in the period."""
    with connection.cursor() as cursor:
        cursor.execute(_SALES, [company_id, period.since, period.until])
        return tuple(_sale(row) for row in cursor.fetchall())


def _sale(row: tuple) -> TaxedSale:  # type: ignore[type-arg]
    document_id, number, is_credit_note, issued_on, original_on, customer_id, buyer_country, buyer_number = row[:8]
    country, category, percent, basis, net, vat = row[8:]
    sign = -1 if is_credit_note else 1
    return TaxedSale(
        document_id=document_id,
        number=number,
        is_credit_note=is_credit_note,
        issued_on=issued_on,
        original_on=original_on,
        customer_id=customer_id,
        buyer_country=buyer_country,
        buyer_number=buyer_number,
        country=country,
        category=category,
        percent=percent,
        basis=basis,
        net=Money(sign * net),
        vat=Money(sign * vat),
    )
