"""Do the documents of one provider fit together? Languages, rules against each other, versions and products.

What is wrong within one document is found by `parsing`; this compares what only stands wrong together.
"""

from collections.abc import Iterator
from itertools import pairwise
from itertools import product as product_of

from servanda.ground.refusal import Problem
from servanda.terms.clauses import Compensation, Reminder, Rule, Suspension
from servanda.terms.document import Agreement, Clause, PlacedRule
from servanda.terms.fields import content_of, selectors_of
from servanda.terms.prose import marked_figures_in, placeholders_in
from servanda.terms.versions import Library

ADVERSE_KINDS = frozenset(
    {"suspension", "closure", "deletion", "reminder-fee", "interest", "compensation", "collection-fee"}
)
Placed = tuple[Clause, PlacedRule]


def check(
    library: Library, *, products: frozenset[str] | None = None, unsound: frozenset[str] = frozenset()
) -> tuple[Problem, ...]:
    """Return what does not fit together, in the order of files and lines.

    `products` are the codes of the catalogue; None leaves them unchecked. `unsound` are files with problems of their
    own: their rules are incomplete, so only their clauses are compared.
    """
    found = [*_versions(library), *_languages(library)]
    for agreement in library.agreements:
        found += _provider(agreement, library)
        found += check_document(agreement, products=products) if agreement.file not in unsound else ()
    return _in_order(found)


def check_document(agreement: Agreement, *, products: frozenset[str] | None = None) -> tuple[Problem, ...]:
    """Return what does not fit together within one document."""
    found = [*_contradictions(agreement), *_ladder(agreement), *_house_choices(agreement)]
    found += _products(agreement, products) if products is not None else ()
    return _in_order(found)


def _in_order(problems: list[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: (problem.file, problem.line)))


def specificity(rule: Rule) -> int:
    """Return how narrow a rule is: 3 product and customer kind, 2 product, 1 customer kind, 0 everything."""
    return 2 * bool(rule.products) + bool(rule.customers)


def _provider(agreement: Agreement, library: Library) -> Iterator[Problem]:
    if agreement.provider != library.provider:
        message = f'The document says "{agreement.provider}" but stands with "{library.provider}".'
        yield Problem(agreement.file, 1, message, "Correct `provider`, or move the file.", "provider")


def _versions(library: Library) -> Iterator[Problem]:
    danish = sorted(
        (agreement for agreement in library.agreements if agreement.language == "da"),
        key=lambda agreement: (agreement.effective_on, agreement.version),
    )
    for earlier, later in pairwise(danish):
        if earlier.version == later.version:
            message = f"Version {later.version} is there twice: see {earlier.file}."
            yield Problem(later.file, 1, message, "Give one of them a version of its own.", "version")
        elif earlier.effective_on == later.effective_on or (
            earlier.until is not None and earlier.until > later.effective_on
        ):
            message = f"Versions {earlier.version} and {later.version} hold on the same days."
            remedy = f"Let {earlier.version} end on {later.effective_on}, or begin this one later."
            yield Problem(later.file, 1, message, remedy, "effective_on")


def _languages(library: Library) -> Iterator[Problem]:
    for agreement in library.agreements:
        other = library.find(agreement.version, "en" if agreement.language == "da" else "da")
        if other is None:
            missing = "English" if agreement.language == "da" else "Danish"
            message = f"Version {agreement.version} has no {missing} document."
            yield Problem(agreement.file, 1, message, f"Write the {missing} one with the same clauses.")
        elif agreement.language == "da":
            yield from _translation(agreement, other)


def _translation(danish: Agreement, english: Agreement) -> Iterator[Problem]:
    theirs = {clause.number: clause for clause in english.clauses}
    ours = {clause.number: clause for clause in danish.clauses}
    for key in ("effective_on", "until", "name"):
        if getattr(danish, key) != getattr(english, key):
            message = f'"{key}" differs from the Danish document.'
            yield Problem(english.file, 1, message, f"Write {getattr(danish, key)}.", key)
    for clause in danish.clauses:
        if clause.number not in theirs:
            message = f"Clause {clause.number} ({danish.file}:{clause.line}) is missing in English."
            yield Problem(english.file, 1, message, f"Translate it as ## {clause.number}.")
    for clause in english.clauses:
        if clause.number not in ours:
            message = f"Clause {clause.number} does not stand in the Danish document."
            yield Problem(english.file, clause.line, message, "Take it out, or write it in Danish first.")
        else:
            yield from _same_clause(ours[clause.number], clause, english)
    yield from _order(danish, english)


