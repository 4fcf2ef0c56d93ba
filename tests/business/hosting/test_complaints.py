"""Complaints become tasks with the clauses that they touch; a person judges, and holds only where the terms allow it."""

from datetime import date

import pytest

from servanda.business.evidence.queries import events_of_subjects
from servanda.business.hosting.actions.changing import Order
from servanda.business.hosting.actions.complaints import receive_complaint
from servanda.business.hosting.actions.mail import add_mailbox
from servanda.business.hosting.actions.tasks import TaskRefused, end_task
from servanda.business.hosting.decisions.complaints import hold_proposed
from servanda.business.hosting.decisions.holding import HoldRefused
from servanda.business.hosting.queries import services
from servanda.business.hosting.queries.tasks import open_tasks, tasks_of_service
from servanda.business.hosting.queries.terms import asked_of
from servanda.ground.calendar import moment_of
from servanda.ground.nodes.wanted import Measurement
from servanda.terms.clauses import Suspension
from tests.business.hosting.test_load import house_of
from tests.business.nodes.house import House

pytestmark = pytest.mark.usefixtures("quiet")
BEGINS = date(2026, 12, 1)
ORDER = Order(by="staff:eva", today=BEGINS, at=moment_of(BEGINS))


@pytest.fixture
def servicepoint() -> tuple[House, int]:
    return house_of("servicepoint", "cloudnet-monthly")


@pytest.mark.clause("servicepoint-017", "servicepoint-022")
@pytest.mark.parametrize(
    ("about", "clauses"),
    [("spam", ["6.1", "6.2"]), ("phishing", ["5.1", "6.1"]), ("attack", ["5.1", "5.1"]), ("other", [])],
)
def test_a_complaint_is_a_task_with_the_clauses_it_touches(
    servicepoint: tuple[House, int], about: str, clauses: list[str]
) -> None:
    house, service_id = servicepoint
    receive_complaint(
        house.world.company, service_id, about=about, source="mail", words="From Carla, 40 mails", order=ORDER
    )
    (task,) = open_tasks(house.world.company_id)
    assert [one.clause for one in task.because] == clauses
    assert task.words == "From Carla, 40 mails"
    (event,) = (one for one in events_of_subjects([f"service:{service_id}"]) if one.what == "complaint.received")
    assert "Carla" not in str(event.facts), "the record names nobody"
    assert services([service_id])[0].is_served, "a complaint holds nothing"


def test_a_complaint_says_what_and_how_it_came(servicepoint: tuple[House, int]) -> None:
    house, service_id = servicepoint
    company = house.world.company
    with pytest.raises(TaskRefused, match="Write what"):
        receive_complaint(company, service_id, about="spam", source="mail", words=" ", order=ORDER)
    for about, source in (("rudeness", "mail"), ("spam", "carrier pigeon")):
        with pytest.raises(HoldRefused, match="Choose what"):
            receive_complaint(company, service_id, about=about, source=source, words="40 mails", order=ORDER)
    with pytest.raises(TaskRefused, match="no such service"):
        receive_complaint(company, service_id + 1, about="spam", source="mail", words="40 mails", order=ORDER)
    assert open_tasks(company.company_id) == ()


@pytest.mark.clause("servicepoint-006")
def test_the_hold_that_may_follow_is_that_of_the_terms(servicepoint: tuple[House, int]) -> None:
    house, service_id = servicepoint
    service = services([service_id])[0]
    abuse = asked_of(house.world.company, service, Suspension, today=BEGINS, selector=(("cause", "abuse"),))
    proposed = hold_proposed(abuse)
    assert proposed.may_be_held
    assert proposed.because
    load = asked_of(house.world.company, service, Suspension, today=BEGINS, selector=(("cause", "load"),))
    assert hold_proposed(load).hours_max == 4


@pytest.mark.clause("servicepoint-017", "servicepoint-018")
def test_mail_that_a_server_refused_opens_one_task(servicepoint: tuple[House, int]) -> None:
    house, service_id = servicepoint
    key = add_mailbox(service_id, "alma", password="four horses eat blue hay", quota_gb=1, order=ORDER)
    house.world.round()
    house.settle()

    def told(refused: int, day: str = "2026-12-01") -> None:
        house.report(measurements=(Measurement(key=key, day=day, figures={"refused": refused, "limited": 9}),))

    told(0)
    assert open_tasks(house.world.company_id) == ()
    for refused in (1, 40, 41):
        told(refused)
    (task,) = tasks_of_service(service_id)
    assert (task.kind, task.facts["source"], task.words) == ("complaint", "mail gate", "alma@alma.example")
    assert [one.clause for one in task.because] == ["6.1", "6.2"]
    end_task(house.world.company, task.task_id, outcome="a newsletter; asks for leave now", order=ORDER)
    told(45)
    assert open_tasks(house.world.company_id) == ()
    told(2, day="2026-12-02")
    assert len(open_tasks(house.world.company_id)) == 1
