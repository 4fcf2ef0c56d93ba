"""Ceasing to offer a service: every line that has it is told, and ends on the day that its own terms give.

Two persons decide. A line ends only when its own notice was delivered, and the notice counts from that day. Money for the
time after the end goes back by the terms and the law, as with every end by the provider.
"""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts import wording
from servanda.business.contracts.actions.ending import WARRANT_DAYS, end_by_provider
from servanda.business.contracts.actions.refusals import ContractRefused
from servanda.business.contracts.decisions.leaving import ends_by_provider
from servanda.business.contracts.facts import LineFacts
from servanda.business.contracts.models import Change, Discontinued
from servanda.business.contracts.queries import line as line_of
from servanda.business.contracts.queries import lines_of_product, own_terms_of_lines
from servanda.business.customers.queries import customers
from servanda.business.evidence.actions import NoWarrant, record
from servanda.business.evidence.facts import Approval, because_to_json
from servanda.business.letters.actions import write_letters
from servanda.business.letters.facts import Delivery, LetterDraft
from servanda.business.letters.queries import deliveries
from servanda.business.library.queries import version_of
from servanda.ground.calendar import moment_of
from servanda.ground.refusal import Refused
from servanda.terms.clauses import ProviderExit
from servanda.terms.resolving import Deviation, ask
from servanda.terms.ruled import Ruled, ruled

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LineEnd:
    """When a line would end if its notice were delivered on the day. `ends_on` None: its terms give no such exit."""

    line: LineFacts
    ends_on: date | None
    rule: Ruled[ProviderExit] | None


def plan_discontinuation(company: CompanyFacts, product: str, *, sent_on: date) -> tuple[LineEnd, ...]:
    """Return what ceasing to offer a product would mean, line by line, if all were told on the day."""
    lines = lines_of_product(company.company_id, product)
    own_terms = own_terms_of_lines(lines)
    return tuple(_planned(company, line, own_terms.get(line.contract_id, ()), sent_on=sent_on) for line in lines)


@transaction.atomic
def discontinue(
    company: CompanyFacts, product: str, *, reason: str, by: tuple[str, str], today: date, at: datetime
) -> int:
    """Record that a product is no longer offered, and write to each customer who has it; returns the change's id.

    Refuses one person alone, a missing reason, and a line whose terms give the provider no such exit: that contract runs
    on, and is ended only as its terms say.
    """
    first, second = (name.strip() for name in by)
    if not first or not second or first == second:
        raise ContractRefused("A service is discontinued by two different persons. Let a second one approve.")
    if not reason.strip():
        raise ContractRefused("Say why the service ends. The customers are told.")
    planned = plan_discontinuation(company, product, sent_on=today)
    bound = [plan.line for plan in planned if plan.ends_on is None]
    if bound:
        numbers = ", ".join(sorted({line.contract_number for line in bound}))
        raise ContractRefused(
            "The terms of %(numbers)s give no right to discontinue %(product)s. Agree the end with these"
            " customers first.",
            {"numbers": numbers, "product": product},
        )
    because = tuple(dict.fromkeys(one for plan in planned if plan.rule is not None for one in plan.rule.because))
    row = Change.objects.create(
        company_id=company.company_id,
        about="scope",
        change="discontinuation",
        products=[product],
        before=product,
        after="",
        effect_on=max((plan.ends_on for plan in planned if plan.ends_on is not None), default=today),
        reason=reason,
        approved_by=f"{first} + {second}",
        because=because_to_json(because),
        recorded_on=today,
    )
    record(
        company_id=company.company_id,
        key=f"change.recorded:{row.pk}",
        what="change.recorded",
        subject=f"change:{row.pk}",
        on_day=today,
        at=at,
        because=because,
        facts={"about": "scope", "change": "discontinuation", "products": [product], "reason": reason},
        by=second,
    )
    _tell(company, row, planned, today=today, at=at)
    return row.pk


