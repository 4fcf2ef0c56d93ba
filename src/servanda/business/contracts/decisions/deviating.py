"""What may be agreed with one customer in place of a rule of the terms, for how long, and may the house end it early?

A rule of a special agreement is written and checked as in a document: by the same kinds, fields and bounds. It is kept
as it was written and read again by its kind. Above it stands the law, which `terms.resolving` lets override it too.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec

from servanda.business.contracts.decisions.orders import Objection
from servanda.business.contracts.facts import AgreedRule, DeviationDraft
from servanda.ground.calendar import add_months
from servanda.ground.citation import Citation
from servanda.terms.clauses import KINDS, CustomerKind, Rule
from servanda.terms.document import Agreement, Clause, PlacedRule
from servanda.terms.fields import selectors_of
from servanda.terms.resolving import Deviation, Question, answer
from servanda.terms.rule_blocks import ReadRule, read_rule
from servanda.terms.weighing import weighed

YEARS_MAX = 3  # longer is no deviation but other terms; it can be agreed anew
WHERE = "special agreement"
# Whom a rule applies to is frozen on the contract, and what it carries or fills is for documents.
OF_DOCUMENTS = ("customers", "requirements", "house")
SOURCES = {"da": "Særaftale", "en": "Special agreement"}


def citation_of(*, number: str, since: date, language: str) -> Citation:
    """Return how a special agreement on a contract is cited, in the language of the contract."""
    return Citation(SOURCES["da" if language == "da" else "en"], f"{number}, {since}")


def read_agreed(kind: str, written: Mapping[str, object]) -> ReadRule:
    """Return the rule that is written, or every problem in it."""
    text = "\n".join(f"{_key(name)} = {_value(value)}" for name, value in written.items())
    return read_rule(f"toml {kind}", text, file=WHERE, line=0)


def rule_of(kind: str, written: Mapping[str, object]) -> Rule:
    """Return a stored rule: it was checked before it was stored."""
    return _rule(kind, json.dumps(written, sort_keys=True))


def written_of(rule: Rule) -> dict[str, object]:
    """Return a rule as it is stored: its fields as in a document, without what is left at its default."""
    values: dict[str, Any] = msgspec.to_builtins(rule)
    defaults = {info.name: info.default for info in msgspec.structs.fields(type(rule)) if not info.required}
    return {name: value for name, value in values.items() if getattr(rule, name) != defaults.get(name, ...)}


def name_of(rule: Rule) -> str:
    """Return what a deviation is told apart by: its kind, such as the step of a reminder, and its products."""
    selected = (f"{name} {getattr(rule, name)}" for name in selectors_of(type(rule)))
    products = f"({', '.join(sorted(rule.products))})" if rule.products else ""
    return " ".join(part for part in (rule.kind, *selected, products) if part)


def with_the_persons_say(rule: Rule, agreement: Agreement, *, customer: CustomerKind, on: date) -> Rule:
    """Return the rule with the decision left to a person where the terms leave it to one.

    Other days or amounts were agreed, and not that the program may act alone.
    """
    for product in rule.products or (None,):
        stated = _by_terms(rule, agreement, product=product, customer=customer, on=on)
        if stated is not None and stated.decided_by == "person":
            return msgspec.structs.replace(rule, decided_by="person")
    return rule


def deviation_objections(
    draft: DeviationDraft, *, others: Iterable[AgreedRule], products: frozenset[str], today: date
) -> tuple[Objection, ...]:
    """Return everything that hinders a special agreement. `others` are the contract's, `products` what it is over."""
    read = read_agreed(draft.kind, draft.written)
    found = [Objection(message=f"{problem.message} {problem.remedy}".rstrip()) for problem in read.problems]
    found += _in_words(draft)
    found += _in_days(draft, today=today)
    if read.placed is not None:
        found += _in_reach(read.placed.rule, products)
        found += _against(read.placed.rule, draft, others)
    return tuple(found)


def end_objection(
    agreed: AgreedRule, agreement: Agreement, *, customer: CustomerKind, products: frozenset[str], on: date
) -> Objection | None:
    """Return why the house may not end a special agreement early: by the terms the customer is not better off."""
    for product in sorted(agreed.rule.products or products) or (None,):
        stated = _by_terms(agreed.rule, agreement, product=product, customer=customer, on=on)
        verdicts = {one.verdict for one in weighed(_alone(agreement, agreed.rule), _alone(agreement, stated))}
        if verdicts - {"better"}:
            return Objection(
                message=f"{agreed.name} was agreed until {agreed.until}, and the terms are not better for the customer in"
                " all. Let it run out, or end it at the customer's own wish.",
                because=(agreed.citation,),
            )
    return None


