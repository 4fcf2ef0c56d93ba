"""Letting a new version of the terms follow: telling each customer, counting their proof of delivery, binding on the day.

Nothing is remembered as "sent to all": each contract has its own row, and what is due on it is asked of that row and of
its letter. A round that was missed heals, and a second run finds everything done.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, partial

from django.db import IntegrityError, transaction
from django.db.models import Q

from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts import wording
from servanda.business.contracts.actions.ending import receive_exit
from servanda.business.contracts.actions.refusals import ContractRefused
from servanda.business.contracts.decisions.changing import CONSUMER_CHANGES, ends_by_exit
from servanda.business.contracts.decisions.orders import Ending
from servanda.business.contracts.decisions.succeeding import (
    Bound,
    Plan,
    Step,
    Told,
    change_rules,
    next_step,
    plan_for,
)
from servanda.business.contracts.decisions.terms import because_of
from servanda.business.contracts.facts import GivenNotice, NoticeReceipt
from servanda.business.contracts.models import Change, Contract, Line, Succession
from servanda.business.contracts.queries import (
    bound_by,
    lines_of_contract,
    own_terms_of,
    own_terms_of_contracts,
    own_terms_of_lines,
)
from servanda.business.customers.facts import CustomerFacts
from servanda.business.customers.queries import customer, customers
from servanda.business.evidence.actions import record
from servanda.business.evidence.facts import because_from_json, because_to_json
from servanda.business.letters.actions import write_letters
from servanda.business.letters.facts import LetterDraft
from servanda.business.letters.queries import deliveries
from servanda.business.library.actions import accept, publish_draft
from servanda.business.library.facts import AcceptanceDraft
from servanda.business.library.queries import rendered_terms, version_of
from servanda.ground.refusal import Refused
from servanda.terms.clauses import CustomerKind, TermsChange
from servanda.terms.comparing import shown_differences
from servanda.terms.document import Agreement, Language
from servanda.terms.resolving import Deviation
from servanda.terms.ruled import Ruled

LOG = logging.getLogger(__name__)

TextOf = Callable[[str, Language], Agreement]


@dataclass(frozen=True, slots=True)
class Followed:
    """What a round did with the successions of a company."""

    told: int = 0
    bound: int = 0
    moved: int = 0
    ended: int = 0

    def __add__(self, other: "Followed") -> "Followed":
        return Followed(
            self.told + other.told, self.bound + other.bound, self.moved + other.moved, self.ended + other.ended
        )


@transaction.atomic
def publish_change(company: CompanyFacts, draft_id: int, *, products: frozenset[str], today: date, at: datetime) -> int:
    """Publish a draft that two persons approved, and write each customer's notice; returns the id of the change.

    New contracts take the new version from its day. Those that run are bound one by one, when their own notice was
    delivered in time.
    """
    draft, published = publish_draft(company, draft_id, products=products, at=at)
    by = draft.approved_by[1]
    row = Change.objects.create(
        company_id=company.company_id,
        about="terms",
        change=draft.change,
        products=sorted(products),
        before=draft.base_version,
        after=draft.version,
        effect_on=published.effective_on,
        reason=draft.reason,
        approved_by=" + ".join(draft.approved_by[:2]),
        because=[],
        recorded_on=today,
        terms_version=draft.version,
    )
    record(
        company_id=company.company_id,
        key=f"change.recorded:{row.pk}",
        what="change.recorded",
        subject=f"change:{row.pk}",
        on_day=today,
        at=at,
        because=(),
        facts={"about": "terms", "change": row.change, "effect_on": str(row.effect_on), "version": row.after},
        by=by,
    )
    tell_customers(company, row.pk, today=today, at=at)
    return row.pk


@transaction.atomic
def tell_customers(company: CompanyFacts, change_id: int, *, today: date, at: datetime) -> int:
    """Write the notice of a published change to every contract that an older version binds; returns how many are new.

    Run again, it finds the contracts that were concluded under the old version meanwhile.
    """
    change = Change.objects.select_for_update().get(pk=change_id)
    text_of: TextOf = cache(partial(version_of, company.slug))  # a question once for each text, and not for each letter
    known = set(Succession.objects.filter(change=change).values_list("contract_id", flat=True))
    bound_now = bound_by(company.company_id, but=change.terms_version, on=today)
    older = {
        version: agreement
        for version in {version for _, version in bound_now}
        if (agreement := text_of(version, "da")).effective_on < change.effect_on
    }
    new = [one for one in bound_now if one[0].contract_id not in known and one[1] in older]
    people = customers({bound.customer_id for bound, _ in new})
    own_terms = own_terms_of_contracts(bound.contract_id for bound, _ in new)
    rows, letters = [], []
    for bound, version in new:
        rules = _rules(older[version], bound, own_terms.get(bound.contract_id, ()), change=change.change, on=today)
        # Whoever is found after the day is not bound backwards, not even by a change that needs no notice.
        plan = plan_for(bound, rules, sent_on=today, wanted_on=max(change.effect_on, today))
        row = Succession(
            change=change,
            contract_id=bound.contract_id,
            from_version=version,
            to_version=change.terms_version,
            effect_on=plan.effect_on,
            leave_until=plan.leave_until,
            because=because_to_json(plan.because),
            letter_key=f"terms:{change.pk}:{bound.contract_id}",
            told_on=None if plan.is_told else today,
        )
        rows.append(row)
        if plan.is_told:
            letters.append(_letter(company, row, change, people[bound.customer_id], plan, text_of, today=today, at=at))
    Succession.objects.bulk_create(rows, batch_size=1000)
    write_letters(letters)
    return len(rows)


def follow_successions(company: CompanyFacts, *, today: date, at: datetime) -> Followed:
    """Take each succession that something is due on as far as it goes: note the delivery, move the day, bind, or end.

    Reads those whose notice is still on its way, and takes up those whose day has come or whose customer has answered.
    What waits for its delivery alone has nothing due, however long it takes. One that fails is reported and tried again.
    """
    ours = Succession.objects.filter(is_open=True, change__company_id=company.company_id)
    untold = dict(ours.filter(told_on__isnull=True).values_list("letter_key", "id"))
    delivered = {untold[key]: delivery.on for key, delivery in deliveries(untold).items()}
    is_answered = Q(told_on__isnull=False) | Q(accepted_on__isnull=False)
    has_come = Q(effect_on__lte=today) | Q(effect_on__isnull=True, accepted_on__lte=today)
    is_over = Q(left_on__isnull=False) | Q(contract__ended_on__isnull=False)
    due = ours.filter((is_answered & has_come) | is_over | Q(pk__in=delivered)).order_by("id")
    done = Followed()
    for succession_id in list(due.values_list("id", flat=True)):
        try:
            done += _follow(company, succession_id, delivered.get(succession_id), today=today, at=at)
        except (Refused, IntegrityError, AssertionError, ValueError, TypeError, LookupError):
            LOG.exception("succession %s could not be followed", succession_id)
    return done


@transaction.atomic
def accept_version(
    succession_id: int, *, on: date, at: datetime, by: str, accepted_by: str = "", how: str = "noted by staff"
) -> bool:
    """Note that the customer themselves said yes to the new version, with the exact text. False: they did before.

    `accepted_by` is the name of the person who said yes, the customer's own if it is not known; `by` is who notes it.
    """
    row = _locked(succession_id)
    if row.accepted_on is not None:
        return False
    if _is_overtaken(row):
        raise ContractRefused(
            "Version %(bound_by)s binds this contract already, and it is newer than %(to_version)s. There"
            " is nothing left to accept.",
            {"bound_by": row.contract.terms_version, "to_version": row.to_version},
        )
    row.accepted_on = on
    row.save(update_fields=["accepted_on"])
    language: Language = "en" if row.contract.terms_language == "en" else "da"
    text = rendered_terms(row.change.company.slug, row.to_version, language)
    to = customer(row.contract.customer_id)
    accept(
        AcceptanceDraft(
            company_id=row.contract.company_id,
            customer_id=row.contract.customer_id,
            subject=f"contract:{row.contract_id}",
            accepted=text,
            accepted_at=at,
            accepted_by=accepted_by.strip() or to.name,
            how=how,
        ),
        at=at,
    )
    return _record(row, "terms.agreed", today=on, at=at, by=by)


@transaction.atomic
def leave_because_of_change(
    succession_id: int, given: GivenNotice, *, today: date, at: datetime, by: str
) -> tuple[NoticeReceipt, ...]:
    """Take in a customer's exit because of new terms, and return the receipt of each line of the contract.

    In time, every line ends before the new version would bind. Later it is an ordinary matter: the lines are left as they
    are, the notice is kept, and a person looks at it. Refuses where the terms and the law give no such exit.
    """
    row = _locked(succession_id)
    if row.effect_on is None or row.leave_until is None:
        raise ContractRefused("This change gives no right to leave because of it. Take an ordinary notice instead.")
    if not row.change.recorded_on <= given.given_on <= today:
        raise ContractRefused(
            "The customer cannot have left because of this change on %(given_on)s: it was decided on"
            " %(recorded_on)s, and today is %(today)s. Write the day on which their message came.",
            {"given_on": given.given_on, "recorded_on": row.change.recorded_on, "today": today},
        )
    company_slug = row.change.company.slug
    lines = lines_of_contract(row.contract_id)
    own_terms = own_terms_of_lines(lines).get(row.contract_id, ())
    receipts = []
    for line in lines:
        rules = change_rules(
            version_of(company_slug, row.from_version),
            change=row.change.change,
            customer=line.customer_kind,
            products=[line.product_code],
            on=row.change.recorded_on,
            deviations=own_terms,
        )
        ending = _best_exit(rules, row, given)
        receipts.append(receive_exit(line.line_id, given, ending, today=today, at=at, by=by, cause="change"))
    if given.given_on <= row.leave_until:
        row.left_on = given.given_on
        row.save(update_fields=["left_on"])
        _record(row, "terms.left", today=today, at=at, by=by)
    return tuple(receipts)


def _best_exit(rules: tuple[Ruled[TermsChange], ...], row: Succession, given: GivenNotice) -> Ending:
    """Return the ending that favours the customer most: in time before late, earlier before later."""
    assert row.effect_on is not None
    assert row.leave_until is not None
    customer_kind = CustomerKind(row.contract.customer_kind)
    endings = [
        ends_by_exit(rule, effect_on=row.effect_on, given_on=given.given_on, customer=customer_kind) for rule in rules
    ]
    in_time = [ending for ending in endings if not ending.is_late]
    if in_time:
        return min(in_time, key=lambda ending: ending.ends_on)
    before = row.effect_on - timedelta(days=1)
    return Ending(
        ends_on=before,
        because=because_of(*rules) or (CONSUMER_CHANGES,),
        last_notice_on=row.leave_until,
        terms_end_on=before,
        is_late=given.given_on > row.leave_until,
    )


@transaction.atomic
def _follow(
    company: CompanyFacts, succession_id: int, delivered_on: date | None, *, today: date, at: datetime
) -> Followed:
    """Take one step of one succession, in a transaction of its own: the customer may be answering at this moment."""
    row = _find_locked(succession_id)
    if row is None or not row.is_open:
        return Followed()  # another round has settled it meanwhile
    row.contract = Contract.objects.select_for_update().get(pk=row.contract_id)
    told = _note_delivery(row, delivered_on, today=today, at=at)
    plan = _plan_by_delivery(company, row)
    step = next_step(_told(row), plan=plan, today=today)
    match step.act:
        case "bind":
            _bind(company, row, step, today=today, at=at)
            return Followed(told=told, bound=1)
        case "move":
            assert plan is not None
            row.effect_on, row.leave_until = plan.effect_on, plan.leave_until
            row.save(update_fields=["effect_on", "leave_until"])
            _record(row, "terms.moved", today=today, at=at, by="system", key=f"{row.effect_on}")
            write_letters([_later_day(company, row, today=today, at=at)])
            return Followed(told=told, moved=1)
        case "end":
            row.is_open = False
            row.save(update_fields=["is_open"])
            _record(row, "terms.kept", today=today, at=at, by="system")
            return Followed(told=told, ended=1)
    return Followed(told=told)


def _note_delivery(row: Succession, delivered_on: date | None, *, today: date, at: datetime) -> int:
    if row.told_on is not None or delivered_on is None:
        return 0
    row.told_on = delivered_on
    row.save(update_fields=["told_on"])
    _record(row, "terms.told", today=today, at=at, by="system")
    return 1


def _plan_by_delivery(company: CompanyFacts, row: Succession) -> Plan | None:
    """Return what the day of the delivery allows, by the old terms; None while nothing is proven."""
    if row.told_on is None or row.effect_on is None:
        return None
    found = [one for one, _ in bound_by(company.company_id, but="", on=row.told_on, contract_ids=[row.contract_id])]
    if not found:
        return None
    old = version_of(company.slug, row.from_version)
    recorded_on = row.change.recorded_on
    own_terms = own_terms_of(row.contract_id, on=recorded_on)
    rules = _rules(old, found[0], own_terms, change=row.change.change, on=recorded_on)
    return plan_for(found[0], rules, sent_on=row.told_on, wanted_on=row.effect_on)


def _bind(company: CompanyFacts, row: Succession, step: Step, *, today: date, at: datetime) -> None:
    contract = row.contract
    language: Language = "en" if contract.terms_language == "en" else "da"
    contract.terms_version = row.to_version
    contract.terms_sha256 = version_of(company.slug, row.to_version, language).sha256
    contract.save(update_fields=["terms_version", "terms_sha256"])
    row.bound_on, row.is_open = step.on, False
    row.save(update_fields=["bound_on", "is_open"])
    _record(row, "terms.bound", today=today, at=at, by="system")


def _told(row: Succession) -> Told:
    running = Line.objects.filter(contract_id=row.contract_id, ended_on__isnull=True, interval_months__gt=0)
    ends = list(running.values_list("until", flat=True))
    known = [until for until in ends if until is not None]
    is_ending = row.contract.ended_on is not None or (bool(ends) and len(known) == len(ends))
    return Told(
        effect_on=row.effect_on,
        told_on=row.told_on,
        accepted_on=row.accepted_on,
        left_on=row.left_on,
        runs_until=max(known, default=row.contract.ended_on) if is_ending else None,
        is_overtaken=_is_overtaken(row),
    )


def _is_overtaken(row: Succession) -> bool:
    """Tell whether a newer version than the one that was to follow binds the contract already."""
    binding = row.contract.terms_version
    if binding == row.from_version:
        return False
    return version_of(row.change.company.slug, binding).effective_on > row.change.effect_on


def _rules(
    old: Agreement, bound: Bound, own_terms: tuple[Deviation, ...], *, change: str, on: date
) -> tuple[Ruled[TermsChange], ...]:
    return change_rules(
        old, change=change, customer=bound.customer, products=bound.products, on=on, deviations=own_terms
    )


def _letter(
    company: CompanyFacts,
    row: Succession,
    change: Change,
    to: CustomerFacts,
    plan: Plan,
    text_of: TextOf,
    *,
    today: date,
    at: datetime,
) -> LetterDraft:
    language: Language = "en" if to.language == "en" else "da"
    subject = wording.change_subject(company.name, language=language)
    paragraphs = wording.change_paragraphs(
        company=company.name,
        email=company.email,
        reason=change.reason,
        changes=shown_differences(
            text_of(row.from_version, language),
            text_of(row.to_version, language),
            old_rules=text_of(row.from_version, "da"),
            new_rules=text_of(row.to_version, "da"),
        ),
        effect_on=plan.effect_on,
        leave_until=plan.leave_until,
        is_favourable=change.change == "favourable",
        language=language,
    )
    return LetterDraft(
        company_id=company.company_id,
        customer_id=to.customer_id,
        key=row.letter_key,
        kind="terms",
        language=language,
        recipient=to.email,
        subject=subject,
        text="\n\n".join(paragraphs) + "\n",
        on_day=today,
        queued_at=at,
        paper={"title": subject, "paragraphs": list(paragraphs), "because": because_to_json(plan.because)},
    )


def _later_day(company: CompanyFacts, row: Succession, *, today: date, at: datetime) -> LetterDraft:
    """Return the letter that corrects the days of the notice: it came later than planned, so all days are later too."""
    assert row.effect_on is not None
    to = customer(row.contract.customer_id)
    language: Language = "en" if to.language == "en" else "da"
    subject = wording.change_subject(company.name, language=language)
    paragraphs = wording.later_day_paragraphs(
        email=company.email, effect_on=row.effect_on, leave_until=row.leave_until, language=language
    )
    return LetterDraft(
        company_id=company.company_id,
        customer_id=to.customer_id,
        key=f"{row.letter_key}:later:{row.effect_on}",
        kind="terms",
        language=language,
        recipient=to.email,
        subject=subject,
        text="\n\n".join(paragraphs) + "\n",
        on_day=today,
        queued_at=at,
        paper={"title": subject, "paragraphs": list(paragraphs), "because": row.because},
    )


def _find_locked(succession_id: int) -> Succession | None:
    return (
        Succession.objects.select_for_update(of=["self"])
        .select_related("contract", "change", "change__company")
        .filter(pk=succession_id)
        .first()
    )


def _locked(succession_id: int) -> Succession:
    row = _find_locked(succession_id)
    if row is None:
        raise ContractRefused("There is no succession %(succession_id)s.", {"succession_id": succession_id})
    if not row.is_open:
        raise ContractRefused(
            "Version %(to_version)s is settled for this contract. Nothing more can be noted.",
            {"to_version": row.to_version},
        )
    return row


def _record(row: Succession, what: str, *, today: date, at: datetime, by: str, key: str = "") -> bool:
    return record(
        company_id=row.contract.company_id,
        key=f"{what}:{row.pk}" + (f":{key}" if key else ""),
        what=what,
        subject=f"contract:{row.contract_id}",
        on_day=today,
        at=at,
        because=because_from_json(row.because),
        facts={
            "from_version": row.from_version,
            "to_version": row.to_version,
            "effect_on": str(row.effect_on or ""),
            "told_on": str(row.told_on or ""),
            "bound_on": str(row.bound_on or ""),
            "left_on": str(row.left_on or ""),
        },
        customer_id=row.contract.customer_id,
        by=by,
    )
