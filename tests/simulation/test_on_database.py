"""The same script in memory and over PostgreSQL: the books and the letters must agree, and the audit must find nothing."""

import os
from collections import Counter, defaultdict
from datetime import timedelta

import pytest
from pytest_django import Settings

from servanda.business.audit.queries import run_audit
from servanda.business.ledger.models import Posting
from servanda.business.letters.models import Letter
from servanda.simulation.faults import ALL
from servanda.simulation.habits import world_of
from servanda.simulation.happenings import World
from servanda.simulation.running import begins_with, lived, prices_of
from tests.real.outcome import assert_promises_kept
from tests.simulation.on_database import DatabaseHouse

pytestmark = pytest.mark.django_db

CUSTOMERS = int(os.environ.get("SERVANDA_LIVED_CUSTOMERS", "2"))
DAYS = int(os.environ.get("SERVANDA_LIVED_DAYS", "60"))
SEEDS = [int(one) for one in os.environ.get("SERVANDA_LIVED_SEEDS", "1").split(",")]
FAULTS = ALL - {"F17"}  # prices that move need a person who announces them; the pure simulation alone tries them


def the_world(seed: int) -> World:
    begins_on = begins_with("safe-it")
    return world_of(
        seed,
        provider="safe-it",
        plans=tuple(prices_of("safe-it").plans),
        customers=CUSTOMERS,
        begins_on=begins_on,
        until=begins_on + timedelta(days=DAYS),
        faults=FAULTS,
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_both_simulations_come_to_the_same_books_and_letters(seed: int, settings: Settings) -> None:
    settings.DRIVERS, settings.DAILY_LIFE = "tests.simulation.drivers", ""
    world = the_world(seed)
    house = DatabaseHouse(world)
    house.live()
    assert house.mails
    assert run_audit(company_id=house.company_id).violated == ()
    assert_promises_kept(house.company_id, today=house.today)
    in_memory = lived(world)
    pure = in_memory.house
    assert pure.violations == []
    told = "\n".join((*house.story(), "in memory:", *in_memory.lines))
    assert letters_of(house) == Counter(
        (str(letter.accepted_on), client.number, letter.kind)
        for client in pure.clients.values()
        for letter in client.letters.values()
        if letter.state == "accepted"
    ), told
    assert books_of(house) == {account.value: minor for account, minor in pure.books.items() if minor}, told


def letters_of(house: DatabaseHouse) -> Counter[tuple[str, int, str]]:
    rows = Letter.objects.filter(company_id=house.company_id, state="accepted")
    numbers = {row: number for number, row in house.customers.items()}
    return Counter((str(row.accepted_on), numbers[row.customer_id], row.kind) for row in rows)


def books_of(house: DatabaseHouse) -> dict[str, int]:
    found: defaultdict[str, int] = defaultdict(int)
    for account, minor in Posting.objects.filter(entry__company_id=house.company_id).values_list(
        "account", "amount_minor"
    ):
        found[account] += minor
    return {account: minor for account, minor in found.items() if minor}
