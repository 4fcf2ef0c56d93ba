"""Which promises does a draft make better or worse for the customer, and which does it add or take away?

Which way is better for the customer, `terms.weighing` says of each field; one without a direction is reported as other. What
the law decides above both texts does not change. Whether a promise was kept is not in this: nothing measures it yet.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from servanda.terms.clauses import KINDS, CustomerKind, Rule
from servanda.terms.document import Agreement, Language
from servanda.terms.fields import APPLICABILITY, fields_of, selectors_of
from servanda.terms.figures import figure_text
from servanda.terms.resolving import Answer, Deviation, rules_of
from servanda.terms.weighing import rise, rise_of_whole

Turn = Literal["better", "worse", "other"]

# The kinds that are reported, in this order. What is due when, and what late payment costs, is counted invoice by invoice.
REPORTED = (
    *(
        "uptime",
        "no-uptime",
        "maintenance",
        "maintenance-window",
        "monitoring",
        "incident",
        "redundancy",
        "environment",
    ),
    *("updates", "backup", "restore", "exit-copy", "support-response", "support-hours", "support-channel", "reopening"),
    *("data-breach", "notice", "provider-exit", "outage-exit", "cancellation-fee", "terms-change", "price-change"),
    *("refund-ceiling", "liability-cap", "warranty", "invoice-question"),
)


@dataclass(frozen=True, slots=True)
class PromiseChange:
    """One promise that differs. `of` tells it apart from others of its kind; `field` is empty where it comes or goes as a whole.

    The clauses are those of the two documents, and empty where one is silent.
    """

    kind: str
    of: str
    field: str
    turn: Turn
    before_da: str
    before_en: str
    after_da: str
    after_en: str
    clause_before: str
    clause_after: str


def promise_changes(
    old: Agreement,
    new: Agreement,
    *,
    product: str,
    customer: CustomerKind,
    on: date,
    own_terms: tuple[Deviation, ...] = (),
) -> tuple[PromiseChange, ...]:
    """Return what the draft promises otherwise for a product; what was agreed with the customer stays as it is."""

    def asked(agreement: Agreement, kind: type[Rule]) -> dict[object, Answer[Any]]:
        answers = rules_of(agreement, kind, on=on, product=product, customer=customer, deviations=own_terms)
        return {answer.question.selector: answer for answer in answers if answer.rule is not None}

    return tuple(
        change
        for kind in map(KINDS.__getitem__, REPORTED)
        for change in _of_kind(kind, asked(old, kind), asked(new, kind))
    )


def _of_kind(
    kind: type[Rule],
    before: Mapping[object, Answer[Any]],
    after: Mapping[object, Answer[Any]],
) -> Iterator[PromiseChange]:
    for selector in dict.fromkeys((*before, *after)):
        yield from _of_one(kind, before.get(selector), after.get(selector))


def _of_one(kind: type[Rule], before: Answer[Any] | None, after: Answer[Any] | None) -> Iterator[PromiseChange]:
    if before is None or after is None:
        yield _change(kind, "", _turn(rise_of_whole(kind.kind, is_new=before is None)), before, after)
        return
    names = [name for name in fields_of(kind) if name not in APPLICABILITY and name not in selectors_of(kind)]
    values = {name: (getattr(before.rule, name), getattr(after.rule, name)) for name in names}
    swapped = _swapped(values)
    for name, (old, new) in values.items():
        if old != new:
            turn = _turn(0 if name in swapped else rise(kind.kind, name, old, new))
            yield _change(kind, name, turn, before, after)


def _swapped(values: Mapping[str, tuple[object, object]]) -> frozenset[str]:
    """Return the fields where one figure took another's place, as a month that of thirty days: neither is better by itself."""
    came = {name for name, (old, new) in values.items() if old is None and new is not None}
    went = {name for name, (old, new) in values.items() if old is not None and new is None}
    return frozenset(came | went) if came and went else frozenset()


def _change(
    kind: type[Rule], name: str, turn: Turn, before: Answer[Any] | None, after: Answer[Any] | None
) -> PromiseChange:
    known = before or after
    assert known is not None
    return PromiseChange(
        kind=kind.kind,
        of=", ".join(_plain(value, "en") for _, value in known.question.selector),
        field=name,
        turn=turn,
        before_da=_said(before, name, "da"),
        before_en=_said(before, name, "en"),
        after_da=_said(after, name, "da"),
        after_en=_said(after, name, "en"),
        clause_before=_clause(before),
        clause_after=_clause(after),
    )


def _turn(rise: int) -> Turn:
    return "better" if rise > 0 else "worse" if rise < 0 else "other"


def _said(answer: Answer[Any] | None, name: str, language: Language) -> str:
    if answer is None or answer.rule is None:
        return ""
    rule: Rule = answer.rule
    if name:
        return _written(rule, name, language)
    said = [field for field in fields_of(type(rule)) if field not in APPLICABILITY]
    return "; ".join(
        f"{field}: {_written(rule, field, language)}" for field in said if getattr(rule, field) not in (None, (), False)
    )


def _written(rule: Rule, name: str, language: Language) -> str:
    value = getattr(rule, name)
    is_figure = bool(fields_of(type(rule))[name].unit) and value not in (None, ())
    return figure_text(rule, name, language) if is_figure else _plain(value, language)


def _plain(value: object, language: Language) -> str:
    if value is None or value == ():
        return "–"
    if isinstance(value, bool):
        return {("da", True): "ja", ("da", False): "nej", ("en", True): "yes", ("en", False): "no"}[language, value]
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _clause(answer: Answer[Any] | None) -> str:
    return answer.because[-1].clause if answer is not None and answer.because else ""
