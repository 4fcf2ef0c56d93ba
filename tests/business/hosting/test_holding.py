"""What staff do about a service's use: under the terms, with a warrant and a letter; it reaches the node, and ends."""

from datetime import date, timedelta

import pytest

from servanda.business.evidence.actions import NoWarrant, set_brake
from servanda.business.evidence.queries import events_of_subjects, warrant_of
from servanda.business.hosting.actions import end_bulk, lift_expired_holds, place_holds, tell_nodes
from servanda.business.hosting.actions.bulk_mail import ask_for_bulk, grant_bulk, refuse_bulk
from servanda.business.hosting.actions.changing import Order
from servanda.business.hosting.actions.holding import hold_service, lift_hold, stop_sending
from servanda.business.hosting.decisions.deletion import PauseWithoutEnd
from servanda.business.hosting.decisions.holding import BulkRefused, HoldRefused
from servanda.business.hosting.facts import ServiceFacts
from servanda.business.hosting.queries import held_customers, services, services_of_customer
from servanda.business.hosting.queries.mail import bulk_of_service, bulk_wishes
from servanda.business.letters.queries import letters_of_customer
from servanda.ground.calendar import moment_of
from servanda.ground.citation import Citation
from servanda.ground.nodes.kinds.mail import MailDomain
from servanda.ground.nodes.kinds.web import Site
from tests.business.nodes.house import House, kept
from tests.cast import ALMA
from tests.stories.world import World

pytestmark = pytest.mark.usefixtures("quiet")
BEGINS = date(2026, 12, 1)


def house_of(slug: str, plan: str) -> tuple[House, int]:
    house = House(World(slug, BEGINS))
    alma = house.world.customer(ALMA, plan, began_on=BEGINS)
    house.world.round()
    house.settle()
    return house, services_of_customer(alma)[0].service_id


@pytest.fixture
def simsoft() -> tuple[House, int]:
    return house_of("simsoft", "webhotel-small")


@pytest.fixture
def servicepoint() -> tuple[House, int]:
    return house_of("servicepoint", "cloudnet-monthly")


def order(house: House) -> Order:
    return Order(by="staff:eva", today=house.world.today, at=moment_of(house.world.today))


def told(house: House) -> None:
    tell_nodes(house.world.company, today=house.world.today, at=moment_of(house.world.today))
    house.settle()


def service(service_id: int) -> ServiceFacts:
    return services([service_id])[0]


def letters(service_id: int) -> list[tuple[str, str]]:
    return [(one.kind, one.subject) for one in letters_of_customer(service(service_id).customer_id)]


def domain(house: House) -> MailDomain:
    (found,) = kept(house, "mail-domain")
    assert isinstance(found, MailDomain)
    return found


def site(house: House) -> Site:
    (found,) = kept(house, "site")
    assert isinstance(found, Site)
    return found


@pytest.mark.clause("simsoft-017", "simsoft-018")
def test_mail_going_out_is_stopped_for_a_time_and_opens_at_its_minute(simsoft: tuple[House, int]) -> None:
    house, service_id = simsoft
    stop_sending(house.world.company, service_id, reason="forty complaints in an hour", hours=36, order=order(house))
    told(house)
    block = domain(house).outbound_block
    assert block is not None
    assert "2.6" in block.clause
    assert (domain(house).holds, site(house).holds) == ((), ()), "it runs, and receives"
    facts = service(service_id)
    assert facts.is_served
    assert facts.sending_stop is not None
    assert held_customers(house.world.company_id) == frozenset()
    key = facts.sending_stop.warrant_key
    warrant = warrant_of(key)
    assert warrant is not None
    assert [event.by for event in events_of_subjects([f"service:{service_id}"]) if event.key == key] == ["staff:eva"]
    assert ("hold", "Udgående mail er lukket: alma.example") in letters(service_id)
    ends_at = facts.sending_stop.ends_at
    assert ends_at == order(house).at + timedelta(hours=36)
    day = house.world.today + timedelta(days=1)
    assert lift_expired_holds(house.world.company_id, today=day, at=ends_at - timedelta(minutes=1)) == 0
    assert lift_expired_holds(house.world.company_id, today=day, at=ends_at) == 1
    told(house)
    assert domain(house).outbound_block is None


@pytest.mark.clause("simsoft-018")
def test_mail_that_is_stopped_for_good_opens_only_by_a_person(simsoft: tuple[House, int]) -> None:
    house, service_id = simsoft
    stop_sending(house.world.company, service_id, reason="spam again", order=order(house))
    later = moment_of(house.world.today + timedelta(days=400))
    assert lift_expired_holds(house.world.company_id, today=later.date(), at=later) == 0
    with pytest.raises(HoldRefused, match="held for this already"):
        stop_sending(
            house.world.company, service_id, reason="spam again", order=Order(by="staff:eva", today=BEGINS, at=later)
        )
    stop = service(service_id).sending_stop
    assert stop is not None
    with pytest.raises(HoldRefused, match="Say why"):
        lift_hold(house.world.company, service_id, stop.hold_id, reason=" ", order=order(house))
    lift_hold(house.world.company, service_id, stop.hold_id, reason="the script is gone", order=order(house))
    assert service(service_id).sending_stop is None
    assert ("hold", "Udgående mail er åben igen: alma.example") in letters(service_id)
    told(house)
    assert domain(house).outbound_block is None


