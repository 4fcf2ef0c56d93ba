"""Concluding a contract: the customer's kind and the accepted terms are frozen on it, each line gets its first term."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from servanda.business.companies.queries import company
from servanda.business.contracts.actions.accepting import accepted_text, drafts_of
from servanda.business.contracts.actions.refusals import ContractRefused, refuse_on
from servanda.business.contracts.decisions.concluding import conclusion_objections, term_of, vendor_objection
from servanda.business.contracts.decisions.importing import ContractImport, ImportedRow
from servanda.business.contracts.decisions.orders import Objection
from servanda.business.contracts.decisions.renewing import look_again_on
from servanda.business.contracts.decisions.terms import ConclusionTerms
from servanda.business.contracts.facts import Acceptance, ContractFacts, NewLine
from servanda.business.contracts.models import Contract, Line
from servanda.business.contracts.queries import contract as facts_of
from servanda.business.contracts.queries import plan_of_import
from servanda.business.customers.actions import note_purchase
from servanda.business.customers.facts import CustomerFacts
from servanda.business.customers.queries import customer
from servanda.business.evidence.actions import record
from servanda.business.library.actions import accept_all
from servanda.business.library.facts import IMPORTED, AcceptanceDraft, RenderedTerms, VendorTermsFacts
from servanda.business.library.queries import belonging, vendor_terms_for, vendor_terms_of, version_of
from servanda.ground.calendar import legal_day
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
    accepted_by: str = "",
    vendor_accepted: frozenset[str] = frozenset(),
) -> ContractFacts:
    """Conclude a contract and return it, with the proof of what was accepted.

    Refuses a number that is taken, what the terms do not offer, an accepted text that is not the version's, and missing
    vendors' terms. `accepted_by` is the person's name; `vendor_accepted` are the hashes of the vendors' terms.
    """
    new = _New(company_id, customer(customer_id), number, acceptance, began_on, lines, terms, scope_sheet)
    slug = company(company_id).slug
    bought = vendor_terms_for(company_id, new.products, on=legal_day(acceptance.at))
    objection = vendor_objection(
        bought,
        vendor_accepted,
        agreement=version_of(slug, acceptance.version),
        products=new.products,
        customer=new.buyer.kind,
        on=today,
    )
    _refuse_unfit(new, objection)
    text = accepted_text(slug, acceptance)
    concluded = _write(new)
    accept_all(drafts_of(concluded, (text, *bought), accepted_by=accepted_by), at=at)
    _record(concluded, new, text, accepted=bought, today=today, at=at, by=by)
    return concluded


@dataclass(frozen=True, slots=True)
class _New:
    """A contract that is to be concluded."""

    company_id: int
    buyer: CustomerFacts
    number: str
    acceptance: Acceptance
    began_on: date
    lines: tuple[NewLine, ...]
    terms: ConclusionTerms
    scope_sheet: str

    @property
    def products(self) -> tuple[str, ...]:
        return tuple(line.product_code for line in self.lines)


def _refuse_unfit(new: _New, *objections: Objection | None) -> None:
    if new.buyer.company_id != new.company_id:
        raise ContractRefused(
            "Customer %(number)s belongs to another company. Choose one of this company.", {"number": new.buyer.number}
        )
    if not new.lines:
        raise ContractRefused("Contract %(number)s has no line. Add what the customer buys.", {"number": new.number})
    if Contract.objects.filter(company_id=new.company_id, number=new.number).exists():
        raise ContractRefused("There is a contract %(number)s already. Choose another number.", {"number": new.number})
    refuse_on(*conclusion_objections(new.lines, new.terms, sheet=new.scope_sheet), *objections)


def _write(new: _New) -> ContractFacts:
    acceptance = new.acceptance
    row = Contract.objects.create(
        company_id=new.company_id,
        customer_id=new.buyer.customer_id,
        number=new.number,
        customer_kind=new.buyer.kind.value,
        terms_version=acceptance.version,
        terms_language=acceptance.language,
        terms_sha256=acceptance.sha256,
        accepted_version=acceptance.version,
        accepted_sha256=acceptance.sha256,
        accepted_at=acceptance.at,
        accepted_how=acceptance.how,
        began_on=new.began_on,
        scope_sheet=new.scope_sheet,
    )
    Line.objects.bulk_create(_line_row(row, line, new.terms) for line in new.lines)
    note_purchase(new.buyer.customer_id, on=max(line.began_on for line in new.lines))
    return facts_of(row.pk)


@transaction.atomic
def import_contracts(
    company_id: int, rows: tuple[ImportedRow, ...], *, file: str, today: date, at: datetime, by: str
) -> ContractImport:
    """Conclude all contracts of a file, or none: any problem refuses the file as a whole."""
    plan = plan_of_import(company_id, rows, file=file, today=today)
    if plan.problems:
        raise WrongDocument(plan.problems)
    slug, offered = company(company_id).slug, vendor_terms_of(company_id, on=today)
    texts: dict[tuple[str, str, str], RenderedTerms] = {}
    drafts: list[AcceptanceDraft] = []
    for contract in plan.contracts:
        new = _New(
            company_id,
            customer(contract.customer_id),
            contract.number,
            contract.acceptance,
            contract.began_on,
            contract.lines,
            contract.terms,
            contract.scope_sheet,
        )
        _refuse_unfit(new)
        accepted = (new.acceptance.version, new.acceptance.language, new.acceptance.sha256)
        text = texts.get(accepted) or texts.setdefault(accepted, accepted_text(slug, new.acceptance))
        concluded = _write(new)
        drafts += drafts_of(concluded, (text,), accepted_by=IMPORTED)
        unknown = belonging(offered, new.products)
        _record(concluded, new, text, unknown=unknown, today=today, at=at, by=by)
    accept_all(drafts, at=at)
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
    new: _New,
    text: RenderedTerms,
    *,
    accepted: tuple[VendorTermsFacts, ...] = (),
    unknown: tuple[VendorTermsFacts, ...] = (),
    today: date,
    at: datetime,
    by: str,
) -> None:
    special = [line.special_reason for line in new.lines if line.special_reason]
    acceptance = concluded.acceptance
    vendors = {"vendor_terms": _named(accepted), "vendor_terms_not_known_to_be_accepted": _named(unknown)}
    record(
        company_id=concluded.company_id,
        key=f"contract.concluded:{concluded.contract_id}",
        what="contract.concluded",
        subject=f"contract:{concluded.contract_id}",
        on_day=today,
        at=at,
        because=new.terms.because,
        facts={
            "customer_kind": concluded.customer_kind.value,
            "terms_version": acceptance.version,
            "terms_language": acceptance.language,
            "terms_sha256": acceptance.sha256,
            "shown_sha256": text.sha256,
            "accepted_at": acceptance.at.isoformat(),
            "accepted_how": acceptance.how,
            "line_ids": list(concluded.line_ids),
            "special_agreements": special,
            **{name: named for name, named in vendors.items() if named},
        },
        customer_id=concluded.customer_id,
        by=by,
    )


def _named(terms: tuple[VendorTermsFacts, ...]) -> list[dict[str, str]]:
    return [{"name": one.name, "version": one.version, "sha256": one.sha256} for one in terms]
