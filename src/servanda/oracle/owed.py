"""What a customer owes by a day: periods of what they bought, VAT, interest day by day, and the law's bounds on charges."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from servanda.oracle.days import ONE, bank_day_from, is_public_holiday, months_later

# Renteloven § 5: Nationalbanken's lending rate of 1 January and 1 July, in hundredths of a percent; eight percent come on top.
RATES = {
    (2021, 1): 5, (2021, 7): -35, (2022, 1): -45, (2022, 7): -45, (2023, 1): 190, (2023, 7): 325,
    (2024, 1): 375, (2024, 7): 350, (2025, 1): 275, (2025, 7): 175, (2026, 1): 175, (2026, 7): 200,
}  # fmt: skip
SURCHARGE = 800
FIRST_DAY_WITHOUT_RATE = date(2027, 1, 1)
DEMAND_DAYS = 30
FEE_MAX_MINOR = 100_00
FEES_MAX = 3
FEE_DAYS = 10
COMPENSATION_MINOR = 310_00


@dataclass(frozen=True)
class Bought:
    """What a customer buys: a price for so many months at a time, from a day on, and until a day if it has an end."""

    unit_minor: int
    quantity: int
    months: int  # 0: once
    began_on: date
    until: date | None = None


@dataclass(frozen=True)
class Asked:
    """An invoice as it came: what it asks for without charges, when it is due, and what came in on it by value day."""

    total_minor: int
    issued_on: date
    received_on: date | None
    due_on: date
    is_term_agreed: bool
    payments: tuple[tuple[date, int], ...]  # on the principal; below zero where it was taken back
    credited_minor: int = 0


@dataclass(frozen=True)
class Reminded:
    """A reminder that was accepted, and the fee it announced."""

    on: date
    fee_minor: int


def half_up(exact: Fraction) -> int:
    """Return whole øre, a half going away from nothing."""
    return int(exact + Fraction(1, 2)) if exact >= 0 else -int(-exact + Fraction(1, 2))


def periods_of(bought: Bought, *, until: date) -> Iterator[tuple[date, date]]:
    """Yield the periods that begin before a day, cut off where the thing ends."""
    if bought.months == 0:
        if bought.began_on < until:
            yield bought.began_on, bought.began_on + ONE
        return
    number = 0
    while True:
        since = months_later(bought.began_on, number * bought.months)
        if since >= until or (bought.until is not None and since >= bought.until):
            return
        number += 1
        yield since, months_later(bought.began_on, number * bought.months)


def price_of(bought: Bought, since: date, until: date) -> int:
    """Return what a period costs; of a whole one that was cut off, the share of its days."""
    if bought.months == 0:
        return bought.unit_minor * bought.quantity
    number = 0
    while months_later(bought.began_on, (number + 1) * bought.months) <= since:
        number += 1
    first = months_later(bought.began_on, number * bought.months)
    whole = months_later(bought.began_on, (number + 1) * bought.months)
    return half_up(Fraction(bought.unit_minor * bought.quantity * (until - since).days, (whole - first).days))


def vat_on(net_minor: int) -> int:
    """Return Danish VAT on the sum of an invoice's lines."""
    return half_up(Fraction(net_minor, 4))


def due_day(counted_from: date, days: int) -> date:
    """Return the last day for payment by a term of so many days, on a day of the banks."""
    return bank_day_from(counted_from + timedelta(days=days))


def interest_on(asked: Asked, *, until: date) -> int:
    """Return the interest by the Interest Act that has grown by a day, which bears none itself: day by day, rounded once."""
    start = asked.due_on
    if not asked.is_term_agreed:
        start = max(start, (asked.received_on or asked.issued_on) + timedelta(days=DEMAND_DAYS))
    exact = Fraction(0)
    day = start
    while day < min(until, FIRST_DAY_WITHOUT_RATE):
        paid = sum(minor for on, minor in asked.payments if on <= day)
        left = max(asked.total_minor - asked.credited_minor - paid, 0)
        rate = RATES[day.year, 1 if day.month < 7 else 7] + SURCHARGE
        exact += Fraction(left * rate, 365 * 100 * 100)
        day += ONE
    return half_up(exact)


def fees_allowed(reminders: Iterable[Reminded]) -> int:
    """Return the most that reminders of one arrears may have cost: each at most so much, so many, so many days apart."""
    allowed = count = 0
    last: date | None = None
    for one in sorted(reminders, key=lambda reminder: reminder.on):
        may = one.fee_minor and count < FEES_MAX and (last is None or (one.on - last).days >= FEE_DAYS)
        if may:
            allowed += min(one.fee_minor, FEE_MAX_MINOR)
            count += 1
        last = one.on
    return allowed


def share_of(net_minor: int, days: int, whole_days: int) -> int:
    """Return the part of a price for so many of its days."""
    return half_up(Fraction(net_minor * days, whole_days))


def run_day(rules: Iterable[Mapping[str, object]], *, product: str, since: date) -> date | None:
    """Return the day on which the period that begins on a day is invoiced; None where the rules do not decide it alone."""
    found = []
    for rule in rules:
        products = rule.get("products") or ()
        assert isinstance(products, list | tuple)
        if rule.get("customers"):
            return None
        if not products or product in products:
            found.append((bool(products), rule))
    best = [rule for is_own, rule in found if is_own] or [rule for _, rule in found]
    if len(best) > 1:
        return None
    if not best:
        return since
    if best[0].get("day") == "last working day of month":
        last = months_later(since.replace(day=1), 1) - ONE
        while last.weekday() > 4 or is_public_holiday(last):
            last -= ONE
        return last
    lead = best[0].get("lead_days", 0)
    assert isinstance(lead, int)
    return since - timedelta(days=lead)


def balance(
    *, invoices: Iterable[int], credit_notes: Iterable[int], charges: Iterable[int], money_in: Iterable[int]
) -> int:
    """Return what a customer owes by the documents and by the bank; below zero it is theirs."""
    return sum(invoices) - sum(credit_notes) + sum(charges) - sum(money_in)


def term_days(rules: Iterable[Mapping[str, object]], *, product: str, customer: str) -> tuple[int, str] | None:
    """Return the days of a payment term and what they count from, by the clause that says the most of this case."""
    found: list[tuple[int, int, str]] = []
    for rule in rules:
        products, customers = rule.get("products") or (), rule.get("customers") or ()
        assert isinstance(products, list | tuple) and isinstance(customers, list | tuple)
        if (products and product not in products) or (customers and customer not in customers):
            continue
        days = rule["days"]
        assert isinstance(days, int)
        found.append((2 * bool(products) + bool(customers), days, str(rule.get("counted_from", "invoice date"))))
    best = max((one[0] for one in found), default=None)
    chosen = [one for one in found if one[0] == best]
    return (chosen[0][1], chosen[0][2]) if len(chosen) == 1 else None
