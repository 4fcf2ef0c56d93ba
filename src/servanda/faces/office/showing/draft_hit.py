"""Who is hit by a draft: what was computed of it, from when it can hold for whom, and the letter that they get."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from servanda.business.contracts import wording
from servanda.business.contracts.decisions.succeeding import Bound, Plan, change_rules, plan_for
from servanda.business.contracts.queries import bound_by, successions_of_change
from servanda.business.customers.queries import customers
from servanda.business.dunning.decisions.whatif.comparing import ACTS as ACT_NAMES
from servanda.business.dunning.decisions.whatif.comparing import TURNS as TURN_NAMES
from servanda.business.dunning.decisions.whatif.ladders import CHARGE_KINDS
from servanda.business.dunning.decisions.whatif.outcome import (
    Count,
    HitCustomer,
    Months,
    PromiseOutcome,
    WhoIsHit,
    from_json,
)
from servanda.business.library.facts import CheckedDraft, DraftFacts
from servanda.business.library.queries import version_of
from servanda.faces.office.agreement_words import ACTS, CHARGES, TURNS, VERDICTS, stamped
from servanda.faces.office.people import names_of
from servanda.faces.office.places import Visit
from servanda.faces.office.showing.drafts import change_made_by
from servanda.faces.office.showing.naming import customer_link
from servanda.faces.office.shown import Link
from servanda.faces.office.shown_drafts import (
    CountRow,
    DraftHit,
    EffectGroup,
    ForecastShown,
    HitRow,
    MailPreview,
    PromiseRow,
)
from servanda.faces.office.words import CUSTOMER_KINDS, language, word
from servanda.ground.money import Money
from servanda.terms.clauses import CustomerKind, TermsChange
from servanda.terms.comparing import shown_differences
from servanda.terms.document import Agreement, Language
from servanda.terms.ruled import Ruled

MOST_HIT = 25
COMPUTED_AT, COMPUTED_BY = "computed_at", "computed_by"  # kept beside the forecast: when it was run, and by whom


def hit_shown(visit: Visit, found: DraftFacts, checked: CheckedDraft) -> DraftHit | None:
    """Return who is hit, from when, and the letters; None while the draft's texts have problems.

    What came of a closed draft is not computed anew: its forecast stands as it was kept, beside the letter that went out.
    """
    if found.state != "open":
        return DraftHit(forecast=_forecast(visit, found), groups=(), mails=tuple(_mails_sent(visit, found, checked)))
    if not checked.is_sound or checked.danish is None or checked.english is None:
        return None
    plans = _plans(visit, found, checked.danish)
    return DraftHit(
        forecast=_forecast(visit, found),
        groups=_groups(plans, checked.danish),
        mails=tuple(_mails(visit, found, checked, plans)),
    )


def _forecast(visit: Visit, found: DraftFacts) -> ForecastShown | None:
    """Return what was computed for these texts; what an older program kept and nobody can read counts as nothing."""
    if found.forecast is None:
        return None
    try:
        hit = from_json(found.forecast)
    except msgspec.ValidationError:
        return None
    by = str(found.forecast.get(COMPUTED_BY, ""))
    most = hit.most_hit[:MOST_HIT]
    people = customers({one.customer_id for one in most})
    links = {customer_id: customer_link(one, visit.company.slug) for customer_id, one in people.items()}
    return ForecastShown(
        computed_at=_moment(found.forecast.get(COMPUTED_AT)),
        computed_by=names_of([by]).get(by, by),
        on=hit.on,
        since=hit.since,
        until=hit.until,
        sha256=hit.sha256,
        customers=hit.customers,
        hit=hit.hit,
        is_empty=hit.is_empty,
        kinds=tuple((word(CUSTOMER_KINDS, kind), count) for kind, count in hit.hit_by_kind.items() if count),
        deviating=hit.hit_with_deviations,
        invoices=(hit.invoices_past, hit.invoices_coming),
        turns=tuple(word(TURNS, turn) for turn in TURN_NAMES),
        past=_counts(hit.past),
        coming=_counts(hit.coming),
        money=tuple(_money(hit)),
        due=tuple(_due_days(hit)),
        promises=tuple(map(_promise, hit.promises)),
        promised_better=hit.promised_better,
        promised_worse=hit.promised_worse,
        most_hit=tuple(_hit(one, links) for one in most),
        most_hit_more=max(hit.hit - len(most), 0),
        how=hit.how_computed_da if language() == "da" else hit.how_computed_en,
    )


def _counts(months: Months) -> tuple[CountRow, ...]:
    return tuple(
        CountRow(text=word(ACTS, act), counts=tuple(_count(months.acts[act][turn]) for turn in TURN_NAMES))
        for act in ACT_NAMES
    )


def _count(count: Count) -> str:
    if not count.customers:
        return "–"
    said = ngettext("%(customers)s customer", "%(customers)s customers", count.customers)
    on = ngettext("%(invoices)s invoice", "%(invoices)s invoices", count.invoices)
    return f"{said % {'customers': count.customers}}, {on % {'invoices': count.invoices}}"


def _money(hit: WhoIsHit) -> Iterator[tuple[str, Money, Money]]:
    for kind in CHARGE_KINDS:
        past, coming = hit.past.money_minor.get(kind, 0), hit.coming.money_minor.get(kind, 0)
        if past or coming:
            yield word(CHARGES, kind), Money(past), Money(coming)


def _due_days(hit: WhoIsHit) -> Iterator[str]:
    for said, count in (
        (_("Due sooner: %(count)s."), hit.due_sooner),
        (_("Due later: %(count)s."), hit.due_later),
    ):
        if count.invoices:
            yield said % {"count": _count(count)}


def _promise(one: PromiseOutcome) -> PromiseRow:
    change = one.change
    is_danish = language() == "da"
    of = f" ({change.of})" if change.of else ""
    return PromiseRow(
        text=f"{change.clause_after or change.clause_before} {change.kind}{of}"
        + (f".{change.field}" if change.field else ""),
        before=(change.before_da if is_danish else change.before_en) or "–",
        after=(change.after_da if is_danish else change.after_en) or "–",
        products=", ".join(one.products),
        customers=one.customers,
        stamp=stamped(VERDICTS, change.turn),
    )


def _hit(one: HitCustomer, links: Mapping[int, Link]) -> HitRow:
    return HitRow(
        customer=links.get(one.customer_id),
        number=one.number,
        kind=word(CUSTOMER_KINDS, one.kind),
        deviates=one.deviates,
        money=Money(one.money_minor),
        sentences=one.sentences_da if language() == "da" else one.sentences_en,
    )


def _moment(kept: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(kept))
    except ValueError:
        return None


def _plans(visit: Visit, found: DraftFacts, danish: Agreement) -> tuple[tuple[Bound, str, Plan], ...]:
    """Return what the draft means to each contract that another version binds, if the notices went out today."""
    rules: dict[tuple[str, CustomerKind, frozenset[str]], tuple[Ruled[TermsChange], ...]] = {}
    planned = []
    for bound, version in bound_by(visit.company.company_id, but=danish.version, on=visit.today):
        key = (version, bound.customer, bound.products)
        if key not in rules:
            rules[key] = change_rules(
                version_of(visit.company.slug, version),
                change=found.change,
                customer=bound.customer,
                products=bound.products,
                on=visit.today,
            )
        plan = plan_for(bound, rules[key], sent_on=visit.today, wanted_on=danish.effective_on)
        planned.append((bound, version, plan))
    return tuple(planned)


def _groups(plans: tuple[tuple[Bound, str, Plan], ...], danish: Agreement) -> tuple[EffectGroup, ...]:
    """Return the contracts that are alike, those that can be bound first, first."""
    alike: dict[tuple[str, Plan], list[Bound]] = defaultdict(list)
    for bound, _version, plan in plans:
        alike[str(bound.customer), plan].append(bound)
    groups = (
        EffectGroup(
            kind=word(CUSTOMER_KINDS, kind),
            contracts=len(bound),
            customers=len({one.customer_id for one in bound}),
            effect_on=plan.effect_on,
            leave_until=plan.leave_until,
            is_told=plan.is_told,
            is_later=plan.effect_on is not None and plan.effect_on > danish.effective_on,
            because=plan.because,
        )
        for (kind, plan), bound in alike.items()
    )
    return tuple(
        sorted(groups, key=lambda group: (group.effect_on is None, group.effect_on or danish.effective_on, group.kind))
    )


def _mails(
    visit: Visit, found: DraftFacts, checked: CheckedDraft, plans: tuple[tuple[Bound, str, Plan], ...]
) -> Iterator[MailPreview]:
    """Yield the letter that most customers get, in Danish and English."""
    counted = Counter((version, plan) for _bound, version, plan in plans if plan.is_told)
    if counted:
        (version, plan), _times = counted.most_common(1)[0]
        yield from _letters(visit, found, checked, version, effect_on=plan.effect_on, leave_until=plan.leave_until)


def _mails_sent(visit: Visit, found: DraftFacts, checked: CheckedDraft) -> Iterator[MailPreview]:
    """Yield the letter that most customers were written, with the days that were kept for them."""
    change_id = change_made_by(visit, found)
    if change_id is None:
        return
    kept = Counter((one.from_version, one.effect_on, one.leave_until) for one in successions_of_change(change_id))
    if kept:
        (version, effect_on, leave_until), _times = kept.most_common(1)[0]
        yield from _letters(visit, found, checked, version, effect_on=effect_on, leave_until=leave_until)


def _letters(
    visit: Visit,
    found: DraftFacts,
    checked: CheckedDraft,
    version: str,
    *,
    effect_on: date | None,
    leave_until: date | None,
) -> Iterator[MailPreview]:
    """Yield the letter to those whom the version binds, in Danish and English."""
    if checked.danish is None or checked.english is None:
        return
    company = visit.company
    texts: tuple[tuple[Language, Agreement], ...] = (("da", checked.danish), ("en", checked.english))
    for text, agreement in texts:
        yield MailPreview(
            language=text,
            subject=wording.change_subject(company.name, language=text),
            paragraphs=wording.change_paragraphs(
                company=company.name,
                email=company.email,
                reason=found.reason or "…",
                changes=shown_differences(
                    version_of(company.slug, version, text),
                    agreement,
                    old_rules=version_of(company.slug, version),
                    new_rules=checked.danish,
                ),
                effect_on=effect_on,
                leave_until=leave_until,
                is_favourable=found.change == "favourable",
                language=text,
            ),
        )
