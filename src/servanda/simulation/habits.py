"""The customers of a world and what they do: from their habit, their own stream of chance, and what they were told alone.

A habit answers to what a customer sees of an invoice with what they will do about it. It never looks at the house's rows, so both
simulations give it the same and get the same.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from random import Random

from servanda.ground.calendar import bank_day_on_or_after
from servanda.ground.money import Money
from servanda.simulation.chance import happens, one_of, stream, weighed
from servanda.simulation.faults import days_away
from servanda.simulation.happenings import (
    Asked,
    Credits,
    Happening,
    Leaves,
    LivedCustomer,
    LivedLine,
    Pays,
    PriceMoves,
    Resumes,
    Seen,
    Stops,
    TakesBack,
    Told,
    World,
)
from servanda.terms.clauses import CustomerKind

HABITS = (
    ("early", 6),
    ("on time", 14),
    ("last day", 8),
    ("late", 8),
    ("very late", 6),
    ("when reminded", 6),
    ("when held", 6),
    ("when closed", 3),
    ("in parts", 5),
    ("in seven parts", 3),
    ("an øre short", 3),
    ("an øre over", 3),
    ("twice", 3),
    ("without reference", 4),
    ("wrong digit", 2),
    ("half, then never", 4),
    ("principal only", 4),
    ("never", 8),
    ("anything", 8),
)
WITHOUT_DUE_DAY = 21  # days after issue on which who was given no day thinks of paying


def world_of(
    seed: int,
    *,
    provider: str,
    plans: Sequence[str],
    customers: int | Iterable[int],
    begins_on: date,
    until: date,
    faults: frozenset[str] = frozenset(),
) -> World:
    """Return the world of a seed: so many customers, or those with these numbers alone, each as they are among all others."""
    numbers = range(1, customers + 1) if isinstance(customers, int) else customers
    lived = tuple(customer_of(seed, number, plans=plans, begins_on=begins_on, until=until) for number in numbers)
    return World(
        seed=seed,
        provider=provider,
        begins_on=begins_on,
        until=until,
        customers=lived,
        faults=faults,
        price_moves=_price_moves(seed, plans, begins_on, until, faults),
        away=days_away(seed, begins_on, until, faults=faults),
    )


def customer_of(seed: int, number: int, *, plans: Sequence[str], begins_on: date, until: date) -> LivedCustomer:
    """Return a customer of a seed: whom, what they bought from which day on, and their habit."""
    chance = stream(seed, "customer", number)
    kind = weighed(chance, ((CustomerKind.BUSINESS, 3), (CustomerKind.CONSUMER, 1)))
    habit = weighed(chance, HABITS)
    span = max(min((until - begins_on).days - 200, 330), 1)
    lines = []
    for _ in range(weighed(chance, ((1, 6), (2, 3), (3, 1)))):
        began_on = begins_on + timedelta(days=chance.randrange(span))
        if happens(chance, in_hundred=15):  # month ends, where periods are anchored to a day that some months lack
            began_on = (began_on.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        lines.append(
            LivedLine(
                plan=one_of(chance, plans),
                began_on=max(began_on, begins_on),
                quantity=weighed(chance, ((1, 6), (2, 2), (7, 1))),
                own_price=Money(1_00 + chance.randrange(900_00)) if happens(chance, in_hundred=15) else None,
            )
        )
    language = weighed(chance, (("da", 4), ("en", 1)))
    return LivedCustomer(number=number, kind=kind, language=language, habit=habit, lines=tuple(lines))


def life_of(customer: LivedCustomer, world: World) -> tuple[Happening, ...]:
    """Return what a customer does by themselves, whatever they are sent: at most that they leave one day."""
    chance = stream(world.seed, "leaving", customer.number)
    if not happens(chance, in_hundred=25):
        return ()
    on = customer.began_on + timedelta(days=60 + chance.randrange(max(world.days, 1)))
    ends_on = on + timedelta(days=30 + chance.randrange(60))
    return (Leaves(on=on, customer=customer.number, hour=10, ends_on=ends_on),) if on < world.until else ()


def answer_to(customer: LivedCustomer, seen: Seen, world: World) -> tuple[Happening, ...]:
    """Return what a customer does about something they see, in the days to come; never before they saw it."""
    chance = stream(world.seed, "answer to", customer.number, seen.what, seen.invoice, seen.step)
    habit = customer.habit
    if habit == "anything":
        habit = weighed(stream(world.seed, "mood", customer.number, seen.invoice), HABITS[:-1])
    found: list[Happening] = list(_payments(habit, customer, seen, chance))
    if seen.what == "invoice":
        found += _doubts(customer, seen, world)
    return tuple(found)


def _payments(habit: str, customer: LivedCustomer, seen: Seen, chance: Random) -> list[Pays]:
    due_on = seen.due_on or seen.issued_on + timedelta(days=WITHOUT_DUE_DAY)

    def pays(
        on: date,
        asked: Asked,
        *,
        fixed: Money | None = None,
        told: Told = "reference",
        account: bool = True,
        part: int = 1,
    ) -> Pays:
        kinder = max(on - timedelta(days=customer.earlier_days), seen.on)
        return Pays(
            on=bank_day_on_or_after(kinder),
            customer=customer.number,
            hour=23 if on == due_on else 9 + part % 8,
            invoice=seen.invoice,
            asked=asked,
            fixed=fixed,
            told=told,
            account=f"DK{customer.number:016d}" if account else "",
            part=part,
        )

    def after(first: int, span: int) -> date:
        return due_on + timedelta(days=first + chance.randrange(span))

    if seen.what != "invoice":
        return _late_payments(habit, seen, chance, pays)
    total = seen.total
    match habit:
        case "early":
            return [pays(seen.on + timedelta(days=chance.randrange(4)), "everything")]
        case "on time":
            return [pays(due_on - timedelta(days=chance.randrange(6)), "everything")]
        case "last day":
            return [pays(due_on, "everything")]
        case "late":
            return [pays(after(1, 12), "everything")]
        case "very late":
            return [pays(after(12, 60), "everything"), pays(after(75, 20), "everything", part=2)]
        case "in parts":
            half = total.split((1, 1))[0]
            return [pays(due_on, "fixed", fixed=half), pays(after(5, 40), "everything", part=2)]
        case "in seven parts":
            shares = total.split((1,) * 7)
            return [pays(after(-3, 30), "fixed", fixed=share, part=place + 1) for place, share in enumerate(shares)]
        case "an øre short":
            return [pays(due_on, "fixed", fixed=total - Money(1)), pays(after(40, 30), "everything", part=2)]
        case "an øre over":
            return [pays(after(-2, 6), "fixed", fixed=total + Money(1))]
        case "twice":
            day = after(-2, 10)
            return [pays(day, "fixed", fixed=total), pays(day, "fixed", fixed=total, part=2)]
        case "without reference":
            return [pays(after(-3, 8), "principal", told="nothing", account=False)]
        case "wrong digit":
            return [pays(after(-3, 8), "principal", told="wrong digit")]
        case "half, then never":
            return [pays(after(0, 10), "fixed", fixed=total.split((1, 1))[0])]
        case "principal only":
            return [pays(after(5, 60), "principal", told="number")]
    return []


def _late_payments(habit: str, seen: Seen, chance: Random, pays: Callable[..., Pays]) -> list[Pays]:
    """Return what somebody pays who waits until they are pressed."""
    waits_for = {"when reminded": "reminder", "when held": "hold", "when closed": "closing"}.get(habit)
    soon = seen.on + timedelta(days=chance.randrange(9))
    if waits_for == seen.what and seen.step <= 1:
        return [pays(soon, "everything", part=3)]
    if habit in {"without reference", "wrong digit"} and seen.what == "reminder" and seen.step == 1:
        return [pays(soon, "everything", part=3)]
    return []


def _doubts(customer: LivedCustomer, seen: Seen, world: World) -> list[Happening]:
    """Return what stands in the way of an invoice, or is taken back: disputes, plans, returned payments, kindness."""
    chance = stream(world.seed, "doubts", customer.number, seen.invoice)
    who, invoice = customer.number, seen.invoice
    found: list[Happening] = []
    if "F18" in world.faults and happens(chance, in_hundred=8):
        on = seen.on + timedelta(days=chance.randrange(40))
        cause = weighed(chance, (("dispute", 4), ("payment plan", 2), ("pending payment", 2), ("legal hold", 1)))
        length = timedelta(days=3 + chance.randrange(60))
        until = on + length if happens(chance, in_hundred=60) else None
        found.append(Stops(on=on, customer=who, hour=10, invoice=invoice, cause=cause, until=until))
        if until is None:
            found.append(Resumes(on=on + length, customer=who, hour=10, invoice=invoice))
    if "F14" in world.faults and happens(chance, in_hundred=3):
        on = bank_day_on_or_after(seen.on + timedelta(days=20 + chance.randrange(40)))
        found.append(TakesBack(on=on, customer=who, hour=20, invoice=invoice))
        looked_on = on + timedelta(days=2 + chance.randrange(20))
        found.append(Resumes(on=looked_on, customer=who, hour=10, invoice=invoice))
    if happens(chance, in_hundred=3):
        on = seen.on + timedelta(days=chance.randrange(50))
        percent = weighed(chance, ((10, 2), (33, 2), (100, 1)))
        found.append(Credits(on=on, customer=who, hour=11, invoice=invoice, percent=percent))
    return found


def _price_moves(
    seed: int, plans: Sequence[str], begins_on: date, until: date, faults: frozenset[str]
) -> tuple[PriceMoves, ...]:
    if "F17" not in faults:
        return ()
    found = []
    for plan in plans:
        chance = stream(seed, "price", plan)
        day = begins_on + timedelta(days=100 + chance.randrange(400))
        while day < until:
            told_on = day - timedelta(days=weighed(chance, ((100, 2), (35, 2), (5, 1))))
            percent = weighed(chance, ((103, 3), (110, 2), (150, 1), (90, 1)))
            found.append(PriceMoves(on=told_on, hour=8, plan=plan, percent=percent, since=day))
            day += timedelta(days=300 + chance.randrange(500))
    return tuple(sorted(found, key=lambda one: one.order))
