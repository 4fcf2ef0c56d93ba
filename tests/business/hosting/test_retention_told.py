"""The keeper of a store is told, signed, how long copies are kept: longer at once, shorter only by somebody's order."""

from datetime import date

import msgspec
import pytest

from servanda.business.hosting.actions import compare_all, tell_nodes
from servanda.business.hosting.models import Part
from servanda.business.hosting.queries import services_of_customer, setup_of
from servanda.business.nodes.actions.enrolling import enrol
from servanda.business.nodes.queries import has_nodes, parked_statements
from servanda.faces.node.keeper import FACTS
from servanda.ground.calendar import moment_of
from servanda.ground.nodes.kinds.backups import BackupPlan, Retention
from servanda.ground.nodes.messages import public_bytes
from servanda.ground.nodes.sealing import public_text
from servanda.ground.nodes.wanted import decode_statement, encode
from tests.business.nodes.house import House
from tests.cast import ALMA
from tests.stories.world import World

pytestmark = pytest.mark.django_db
BEGINS = date(2026, 9, 1)


@pytest.fixture
def keeper() -> House:
    """A keeper alone: a company that has no other server yet."""
    house = House(World("simsoft", BEGINS), name="keeper1")
    enrol(
        house.token(),
        name="keeper1",
        public_key=public_bytes(house.key),
        sealing_key=public_text(house.sealing),
        facts=FACTS,
        today=BEGINS,
        at=house.now,
    )
    return house


def told(*houses: House) -> None:
    world = houses[0].world
    tell_nodes(world.company, today=world.today, at=moment_of(world.today))
    for _ in range(2):
        houses[0].sign()
        for house in houses:
            house.take()


def change(service_id: int, *, days: int, by: str = "") -> None:
    row = Part.objects.get(service_id=service_id, kind="backup")
    plan = decode_statement(row.body.encode())
    row.body, row.ordered_by = encode(msgspec.structs.replace(plan, keep_daily=days)).decode(), by
    row.save()


def compared(*houses: House) -> None:
    world = houses[0].world
    compare_all(world.company, today=world.today, at=moment_of(world.today))
    told(*houses)


def test_a_keeper_is_told_what_each_plan_keeps_and_nothing_is_placed_on_it(keeper: House) -> None:
    assert not has_nodes(keeper.world.company_id), "a keeper serves nobody"
    node = House(keeper.world, signer=keeper.signer, is_first=False)
    alma = keeper.world.customer(ALMA, "webhotel-small", began_on=BEGINS)
    keeper.world.round()
    service_id = services_of_customer(alma)[0].service_id
    setup = setup_of(service_id)
    assert setup is not None
    assert setup.node == "node1"
    told(keeper, node)
    plan = node.known[f"backup/{setup.number}"]
    assert isinstance(plan, BackupPlan)
    rule = Retention(node="node1", plan=setup.number, keep_daily=plan.keep_daily, keep_monthly=plan.keep_monthly)
    assert keeper.known == {f"retention/node1/{setup.number}": rule}
    change(service_id, days=plan.keep_daily + 30)
    compared(keeper, node)
    (longer,) = keeper.known.values()
    assert isinstance(longer, Retention)
    assert longer.keep_daily == plan.keep_daily + 30
    change(service_id, days=1)
    compared(keeper, node)
    assert list(keeper.known.values()) == [longer], "whoever writes rows alone shortens nothing"
    assert {(one.key.partition("/")[0], one.reason) for one in parked_statements(keeper.world.company_id)} == {
        ("backup", "no order"),
        ("retention", "no order"),
    }
    change(service_id, days=3, by="line:1")
    compared(keeper, node)
    (shorter,) = keeper.known.values()
    assert isinstance(shorter, Retention)
    assert shorter.keep_daily == 3
    assert parked_statements(keeper.world.company_id) == ()