def _same_clause(danish: Clause, english: Clause, document: Agreement) -> Iterator[Problem]:
    if placeholders_in(danish) != placeholders_in(english):
        wanted = " ".join(f"{{{inner}}}" for inner in placeholders_in(danish)) or "none"
        message = f"The placeholders of clause {english.number} differ from the Danish ones."
        yield Problem(document.file, english.line, message, f"Use exactly these: {wanted}.")
    if marked_figures_in(danish) != marked_figures_in(english):
        wanted = " ".join(f"{{={figure}}}" for figure in marked_figures_in(danish)) or "none"
        message = f"The marked figures of clause {english.number} differ from the Danish ones."
        yield Problem(document.file, english.line, message, f"Use exactly these: {wanted}.")
    if set(english.requirements) - set(danish.requirements):
        message = f"Clause {english.number} covers other requirements than in Danish."
        yield Problem(document.file, english.line, message, "Copy the `covers` comment, or leave it out.")
    if bool(danish.reading) != bool(english.reading):
        message = f"Clause {english.number} has a reading (>) in one language only."
        yield Problem(document.file, english.line, message, "Write the reading in both languages.")


def _order(danish: Agreement, english: Agreement) -> Iterator[Problem]:
    shared = {clause.number for clause in danish.clauses} & {clause.number for clause in english.clauses}
    wanted = [clause.number for clause in danish.clauses if clause.number in shared]
    written = [clause for clause in english.clauses if clause.number in shared]
    for number, clause in zip(wanted, written, strict=False):
        if clause.number != number:
            message = f"Clause {clause.number} stands where the Danish document has {number}."
            yield Problem(english.file, clause.line, message, "Keep the order of the Danish document.")
            return


def _placed_rules(agreement: Agreement) -> tuple[Placed, ...]:
    return tuple((clause, placed) for clause in agreement.clauses for placed in clause.rules)


def _contradictions(agreement: Agreement) -> Iterator[Problem]:
    said_first: dict[tuple[object, ...], Placed] = {}
    for clause, placed in _placed_rules(agreement):
        others = [said_first.setdefault(case, (clause, placed)) for case in _cases(placed.rule)]
        different = [other for other in others if content_of(other[1].rule) != content_of(placed.rule)]
        for first_clause, first in different[:1]:
            message = (
                f"Clause {clause.number} contradicts clause {first_clause.number} "
                f"({agreement.file}:{first.line}): two rules of kind {placed.rule.kind} for the same case."
            )
            remedy = "Let one of them apply to other products or customers, or take it out."
            yield Problem(agreement.file, placed.line, message, remedy)


def _cases(rule: Rule) -> Iterator[tuple[object, ...]]:
    """Give each case that the rule answers at its own specificity; two rules that share one must say the same."""
    told_apart = tuple(getattr(rule, name) for name in selectors_of(type(rule)))
    for product, customer in product_of(rule.products or (None,), rule.customers or (None,)):
        yield rule.kind, rule.house, told_apart, product, customer


def _ladder(agreement: Agreement) -> Iterator[Problem]:
    placed_rules = _placed_rules(agreement)
    steps = {placed.rule.step for _, placed in placed_rules if isinstance(placed.rule, Reminder)}
    for _, placed in placed_rules:
        rule = placed.rule
        if isinstance(rule, Reminder) and rule.step > 1 and rule.step - 1 not in steps:
            message = f"Reminder {rule.step} follows no reminder {rule.step - 1}."
            yield Problem(agreement.file, placed.line, message, "Number the reminders 1, 2, 3 …", "step")
        for name in _steps_named_by(rule):
            step = getattr(rule, name)
            if step is not None and step not in steps:
                message = f"There is no reminder {step}."
                yield Problem(agreement.file, placed.line, message, "Name the step of a reminder.", name)


def _steps_named_by(rule: Rule) -> tuple[str, ...]:
    if isinstance(rule, Suspension):
        return ("after_step", "with_step")
    # A compensation can be claimed with the first letter that the law or the house sends, also without a ladder.
    return ("with_step",) if isinstance(rule, Compensation) and rule.with_step > 1 else ()


def _house_choices(agreement: Agreement) -> Iterator[Problem]:
    for clause, placed in _placed_rules(agreement):
        rule = placed.rule
        if clause.is_house_choice and not rule.house:
            message = f"Clause {clause.number} is a choice of the house, but its rule does not say so."
            yield Problem(agreement.file, placed.line, message, "Add house = true.", "house")
        if rule.house and not clause.is_house_choice:
            message = f"A choice of the house stands in clause {clause.number} of the terms."
            yield Problem(agreement.file, placed.line, message, "Move it to a clause numbered H1, H2 …", "house")
        if rule.house and rule.kind in ADVERSE_KINDS and rule.decided_by != "person":
            message = f"The choice of the house would let {rule.kind} happen by itself."
            remedy = 'Add decided_by = "person": the customer did not accept it.'
            yield Problem(agreement.file, placed.line, message, remedy, "decided_by")


def _products(agreement: Agreement, products: frozenset[str]) -> Iterator[Problem]:
    for _, placed in _placed_rules(agreement):
        for code in placed.rule.products:
            if code not in products:
                message = f'The catalogue has no product "{code}".'
                remedy = f"Known are: {', '.join(sorted(products)) or 'none'}."
                yield Problem(agreement.file, placed.line, message, remedy, "products")
