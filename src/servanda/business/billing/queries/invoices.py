"""Invoices, charges, payments and the lines that may be due, as frozen values."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from servanda.business.billing.decisions.vat import buyer_from_json
from servanda.business.billing.facts import (
    AllocationFacts,
    ChargeFacts,
    InvoiceFacts,
    InvoiceLineFacts,
    OpenItem,
    OpenTotals,
    VatGroup,
)
from servanda.business.billing.models import Allocation, Charge, Invoice, InvoiceLine, InvoiceVat
from servanda.business.contracts.decisions.deviating import own_terms_from_json
from servanda.business.evidence.facts import because_from_json
from servanda.ground.money import Money
from servanda.terms.clauses import CustomerKind

# The open parts of invoices and charges, on each company's own day; the two queries below add them up.
_OPEN_PARTS = """
with asked as (select * from unnest(%s::bigint[], %s::date[]) as asked(company_id, today)),
part as (
    select i.company_id, i.customer_id, i.open_minor as open,
           case when i.due_on < asked.today then i.open_minor else 0 end as overdue
      from invoice i join asked using (company_id) where i.kind = 'invoice' and i.open_minor > 0
    union all
    select c.company_id, c.customer_id, c.open_minor, c.open_minor
      from charge c join asked using (company_id) where c.open_minor > 0)
"""


def invoices(invoice_ids: Iterable[int]) -> tuple[InvoiceFacts, ...]:
    """Return the invoices with their lines, charges and allocations, in the order of their numbers."""
    return _whole(Invoice.objects.filter(pk__in=list(invoice_ids)))


def invoice_heads(invoice_ids: Iterable[int]) -> tuple[InvoiceFacts, ...]:
    """Return the invoices without lines, charges and payments: enough to name them."""
    rows = Invoice.objects.filter(pk__in=list(invoice_ids)).order_by("company_id", "number")
    return tuple(_facts(row, (), (), ()) for row in rows)


def invoice_numbered(company_id: int, number: int) -> InvoiceFacts | None:
    found = _whole(Invoice.objects.filter(company_id=company_id, number=number))
    return found[0] if found else None


def invoices_of_customer(customer_id: int) -> tuple[InvoiceFacts, ...]:
    """Return all the customer's invoices and credit notes, the newest first."""
    return tuple(reversed(_whole(Invoice.objects.filter(customer_id=customer_id))))


def newest_invoices(company_id: int, *, limit: int = 100, only_open: bool = False) -> tuple[InvoiceFacts, ...]:
    """Return the newest invoices of a company, without lines."""
    rows = Invoice.objects.filter(company_id=company_id).order_by("-number")
    if only_open:
        rows = rows.filter(open_minor__gt=0)
    return tuple(_facts(row, (), (), ()) for row in rows[:limit])


def invoice_ids_after(company_id: int, invoice_id: int) -> tuple[int, ...]:
    """Return the invoices (no credit notes) that were issued after the given one."""
    rows = Invoice.objects.filter(company_id=company_id, pk__gt=invoice_id, kind="invoice").order_by("pk")
    return tuple(rows.values_list("pk", flat=True))


def open_items(
    company_id: int, *, references: Iterable[str] = (), numbers: Iterable[int] = (), customer_id: int | None = None
) -> tuple[OpenItem, ...]:
    """Return the invoices that a reference, a number or a customer points to; the oldest first.

    Settled ones are returned too when a reference names them: a payment on them is an overpayment, not a riddle.
    """
    wanted = Q(reference__in=list(references)) | Q(number__in=list(numbers), open_minor__gt=0)
    if customer_id is not None:
        wanted |= Q(customer_id=customer_id, open_minor__gt=0)
    return _items(Invoice.objects.filter(wanted, company_id=company_id, kind="invoice"))


def open_items_of_customers(customer_ids: Iterable[int]) -> tuple[OpenItem, ...]:
    """Return all that customers have open, on the principal or on charges alone, the lowest number first."""
    ids = list(customer_ids)
    charged = Charge.objects.filter(customer_id__in=ids, open_minor__gt=0).values("invoice_id")
    wanted = Q(open_minor__gt=0) | Q(pk__in=charged)
    return _items(Invoice.objects.filter(wanted, customer_id__in=ids, kind="invoice")) if ids else ()


