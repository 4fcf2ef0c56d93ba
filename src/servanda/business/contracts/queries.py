"""What was agreed, which lines may have something due, and what has been said about ending them."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import groupby

from django.db.models import Case, Count, Exists, FilteredRelation, OuterRef, Q, QuerySet, Value, When

from servanda.business.catalogue.queries import prices_of
from servanda.business.companies.queries import Tally, company, tally_of
from servanda.business.contracts.decisions.deviating import own_terms_on, rule_of
from servanda.business.contracts.decisions.importing import (
    ContractImport,
    ImportedRow,
    KnownCustomer,
    Surroundings,
    plan_import,
)
from servanda.business.contracts.decisions.pricing import price_agreed_on
from servanda.business.contracts.decisions.succeeding import Bound
from servanda.business.contracts.decisions.terms import EndingTerms, conclusion_terms, ending_terms
from servanda.business.contracts.facts import (
    Acceptance,
    AffectedCustomer,
    AgreedRule,
    Announced,
    ChangeDraft,
    ChangeFacts,
    ContractFacts,
    Deviation,
    DiscontinuedFacts,
    DisputeFacts,
    LineEnding,
    LineFacts,
    Negotiation,
    NoticeReceipt,
    OpenNotice,
    PriceNotices,
    SuccessionCounts,
    SuccessionFacts,
    SuccessionState,
)
from servanda.business.contracts.models import Announcement, Change, Contract, Discontinued, Line, Notice, Succession
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
from servanda.terms.resolving import Deviation as OwnTerm
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


def endings_of(line_ids: Iterable[int]) -> Mapping[int, LineEnding]:
    """Return how lines end, by line, with the notice that gave the day where one did; one that runs on has no days."""
    rows = Line.objects.filter(pk__in=list(line_ids))
    standing = Notice.objects.filter(line__in=rows, withdrawn_at__isnull=True, is_draft=False, ends_on__isnull=False)
    notices = {(one.line_id, one.ends_on): one for one in standing.order_by("id")}
    return {row.pk: _ending(row, notices) for row in rows}


def _ending(row: Line, notices: Mapping[tuple[int, date | None], Notice]) -> LineEnding:
    last_day = row.until - timedelta(days=1) if row.until is not None else None
    notice = notices.get((row.pk, last_day)) if row.end_cause == "notice" else None
    paid_until = notice.paid_until if notice is not None and notice.paid_until is not None else row.until
    return LineEnding(
        line_id=row.pk,
        until=row.until,
        paid_until=paid_until,
        end_cause=row.end_cause,
        exit_cause=notice.cause if notice is not None else "",
        because=because_from_json(notice.because) if notice is not None else (),
        noticed_on=notice.given_on if notice is not None else None,
    )


def lines_of_customer(customer_id: int) -> tuple[LineFacts, ...]:
    """Return all lines of a customer, ended ones too."""
    return tuple(_line(row) for row in _lines().filter(customer_id=customer_id).order_by("id"))


def lines_of_contract(contract_id: int) -> tuple[LineFacts, ...]:
    """Return the lines of a contract that still run, things sold once left out."""
    rows = _lines().filter(contract_id=contract_id, ended_on__isnull=True, interval_months__gt=0)
    return tuple(_line(row) for row in rows.order_by("id"))


def lines_of_product(company_id: int, product: str) -> tuple[LineFacts, ...]:
    """Return the running lines of a product whose end is not settled."""
    rows = _lines().filter(company_id=company_id, product_code=product, ended_on__isnull=True, until__isnull=True)
    return tuple(_line(row) for row in rows.order_by("id"))


def lines_on_plan(company_id: int, plan_code: str, *, run_on: date) -> tuple[LineFacts, ...]:
    """Return the lines at a plan's list price that still run on the day, those of one customer together."""
    rows = _lines().filter(
        company_id=company_id, plan_code=plan_code, own_price_minor__isnull=True, ended_on__isnull=True
    )
    rows = rows.filter(interval_months__gt=0).exclude(until__lte=run_on)
    return tuple(_line(row) for row in rows.order_by("customer_id", "id"))


