"""Concluding a contract: the customer's kind and the accepted terms are frozen on it, each line gets its first term."""

from datetime import date, datetime

from django.db import transaction

from servanda.business.contracts.actions.refusals import ContractRefused, refuse_on
from servanda.business.contracts.decisions.concluding import conclusion_objections, term_of
from servanda.business.contracts.decisions.importing import ContractImport, ImportedRow
from servanda.business.contracts.decisions.renewing import look_again_on
from servanda.business.contracts.decisions.terms import ConclusionTerms
from servanda.business.contracts.facts import Acceptance, ContractFacts, NewLine
from servanda.business.contracts.models import Contract, Line
from servanda.business.contracts.queries import contract as facts_of
from servanda.business.contracts.queries import plan_of_import
from servanda.business.customers.actions import note_purchase
from servanda.business.customers.queries import customer
from servanda.business.evidence.actions import record
from servanda.ground.refusal import WrongDocument


@transaction.atomic
def conclude_contract(
    *,
    company_id: int,
    customer_id: int,
    number: str,
    acceptance: Acceptance,
    began_on: date,
    lines: tuple[NewLine, ...],
    terms: ConclusionTerms,
    today: date,
    at: datetime,
    scope_sheet: str = "",
    by: str = "system",
) -> ContractFacts:
    """Conclude a contract and return it. Refuses a number that is taken, and what the terms do not offer."""
    buyer = customer(customer_id)
    if buyer.company_id != company_id:
        raise ContractRefused(f"Customer {buyer.number} belongs to another company. Choose one of this company.")
    if not lines:
        raise ContractRefused(f"Contract {number} has no line. Add what the customer buys.")
    if Contract.objects.filter(company_id=company_id, number=number).exists():
        raise ContractRefused(f"There is a contract {number} already. Choose another number.")
    refuse_on(*conclusion_objections(lines, terms, sheet=scope_sheet))
    row = Contract.objects.create(
        company_id=company_id,
        customer_id=customer_id,
        number=number,
        customer_kind=buyer.kind.value,
        terms_version=acceptance.version,
        terms_language=acceptance.language,
        terms_sha256=acceptance.sha256,
        accepted_at=acceptance.at,
        accepted_how=acceptance.how,
        began_on=began_on,
        scope_sheet=scope_sheet,
    )
    Line.objects.bulk_create(_line_row(row, line, terms) for line in lines)
    note_purchase(customer_id, on=max(line.began_on for line in lines))
    concluded = facts_of(row.pk)
    _record(concluded, lines, terms=terms, today=today, at=at, by=by)
    return concluded


@transaction.atomic
def import_contracts(
    company_id: int, rows: tuple[ImportedRow, ...], *, file: str, today: date, at: datetime, by: str
) -> ContractImport:
    """Conclude all contracts of a file, or none: any problem refuses the file as a whole."""
    plan = plan_of_import(company_id, rows, file=file, today=today)
    if plan.problems:
        raise WrongDocument(plan.problems)
    for contract in plan.contracts:
        conclude_contract(
            company_id=company_id,
            customer_id=contract.customer_id,
            number=contract.number,
            acceptance=contract.acceptance,
            began_on=contract.began_on,
            lines=contract.lines,
            terms=contract.terms,
            scope_sheet=contract.scope_sheet,
            today=today,
            at=at,
            by=by,
        )
    return plan


def _line_row(row: Contract, line: NewLine, terms: ConclusionTerms) -> Line:
    term = term_of(line, terms)
    return Line(
        contract=row,
        company_id=row.company_id,
        customer_id=row.customer_id,
        product_code=line.product_code,
        plan_code=line.plan_code,
        description=line.description,
        quantity=line.quantity,
        own_price_minor=line.own_price.minor if line.own_price is not None else None,
        interval_months=line.interval_months,
        began_on=line.began_on,
        billed_from=line.billed_from,
        term_months=term.months if term is not None else None,
        term_until=term.until if term is not None else None,
        look_again_on=look_again_on(term_until=term.until if term is not None else None, until=None),
    )


def _record(
    concluded: ContractFacts,
    lines: tuple[NewLine, ...],
    *,
    terms: ConclusionTerms,
    today: date,
    at: datetime,
    by: str,
) -> None:
    special = [line.special_reason for line in lines if line.special_reason]
    record(
        company_id=concluded.company_id,
        key=f"contract.concluded:{concluded.contract_id}",
        what="contract.concluded",
        subject=f"contract:{concluded.contract_id}",
        on_day=today,
        at=at,
        because=terms.because,
        facts={
            "customer_kind": concluded.customer_kind.value,
            "terms_version": concluded.acceptance.version,
            "terms_language": concluded.acceptance.language,
            "terms_sha256": concluded.acceptance.sha256,
            "accepted_how": concluded.acceptance.how,
            "line_ids": list(concluded.line_ids),
            "special_agreements": special,
        },
        customer_id=concluded.customer_id,
        by=by,
    )