def open_items_of_company(company_id: int, *, limit: int) -> tuple[OpenItem, ...]:
    """Return what is open in a company, at most so many invoices, the newest first."""
    rows = Invoice.objects.filter(company_id=company_id, kind="invoice", open_minor__gt=0)
    newest = rows.order_by("-number").values_list("pk", flat=True)[:limit]
    return _items(Invoice.objects.filter(pk__in=list(newest)))


def items_of_invoices(invoice_ids: Iterable[int]) -> tuple[OpenItem, ...]:
    """Return what is open on the invoices, nothing too, the lowest number first."""
    return _items(Invoice.objects.filter(pk__in=list(invoice_ids), kind="invoice"))


def _items(rows: QuerySet[Invoice]) -> tuple[OpenItem, ...]:
    fields = ("id", "number", "reference", "customer_id", "open_minor", "currency", "due_on", "issued_on")
    found = list(rows.order_by("number").values_list(*fields))
    charges = _open_charges(row[0] for row in found)
    return tuple(
        OpenItem(
            invoice_id,
            number,
            reference,
            customer_id,
            Money(open_minor, currency),
            Money(charges.get(invoice_id, 0), currency),
            due_on,
            issued_on,
        )
        for invoice_id, number, reference, customer_id, open_minor, currency, due_on, issued_on in found
    )


def open_totals_by_company(today_by_company: Mapping[int, date]) -> Mapping[int, OpenTotals]:
    """Return the open totals of companies, each on its own day, in one query; one that is owed nothing is left out."""
    return _totals("company_id", today_by_company)


def open_totals_by_customer(company_id: int, *, today: date) -> Mapping[int, OpenTotals]:
    """Return the open totals of a company's customers in one query; one who owes nothing is left out."""
    return _totals("customer_id", {company_id: today})


def _totals(column: str, today_by_company: Mapping[int, date]) -> Mapping[int, OpenTotals]:
    asked = (list(today_by_company), list(today_by_company.values()))
    with connection.cursor() as cursor:
        # The column is one of two names above, never a reader's word.
        cursor.execute(f"{_OPEN_PARTS} select {column}, sum(open), sum(overdue) from part group by {column}", asked)
        return {row[0]: OpenTotals(Money(int(row[1])), Money(int(row[2]))) for row in cursor.fetchall()}


def overdue_of_customer(customer_id: int, *, today: date, apart_from: Iterable[int] = ()) -> Money:
    """Return what the customer owes that is past its due day, charges included, apart from the named invoices."""
    left_out = list(apart_from)
    rows = Invoice.objects.filter(customer_id=customer_id, kind="invoice", due_on__lt=today).exclude(pk__in=left_out)
    principal = rows.aggregate(total=Sum("open_minor"))["total"] or 0
    charged = Charge.objects.filter(customer_id=customer_id).exclude(invoice_id__in=left_out)
    charges = charged.aggregate(total=Sum("open_minor"))["total"] or 0
    return Money(principal + charges)


def overdue_customers(customer_ids: Iterable[int], *, today: date, apart_from: Iterable[int] = ()) -> frozenset[int]:
    """Return those of the customers who owe something past its due day, charges included, apart from the named invoices."""
    ids, left_out = list(customer_ids), list(apart_from)
    late = Invoice.objects.filter(customer_id__in=ids, kind="invoice", due_on__lt=today, open_minor__gt=0)
    charged = Charge.objects.filter(customer_id__in=ids, open_minor__gt=0).exclude(invoice_id__in=left_out)
    found = set(late.exclude(pk__in=left_out).values_list("customer_id", flat=True))
    return frozenset(found | set(charged.values_list("customer_id", flat=True)))


def _open_charges(invoice_ids: Iterable[int]) -> dict[int, int]:
    rows = Charge.objects.filter(invoice_id__in=list(invoice_ids)).values("invoice_id").annotate(open=Sum("open_minor"))
    return {row["invoice_id"]: row["open"] for row in rows}


