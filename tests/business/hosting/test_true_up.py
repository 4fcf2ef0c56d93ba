"""A use beyond what was agreed: shown with its figures first, changed forward only, and only as the clause allows."""

from datetime import date, timedelta

import pytest

from servanda.business.billing.actions.changing_lines import change_billed_line
from servanda.business.billing.actions.true_up import follow_uses, offer_change
from servanda.business.billing.queries import invoices_of_customer
from servanda.business.catalogue.models import Plan
from servanda.business.contracts.queries import line as line_of
from servanda.business.evidence.actions import set_brake
from servanda.business.hosting.actions.changing import Order
from servanda.business.hosting.actions.mail import add_mailbox
from servanda.business.hosting.actions.true_up import agree_on_use
from servanda.business.hosting.decisions.true_up import Covering, PlanOffer, UseRefused, covering
from servanda.business.hosting.facts import Over, TaskFacts, UseFound
from servanda.business.hosting.queries import services, services_of_customer
from servanda.business.hosting.queries.tasks import open_tasks, tasks_of_service
from servanda.business.hosting.queries.true_up import proposed_change
from servanda.business.letters.queries import letters_of_customer
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money
from servanda.ground.nodes.wanted import Measurement
from servanda.terms.packages import HostingPackage, package_to_json
from tests.business.nodes.house import House, kept
from tests.cast import ALMA
from tests.stories.world import World

pytestmark = pytest.mark.usefixtures("quiet")
BEGINS = date(2026, 12, 1)
NEXT_WEEK = BEGINS + timedelta(days=7)
GB = 1_000_000_000
SMALL = HostingPackage(
    source="plausible", has_site=True, disk_gb=50, files_max=1000, php="8.2", mailboxes=10, mailbox_gb=1
)
LARGE = HostingPackage(
    source="plausible", has_site=True, disk_gb=100, files_max=1000, php="8.2", mailboxes=25, mailbox_gb=1
)


def house_of(slug: str, plan: str) -> tuple[House, int]:
    house = House(World(slug, BEGINS))
    alma = house.world.customer(ALMA, plan, began_on=BEGINS)
    house.world.round()
    house.settle()
    return house, services_of_customer(alma)[0].service_id


@pytest.fixture
def compusoft() -> tuple[House, int]:
    return house_of("compusoft", "hosting-web")


@pytest.fixture
def vicevaert() -> tuple[House, int]:
    """Return the house of a provider that bills more, with plans that give something of a server."""
    world = World("vicevaert", BEGINS)
    for code, package in (("web-mail-2-years", SMALL), ("web-mail-3-years", LARGE)):
        rows = Plan.objects.filter(product__company_id=world.company_id, code=code)
        rows.update(hosting=package_to_json(package), interval_months=24)
    house = House(world)
    alma = world.customer(ALMA, "web-mail-2-years", began_on=BEGINS)
    world.round()
    house.settle()
    return house, services_of_customer(alma)[0].service_id


def measure(house: House, gigabytes: float) -> None:
    (site,) = kept(house, "site")
    figures = {"disk_bytes": int(gigabytes * GB), "inodes": 10}
    house.report(measurements=(Measurement(key=site.key, day=house.world.today.isoformat(), figures=figures),))


def order(house: House) -> Order:
    return Order(by="staff:eva", today=house.world.today, at=moment_of(house.world.today))


def waiting(house: House) -> TaskFacts:
    (found,) = (one for one in open_tasks(house.world.company_id) if one.kind == "use")
    return found


def letters(service_id: int) -> list[str]:
    return [one.text for one in letters_of_customer(services([service_id])[0].customer_id) if one.kind == "use"]


def uses(**used: int) -> UseFound:
    return UseFound(
        service_id=1,
        uses=tuple(Over(what=what, used=count, agreed=0) for what, count in used.items()),
        day=BEGINS,
        days=1,
    )


@pytest.mark.clause("vicevaert-015", "vicevaert-016")
@pytest.mark.parametrize(
    ("used", "quantity", "expected"),
    [
        ({"disk": 40 * GB, "mailboxes": 12}, 1, Covering(plan="small", quantity=2)),
        ({"disk": 63 * GB}, 1, Covering(plan="large", quantity=1)),
        ({"disk": 101 * GB}, 1, None),
        ({"mailboxes": 31}, 3, Covering(plan="small", quantity=4)),
        ({"mailboxes": 21}, 1, Covering(plan="large", quantity=1)),
        ({"database": 1}, 1, None),
    ],
)
def test_the_cheapest_change_that_covers_a_use(used: dict[str, int], quantity: int, expected: Covering | None) -> None:
    offers = [
        PlanOffer(code="small", price=Money(10_000), package=SMALL),
        PlanOffer(code="large", price=Money(25_000), package=LARGE),
    ]
    assert covering(offers, uses(**used), quantity=quantity) == expected