def bound_by(
    company_id: int, *, but: str, on: date, contract_ids: Iterable[int] | None = None
) -> tuple[tuple[Bound, str], ...]:
    """Return the running contracts that another version than `but` binds, each with that version.

    A line that ends by the day counts no more, nor does a thing sold once.
    """
    rows = (
        _lines()
        .filter(company_id=company_id, ended_on__isnull=True, interval_months__gt=0)
        .exclude(contract__terms_version=but)
        .exclude(until__lte=on)
    )
    rows = rows.filter(contract_id__in=list(contract_ids)) if contract_ids is not None else rows
    found: list[tuple[Bound, str]] = []
    for _, group in groupby(map(_line, rows.order_by("contract_id", "id")), key=lambda line: line.contract_id):
        lines = tuple(group)
        first = lines[0]
        found.append(
            (
                Bound(
                    contract_id=first.contract_id,
                    customer_id=first.customer_id,
                    customer=first.customer_kind,
                    concluded_on=first.concluded_on,
                    products=frozenset(line.product_code for line in lines),
                    terms=tuple(line.term for line in lines if line.term is not None),
                ),
                first.terms_version,
            )
        )
    return tuple(found)


def line(line_id: int) -> LineFacts:
    """Return one line; refuses an unknown one."""
    found = line_facts([line_id])
    if not found:
        raise NoSuchContract("There is no contract line with id %(line_id)s.", {"line_id": line_id})
    return found[0]


def contract(contract_id: int) -> ContractFacts:
    """Return one contract; refuses an unknown one."""
    row = Contract.objects.prefetch_related("line_set").filter(pk=contract_id).first()
    if row is None:
        raise NoSuchContract("There is no contract with id %(contract_id)s.", {"contract_id": contract_id})
    return _contract(row)


def contract_numbered(company_id: int, number: str) -> ContractFacts:
    """Return the company's contract of the number; refuses an unknown one."""
    found = Contract.objects.filter(company_id=company_id, number=number).values_list("pk", flat=True).first()
    if found is None:
        raise NoSuchContract("There is no contract %(number)s.", {"number": number})
    return contract(found)


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


def notice_tally(company_ids: Iterable[int]) -> Tally | None:
    """Return how to count the notices that wait for a person."""
    return tally_of(_undecided().filter(line__company_id__in=list(company_ids)), "line__company_id")


def _undecided() -> QuerySet[Notice]:
    return Notice.objects.filter(ends_on__isnull=True, is_draft=False, withdrawn_at__isnull=True)


def deviations_of(contract_id: int) -> tuple[Deviation, ...]:
    """Return the special agreements on a contract's limits and values; those on rules are in `agreed_rules`."""
    rows = DeviationRow.objects.filter(contract_id=contract_id, kind="").order_by("since", "id")
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


def agreed_rules(contract_ids: Iterable[int]) -> tuple[AgreedRule, ...]:
    """Return the rules that were agreed for these contracts in place of the terms' own, past ones too, in one query."""
    return _agreed_rules(DeviationRow.objects.filter(contract_id__in=list(contract_ids)))


def agreed_rules_of_customer(customer_id: int) -> tuple[AgreedRule, ...]:
    """Return the rules that were agreed with a customer in place of the terms' own, on all contracts."""
    return _agreed_rules(DeviationRow.objects.filter(contract__customer_id=customer_id))


def agreed_rule(deviation_id: int) -> AgreedRule:
    """Return one agreed rule; refuses an unknown one."""
    found = _agreed_rules(DeviationRow.objects.filter(pk=deviation_id))
    if not found:
        raise NoSuchContract(
            "There is no special agreement %(deviation_id)s on a rule of the terms.", {"deviation_id": deviation_id}
        )
    return found[0]


def own_terms_of(contract_id: int, *, on: date) -> tuple[OwnTerm, ...]:
    """Return the rules of its own that hold for a contract on the day, to ask the terms with."""
    return own_terms_on(agreed_rules([contract_id]), on)


def own_terms_of_lines(lines: Iterable[LineFacts]) -> Mapping[int, tuple[OwnTerm, ...]]:
    """Return the rules of their own of the lines' contracts, by contract, past and coming ones too.

    One query for all of them, and none where nothing was agreed.
    """
    ids = sorted({line.contract_id for line in lines if line.has_own_terms})
    return own_terms_of_contracts(ids) if ids else {}


def own_terms_of_contracts(contract_ids: Iterable[int]) -> Mapping[int, tuple[OwnTerm, ...]]:
    """Return the rules of their own of these contracts, by contract, past and coming ones too, in one query."""
    found: dict[int, tuple[OwnTerm, ...]] = {}
    for agreed in agreed_rules(contract_ids):
        found[agreed.contract_id] = (*found.get(agreed.contract_id, ()), agreed.as_term)
    return found


