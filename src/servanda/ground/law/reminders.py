"""What may a reminder, a compensation and a collection cost, and when does a claim lapse?

The caps of § 9 b are applied to every debtor: whether businesses may agree on more could not be verified.
"""

from datetime import date
from decimal import Decimal

from servanda.ground.calendar import add_months
from servanda.ground.citation import Citation
from servanda.ground.dated import Dated, Since
from servanda.ground.money import Money

REMINDER_FEE = Citation("Renteloven", "§ 9 b, stk. 2")
# U 2008.1083 V refused the second fee because the letters lay less than ten days apart.
REMINDER_SPACING = Citation("Renteloven", "§ 9 b, stk. 2, jf. U 2008.1083 V")
COLLECTION_FEE = Citation("Renteloven", "§ 9 b, stk. 3")
LATE_PAYMENT_COMPENSATION = Citation("Renteloven", "§ 9 a, stk. 3")
COLLECTION_COSTS = Citation("Bekendtgørelse om udenretlige inddrivelsesomkostninger", "bilag 1", "476/2016")
COLLECTION_NOTICE = Citation("Inkassoloven", "§ 10")
LIMITATION = Citation("Forældelsesloven", "§ 3, stk. 1")

FEE_SPACING_DAYS = 10
COLLECTION_NOTICE_DAYS = 10
LIMITATION_YEARS = 3
LIMITATION_ALERT_MONTHS = 30

# In force with lov nr. 379 af 6. juni 2002, which extended the rules to all creditors. Fees include any VAT.
FEE_MAX: Dated[Money] = Dated("The highest fee for a reminder", (Since(date(2002, 8, 1), Money(100_00), REMINDER_FEE),))
FEES_MAX: Dated[int] = Dated(
    "The number of reminder fees in one continuous arrears", (Since(date(2002, 8, 1), 3, REMINDER_FEE),)
)
COLLECTION_FEE_MAX: Dated[Money] = Dated(
    "The highest fee for handing over to a collector",
    (Since(date(2002, 8, 1), Money(100_00), COLLECTION_FEE),),
)
# Businesses and public bodies only, never consumers; once for each claim that is paid late.
COMPENSATION: Dated[Money] = Dated(
    "The compensation for late payment", (Since(date(2013, 3, 1), Money(310_00), LATE_PAYMENT_COMPENSATION),)
)


def fee_refusal(*, fee_letters_on: tuple[date, ...], last_letter_on: date | None, today: date) -> Citation | None:
    """Return the provision that forbids a reminder fee today, or None when a fee is lawful.

    `fee_letters_on` are the letters with a fee in this continuous arrears, whichever invoices they named;
    `last_letter_on` is the last reminder with or without a fee.
    """
    fees_max = FEES_MAX.on(today)
    if len(fee_letters_on) >= fees_max.value:
        return fees_max.source
    letters_on = (*fee_letters_on, *((last_letter_on,) if last_letter_on else ()))
    if letters_on and (today - max(letters_on)).days < FEE_SPACING_DAYS:
        return REMINDER_SPACING
    return None


def collection_cost_cap(claim: Money) -> Money:
    """Return the most that the debtor pays for a third party's collection of the claim, before VAT."""
    for claim_max, cost_max in _COLLECTION_COSTS:
        if claim <= claim_max:
            return cost_max
    top_claim, top_cost = _COLLECTION_COSTS[-1]
    return top_cost + (claim - top_claim).times(_SHARE_ABOVE)


def limitation_on(due_on: date) -> date:
    """Return the day on which the claim lapses, unless it was acknowledged or brought to court before."""
    return add_months(due_on, 12 * LIMITATION_YEARS)


def limitation_alert_on(due_on: date) -> date:
    """Return the day to warn the operator: half a year before the claim lapses."""
    return add_months(due_on, LIMITATION_ALERT_MONTHS)


_COLLECTION_COSTS = (
    (Money(1_000_00), Money(400_00)),
    (Money(2_500_00), Money(700_00)),
    (Money(5_000_00), Money(1_000_00)),
    (Money(10_000_00), Money(1_300_00)),
    (Money(25_000_00), Money(1_700_00)),
    (Money(50_000_00), Money(2_250_00)),
    (Money(100_000_00), Money(2_850_00)),
    (Money(250_000_00), Money(3_850_00)),
    (Money(500_000_00), Money(6_400_00)),
)
_SHARE_ABOVE = Decimal("0.01")