def own_terms_on(agreed: Iterable[AgreedRule], day: date) -> tuple[Deviation, ...]:
    """Return the rules that hold on the day, as the terms are asked with them."""
    return tuple(one.as_term for one in agreed if one.holds_on(day))


def own_terms_to_json(own_terms: Iterable[Deviation]) -> list[dict[str, object]]:
    """Return rules of a customer's own as an invoice keeps them. The reason stays with the agreement: it names people."""
    return [
        {
            "kind": own.rule.kind,
            "rule": written_of(own.rule),
            "since": own.since.isoformat(),
            "until": own.until.isoformat() if own.until is not None else None,
            "source": own.citation.source,
            "clause": own.citation.clause,
        }
        for own in own_terms
    ]


def own_terms_from_json(stored: Iterable[Mapping[str, Any]]) -> tuple[Deviation, ...]:
    """Return the rules that an invoice keeps."""
    return tuple(
        Deviation(
            rule=rule_of(one["kind"], one["rule"]),
            reason=WHERE,
            since=date.fromisoformat(one["since"]),
            until=date.fromisoformat(one["until"]) if one["until"] else None,
            citation=Citation(one["source"], one["clause"]),
        )
        for one in stored
    )


def _in_words(draft: DeviationDraft) -> Iterable[Objection]:
    if not draft.reason.strip():
        yield Objection(message="A special agreement needs a reason. Write why it is made.")
    named = [person.strip() for person in draft.approved_by]
    if not named or not all(named) or len(set(named)) < len(named):
        yield Objection(message="A special agreement needs who approved it. Name each person once.")
    for name in OF_DOCUMENTS:
        if name in draft.written:
            yield Objection(
                message=f'A special agreement is with one customer and has no field "{name}". Leave it out.'
            )


def _in_days(draft: DeviationDraft, *, today: date) -> Iterable[Objection]:
    if draft.since < today:
        yield Objection(message=f"{draft.since} has passed, and what was done then stands. Begin {today} or later.")
    if draft.until <= draft.since:
        yield Objection(
            message=f"It would end on {draft.until}, before it begins on {draft.since}. Choose a later end."
        )
    latest = add_months(draft.since, 12 * YEARS_MAX)
    if draft.until > latest:
        yield Objection(
            message=f"It would hold beyond {latest}. Choose that day or an earlier one, and agree it anew then."
        )


def _in_reach(rule: Rule, products: frozenset[str]) -> Iterable[Objection]:
    unknown = sorted(set(rule.products) - products)
    if unknown:
        known = ", ".join(sorted(products))
        yield Objection(message=f"The contract has no {', '.join(unknown)}. It is over: {known}.")


def _against(rule: Rule, draft: DeviationDraft, others: Iterable[AgreedRule]) -> Iterable[Objection]:
    for other in others:
        if _is_same_case(rule, other.rule) and draft.since < other.until and other.since < draft.until:
            yield Objection(
                message=f"{other.name} is agreed already from {other.since} until {other.until}. Begin on {other.until}.",
                because=(other.citation,),
            )


def _is_same_case(rule: Rule, other: Rule) -> bool:
    """Tell whether two rules answer the same question equally well; a rule for a product goes before a general one."""
    if rule.kind != other.kind or any(getattr(rule, name) != getattr(other, name) for name in selectors_of(type(rule))):
        return False
    return not (rule.products or other.products) or not set(rule.products).isdisjoint(other.products)


def _by_terms(
    rule: Rule, agreement: Agreement, *, product: str | None, customer: CustomerKind, on: date
) -> Rule | None:
    selector = tuple((name, getattr(rule, name)) for name in selectors_of(type(rule)))
    return answer(agreement, Question(rule.kind, on, product, customer, selector)).rule


def _alone(agreement: Agreement, rule: Rule | None) -> Agreement:
    """Return a document of this one rule, so that two rules can be weighed as two documents are."""
    if rule is None:
        return replace(agreement, clauses=())
    plain = msgspec.structs.replace(rule, products=(), customers=(), requirements=(), decided_by="system", house=False)
    return replace(agreement, clauses=(Clause("1", "", "", 1, (PlacedRule(plain, 1),)),))


@lru_cache(maxsize=16_384)
def _rule(kind: str, written: str) -> Rule:
    assert kind in KINDS, f"{kind} was a clause kind when it was agreed"
    read = read_agreed(kind, json.loads(written))
    assert read.placed is not None, f"an agreed rule was checked before it was stored: {read.problems}"
    return read.placed.rule


def _key(name: str) -> str:
    return name if name.isidentifier() and name.isascii() else json.dumps(name)


def _value(value: object) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    # JSON and TOML write texts, whole numbers and truth alike; anything else is told of as a wrong value.
    return json.dumps(value, ensure_ascii=False, default=str)
