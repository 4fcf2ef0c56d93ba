"""The nodes are told of what pages changed without a round, and once a night what was missed is found."""

from datetime import date, timedelta

import pytest
from pytest_django import Settings

from servanda.business.hosting.actions.changing import Order
from servanda.business.hosting.actions.mail import add_mailbox
from servanda.business.hosting.models import Part, Touched
from servanda.business.hosting.queries import services_of_customer
from servanda.business.nodes.actions.signing import Seal
from servanda.business.nodes.models import NodeReport
from servanda.faces.clock.signing import sign_round
from servanda.faces.clock.telling import compare_everything, tell_all
from servanda.ground.calendar import moment_of
from servanda.simulation import drivers
from tests.business.nodes.house import INSTALL, House
from tests.cast import ALMA
from tests.stories.world import World

BEGINS = date(2026, 9, 1)


@pytest.mark.django_db
def test_a_change_is_told_at_once_and_one_that_was_missed_at_night(settings: Settings) -> None:
    settings.DRIVERS, settings.DAILY_LIFE = "servanda.simulation.drivers", ""
    drivers.post.cache_clear()
    house = House(World("simsoft", BEGINS))
    alma = house.world.customer(ALMA, "webhotel-small", began_on=BEGINS)
    house.world.round()
    house.settle()
    (service,) = services_of_customer(alma)
    order = Order(by="customer:1", today=BEGINS, at=moment_of(BEGINS))
    first = add_mailbox(service.service_id, "a", password="Syv-kolde-kopper-the", order=order)
    assert tell_all(lambda: house.now) == 1
    assert sign_round(Seal(INSTALL, house.signer), lambda: house.now, is_full=True) == 1
    house.take()
    assert first in house.known
    second = add_mailbox(service.service_id, "b", password="Syv-kolde-kopper-the", order=order)
    Touched.objects.all().delete()  # as if the outbox had lost it
    assert tell_all(lambda: house.now) == 0
    assert compare_everything(lambda: house.now) == 1
    house.settle()
    assert second in house.known
    assert Part.objects.filter(kind="mailbox").count() == 2
    assert NodeReport.objects.exists()
    compare_everything(lambda: house.now + timedelta(days=31))
    assert not NodeReport.objects.exists()
