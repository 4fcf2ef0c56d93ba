"""Who the customers are, and how to reach them now."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import connection
from django.db.models import Count

from servanda.business.customers.decisions.importing import CustomerImport, plan_import
from servanda.business.customers.facts import CustomerDetails, CustomerFacts, ErasureCandidate, ImportedCustomer
from servanda.business.customers.models import Customer
from servanda.ground.refusal import Refused
from servanda.terms.clauses import CustomerKind

_NUMBERING = 740_532  # any number, as long as all processes take the same one


class NoSuchCustomer(Refused):
    """The company has no customer of that number."""


def customer(customer_id: int) -> CustomerFacts:
    """Return the customer with the latest address they gave; refuses an unknown one."""
    row = Customer.objects.filter(pk=customer_id).first()
    if row is None:
        raise NoSuchCustomer("There is no customer with id %(customer_id)s.", {"customer_id": customer_id})
    return facts_of(row)


def customer_numbered(company_id: int, number: str) -> CustomerFacts:
    """Return the customer of the printed number."""
    row = Customer.objects.filter(company_id=company_id, number=number).first()
    if row is None:
        raise NoSuchCustomer(
            "There is no customer %(number)s. Check the number, or add the customer first.", {"number": number}
        )
    return facts_of(row)


def customers(customer_ids: Iterable[int]) -> Mapping[int, CustomerFacts]:
    """Return the customers by id, in one query."""
    return {row.pk: facts_of(row) for row in Customer.objects.filter(pk__in=list(customer_ids))}


def customers_of(company_id: int) -> tuple[CustomerFacts, ...]:
    """Return all customers of a company in the order of their names."""
    return tuple(facts_of(row) for row in Customer.objects.filter(company_id=company_id).order_by("name", "id"))


def ids_by_number(company_id: int) -> Mapping[str, int]:
    """Return the ids of a company's customers by their printed numbers."""
    return dict(Customer.objects.filter(company_id=company_id).values_list("number", "id"))


def next_number(company_id: int) -> str:
    """Return the number that follows the highest plain one; one transaction at a time gets it."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_NUMBERING, company_id])
        cursor.execute(
            "select coalesce(max(number::bigint), 1000) + 1 from customer where company_id = %s and number ~ '^[0-9]{1,12}$'",
            [company_id],
        )
        return str(cursor.fetchone()[0])


def customer_counts() -> Mapping[int, int]:
    """Return how many customers each company has, by company; one without any is left out."""
    rows = Customer.objects.values("company_id").annotate(count=Count("id"))
    return {row["company_id"]: row["count"] for row in rows}


def erasure_candidates(
    company_id: int, *, with_open_invoice: frozenset[int], with_running_line: frozenset[int], bought_before: date
) -> tuple[ErasureCandidate, ...]:
    """Return who has bought nothing since the day, with what stands in the way; the upper contexts know the latter."""
    rows = Customer.objects.filter(company_id=company_id, created_on__lt=bought_before).order_by("id")
    quiet = rows.exclude(last_purchase_on__gte=bought_before)
    return tuple(
        ErasureCandidate(
            customer_id=row.pk,
            last_purchase_on=row.last_purchase_on,
            created_on=row.created_on,
            has_open_invoice=row.pk in with_open_invoice,
            has_running_line=row.pk in with_running_line,
        )
        for row in quiet
    )


def plan_of_import(company_id: int, imported: tuple[ImportedCustomer, ...], *, file: str) -> CustomerImport:
    """Return what a file of customers would do to the company: problems, warnings, and who would be added."""
    return plan_import(imported, taken=frozenset(ids_by_number(company_id)), file=file)


def facts_of(row: Customer) -> CustomerFacts:
    details = CustomerDetails(
        number=row.number,
        kind=CustomerKind(row.kind),
        name=row.name,
        email=row.email,
        contact_name=row.contact_name,
        cvr=row.cvr,
        vat_number=row.vat_number,
        vat_number_checked_on=row.vat_number_checked_on,
        dealer_evidence=row.dealer_evidence,
        ean=row.ean,
        address_lines=tuple(row.address_lines),
        postal_code=row.postal_code,
        city=row.city,
        country=row.country,
        language=row.language,
        last_purchase_on=row.last_purchase_on,
        habit=row.habit,
        invoice_delivery=row.invoice_delivery,
        order_number=row.order_number,
        person_reference=row.person_reference,
        minor_until=row.minor_until,
    )
    return CustomerFacts(customer_id=row.pk, company_id=row.company_id, details=details, created_on=row.created_on)
