"""What a collector is given: the claim with all that the debtor needs to judge it, and what the hand-over costs."""

from datetime import date

from servanda.business.billing.queries import invoices
from servanda.business.companies.queries import company_named
from servanda.business.customers.queries import customer
from servanda.business.dunning.decisions.handing_over import LawfulFee, collection_fee, hand_over_of
from servanda.business.dunning.facts import Arrears
from servanda.business.dunning.models import Pause
from servanda.business.dunning.queries.arrears import arrears_of
from servanda.business.library.queries import version_of
from servanda.ground.money import Money
from servanda.terms.clauses import CollectionFee
from servanda.terms.resolving import ask
from servanda.terms.ruled import Ruled

Line = tuple[str, str]


def collection_fee_of(arrears: Arrears, *, today: date) -> LawfulFee | None:
    """Return what handing this claim over costs the debtor; None where the terms name no fee, or leave it to the law alone."""
    answer = ask(
        version_of(arrears.provider, arrears.terms_version),
        CollectionFee,
        on=today,
        product=next(iter(arrears.products)) if len(arrears.products) == 1 else None,
        customer=arrears.customer_kind,
        deviations=arrears.own_terms,
    )
    if answer.rule is None or answer.is_law_default:
        return None
    return collection_fee(Ruled(answer.rule, answer.because), today=today)


def collector_of(invoice_id: int) -> str:
    """Return why a claim lies with a collector, and with whom; empty where it does not."""
    row = Pause.objects.filter(invoice_id=invoice_id, cause="collection", ended_on__isnull=True).first()
    return row.reason if row is not None else ""


def collection_file(slug: str, invoice_id: int, *, today: date) -> tuple[Line, ...]:
    """Return the rows of the file for a collector: creditor, debtor, what was delivered, and each part of the claim."""
    (invoice,) = invoices([invoice_id])
    (arrears,) = arrears_of([invoice_id], today=today)
    here, debtor = company_named(slug), customer(invoice.customer_id)
    handed = hand_over_of(arrears, collector="", on=today)
    rows: list[Line] = [
        ("creditor", here.legal_name),
        ("creditor_cvr", here.cvr),
        ("creditor_iban", here.iban),
        ("debtor", debtor.name),
        ("debtor_number", debtor.number),
        ("debtor_kind", str(invoice.customer_kind)),
        ("debtor_cvr", debtor.details.cvr),
        ("debtor_address", ", ".join(debtor.postal_lines[1:])),
        ("debtor_email", debtor.email),
        ("invoice", str(invoice.number)),
        ("payment_reference", invoice.reference),
        ("issued_on", str(invoice.issued_on)),
        ("due_on", str(arrears.due_on or "")),
        ("collection_warning_received_on", str(handed.warned_on or "")),
    ]
    rows += [("delivered", line.description) for line in invoice.lines]
    rows.append(("principal_open", _figure(handed.principal)))
    for charge in invoice.charges:
        if charge.open:
            how = "; ".join(charge.reckoning)
            rows.append((charge.kind.replace(" ", "_"), f"{_figure(charge.open)} {how}".strip()))
    rows += [
        ("total", _figure(handed.total)),
        ("currency", handed.total.currency),
        ("collector_costs_at_most_before_vat", _figure(handed.costs_at_most)),
    ]
    return tuple(rows)


def _figure(amount: Money) -> str:
    return str(amount.decimal)
