"""Lifting the holds for non-payment of a customer who owes nothing overdue any more: by a payment, a credit note or a waiver."""

from datetime import date, datetime

from servanda.business.billing.queries import invoices, overdue_of_customer
from servanda.business.companies.facts import CompanyFacts
from servanda.business.dunning.queries import disputed_invoices
from servanda.business.evidence.actions import record
from servanda.business.hosting.actions import lift_holds
from servanda.business.hosting.queries import services_of_customer
from servanda.business.library.queries import version_of
from servanda.ground.citation import Citation
from servanda.terms.clauses import Reopening
from servanda.terms.resolving import ask


def release(company: CompanyFacts, customer_id: int, *, today: date, at: datetime) -> tuple[int, ...]:
    """Lift the holds for non-payment of a customer who owes nothing overdue any more but what is disputed.

    To the last øre, as the terms have it (safeit-054, compusoft-095): the amount to pay stands in every letter.
    """
    if overdue_of_customer(customer_id, today=today, apart_from=disputed_invoices(customer_id, today=today)):
        return ()
    lifted = lift_holds(
        customer_id=customer_id, cause="payment", because=_reopening(company, customer_id), today=today, at=at
    )
    record(
        company_id=company.company_id,
        key=f"arrears.cleared:{customer_id}:{today}",
        what="arrears.cleared",
        subject=f"customer:{customer_id}",
        on_day=today,
        at=at,
        because=(),
        facts={"services_reopened": list(lifted)},
        customer_id=customer_id,
    )
    return lifted


def _reopening(company: CompanyFacts, customer_id: int) -> tuple[Citation, ...]:
    """Return the clauses on reopening of the invoices that hold; without one, the hold's own ground has gone."""
    holds = [hold for service in services_of_customer(customer_id) for hold in service.open_holds]
    holding = invoices({hold.invoice_id for hold in holds if hold.cause == "payment" and hold.invoice_id is not None})
    cause = (("cause", "payment"),)
    answers = [
        ask(
            version_of(company.slug, invoice.terms_version),
            Reopening,
            on=invoice.issued_on,
            customer=invoice.customer_kind,
            selector=cause,
            deviations=invoice.own_terms,
        )
        for invoice in holding
    ]
    return tuple(dict.fromkeys(citation for answer in answers for citation in answer.because))
