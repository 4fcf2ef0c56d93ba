"""Who is hit when a draft of the terms holds instead? Every customer's last twelve months as they went, and the next twelve."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from servanda.business.contracts.decisions.deviating import own_terms_on
from servanda.business.dunning.decisions.whatif.assumptions import HOW_DA, HOW_EN
from servanda.business.dunning.decisions.whatif.cases import CompanyCase, KnownCustomer
from servanda.business.dunning.decisions.whatif.comparing import ACTS, TURNS, Act, Shift, Turn
from servanda.business.dunning.decisions.whatif.customers import (
    CustomerDifference,
    Part,
    Span,
    difference_for,
)
from servanda.business.dunning.decisions.whatif.gathering import gathered
from servanda.business.dunning.decisions.whatif.ladders import CHARGE_KINDS, ChargeKind
from servanda.business.dunning.decisions.whatif.outcome import (
    Count,
    HitCustomer,
    LeftOut,
    Months,
    PromiseOutcome,
    WhoIsHit,
)
from servanda.business.dunning.decisions.whatif.owing import Fees
from servanda.business.dunning.decisions.whatif.promises import PromiseChange, promise_changes
from servanda.business.dunning.decisions.whatif.sentences import sentences_on, weight_of
from servanda.terms.clauses import CustomerKind
from servanda.terms.document import Agreement
from servanda.terms.resolving import Deviation

FOLLOWED_ON = timedelta(days=120)  # past the last day; what moved further than that counts as fallen away


def who_is_hit(case: CompanyCase, draft: Agreement, *, most: int = 200) -> WhoIsHit:
    """Return what the draft would change for the company's customers; `most` are shown one by one, the hardest hit first."""
    span = Span(case.today, case.until, case.until + FOLLOWED_ON)
    each = {one.customer_id: one for one in gathered(case, draft, span)}
    fees = Fees()
    differences = {customer_id: difference_for(one.cases, span, fees) for customer_id, one in each.items()}
    hit = [customer for customer in case.customers if differences[customer.customer_id].is_hit]
    promises = _promises(case, draft)
    return WhoIsHit(
        provider=draft.provider,
        version=draft.version,
        sha256=draft.sha256,
        from_versions=tuple(sorted(case.versions)),
        since=case.since,
        on=case.today,
        until=case.until,
        customers=len(case.customers),
        invoices_past=len(case.invoices),
        invoices_coming=sum(one.invoices_coming for one in each.values()),
        left_out=LeftOut(
            paused=sum(one.paused for one in each.values()),
            not_delivered=sum(one.not_delivered for one in each.values()),
            not_issued=sum(difference.not_issued for difference in differences.values()),
        ),
        hit=len(hit),
        hit_by_kind={kind: sum(one.kind is kind for one in hit) for kind in CustomerKind},
        hit_with_deviations=sum(one.deviates for one in hit),
        due_sooner=_count(one.due_sooner for one in each.values()),
        due_later=_count(one.due_later for one in each.values()),
        past=_months(differences.values(), span, "past"),
        coming=_months(differences.values(), span, "coming"),
        promises=_told(promises),
        promised_better=_concerned(promises, "better"),
        promised_worse=_concerned(promises, "worse"),
        most_hit=tuple(_most_hit(hit, differences, most)),
        how_computed_da=HOW_DA,
        how_computed_en=HOW_EN,
    )


def _months(differences: Iterable[CustomerDifference], span: Span, part: Part) -> Months:
    """Return the totals of twelve months."""
    customers: Counter[tuple[Act, Turn]] = Counter()
    invoices: Counter[tuple[Act, Turn]] = Counter()
    money: Counter[ChargeKind] = Counter()
    for difference in differences:
        turns = Counter(
            (shift.act, shift.turn) for shift in _first_of_each(difference) if span.part_of(shift.on) == part
        )
        invoices += turns
        customers.update(turns.keys())
        for (of_part, kind), minor in difference.money.items():
            if of_part == part:
                money[kind] += minor
    return Months(
        acts={act: {turn: Count(customers[act, turn], invoices[act, turn]) for turn in TURNS} for act in ACTS},
        money_minor={kind: money[kind] for kind in CHARGE_KINDS},
    )


def _first_of_each(difference: CustomerDifference) -> Iterator[Shift]:
    """Yield of each invoice the first shift of each act: an invoice whose first reminder moves is one that moves."""
    for shifts in difference.shifts:
        yield from {shift.act: shift for shift in reversed(shifts)}.values()


def _count(invoices: Iterable[int]) -> Count:
    counted = [one for one in invoices if one]
    return Count(customers=len(counted), invoices=sum(counted))


@dataclass(slots=True)
class _Concerned:
    """For which products a promise differs, and whom that concerns."""

    products: set[str] = field(default_factory=set)
    customers: set[int] = field(default_factory=set)


def _promises(case: CompanyCase, draft: Agreement) -> dict[PromiseChange, _Concerned]:
    """Return the promises that differ for somebody who has a product that they are about."""
    having: dict[tuple[str, CustomerKind, str, tuple[Deviation, ...]], set[int]] = defaultdict(set)
    for contract in case.contracts:
        own_terms = own_terms_on(contract.agreed, case.today)
        for line in contract.lines:
            key = (contract.terms_version, contract.customer_kind, line.product, own_terms)
            having[key].add(contract.customer_id)
    found: dict[PromiseChange, _Concerned] = defaultdict(_Concerned)
    for (version, kind, product, own_terms), customers in having.items():
        old = case.versions[version]
        for change in promise_changes(old, draft, product=product, customer=kind, on=case.today, own_terms=own_terms):
            found[change].products.add(product)
            found[change].customers |= customers
    return found


def _told(promises: Mapping[PromiseChange, _Concerned]) -> tuple[PromiseOutcome, ...]:
    """Return the promises in the order of whom they concern: what gets worse for most comes first."""
    order = {"worse": 0, "better": 1, "other": 2}
    outcomes = [
        PromiseOutcome(change=change, products=tuple(sorted(one.products)), customers=len(one.customers))
        for change, one in promises.items()
    ]
    return tuple(sorted(outcomes, key=lambda one: (order[one.change.turn], -one.customers)))


def _concerned(promises: Mapping[PromiseChange, _Concerned], turn: str) -> int:
    return len(set().union(*(one.customers for change, one in promises.items() if change.turn == turn)))


def _most_hit(
    hit: Sequence[KnownCustomer], differences: Mapping[int, CustomerDifference], most: int
) -> Iterator[HitCustomer]:
    ordered = sorted(hit, key=lambda one: (-weight_of(differences[one.customer_id]), one.number))
    for customer in ordered[:most]:
        difference = differences[customer.customer_id]
        yield HitCustomer(
            customer_id=customer.customer_id,
            number=customer.number,
            kind=customer.kind,
            deviates=customer.deviates,
            invoices=len(difference.shifts),
            money_minor=sum(difference.money.values()),
            sentences_da=sentences_on(difference, "da"),
            sentences_en=sentences_on(difference, "en"),
        )
