"""How much default interest does the Danish Interest Act (renteloven) give, and from which day?

The rate is Danmarks Nationalbank's lending rate of 1 January and 1 July plus a surcharge. The lending rate
floats with each half-year; the surcharge is fixed by the day the claim fell due. The Act is silent on how
days are counted: we use simple interest on actual days over 365, the due day counted and the day of payment
not, rounded once at the end. Terms may name another count that is in use: actual days over the days of the
year (act/act), or months of thirty days (30/360), which counts 61 days from 15 January to 16 March and so
often favours the creditor.
"""

from calendar import isleap
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Literal, get_args

from servanda.ground.citation import Citation
from servanda.ground.dated import Dated, Since
from servanda.ground.money import Money

NO_INTEREST_BEFORE_DUE = Citation("Renteloven", "§ 2")
FROM_AGREED_DUE_DAY = Citation("Renteloven", "§ 3, stk. 1")
FROM_THIRTY_DAYS_AFTER_DEMAND = Citation("Renteloven", "§ 3, stk. 2")
STATUTORY_RATE = Citation("Renteloven", "§ 5, stk. 1")
HIGHER_RATE_AGREED = Citation("Renteloven", "§ 6")
CONSUMER_RATE_MAX = Citation("Renteloven", "§ 7")

DayCount = Literal["act/365", "act/act", "30/360"]
DAY_COUNTS: tuple[DayCount, ...] = get_args(DayCount)

DEMAND_DAYS = 30
DAYS_OF_YEAR = 365

SURCHARGE: Dated[Decimal] = Dated(
    "The surcharge on the reference rate, by the day the claim fell due",
    (
        Since(date(2002, 8, 1), Decimal(7), STATUTORY_RATE),  # lov nr. 379 af 6. juni 2002
        Since(date(2013, 3, 1), Decimal(8), STATUTORY_RATE),  # lov nr. 1244 af 18. december 2012
    ),
)

