"""How does the monthly income from subscriptions move: who came, came back, bought more or less, and left?

Income is seen at the close of each month: of the lines that have begun by its last day and run on after it. A customer's
income at two closes gives one movement. Whoever had none before and never had any is new; whoever had some long ago is back.
A line that ends on the last day of a month is gone at its close; so is one that both began and ended within the month.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate

from servanda.business.reports.facts import Cohort, EndReason, Life, Movement
from servanda.ground.calendar import add_months, first_of_month
from servanda.ground.money import Money
from servanda.ground.periods import Period

ONE_DAY = timedelta(days=1)


def month_income(lives: Iterable[Life], *, on: date) -> Money:
    """Return what the lines that run on a day bring in a month."""
    return Money(sum(life.month_minor(on) for life in lives if is_running(life, on)))


def is_running(life: Life, day: date) -> bool:
    """Tell whether a line runs on a day."""
    return life.began_on <= day and (life.until is None or day < life.until)


def movements_of(lives: Sequence[Life], months: Sequence[Period]) -> tuple[Movement, ...]:
    """Return how income and customers moved in each of some months that follow each other."""
    if not months:
        return ()
    closes = [months[0].since, *(month.until for month in months)]
    income = _income(lives, closes)
    first = _first_days(lives)
    begun = _counted((life.began_on for life in lives), closes)
    ended = _counted((life.until for life in lives if life.until is not None), closes, is_until=True)
    return tuple(
        _movement(month, income, first, place, lines_begun=begun[place], lines_ended=ended[place])
        for place, month in enumerate(months)
    )


def cohorts_of(lives: Sequence[Life], months: Sequence[Period]) -> tuple[Cohort, ...]:
    """Return of the customers who began in each month how many had a running line at each later close."""
    closes = [month.until for month in months]
    income = _income(lives, closes)
    members: dict[int, list[int]] = defaultdict(list)
    for customer_id, day in _first_days(lives).items():
        if months and months[0].since <= day < months[-1].until:
            members[bisect_right(closes, day)].append(customer_id)
    nothing = [0] * len(closes)
    return tuple(
        Cohort(
            month=month,
            customers=len(members[place]),
            stayed=tuple(
                sum(1 for one in members[place] if income.get(one, nothing)[close] > 0)
                for close in range(place, len(closes))
            ),
        )
        for place, month in enumerate(months)
    )


def reasons_of(lives: Iterable[Life], period: Period) -> tuple[EndReason, ...]:
    """Return why lines ended whose last day lies in the stretch, the commonest reason first."""
    lines: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for life in lives:
        if life.until is not None and period.since < life.until <= period.until:
            lines[life.end_cause] += 1
            lost[life.end_cause] += life.month_minor(life.until)
    return tuple(EndReason(cause, count, Money(lost[cause])) for cause, count in sorted(lines.items(), key=_by_count))


def months_before(day: date, count: int) -> tuple[Period, ...]:
    """Return so many whole months, the last one being that of the day."""
    first = first_of_month(day)
    return tuple(
        Period(add_months(first, number - count + 1), add_months(first, number - count + 2)) for number in range(count)
    )


def _by_count(item: tuple[str, int]) -> tuple[int, str]:
    return (-item[1], item[0])


def _income(lives: Iterable[Life], closes: Sequence[date]) -> Mapping[int, list[int]]:
    """Return the income of each customer at each close, by the prices of the day before; who had none is left out."""
    count = len(closes)
    steps: dict[int, list[int]] = {}  # by how much the income of a customer differs from the close before
    for life in lives:
        first = bisect_right(closes, life.began_on)
        last = bisect_left(closes, life.until) if life.until is not None else count
        if first >= last:
            continue
        differences = steps.setdefault(life.customer_id, [0] * (count + 1))
        amount = life.month_minor(closes[first] - ONE_DAY)
        differences[first] += amount
        if len(life.steps) > 1:
            for place in range(first + 1, last):
                later = life.month_minor(closes[place] - ONE_DAY)
                differences[place] += later - amount
                amount = later
        differences[last] -= amount
    return {customer: list(accumulate(differences[:count])) for customer, differences in steps.items()}


def _first_days(lives: Iterable[Life]) -> dict[int, date]:
    first: dict[int, date] = {}
    for life in lives:
        known = first.get(life.customer_id)
        if known is None or life.began_on < known:
            first[life.customer_id] = life.began_on
    return first


def _counted(days: Iterable[date], closes: Sequence[date], *, is_until: bool = False) -> list[int]:
    """Return how many of the days lie in each month; of first days after an end, that end's own day counts."""
    counts = [0] * (len(closes) - 1)
    find = bisect_left if is_until else bisect_right
    for day in days:
        place = find(closes, day) - 1
        if 0 <= place < len(counts):
            counts[place] += 1
    return counts


def _movement(
    month: Period,
    income: Mapping[int, list[int]],
    first: Mapping[int, date],
    place: int,
    *,
    lines_begun: int,
    lines_ended: int,
) -> Movement:
    sums: Counter[str] = Counter()
    people: Counter[str] = Counter()
    opening = closing = customers_opening = 0
    for customer_id, amounts in income.items():
        before, after = amounts[place], amounts[place + 1]
        opening, closing = opening + before, closing + after
        customers_opening += before > 0
        if before == after:
            continue
        kind = _kind(before, after, is_new=first[customer_id] >= month.since)
        sums[kind] += after - before
        people[kind] += 1
    return Movement(
        month=month,
        opening=Money(opening),
        new=Money(sums["new"]),
        reactivated=Money(sums["reactivated"]),
        expansion=Money(sums["expansion"]),
        contraction=Money(sums["contraction"]),
        churned=Money(sums["churned"]),
        closing=Money(closing),
        customers_opening=customers_opening,
        customers_begun=people["new"],
        customers_back=people["reactivated"],
        customers_ended=people["churned"],
        lines_begun=lines_begun,
        lines_ended=lines_ended,
    )


def _kind(before: int, after: int, *, is_new: bool) -> str:
    if before == 0:
        return "new" if is_new else "reactivated"
    if after == 0:
        return "churned"
    return "expansion" if after > before else "contraction"
