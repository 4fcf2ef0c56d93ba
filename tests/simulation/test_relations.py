"""Relations between worlds that must hold whatever the right answer is: cheap to say, and they find what no example finds."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from servanda.agreements import PROVIDERS
from servanda.simulation.faults import ALL
from servanda.simulation.happenings import LivedCustomer, World
from servanda.simulation.running import Lived, lived, world

SOURCE = Path(__file__).parents[2] / "src"
CALM: frozenset[str] = frozenset()
# Of those whose terms say something of late payment; the fifth says nothing, and little happens.
provider_of = pytest.mark.parametrize("provider", sorted(set(PROVIDERS) - {"simsoft"}))


def changed(made: World, change: Callable[[LivedCustomer], LivedCustomer]) -> World:
    return replace(made, customers=tuple(change(one) for one in made.customers))


def lines_of(found: Lived, customer: int) -> list[str]:
    return [line for line in found.lines if line.split("|")[1] == str(customer)]


def charged(found: Lived) -> dict[tuple[int, str, int], int]:
    """Return what was charged for being late, less what was taken back, by customer and by the day and amount of the invoice."""
    named: dict[tuple[str, str], tuple[int, str, int]] = {}
    sums: Counter[tuple[int, str, int]] = Counter()
    for line in found.lines:
        day, customer, what, invoice, amount, _ = line.split("|")
        if what == "invoice.issued":
            named[customer, invoice] = (int(customer), day, int(amount))
        if what in {"fee.charged", "interest.charged", "compensation.charged"}:
            sums[named[customer, invoice]] += int(amount)
        if what == "interest.lowered":
            sums[named[customer, invoice]] -= int(amount)
    return {invoice: sums[invoice] for invoice in named.values()}


@provider_of
def test_the_same_seed_gives_the_same_lines_twice(provider: str) -> None:
    first, second = (lived(world(4, provider=provider, customers=15, years=2)) for _ in range(2))
    assert first.lines == second.lines


@provider_of
def test_an_unrelated_customer_changes_no_byte_of_others(provider: str) -> None:
    few = lived(world(4, provider=provider, customers=[3, 8, 12], years=2))
    many = lived(world(4, provider=provider, customers=15, years=2))
    for customer in (3, 8, 12):
        assert lines_of(few, customer) == lines_of(many, customer)
        assert lines_of(few, customer) == lines_of(
            lived(world(4, provider=provider, customers=[customer], years=2)), customer
        )


@provider_of
def test_the_order_of_customers_does_not_matter(provider: str) -> None:
    made = world(5, provider=provider, customers=12, years=2)
    assert lived(made).lines == lived(replace(made, customers=made.customers[::-1])).lines


@provider_of
def test_the_size_of_a_step_does_not_matter(provider: str) -> None:
    made = world(6, provider=provider, customers=12, years=2, faults=ALL - {"F03"})
    assert lived(made).lines == lived(replace(made, rounds_a_day=4)).lines


@provider_of
def test_what_comes_twice_changes_nothing(provider: str) -> None:
    once = lived(world(7, provider=provider, customers=12, years=2, faults=ALL - {"F03"}))
    twice = lived(world(7, provider=provider, customers=12, years=2, faults=ALL))
    assert once.lines == twice.lines


@provider_of
@pytest.mark.parametrize("days", [1, 5])
def test_a_kinder_customer_never_fares_worse(provider: str, days: int) -> None:
    made = world(8, provider=provider, customers=30, years=2, faults=CALM)
    before = charged(lived(made))
    after = charged(lived(changed(made, lambda one: replace(one, earlier_days=days))))
    # Who was closed for not paying is billed no more, so only invoices that both got are compared; and three fees are the most
    # of a whole arrears, so that one fee less on an invoice may be one more on the next: a customer's sum is what counts.
    both = before.keys() & after.keys()
    assert len(both) > len(before) / 2
    worse = {
        customer: (paid, now)
        for customer in {customer for customer, _, _ in both}
        if (now := sum(after[one] for one in both if one[0] == customer))
        > (paid := sum(before[one] for one in both if one[0] == customer))
    }
    assert worse == {}


@provider_of
def test_a_divided_payment_leaves_the_same_balance(provider: str) -> None:
    made = world(9, provider=provider, customers=20, years=2, faults=CALM)
    whole, divided = lived(made), lived(changed(made, lambda one: replace(one, in_two=True)))
    assert balances(whole) == balances(divided)


def balances(found: Lived) -> dict[int, int]:
    """Return what each customer owes, less what is theirs."""
    owed = {}
    for number, client in found.house.clients.items():
        invoices = [found.house.invoices[one] for one in client.invoices]
        credit = sum(found.house.entries[one].unallocated.minor for one in client.entries)
        owed[number] = sum(one.open_total.minor for one in invoices) - credit
    return owed


@pytest.mark.parametrize(
    "surroundings",
    [
        {"TZ": "UTC", "PYTHONHASHSEED": "0", "LANG": "C"},
        {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1", "LANG": "da_DK.UTF-8"},
        {"TZ": "Pacific/Niue", "PYTHONHASHSEED": "4242", "LC_ALL": "tr_TR.UTF-8"},
    ],
    ids=["utc", "kiritimati", "niue"],
)
def test_zone_language_and_hash_seed_change_no_byte(surroundings: dict[str, str]) -> None:
    here = lived(world(10, provider="safe-it", customers=15, years=2))
    command = [sys.executable, "-m", "servanda.simulation.command", "--json"]
    command += ["--seed", "10", "--providers", "safe-it", "--customers", "15", "--years", "2"]
    environment = {**os.environ, **surroundings, "PYTHONPATH": str(SOURCE)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=True)
    assert here.sha256 in done.stdout