def test_terms_that_know_no_stop_of_mail_allow_none(servicepoint: tuple[House, int]) -> None:
    house, service_id = servicepoint
    with pytest.raises(HoldRefused):
        stop_sending(house.world.company, service_id, reason="spam", order=order(house))
    assert service(service_id).holds == ()


@pytest.mark.clause("servicepoint-034", "servicepoint-035")
def test_a_pause_for_load_is_short_says_its_reason_and_ends_by_itself(servicepoint: tuple[House, int]) -> None:
    house, service_id = servicepoint
    company = house.world.company
    with pytest.raises(PauseWithoutEnd):
        hold_service(company, service_id, cause="load", reason="four cores for an hour", order=order(house))
    with pytest.raises(PauseWithoutEnd):
        hold_service(company, service_id, cause="load", reason="four cores", hours=5, order=order(house))
    assert service(service_id).holds == ()
    hold_service(company, service_id, cause="load", reason="four cores for an hour", hours=4, order=order(house))
    told(house)
    assert {hold.cause for hold in site(house).holds} == {"load"}
    (letter,) = (one for one in letters_of_customer(service(service_id).customer_id) if one.kind == "hold")
    assert "hensyn til de andre kunder" in letter.text
    assert "Grunden er: four cores for an hour" in letter.text
    (hold,) = service(service_id).open_holds
    assert hold.ends_at is not None
    assert lift_expired_holds(company.company_id, today=BEGINS, at=hold.ends_at) == 1
    told(house)
    assert site(house).holds == ()


def test_the_brake_stops_a_hold_and_not_its_lifting(servicepoint: tuple[House, int]) -> None:
    house, service_id = servicepoint
    company = house.world.company
    hold_service(company, service_id, cause="load", reason="four cores", hours=2, order=order(house))
    set_brake(company.company_id, is_engaged=True, by="staff:eva", reason="doubt", at=order(house).at, today=BEGINS)
    (hold,) = service(service_id).open_holds
    lift_hold(company, service_id, hold.hold_id, reason="a mistake", order=order(house))
    with pytest.raises(NoWarrant, match="brake"):
        hold_service(company, service_id, cause="load", reason="four cores", hours=2, order=order(house))
    assert service(service_id).is_served


def test_a_hold_for_an_invoice_is_not_lifted_from_the_service(simsoft: tuple[House, int]) -> None:
    house, service_id = simsoft
    place_holds(
        [service_id],
        cause="payment",
        invoice_id=None,
        warrant_key="w",
        because=(Citation("simsoft", "5.2"),),
        today=BEGINS,
        at=moment_of(BEGINS),
    )
    (hold,) = service(service_id).open_holds
    with pytest.raises(HoldRefused, match="unpaid invoice"):
        lift_hold(house.world.company, service_id, hold.hold_id, reason="please", order=order(house))


@pytest.mark.clause("servicepoint-019", "servicepoint-020")
def test_leave_for_bulk_is_asked_with_a_number_given_until_a_day_and_ends_by_itself() -> None:
    house, service_id = house_of("simsoft", "webhotel-small")
    company = house.world.company
    for number in (0, -1):
        with pytest.raises(BulkRefused, match="how many"):
            ask_for_bulk(service_id, number, order=order(house))
    ask_for_bulk(service_id, 20_000, order=order(house))
    with pytest.raises(BulkRefused, match="asked already"):
        ask_for_bulk(service_id, 30_000, order=order(house))
    assert [one.messages_a_week for one in bulk_wishes(company.company_id)] == [20_000]
    for way, until in (("carrier pigeon", BEGINS + timedelta(days=9)), ("dedicated", None), ("dedicated", BEGINS)):
        with pytest.raises(BulkRefused):
            grant_bulk(company, service_id, way=way, until=until, order=order(house))
    before = domain(house)
    grant_bulk(company, service_id, way="dedicated", until=BEGINS + timedelta(days=30), order=order(house))
    told(house)
    told_limits = (domain(house).route, domain(house).daily_limit, domain(house).weekly_limit)
    assert told_limits == ("dedicated", 20_000, 20_000)
    assert bulk_wishes(company.company_id) == ()
    assert ("bulk mail", "Masseudsendelse fra alma.example") in letters(service_id)
    assert end_bulk(company.company_id, today=BEGINS + timedelta(days=29), at=order(house).at) == 0
    assert end_bulk(company.company_id, today=BEGINS + timedelta(days=30), at=order(house).at) == 1
    told(house)
    assert domain(house) == before


@pytest.mark.clause("servicepoint-020")
def test_a_no_to_bulk_has_its_reason(simsoft: tuple[House, int]) -> None:
    house, service_id = simsoft
    ask_for_bulk(service_id, 500, order=order(house))
    with pytest.raises(BulkRefused, match="Say why"):
        refuse_bulk(house.world.company, service_id, reason="", order=order(house))
    refuse_bulk(house.world.company, service_id, reason="the list was bought", order=order(house))
    found = bulk_of_service(service_id)
    assert found is not None
    assert (found.state, found.reason) == ("refused", "the list was bought")
    told(house)
    assert domain(house).route == "shared"
