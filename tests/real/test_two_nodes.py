"""One company with two real nodes: each order goes to the emptier one, is served there, and is unknown to the other."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from servanda.business.companies.queries import company as company_of
from servanda.business.customers.queries import customer_numbered
from servanda.business.hosting.queries import services_of_customer, setup_of
from servanda.drivers.node.sealing_key import mark_of_sealing_key
from tests.conftest import Server, a_database
from tests.faces.node.worlds import wait_until
from tests.real.houses import House, a_house, customer, order, refuse_without_daemons, second_node
from tests.real.test_node_life import HOST, KAJ, OLGA, OTHER, PASSWORD, _two_customers, code


@pytest.fixture
def houses(
    database_server: Server,
    template_database: str,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[House, House]]:
    refuse_without_daemons()
    home = tmp_path_factory.mktemp("two-nodes")
    with (
        a_database(database_server, template_database, django_db_blocker) as database,
        a_house(database, home, _two_customers) as house,
        second_node(house, company_of(1), "second") as other,
    ):
        yield house, other


@pytest.mark.slow
def test_each_of_two_nodes_serves_what_was_placed_on_it_and_nothing_else(houses: tuple[House, House]) -> None:
    ordered = (("1001", KAJ, HOST), ("1002", OLGA, OTHER))
    for number, login, domain in ordered:
        page = order(customer(houses[0], "compusoft", number, login, PASSWORD), domain, plan="hosting-web")
        assert "/services/" in page
        wait_until(
            lambda domain=domain: 200 in [code(one, domain) for one in houses], seconds=240, told=houses[0].troubles
        )
    for house in houses:
        house.settle(seconds=240)
    placed = {}
    for number, _, domain in ordered:
        (service,) = services_of_customer(customer_numbered(1, number).customer_id)
        setup = setup_of(service.service_id)
        assert setup is not None
        placed[domain] = setup.node
    assert sorted(placed.values()) == sorted(house.installation.name for house in houses), "each took one"
    for house in houses:
        for domain, name in placed.items():
            answers = code(house, domain)
            assert (answers == 200) == (name == house.installation.name), (domain, name, answers)
    assert mark_of_sealing_key(houses[0].layout) != mark_of_sealing_key(houses[1].layout)
