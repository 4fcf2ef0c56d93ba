"""The reports of companies with a quarter behind them, against the same figures reckoned naively from billing's own facts."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from servanda.business.billing.decisions.invoices import _line
from servanda.business.billing.decisions.periods import next_period
from servanda.business.billing.facts import InvoiceFacts
from servanda.business.billing.queries.lines import running_contracts
from servanda.business.billing.queries.prices import pricing_of
from servanda.business.catalogue.queries import prices_of
from servanda.business.contracts.queries import lines_of_customer
from servanda.business.customers.queries import customers_of
from servanda.business.ledger.facts import Account
from servanda.business.ledger.queries import balances_of_accounts
from servanda.business.reports.decisions.stretches import stretch_between, stretch_named
from servanda.business.reports.facts import AGES, DELAYS, Basis, Stretch, Wanted
from servanda.business.reports.queries import (
    arrears_on,
    churn_of,
    expected_of,
    payments_of,
    products_of,
    revenue_of,
    rows_behind,
    vat_of_stretch,
)
from servanda.ground.money import Money, total_of
from servanda.ground.periods import Period
from tests.business.reports.lived import BEGINS_ON, Lived

STRETCHES = (
    stretch_between(date(2026, 10, 1), date(2027, 12, 31)),
    stretch_between(date(2026, 11, 7), date(2027, 1, 13)),
    stretch_between(date(2026, 12, 1), date(2026, 12, 31)),
    stretch_between(date(2026, 12, 18), date(2026, 12, 18)),
    stretch_between(date(2020, 1, 1), date(2020, 2, 29)),
)
every_stretch = pytest.mark.parametrize("stretch", STRETCHES, ids=lambda one: f"{one.period.since}")


def signed(invoice: InvoiceFacts, amount: Money) -> Money:
    return -amount if invoice.kind == "credit note" else amount


def days(period: Period) -> Iterator[date]:
    day = period.since
    while day < period.until:
        yield day
        day += timedelta(days=1)


@every_stretch
def test_revenue_by_issue_is_the_sum_of_the_documents(lived: Lived, stretch: Stretch) -> None:
    found = revenue_of(lived.company_id, stretch)
    issued = [one for one in lived.invoices if one.issued_on in stretch.period]
    by_product: Counter[str] = Counter()
    for one in issued:
        for line in one.lines:
            by_product[line.product] += signed(one, line.net).minor
    assert found.total.net == total_of(signed(one, one.net) for one in issued)
    assert found.total.credited == total_of(one.net for one in issued if one.kind == "credit note")
    for month in found.months:
        assert month.turnover.net == total_of(signed(one, one.net) for one in issued if one.issued_on in month.month)
    sums: Counter[str] = Counter()
    for part in found.plans:
        sums[part.key] += part.turnover.net.minor
    assert sums == by_product
    assert total_of(part.turnover.net for part in found.kinds) == found.total.net
    assert total_of(one.turnover.net for one in found.top) == found.total.net  # fewer customers than are shown
    assert not found.unexplained


@every_stretch
def test_revenue_by_period_is_what_each_day_earns(lived: Lived, stretch: Stretch) -> None:
    found = revenue_of(lived.company_id, stretch, basis=Basis.ACCRUED)
    earned: Counter[date] = Counter()
    for one in lived.invoices:
        for line in one.lines:
            period = Period(line.since, line.until) if line.since and line.until else None
            period = period or Period(one.issued_on, one.issued_on + timedelta(days=1))
            parts = line.net.split([1] * period.days)
            for day, part in zip(days(period), parts, strict=True):
                earned[day] += signed(one, part).minor
    assert found.total.net.minor == sum(earned[day] for day in days(stretch.period))
    for month in found.months:
        assert month.turnover.net.minor == sum(earned[day] for day in days(month.month))
    for parts_of in (found.plans, found.kinds, found.top):
        assert total_of(part.turnover.net for part in parts_of) == found.total.net
    assert not found.unbridged
    assert not found.unexplained


def test_what_was_prepaid_is_what_is_not_earned_of_what_was_issued(lived: Lived) -> None:
    stretch = stretch_named("last-12-months", today=lived.today)
    found = revenue_of(lived.company_id, stretch, basis=Basis.ACCRUED)
    whole = total_of(signed(one, one.net) for one in lived.invoices)
    assert found.closing is not None
    assert found.total.net + found.closing.balance == whole
    sales = -balances_of_accounts(lived.company_id).get(Account.SALES, Money(0))
    assert whole == sales


def test_arrears_of_each_past_evening_are_what_that_evening_saw(lived: Lived) -> None:
    assert any(evening.open_by_customer for evening in lived.evenings.values())
    for day, evening in lived.evenings.items():
        found = arrears_on(lived.company_id, day, today=lived.today)
        assert {one.customer_id: one.total for one in found.customers} == evening.open_by_customer, day
        assert found.booked == evening.receivable, day
        assert not found.unexplained


def test_arrears_today_have_the_ages_of_the_open_invoices_and_charges(lived: Lived) -> None:
    found = arrears_on(lived.company_id, lived.today, today=lived.today)
    ages: Counter[int] = Counter()
    for one in lived.invoices:
        if one.kind == "invoice" and one.open_principal:
            late = (lived.today - one.due_on).days if one.due_on is not None else 0
            ages[sum(late >= bound for bound in AGES)] += one.open_principal.minor
        for charge in one.charges:
            ages[sum((lived.today - charge.on_day).days >= bound for bound in AGES)] += charge.open.minor
    assert [amount.minor for amount in found.by_age] == [ages[age] for age in range(len(AGES) + 1)]
    assert found.total == balances_of_accounts(lived.company_id)[Account.RECEIVABLE]


def test_arrears_before_the_beginning_are_nothing(lived: Lived) -> None:
    found = arrears_on(lived.company_id, BEGINS_ON - timedelta(days=400), today=lived.today)
    assert found.customers == ()
    assert not found.total
    assert not found.booked


def test_expected_income_is_what_billing_will_draft(lived: Lived) -> None:
    found = expected_of(lived.world.company, today=lived.today)
    prices = prices_of(lived.company_id)
    contracts = running_contracts(lived.company_id, today=lived.today)
    pricing = pricing_of(lived.world.company, prices, contracts)
    drafted: Counter[int] = Counter()
    ends = [one.month.until for one in found.months]
    for contract in contracts:
        for line in contract.lines:
            since = line.billed_until
            while line.interval_months and since < ends[-1] and (period := next_period(line, since)) is not None:
                place = next(index for index, end in enumerate(ends) if period.since < end)
                drafted[place] += _line(contract, line, prices, pricing, period, today=lived.today).net.minor
                since = period.until
    assert sum(drafted.values())
    assert [one.to_invoice.minor for one in found.months] == [drafted[place] for place in range(12)]
    assert total_of(one.by_due_day for one in found.cash) == total_of(one.by_habit for one in found.cash)
    owed = balances_of_accounts(lived.company_id)[Account.RECEIVABLE]
    assert total_of(one.by_due_day for one in found.cash) == owed


def test_movements_lead_from_one_close_to_the_next(lived: Lived) -> None:
    stretch = stretch_named("last-12-months", today=lived.today)
    found = churn_of(lived.company_id, stretch)
    for one in found.movements:
        moved = one.opening + one.new + one.reactivated + one.expansion + one.contraction + one.churned
        assert moved == one.closing
    for before, after in zip(found.movements, found.movements[1:], strict=False):
        assert before.closing == after.opening
        assert before.customers_closing == after.customers_opening
    lines = [
        line
        for who in customers_of(lived.company_id)
        for line in lines_of_customer(who.customer_id)
        if line.interval_months
    ]
    running = {line.customer_id for line in lines if line.until is None or line.until > lived.today + timedelta(days=1)}
    assert found.movements[-1].customers_closing == len(running)
    assert sum(one.lines_begun for one in found.movements) == len(lines)
    assert sum(one.lines for one in found.reasons) == sum(one.lines_ended for one in found.movements)
    assert sum(cohort.customers for cohort in found.cohorts) == len({line.customer_id for line in lines})


@every_stretch
def test_vat_is_what_the_documents_say(lived: Lived, stretch: Stretch) -> None:
    found = vat_of_stretch(lived.company_id, stretch)
    issued = [one for one in lived.invoices if one.issued_on in stretch.period]
    by_rate: dict[tuple[date, str, Decimal], Money] = defaultdict(lambda: Money(0))
    for one in issued:
        for line in one.lines:
            key = (one.issued_on.replace(day=1), line.vat_category, line.vat_percent)
            by_rate[key] = by_rate[key] + signed(one, line.net)
    assert {(part.month, part.category, part.percent): part.net for part in found.parts} == by_rate
    assert found.total == total_of(signed(one, one.vat) for one in issued)
    assert not found.unexplained


@every_stretch
def test_products_add_up_to_revenue(lived: Lived, stretch: Stretch) -> None:
    found = products_of(lived.company_id, stretch)
    assert found.total == revenue_of(lived.company_id, stretch).total


def test_payments_are_what_the_allocations_say(lived: Lived) -> None:
    stretch = stretch_between(date(2026, 10, 1), date(2027, 12, 31))
    found = payments_of(lived.company_id, stretch)
    groups: Counter[int] = Counter()
    paid: Counter[str] = Counter()
    for one in lived.invoices:
        kinds = {charge.charge_id: charge.kind for charge in one.charges}
        for part in one.allocations:
            if part.charge_id is not None:
                paid[kinds[part.charge_id]] += part.amount.minor
            elif part.entry_id is not None and one.due_on is not None:
                groups[sum((part.value_on - one.due_on).days >= bound for bound in DELAYS)] += part.amount.minor
    assert {place: amount.minor for place, amount in found.delays if amount} == {k: v for k, v in groups.items() if v}
    charged = Counter({one.kind: one.charged.minor for one in found.charges})
    assert charged == Counter(
        charge_kind
        for one in lived.invoices
        for charge in one.charges
        for charge_kind in [charge.kind] * charge.amount.minor
    )
    assert {one.kind: one.paid.minor for one in found.charges if one.paid} == {k: v for k, v in paid.items() if v}
    bank = balances_of_accounts(lived.company_id)[Account.BANK]
    assert total_of(one.amount for one in found.received) == bank
    assert found.suspense == -balances_of_accounts(lived.company_id).get(Account.SUSPENSE, Money(0))


@every_stretch
def test_the_rows_behind_a_figure_add_up_to_it(lived: Lived, stretch: Stretch) -> None:
    period = stretch.period
    days_of = {"since": period.since, "until": period.until}

    def total(name: str, **wanted: object) -> Money:
        return rows_behind(lived.company_id, name, Wanted(**days_of, **wanted), today=lived.today).total  # type: ignore[arg-type]

    issued = revenue_of(lived.company_id, stretch)
    assert total("documents") == issued.total.net
    assert total("documents", document="credit note") == -issued.total.credited
    for part in issued.plans:
        assert total("documents", product=part.key, plan=part.sub) == part.turnover.net
    for part in issued.kinds:
        assert total("documents", customer_kind=part.key) == part.turnover.net
    for one in issued.top:
        assert total("documents", customer_id=one.customer_id) == one.turnover.net
    accrued = revenue_of(lived.company_id, stretch, basis=Basis.ACCRUED)
    assert total("earned") == accrued.total.net
    for part in accrued.plans:
        assert total("earned", product=part.key, plan=part.sub) == part.turnover.net
    for vat in vat_of_stretch(lived.company_id, stretch).parts:
        month = next(one.month for one in issued.months if one.month.since.replace(day=1) == vat.month)
        wanted = Wanted(since=month.since, until=month.until, category=vat.category, percent=vat.percent)
        assert rows_behind(lived.company_id, "documents", wanted, today=lived.today).total == vat.net
    paid = payments_of(lived.company_id, stretch)
    for place, amount in paid.delays:
        assert total("paid", delay=place) == amount
    for received in paid.received:
        assert total("entries", way=received.way, rule=received.rule) == received.amount
    for charge in paid.charges:
        assert total("charges", kind=charge.kind) == charge.charged


def test_the_open_rows_of_a_past_day_add_up_to_its_arrears(lived: Lived) -> None:
    for day in (date(2026, 12, 5), date(2026, 12, 31), lived.today):
        found = arrears_on(lived.company_id, day, today=lived.today)
        for age, amount in enumerate(found.by_age):
            assert rows_behind(lived.company_id, "open", Wanted(as_of=day, age=age), today=lived.today).total == amount
        for one in found.customers:
            wanted = Wanted(as_of=day, customer_id=one.customer_id)
            assert rows_behind(lived.company_id, "open", wanted, today=lived.today).total == one.total


def test_a_page_of_rows_has_the_sum_of_all_of_them(lived: Lived) -> None:
    whole = rows_behind(lived.company_id, "documents", Wanted(), today=lived.today, is_whole=True)
    beyond = rows_behind(lived.company_id, "documents", Wanted(), today=lived.today, page=99)
    assert (beyond.count, beyond.total) == (whole.count, whole.total)
    assert beyond.rows == ()
    assert total_of(row.amount for row in whole.rows) == whole.total
