"""A price rises in the catalogue: whom it binds, from which period, and who keeps the old one or leaves."""

from datetime import date, timedelta

import msgspec
import pytest
from pytest_django import DjangoAssertNumQueries

from servanda.agreements.reading import catalogue_of
from servanda.business.billing.queries import due_contracts, invoices_of_customer
from servanda.business.billing.queries.prices import pricing_of
from servanda.business.catalogue.actions import load_catalogue
from servanda.business.catalogue.queries import prices_of
from servanda.business.contracts.actions import (
    AnnouncedPrice,
    ContractRefused,
    announce_price,
    follow_prices,
    leave_because_of_price,
)
from servanda.business.contracts.facts import GivenNotice
from servanda.business.contracts.queries import changes_of, lines_of_customer
from servanda.business.evidence.queries import events_of_customer
from servanda.business.letters.facts import LetterFacts
from servanda.business.letters.queries import letters_of_customer
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money
from servanda.simulation import drivers
from servanda.terms.catalogue import Catalogue, CataloguePrice
from tests.cast import ALMA, BIRK, CARLA, EVA
from tests.stories.world import World

pytestmark = pytest.mark.django_db

REASON = "Vores leverandør er blevet dyrere."
FEBRUARY = date(2027, 2, 1)
JULY = date(2027, 7, 1)


def with_price(catalogue: Catalogue, plan_code: str, price: CataloguePrice) -> Catalogue:
    replace = msgspec.structs.replace
    return replace(
        catalogue,
        product=tuple(
            replace(
                product,
                plan=tuple(
                    replace(plan, price=(*plan.price, price)) if plan.code == plan_code else plan
                    for plan in product.plan
                ),
            )
            for product in catalogue.product
        ),
    )


def new_price(world: World, plan: str, amount: str, *, since: date) -> None:
    """Let the catalogue say from today what the plan will cost."""
    raised = with_price(catalogue_of(world.slug), plan, CataloguePrice(since=since, amount=amount, source="plausible"))
    load_catalogue(world.company_id, raised, today=world.today, at=moment_of(world.today))


def announce(
    world: World, plan: str, *, since: date, change: str = "", reason: str = REASON, approved_by: str = EVA
) -> AnnouncedPrice:
    return announce_price(
        world.company,
        plan,
        since=since,
        reason=reason,
        approved_by=approved_by,
        change=change,
        today=world.today,
        at=moment_of(world.today),
        by=EVA,
    )


def billed(customer_id: int) -> dict[date, Money]:
    """Return the price of each period that was billed, by its first day."""
    lines = [line for invoice in invoices_of_customer(customer_id) for line in invoice.lines]
    return {line.since: line.unit for line in sorted(lines, key=lambda line: line.since or date.min) if line.since}


def price_letter(customer_id: int) -> LetterFacts:
    (letter,) = [one for one in letters_of_customer(customer_id) if one.kind == "price"]
    return letter


@pytest.mark.clause("safeit-039", "safeit-042")
def test_thirty_days_after_the_delivered_letter_the_new_price_holds_and_without_one_the_old_price_does() -> None:
    """Birk's mail is refused, and Carla is a consumer who could not leave by then."""
    world = World("safe-it", date(2026, 12, 30))
    december = date(2026, 12, 1)
    alma, birk, carla = (world.customer(one, "hosting-monthly", began_on=december) for one in (ALMA, BIRK, CARLA))
    new_price(world, "hosting-monthly", "99.00", since=FEBRUARY)
    drivers.post().reject(BIRK.email, is_permanent=True)
    world.live_until(date(2027, 1, 2))
    announced = announce(world, "hosting-monthly", since=FEBRUARY)
    assert (announced.letters, announced.told, announced.free, announced.kept) == (3, 3, 0, 0)
    world.round()
    world.live_until(date(2027, 2, 26))
    for customer_id, february in ((alma, 99_00), (birk, 89_00), (carla, 89_00)):
        assert billed(customer_id)[date(2027, 1, 1)] == Money(89_00)
        assert billed(customer_id)[FEBRUARY] == Money(february)
    citations = [str(citation) for citation in invoices_of_customer(alma)[0].because]
    assert "safe-it 5.2" in citations
    assert [event.what for event in events_of_customer(alma)].count("price.told") == 1
    assert [event.what for event in events_of_customer(birk)].count("price.told") == 0


