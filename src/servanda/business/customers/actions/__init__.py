"""Adding customers, one or a file of them, and keeping their address up to date. Evidence names people by id only."""

from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction

from servanda.business.customers.decisions.details import Finding, objections, warnings
from servanda.business.customers.decisions.importing import CustomerImport
from servanda.business.customers.facts import CustomerDetails, ImportedCustomer
from servanda.business.customers.models import Customer
from servanda.business.customers.queries import facts_of, plan_of_import
from servanda.business.evidence.actions import record, record_all
from servanda.business.evidence.facts import Event
from servanda.business.evidence.queries import events_of_subjects
from servanda.ground.refusal import Refused, WrongDocument


class CustomerRefused(Refused):
    """The customer cannot be stored as given."""


@transaction.atomic
def add_customer(
    company_id: int, details: CustomerDetails, *, today: date, at: datetime, by: str = "system"
) -> tuple[int, tuple[Finding, ...]]:
    """Add a customer and return their id with what a person should look at, such as an implausible CVR number."""
    found = objections(details)
    if found:
        raise CustomerRefused("\n".join(f"{finding.field}: {finding.message} {finding.remedy}" for finding in found))
    if Customer.objects.filter(company_id=company_id, number=details.number).exists():
        raise CustomerRefused(
            "There is a customer %(number)s already. Choose another number.", {"number": details.number}
        )
    row = _row(company_id, details, created_on=today)
    row.save(force_insert=True)
    record_all([_added(row, at=at, today=today, by=by)])
    return row.pk, warnings(details)


@transaction.atomic
def import_customers(
    company_id: int, imported: tuple[ImportedCustomer, ...], *, file: str, today: date, at: datetime, by: str
) -> CustomerImport:
    """Add all customers of a file, or none: any problem refuses the file as a whole."""
    plan = plan_of_import(company_id, imported, file=file)
    if plan.problems:
        raise WrongDocument(plan.problems)
    rows = Customer.objects.bulk_create(
        _row(company_id, customer.details, created_on=customer.created_on) for customer in imported
    )
    record_all(_added(row, at=at, today=today, by=by) for row in rows)
    return plan


@transaction.atomic
def change_address(
    customer_id: int,
    *,
    email: str,
    address_lines: tuple[str, ...],
    postal_code: str,
    city: str,
    today: date,
    at: datetime,
    by: str,
) -> bool:
    """Store the address that the customer gave last; letters go there from now on. False: nothing is different."""
    row = Customer.objects.select_for_update().get(pk=customer_id)
    before = (row.email, tuple(row.address_lines), row.postal_code, row.city)
    if before == (email, address_lines, postal_code, city):
        return False
    if "@" not in email:
        raise CustomerRefused("There is no e-mail address. Letters go there; write one address.")
    row.email, row.address_lines, row.postal_code, row.city = email, list(address_lines), postal_code, city
    row.save(update_fields=["email", "address_lines", "postal_code", "city"])
    return record(
        company_id=row.company_id,
        key=f"address.changed:{customer_id}:{at.isoformat()}",
        what="address.changed",
        subject=f"customer:{customer_id}",
        on_day=today,
        at=at,
        because=(),
        facts={},
        customer_id=customer_id,
        by=by,
    )


@transaction.atomic
def change_invoicing(
    customer_id: int,
    *,
    delivery: str,
    ean: str,
    order_number: str,
    person_reference: str,
    today: date,
    at: datetime,
    by: str,
) -> bool:
    """Store how the customer wants invoices, and what e-invoices must name. False: nothing is different.

    Refused is what a new customer would be refused for too, such as a PDF only for a public body.
    """
    row = Customer.objects.select_for_update().get(pk=customer_id)
    wanted = {
        "invoice_delivery": delivery,
        "ean": ean,
        "order_number": order_number,
        "person_reference": person_reference,
    }
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    if not changed:
        return False
    for name in changed:
        setattr(row, name, wanted[name])
    found = [finding for finding in objections(facts_of(row).details) if finding.field in wanted]
    if found:
        raise CustomerRefused("\n".join(f"{finding.message} {finding.remedy}" for finding in found))
    row.save(update_fields=changed)
    earlier = [event for event in events_of_subjects([f"customer:{customer_id}"]) if event.what == "invoicing.changed"]
    return record(
        company_id=row.company_id,
        key=f"invoicing.changed:{customer_id}:{len(earlier) + 1}",
        what="invoicing.changed",
        subject=f"customer:{customer_id}",
        on_day=today,
        at=at,
        because=(),
        facts={"delivery": delivery, "changed": changed},
        customer_id=customer_id,
        by=by,
    )


def note_purchase(customer_id: int, *, on: date) -> None:
    """Note the day of the latest purchase or renewal; an earlier one changes nothing."""
    Customer.objects.filter(pk=customer_id).exclude(last_purchase_on__gte=on).update(last_purchase_on=on)


def _row(company_id: int, details: CustomerDetails, *, created_on: date) -> Customer:
    values = asdict(details) | {"kind": details.kind.value, "address_lines": list(details.address_lines)}
    return Customer(company_id=company_id, created_on=created_on, **values)


def _added(row: Customer, *, at: datetime, today: date, by: str) -> Event:
    return Event(
        company_id=row.company_id,
        key=f"customer.added:{row.pk}",
        what="customer.added",
        subject=f"customer:{row.pk}",
        on_day=today,
        at=at,
        facts={"kind": row.kind, "number": row.number},
        customer_id=row.pk,
        by=by,
    )