def _whole(rows: QuerySet[Invoice]) -> tuple[InvoiceFacts, ...]:
    found = list(rows.order_by("company_id", "number"))
    if not found:
        return ()
    ids = [row.pk for row in found]
    lines: dict[int, list[InvoiceLine]] = defaultdict(list)
    groups: dict[int, list[InvoiceVat]] = defaultdict(list)
    charges: dict[int, list[Charge]] = defaultdict(list)
    allocations: dict[int, list[Allocation]] = defaultdict(list)
    for line in InvoiceLine.objects.filter(invoice_id__in=ids).order_by("invoice_id", "position"):
        lines[line.invoice_id].append(line)
    for group in InvoiceVat.objects.filter(invoice_id__in=ids).order_by("invoice_id", "country", "category", "percent"):
        groups[group.invoice_id].append(group)
    for charge in Charge.objects.filter(invoice_id__in=ids).order_by("id"):
        charges[charge.invoice_id].append(charge)
    for allocation in Allocation.objects.filter(invoice_id__in=ids).order_by("id"):
        allocations[allocation.invoice_id].append(allocation)
    return tuple(_facts(row, lines[row.pk], charges[row.pk], allocations[row.pk], groups[row.pk]) for row in found)


def _facts(
    row: Invoice,
    lines: Iterable[InvoiceLine],
    charges: Iterable[Charge],
    allocations: Iterable[Allocation],
    groups: Iterable[InvoiceVat] = (),
) -> InvoiceFacts:
    currency = row.currency
    return InvoiceFacts(
        invoice_id=row.pk,
        company_id=row.company_id,
        customer_id=row.customer_id,
        contract_id=row.contract_id,
        kind=row.kind,
        number=row.number,
        original_id=row.original_id,
        issued_on=row.issued_on,
        due_on=row.due_on,
        is_term_agreed=row.is_term_agreed,
        customer_kind=CustomerKind(row.customer_kind),
        language=row.language,
        net=Money(row.net_minor, currency),
        vat=Money(row.vat_minor, currency),
        total=Money(row.total_minor, currency),
        open_principal=Money(row.open_minor, currency),
        reference=row.reference,
        products=frozenset(row.products),
        terms_version=row.terms_version,
        because=because_from_json(row.because),
        content_sha256=row.content_sha256,
        lines=tuple(_line(line, currency) for line in lines),
        charges=tuple(_charge(charge, currency) for charge in charges),
        allocations=tuple(_allocation(allocation, currency) for allocation in allocations),
        own_terms=own_terms_from_json(row.own_terms),
        groups=tuple(vat_group(group, currency) for group in groups),
        buyer=buyer_from_json(row.buyer),
    )


def vat_group(row: InvoiceVat, currency: str) -> VatGroup:
    return VatGroup(
        country=row.country,
        category=row.category,
        percent=row.percent,
        net=Money(row.net_minor, currency),
        vat=Money(row.vat_minor, currency),
    )


def _line(row: InvoiceLine, currency: str) -> InvoiceLineFacts:
    return InvoiceLineFacts(
        position=row.position,
        line_id=row.line_id,
        product=row.product_code,
        description=row.description,
        quantity=row.quantity,
        unit=Money(row.unit_minor, currency),
        net=Money(row.net_minor, currency),
        vat_category=row.vat_category,
        vat_percent=row.vat_percent,
        since=row.since,
        until=row.until,
        credited_by=row.credited_by,
        line_key=row.pk,
        vat_country=row.vat_country,
        vat_basis=row.vat_basis,
    )


def _charge(row: Charge, currency: str) -> ChargeFacts:
    return ChargeFacts(
        charge_id=row.pk,
        kind=row.kind,
        step=row.step,
        on_day=row.on_day,
        amount=Money(row.amount_minor, currency),
        open=Money(row.open_minor, currency),
        reckoning=tuple(row.reckoning),
        because=because_from_json(row.because),
    )


def _allocation(row: Allocation, currency: str) -> AllocationFacts:
    return AllocationFacts(
        amount=Money(row.amount_minor, currency),
        value_on=row.value_on,
        on_day=row.on_day,
        charge_id=row.charge_id,
        entry_id=row.entry_id,
        credit_note_id=row.credit_note_id,
        because=row.because,
        by=row.by,
    )
