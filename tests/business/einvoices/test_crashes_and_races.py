"""A worker that dies in the middle, and two at once: every document is delivered once, and none is forgotten."""

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connections
from django.db.utils import IntegrityError, InternalError
from django.utils import timezone
from pytest_django import Settings

from servanda.business.companies.queries import moment_for, today_of
from servanda.business.einvoices.actions import (
    begin_documents,
    claim_documents,
    give_up_expired,
    keep_made,
    record_hand_over,
)
from servanda.business.einvoices.facts import EDocumentFacts, HandedOver, Made, References, State
from servanda.business.einvoices.models import Content, EDocument
from servanda.business.einvoices.queries import documents_in, newest_documents
from servanda.drivers.einvoices import CVR, Identifier, Parcel
from servanda.faces.clock import carriage
from servanda.faces.clock.carriage import carry
from servanda.faces.clock.rounds import run_round
from servanda.simulation import drivers
from tests.cast import ALMA
from tests.stories.test_e_invoice_stories import BEGAN_ON, BEGINS_ON, KOMMUNE, NET, OIOUBL
from tests.stories.world import World


@pytest.fixture(autouse=True)
def memory_drivers(settings: Settings) -> None:
    settings.DRIVERS, settings.DAILY_LIFE = "servanda.simulation.drivers", ""
    for made in (drivers.post, drivers.e_invoice_gate, drivers.e_invoice_transport):
        made.cache_clear()


def issued(*customers: object) -> World:
    """A company whose invoices are issued, and no e-document has been begun."""
    world = World("safe-it", BEGINS_ON)
    for details in customers:
        world.customer(details, "hosting-monthly", began_on=BEGAN_ON, price=NET)  # type: ignore[arg-type]
    run_round(world.company, now=timezone.now())
    return world


def all_of(world: World) -> tuple[EDocumentFacts, ...]:
    return newest_documents(world.company_id)


@pytest.mark.django_db
def test_a_sender_that_dies_after_the_access_point_took_it_leaves_it_delivered_once() -> None:
    world = issued(KOMMUNE)
    now = timezone.now()
    begin_documents(world.company, today=world.today)
    carriage._make_all(world.company, carriage.drivers_now(), lambda: now)
    carriage._judge_all(world.company, drivers.e_invoice_gate, lambda: now)
    (claimed,) = claim_documents(world.company_id, limit=9, now=now)
    drivers.e_invoice_transport().send(carriage._parcel(claimed, world.company))  # and here the worker dies
    assert claim_documents(world.company_id, limit=9, now=now) == ()
    assert give_up_expired(world.company_id, now=now + timedelta(minutes=2)) == 0  # another sender has it still
    later = now + timedelta(minutes=4)
    assert carry(world.company_id, lambda: later) == 1
    (document,) = all_of(world)
    assert (document.state, document.attempts) == (State.SENT, 2)
    assert [parcel.key for parcel in drivers.e_invoice_transport().taken] == [document.key]


@pytest.mark.django_db
def test_a_maker_that_dies_leaves_the_document_to_the_next_one() -> None:
    world = issued(KOMMUNE)
    begin_documents(world.company, today=world.today)
    (due,) = documents_in(world.company_id, State.DUE)
    made = Made(content=b"<x/>", references=References(), endpoint=KOMMUNE.ean)
    now = timezone.now()
    today, at = today_of(world.company, now=now), moment_for(world.company, now=now)
    assert keep_made(due.document_id, made, today=today, at=at) is State.MADE
    assert keep_made(due.document_id, made, today=today, at=at) is None  # a second maker finds it done
    assert record_hand_over(due.document_id, HandedOver("taken", "x"), today=today, at=at, now=now) is None


@pytest.mark.django_db
def test_begun_twice_is_begun_once() -> None:
    world = issued(KOMMUNE, OIOUBL)
    assert [begin_documents(world.company, today=world.today) for _ in range(2)] == [2, 0]
    assert all(one.on_day == date(2026, 9, 1) for one in all_of(world))


@pytest.mark.django_db
def test_a_customer_by_mail_gets_no_e_document() -> None:
    world = issued(ALMA)
    assert begin_documents(world.company, today=world.today) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"xml_sha256": "0"},
        {"number": "7"},
        {"checked_with": ["nothing"]},
        {"endpoint": "5798000000002"},
        {"sent_on": date(2026, 9, 9)},
        {"receipt": "another"},
    ],
)
def test_what_was_handed_over_cannot_be_changed(change: dict[str, object]) -> None:
    world = issued(KOMMUNE)
    carry(world.company_id, timezone.now)
    with pytest.raises((IntegrityError, InternalError)):
        EDocument.objects.update(**change)


@pytest.mark.django_db
def test_a_kept_file_cannot_be_changed_or_removed() -> None:
    world = issued(KOMMUNE)
    carry(world.company_id, timezone.now)
    with pytest.raises((IntegrityError, InternalError)):
        Content.objects.update(content=b"other")


def test_two_workers_at_once_hand_each_document_over_once(real_database: object, settings: Settings) -> None:
    people = [KOMMUNE, *(_numbered(number) for number in range(6))]
    world = issued(*people)
    barrier = threading.Barrier(2)
    failed: list[BaseException] = []

    def work() -> None:
        try:
            barrier.wait()
            for _ in range(3):
                carry(world.company_id, timezone.now)
        except BaseException as error:
            failed.append(error)
        finally:
            connections["default"].close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failed == []
    found = all_of(world)
    assert [(one.state, one.attempts) for one in found] == [(State.SENT, 1)] * len(people)
    assert len(drivers.e_invoice_transport().taken) == len(people)


def _numbered(number: int) -> object:
    return replace(OIOUBL, number=f"20{number:02d}")


def test_a_parcel_of_the_same_key_is_taken_once() -> None:
    parcel = Parcel(
        key="k",
        content=b"<x/>",
        kind="invoice",
        format="oioubl 2.1",
        number="1",
        sender=Identifier("13748136", CVR),
        recipient=Identifier("13748136", CVR),
    )
    transport = drivers.e_invoice_transport()
    transport.send(parcel)
    transport.send(parcel)
    assert transport.taken == (parcel,)
