"""`servanda terms explain`: what do the terms say for a case, and why? One sentence for each voice that was heard."""

import argparse
import json
from datetime import date, datetime
from typing import Any

from servanda.agreements.named import catalogue_named, library_named
from servanda.ground.calendar import COPENHAGEN, parse_day
from servanda.ground.citation import Citation
from servanda.ground.refusal import Refused
from servanda.terms.clauses import KINDS, CustomerKind, Rule
from servanda.terms.document import Agreement
from servanda.terms.fields import fields_of, selectors_of
from servanda.terms.resolving import Answer, Link, NoSuchQuestion, Question, ask, rules_of, said_by

_ROLES = {
    "law above": "The law stands above the terms",
    "deviation": "Agreed with the customer",
    "specific clause": "A clause for this case",
    "general clause": "The general clause",
    "law default": "The law where the terms are silent (a person decides)",
    "house choice": "A choice of the house, which the customer did not accept",
}


def add_to(subparsers: Any) -> None:
    """Add `terms explain`."""
    parser = subparsers.add_parser("explain", help="answer a question to the terms, with all its sources")
    parser.add_argument("provider", metavar="PROVIDER", help="a provider, or a folder with documents")
    parser.add_argument("question", metavar="QUESTION", help="a clause kind, as in reminder:step=2")
    parser.add_argument("--product", metavar="P", help="the code of a product")
    parser.add_argument("--customer", metavar="K", choices=[str(kind) for kind in CustomerKind])
    parser.add_argument("--on", metavar="DATE", help="a day as 2026-11-30; today by default")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_explain)


def _explain(parsed: argparse.Namespace) -> int:
    kind, selector = question_of(parsed.question)
    on = parse_day(parsed.on) if parsed.on else _today()
    codes = catalogue_named(parsed.provider).codes if parsed.product is not None else frozenset()
    if parsed.product is not None and parsed.product not in codes:
        known = ", ".join(sorted(codes))
        raise Refused(f"{parsed.provider} sells no {parsed.product!r}. It sells: {known}.")
    agreement = library_named(parsed.provider).version_on(on)
    customer = CustomerKind(parsed.customer) if parsed.customer else None
    question = Question(kind.kind, on, parsed.product, customer, selector)
    answers = _answers(agreement, kind, question)
    if parsed.json:
        print(json.dumps([as_json(answer) for answer in answers], ensure_ascii=False, indent=2))
    else:
        print(f"{agreement.provider} {agreement.version}, on {on.isoformat()}")
        print("\n".join(line for answer in answers for line in sentences_of(answer)))
        if not any(answer.chain for answer in answers):
            print("".join(f"  {line}\n" for line in said_elsewhere(agreement, kind)), end="")
    return 0


def question_of(text: str) -> tuple[type[Rule], tuple[tuple[str, object], ...]]:
    """Return the kind and the selector that `reminder:step=2` names; refuses what is not known."""
    name, _, rest = text.partition(":")
    kind = KINDS.get(name)
    if kind is None:
        raise NoSuchQuestion(f"There is no clause kind {name!r}. Known are: {', '.join(KINDS)}.")
    if not rest:
        return kind, ()
    field, has_value, value = rest.partition("=")
    if not has_value or field not in selectors_of(kind):
        known = ", ".join(f"{name}:{each}=…" for each in selectors_of(kind)) or name
        raise NoSuchQuestion(f"{text!r} is no question. Write {known}.")
    choices = fields_of(kind)[field].choices
    if choices and value not in choices:
        raise NoSuchQuestion(f"{value!r} is no {field}. Write one of {', '.join(choices)}.")
    if not choices and not value.isdecimal():
        raise NoSuchQuestion(f"{value!r} is no {field}. Write a whole number.")
    return kind, ((field, value if choices else int(value)),)


def sentences_of(answer: Answer[Any]) -> list[str]:
    """Return the answer in lines: what holds, every voice behind it, and what stands beside it."""
    named = " ".join((answer.question.kind, *(f"{name}={value}" for name, value in answer.question.selector)))
    lines = [f"{named}: {_headline(answer)}", *(f"  {_sentence(link)}" for link in answer.chain)]
    if answer.needs_warning is not None:
        lines.append(f"  A delivered written warning with a deadline comes first: {answer.needs_warning}.")
    lines += [f"  Beside it stands a right of the customer: {citation}." for citation in answer.law_beside]
    return lines


def said_elsewhere(agreement: Agreement, kind: type[Rule]) -> list[str]:
    """Return the clauses that answer the question for other products or customers than were asked about."""
    return [
        f"{agreement.cite(clause)} speaks of {', '.join((*placed.rule.products, *placed.rule.customers))} only."
        for clause in agreement.clauses
        for placed in clause.rules
        if isinstance(placed.rule, kind) and (placed.rule.products or placed.rule.customers)
    ]


def as_json(answer: Answer[Any]) -> dict[str, Any]:
    """Return the answer as plain values, for programs."""
    question = answer.question
    return {
        "kind": question.kind,
        "on": question.on.isoformat(),
        "product": question.product,
        "customer": question.customer,
        "selector": dict(question.selector),
        "is_specified": answer.is_specified,
        "rule": None if answer.rule is None else _fields(answer.rule),
        "decided_by": None if answer.rule is None else answer.rule.decided_by,
        "overridden": answer.overridden,
        "forbidden_by": _text(answer.forbidden_by),
        "needs_warning": _text(answer.needs_warning),
        "law_beside": [str(citation) for citation in answer.law_beside],
        "because": [str(citation) for citation in answer.because],
        "chain": [
            {
                "citation": str(link.citation),
                "version": link.citation.version,
                "requirements": list(link.citation.requirements),
                "role": link.role,
                "said": link.said,
            }
            for link in answer.chain
        ],
    }


def _answers(agreement: Agreement, kind: type[Rule], question: Question) -> tuple[Answer[Rule], ...]:
    """Answer the question, or each that the kind can be told apart by; silence is an answer too."""
    on, product, customer = question.on, question.product, question.customer
    if question.selector:
        return (ask(agreement, kind, on=on, product=product, customer=customer, selector=question.selector),)
    return rules_of(agreement, kind, on=on, product=product, customer=customer) or (Answer(question, None, ()),)


def _headline(answer: Answer[Any]) -> str:
    if answer.forbidden_by is not None:
        return f"forbidden by {answer.forbidden_by}."
    if answer.rule is None:
        return "not specified. A person decides; nothing adverse happens by itself."
    by_whom = "" if answer.may_act_alone else " A person decides."
    return f"{said_by(answer.rule) or 'as usual'}.{by_whom}"


def _sentence(link: Link) -> str:
    requirements = f" [{', '.join(link.citation.requirements)}]" if link.citation.requirements else ""
    return f"{_ROLES[link.role]}: {link.citation}{requirements} says {link.said or 'so'}."


def _fields(rule: Rule) -> dict[str, Any]:
    return {name: _plain(getattr(rule, name)) for name in fields_of(type(rule))}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, bool | int | str | None) else str(value)


def _text(citation: Citation | None) -> str | None:
    return None if citation is None else str(citation)


def _today() -> date:
    return datetime.now(COPENHAGEN).date()
