"""What reports are made of: stretches of days, and the sums that the queries found for them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from servanda.ground.money import Money
from servanda.ground.periods import Period

NOTHING = Money(0)


class Basis(StrEnum):
    """By which day revenue counts: the day of the document, or each day of the period that it is for."""

    ISSUED = "issued"
    ACCRUED = "accrued"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The days that a report is about, and the two stretches that it is compared with."""

    name: str
    period: Period
    before: Period
    year_before: Period


@dataclass(frozen=True, slots=True)
class Turnover:
    """What was invoiced and what was taken back by credit notes, both above zero and without VAT."""

    invoiced: Money = NOTHING
    credited: Money = NOTHING

    @property
    def net(self) -> Money:
        return self.invoiced - self.credited

    def __add__(self, other: "Turnover") -> "Turnover":
        return Turnover(self.invoiced + other.invoiced, self.credited + other.credited)


@dataclass(frozen=True, slots=True)
class MonthTurnover:
    """A month, or what of it lies in the stretch, beside the same days a year before."""

    month: Period
    turnover: Turnover
    year_before: Turnover


@dataclass(frozen=True, slots=True)
class PartTurnover:
    """What one part of the whole had: a product and its plan, a kind of customer."""

    key: str
    sub: str
    turnover: Turnover


@dataclass(frozen=True, slots=True)
class CustomerTurnover:
    customer_id: int
    turnover: Turnover


@dataclass(frozen=True, slots=True)
class Prepaid:
    """On the morning of a day: invoiced for days that are still to come, and delivered before it was invoiced."""

    on: date
    not_yet_earned: Money
    not_yet_invoiced: Money

    @property
    def balance(self) -> Money:
        return self.not_yet_earned - self.not_yet_invoiced


@dataclass(frozen=True, slots=True, kw_only=True)
class Revenue:
    """Revenue without VAT. `booked` is what the account of sales says of the same days, always by day of issue."""

    basis: Basis
    stretch: Stretch
    months: tuple[MonthTurnover, ...]
    plans: tuple[PartTurnover, ...]
    kinds: tuple[PartTurnover, ...]
    top: tuple[CustomerTurnover, ...]
    total: Turnover
    before: Turnover
    year_before: Turnover
    issued: Turnover
    booked: Money
    opening: Prepaid | None = None
    closing: Prepaid | None = None

    @property
    def unexplained(self) -> Money:
        """What the report and the books differ by; anything but nothing is a fault."""
        return self.issued.net - self.booked

    @property
    def unbridged(self) -> Money:
        """What revenue by period and revenue by issue differ by beyond what is prepaid; anything but nothing is a fault."""
        if self.opening is None or self.closing is None:
            return Money(0)
        return self.total.net - (self.issued.net + self.opening.balance - self.closing.balance)


AGES = (1, 31, 61, 91)  # days after the due day with which an age group begins; before the first nothing is due


@dataclass(frozen=True, slots=True)
class CustomerArrears:
    """What one customer owes, by age group: not due, 1–30, 31–60, 61–90 days late, and more."""

    customer_id: int
    by_age: tuple[Money, ...]

    @property
    def total(self) -> Money:
        return sum_of(self.by_age)

    @property
    def overdue(self) -> Money:
        return sum_of(self.by_age[1:])


@dataclass(frozen=True, slots=True)
class StillOpen:
    """What stood in an age group half a year before, and how much of that is open still: what such a debt is worth."""

    was: Money
    still: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrears:
    """What customers owed at the end of a day, as it was known then. `booked` is what the books say was owed."""

    as_of: date
    customers: tuple[CustomerArrears, ...]
    by_age: tuple[Money, ...]
    booked: Money
    history: tuple[StillOpen, ...]
    gross_90: Money  # invoiced less credited in 90 days, with VAT
    paid: "Delays"

    @property
    def total(self) -> Money:
        return sum_of(self.by_age)

    @property
    def unexplained(self) -> Money:
        return self.total - self.booked


@dataclass(frozen=True, slots=True)
class Delays:
    """How long payments took, weighed by amount: from issue, and from the due day. None: nothing was paid."""

    paid: Money
    days_from_issue: Decimal | None
    days_from_due: Decimal | None


class Life(NamedTuple):
    """A contract line with a price: from when to when it runs. A named tuple, because a company has ten thousands of them.

    `steps` are what a whole period costs, each from a day on; the first one holds for the days before it too.
    """

    line_id: int
    customer_id: int
    product: str
    plan: str
    began_on: date
    until: date | None
    interval_months: int
    quantity: int
    own_price_minor: int | None
    end_cause: str
    steps: tuple[tuple[date, int], ...]

    def month_minor(self, day: date) -> int:
        """Return what the line brings in a month by the price of the day, in whole øre (half even)."""
        amount = self.steps[0][1]
        for since, step in self.steps[1:]:
            if since > day:
                break
            amount = step
        return _a_month(amount, self.interval_months)


