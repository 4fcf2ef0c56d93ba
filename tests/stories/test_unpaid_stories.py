"""One unpaid invoice per provider, lived day by day on the database to its end, beside the timeline that the terms give.

Both run on one set of decisions; here it is seen that the house carries out exactly what the timeline says, on those days.
"""

from datetime import date, timedelta

import pytest

from servanda.agreements.reading import library_of
from servanda.business.billing.queries import invoice_numbered
from servanda.business.dunning.decisions.unpaid import unpaid_timeline
from servanda.business.dunning.queries import open_proposals
from servanda.business.evidence.queries import events_of_customer, events_of_subjects, warrant_of
from servanda.business.hosting.queries import services_of_customer
from servanda.business.ledger.queries import balance_of_customer
from servanda.business.letters.queries import letters_of_customer
from servanda.ground.money import Money
from servanda.terms.clauses import CustomerKind
from tests.cast import BIRK, CARLA
from tests.stories.world import World

pytestmark = pytest.mark.django_db

NOVEMBER_30 = date(2026, 11, 30)
ADVERSE = ("hold.placed", "contract.ended", "fee.charged", "interest.charged", "compensation.charged")
COMPARED = (*ADVERSE, "reminder.sent", "breach.material", "data.purged")


def expected(world: World, product: str, customer: CustomerKind, *, until: date) -> list[tuple[str, str]]:
    """What the timeline gives for the invoice that the story lives through."""
    events = unpaid_timeline(
        library_of(world.slug).version_on(NOVEMBER_30),
        product=product,
        is_service=True,
        customer=customer,
        issued_on=NOVEMBER_30,
        received_on=NOVEMBER_30,
        amount=Money(12_500_00),
        until=until,
    )
    return sorted((event.on.isoformat(), event.event) for event in events if event.event in COMPARED)


def lived(world: World, customer_id: int) -> list[tuple[str, str]]:
    """What evidence has of the first invoice, and of the data of its service."""
    invoice = invoice_numbered(world.company_id, 1001)
    assert invoice is not None
    events = events_of_subjects([f"invoice:{invoice.invoice_id}"])
    purged = [event for event in events_of_customer(customer_id) if event.what == "data.purged"]
    names = {"reminder.written": "reminder.sent"}
    found = [(event.on_day.isoformat(), names.get(event.what, event.what)) for event in (*events, *purged)]
    return sorted(pair for pair in found if pair[1] in COMPARED)


def every_adverse_act_has_its_warrant(customer_id: int) -> bool:
    acts = [event for event in events_of_customer(customer_id) if event.what in ADVERSE]
    return all((warrant_of(event.key) or {}).get("act") == event.what for event in acts) and bool(acts)


def every_act_cites(customer_id: int) -> bool:
    acts = [event for event in events_of_customer(customer_id) if event.what in COMPARED]
    return all(event.because for event in acts)


@pytest.mark.clause("safeit-005", "safeit-045", "safeit-046", "safeit-047", "safeit-050", "safeit-051", "safeit-053")
def test_safe_it_walks_an_unpaid_invoice_to_its_end() -> None:
    world = World("safe-it", NOVEMBER_30)
    birk = world.customer(BIRK, "hosting-yearly", began_on=NOVEMBER_30, price=Money(10_000_00))
    world.live_until(date(2027, 2, 5))
    assert lived(world, birk) == expected(world, "webhosting", CustomerKind.BUSINESS, until=date(2027, 2, 5))
    assert lived(world, birk) == [
        ("2026-12-15", "fee.charged"),
        ("2026-12-15", "reminder.sent"),
        ("2026-12-22", "hold.placed"),
        ("2026-12-22", "reminder.sent"),
        ("2027-01-06", "contract.ended"),
        ("2027-01-06", "fee.charged"),
        ("2027-01-06", "reminder.sent"),
        ("2027-02-05", "data.purged"),
    ]
    assert world.charged(birk, "fee") == Money(200_00)
    assert balance_of_customer(birk) == Money(12_700_00)
    assert [letter.kind for letter in reversed(letters_of_customer(birk))] == [
        *("invoice", "reminder", "reminder", "hold", "closing", "reminder")
    ]
    assert {letter.state for letter in letters_of_customer(birk)} == {"accepted"}
    assert every_adverse_act_has_its_warrant(birk)
    assert every_act_cites(birk)


@pytest.mark.clause(
    "compusoft-038", "compusoft-039", "compusoft-041", "compusoft-096", "compusoft-097", "compusoft-062"
)
def test_compusoft_walks_an_unpaid_invoice_to_its_end() -> None:
    world = World("compusoft", NOVEMBER_30)
    birk = world.customer(BIRK, "hosting-basis", began_on=NOVEMBER_30)
    world.live_until(date(2027, 3, 17))
    assert lived(world, birk) == expected(world, "hosting", CustomerKind.BUSINESS, until=date(2027, 3, 17))
    assert lived(world, birk)[:3] == [
        ("2026-12-09", "hold.placed"),
        ("2026-12-09", "interest.charged"),
        ("2026-12-17", "breach.material"),
    ]
    assert lived(world, birk)[-1] == ("2027-03-17", "data.purged")
    assert world.charged(birk, "interest") == Money(3_000_00)  # four started months of 6 % of 12,500
    assert balance_of_customer(birk) == Money(15_500_00)
    assert every_adverse_act_has_its_warrant(birk)