@pytest.mark.clause("compusoft-051", "compusoft-052")
def test_a_scope_is_agreed_anew_only_with_the_customers_yes(compusoft: tuple[House, int]) -> None:
    house, service_id = compusoft
    company, service = house.world.company, services([service_id])[0]
    measure(house, 24)
    assert open_tasks(company.company_id) == ()
    measure(house, 30)
    measure(house, 31)
    task = waiting(house)
    assert (task.opened_on, task.facts["disk_used"], task.facts["disk_agreed"]) == (BEGINS, 31 * GB, 25 * GB)
    assert [one.clause for one in task.because] == ["14.5"]
    assert proposed_change(company, service, today=BEGINS) == Covering(plan="hosting-basis", quantity=1)
    for day in (None, BEGINS):
        with pytest.raises(UseRefused, match="day to come"):
            offer_change(company, task.task_id, plan_code="hosting-basis", quantity=1, from_on=day, order=order(house))
    offer_change(company, task.task_id, plan_code="hosting-basis", quantity=1, from_on=NEXT_WEEK, order=order(house))
    (letter,) = letters(service_id)
    assert "31,0 GB brugt, 25,0 GB aftalt" in letter
    assert "Vi ændrer intet, før du har sagt ja" in letter
    house.world.live_until(NEXT_WEEK + timedelta(days=1))
    measure(house, 31)
    house.world.round()
    assert line_of(service.line_id).plan_code == "hosting-web", "nobody said yes"
    invoices = len(invoices_of_customer(service.customer_id))
    agree_on_use(service_id, task.task_id, order=Order(by="customer:1", today=house.world.today, at=order(house).at))
    with pytest.raises(UseRefused, match="Nothing is offered"):
        agree_on_use(service_id, task.task_id, order=order(house))
    house.world.round()
    house.settle()
    assert line_of(service.line_id).plan_code == "hosting-basis"
    assert len(invoices_of_customer(service.customer_id)) == invoices + 1
    assert [one.outcome for one in tasks_of_service(service_id)] == ["1 × hosting-basis"]


@pytest.mark.clause("vicevaert-016", "vicevaert-017")
def test_more_is_billed_from_the_day_on_that_was_shown_with_its_figures(vicevaert: tuple[House, int]) -> None:
    house, service_id = vicevaert
    company, service = house.world.company, services([service_id])[0]
    measure(house, 63)
    task = waiting(house)
    assert [one.clause for one in task.because] == ["2.4"]
    assert proposed_change(company, service, today=BEGINS) == Covering(plan="web-mail-3-years", quantity=1)
    offer_change(company, task.task_id, plan_code="web-mail-3-years", quantity=1, from_on=NEXT_WEEK, order=order(house))
    assert "Vil du hellere bruge mindre" in letters(service_id)[0]
    house.world.live_until(NEXT_WEEK - timedelta(days=1))
    assert line_of(service.line_id).plan_code == "web-mail-2-years"
    set_brake(company.company_id, is_engaged=True, by="staff:eva", reason="doubt", at=order(house).at, today=BEGINS)
    house.world.live_until(NEXT_WEEK)
    assert line_of(service.line_id).plan_code == "web-mail-2-years", "the brake is on"
    set_brake(company.company_id, is_engaged=False, by="staff:eva", reason="seen", at=order(house).at, today=NEXT_WEEK)
    house.world.round()
    assert line_of(service.line_id).plan_code == "web-mail-3-years"
    bill = invoices_of_customer(service.customer_id)[0]
    assert bill.issued_on == NEXT_WEEK
    assert follow_uses(company, today=NEXT_WEEK, at=order(house).at) == 0


@pytest.mark.clause("vicevaert-016")
def test_who_uses_less_before_the_day_pays_no_more(vicevaert: tuple[House, int]) -> None:
    house, service_id = vicevaert
    company, service = house.world.company, services([service_id])[0]
    measure(house, 63)
    task = waiting(house)
    offer_change(company, task.task_id, plan_code="web-mail-3-years", quantity=1, from_on=NEXT_WEEK, order=order(house))
    house.world.live_until(BEGINS + timedelta(days=3))
    measure(house, 49)
    assert open_tasks(company.company_id) == ()
    house.world.live_until(NEXT_WEEK)
    assert line_of(service.line_id).plan_code == "web-mail-2-years"
    measure(house, 64)
    assert open_tasks(company.company_id) == (), "one task a month"


@pytest.mark.clause("vicevaert-015")
def test_mailboxes_beyond_a_smaller_number_are_counted_when_the_number_falls(vicevaert: tuple[House, int]) -> None:
    house, service_id = vicevaert
    company = house.world.company
    for number in range(10):
        add_mailbox(service_id, f"box{number}", password="four horses eat blue hay", quota_gb=1, order=order(house))
    Plan.objects.filter(product__company_id=company.company_id, code="web-mail-3-years").update(
        hosting=package_to_json(HostingPackage(source="plausible", has_site=True, disk_gb=50, php="8.2", mailboxes=4))
    )
    service = services([service_id])[0]
    change_billed_line(
        company, service.line_id, plan_code="web-mail-3-years", quantity=2, reason="fewer", because=(), by="staff:eva",
        today=BEGINS, at=order(house).at,
    )  # fmt: skip
    house.world.round()
    task = waiting(house)
    assert (task.facts["mailboxes_used"], task.facts["mailboxes_agreed"]) == (10, 8)
    offered = proposed_change(company, service, today=BEGINS)
    assert offered is not None
    assert offered in (Covering(plan="web-mail-3-years", quantity=3), Covering(plan="web-mail-2-years", quantity=2))
