"""May a contract be concluded as asked: is its scope stated, and is the term one that the terms offer?"""

from collections.abc import Iterable
from datetime import date

from servanda.business.contracts.decisions.orders import Objection
from servanda.business.contracts.decisions.terms import Ruled
from servanda.business.contracts.facts import Deviation
from servanda.terms.clauses import BillingInterval, Scope, SpecialAgreement, Term


def scope_objection(scope: Ruled[Scope] | None, *, sheet: str) -> Objection | None:
    """Return why a contract cannot be activated: the terms want its scope in writing, and there is none."""
    if scope is None or not scope.rule.sheet_required or sheet.strip():
        return None
    return Objection(
        message="The contract has no scope sheet, and these terms leave what is covered to it. Write down what the"
        " subscription covers: programs, users, space and support.",
        because=scope.because,
    )


def term_objection(term: Ruled[Term] | None, *, asked_months: int | None, is_special: bool) -> Objection | None:
    """Return why a line cannot have the asked length; a special agreement in writing allows any."""
    if term is None or is_special:
        return None
    rule = term.rule
    if rule.is_open_ended and asked_months is not None:
        message = f"A term of {asked_months} months was asked for; these lines run without one. Leave the term empty."
        return Objection(message=message, because=term.because)
    if asked_months is None and rule.months is None and not rule.is_open_ended:
        message = "The line has no length, and these terms leave it to the order. State its length in months."
        return Objection(message=message, because=term.because)
    if rule.allowed and asked_months is not None and asked_months not in rule.allowed:
        lengths = ", ".join(map(str, rule.allowed))
        message = (
            f"A term of {asked_months} months is not offered. Choose one of {lengths} months,"
            " or store a special agreement."
        )
        return Objection(message=message, because=term.because)
    return None


def interval_objection(interval: Ruled[BillingInterval] | None, *, months: int) -> Objection | None:
    """Return why a line cannot be billed so many months at a time; what is sold once has no interval."""
    if interval is None or months == 0 or months in interval.rule.months:
        return None
    lengths = ", ".join(map(str, interval.rule.months))
    return Objection(
        message=f"Billing {months} months at a time is not offered. Choose one of {lengths} months.",
        because=interval.because,
    )


def term_months(term: Ruled[Term] | None, *, asked_months: int | None) -> int | None:
    """Return the length of a line's term: as asked, or as the terms say; None for a line that is open-ended."""
    if asked_months is not None or term is None:
        return asked_months
    return term.rule.months


def deviation_objection(special: Ruled[SpecialAgreement] | None, deviation: Deviation) -> Objection | None:
    """Return why a special agreement cannot be stored: the terms offer none of its kind, or nobody stands by it."""
    because = special.because if special is not None else ()
    if special is None or special.rule.about != deviation.about:
        message = f"The terms offer no special agreement on {deviation.about}. A change of the terms is needed instead."
        return Objection(message=message, because=because)
    if not deviation.reason.strip() or not deviation.approved_by.strip():
        message = "A special agreement needs a reason and the name of who approved it. Write both."
        return Objection(message=message, because=because)
    return None


def agreed_value(deviations: Iterable[Deviation], *, about: str, name: str, day: date) -> str | None:
    """Return the value that a special agreement sets for the day, the latest if several do. None: none does."""
    found = [
        deviation
        for deviation in deviations
        if deviation.about == about
        and deviation.name == name
        and deviation.since <= day
        and (deviation.until is None or day < deviation.until)
    ]
    return max(found, key=lambda deviation: deviation.since).value if found else None
