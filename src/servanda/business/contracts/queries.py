"""What was agreed, which lines may have something due, and what has been said about ending them."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Count, Exists, OuterRef, QuerySet

from servanda.business.catalogue.queries import prices_of
from servanda.business.companies.queries import company
from servanda.business.contracts.decisions.importing import (
    ContractImport,
    ImportedRow,
    KnownCustomer,
    Surroundings,
    plan_import,
)
from servanda.business.contracts.decisions.terms import EndingTerms, conclusion_terms, ending_terms
from servanda.business.contracts.facts import (
    Acceptance,
    AffectedCustomer,
    ChangeDraft,
    ChangeFacts,
    ContractFacts,
    Deviation,
    DisputeFacts,
    LineFacts,
    Negotiation,
    NoticeReceipt,
    OpenNotice,
)
from servanda.business.contracts.models import Announcement, Change, Contract, Line, Notice
from servanda.business.contracts.models import Deviation as DeviationRow
from servanda.business.contracts.models import Dispute as DisputeRow
from servanda.business.customers.queries import customers_of
from servanda.business.evidence.facts import because_from_json
from servanda.business.library.queries import library_of, version_of
from servanda.ground.calendar import legal_day, moment_of
from servanda.ground.money import Money
from servanda.ground.refusal import Refused
from servanda.terms.clauses import CustomerKind
from servanda.terms.document import Language
from servanda.terms.versions import Library


class NoSuchContract(Refused):
    """There is no contract, line or dispute of that number."""


def lines_that_may_be_due(company_id: int, *, today: date, limit: int = 1000) -> tuple[int, ...]:
    """Return the ids of lines whose renewal or end may be due, the longest waiting first; reads no other line."""
    rows = Line.objects.filter(company_id=company_id, look_again_on__lte=today).order_by("look_again_on", "id")
    return tuple(rows.values_list("id", flat=True)[:limit])


def lines_ending_between(company_id: int, *, since: date, until: date) -> tuple[LineFacts, ...]:
    """Return the running lines whose end lies after the first day and not after the second; reads only ending lines."""
    ending = _lines().filter(company_id=company_id, ended_on__isnull=True, until__gt=since, until__lte=until)
    return tuple(_line(row) for row in ending.order_by("until", "id"))


def line_facts(line_ids: Iterable[int]) -> tuple[LineFacts, ...]:
    """Return the lines with what decisions need, in the order of their ids, in one query."""
    return tuple(_line(row) for row in _lines().filter(pk__in=list(line_ids)).order_by("id"))


def lines_of_customer(customer_id: int) -> tuple[LineFacts, ...]:
    """Return all lines of a customer, ended ones too."""
    return tuple(_line(row) for row in _lines().filter(customer_id=customer_id).order_by("id"))


def line(line_id: int) -> LineFacts:
    """Return one line; refuses an unknown one."""
    found = line_facts([line_id])
    if not found:
        raise NoSuchContract(f"There is no contract line with id {line_id}.")
    return found[0]


def contract(contract_id: int) -> ContractFacts:
    """Return one contract; refuses an unknown one."""
    row = Contract.objects.prefetch_related("line_set").filter(pk=contract_id).first()
    if row is None:
        raise NoSuchContract(f"There is no contract with id {contract_id}.")
    return _contract(row)


def contracts_of_customer(customer_id: int) -> tuple[ContractFacts, ...]:
    """Return the contracts of a customer in the order in which they began."""
    rows = Contract.objects.prefetch_related("line_set").filter(customer_id=customer_id).order_by("began_on", "id")
    return tuple(_contract(row) for row in rows)


def contract_numbers(company_id: int) -> frozenset[str]:
    """Return the numbers that contracts of the company have already."""
    return frozenset(Contract.objects.filter(company_id=company_id).values_list("number", flat=True))


def notices_of_line(line_id: int) -> tuple[NoticeReceipt, ...]:
    """Return the notices on a line that stand, in the order in which they came."""
    rows = Notice.objects.filter(line_id=line_id, withdrawn_at__isnull=True).order_by("given_on", "id")
    return tuple(receipt_of(row, is_new=False) for row in rows)


def notices_to_decide(company_id: int) -> tuple[OpenNotice, ...]:
    """Return the notices on which the terms are silent, the longest waiting first; reads only those."""
    rows = list(_undecided().filter(line__company_id=company_id).order_by("given_on", "id"))
    lines = {line.line_id: line for line in line_facts(row.line_id for row in rows)}
    return tuple(
        OpenNotice(
            notice_id=row.pk,
            line=lines[row.line_id],
            given_on=row.given_on,
            channel=row.channel,
            because=because_from_json(row.because),
        )
        for row in rows
    )


def notice_counts(company_ids: Iterable[int]) -> Mapping[int, int]:
    """Return how many notices wait for a person, by company; none is left out."""
    rows = _undecided().filter(line__company_id__in=list(company_ids)).values("line__company_id")
    return {row["line__company_id"]: row["count"] for row in rows.annotate(count=Count("id"))}


def _undecided() -> QuerySet[Notice]:
    return Notice.objects.filter(ends_on__isnull=True, is_draft=False, withdrawn_at__isnull=True)


def deviations_of(contract_id: int) -> tuple[Deviation, ...]:
    """Return the special agreements on a contract."""
    rows = DeviationRow.objects.filter(contract_id=contract_id).order_by("since", "id")
    return tuple(
        Deviation(
            about=row.about,
            name=row.name,
            value=row.value,
            since=row.since,
            until=row.until,
            reason=row.reason,
            approved_by=row.approved_by,
        )
        for row in rows
    )


def dispute(dispute_id: int) -> DisputeFacts:
    """Return one dispute with the talks that were held; refuses an unknown one."""
    row = DisputeRow.objects.prefetch_related("negotiationentry_set").filter(pk=dispute_id).first()
    if row is None:
        raise NoSuchContract(f"There is no dispute with id {dispute_id}.")
    entries = sorted(row.negotiationentry_set.all(), key=lambda entry: (entry.on_day, entry.pk))
    return DisputeFacts(
        dispute_id=row.pk,
        contract_id=row.contract_id,
        about=row.about,
        stage=row.stage,
        opened_on=row.opened_on,
        closed_on=row.closed_on,
        negotiations=tuple(Negotiation(on=entry.on_day, text=entry.text) for entry in entries),
    )


def change(change_id: int) -> ChangeFacts:
    """Return one recorded change; refuses an unknown one."""
    row = Change.objects.filter(pk=change_id).first()
    if row is None:
        raise NoSuchContract(f"There is no change with id {change_id}.")
    return _change(row)


def changes_of(company_id: int) -> tuple[ChangeFacts, ...]:
    """Return the log of changes that customers can read, the latest first."""
    return tuple(_change(row) for row in Change.objects.filter(company_id=company_id).order_by("-effect_on", "-id"))


def affected_customers(change_id: int) -> tuple[AffectedCustomer, ...]:
    """Return whom a change meets: who has a line of its products that still runs on the day, each with their notice."""
    row = Change.objects.get(pk=change_id)
    announced = dict(Announcement.objects.filter(change=row).values_list("customer_id", "accepted_on"))
    lines = (
        _lines()
        .filter(company_id=row.company_id, product_code__in=row.products, interval_months__gt=0)
        .exclude(until__lte=row.effect_on)
        .order_by("customer_id", "contract__accepted_at", "id")
    )
    found: dict[int, AffectedCustomer] = {}
    for line in map(_line, lines):
        found[line.customer_id] = AffectedCustomer(
            customer_id=line.customer_id,
            kind=line.customer_kind,
            concluded_on=line.concluded_on,
            announced_on=announced.get(line.customer_id),
        )
    return tuple(found.values())


def _change(row: Change) -> ChangeFacts:
    return ChangeFacts(
        change_id=row.pk,
        company_id=row.company_id,
        draft=ChangeDraft(
            about=row.about,
            change=row.change,
            products=tuple(row.products),
            before=row.before,
            after=row.after,
            effect_on=row.effect_on,
        ),
        reason=row.reason,
        approved_by=row.approved_by,
        because=because_from_json(row.because),
        recorded_on=row.recorded_on,
        activated_on=row.activated_on,
    )


def ending_terms_of(line: LineFacts, *, on: date) -> EndingTerms:
    """Return the rules on ending and renewing of the version that the customer accepted, as they hold on the day."""
    agreement = version_of(company(line.company_id).slug, line.terms_version)
    return ending_terms(agreement, product=line.product_code, customer=line.customer_kind, on=on)


def plan_of_import(company_id: int, rows: tuple[ImportedRow, ...], *, file: str, today: date) -> ContractImport:
    """Return what a file of contracts would do to the company: the contracts, or every problem with its line."""
    library = library_of(company(company_id).slug)
    return plan_import(
        rows,
        Surroundings(
            customers={
                customer.number: KnownCustomer(customer_id=customer.customer_id, kind=customer.kind)
                for customer in customers_of(company_id)
            },
            taken=contract_numbers(company_id),
            prices=prices_of(company_id),
            versions=library.versions,
            acceptance_of=lambda row: _acceptance(library, row),
            terms_for=lambda row, kind: conclusion_terms(
                library.version(row.terms_version), product=row.product, customer=kind, on=row.accepted_on
            ),
            today=today,
        ),
        file=file,
    )


def _acceptance(library: Library, row: ImportedRow) -> Acceptance | None:
    language: Language = "da" if row.terms_language == "da" else "en"
    found = library.find(row.terms_version, language)
    if found is None:
        return None
    return Acceptance(
        version=found.version,
        language=found.language,
        sha256=found.sha256,
        at=moment_of(row.accepted_on),
        how=row.accepted_how,
    )


def receipt_of(row: Notice, *, is_new: bool) -> NoticeReceipt:
    """Return what the customer is told of a stored notice."""
    return NoticeReceipt(
        notice_id=row.pk,
        line_id=row.line_id,
        given_on=row.given_on,
        channel=row.channel,
        is_draft=row.is_draft,
        is_late=row.is_late,
        ends_on=row.ends_on,
        because=because_from_json(row.because),
        is_new=is_new,
    )


def _lines() -> QuerySet[Line]:
    undecided = Exists(_undecided().filter(line_id=OuterRef("pk")))
    return Line.objects.select_related("contract").annotate(has_open_question=undecided)


def _line(row: Line) -> LineFacts:
    agreed = row.contract
    return LineFacts(
        line_id=row.pk,
        contract_id=agreed.pk,
        contract_number=agreed.number,
        company_id=row.company_id,
        customer_id=row.customer_id,
        customer_kind=CustomerKind(agreed.customer_kind),
        terms_version=agreed.terms_version,
        terms_language=agreed.terms_language,
        concluded_on=min(legal_day(agreed.accepted_at), agreed.began_on),
        concluded_how=agreed.accepted_how,
        product_code=row.product_code,
        plan_code=row.plan_code,
        description=row.description,
        quantity=row.quantity,
        own_price=Money(row.own_price_minor) if row.own_price_minor is not None else None,
        interval_months=row.interval_months,
        began_on=row.began_on,
        term_months=row.term_months,
        term_until=row.term_until,
        until=row.until,
        end_cause=row.end_cause,
        is_ended=row.ended_on is not None,
        has_open_question=row.has_open_question,  # type: ignore[attr-defined]  # annotated in _lines
    )


def _contract(row: Contract) -> ContractFacts:
    return ContractFacts(
        contract_id=row.pk,
        company_id=row.company_id,
        customer_id=row.customer_id,
        number=row.number,
        customer_kind=CustomerKind(row.customer_kind),
        acceptance=Acceptance(
            version=row.terms_version,
            language=row.terms_language,
            sha256=row.terms_sha256,
            at=row.accepted_at,
            how=row.accepted_how,
        ),
        began_on=row.began_on,
        ended_on=row.ended_on,
        end_cause=row.end_cause,
        scope_sheet=row.scope_sheet,
        line_ids=tuple(sorted(line.pk for line in row.line_set.all())),
    )
