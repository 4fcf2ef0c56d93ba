"""When is an invoice collected, by when must the order be handed over, and until when may its outcome come?

Betalingsservice takes orders until some bank days before the month of the payment, and the customer may say no until the 7th
of it; a payment that is refused by the bank is told some days later. MobilePay takes a charge until the day before, and tries
for some days. An invoice that falls due too soon for the provider is collected on the first day that can be had: the customer
pays as agreed with us, and is not late for it.

The figures are the providers' own rules as public sources have them; the creditor's agreement may say others.
"""

from datetime import date, timedelta

from servanda.business.collecting.facts import Collectible, MandateFacts, MandateKind, OrderCollection
from servanda.ground.calendar import (
    add_months,
    bank_day_on_or_after,
    bank_days_after,
    first_of_month,
    is_bank_day,
)
from servanda.ground.citation import Citation
from servanda.ground.money import Money

MANDATE = Citation("Betalingsloven", "§ 82", "652/2017")  # a payment needs the payer's consent
HAND_OVER_BANK_DAYS = 8  # before the first of the month of the payment
REFUSAL_LAST_DAY = 7  # of that month
OUTCOME_BANK_DAYS = 4  # for the provider to tell
CHARGE_DAYS_BEFORE = 2  # a charge is made the day before at the latest; one more for a clock that is late
RETRY_DAYS = 5
ORDERS_MAX = 1  # for one invoice: what failed is for the customer to pay, and not tried behind their back


def collection_due(invoice: Collectible, mandate: MandateFacts, *, today: date) -> OrderCollection | None:
    """Return the order that is due for an invoice, if any: one at most, and none before the agreement is there."""
    if invoice.open_total <= Money(0) or invoice.has_waiting or invoice.orders >= ORDERS_MAX:
        return None
    if not mandate.is_active_on(today):
        return None
    collect_on = collect_day(mandate.kind, due_on=invoice.due_on, today=today)
    if not mandate.is_active_on(collect_on):
        return None
    return OrderCollection(
        invoice_id=invoice.invoice_id,
        amount=invoice.open_total,
        collect_on=collect_on,
        hand_over_by=hand_over_by(mandate.kind, collect_on),
        window_ends_on=window_end(mandate.kind, collect_on),
        because=(MANDATE,),
    )


def collect_day(kind: MandateKind, *, due_on: date, today: date) -> date:
    """Return the day of the collection: the due day, or the first bank day after it for which the provider takes an order today."""
    day = bank_day_on_or_after(max(due_on, today))
    if kind is MandateKind.MOBILEPAY:
        return bank_day_on_or_after(max(day, today + timedelta(days=CHARGE_DAYS_BEFORE)))
    while hand_over_by(kind, day) < today:
        day = bank_day_on_or_after(add_months(first_of_month(day), 1))
    return day


def hand_over_by(kind: MandateKind, collect_on: date) -> date:
    """Return the last day on which the provider takes an order for the day."""
    if kind is MandateKind.MOBILEPAY:
        return collect_on - timedelta(days=1)
    return bank_days_before(first_of_month(collect_on), count=HAND_OVER_BANK_DAYS)


def window_end(kind: MandateKind, collect_on: date) -> date:
    """Return the last day on which the outcome may come; after it, a person asks the provider."""
    if kind is MandateKind.MOBILEPAY:
        return bank_days_after(collect_on + timedelta(days=RETRY_DAYS), count=OUTCOME_BANK_DAYS)
    refusals = max(collect_on, collect_on.replace(day=REFUSAL_LAST_DAY))
    return bank_days_after(refusals, count=OUTCOME_BANK_DAYS)


def bank_days_before(day: date, *, count: int) -> date:
    """Return the count-th bank day before the day, not counting it."""
    found = day
    for _ in range(count):
        found -= timedelta(days=1)
        while not is_bank_day(found):
            found -= timedelta(days=1)
    return found


def key_of(invoice_number: int, *, company_id: int, attempt: int) -> str:
    """Return what names an order to the provider, at most 30 letters and digits."""
    return f"SV{company_id}F{invoice_number}N{attempt}"
