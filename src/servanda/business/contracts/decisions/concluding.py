"""May a contract be concluded as asked: is its scope stated, and is the term one that the terms offer?"""

from collections.abc import Iterable
from datetime import date

from servanda.business.contracts.decisions.orders import Objection
from servanda.business.contracts.decisions.terms import ConclusionTerms
from servanda.business.contracts.facts import Deviation, NewLine, RunningTerm
from servanda.business.library.facts import VendorTermsFacts
from servanda.ground.calendar import add_months
from servanda.ground.citation import Citation
from servanda.terms.clauses import BillingInterval, CustomerKind, Notice, Scope, SpecialAgreement, Term, VendorTerms
from servanda.terms.document import Agreement
from servanda.terms.resolving import ask
from servanda.terms.ruled import Ruled, ruled


def scope_objection(scope: Ruled[Scope] | None, *, sheet: str) -> Objection | None:
    """Return why a contract cannot be activated: the terms want its scope in writing, and there is none."""
    if scope is None or not scope.rule.sheet_required or sheet.strip():
        return None
    return Objection(
        message="The contract has no scope sheet, and these terms leave what is covered to it. Write down what the"
        " subscription covers: programs, users, space and support.",
        because=scope.because,
    )


def term_objection(
    term: Ruled[Term] | None, notice: Ruled[Notice] | None, *, asked_months: int | None, is_special: bool
) -> Objection | None:
    """Return why a line cannot have the asked length; a special agreement in writing allows another one.

    A line whose notice counts to the end of a term needs a term, whatever else was agreed.
    """
    if asked_months is None:
        return _missing_term(term, notice)
    if term is None or is_special:
        return None
    if term.rule.is_open_ended:
        message = f"A term of {asked_months} months was asked for; these lines run without one. Leave the term empty."
        return Objection(message=message, because=term.because)
    if term.rule.allowed and asked_months not in term.rule.allowed:
        message = (
            f"A term of {asked_months} months is not offered. Choose one of {_list(term.rule.allowed)} months,"
            " or store a special agreement."
        )
        return Objection(message=message, because=term.because)
    return None


def _missing_term(term: Ruled[Term] | None, notice: Ruled[Notice] | None) -> Objection | None:
    if term is not None and term.rule.months is not None:
        return None
    if term is not None and term.rule.allowed:
        message = f"The line has no term. Choose one of {_list(term.rule.allowed)} months."
        return Objection(message=message, because=term.because)
    if notice is not None and notice.rule.counted_to in ("period end", "agreed end"):
        message = "The line has no term, and its notice counts to the end of one. State its length in months."
        return Objection(message=message, because=notice.because)
    return None


def interval_objection(interval: Ruled[BillingInterval] | None, *, months: int) -> Objection | None:
    """Return why a line cannot be billed so many months at a time; what is sold once has no interval."""
    if interval is None or months == 0 or months in interval.rule.months:
        return None
    return Objection(
        message=f"Billing {months} months at a time is not offered. Choose {_list(interval.rule.months)} months.",
        because=interval.because,
    )


def vendor_objection(
    bought: tuple[VendorTermsFacts, ...],
    accepted: frozenset[str],
    *,
    agreement: Agreement,
    products: Iterable[str],
    customer: CustomerKind,
    on: date,
) -> Objection | None:
    """Return why an order is refused: it was not accepted with exactly the vendors' terms that belong to it."""
    because = _vendor_clauses(agreement, products, customer=customer, on=on)
    missing = [str(terms) for terms in bought if terms.sha256 not in accepted]
    if missing:
        message = (
            f"The terms of {_and(missing)} were not accepted, and they belong to what is bought."
            " Hand them to the customer, and let them accept that very version."
        )
        return Objection(message=message, because=because)
    foreign = sorted(accepted - {terms.sha256 for terms in bought})
    if foreign:
        message = (
            f"Terms of a vendor with the hash {foreign[0][:12]}… were accepted, and they do not belong to what is bought."
            " Show the customer the terms that do."
        )
        return Objection(message=message, because=because)
    return None


def _vendor_clauses(
    agreement: Agreement, products: Iterable[str], *, customer: CustomerKind, on: date
) -> tuple[Citation, ...]:
    asked = (ruled(ask(agreement, VendorTerms, on=on, product=product, customer=customer)) for product in products)
    return tuple(dict.fromkeys(citation for one in asked if one is not None for citation in one.because))


def _and(names: list[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


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


def conclusion_objections(lines: Iterable[NewLine], terms: ConclusionTerms, *, sheet: str) -> tuple[Objection, ...]:
    """Return everything that hinders a contract with these lines."""
    found = [scope_objection(terms.scope, sheet=sheet)]
    for line in lines:
        if line.interval_months == 0:
            continue
        found += [
            term_objection(
                terms.terms.get(line.product_code),
                terms.notices.get(line.product_code),
                asked_months=line.term_months,
                is_special=bool(line.special_reason.strip()),
            ),
            interval_objection(terms.intervals.get(line.product_code), months=line.interval_months),
        ]
    return tuple(objection for objection in found if objection is not None)


def term_of(line: NewLine, terms: ConclusionTerms) -> RunningTerm | None:
    """Return the first term of a new line, or the one it is in when it comes from an import; None without a term."""
    months = term_months(terms.terms.get(line.product_code), asked_months=line.term_months)
    if months is None or line.interval_months == 0:
        return None
    until = line.term_until or add_months(line.began_on, months)
    return RunningTerm(anchored_on=line.began_on, until=until, months=months)


def _list(months: tuple[int, ...]) -> str:
    return ", ".join(map(str, months))
