"""What would happen to an unpaid invoice from now on? The same decisions, carried on over the days to come.

Each order is followed by the facts that carrying it out would leave, as if every letter were accepted on its day. A step that a
person decides is taken on the earliest day allowed, and marked as the person's.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from servanda.business.dunning.decisions.ladder import is_bank_silent, next_step
from servanda.business.dunning.decisions.orders import (
    ChargeCompensation,
    ChargeFee,
    ChargeInterest,
    EndContract,
    Order,
    PlaceHold,
    SendReminder,
    Wait,
)
from servanda.business.dunning.decisions.terms import LadderTerms
from servanda.business.dunning.facts import Arrears, Done

STEPS_MAX = 200  # a ladder has a dozen steps and a charge of interest a month; more is a bug, not a long story


@dataclass(frozen=True, slots=True)
class Foreseen:
    """An order and the day on which it would be carried out."""

    on: date
    order: Order


def foresee(arrears: Arrears, terms: LadderTerms, *, today: date, until: date) -> Iterator[Foreseen]:
    """Yield the orders from today to the last day asked for, in the order in which they would happen."""
    day = today
    arrears = replace(arrears, asked=frozenset())  # what waits for a person is taken today, and marked as the person's
    if not is_bank_silent(arrears.bank_known_until, today=today):
        arrears = replace(arrears, bank_known_until=None)  # the bank goes on telling of each day, and nobody pays
    for _ in range(STEPS_MAX):
        step = next_step(arrears, terms, today=day)
        if isinstance(step, Wait):
            if step.until is None or step.until > until:
                return
            assert step.until > day, f"a wait must end later than today: {step}"
            day = step.until
            continue
        yield Foreseen(day, step)
        arrears = after(step, arrears, on=day)
    raise AssertionError(f"the ladder of invoice {arrears.invoice_number} does not end")


def after(order: Order, arrears: Arrears, *, on: date) -> Arrears:
    """Return the facts that an order leaves when it is carried out and, for a letter, accepted on the same day."""
    match order:
        case SendReminder():
            return _after_reminder(order, arrears, on=on)
        case ChargeFee() | ChargeCompensation() | ChargeInterest():
            done = Done(order.what, on, step=getattr(order, "step", None), amount=order.amount, key=order.key)
            return replace(arrears.with_done(done), open_charges=arrears.open_charges + order.amount)
        case PlaceHold():
            held = frozenset(order.service_ids)
            services = tuple(
                replace(service, is_held=service.is_held or service.service_id in held) for service in arrears.services
            )
            return replace(arrears.with_done(Done(order.what, on, key=order.key)), services=services)
        case EndContract():
            return arrears.with_done(Done(order.what, on, key=order.key))
        case _:
            return arrears.with_done(Done(order.what, on, key=order.key))


def _after_reminder(order: SendReminder, arrears: Arrears, *, on: date) -> Arrears:
    done = [Done(order.what, on, step=order.step, deadline_on=order.deadline_on, fee=order.fee, key=order.key)]
    if order.is_collection_warning:
        done.append(Done("collection.warned", on, step=order.step, deadline_on=order.deadline_on, key=order.key))
    return replace(
        arrears.with_done(*done),
        reminders_on=(*arrears.reminders_on, on),
        fee_letters_on=(*arrears.fee_letters_on, on) if order.fee else arrears.fee_letters_on,
    )
