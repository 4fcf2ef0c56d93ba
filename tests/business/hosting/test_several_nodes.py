"""A company with several servers: each service goes where there is room for all of it, and its parts stay together."""

from datetime import date

import pytest

from servanda.business.customers.queries import customer_numbered
from servanda.business.hosting.actions import give_domain, lay_out, tell_nodes
from servanda.business.hosting.actions.changing import Order
from servanda.business.hosting.actions.mail import add_mailbox
from servanda.business.hosting.actions.setting_up import SetupRefused
from servanda.business.hosting.queries import services_of_customer, setup_of, setups_that_wait
from servanda.business.nodes.actions.enrolling import enrol
from servanda.business.nodes.queries import all_nodes
from servanda.faces.demo.customers import new_line, sign
from servanda.ground.calendar import moment_of
from servanda.ground.nodes.messages import public_bytes
from servanda.ground.nodes.sealing import public_text
from tests.business.nodes.house import House
from tests.cast import ALMA, BIRK, CARLA
from tests.stories.world import World

BEGINS = date(2026, 9, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def first() -> House:
    return House(World("simsoft", BEGINS), services_max=2)


@pytest.fixture
def second(first: House) -> House:
    return House(first.world, name="node2", services_max=4, signer=first.signer, is_first=False)


def service_of(customer_id: int, at: int = 0) -> int:
    return sorted(one.service_id for one in services_of_customer(customer_id))[at]


def node_of_service(service_id: int) -> str:
    setup = setup_of(service_id)
    assert setup is not None
    return setup.node


def go_on(*houses: House) -> None:
    houses[0].settle()  # the signer signs for all
    for house in houses:
        house.take()


def test_services_spread_by_room_and_each_node_is_told_its_own(first: House, second: House) -> None:
    made = []
    for number, person in enumerate((ALMA, BIRK, CARLA)):
        customer = first.world.customer(person, "webhotel-small", began_on=BEGINS)
        first.world.round()
        service_id = service_of(customer)
        if setup_of(service_id).waits_because:  # type: ignore[union-attr]
            give_domain(service_id, f"shop{number}.example", by="staff:eva", today=BEGINS, at=first.now)
        made.append(service_id)
    tell_nodes(first.world.company, today=first.world.today, at=moment_of(first.world.today))
    go_on(first, second)
    assert [node_of_service(one) for one in made] == ["node1", "node2", "node2"], "the emptiest by its share"
    assert {node.name: node.services for node in all_nodes()} == {"node1": 1, "node2": 2}
    sites = [{key for key in house.known if key.startswith("site/")} for house in (first, second)]
    assert [len(one) for one in sites] == [1, 2]
    assert not sites[0] & sites[1]


def test_a_service_goes_to_the_node_that_can_do_what_it_needs(first: House, second: House) -> None:
    enrol(
        first.token(),
        name="node1",
        public_key=public_bytes(first.key),
        sealing_key=public_text(first.sealing),
        facts={"mail": False},
        today=BEGINS,
        at=first.now,
    )
    alma = first.world.customer(ALMA, "mailbox", began_on=BEGINS)
    first.world.round()
    assert node_of_service(service_of(alma)) == "node2"


def test_what_shares_a_domain_shares_a_node_even_where_another_is_emptier(first: House, second: House) -> None:
    lines = tuple(
        new_line("simsoft", plan, began_on=BEGINS, description="alma.example") for plan in ("webhotel-small", "mailbox")
    )
    sign(first.world.company, ALMA, contract="K-1", lines=lines, today=BEGINS, at=moment_of(BEGINS))
    alma = customer_numbered(first.world.company_id, ALMA.number).customer_id
    first.world.round()
    hotel, mail = service_of(alma), service_of(alma, 1)
    assert node_of_service(hotel) == node_of_service(mail) == "node1"
    order = Order(by="customer:1", today=BEGINS, at=first.now)
    key = add_mailbox(mail, "alma", password="Syv-kolde-kopper-the", order=order)
    tell_nodes(first.world.company, today=BEGINS, at=moment_of(BEGINS))
    go_on(first, second)
    assert first.opened(first.known[key].password_hash, key).startswith("$2b$")  # type: ignore[union-attr]
    assert not second.known


def test_a_service_from_before_the_first_server_is_laid_out_by_a_person_with_a_reason() -> None:
    world = World("simsoft", BEGINS)
    alma = world.customer(ALMA, "webhotel-small", began_on=BEGINS)
    world.round()
    service_id = service_of(alma)
    words = {"by": "staff:eva", "today": BEGINS, "at": moment_of(BEGINS)}
    with pytest.raises(SetupRefused, match="no server yet"):
        lay_out(world.company, service_id, reason="moved in", **words)  # type: ignore[arg-type]
    house = House(world)
    world.round()
    assert setup_of(service_id) is None, "nothing is laid out by itself: its site may be served elsewhere"
    with pytest.raises(SetupRefused, match="Say why"):
        lay_out(world.company, service_id, reason=" ", **words)  # type: ignore[arg-type]
    lay_out(world.company, service_id, reason="moved in from the old server", **words)  # type: ignore[arg-type]
    tell_nodes(world.company, today=BEGINS, at=moment_of(BEGINS))
    house.settle()
    assert node_of_service(service_id) == "node1"
    assert setups_that_wait(world.company_id) == ()
    assert any(key.startswith("site/") for key in house.known)
    with pytest.raises(SetupRefused, match="laid out already"):
        lay_out(world.company, service_id, reason="again", **words)  # type: ignore[arg-type]
