"""The inbox of bank entries: the list, the one that stands open, and what each could be for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from servanda.business.billing.decisions.categories import CATEGORIES
from servanda.business.billing.decisions.matching import part_of
from servanda.business.billing.decisions.proposing import (
    Candidates,
    Proposal,
    candidates_of,
    proposals_for,
    sure_one,
)
from servanda.business.billing.facts import BankEntryFacts, IncomingEntry, OpenItem, SmallDifference
from servanda.business.billing.queries import entry as entry_of
from servanda.business.billing.queries import open_items_of_company
from servanda.business.billing.queries.inbox import SHOWN, Suspense, inbox, parts_of, suspense_of
from servanda.business.billing.queries.mappings import mappings_of
from servanda.business.billing.queries.payers import customers_paid_for
from servanda.business.billing.queries.small import small_difference
from servanda.business.billing.wording import reason_text, rule_text
from servanda.business.customers.facts import CustomerFacts
from servanda.business.customers.queries import customers, customers_of
from servanda.faces.office.places import Visit
from servanda.faces.office.showing.naming import customer_link
from servanda.faces.office.shown import Link, Stamp, Tab
from servanda.faces.office.shown_bank import (
    BulkRow,
    BulkShown,
    EntryOpen,
    EntryRow,
    InboxShown,
    PartShown,
    ProposalShown,
)
from servanda.faces.office.words import language
from servanda.ground.money import Money, total_of

PAGE = 40
OPEN_MAX = 5000
FOUND_MAX = 12
OLD_BANK_DAYS = 10  # an øre that nobody has explained for so long is an alarm
FILTERS: Mapping[str, str] = {
    "waiting": gettext_noop("To explain"),
    "in": gettext_noop("Money in"),
    "out": gettext_noop("Money out"),
    "done": gettext_noop("Explained"),
}
STATES: Mapping[str, tuple[str, str]] = {
    "suspense": (gettext_noop("To explain"), "warn"),
    "matched": (gettext_noop("Matched"), "calm"),
    "explained": (gettext_noop("Explained"), "calm"),
    "split": (gettext_noop("Divided"), "calm"),
    "reversed": (gettext_noop("Taken back"), "note"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What a page needs to say what its entries could be for; read once."""

    candidates: Candidates
    people: Mapping[int, CustomerFacts]
    payers: Mapping[str, set[int]]
    small: SmallDifference
    fik_creditor: str
    slug: str


def inbox_shown(visit: Visit, *, show: str, search: str, find: str, entry_id: int, page: int) -> InboxShown:
    """Return the inbox as a filter and a search show it, with one entry open: the one asked for, or the first."""
    company = visit.company
    chosen = show if show in SHOWN else "waiting"
    since = PAGE * max(page - 1, 0)
    entries = inbox(company.company_id, show=chosen, search=search, since=since, limit=PAGE + 1)
    waits = suspense_of(company.company_id, today=visit.today)
    listed = entries[:PAGE]
    asked = entry_of(entry_id) if entry_id else None
    opened = asked if asked is not None and asked.company_id == company.company_id else next(iter(listed), None)
    known = _known(visit, (*listed, *((opened,) if opened is not None else ())))
    proposals = {one.entry_id: _proposals(one, known) for one in listed}
    address = _addresses(visit, chosen, search)
    rows = tuple(_row(one, proposals[one.entry_id], address, opened, page=page) for one in listed)
    return InboxShown(
        rows=rows,
        open=_open(opened, known, find, address, page=page) if opened is not None else None,
        filters=_filters(visit, chosen, search, waits),
        chosen=chosen,
        search=search,
        find=find,
        count=waits.count,
        came_in=waits.came_in,
        went_out=waits.went_out,
        oldest_on=waits.oldest_on,
        bank_days=waits.bank_days,
        is_old=waits.bank_days >= OLD_BANK_DAYS,
        sure=sum(sure_one(found) is not None for found in proposals.values()),
        older=address(page=page + 1) if len(entries) > PAGE else "",
        newer=address(page=page - 1) if page > 1 else "",
        categories=tuple((one.code, one.text_da if language() == "da" else one.text_en) for one in CATEGORIES),
        mappings=tuple(one.name for one in mappings_of(company.company_id)),
        small=known.small.most,
    )


