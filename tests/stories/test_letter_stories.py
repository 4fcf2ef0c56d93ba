"""What customers get in writing, and what becomes of those who leave: letters read as they were sent."""

from datetime import date, timedelta

import pytest

from servanda.business.billing.queries import invoices_of_customer
from servanda.business.contracts.actions import receive_notice
from servanda.business.contracts.facts import GivenNotice
from servanda.business.contracts.queries import ending_terms_of, lines_of_customer
from servanda.business.hosting.queries import services_of_customer
from servanda.business.letters.facts import LetterFacts
from servanda.business.letters.queries import document, letters_of_customer
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money
from tests.cast import BIRK
from tests.stories.world import World

pytestmark = pytest.mark.django_db

NOVEMBER_30 = date(2026, 11, 30)


def read(letter: LetterFacts) -> str:
    """Return the attached document of a letter that the receiving server accepted."""
    assert letter.state == "accepted"
    content = document(letter.document_sha256)
    assert content is not None
    return content.decode()


def letters(customer_id: int, kind: str) -> list[LetterFacts]:
    """Return the letters of a kind, the oldest first."""
    return [letter for letter in reversed(letters_of_customer(customer_id)) if letter.kind == kind]


def the_invoice(plan: str, slug: str = "safe-it") -> str:
    world = World(slug, NOVEMBER_30)
    birk = world.customer(BIRK, plan, began_on=NOVEMBER_30)
    world.live_until(NOVEMBER_30 + timedelta(days=1))
    return read(letters(birk, "invoice")[0])


@pytest.mark.clause("safeit-010")
@pytest.mark.parametrize(
    ("plan", "is_warned"),
    [
        ("hosting-yearly", True),
        ("m365-basic-monthly", True),
        ("pc-monthly", True),
        ("web-monthly", True),
        ("laptop", False),
        ("consulting-hour", False),
    ],
)
def test_an_invoice_over_subscriptions_says_that_late_payment_interrupts_them(plan: str, is_warned: bool) -> None:
    warning = "Betaling til tiden er nødvendig, for at ydelserne ikke bliver afbrudt."
    assert (warning in the_invoice(plan)) is is_warned


@pytest.mark.clause("safeit-012", "safeit-014", "compusoft-040", "vicevaert-126", "simsoft-040")
@pytest.mark.parametrize(
    ("slug", "plan"),
    [("safe-it", "hosting-yearly"), ("compusoft", "hosting-basis"), ("vicevaert", "office-yearly")],
)
def test_an_invoice_says_what_to_pay_without_and_with_vat_and_to_which_account(slug: str, plan: str) -> None:
    world = World(slug, NOVEMBER_30)
    birk = world.customer(BIRK, plan, began_on=NOVEMBER_30, price=Money(10_000_00))
    world.live_until(NOVEMBER_30 + timedelta(days=1))
    printed = read(letters(birk, "invoice")[0])
    invoice, company = world.invoice_of(birk), world.company
    for text in ("Uden moms: 10.000,00 kr.", "25 %", "2.500,00 kr.", "I alt: 12.500,00 kr."):
        assert text in printed
    for text in (company.bank_registration, company.bank_account, company.iban, invoice.reference):
        assert text
        assert text in printed


@pytest.mark.clause("safeit-051", "safeit-052", "safeit-046")
def test_the_later_reminders_of_safe_it_name_what_is_owed_until_when_and_what_may_be_lost() -> None:
    world = World("safe-it", NOVEMBER_30)
    birk = world.customer(BIRK, "hosting-yearly", began_on=NOVEMBER_30, price=Money(10_000_00))
    world.live_until(date(2027, 1, 6))
    first, second, third = (read(letter) for letter in letters(birk, "reminder"))
    for text in (second, third):
        assert "hjemmesider og filer på vores servere går tabt" in text
        assert "sikkerhedskopierne går tabt" in text
        assert "12.500,00 kr." in text
    assert "går tabt" not in first
    assert "mandag den 21. december 2026" in first
    assert "mandag den 28. december 2026" in second
    assert "lørdag den 16. januar 2027" in third
    assert "inkasso" in third.lower()
    assert "inkasso" not in second.lower()
    assert "I alt: 12.700,00 kr." in third  # with the fees of the first and the third


def leave(world: World, customer_id: int) -> None:
    """Let a customer give written notice today, on all lines."""
    for line in lines_of_customer(customer_id):
        receive_notice(
            line.line_id,
            GivenNotice(given_on=world.today, channel="e-mail"),
            ending_terms_of(line, on=world.today),
            today=world.today,
            at=moment_of(world.today),
        )


@pytest.mark.clause("safeit-202", "safeit-203", "safeit-204", "safeit-061")
def test_who_leaves_safe_it_is_reminded_of_the_data_and_pays_nothing_for_leaving() -> None:
    began, world = date(2027, 4, 1), World("safe-it", date(2027, 5, 28))
    birk = world.customer(BIRK, "hosting-monthly", began_on=began)
    world.live_until(date(2027, 5, 31))
    leave(world, birk)
    world.live_until(date(2027, 7, 29))
    assert [letter.on_day for letter in letters(birk, "export")] == [date(2027, 6, 16), date(2027, 6, 27)]
    assert "onsdag den 30. juni 2027" in read(letters(birk, "export")[0])
    (service,) = services_of_customer(birk)
    assert (service.state, service.purge_on) == ("quarantined", date(2027, 7, 30))
    world.live_until(date(2027, 7, 30))
    assert services_of_customer(birk)[0].purged_on == date(2027, 7, 30)
    lines = [line for invoice in invoices_of_customer(birk) for line in invoice.lines]
    assert {line.line_id for line in lines} == {line.line_id for line in lines_of_customer(birk)}
    assert max(line.until for line in lines if line.until) == date(2027, 7, 1)


@pytest.mark.clause("compusoft-059", "compusoft-062")
def test_who_leaves_compusoft_is_reminded_to_print_their_data() -> None:
    world = World("compusoft", date(2026, 12, 29))
    birk = world.customer(BIRK, "hosting-basis", began_on=date(2026, 7, 1))
    world.live_until(date(2026, 12, 30))
    leave(world, birk)
    world.bank(Money(100_000_00), reference=world.invoice_of(birk).reference)
    world.sleep_until(date(2027, 6, 15))
    world.live_until(date(2027, 7, 1))
    assert [letter.on_day for letter in letters(birk, "export")] == [date(2027, 6, 16), date(2027, 6, 27)]
    (service,) = services_of_customer(birk)
    assert (service.state, service.purge_on) == ("quarantined", date(2027, 9, 30))


@pytest.mark.clause("compusoft-096", "compusoft-098")
def test_after_a_rescission_compusoft_sends_no_more_invoices() -> None:
    world = World("compusoft", NOVEMBER_30)
    birk = world.customer(BIRK, "hosting-basis", began_on=NOVEMBER_30)
    world.live_until(date(2026, 12, 17))
    closing = letters(birk, "closing")[0]
    assert closing.on_day == date(2026, 12, 17)
    assert "skulle være betalt tirsdag den 8. december 2026 og er det ikke" in read(closing)
    world.sleep_until(date(2027, 12, 20))
    world.live_until(date(2027, 12, 22))
    assert len(invoices_of_customer(birk)) == 1
