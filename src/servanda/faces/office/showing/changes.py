"""The log of changes, and for each how many were told, are bound, left, or wait, and whose notice failed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from servanda.business.contracts.facts import (
    SUCCESSION_STATES,
    ChangeFacts,
    DiscontinuedFacts,
    SuccessionCounts,
    SuccessionFacts,
)
from servanda.business.contracts.queries import (
    NoSuchContract,
    change,
    changes_of,
    discontinued_in,
    succession_counts,
    successions_in,
)
from servanda.business.customers.facts import CustomerFacts
from servanda.business.customers.queries import customers
from servanda.business.library.queries import open_proposals
from servanda.faces.office.agreement_words import CHANGE_CLASSES, CHANGE_SUBJECTS, SUCCESSIONS, stamped
from servanda.faces.office.people import names_of
from servanda.faces.office.places import Visit
from servanda.faces.office.showing.deciding import letter_card
from servanda.faces.office.showing.naming import Names, customer_link
from servanda.faces.office.showing.proposals import proposal_row
from servanda.faces.office.showing.sections import compare_address, sections_of, with_query
from servanda.faces.office.showing.undelivered import NOT_DELIVERED, Undelivered, counted_apart, undelivered_of
from servanda.faces.office.shown import Pager, Stamp, Tab
from servanda.faces.office.shown_changes import ChangeRow, ChangeShown, ChangesShown, SuccessionRow
from servanda.faces.office.words import word

PAGE_ROWS = 100
STATES = (*SUCCESSION_STATES, NOT_DELIVERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Progress:
    """How far the contracts have come with a change; `failed` are those whose notice did not arrive."""

    is_of_contracts: bool
    contracts: int
    told: int
    by_state: Mapping[str, int]
    failed: tuple[SuccessionFacts, ...]


def changes_shown(visit: Visit) -> ChangesShown:
    found = changes_of(visit.company.company_id)
    counts = succession_counts(one.change_id for one in found)
    undelivered = undelivered_of(visit.company.company_id)
    asked = open_proposals(visit.company.company_id)
    named = (*(by for one in found for by in _approvers(one)), *(one.proposed_by for one in asked))
    names = names_of(named)
    return ChangesShown(
        sections=sections_of(visit, "changes"),
        rows=tuple(_row(visit, one, _progress(one.change_id, counts, undelivered), names) for one in found),
        proposals=tuple(proposal_row(visit, one, names) for one in asked),
    )


def change_shown(visit: Visit, change_id: int, *, state: str, page: int) -> ChangeShown:
    """Return one change of the company with those it meets; `state` chooses among them."""
    found = _change_here(visit, change_id)
    undelivered = undelivered_of(visit.company.company_id)
    progress = _progress(change_id, succession_counts([change_id]), undelivered)
    chosen = _state_named(state)
    rows = _rows(change_id, chosen, progress, page)
    lines = discontinued_in(change_id)
    failed = undelivered.about(change_id)
    people = customers(
        {one.customer_id for one in rows} | {one.customer_id for one in lines} | {one.customer_id for one in failed}
    )
    address = reverse("office:change", args=[visit.company.slug, change_id])
    is_of_terms = found.draft.about == "terms"
    return ChangeShown(
        row=_row(visit, found, progress, names_of(_approvers(found))),
        sections=sections_of(visit, "changes"),
        because=found.because,
        compared=compare_address(visit, found.draft.before, found.draft.after) if is_of_terms else "",
        contracts=progress.contracts,
        told=progress.told,
        filters=_filters(progress, chosen, address),
        successions=tuple(_succession(visit, one, undelivered.state_of(one), people) for one in rows),
        pager=_pager(progress, chosen, page, address),
        failed=tuple(letter_card(one, Names(visit.company.slug, {}, people)) for one in failed),
        is_of_terms=is_of_terms,
        lines=tuple(
            _line(visit, one, undelivered.has(f"discontinued:{change_id}:{one.line_id}"), people) for one in lines
        ),
    )


def change_title(found: ChangeFacts) -> str:
    """Return what a change is, in a few words."""
    draft = found.draft
    if draft.about == "terms":
        return _("Terms: from version %(before)s to %(after)s") % {"before": draft.before, "after": draft.after}
    if draft.change == "discontinuation":
        return _("Discontinued: %(product)s") % {"product": ", ".join(draft.products) or draft.before}
    if draft.change == "transfer":
        return _("Operation handed over to %(operator)s") % {"operator": draft.after}
    return f"{word(CHANGE_SUBJECTS, draft.about)}: {draft.before} → {draft.after}"


def _progress(change_id: int, counts: Mapping[int, SuccessionCounts], undelivered: Undelivered) -> _Progress:
    found = counts.get(change_id)
    failed = undelivered.among(change_id, found)
    return _Progress(
        is_of_contracts=found is not None,
        contracts=found.contracts if found is not None else 0,
        told=found.told if found is not None else 0,
        by_state=counted_apart(found.by_state, failed) if found is not None else {},
        failed=failed,
    )


def _change_here(visit: Visit, change_id: int) -> ChangeFacts:
    try:
        found = change(change_id)
    except NoSuchContract as refusal:
        raise Http404(str(refusal)) from refusal
    if found.company_id != visit.company.company_id:
        raise Http404(_("There is no such change."))
    return found


def _row(visit: Visit, found: ChangeFacts, progress: _Progress, names: Mapping[str, str]) -> ChangeRow:
    return ChangeRow(
        change_id=found.change_id,
        address=reverse("office:change", args=[visit.company.slug, found.change_id]),
        text=change_title(found),
        about=word(CHANGE_SUBJECTS, found.draft.about),
        change=word(CHANGE_CLASSES, found.draft.change),
        effect_on=found.draft.effect_on,
        recorded_on=found.recorded_on,
        by=", ".join(names.get(by, by) for by in _approvers(found)),
        reason=found.reason,
        counts=tuple(_count_stamps(progress)),
    )


def _approvers(found: ChangeFacts) -> tuple[str, ...]:
    return tuple(by.strip() for by in found.approved_by.split(" + ") if by.strip())


def _count_stamps(progress: _Progress) -> Iterable[Stamp]:
    if not progress.is_of_contracts:
        return
    yield Stamp(_("Told: %(told)s of %(all)s") % {"told": progress.told, "all": progress.contracts})
    for state in STATES:
        count = progress.by_state.get(state, 0)
        if count:
            stamp = stamped(SUCCESSIONS, state)
            yield Stamp(f"{stamp.text}: {count}", stamp.tone)


def _state_named(name: str) -> str:
    return next((state for state in STATES if state.replace(" ", "-") == name), "")


def _filters(progress: _Progress, chosen: str, address: str) -> tuple[Tab, ...]:
    if not progress.is_of_contracts:
        return ()
    everything = Tab(f"{_('All')} {progress.contracts}", address, is_here=not chosen)
    return (
        everything,
        *(
            Tab(
                f"{stamped(SUCCESSIONS, state).text} {progress.by_state[state]}",
                with_query(address, state=state.replace(" ", "-")),
                is_here=state == chosen,
            )
            for state in STATES
            if progress.by_state.get(state)
        ),
    )


def _rows(change_id: int, chosen: str, progress: _Progress, page: int) -> tuple[SuccessionFacts, ...]:
    """Return a page of the contracts in the state; one whose notice failed stands only among its like."""
    first = (page - 1) * PAGE_ROWS
    if chosen == NOT_DELIVERED:
        return progress.failed[first : first + PAGE_ROWS]
    state = next((one for one in SUCCESSION_STATES if one == chosen), None)
    if state is None or not progress.failed:
        return successions_in(change_id, state=state, limit=PAGE_ROWS, offset=first)
    known = {one.succession_id for one in progress.failed}
    found = successions_in(change_id, state=state, limit=first + PAGE_ROWS + len(known))
    return tuple(one for one in found if one.succession_id not in known)[first : first + PAGE_ROWS]


def _pager(progress: _Progress, chosen: str, page: int, address: str) -> Pager:
    count = progress.by_state.get(chosen, 0) if chosen else progress.contracts
    pages = max(-(-count // PAGE_ROWS), 1)
    state = chosen.replace(" ", "-")
    return Pager(
        text=_("Page %(page)s of %(pages)s") % {"page": min(page, pages), "pages": pages} if pages > 1 else "",
        before=with_query(address, state=state, page=str(page - 1)) if page > 1 else "",
        after=with_query(address, state=state, page=str(page + 1)) if page < pages else "",
    )


def _succession(visit: Visit, one: SuccessionFacts, state: str, people: Mapping[int, CustomerFacts]) -> SuccessionRow:
    has_days = state != NOT_DELIVERED  # a notice that did not arrive sets no day
    whose = people.get(one.customer_id)
    return SuccessionRow(
        customer=customer_link(whose, visit.company.slug) if whose is not None else None,
        agreement=_agreement_of(visit, whose, one.contract_number),
        contract=one.contract_number,
        from_version=one.from_version,
        stamp=stamped(SUCCESSIONS, state),
        told_on=one.told_on,
        effect_on=(one.bound_on or one.effect_on) if has_days else None,
        leave_until=one.leave_until if has_days else None,
    )


def _line(visit: Visit, one: DiscontinuedFacts, has_failed: bool, people: Mapping[int, CustomerFacts]) -> SuccessionRow:
    whose = people.get(one.customer_id)
    return SuccessionRow(
        customer=customer_link(whose, visit.company.slug) if whose is not None else None,
        agreement=_agreement_of(visit, whose, one.contract_number),
        contract=one.contract_number,
        from_version="",
        stamp=_line_stamp(one, has_failed=has_failed),
        told_on=one.told_on,
        effect_on=None if has_failed and one.told_on is None else one.ends_on,
        leave_until=None,
    )


def _line_stamp(one: DiscontinuedFacts, *, has_failed: bool) -> Stamp:
    if one.told_on is None:
        return stamped(SUCCESSIONS, NOT_DELIVERED if has_failed else "delivery awaited")
    return Stamp(_("Ends"), "warn") if one.ends_on is not None else Stamp(_("Had ended before"), "note")


def _agreement_of(visit: Visit, whose: CustomerFacts | None, contract: str) -> str:
    if whose is None:
        return ""
    return with_query(reverse("office:customer-agreement", args=[visit.company.slug, whose.number]), contract=contract)
