"""A quarter in the life of a demo company, with all that makes reports hard, and what each evening looked like.

Customers pay early, late, half, without a reference or never; one pays and the bank takes it back; invoices are credited before
and after they were paid; one line has a price of its own and another ends; money comes that nobody knows. On each evening it is
written down, from the open rows of that evening, what everybody owed: later reports about that day must say the same.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date

from django.test import override_settings

from servanda.agreements.reading import catalogue_of
from servanda.business.billing.actions.crediting import credit_invoice, credit_whole_invoice
from servanda.business.billing.facts import InvoiceFacts
from servanda.business.billing.queries import invoices_of_customer, open_totals_by_customer, statements_of
from servanda.business.customers.queries import customers_of
from servanda.business.ledger.facts import Account
from servanda.business.ledger.queries import balances_of_accounts
from servanda.faces.demo import life
from servanda.faces.demo.customers import new_line, sign
from servanda.faces.demo.people import people_of
from servanda.ground.calendar import moment_of
from servanda.ground.citation import Citation
from servanda.ground.money import Money
from servanda.simulation import drivers
from tests.cast import EVA
from tests.stories.world import World
from tests.worlds import Worlds

BEGINS_ON = date(2026, 10, 30)
LIVES_UNTIL = date(2027, 1, 29)
PEOPLE = 9
COMPANIES = ("safe-it", "vicevaert")
BECAUSE = (Citation("Safe IT", "1"),)


@dataclass(frozen=True, slots=True)
class Evening:
    """What a company's books and open rows said at the end of a day."""

    receivable: Money
    open_by_customer: Mapping[int, Money]


@dataclass
class Lived:
    """A company after its quarter, and its evenings."""

    world: World
    evenings: dict[date, Evening] = field(default_factory=dict)

    @property
    def company_id(self) -> int:
        return self.world.company_id

    @property
    def today(self) -> date:
        return self.world.today

    @property
    def invoices(self) -> tuple[InvoiceFacts, ...]:
        """All documents with their lines, charges and allocations, as billing tells them."""
        return tuple(one for who in customers_of(self.company_id) for one in invoices_of_customer(who.customer_id))


def quarter(worlds: Worlds) -> AbstractContextManager[dict[str, Lived]]:
    """Be where all companies have their quarter behind them."""
    return worlds.visited("quarter", _live_all)


def _live_all() -> dict[str, Lived]:
    with override_settings(DRIVERS="servanda.simulation.drivers", DAILY_LIFE=""):
        drivers.post.cache_clear()
        drivers.e_invoice_gate.cache_clear()
        drivers.e_invoice_transport.cache_clear()
        return {slug: live(slug) for slug in COMPANIES}


def live(slug: str) -> Lived:
    """Open the demo company of that name and let it live its quarter."""
    lived = Lived(World(slug, BEGINS_ON))
    _sign(lived.world)
    day = BEGINS_ON
    while day <= LIVES_UNTIL:
        lived.world.live_until(day)
        _meddle(lived, day)
        life.live(lived.world.company, now=moment_of(day))
        lived.evenings[day] = _evening(lived)
        day = date.fromordinal(day.toordinal() + 1)
    return lived


def _sign(world: World) -> None:
    plans = tuple(
        plan.code for product in catalogue_of(world.slug).product for plan in product.plan if plan.interval_months
    )
    for number, person in enumerate(people_of(plans, begins_on=BEGINS_ON, count=PEOPLE)):
        line = new_line(world.slug, person.plan, began_on=person.began_on, quantity=person.quantity)
        if number % 5 == 2:
            line = replace(line, own_price=Money(333_33))
        sign(
            world.company,
            person.details,
            contract=f"K-{person.details.number}",
            lines=(line,),
            today=BEGINS_ON,
            at=moment_of(BEGINS_ON),
        )


def _meddle(lived: Lived, day: date) -> None:
    """Let rare things happen on their days; each helps itself to an invoice that fits."""
    world = lived.world
    if day in (date(2026, 11, 25), date(2026, 12, 18), date(2027, 1, 19)):
        _credit(world, is_paid=False)
        _credit(world, is_paid=True)
    if day in (date(2026, 12, 10), date(2027, 1, 14)):
        _pay_and_take_back(world)
    if day == date(2026, 12, 21):
        _bank(world, Money(777_77), text="ukendt")


def _credit(world: World, *, is_paid: bool) -> None:
    for invoice in _candidates(world, is_paid=is_paid):
        line = invoice.lines[0]
        if is_paid:
            credit_invoice(
                world.company,
                invoice.invoice_id,
                net_by_position={line.position: line.net.split((1, 2))[0]},
                reason="for meget",
                because=BECAUSE,
                by=EVA,
                today=world.today,
                at=moment_of(world.today),
            )
        else:
            credit_whole_invoice(
                world.company,
                invoice.invoice_id,
                reason="forkert",
                because=BECAUSE,
                by=EVA,
                today=world.today,
                at=moment_of(world.today),
            )
        return


def _candidates(world: World, *, is_paid: bool) -> list[InvoiceFacts]:
    found = [one for who in customers_of(world.company_id) for one in invoices_of_customer(who.customer_id)]
    untouched = [one for one in found if one.kind == "invoice" and one.net and one.lines[0].credited_by is None]
    return [one for one in untouched if bool(one.open_principal) is not is_paid and not one.charges][:1]


def _pay_and_take_back(world: World) -> None:
    for invoice in _candidates(world, is_paid=False):
        world.balance = _balance(world)
        world.statements += 100
        world.pay(invoice, invoice.open_principal)
        world.bank(-invoice.open_principal, reference=invoice.reference, is_reversal=True)


def _bank(world: World, amount: Money, *, text: str) -> None:
    world.balance = _balance(world)
    world.statements += 100
    world.bank(amount, text=text)


def _balance(world: World) -> Money:
    found = statements_of(world.company_id, limit=1)
    return found[0].closing if found else Money(0)


def _evening(lived: Lived) -> Evening:
    totals = open_totals_by_customer(lived.company_id, today=lived.today)
    owed = {customer_id: one.open for customer_id, one in totals.items() if one.open}
    return Evening(balances_of_accounts(lived.company_id).get(Account.RECEIVABLE, Money(0)), owed)
