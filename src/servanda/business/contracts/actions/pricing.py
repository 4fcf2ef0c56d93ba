"""Raising a price: recorded with its reason, told to each customer whom it meets, and binding only who was told in time.

What a rise means to a line is decided by `decisions.pricing`, here for the letter and in billing for each period. Nothing
is switched on a day: a letter that was refused, or that nobody wrote, leaves the old price as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db import transaction

from servanda.business.catalogue.facts import ListedPlan
from servanda.business.catalogue.queries import prices_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts import wording
from servanda.business.contracts.actions.changing import record_change
from servanda.business.contracts.actions.ending import receive_exit
from servanda.business.contracts.actions.refusals import ContractRefused, refuse_on
from servanda.business.contracts.decisions.changing import CONSUMER_CHANGES, Approval
from servanda.business.contracts.decisions.orders import Ending
from servanda.business.contracts.decisions.pricing import (
    Coming,
    class_objection,
    coming_price,
    dated_prices,
    priced_line,
    rise_for_all,
)
from servanda.business.contracts.decisions.terms import ending_terms
from servanda.business.contracts.facts import ChangeDraft, GivenNotice, LineFacts, NoticeReceipt, PriceNotices
from servanda.business.contracts.models import Announcement, Change
from servanda.business.contracts.queries import (
    announced_of,
    line,
    lines_on_plan,
    own_terms_of_lines,
    price_notices,
)
from servanda.business.customers.facts import CustomerFacts
from servanda.business.customers.queries import customers
from servanda.business.evidence.actions import record
from servanda.business.evidence.facts import because_from_json, because_to_json
from servanda.business.letters.actions import write_letters
from servanda.business.letters.facts import LetterDraft
from servanda.business.letters.queries import deliveries
from servanda.business.library.queries import library_of, version_of
from servanda.ground.money import Money
from servanda.terms.resolving import Deviation

Told = Sequence[tuple[LineFacts, Coming]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncedPrice:
    """What announcing a price did: how many letters, and how many lines are told, free of any notice, or kept.

    Kept at the old price are lines whose terms know no change of it: only the customer's own yes makes it rise.
    """

    change_id: int
    letters: int
    told: int
    free: int
    kept: int


@transaction.atomic
def announce_price(
    company: CompanyFacts,
    plan_code: str,
    *,
    since: date,
    reason: str,
    approved_by: str,
    today: date,
    at: datetime,
    by: str,
    change: str = "",
) -> AnnouncedPrice:
    """Record that a plan's price rises on a day, and write to every customer to whom the terms or the law give a notice.

    The price must stand in the catalogue. `change` is its class where a person names it; else the terms tell. Run again,
    it writes to those who came under the old price meanwhile. Refuses a rise without a reason and an approver, what is no
    rise, and a class that the terms do not give it.
    """
    plan = prices_of(company.company_id).plan(plan_code)
    known = Change.objects.select_for_update().filter(company_id=company.company_id, plan_code=plan_code)
    row = known.filter(effect_on=since).first()
    if row is None:
        approval = Approval(by=approved_by.strip(), reason=reason.strip())
        row = _recorded(company, plan, approval, since=since, change=change, today=today, at=at, by=by)
    return _tell(company, plan, row, today=today, at=at)


def follow_prices(company: CompanyFacts, *, today: date, at: datetime) -> int:
    """Note which letters about prices were delivered, and return how many those are; reads only what is on its way."""
    waiting = Announcement.objects.filter(accepted_on__isnull=True, change__company_id=company.company_id)
    letters = dict(waiting.exclude(change__plan_code="").values_list("letter_key", "id"))
    proven = deliveries(letters) if letters else {}
    for key, delivery in proven.items():
        _note_delivery(company, letters[key], on=delivery.on, today=today, at=at)
    return len(proven)


@transaction.atomic
def leave_because_of_price(
    change_id: int, line_id: int, given: GivenNotice, *, today: date, at: datetime, by: str
) -> NoticeReceipt:
    """Take in a customer's exit because of a higher price: in time, the line ends before the price would hold.

    Later it is an ordinary matter: the notice is kept, and a person looks at it. A letter that was delivered late moves
    the days as it moves the price. Refuses where the letter gave no such exit.
    """
    one = line(line_id)
    rows = Announcement.objects.filter(change_id=change_id, customer_id=one.customer_id)
    told = rows.select_related("change__company").first()
    said = announced_of(told.accepted_on, told.promised).promised.get(line_id) if told is not None else None
    effect_on, leave_until = _days_to_leave(told, one, *said) if told is not None and said else (date.max, None)
    if told is None or leave_until is None:
        raise ContractRefused("This price gives no right to leave because of it. Take an ordinary notice instead.")
    ending = Ending(
        ends_on=effect_on - timedelta(days=1),
        because=because_from_json(told.change.because) or (CONSUMER_CHANGES,),
        last_notice_on=leave_until,
        terms_end_on=effect_on - timedelta(days=1),
        is_late=given.given_on > leave_until,
    )
    return receive_exit(line_id, given, ending, today=today, at=at, by=by, cause="change")


def _days_to_leave(
    told: Announcement, one: LineFacts, effect_on: date, leave_until: date | None
) -> tuple[date, date | None]:
    """Return from when a price holds for a line and until when its customer may leave: as the letter says, or later."""
    if told.accepted_on is None or leave_until is None:
        return effect_on, leave_until
    change = told.change
    coming = _coming(
        change.company.slug,
        prices_of(change.company_id).plan(change.plan_code),
        one,
        price_notices(change.company_id, [one.customer_id]),
        own_terms_of_lines([one]),
        change,
        today=told.accepted_on,
    )
    if coming is None or coming.effect_on is None or coming.effect_on <= effect_on:
        return effect_on, leave_until
    return coming.effect_on, max(leave_until, coming.leave_until or leave_until)


def _recorded(
    company: CompanyFacts,
    plan: ListedPlan,
    approval: Approval,
    *,
    since: date,
    change: str,
    today: date,
    at: datetime,
    by: str,
) -> Change:
    """Record the rise in the log of changes, as the terms of today class it for a business."""
    old, new = _rise(plan, since)
    if not approval.by or not approval.reason:
        raise ContractRefused("A higher price needs a reason, which customers read, and who approved it. Write both.")
    agreement, product = library_of(company.slug).version_on(today), plan.product.code
    if change:
        refuse_on(class_objection(agreement, product, old, new, change=change, approval=approval, on=today))
    rise = rise_for_all(agreement, product, old, new, on=today)
    draft = ChangeDraft(
        about="price",
        change=change or rise.change,
        products=(product,),
        before=str(old),
        after=str(new),
        effect_on=since,
        plan_code=plan.code,
    )
    change_id = record_change(company.company_id, draft, rise.rules, approval=approval, today=today, at=at, by=by)
    return Change.objects.get(pk=change_id)


def _rise(plan: ListedPlan, since: date) -> tuple[Money, Money]:
    """Return the price before the day and the one from it; refuses what does not stand in the catalogue or does not rise."""
    new = next((price.amount for price in plan.prices if price.since == since), None)
    before = [price.amount for price in plan.prices if price.since < since]
    if new is None or not before:
        days = ", ".join(str(price.since) for price in plan.prices[1:]) or "none"
        raise ContractRefused(
            "%(code)s has no new price from %(since)s. New prices are known from: %(days)s. Load the catalogue first.",
            {"code": plan.code, "since": since, "days": days},
        )
    if new <= before[-1]:
        raise ContractRefused(
            "%(code)s does not get dearer on %(since)s: %(before)s before, %(new)s then. A lower price"
            " holds by itself.",
            {"code": plan.code, "since": since, "before": before[-1], "new": new},
        )
    return before[-1], new


def _tell(company: CompanyFacts, plan: ListedPlan, change: Change, *, today: date, at: datetime) -> AnnouncedPrice:
    """Write to the customers who have not been written to, and count what the rise means to all lines of the plan."""
    lines = lines_on_plan(company.company_id, plan.code, run_on=change.effect_on)
    owners = {one.customer_id for one in lines}
    notices = price_notices(company.company_id, owners)
    rules = own_terms_of_lines(lines)
    met = [
        (one, coming)
        for one in lines
        if (coming := _coming(company.slug, plan, one, notices, rules, change, today=today)) is not None
    ]
    told = [(one, coming) for one, coming in met if coming.is_told]
    new = [(one, coming) for one, coming in told if (plan.code, change.effect_on, one.customer_id) not in notices.told]
    people = customers({one.customer_id for one, _ in new})
    letters, rows = [], []
    for customer_id, group in groupby(new, key=lambda pair: pair[0].customer_id):
        theirs = tuple(group)
        letter = _letter(company, plan, change, people[customer_id], theirs, today=today, at=at)
        letters.append(letter)
        rows.append(_announcement(change, customer_id, letter.key, theirs))
    Announcement.objects.bulk_create(rows, batch_size=1000)
    write_letters(letters)
    return AnnouncedPrice(
        change_id=change.pk,
        letters=len(letters),
        told=len(told),
        free=sum(not coming.is_told and coming.effect_on is not None for _, coming in met),
        kept=sum(coming.effect_on is None for _, coming in met),
    )


def _coming(
    slug: str,
    plan: ListedPlan,
    one: LineFacts,
    notices: PriceNotices,
    rules: Mapping[int, tuple[Deviation, ...]],
    change: Change,
    *,
    today: date,
) -> Coming | None:
    agreement, own_terms = version_of(slug, one.terms_version), rules.get(one.contract_id, ())
    terms = ending_terms(
        agreement, product=one.product_code, customer=one.customer_kind, on=today, deviations=own_terms
    )
    coming = coming_price(
        agreement,
        priced_line(one, own_terms=own_terms),
        dated_prices(plan, notices, customer_id=one.customer_id, line_id=one.line_id),
        since=change.effect_on,
        sent_on=today,
        notice=terms.notice,
    )
    is_over = (
        coming is not None and coming.effect_on is not None and one.until is not None and one.until <= coming.effect_on
    )
    return None if is_over else coming


def _announcement(change: Change, customer_id: int, letter_key: str, told: Told) -> Announcement:
    promised = {
        str(one.line_id): [str(coming.effect_on), str(coming.leave_until) if coming.leave_until else None]
        for one, coming in told
    }
    return Announcement(change=change, customer_id=customer_id, letter_key=letter_key, promised=promised)


def _letter(
    company: CompanyFacts,
    plan: ListedPlan,
    change: Change,
    to: CustomerFacts,
    told: Told,
    *,
    today: date,
    at: datetime,
) -> LetterDraft:
    language = "en" if to.language == "en" else "da"
    name = plan.name_en if language == "en" else plan.name_da
    subject = wording.price_subject(name, language=language)
    paragraphs = wording.price_paragraphs(
        name,
        company=company.name,
        email=company.email,
        reason=change.reason,
        months=plan.interval_months,
        lines=tuple(
            (one.description, coming.old, coming.new, coming.effect_on, coming.leave_until)
            for one, coming in told
            if coming.effect_on is not None
        ),
        language=language,
    )
    because = tuple(dict.fromkeys(citation for _, coming in told for citation in coming.because))
    return LetterDraft(
        company_id=company.company_id,
        customer_id=to.customer_id,
        key=f"price:{change.pk}:{to.customer_id}",
        kind="price",
        language=language,
        recipient=to.email,
        subject=subject,
        text="\n\n".join(paragraphs) + "\n",
        on_day=today,
        queued_at=at,
        paper={"title": subject, "paragraphs": list(paragraphs), "because": because_to_json(because)},
    )


@transaction.atomic
def _note_delivery(company: CompanyFacts, announcement_id: int, *, on: date, today: date, at: datetime) -> None:
    row = Announcement.objects.select_for_update(of=["self"]).select_related("change").get(pk=announcement_id)
    if row.accepted_on is not None:
        return
    row.accepted_on = on
    row.save(update_fields=["accepted_on"])
    record(
        company_id=company.company_id,
        key=f"price.told:{row.pk}",
        what="price.told",
        subject=f"customer:{row.customer_id}",
        on_day=today,
        at=at,
        because=because_from_json(row.change.because),
        facts={
            "plan": row.change.plan_code,
            "before": row.change.before,
            "after": row.change.after,
            "letter": row.letter_key,
            "accepted_on": str(on),
            "promised": row.promised,
        },
        customer_id=row.customer_id,
    )