def follow_discontinuations(company: CompanyFacts, *, today: date, at: datetime) -> int:
    """End each line whose notice of a discontinuation was delivered, on the day its terms give; returns how many.

    A line that cannot be ended is reported and tried again; it holds up no other.
    """
    ours = Discontinued.objects.filter(is_open=True, change__company_id=company.company_id).order_by("id")
    waiting = dict(ours.values_list("letter_key", "id"))
    ended = 0
    for key, delivery in deliveries(waiting).items():
        try:
            ended += _end(company, waiting[key], delivery, today=today, at=at)
        except NoWarrant:
            continue  # the brake is on: the line runs on, and the next round asks again
        except (Refused, IntegrityError, AssertionError, ValueError, TypeError, LookupError):
            LOG.exception("the discontinued line of %s could not be ended", key)
    return ended


@transaction.atomic
def _end(company: CompanyFacts, discontinued_id: int, delivery: Delivery, *, today: date, at: datetime) -> int:
    row = Discontinued.objects.select_for_update(of=["self"]).select_related("change").get(pk=discontinued_id)
    if not row.is_open:
        return 0  # another round has settled it meanwhile
    line = line_of(row.line_id)
    row.told_on, row.is_open = delivery.on, False
    if line.until is not None or line.is_ended:
        row.save(update_fields=["told_on", "is_open"])
        return 0  # the customer was quicker, or another end came first
    # Found after a long standstill, the notice counts from today: the delay is ours.
    counted_from = delivery.on if today < delivery.on + timedelta(days=WARRANT_DAYS) else today
    own_terms = own_terms_of_lines([line]).get(line.contract_id, ())
    rule = _planned(company, line, own_terms, sent_on=counted_from).rule
    if rule is None:
        row.save(update_fields=["told_on", "is_open"])
        return 0  # the exit rested on a special agreement that had run out when the notice came: the line runs on
    # The letter is not taken at less than its word: a longer notice that held when it was written counts still.
    written = _planned(company, line, own_terms, sent_on=row.change.recorded_on).rule or rule
    row.ends_on = end_by_provider(
        row.line_id,
        max(rule, written, key=lambda one: ends_by_provider(one.rule, sent_on=counted_from)),
        sent_on=counted_from,
        approval=Approval(by=row.change.approved_by, reason=row.change.reason, at=moment_of(row.change.recorded_on)),
        today=today,
        at=at,
        letter_keys=(delivery.evidence_key,),
    )
    row.save(update_fields=["told_on", "is_open", "ends_on"])
    return 1


def _planned(company: CompanyFacts, line: LineFacts, own_terms: tuple[Deviation, ...], *, sent_on: date) -> LineEnd:
    answer = ask(
        version_of(company.slug, line.terms_version),
        ProviderExit,
        on=sent_on,
        product=line.product_code,
        customer=line.customer_kind,
        selector=(("cause", "discontinuation"),),
        deviations=own_terms,
    )
    rule = ruled(answer)
    return LineEnd(line, ends_by_provider(rule.rule, sent_on=sent_on) if rule is not None else None, rule)


def _tell(company: CompanyFacts, row: Change, planned: tuple[LineEnd, ...], *, today: date, at: datetime) -> None:
    people = customers({plan.line.customer_id for plan in planned})
    Discontinued.objects.bulk_create(
        Discontinued(change=row, line_id=plan.line.line_id, letter_key=f"discontinued:{row.pk}:{plan.line.line_id}")
        for plan in planned
    )
    letters = []
    for plan in planned:
        assert plan.ends_on is not None
        assert plan.rule is not None
        to = people[plan.line.customer_id]
        language = "en" if to.language == "en" else "da"
        name = plan.line.description or plan.line.product_code
        subject = wording.discontinuation_subject(name, language=language)
        paragraphs = wording.discontinuation_paragraphs(
            name,
            company=company.name,
            email=company.email,
            reason=row.reason,
            ends_on=plan.ends_on,
            language=language,
        )
        letters.append(
            LetterDraft(
                company_id=company.company_id,
                customer_id=to.customer_id,
                key=f"discontinued:{row.pk}:{plan.line.line_id}",
                kind="notice",
                language=language,
                recipient=to.email,
                subject=subject,
                text="\n\n".join(paragraphs) + "\n",
                on_day=today,
                queued_at=at,
                paper={
                    "title": subject,
                    "paragraphs": list(paragraphs),
                    "because": because_to_json(plan.rule.because),
                },
            )
        )
    write_letters(letters)
