"""A database sold by itself: what takes it offline, what never does, and whose passwords it takes."""

from datetime import date, timedelta

import pytest

from servanda.business.hosting.actions import tell_nodes
from servanda.business.hosting.actions.changing import Order
from servanda.business.hosting.actions.databases import add_database_user, allow_networks
from servanda.business.hosting.actions.holding import hold_service, stop_sending
from servanda.business.hosting.decisions.changing import ChangeRefused
from servanda.business.hosting.decisions.holding import HoldRefused
from servanda.ground.calendar import moment_of
from servanda.ground.nodes.kinds.backups import BackupPlan
from servanda.ground.nodes.kinds.databases import Database
from tests.business.hosting.test_load import house_of
from tests.business.nodes.house import House, kept

pytestmark = pytest.mark.usefixtures("quiet")
BEGINS = date(2026, 12, 1)
ORDER = Order(by="customer:1", today=BEGINS, at=moment_of(BEGINS))


@pytest.fixture
def cloudsql() -> tuple[House, int]:
    return house_of("servicepoint", "cloudsql-small")


def told(house: House) -> tuple[Database, BackupPlan]:
    tell_nodes(house.world.company, today=BEGINS, at=moment_of(BEGINS))
    house.settle()
    (database,), (plan,) = kept(house, "database"), kept(house, "backup")
    assert isinstance(database, Database)
    assert isinstance(plan, BackupPlan)
    return database, plan


@pytest.mark.clause("servicepoint-035", "servicepoint-077")
def test_a_pause_closes_it_and_it_is_copied_all_the_same(cloudsql: tuple[House, int]) -> None:
    house, service_id = cloudsql
    before, plan_before = told(house)
    assert (before.holds, before.allow) == ((), ()), "it runs, and nobody comes from outside"
    hold_service(house.world.company, service_id, cause="load", reason="busy", hours=2, order=ORDER)
    database, plan = told(house)
    assert [hold.cause for hold in database.holds] == ["load"]
    assert (plan, plan.holds) == (plan_before, ())
    hold_service(house.world.company, service_id, cause="abuse", reason="attacks", warned_on=BEGINS, order=ORDER)
    database, plan = told(house)
    assert [hold.cause for hold in database.holds] == ["load"], "what is held for abuse is the site, and here is none"
    assert plan.holds == ()


def test_it_has_no_mail_that_could_be_stopped(cloudsql: tuple[House, int]) -> None:
    house, service_id = cloudsql
    with pytest.raises(HoldRefused, match="no mail here"):
        stop_sending(house.world.company, service_id, reason="spam", order=ORDER)


@pytest.mark.clause("servicepoint-083", "servicepoint-085")
@pytest.mark.parametrize("password", ["short", "Password123", "s1-main-s1-main", "aaaaaaaaaaaaaaaa"])
def test_an_easy_password_opens_no_user(cloudsql: tuple[House, int], password: str) -> None:
    house, service_id = cloudsql
    key = told(house)[0].key
    with pytest.raises(ChangeRefused):
        add_database_user(service_id, key, "app", password=password, order=ORDER)
    assert told(house)[0].users == ()


@pytest.mark.clause("servicepoint-076", "servicepoint-083")
def test_what_is_open_stays_open_through_a_hold_and_back(cloudsql: tuple[House, int]) -> None:
    house, service_id = cloudsql
    key = told(house)[0].key
    add_database_user(service_id, key, "app", password="Gron-Hest-flyver-17-gange", order=ORDER)
    allow_networks(service_id, key, networks=("192.0.2.7",), order=ORDER)
    before, _plan = told(house)
    hold_service(house.world.company, service_id, cause="load", reason="busy", hours=1, order=ORDER)
    during, _plan = told(house)
    assert (during.allow, len(during.users)) == (("192.0.2.7/32",), 1)
    house.world.live_until(BEGINS + timedelta(days=1))
    after, _plan = told(house)
    assert after == before, "released, it is what it was"