def price_notices(company_id: int, customer_ids: Iterable[int]) -> PriceNotices:
    """Return which prices were recorded as changes, and whom of these customers they were told to, in one query."""
    theirs = FilteredRelation("announcement", condition=Q(announcement__customer_id__in=list(customer_ids)))
    rows = Change.objects.filter(company_id=company_id).exclude(plan_code="").annotate(theirs=theirs)
    fields = ("pk", "plan_code", "effect_on", "theirs__customer_id", "theirs__accepted_on", "theirs__promised")
    recorded: dict[tuple[str, date], int] = {}
    told: dict[tuple[str, date, int], Announced] = {}
    for change_id, plan, since, customer_id, accepted_on, promised in rows.values_list(*fields):
        recorded[plan, since] = change_id
        if customer_id is not None:
            told[plan, since, customer_id] = announced_of(accepted_on, promised)
    return PriceNotices(recorded=recorded, told=told)


def announced_of(accepted_on: date | None, promised: Mapping[str, list[str | None]]) -> Announced:
    """Return a stored notice of a price."""
    return Announced(
        accepted_on=accepted_on,
        promised={
            int(line_id): (date.fromisoformat(str(effect_on)), date.fromisoformat(until) if until else None)
            for line_id, (effect_on, until) in promised.items()
        },
    )


def _agreed_rules(rows: QuerySet[DeviationRow]) -> tuple[AgreedRule, ...]:
    found = rows.exclude(kind="").select_related("contract").order_by("contract_id", "since", "id")
    return tuple(map(_agreed_rule, found))


def _agreed_rule(row: DeviationRow) -> AgreedRule:
    assert row.until is not None and row.rule is not None, "a_rule_deviation_has_an_end"
    assert row.agreed_on is not None
    (citation,) = because_from_json(row.because)
    return AgreedRule(
        deviation_id=row.pk,
        contract_id=row.contract_id,
        contract_number=row.contract.number,
        name=row.name,
        rule=rule_of(row.kind, row.rule),
        since=row.since,
        until=row.until,
        reason=row.reason,
        approved_by=row.approved_by,
        agreed_on=row.agreed_on,
        end_reason=row.end_reason,
        citation=citation,
    )


def dispute(dispute_id: int) -> DisputeFacts:
    """Return one dispute with the talks that were held; refuses an unknown one."""
    row = DisputeRow.objects.prefetch_related("negotiationentry_set").filter(pk=dispute_id).first()
    if row is None:
        raise NoSuchContract("There is no dispute with id %(dispute_id)s.", {"dispute_id": dispute_id})
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
        raise NoSuchContract("There is no change with id %(change_id)s.", {"change_id": change_id})
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


def successions_of(contract_id: int) -> tuple[SuccessionFacts, ...]:
    """Return what new versions meant to a contract, the first one first."""
    rows = Succession.objects.filter(contract_id=contract_id).select_related("contract").order_by("id")
    return tuple(_succession(row) for row in rows)


def successions_of_change(change_id: int) -> tuple[SuccessionFacts, ...]:
    """Return how far each contract has come with a change of the terms."""
    rows = Succession.objects.filter(change_id=change_id).select_related("contract").order_by("id")
    return tuple(_succession(row) for row in rows)


def succession_counts(change_ids: Iterable[int]) -> Mapping[int, SuccessionCounts]:
    """Return how far the contracts have come with each change of the terms; a change of something else is left out."""
    rows = (
        Succession.objects.filter(change_id__in=list(change_ids))
        .annotate(state=_SUCCESSION_STATE)
        .values("change_id", "state")
        .annotate(contracts=Count("id"), told=Count("told_on"))
        .order_by("change_id")
    )
    found: dict[int, SuccessionCounts] = {}
    for change_id, group in groupby(rows, key=lambda row: row["change_id"]):
        alike = tuple(group)
        found[change_id] = SuccessionCounts(
            contracts=sum(row["contracts"] for row in alike),
            told=sum(row["told"] for row in alike),
            by_state={row["state"]: row["contracts"] for row in alike},
        )
    return found


