"""Space: who comes near to what was agreed is told once, nothing is stopped, and what is ordered is given."""

from datetime import date

import pytest

from servanda.business.billing.actions.changing_lines import change_billed_line
from servanda.business.billing.queries import invoices_of_customer
from servanda.business.contracts.queries import line as line_of
from servanda.business.evidence.queries import events_of_subjects
from servanda.business.hosting.actions import tell_nodes
from servanda.business.hosting.decisions.sizing import step_of
from servanda.business.hosting.queries import services, services_of_customer, setup_of
from servanda.business.hosting.queries.usage import excesses
from servanda.business.letters.queries import letters_of_customer
from servanda.ground.calendar import moment_of
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import Measurement
from tests.business.nodes.house import House, kept
from tests.cast import ALMA
from tests.stories.world import World

pytestmark = pytest.mark.usefixtures("quiet")
BEGINS = date(2026, 12, 1)
GB = 1_000_000_000


@pytest.fixture
def house() -> House:
    return House(World("compusoft", BEGINS))


@pytest.fixture
def service_id(house: House) -> int:
    alma = house.world.customer(ALMA, "hosting-web", began_on=BEGINS)
    house.world.round()
    house.settle()
    return services_of_customer(alma)[0].service_id


def site(house: House) -> Site:
    (found,) = kept(house, "site")
    assert isinstance(found, Site)
    return found


def measure(house: House, *, gigabytes: float) -> None:
    figures = {"disk_bytes": int(gigabytes * GB), "inodes": 10}
    house.report(measurements=(Measurement(key=site(house).key, day=house.world.today.isoformat(), figures=figures),))


def warnings(service_id: int) -> list[str]:
    written = letters_of_customer(services([service_id])[0].customer_id)
    return sorted(one.subject for one in written if one.kind == "storage")


@pytest.mark.clause("compusoft-051")
@pytest.mark.parametrize(
    ("used", "step"), [(0, 0), (79, 0), (80, 80), (89, 80), (90, 90), (99, 90), (100, 100), (101, 100), (900, 100)]
)
def test_the_steps_of_a_warning(used: int, step: int) -> None:
    assert step_of(used, 100) == step


@pytest.mark.clause("compusoft-051", "vicevaert-016")
def test_each_step_is_told_once_a_month_and_nothing_is_stopped(house: House, service_id: int) -> None:
    measure(house, gigabytes=19)
    assert warnings(service_id) == []
    for size in (20, 21, 23, 25.3, 25.3):
        measure(house, gigabytes=size)
    assert warnings(service_id) == [f"Plads: alma.example har brugt {step} %" for step in (100, 80, 90)]
    (over,) = (one for one in events_of_subjects([f"service:{service_id}"]) if one.what == "storage.over")
    assert over.on_day == BEGINS
    assert [citation.clause for citation in over.because] == ["14.5"]
    (excess,) = excesses(house.world.company_id, since=BEGINS)
    assert (excess.service_id, excess.used, excess.agreed) == (service_id, 25_300_000_000, 25 * GB)
    assert services([service_id])[0].is_served
    tell_nodes(house.world.company, today=BEGINS, at=moment_of(BEGINS))
    house.settle()
    assert site(house).holds == ()
    house.world.live_until(date(2027, 1, 1))
    measure(house, gigabytes=25.3)
    assert len(warnings(service_id)) == 4


@pytest.mark.clause("compusoft-052", "vicevaert-016", "vicevaert-017")
def test_more_that_is_ordered_is_given_and_billed_for_the_rest_of_the_time(house: House, service_id: int) -> None:
    measure(house, gigabytes=30)
    company = house.world.company
    service = services([service_id])[0]
    before = len(invoices_of_customer(service.customer_id))
    change_billed_line(
        company,
        service.line_id,
        plan_code="hosting-basis",
        quantity=1,
        reason="30 GB measured, 25 agreed; the customer ordered 50",
        because=(),
        by="staff:eva",
        today=BEGINS,
        at=moment_of(BEGINS),
    )
    assert line_of(service.line_id).plan_code == "hosting-basis"
    assert len(invoices_of_customer(service.customer_id)) == before + 1
    house.world.round()
    house.settle()
    assert site(house).disk_bytes == 50 * GB
    assert setup_of(service_id).package.disk_gb == 50  # type: ignore[union-attr]
    assert excesses(house.world.company_id, since=BEGINS) == ()
    house.world.round()
    resized = [one for one in events_of_subjects([f"service:{service_id}"]) if one.what == "service.resized"]
    assert [one.facts["after"] for one in resized] == ["1 × hosting-basis"]
