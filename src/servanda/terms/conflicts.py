"""Which clauses cannot be enforced as they are written, against whom, by which provision, and what is done instead?

Nothing is decided here a second time. Each rule of the document is put to the law above the terms (`law_above.ruling_on`)
for each kind of customer it applies to, and each thing that the law says to it becomes a conflict; so the list and the
decisions cannot part. Only what lies between several clauses is found here: how long a period holds a consumer, and how
close the letters of a ladder lie (`ladder_conflicts`). The letters are those of the list that we keep of terms and law:

a fees and letters for late payment · b interest · c how long a customer is held · d what was prepaid · e complaints ·
f silence · g deletion · h changes · i suspension for abuse · j data abroad · k newsletters · l liability · m court ·
n suspension for non-payment · o fees for reopening and leaving · p fees for a means of payment, which no kind can say

A conflict is no mistake in the document: a provider may have such terms, and Servanda runs on them within the law.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from servanda.ground.citation import Citation
from servanda.ground.law.consumers import CONSUMER_TERMINATION
from servanda.ground.law.sentences import Sentence
from servanda.terms.catalogue import Catalogue
from servanda.terms.clauses import CustomerKind, Notice, Rule, Term
from servanda.terms.conflict_words import Letter, Severity, Way, filled, words_for
from servanda.terms.document import Agreement, Clause, PlacedRule
from servanda.terms.ladder_conflicts import close_letters
from servanda.terms.law_above import Ruling, ruling_on
from servanda.terms.law_of_data import SWITCHING_CHARGES, SWITCHING_NOTICE
from servanda.terms.resolving import ask

FOR_CLOUD_SERVICES = frozenset({SWITCHING_NOTICE, SWITCHING_CHARGES})
NO_CLOUD_SERVICES = frozenset({"agreement", "domain", "hardware", "network", "time"})


@dataclass(frozen=True, slots=True)
class Conflict:
    """One clause that the law does not let stand as it is written, towards some kinds of customer.

    `why` and `instead` are for people. `severity`: the clause is "void" towards them, "limited" to what the law allows,
    or a right of theirs stands "beside" it. `is_overridden` tells that the decisions carry out what the law says; without
    it the conflict is shown, and a person sees to it.
    """

    letter: Letter
    citation: Citation
    file: str
    line: int
    kind: str
    against: tuple[CustomerKind, ...]
    provision: Citation
    why: Sentence
    instead: Sentence
    severity: Severity
    is_overridden: bool


def conflicts_in(agreement: Agreement, *, on: date, catalogue: Catalogue | None = None) -> tuple[Conflict, ...]:
    """Return the conflicts of the document with the law of the day, in the order of its clauses.

    Rules stand in the Danish document alone. Rights to switch cloud services are for products that can be such services;
    a rule without `products`, or a document without a catalogue, is taken to cover them.
    """
    found: list[Conflict] = []
    for clause in agreement.clauses:
        for placed in clause.rules:
            found += _of_rule(agreement, clause, placed, on=on, catalogue=catalogue)
    found += _of_ladder(agreement, on=on)
    return _once_per_clause(sorted(found, key=lambda conflict: (conflict.line, conflict.letter)))


def _of_rule(
    agreement: Agreement, clause: Clause, placed: PlacedRule, *, on: date, catalogue: Catalogue | None
) -> Iterator[Conflict]:
    against: dict[tuple[Way, Citation], list[tuple[CustomerKind, Ruling]]] = {}
    for customer in placed.rule.customers or tuple(CustomerKind):
        ruling = ruling_on(placed.rule, customer=customer, on=on)
        for way, provision in _voices_of(ruling):
            against.setdefault((way, provision), []).append((customer, ruling))
    for (way, provision), heard in against.items():
        if _is_met(agreement, placed.rule, provision, on=on, catalogue=catalogue):
            by_law = heard[0][1].rule or placed.rule
            customers = tuple(customer for customer, _ in heard)
            yield _conflict(agreement, clause, placed, way, provision, customers, by_law=by_law)


def _voices_of(ruling: Ruling) -> Iterator[tuple[Way, Citation]]:
    if ruling.forbidden_by is not None:
        yield "forbidden", ruling.forbidden_by
    else:
        yield from (("replaced", provision) for provision in ruling.because)
    if ruling.needs_warning is not None:
        yield "warned", ruling.needs_warning
    yield from (("beside", provision) for provision in ruling.law_beside)


def _of_ladder(agreement: Agreement, *, on: date) -> Iterator[Conflict]:
    for letter in close_letters(agreement, on=on):
        clause, placed = next(
            (clause, placed)
            for clause in agreement.clauses
            for placed in clause.rules
            if placed.rule == letter.reminder
        )
        yield _conflict(agreement, clause, placed, "ladder", letter.provision, letter.against, by_law=placed.rule)


def _conflict(
    agreement: Agreement,
    clause: Clause,
    placed: PlacedRule,
    way: Way,
    provision: Citation,
    against: tuple[CustomerKind, ...],
    *,
    by_law: Rule,
) -> Conflict:
    words = words_for(placed.rule, way, provision)
    return Conflict(
        letter=words.letter,
        citation=agreement.cite(clause, placed.rule),
        file=agreement.file,
        line=placed.line,
        kind=placed.rule.kind,
        against=against,
        provision=provision,
        why=filled(words.why, written=placed.rule, by_law=by_law),
        instead=filled(words.instead, written=placed.rule, by_law=by_law),
        severity=words.severity,
        is_overridden=words.is_overridden,
    )


def _once_per_clause(conflicts: Iterable[Conflict]) -> tuple[Conflict, ...]:
    """Name what several rules of one clause have in common once, at the first of them."""
    found: dict[tuple[object, ...], Conflict] = {}
    for conflict in conflicts:
        same = (conflict.citation.clause, conflict.letter, conflict.against, conflict.provision, conflict.instead)
        found.setdefault(same, conflict)
    return tuple(found.values())


def _is_met(agreement: Agreement, rule: Rule, provision: Citation, *, on: date, catalogue: Catalogue | None) -> bool:
    """Tell whether the rest of the document leaves the rule in the way of the provision."""
    if provision in FOR_CLOUD_SERVICES:
        return _can_be_cloud(rule, catalogue)
    if isinstance(rule, Notice) and provision == CONSUMER_TERMINATION and rule.counted_to == "period end":
        return _holds_longer(agreement, rule, on=on)
    return True


def _can_be_cloud(rule: Rule, catalogue: Catalogue | None) -> bool:
    if not rule.products or catalogue is None:
        return True
    return any(product.kind not in NO_CLOUD_SERVICES for product in catalogue.product if product.code in rule.products)


def _holds_longer(agreement: Agreement, rule: Notice, *, on: date) -> bool:
    """Tell whether the period can hold a consumer longer than a month's notice: nobody is, by periods of one month."""
    if (rule.months or 0) > 1 or (rule.days or 0) > 31:
        return True
    products: tuple[str | None, ...] = rule.products or (None, *_products_with_terms(agreement))
    return any(_longest_term(agreement, product, on=on) != 1 for product in products)


def _products_with_terms(agreement: Agreement) -> tuple[str, ...]:
    rules = (placed.rule for clause in agreement.clauses for placed in clause.rules)
    return tuple(dict.fromkeys(code for rule in rules if isinstance(rule, Term) for code in rule.products))


def _longest_term(agreement: Agreement, product: str | None, *, on: date) -> int | None:
    """Return the most months that a period of the product can have; None where the document does not tell."""
    term = ask(agreement, Term, on=on, product=product, customer=CustomerKind.CONSUMER).rule
    if term is None:
        return None
    return max((*term.allowed, *((term.months,) if term.months is not None else ())), default=None)