def test_the_letter_says_both_prices_the_first_day_the_reason_the_clause_and_the_way_out() -> None:
    world = World("safe-it", date(2027, 1, 2))
    alma, carla = (world.customer(one, "hosting-monthly", began_on=date(2027, 1, 1)) for one in (ALMA, CARLA))
    new_price(world, "hosting-monthly", "99.00", since=FEBRUARY)
    announce(world, "hosting-monthly", since=FEBRUARY)
    danish, english = price_letter(alma), price_letter(carla)
    for said in ("89,00 kr.", "99,00 kr.", "mandag den 1. februar 2027", REASON, "opsige aftalen", "uden moms"):
        assert said in danish.text, said
    for said in ("DKK 89.00", "DKK 99.00", "Sunday 1 August 2027", "Saturday 31 July 2027", "free of charge"):
        assert said in english.text, said
    assert danish.paper is not None
    assert "5.2" in str(danish.paper["because"])
    assert danish.key == f"price:{changes_of(world.company_id)[0].change_id}:{alma}"


@pytest.mark.clause("safeit-042")
def test_a_late_letter_moves_the_price_to_the_next_period_that_its_days_allow() -> None:
    world = World("safe-it", date(2027, 1, 3))
    alma = world.customer(ALMA, "hosting-monthly", began_on=date(2027, 1, 1))
    new_price(world, "hosting-monthly", "99.00", since=FEBRUARY)
    announce(world, "hosting-monthly", since=FEBRUARY)
    assert "tirsdag den 2. februar 2027" in price_letter(alma).text
    world.live_until(date(2027, 3, 31))
    assert list(billed(alma).values()) == [Money(89_00), Money(89_00), Money(99_00)]


def test_who_concludes_after_the_price_began_pays_it_and_an_own_price_stays() -> None:
    world = World("safe-it", date(2027, 1, 29))
    own = world.customer(ALMA, "hosting-monthly", began_on=date(2027, 1, 1), price=Money(50_00))
    old = world.customer(CARLA, "hosting-monthly", began_on=date(2027, 1, 1))
    new_price(world, "hosting-monthly", "99.00", since=FEBRUARY)
    world.live_until(FEBRUARY)
    new = world.customer(BIRK, "hosting-monthly", began_on=FEBRUARY)
    world.live_until(date(2027, 2, 26))
    assert billed(own)[FEBRUARY] == Money(50_00)
    assert billed(old)[FEBRUARY] == Money(89_00), "nobody told them"
    assert billed(new)[FEBRUARY] == Money(99_00)
    assert announce(world, "hosting-monthly", since=FEBRUARY).told == 1


def test_a_lower_price_holds_at_once_for_everybody_and_is_not_announced() -> None:
    world = World("safe-it", date(2027, 1, 29))
    alma = world.customer(ALMA, "hosting-monthly", began_on=date(2027, 1, 1))
    new_price(world, "hosting-monthly", "79.00", since=FEBRUARY)
    world.live_until(date(2027, 2, 26))
    assert list(billed(alma).values()) == [Money(89_00), Money(79_00)]
    with pytest.raises(ContractRefused, match="holds by itself"):
        announce(world, "hosting-monthly", since=FEBRUARY)