def bulk_shown(visit: Visit, *, show: str, search: str) -> BulkShown:
    """Return what accepting all that is sure would do, and why the others are left: nothing is done by looking."""
    entries = inbox(
        visit.company.company_id, show=show if show in SHOWN[:2] else "waiting", search=search, since=0, limit=200
    )
    known = _known(visit, entries)
    sure, left = [], []
    taken: set[int] = set()
    for one in entries:
        found = _proposals(one, known)
        best = sure_one(found)
        invoices = {part.invoice_id for part in best.parts} if best is not None else set()
        if best is None or invoices & taken:
            left.append(_bulk_row(one, None, _why_not(one, found, is_taken=best is not None)))
            continue
        taken |= invoices
        sure.append(_bulk_row(one, _proposal(1, best, known), ""))
    return BulkShown(sure=tuple(sure), left=tuple(left), total=total_of(row.amount for row in sure))


def _bulk_row(one: BankEntryFacts, proposal: ProposalShown | None, why_not: str) -> BulkRow:
    return BulkRow(
        entry_id=one.entry_id,
        payer=one.payer_name or _("Payer unknown"),
        booked_on=one.booked_on,
        amount=one.amount,
        proposal=proposal,
        why_not=why_not,
    )


def _why_not(one: BankEntryFacts, found: tuple[Proposal, ...], *, is_taken: bool) -> str:
    if one.amount.minor <= 0:
        return _("Money that went out is explained one by one.")
    if is_taken:
        return _("Another payment in this list is for the same invoice.")
    if not found:
        return _("Nothing open resembles it.")
    if len(found) > 1 and found[0].score - found[1].score < 10:
        return _("Two proposals are about as likely.")
    return _("The best proposal has %(score)s of 100; 85 is needed.") % {"score": found[0].score}


def _known(visit: Visit, entries: Iterable[BankEntryFacts]) -> Known:
    company = visit.company
    wanted = tuple(entries)
    small = small_difference(company, on=visit.today)
    items: tuple[OpenItem, ...] = ()
    if any(one.state == "suspense" for one in wanted):
        items = open_items_of_company(company.company_id, limit=OPEN_MAX)
    people = customers({item.customer_id for item in items} | {one.customer_id for one in wanted if one.customer_id})
    names = {customer_id: one.name for customer_id, one in people.items()}
    payers = customers_paid_for(company.company_id, {one.payer_account for one in wanted if one.payer_account})
    return Known(candidates_of(items, names), people, payers, small, company.fik_creditor, company.slug)


def _proposals(one: BankEntryFacts, known: Known) -> tuple[Proposal, ...]:
    if one.state != "suspense" or one.is_reversal:
        return ()
    return proposals_for(_incoming(one, known), known.candidates, small=known.small)


def _incoming(one: BankEntryFacts, known: Known) -> IncomingEntry:
    return IncomingEntry(
        one.amount,
        one.creditor_reference,
        one.text,
        frozenset(known.payers.get(one.payer_account, ())),
        is_for_another=bool(one.fik_creditor and one.fik_creditor != known.fik_creditor),
        payer_name=one.payer_name,
    )


def _proposal(place: int, found: Proposal, known: Known) -> ProposalShown:
    parts = tuple(
        PartShown(
            invoice_id=part.invoice_id,
            invoice=_invoice_link(known.candidates.items[part.invoice_id], known.slug),
            amount=part.amount,
            open=known.candidates.items[part.invoice_id].open_total,
        )
        for part in found.parts
    )
    return ProposalShown(
        place=place,
        score=found.score,
        reason=reason_text(found.reason, language()),
        customer=customer_link(known.people[found.customer_id], known.slug),
        customer_id=found.customer_id,
        parts=parts,
        rest=found.rest or None,
        written_off=found.written_off,
        key=key_of(found.customer_id, parts, found.written_off),
    )


def key_of(customer_id: int, parts: Iterable[PartShown], written_off: Money | None) -> str:
    """Return how a form names a proposal: the customer, each invoice with its amount, and whether a rest is written off."""
    told = ",".join(f"{part.invoice_id}:{part.amount.minor}" for part in parts)
    return f"{customer_id}/{told}/{1 if written_off else 0}"


