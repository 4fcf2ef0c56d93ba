"""How is a customer told apart who is hit: a few sentences with figures and days, in Danish and English."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from servanda.business.dunning.decisions.whatif.comparing import Act, Shift, Turn
from servanda.business.dunning.decisions.whatif.customers import CustomerDifference, Part
from servanda.business.dunning.decisions.whatif.ladders import ChargeKind
from servanda.ground.money import Money, money_text
from servanda.terms.document import Language

SENTENCES_MAX = 8  # for one customer; more is a table, and nobody reads it
_WHAT: dict[tuple[Act, Language], str] = {
    ("reminded", "da"): "Rykker {step}",
    ("reminded", "en"): "Reminder {step}",
    ("suspended", "da"): "Lukning for betalingsrestance",
    ("suspended", "en"): "Suspension for non-payment",
    ("ended", "da"): "Ophævelse",
    ("ended", "en"): "Ending",
}
_TURN: dict[tuple[Turn, Language], str] = {
    ("sooner", "da"): "{days} tidligere",
    ("sooner", "en"): "{days} sooner",
    ("later", "da"): "{days} senere",
    ("later", "en"): "{days} later",
    ("newly", "da"): "kommer til",
    ("newly", "en"): "is new",
    ("no_longer", "da"): "bortfalder",
    ("no_longer", "en"): "falls away",
}
_KIND: dict[tuple[ChargeKind, Language], str] = {
    ("fee", "da"): "Rykkergebyrer",
    ("fee", "en"): "Reminder fees",
    ("interest", "da"): "Renter",
    ("interest", "en"): "Interest",
    ("compensation", "da"): "Kompensation",
    ("compensation", "en"): "Compensation",
}
_PART: dict[tuple[Part, Language], str] = {
    ("past", "da"): "de seneste 12 måneder",
    ("past", "en"): "the last 12 months",
    ("coming", "da"): "de næste 12 måneder",
    ("coming", "en"): "the next 12 months",
}
# The gravest first: an ending weighs more than any number of reminders.
GRAVITY: dict[Act, int] = {"ended": 10_000, "suspended": 100, "reminded": 1}


def weight_of(difference: CustomerDifference) -> int:
    """Return how hard a customer is hit, to sort by: endings, then suspensions, then reminders, then kroner."""
    acts = sum(GRAVITY[shift.act] for shifts in difference.shifts for shift in shifts)
    return acts * 1_000_000_00 + sum(abs(minor) for minor in difference.money.values())


def sentences_on(difference: CustomerDifference, language: Language) -> tuple[str, ...]:
    """Return what the draft changes for one customer; what happens alike on several invoices is one sentence."""
    said = [*_on_acts(difference.shifts, language), *_on_money(difference, language)]
    if len(said) <= SENTENCES_MAX:
        return tuple(said)
    left = len(said) - SENTENCES_MAX + 1
    more = f"… og {left} forskelle til." if language == "da" else f"… and {left} more differences."
    return (*said[: SENTENCES_MAX - 1], more)


def _on_acts(invoices: Sequence[Sequence[Shift]], language: Language) -> Iterator[str]:
    alike: dict[tuple[Act, int | None, Turn, int | None], list[Shift]] = defaultdict(list)
    for shifts in invoices:
        for shift in shifts:
            alike[shift.act, shift.step, shift.turn, shift.days].append(shift)
    for (act, step, turn, days), shifts in sorted(alike.items(), key=lambda one: (-GRAVITY[one[0][0]], one[1][0].on)):
        what = _WHAT[act, language].format(step=step)
        how = _TURN[turn, language].format(days=_days(abs(days or 0), language))
        yield f"{what} {how}{_where(shifts, language)}."


def _where(shifts: Sequence[Shift], language: Language) -> str:
    first = min(shifts, key=lambda shift: shift.on)
    is_danish = language == "da"
    if first.before is not None and first.after is not None:
        day = f"{first.after} {'i stedet for' if is_danish else 'instead of'} {first.before}"
    else:
        day = f"{first.on}"
    if len(shifts) == 1:
        return f": {day}"
    return f" på {len(shifts)} fakturaer, først {day}" if is_danish else f" on {len(shifts)} invoices, first {day}"


def _on_money(difference: CustomerDifference, language: Language) -> Iterator[str]:
    for (part, kind), minor in sorted(difference.money.items()):
        more, less = ("mere", "mindre") if language == "da" else ("more", "less")
        turn = more if minor > 0 else less
        yield f"{_KIND[kind, language]}: {money_text(Money(abs(minor)), language)} {turn}, {_PART[part, language]}."


def _days(count: int, language: Language) -> str:
    one, many = ("dag", "dage") if language == "da" else ("day", "days")
    return f"{count} {one if count == 1 else many}"