def successions_in(
    change_id: int, *, state: SuccessionState | None = None, limit: int = 100, offset: int = 0
) -> tuple[SuccessionFacts, ...]:
    """Return some of the contracts that a change of the terms meets, by how far they have come."""
    rows = Succession.objects.filter(change_id=change_id).annotate(state=_SUCCESSION_STATE)
    rows = rows.filter(state=state) if state is not None else rows
    found = rows.select_related("contract").order_by("id")[offset : offset + limit]
    return tuple(_succession(row) for row in found)


def succession(succession_id: int) -> SuccessionFacts:
    """Return what one version means to one contract; refuses an unknown one."""
    row = Succession.objects.filter(pk=succession_id).select_related("contract").first()
    if row is None:
        raise NoSuchContract("There is no succession with id %(succession_id)s.", {"succession_id": succession_id})
    return _succession(row)


def discontinued_in(change_id: int) -> tuple[DiscontinuedFacts, ...]:
    """Return the lines whose service a change discontinues, and how far the end of each has come."""
    rows = Discontinued.objects.filter(change_id=change_id).select_related("line__contract").order_by("id")
    return tuple(
        DiscontinuedFacts(
            line_id=row.line_id,
            contract_number=row.line.contract.number,
            customer_id=row.line.customer_id,
            told_on=row.told_on,
            ends_on=row.ends_on,
            is_open=row.is_open,
        )
        for row in rows
    )


def versions_in_use(company_id: int) -> Mapping[str, int]:
    """Return how many running contracts each version binds."""
    rows = Contract.objects.filter(company_id=company_id, ended_on__isnull=True)
    return {row["terms_version"]: row["count"] for row in rows.values("terms_version").annotate(count=Count("id"))}


# The same words as `SuccessionFacts.state`, in the same order.
_SUCCESSION_STATE = Case(
    When(bound_on__isnull=False, then=Value("bound")),
    When(left_on__isnull=False, then=Value("left")),
    When(is_open=False, then=Value("kept")),
    When(effect_on__isnull=True, accepted_on__isnull=True, then=Value("yes awaited")),
    When(told_on__isnull=True, accepted_on__isnull=True, then=Value("delivery awaited")),
    default=Value("day awaited"),
)


def _succession(row: Succession) -> SuccessionFacts:
    return SuccessionFacts(
        succession_id=row.pk,
        change_id=row.change_id,
        contract_id=row.contract_id,
        contract_number=row.contract.number,
        customer_id=row.contract.customer_id,
        from_version=row.from_version,
        to_version=row.to_version,
        effect_on=row.effect_on,
        leave_until=row.leave_until,
        told_on=row.told_on,
        accepted_on=row.accepted_on,
        left_on=row.left_on,
        bound_on=row.bound_on,
        is_open=row.is_open,
        because=because_from_json(row.because),
    )


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
            plan_code=row.plan_code,
        ),
        reason=row.reason,
        approved_by=row.approved_by,
        because=because_from_json(row.because),
        recorded_on=row.recorded_on,
        activated_on=row.activated_on,
    )


def ending_terms_of(line: LineFacts, *, on: date) -> EndingTerms:
    """Return the rules on ending and renewing of the version that binds the customer, as they hold on the day.

    What was agreed with the customer goes before the version's own.
    """
    agreement = version_of(company(line.company_id).slug, line.terms_version)
    own = own_terms_of(line.contract_id, on=on) if line.has_own_terms else ()
    return ending_terms(agreement, product=line.product_code, customer=line.customer_kind, on=on, deviations=own)


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
    own = Exists(DeviationRow.objects.filter(contract_id=OuterRef("contract_id")).exclude(kind=""))
    return Line.objects.select_related("contract").annotate(has_open_question=undecided, has_own_terms=own)


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
        price_agreed_on=price_agreed_on(legal_day(agreed.accepted_at), billed_from=row.billed_from),
        has_own_terms=row.has_own_terms,  # type: ignore[attr-defined]  # so is this
    )


def _contract(row: Contract) -> ContractFacts:
    return ContractFacts(
        contract_id=row.pk,
        company_id=row.company_id,
        customer_id=row.customer_id,
        number=row.number,
        customer_kind=CustomerKind(row.customer_kind),
        acceptance=Acceptance(
            version=row.accepted_version,
            language=row.terms_language,
            sha256=row.accepted_sha256,
            at=row.accepted_at,
            how=row.accepted_how,
        ),
        began_on=row.began_on,
        ended_on=row.ended_on,
        end_cause=row.end_cause,
        scope_sheet=row.scope_sheet,
        line_ids=tuple(sorted(line.pk for line in row.line_set.all())),
    )