@pytest.mark.clause("compusoft-091")
@pytest.mark.parametrize(
    ("sent_on", "price", "said"),
    [
        (date(2027, 5, 22), Money(12_000_00), "torsdag den 1. juli 2027"),
        (date(2027, 5, 23), Money(10_000_00), "lørdag den 1. juli 2028"),
    ],
)
def test_a_larger_rise_at_compusoft_needs_forty_days_before_the_renewal(sent_on: date, price: Money, said: str) -> None:
    world = World("compusoft", sent_on - timedelta(days=1))
    alma = world.customer(ALMA, "hosting-basis", began_on=date(2026, 7, 1))
    new_price(world, "hosting-basis", "12000.00", since=JULY)
    world.live_until(sent_on)
    assert announce(world, "hosting-basis", since=JULY).told == 1
    world.round()
    world.live_until(date(2027, 6, 2))
    assert billed(alma) == {date(2026, 7, 1): Money(10_000_00), JULY: price}
    letter = price_letter(alma)
    assert said in letter.text
    assert letter.accepted_on == sent_on


@pytest.mark.clause("compusoft-091")
def test_who_could_no_longer_leave_in_the_ordinary_way_may_leave_until_the_renewal() -> None:
    world = World("compusoft", date(2027, 5, 22))
    alma = world.customer(ALMA, "hosting-basis", began_on=date(2026, 7, 1))
    new_price(world, "hosting-basis", "12000.00", since=JULY)
    announced = announce(world, "hosting-basis", since=JULY)
    assert "onsdag den 30. juni 2027" in price_letter(alma).text
    (line,) = lines_of_customer(alma)
    given = GivenNotice(given_on=date(2027, 5, 30), channel="e-mail")
    receipt = leave_because_of_price(
        announced.change_id, line.line_id, given, today=world.today, at=moment_of(world.today), by=EVA
    )
    assert (receipt.ends_on, receipt.is_late) == (date(2027, 6, 30), False)
    late = GivenNotice(given_on=JULY, channel="e-mail")
    receipt = leave_because_of_price(
        announced.change_id, line.line_id, late, today=world.today, at=moment_of(world.today), by=EVA
    )
    assert receipt.ends_on is None, "a person looks at it"


@pytest.mark.clause("compusoft-089")
def test_an_ordinary_rise_at_compusoft_needs_no_letter_but_its_record_with_reason_and_approver() -> None:
    world = World("compusoft", date(2027, 5, 28))
    alma = world.customer(ALMA, "hosting-basis", began_on=date(2026, 7, 1))
    new_price(world, "hosting-basis", "10400.00", since=JULY)
    new_price(world, "hosting-team", "20000.00", since=JULY)
    with pytest.raises(ContractRefused, match="who approved it"):
        announce(world, "hosting-basis", since=JULY, approved_by=" ")
    with pytest.raises(ContractRefused, match="more than 5"):
        announce(world, "hosting-team", since=JULY, change="ordinary")
    assert changes_of(world.company_id) == ()
    announced = announce(world, "hosting-basis", since=JULY, change="ordinary")
    assert (announced.letters, announced.free) == (0, 1)
    (change,) = changes_of(world.company_id)
    assert (change.draft.change, change.reason, change.approved_by) == ("ordinary", REASON, EVA)
    world.live_until(date(2027, 6, 2))
    assert billed(alma)[JULY] == Money(10_400_00)
    assert "compusoft 8.4" in [str(citation) for citation in world.invoice_of(alma).because]


def test_an_ordinary_rise_that_nobody_recorded_binds_nobody() -> None:
    world = World("compusoft", date(2027, 5, 28))
    alma = world.customer(ALMA, "hosting-basis", began_on=date(2026, 7, 1))
    new_price(world, "hosting-basis", "10400.00", since=JULY)
    world.live_until(date(2027, 6, 2))
    assert billed(alma)[JULY] == Money(10_000_00)


