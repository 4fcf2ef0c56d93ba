"""What must be known to tax a sale: the buyers with their evidence, and the seller's sales to consumers abroad."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import connection

from servanda.business.billing.decisions.vat import COUNTED, NONE_ABROAD
from servanda.business.billing.facts import BillableContract, SalesAbroad
from servanda.business.companies.queries import is_one_stop_shop_chosen
from servanda.business.customers.facts import CustomerVat
from servanda.business.customers.queries.vat import vat_of_customers
from servanda.ground.law.vat import OSS_THRESHOLD, VatBuyer
from servanda.ground.law.vat_location import ONE_ITEM_MAX, proof_of
from servanda.ground.money import Money
from servanda.terms.clauses import CustomerKind

_ABROAD = """
select coalesce(sum(signed) filter (where issued_on >= %(year)s), 0),
       coalesce(sum(signed) filter (where issued_on < %(year)s), 0),
       coalesce(bool_or(vat_basis = 'one stop shop' and issued_on >= %(year)s), false)
  from (select i.issued_on, l.vat_basis, case i.kind when 'invoice' then l.net_minor else -l.net_minor end as signed
          from invoice i join invoice_line l on l.invoice_id = i.id
         where i.company_id = %(company)s and i.issued_on >= %(last_year)s and l.vat_basis = any(%(counted)s)) sale
"""


def buyers_of(contracts: Mapping[int, tuple[int, CustomerKind]], *, on: date) -> Mapping[int, VatBuyer]:
    """Return the buyers behind contracts, by contract: the kind is the contract's, all else is the customer's of the day."""
    known = vat_of_customers({customer_id for customer_id, _ in contracts.values()}, on=on)
    company_ids = {one.company_id for one in known.values() if one.location}
    is_enough = {company_id: is_one_item_enough(company_id, today=on) for company_id in company_ids}
    return {
        number: _buyer(one := known[customer_id], kind, is_one_item_enough=is_enough.get(one.company_id, False))
        for number, (customer_id, kind) in contracts.items()
    }


def buyer_of_customer(customer_id: int, kind: CustomerKind, *, on: date) -> VatBuyer:
    """Return one customer as a buyer of a kind on the day."""
    return buyers_of({customer_id: (customer_id, kind)}, on=on)[customer_id]


def is_one_item_enough(company_id: int, *, today: date) -> bool:
    """Tell whether the seller's sales to consumers abroad are so small that one item of location evidence is enough."""
    sales, most = sales_abroad(company_id, today=today), ONE_ITEM_MAX.on(today).value
    return sales.this_year <= most and sales.last_year <= most


def _buyer(known: CustomerVat, kind: CustomerKind, *, is_one_item_enough: bool) -> VatBuyer:
    """Return a customer as a buyer. A public body or an association is a taxable person if its VAT number was checked."""
    has_number = bool(known.number) and known.number_checked_on is not None
    is_business = kind is CustomerKind.BUSINESS or (kind is not CustomerKind.CONSUMER and has_number)
    return VatBuyer(
        country=known.country,
        is_business=is_business,
        number=known.number,
        number_checked_on=known.number_checked_on,
        consultation=known.consultation,
        dealer_evidence=known.dealer_evidence,
        location=known.location,
        location_proof=proof_of(known.country, known.location, is_one_item_enough=is_one_item_enough),
    )


def sales_abroad(company_id: int, *, today: date) -> SalesAbroad:
    """Return a company's sales to consumers elsewhere in the EU in this calendar year and the last, credit notes taken off."""
    values: dict[str, int | date | list[str]] = {
        "company": company_id,
        "year": date(today.year, 1, 1),
        "last_year": date(today.year - 1, 1, 1),
        "counted": [str(basis) for basis in COUNTED],
    }
    with connection.cursor() as cursor:
        cursor.execute(_ABROAD, values)
        this_year, last_year, has_crossed = cursor.fetchone()
    return SalesAbroad(
        this_year=Money(int(this_year)),
        last_year=Money(int(last_year)),
        threshold=OSS_THRESHOLD.on(today).value,
        is_chosen=is_one_stop_shop_chosen(company_id, on=today),
        has_crossed=has_crossed,
    )


def sales_abroad_before(company_id: int, contracts: Iterable[BillableContract], *, today: date) -> SalesAbroad:
    """Return the sales abroad where one of the contracts is with a consumer abroad; the others need not ask."""
    is_any = any(one.buyer.country != "DK" and not one.buyer.is_business for one in contracts)
    return sales_abroad(company_id, today=today) if is_any else NONE_ABROAD