# The half-years whose rate rests on one public source; an operator confirms it against Danmarks Nationalbank.
UNCONFIRMED: frozenset[date] = frozenset({date(2026, 7, 1)})


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of days with one rate and one remaining principal; `until` is the first day after it."""

    since: date
    until: date
    principal: Money
    rate: Decimal  # percent a year
    source: Citation
    day_count: DayCount = "act/365"

    @property
    def days(self) -> int:
        """The days that bear interest, by the count: of 30/360, each month has thirty."""
        if self.day_count == "30/360":
            return _thirty_days(self.until) - _thirty_days(self.since)
        return (self.until - self.since).days

    @property
    def days_of_year(self) -> int:
        """What the days are divided by. A segment lies within one half-year, and so within one year."""
        if self.day_count == "30/360":
            return 360
        return 366 if self.day_count == "act/act" and isleap(self.since.year) else DAYS_OF_YEAR

    @property
    def exact_weight(self) -> Decimal:
        """Hundredths times days times percent: exact, as the division waits for the sum of the segments."""
        return self.principal.minor * self.days * self.rate


@dataclass(frozen=True, slots=True)
class Interest:
    """Interest rounded once, and how it came about.

    `covered_until` is the first day that was left out because its rate is not known, and None if none was.
    """

    amount: Money
    segments: tuple[Segment, ...]
    covered_until: date | None

    @property
    def is_confirmed(self) -> bool:
        """Tell whether every rate used has been confirmed by a second source."""
        return not any(half_year_of(segment.since) in UNCONFIRMED for segment in self.segments)


def half_year_of(day: date) -> date:
    """Return the 1 January or 1 July on which the rate of the day was set."""
    return date(day.year, 1 if day.month < 7 else 7, 1)


def interest_starts_on(*, due_on: date, sent_on: date, is_term_agreed: bool) -> tuple[date, Citation]:
    """Return the first day that bears interest, and the provision that says so.

    An agreed term counts from the due day; a due day that stands on the invoice alone gives interest thirty
    days after the demand was sent, and never before the due day itself (§ 2).
    """
    if is_term_agreed:
        return due_on, FROM_AGREED_DUE_DAY
    return max(due_on, sent_on + timedelta(days=DEMAND_DAYS)), FROM_THIRTY_DAYS_AFTER_DEMAND


def statutory_rate(day: date, *, due_on: date) -> Since[Decimal]:
    """Return the percent a year on the day for a claim due on `due_on`; refuses half-years without a rate."""
    reference = REFERENCE_RATE.on(day)
    return Since(reference.since, reference.value + SURCHARGE.on(due_on).value, STATUTORY_RATE)


def statutory_interest(
    principal: Money,
    *,
    since: date,
    until: date,
    due_on: date,
    payments: tuple[tuple[date, Money], ...] = (),
    day_count: DayCount = "act/365",
) -> Interest:
    """Return the interest up to the day of payment, or up to the last day whose rate is known.

    No interest bears interest. `payments` are the parts of payments that were allocated to the principal.
    """
    known_until = REFERENCE_RATE.until
    is_cut = known_until is not None and until > known_until
    end = known_until if known_until is not None and is_cut else until
    segments = interest_segments(
        principal, since=since, until=end, due_on=due_on, payments=payments, day_count=day_count
    )
    amount = Money(1, principal.currency).times(_exact(segments))
    return Interest(amount, segments, known_until if is_cut else None)


def interest_segments(
    principal: Money,
    *,
    since: date,
    until: date,
    due_on: date,
    payments: tuple[tuple[date, Money], ...] = (),
    day_count: DayCount = "act/365",
) -> tuple[Segment, ...]:
    """Return the stretches of one rate and one principal; refuses days whose rate is not known.

    Days before the due day bear no interest (§ 2). A payment lowers the principal from its own day on.
    """
    start = max(since, due_on)
    if until <= start:
        return ()
    cuts = _half_years(start, until) | {on for on, _ in payments if start < on < until} | {start, until}
    edges = sorted(cuts)
    segments = (
        Segment(first, end, _remaining(principal, payments, first), rate.value, rate.source, day_count)
        for first, end in pairwise(edges)
        for rate in (statutory_rate(first, due_on=due_on),)
    )
    return tuple(segment for segment in segments if segment.principal)


def _exact(segments: tuple[Segment, ...]) -> Decimal:
    """Return the sum in hundredths; the division waits for all segments with the same days of the year."""
    weights: dict[int, Decimal] = {}
    for segment in segments:
        weights[segment.days_of_year] = weights.get(segment.days_of_year, Decimal(0)) + segment.exact_weight
    return sum((weight / (100 * days) for days, weight in weights.items()), Decimal(0))


def _thirty_days(day: date) -> int:
    """Return the number of the day where each month has thirty days; the 31st counts as the 30th."""
    return day.year * 360 + day.month * 30 + min(day.day, 30)


def _half_years(start: date, until: date) -> set[date]:
    firsts = (date(year, month, 1) for year in range(start.year, until.year + 1) for month in (1, 7))
    return {first for first in firsts if start < first < until}


def _remaining(principal: Money, payments: tuple[tuple[date, Money], ...], day: date) -> Money:
    rest = principal
    for on, paid in payments:
        if on <= day:
            rest = rest - paid
    return max(rest, Money(0, principal.currency))


# For 2007 to 2012 the source states the total with seven points, which are taken off here; the years before
# are not known. Read on forbrug.dk until 2023-07, in two sources until 2026-01; for the rest see UNCONFIRMED.
REFERENCE_RATE: Dated[Decimal] = Dated(
    "The reference rate of the Interest Act",
    tuple(
        Since(date(year, month, 1), Decimal(percent), STATUTORY_RATE)
        for year, month, percent in (
            (2007, 1, "3.75"),
            (2007, 7, "4.25"),
            (2008, 1, "4.25"),
            (2008, 7, "4.35"),
            (2009, 1, "3.75"),
            (2009, 7, "1.55"),
            (2010, 1, "1.20"),
            (2010, 7, "1.05"),
            (2011, 1, "1.05"),
            (2011, 7, "1.30"),
            (2012, 1, "0.70"),
            (2012, 7, "0.45"),
            (2013, 1, "0.20"),
            (2013, 7, "0.20"),
            (2014, 1, "0.20"),
            (2014, 7, "0.20"),
            (2015, 1, "0.20"),
            (2015, 7, "0.05"),
            (2016, 1, "0.05"),
            (2016, 7, "0.05"),
            (2017, 1, "0.05"),
            (2017, 7, "0.05"),
            (2018, 1, "0.05"),
            (2018, 7, "0.05"),
            (2019, 1, "0.05"),
            (2019, 7, "0.05"),
            (2020, 1, "0.05"),
            (2020, 7, "0.05"),
            (2021, 1, "0.05"),
            (2021, 7, "-0.35"),
            (2022, 1, "-0.45"),
            (2022, 7, "-0.45"),
            (2023, 1, "1.90"),
            (2023, 7, "3.25"),
            (2024, 1, "3.75"),
            (2024, 7, "3.50"),
            (2025, 1, "2.75"),
            (2025, 7, "1.75"),
            (2026, 1, "1.75"),
            (2026, 7, "2.00"),
        )
    ),
    until=date(2027, 1, 1),
)