def _invoice_link(item: OpenItem, slug: str) -> Link:
    text = _("Invoice %(number)s") % {"number": item.number}
    return Link(text, reverse("office:invoice", args=[slug, item.number]))


def _open(one: BankEntryFacts, known: Known, find: str, address: "_Addresses", *, page: int) -> EntryOpen:
    proposals = _proposals(one, known)
    found, people = _found(one, known, find)
    parts = parts_of(one.entry_id) if one.state == "split" else ()
    text, tone = STATES.get(one.state, STATES["split"])
    return EntryOpen(
        entry_id=one.entry_id,
        payer=one.payer_name or _("Payer unknown"),
        payer_account=one.payer_account,
        text=one.text,
        reference=one.creditor_reference,
        booked_on=one.booked_on,
        value_on=one.value_on,
        amount=one.amount,
        original=one.original,
        why=_sentence(rule_text(one.because, language())),
        state=Stamp(_(text), tone),
        may_be_given=one.state == "suspense" and one.amount.minor > 0,
        may_be_undone=one.state in {"explained", "split"} or (one.state == "matched" and one.amount.minor > 0),
        is_waiting=one.state == "suspense",
        proposals=tuple(_proposal(place, each, known) for place, each in enumerate(proposals, 1)),
        found=found,
        customers_found=people,
        parts=tuple(_row(part, (), address, None, page=page) for part in parts),
        next=address(page=page),
    )


def _found(
    one: BankEntryFacts, known: Known, find: str
) -> tuple[tuple[ProposalShown, ...], tuple[tuple[int, Link], ...]]:
    """Return the open invoices and the customers that a search by number or name finds."""
    wanted = find.strip().casefold()
    if not wanted or one.state != "suspense" or one.amount.minor <= 0:
        return (), ()
    names = {customer_id: person.name.casefold() for customer_id, person in known.people.items()}
    items = [
        item
        for item in known.candidates.items.values()
        if str(item.number) == wanted
        or wanted in names[item.customer_id]
        or known.people[item.customer_id].number == wanted
    ]
    shown = []
    for item in items[:FOUND_MAX]:
        part = part_of(item, one.amount)
        proposal = Proposal("amount", 0, item.customer_id, (part,), one.amount - part.amount)
        shown.append(_proposal(0, proposal, known))
    people = [
        (person.customer_id, customer_link(person, known.slug))
        for person in customers_of(one.company_id)
        if wanted in person.name.casefold() or person.number == wanted
    ]
    return tuple(shown), tuple(people[:FOUND_MAX])


def _row(
    one: BankEntryFacts, found: tuple[Proposal, ...], address: "_Addresses", opened: BankEntryFacts | None, *, page: int
) -> EntryRow:
    return EntryRow(
        entry_id=one.entry_id,
        address=address(page=page, entry=one.entry_id),
        payer=one.payer_name or _("Payer unknown"),
        text=" ".join(one.text.split()),
        booked_on=one.booked_on,
        amount=one.amount,
        why=_sentence(rule_text(one.because, language())),
        score=found[0].score if found else None,
        is_here=opened is not None and opened.entry_id == one.entry_id,
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if not text or text.endswith((".", "!", "?")) else ".")


@dataclass(frozen=True, slots=True)
class _Addresses:
    """The addresses of this list, with its filter and its search."""

    path: str
    show: str
    search: str

    def __call__(self, *, page: int = 1, entry: int = 0) -> str:
        show = "" if self.show == "waiting" else self.show
        told = {"show": show, "q": self.search, "page": page if page > 1 else 0, "entry": entry}
        query = urlencode({name: value for name, value in told.items() if value})
        return f"{self.path}?{query}" if query else self.path


def _addresses(visit: Visit, show: str, search: str) -> _Addresses:
    return _Addresses(reverse("office:matching", args=[visit.company.slug]), show, search)


def _filters(visit: Visit, chosen: str, search: str, waits: Suspense) -> tuple[Tab, ...]:
    counts = {"waiting": waits.count, "in": waits.count_in, "out": waits.count_out}
    return tuple(
        Tab(_(text), _addresses(visit, name, search)(), is_here=name == chosen, count=counts.get(name, 0))
        for name, text in FILTERS.items()
    )