@lru_cache(maxsize=8192)  # many lines cost the same
def _a_month(minor: int, months: int) -> int:
    whole, rest = divmod(minor, months)
    return whole + (2 * rest > months or (2 * rest == months and whole % 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """How the monthly income from subscriptions moved in a month, and how many customers and lines came and went."""

    month: Period
    opening: Money
    new: Money
    reactivated: Money
    expansion: Money
    contraction: Money  # below zero
    churned: Money  # below zero
    closing: Money
    customers_opening: int
    customers_begun: int
    customers_back: int
    customers_ended: int
    lines_begun: int
    lines_ended: int

    @property
    def customers_closing(self) -> int:
        return self.customers_opening + self.customers_begun + self.customers_back - self.customers_ended


@dataclass(frozen=True, slots=True)
class Cohort:
    """The customers whose first line began in a month, and how many had a running line at the end of each month since."""

    month: Period
    customers: int
    stayed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EndReason:
    """Why lines ended, how many, and what they brought in a month."""

    cause: str
    lines: int
    month: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Churn:
    stretch: Stretch
    movements: tuple[Movement, ...]
    cohorts: tuple[Cohort, ...]
    reasons: tuple[EndReason, ...]


@dataclass(frozen=True, slots=True)
class ExpectedMonth:
    """What is to be invoiced for periods that begin in a month, without VAT."""

    month: Period
    to_invoice: Money
    lines: int


@dataclass(frozen=True, slots=True)
class ExpectedCash:
    """What is open and expected in some days: by the due days alone, and with each customer's habit."""

    days: Period
    by_due_day: Money
    by_habit: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the running lines bring if nothing changes but what is agreed already."""

    today: date
    months: tuple[ExpectedMonth, ...]
    by_product: tuple[tuple[str, Money, int], ...]  # the product, its monthly income, its running lines
    month_income: Money
    lines: int
    prepaid: Prepaid
    cash: tuple[ExpectedCash, ...]
    overdue: Money
    usual_delay: Decimal | None  # days from due day to payment, by amount; None: nothing was paid

    @property
    def year_income(self) -> Money:
        return self.month_income * 12


@dataclass(frozen=True, slots=True)
class VatPart:
    """What stands on issued lines of one month with one treatment: net and VAT, credit notes taken off."""

    month: date
    category: str
    percent: Decimal
    net: Money
    vat: Money
    documents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VatOverview:
    stretch: Stretch
    parts: tuple[VatPart, ...]
    booked: Money

    @property
    def total(self) -> Money:
        return sum_of(part.vat for part in self.parts)

    @property
    def unexplained(self) -> Money:
        return self.total - self.booked


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFigures:
    """One product: what it brought, and how its running lines are priced beside the list."""

    product: str
    turnover: Turnover
    credited_paid: Money  # credited though it had been paid: it became the customer's credit or was paid back
    lines: int
    month_income: Money
    own_prices: int  # lines with a price of their own
    below_list: Money  # what the lines with an own price bring less in a month than the list's


@dataclass(frozen=True, slots=True, kw_only=True)
class Products:
    stretch: Stretch
    products: tuple[ProductFigures, ...]

    @property
    def total(self) -> Turnover:
        return Turnover(
            sum_of(one.turnover.invoiced for one in self.products),
            sum_of(one.turnover.credited for one in self.products),
        )


@dataclass(frozen=True, slots=True)
class Received:
    """Bank entries that one rule explained: how many, and what they came to."""

    way: str  # automatic, person, suspense, explained, reversed, out
    rule: str
    entries: int
    amount: Money


@dataclass(frozen=True, slots=True)
class LateCharges:
    """Charges of one kind in a stretch: charged in it, paid in it, waived in it, whatever day they were charged on."""

    kind: str
    charged: Money
    paid: Money
    waived: Money
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Payments:
    stretch: Stretch
    received: tuple[Received, ...]
    delays: tuple[tuple[int, Money], ...]  # which group of DELAYS, and what was paid in it
    charges: tuple[LateCharges, ...]
    reminders: int
    suspense: Money
    suspense_entries: int
    suspense_since: date | None
    paid: Delays


DELAYS = (-7, 0, 1, 8, 15, 31, 61)  # days after the due day with which a group begins; the first one is before them all


def sum_of(amounts: Iterable[Money]) -> Money:
    """Return the sum of amounts in kroner, the currency of the books."""
    return Money(sum(amount.minor for amount in amounts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows stand behind a figure. What is empty does not narrow the rows."""

    since: date | None = None
    until: date | None = None  # the first day after
    as_of: date | None = None
    product: str = ""
    plan: str | None = None  # empty text: lines that no contract stands behind
    customer_kind: str = ""
    customer_id: int | None = None
    document: str = ""  # invoice, credit note
    category: str = ""
    percent: Decimal | None = None
    age: int | None = None  # which group of AGES
    delay: int | None = None  # which group of DELAYS
    state: str = ""  # of lines: running, begun, ended, own-price; of customers: begun, ended
    cause: str | None = None
    way: str = ""
    rule: str | None = None
    kind: str = ""  # of charges


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One row behind a figure: whose it is, the document if there is one, two days, a text, and what it adds to the figure."""

    customer_id: int | None
    number: int | None
    document: str
    on: date | None
    to: date | None
    text: str
    amount: Money


@dataclass(frozen=True, slots=True)
class FoundRows:
    """A page of the rows behind a figure, with the count and the sum of all of them."""

    count: int
    total: Money
    rows: tuple[FoundRow, ...]