@pytest.mark.clause("vicevaert-012", "vicevaert-032", "vicevaert-106")
@pytest.mark.parametrize(
    ("sent_on", "is_rejected", "price"),
    [
        (date(2027, 6, 1), False, Money(1_200_00)),
        (date(2027, 6, 2), False, Money(1_068_00)),
        (date(2027, 6, 1), True, Money(1_068_00)),
    ],
)
def test_at_vicevaert_a_month_before_the_new_period_is_in_time(sent_on: date, is_rejected: bool, price: Money) -> None:
    world = World("vicevaert", sent_on)
    alma = world.customer(ALMA, "office-yearly", began_on=date(2026, 7, 1))
    new_price(world, "office-yearly", "1200.00", since=JULY)
    if is_rejected:
        drivers.post().reject(ALMA.email, is_permanent=True)
    announce(world, "office-yearly", since=JULY)
    world.round()
    world.sleep_until(JULY - timedelta(days=1))
    world.live_until(JULY)
    assert billed(alma)[JULY] == price


def test_where_the_terms_know_no_change_of_a_price_nobody_is_told_and_nobody_pays_it() -> None:
    world = World("simsoft", date(2026, 12, 30))
    alma = world.customer(ALMA, "webhotel-small", began_on=date(2026, 1, 1))
    new_price(world, "webhotel-small", "9000.00", since=date(2027, 1, 1))
    announced = announce(world, "webhotel-small", since=date(2027, 1, 1))
    assert (announced.letters, announced.told, announced.free, announced.kept) == (0, 0, 0, 1)
    world.live_until(date(2027, 1, 4))
    assert len({price.minor for price in billed(alma).values()}) == 1


def test_announcing_again_writes_only_to_who_came_under_the_old_price_meanwhile() -> None:
    world = World("safe-it", date(2027, 1, 2))
    alma = world.customer(ALMA, "hosting-monthly", began_on=date(2027, 1, 1))
    new_price(world, "hosting-monthly", "99.00", since=FEBRUARY)
    first = announce(world, "hosting-monthly", since=FEBRUARY)
    birk = world.customer(BIRK, "hosting-monthly", began_on=date(2027, 1, 2))
    again = announce(world, "hosting-monthly", since=FEBRUARY, reason="", approved_by="")
    assert (first.letters, again.letters, again.told) == (1, 1, 2)
    assert again.change_id == first.change_id
    assert price_letter(alma).key != price_letter(birk).key
    assert follow_prices(world.company, today=world.today, at=moment_of(world.today)) == 0
    world.round()
    assert follow_prices(world.company, today=world.today, at=moment_of(world.today)) == 0, "the round did it"
    assert [event.what for event in events_of_customer(alma)].count("price.told") == 1


@pytest.mark.parametrize(
    ("plan", "since", "change", "said"),
    [
        ("hosting-monthly", date(2027, 3, 1), "", "no new price from 2027-03-01"),
        ("hosting-monthly", FEBRUARY, "ordinary", "of the class material, not ordinary"),
        ("web-monthly", date(2025, 1, 1), "", "no new price from 2025-01-01"),
    ],
)
def test_what_does_not_stand_in_the_catalogue_or_is_another_class_is_refused(
    plan: str, since: date, change: str, said: str
) -> None:
    world = World("safe-it", date(2027, 1, 2))
    new_price(world, "hosting-monthly", "99.00", since=FEBRUARY)
    with pytest.raises(ContractRefused, match=said):
        announce(world, plan, since=since, change=change)
    assert changes_of(world.company_id) == ()


def test_risen_prices_cost_two_questions_for_a_whole_batch(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    world = World("safe-it", date(2027, 1, 2))
    for one in (ALMA, BIRK, CARLA):
        world.customer(one, "hosting-monthly", began_on=date(2027, 1, 1))
    world.round()
    company, today = world.company, FEBRUARY
    contracts = due_contracts(company.company_id, today=today, limit=99)
    assert len(contracts) == 3
    before = prices_of(world.company_id)
    with django_assert_num_queries(0):
        assert pricing_of(company, before, contracts).lines == {}
    new_price(world, "hosting-monthly", "99.00", since=FEBRUARY)
    after = prices_of(world.company_id)
    with django_assert_num_queries(2):
        assert len(pricing_of(company, after, contracts).lines) == 3
