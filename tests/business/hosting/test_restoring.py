"""Giving back: by the customer where the terms say so, else on a written request, with its price agreed before it begins."""

import secrets
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from servanda.business.catalogue.models import Plan
from servanda.business.evidence.queries import events_of_subjects
from servanda.business.hosting.actions.changing import Order
from servanda.business.hosting.actions.errands import order_restore
from servanda.business.hosting.actions.restoring import (
    agree_on_restore,
    answer_restore,
    ask_for_restore,
    begin_restore,
)
from servanda.business.hosting.decisions.changing import ChangeRefused
from servanda.business.hosting.decisions.restoring import RestoreRefused
from servanda.business.hosting.facts import TaskFacts
from servanda.business.hosting.models import Errand
from servanda.business.hosting.queries import errands_of_service, services, services_of_customer
from servanda.business.hosting.queries.tasks import tasks_of_service
from servanda.business.letters.queries import letters_of_customer
from servanda.ground.calendar import moment_of
from servanda.terms.packages import HostingPackage, package_to_json
from tests.business.hosting.test_load import house_of
from tests.business.nodes.house import House
from tests.cast import ALMA as WHO
from tests.stories.world import World

pytestmark = pytest.mark.usefixtures("quiet")
BEGINS = date(2026, 12, 1)
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
STAFF = Order(by="staff:eva", today=BEGINS, at=moment_of(BEGINS))
ALMA = Order(by="customer:1", today=BEGINS, at=moment_of(BEGINS))
SNAPSHOT = "0123456789abcdef"
WISH = {"snapshot": SNAPSHOT, "what": "file", "into": "in place", "path": "htdocs/index.php"}


@pytest.fixture
def compusoft() -> tuple[House, int]:
    return house_of("compusoft", "hosting-web")


def task(service_id: int) -> TaskFacts:
    return tasks_of_service(service_id)[0]


def restored(service_id: int, order: Order, into: str = "in place") -> None:
    order_restore(
        service_id,
        snapshot=SNAPSHOT,
        errand=secrets.token_hex(16),
        what="file",
        path="htdocs/index.php",
        into=into,  # type: ignore[arg-type]
        order=order,
        now=NOW,
    )


@pytest.mark.clause("compusoft-061")
def test_what_staff_give_back_for_pay_is_estimated_agreed_and_only_then_begun(compusoft: tuple[House, int]) -> None:
    house, service_id = compusoft
    company = house.world.company
    for order in (STAFF, ALMA):
        with pytest.raises(ChangeRefused, match="written request"):
            restored(service_id, order)
    restored(service_id, ALMA, into="preview")
    assert [one.kind for one in errands_of_service(service_id)] == ["preview"]
    house.world.round()
    number = ask_for_restore(service_id, WISH, order=ALMA)
    with pytest.raises(RestoreRefused, match="a moment ago"):
        ask_for_restore(service_id, WISH, order=ALMA)
    assert [one.clause for one in task(service_id).because] == ["12.4"]
    with pytest.raises(RestoreRefused, match="what it costs"):
        begin_restore(company, number, errand="e" * 32, order=STAFF, now=NOW)
    for hours, reason, rate, why in (
        (Decimal(2), "", Decimal(900), "Say why"),
        (Decimal(2), "their own mistake", None, "Write the one of the price list"),
        (Decimal(99), "their own mistake", Decimal(900), "Estimate between"),
    ):
        with pytest.raises(RestoreRefused, match=why):
            answer_restore(company, number, hours=hours, reason=reason, rate=rate, order=STAFF)
    answer_restore(company, number, hours=Decimal(2), reason="their own mistake", rate=Decimal(900), order=STAFF)
    assert (task(service_id).state, task(service_id).offer["price_minor"]) == ("offered", 180_000)
    (letter,) = (one for one in letters_of_customer(services([service_id])[0].customer_id) if one.kind == "restore")
    assert "2 timers arbejde, i alt 1.800,00" in letter.text
    with pytest.raises(RestoreRefused):
        begin_restore(company, number, errand="e" * 32, order=STAFF, now=NOW)
    agree_on_restore(service_id, number, order=ALMA)
    Errand.objects.filter(kind="preview").update(state="done")
    begin_restore(company, number, errand="e" * 32, order=STAFF, now=NOW)
    assert (task(service_id).state, task(service_id).outcome) == ("done", "e" * 32)
    ordered = next(one for one in events_of_subjects([f"service:{service_id}"]) if one.what == "restore.ordered")
    assert ordered.facts["request"] == number


@pytest.mark.clause("safeit-173", "safeit-174", "safeit-175")
def test_what_was_the_providers_fault_costs_nothing_and_begins_at_once() -> None:
    package = HostingPackage(
        source="plausible", has_site=True, disk_gb=5, php="8.2", has_certificate=True, copies_daily=30
    )
    world = World("safe-it", BEGINS)
    plan = Plan.objects.filter(product__company_id=world.company_id, product__code="webhosting").first()
    assert plan is not None
    if plan.hosting is None:
        Plan.objects.filter(pk=plan.pk).update(hosting=package_to_json(package))
    house = House(world)
    alma = world.customer(WHO, plan.code, began_on=BEGINS)
    world.round()
    house.settle()
    service_id = services_of_customer(alma)[0].service_id
    with pytest.raises(ChangeRefused, match="written request"):
        restored(service_id, ALMA)
    number = ask_for_restore(service_id, WISH, order=ALMA)
    answer_restore(house.world.company, number, hours=None, reason="our disk failed", order=STAFF)
    offer = task(service_id).offer
    assert (task(service_id).state, offer["is_charged"], offer["reason"]) == ("agreed", False, "our disk failed")
    (letter,) = (one for one in letters_of_customer(alma) if one.kind == "restore")
    assert "Vi kan ikke love, at alt kommer tilbage" in letter.text
    begin_restore(house.world.company, number, errand="f" * 32, order=STAFF, now=NOW)
    second = ask_for_restore(service_id, WISH, order=Order(by="customer:1", today=BEGINS, at=NOW))
    answer_restore(house.world.company, second, hours=Decimal(1), reason="a hole of theirs", order=STAFF)
    assert task(service_id).offer["price_minor"] == 85_000, "the standard hour of the terms"


@pytest.mark.clause("servicepoint-097", "servicepoint-098")
def test_where_the_customer_gives_back_nobody_is_asked() -> None:
    _house, service_id = house_of("servicepoint", "cloudnet-monthly")
    restored(service_id, ALMA)
    assert [one.kind for one in errands_of_service(service_id)] == ["restore"]
