"""An exceptional load: who is written to, when a pause may follow, and that it never lasts longer than the clause says."""

from datetime import date, timedelta

import pytest

from servanda.business.contracts.actions import agree_deviation
from servanda.business.contracts.facts import Deviation
from servanda.business.contracts.queries import line as line_of
from servanda.business.evidence.queries import events_of_subjects
from servanda.business.hosting.actions import lift_expired_holds
from servanda.business.hosting.actions.changing import Order
from servanda.business.hosting.actions.holding import hold_service
from servanda.business.hosting.actions.tasks import TaskRefused, end_task
from servanda.business.hosting.decisions.deletion import PauseWithoutEnd
from servanda.business.hosting.decisions.load import is_beyond, look_at_load
from servanda.business.hosting.facts import LoadFound, TaskFacts
from servanda.business.hosting.queries import services, services_of_customer
from servanda.business.hosting.queries.tasks import NoSuchTask, open_tasks, task_tally
from servanda.business.hosting.queries.terms import asked_of
from servanda.business.letters.queries import letters_of_customer
from servanda.ground.calendar import moment_of
from servanda.ground.nodes.wanted import Measurement
from servanda.terms.clauses import SpecialAgreement, UsageLimit
from servanda.terms.ruled import ruled
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
def servicepoint() -> tuple[House, int]:
    return house_of("servicepoint", "cloudnet-monthly")


def busy(house: House, *, millicores: int = 2000, processes: int = 7) -> None:
    (site,) = kept(house, "site")
    figures = {"cpu_millicores": millicores, "processes": processes}
    house.report(measurements=(Measurement(key=site.key, day=house.world.today.isoformat(), figures=figures),))


def order(house: House, *, hours: float = 0) -> Order:
    at = moment_of(house.world.today) + timedelta(hours=hours)
    return Order(by="staff:eva", today=house.world.today, at=at)


def tasks(house: House) -> list[TaskFacts]:
    return [one for one in open_tasks(house.world.company_id) if one.kind == "load"]


def written(service_id: int) -> list[str]:
    found = letters_of_customer(services([service_id])[0].customer_id)
    return [one.text for one in found if one.kind == "load"]


@pytest.mark.clause("servicepoint-033", "servicepoint-034")
def test_a_load_is_told_to_its_owner_and_to_a_person_once(servicepoint: tuple[House, int]) -> None:
    house, service_id = servicepoint
    busy(house)
    busy(house, millicores=3500, processes=4)
    (task,) = tasks(house)
    assert (task.facts["millicores"], task.facts["processes"], task.facts["is_told"]) == (3500, 7, True)
    assert [one.clause for one in task.because] == ["3.3"]
    (letter,) = written(service_id)
    assert "2,0 processorkerner" in letter
    assert "hensyn til de andre kunder" in letter
    assert services([service_id])[0].is_served, "it is told, and nothing is stopped"
    (found,) = (one for one in events_of_subjects([f"service:{service_id}"]) if one.what == "load.found")
    assert found.because == task.because
    tally = task_tally([house.world.company_id])
    assert tally is not None


@pytest.mark.clause("servicepoint-033")
def test_what_was_seen_to_is_told_again_on_another_day_and_not_on_the_same(servicepoint: tuple[House, int]) -> None:
    house, service_id = servicepoint
    busy(house)
    (task,) = tasks(house)
    with pytest.raises(TaskRefused, match="what came of it"):
        end_task(house.world.company, task.task_id, outcome=" ", order=order(house))
    end_task(house.world.company, task.task_id, outcome="the import is done", order=order(house))
    with pytest.raises(NoSuchTask, match="seen to already"):
        end_task(house.world.company, task.task_id, outcome="again", order=order(house))
    busy(house)
    assert (tasks(house), len(written(service_id))) == ([], 1)
    house.world.live_until(BEGINS + timedelta(days=1))
    busy(house)
    assert (len(tasks(house)), len(written(service_id))) == (1, 2)


@pytest.mark.clause("servicepoint-036")
def test_a_special_agreement_sets_the_limit_from_its_day(servicepoint: tuple[House, int]) -> None:
    house, service_id = servicepoint
    service = services([service_id])[0]
    special = ruled(asked_of(house.world.company, service, SpecialAgreement, today=BEGINS))
    agreed = Deviation(
        about="resource limits", name="cpu-percent", value="300", since=BEGINS, reason="Import", approved_by="eva"
    )
    contract_id = line_of(service.line_id).contract_id
    agree_deviation(contract_id, agreed, special, today=BEGINS, at=moment_of(BEGINS), by="staff:eva")
    busy(house, millicores=2900)
    assert (tasks(house), written(service_id)) == ([], [])
    busy(house, millicores=3100)
    assert len(tasks(house)) == len(written(service_id)) == 1


def test_where_a_person_looks_first_the_owner_is_not_written_to(servicepoint: tuple[House, int]) -> None:
    house, service_id = servicepoint
    service = services([service_id])[0]
    load = LoadFound(millicores=2000, processes=3)
    answer = asked_of(house.world.company, service, UsageLimit, today=BEGINS, selector=(("of", "any"),))
    assert answer.rule is None, "these terms say nothing of other uses"
    found = look_at_load(load, answer, service_id=1, today=BEGINS)
    assert found is not None
    assert (found.tells_customer, found.because) == (False, ())


@pytest.mark.parametrize(
    ("millicores", "processes", "cores_agreed", "processes_agreed", "beyond"),
    [
        (1000, 100, None, None, False),
        (1001, 0, None, None, True),
        (0, 101, None, None, True),
        (2000, 0, 2000, None, False),
        (2001, 0, 2000, None, True),
        (0, 150, 2000, 150, False),
        (600, 0, 500, None, True),
    ],
)
def test_what_is_beyond(
    millicores: int, processes: int, cores_agreed: int | None, processes_agreed: int | None, *, beyond: bool
) -> None:
    load = LoadFound(
        millicores=millicores, processes=processes, millicores_agreed=cores_agreed, processes_agreed=processes_agreed
    )
    assert is_beyond(load) is beyond


@pytest.mark.clause("servicepoint-035")
def test_pauses_together_last_no_longer_than_the_clause_unless_a_load_is_found_anew(
    servicepoint: tuple[House, int],
) -> None:
    house, service_id = servicepoint
    company = house.world.company
    busy(house)
    seen_at = tasks(house)[0].facts["seen_at"]

    def pause(hours: int, *, at: float) -> None:
        hold_service(company, service_id, cause="load", reason="busy", hours=hours, order=order(house, hours=at))

    def lift(at: float) -> int:
        return lift_expired_holds(company.company_id, today=house.world.today, at=order(house, hours=at).at)

    since = (order(house).at - moment_of(BEGINS)) / timedelta(hours=1)
    assert seen_at <= order(house, hours=since).at.isoformat()
    pause(3, at=1)
    assert lift(4) == 1
    with pytest.raises(PauseWithoutEnd, match="more than the 4 hours"):
        pause(2, at=5)
    assert services([service_id])[0].is_served
    pause(1, at=5)
    assert lift(6) == 1
    with pytest.raises(PauseWithoutEnd):
        pause(1, at=7)
    house.world.live_until(BEGINS + timedelta(days=1))
    busy(house)
    pause(4, at=1)
    assert not services([service_id])[0].is_served