@pytest.mark.clause(
    "vicevaert-113", "vicevaert-118", "vicevaert-119", "vicevaert-121", "vicevaert-122", "vicevaert-123"
)
def test_vicevaert_walks_an_unpaid_invoice_to_its_end() -> None:
    world = World("vicevaert", NOVEMBER_30)
    birk = world.customer(BIRK, "office-yearly", began_on=date(2026, 12, 8), price=Money(10_000_00))
    world.live_until(date(2027, 1, 14))
    assert world.invoice_of(birk).issued_on == NOVEMBER_30
    expected_events = expected(world, "subscription", CustomerKind.BUSINESS, until=date(2027, 1, 14))
    # The purge rests on a choice of the house, so a second warrant waits for a person: no purge by itself.
    assert lived(world, birk) == [event for event in expected_events if event[1] != "data.purged"]
    assert world.charged(birk, "fee") == Money(300_00)
    assert world.charged(birk, "compensation") == Money(310_00)
    assert world.charged(birk, "interest") == Money(82_19)  # 24 days at 10 %; 2027 is not confirmed and not charged
    assert {service.state for service in services_of_customer(birk)} == {"quarantined"}
    assert every_adverse_act_has_its_warrant(birk)


@pytest.mark.clause("simsoft-041")
def test_simsoft_asks_a_person_because_its_terms_are_silent() -> None:
    world = World("simsoft", NOVEMBER_30)
    birk = world.customer(BIRK, "webhotel-small", began_on=NOVEMBER_30, price=Money(10_000_00))
    world.live_until(date(2027, 3, 1))
    assert lived(world, birk) == []
    invoice = world.invoice_of(birk)
    assert invoice.due_on == date(2026, 12, 14)
    (asked,) = open_proposals(world.company_id)
    assert (asked.act, asked.earliest_on) == ("not_specified", date(2026, 12, 15))
    assert all(service.is_served for service in services_of_customer(birk))
    assert balance_of_customer(birk) == Money(12_500_00)


@pytest.mark.clause("servicepoint-001")
def test_servicepoint_has_no_payment_term_and_so_nothing_becomes_late() -> None:
    world = World("servicepoint", NOVEMBER_30)
    birk = world.customer(BIRK, "cloudnet-yearly", began_on=NOVEMBER_30)
    world.live_until(date(2027, 3, 1))
    assert world.invoice_of(birk).due_on is None
    assert lived(world, birk) == []
    (asked,) = open_proposals(world.company_id)
    assert asked.act == "not_specified"
    assert all(service.is_served for service in services_of_customer(birk))


def test_a_consumer_is_warned_before_anything_is_closed_and_pays_statutory_interest() -> None:
    world = World("compusoft", NOVEMBER_30)
    carla = world.customer(CARLA, "hosting-basis", began_on=NOVEMBER_30)
    world.live_until(date(2026, 12, 31))
    assert lived(world, carla) == expected(world, "hosting", CustomerKind.CONSUMER, until=date(2026, 12, 31))
    assert ("2026-12-22", "hold.placed") in lived(world, carla)
    assert world.charged(carla, "interest") == Money(0)
    assert world.charged(carla, "fee") == Money(0)


@pytest.mark.parametrize(("slug", "plan"), [("safe-it", "hosting-yearly"), ("compusoft", "hosting-basis")])
def test_45_days_without_the_clock_heal_without_a_burst(slug: str, plan: str) -> None:
    world = World(slug, NOVEMBER_30)
    birk = world.customer(BIRK, plan, began_on=NOVEMBER_30, price=Money(10_000_00))
    world.live_until(date(2026, 12, 1))
    world.sleep_until(date(2027, 1, 15))
    world.round()
    first_day = lived(world, birk)
    assert {on for on, _ in first_day} == {"2027-01-15"}
    world.live_until(date(2027, 6, 1))
    invoice = invoice_numbered(world.company_id, 1001)
    assert invoice is not None
    assert invoice.due_on is not None
    # Noticed so many days late, every step comes exactly as many days later, until bank days part them by a few.
    lost = date(2027, 1, 15) - (invoice.due_on + timedelta(days=1))
    undisturbed = expected(
        world, "webhosting" if slug == "safe-it" else "hosting", CustomerKind.BUSINESS, until=date(2027, 6, 1)
    )
    for (on, what), (planned_on, planned) in zip(lived(world, birk), undisturbed, strict=False):
        assert what == planned
        assert date.fromisoformat(on) - date.fromisoformat(planned_on) >= lost - timedelta(days=4)
