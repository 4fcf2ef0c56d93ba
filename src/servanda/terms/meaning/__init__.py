"""What does each clause mean for one customer, in plain sentences addressed to them?

Nothing is decided here: the terms are asked as the program asks them (`resolving.ask`), for the customer's kind, their
products, their own deviations and the day, and the answer is said. Where the law overrides the text, the sentence says
what then holds. A rule that gives the customer nothing to go by is not said.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from typing import Literal

from servanda.ground.calendar import day_text
from servanda.ground.citation import Citation, texts_of
from servanda.terms.clauses import CustomerKind, Rule, ShownRule, is_valid_on
from servanda.terms.document import Agreement, Clause, Language
from servanda.terms.fields import content_of, selectors_of
from servanda.terms.figures import figure_text
from servanda.terms.meaning import closing, dealing, ending, helping, paying, running
from servanda.terms.meaning.said import Sayer
from servanda.terms.meaning.words import WORDS
from servanda.terms.resolving import Answer, Deviation, Link, ask

Source = Literal["terms", "law", "deviation", "house"]

SAYERS: dict[str, Sayer] = {
    **ending.SAYERS,
    **paying.SAYERS,
    **closing.SAYERS,
    **running.SAYERS,
    **helping.SAYERS,
    **dealing.SAYERS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads, on which day, in which language. Of `products` None it is not known what they have: all may be meant."""

    customer: CustomerKind
    on: date
    language: Language
    products: tuple[str, ...] | None = None
    product_names: Mapping[str, str] = field(default_factory=dict)
    deviations: tuple[Deviation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """One thing that holds for the reader: a sentence, sentences that belong to it, and what it rests on.

    `about` names the products that it is about, in the reader's language; empty where it is for all that they have.

    `rule` is the one that holds, None where the law forbids it; `written` is the rule as the terms or the deviation have
    it.
    """

    sentence: str
    notes: tuple[str, ...]
    source: Source
    because: tuple[Citation, ...]
    written: Rule
    rule: Rule | None
    products: tuple[str, ...] = ()
    about: str = ""

    @property
    def text(self) -> str:
        return f"{self.about}: {self.sentence}" if self.about else self.sentence

    def __str__(self) -> str:
        return " ".join((self.text, *self.notes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a clause means for the reader. Where it does not concern them, `why_not` says why."""

    number: str
    said: tuple[Meant, ...]
    why_not: str = ""

    @property
    def concerns(self) -> bool:
        return not self.why_not

    @property
    def sentences(self) -> tuple[str, ...]:
        """Everything as paragraphs to be shown; none where there is nothing to say."""
        return (*map(str, self.said), *((self.why_not,) if self.why_not else ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanings:
    """The meanings by clause number, and `apart` what was agreed with the reader that no clause speaks of."""

    clauses: Mapping[str, Meaning]
    apart: tuple[Meant, ...]

    @property
    def sentences(self) -> Mapping[str, tuple[str, ...]]:
        """The paragraphs by clause number, as `book.book_of` takes them."""
        return {number: meaning.sentences for number, meaning in self.clauses.items()}


def meanings_of(agreement: Agreement, reader: Reader) -> Meanings:
    """Return what each clause means for the reader; the agreement is the Danish one, which carries the rules."""
    clauses = {clause.number: _meaning(agreement, clause, reader) for clause in agreement.clauses}
    said = tuple(meant.written for meaning in clauses.values() for meant in meaning.said)
    apart = tuple(
        _agreed(deviation, reader)
        for deviation in reader.deviations
        if is_valid_on(deviation.since, deviation.until, reader.on) and deviation.rule not in said
    )
    return Meanings(clauses=clauses, apart=tuple(meant for meant in apart if meant is not None))


def sentence_of(rule: Rule, language: Language) -> str:
    """Return the rule as a sentence to the customer; empty where it gives them nothing to go by."""
    sayer = SAYERS.get(rule.kind)
    if sayer is None:
        return ""
    said = sayer(rule, partial(figure_text, rule, language="da"), partial(figure_text, rule, language="en"))
    return "" if said is None else said[0 if language == "da" else 1]


def _meaning(agreement: Agreement, clause: Clause, reader: Reader) -> Meaning:
    sayable = tuple(placed.rule for placed in clause.rules if sentence_of(placed.rule, reader.language))
    said = _once([meant for rule in sayable for meant in _meant(agreement, clause, rule, reader)], reader)
    why_not = _why_not(agreement, sayable, reader) if sayable and not said else ""
    return Meaning(number=clause.number, said=said, why_not=why_not)


def _meant(agreement: Agreement, clause: Clause, rule: Rule, reader: Reader) -> Iterator[Meant]:
    """Give what holds where the rule is the winner, or gives way to a deviation, once for each different answer."""
    answers: dict[tuple[object, ...], tuple[Answer[Rule], list[str]]] = {}
    for product in _cases(rule, reader):
        found = _asked(agreement, rule, product, reader)
        key = (_winner(found), found.rule, found.forbidden_by)
        answers.setdefault(key, (found, []))[1].extend((product,) if product else ())
    elsewhere = tuple(
        _say("elsewhere", reader, products=_names(products, reader, "and"), number=_winner(found).citation.clause)
        for found, products in answers.values()
        if products and not _is_voice_of(found, rule) and _winner(found).citation.clause != clause.number
    )
    for found, products in answers.values():
        if _is_voice_of(found, rule):
            meant = _said_of(found, tuple(products), reader, is_for_products=bool(rule.products))
            if meant is not None:
                yield replace(meant, notes=(*meant.notes, *elsewhere))


def _once(said: list[Meant], reader: Reader) -> tuple[Meant, ...]:
    """Say once what holds alike for several products, or stands twice in the clause."""
    together: dict[tuple[object, ...], Meant] = {}
    for meant in said:
        key = (
            meant.sentence,
            meant.notes,
            meant.source,
            bool(meant.products),
            meant.source == "deviation" and meant.written,
        )
        first = together.get(key)
        if first is None:
            together[key] = meant
        else:
            products = tuple(dict.fromkeys((*first.products, *meant.products)))
            together[key] = replace(first, products=products, about=_names(products, reader, "and"))
    return tuple(together.values())


def _cases(rule: Rule, reader: Reader) -> tuple[str | None, ...]:
    """Return for which products the rule is asked about; None stands for whatever has no rule of its own."""
    if rule.customers and reader.customer not in rule.customers:
        return ()
    if rule.products:
        return tuple(code for code in rule.products if reader.products is None or code in reader.products)
    return reader.products or (None,)


def _asked(agreement: Agreement, rule: Rule, product: str | None, reader: Reader) -> Answer[Rule]:
    return ask(
        agreement,
        type(rule),
        on=reader.on,
        product=product,
        customer=reader.customer,
        selector=tuple((name, getattr(rule, name)) for name in selectors_of(type(rule))),
        deviations=reader.deviations,
    )


def _winner(found: Answer[Rule]) -> Link:
    return next(link for link in found.chain if link.role != "law above")


def _is_voice_of(found: Answer[Rule], rule: Rule) -> bool:
    """Tell whether the answer is the rule's own, or what was agreed with the reader in its place."""
    winner = _winner(found)
    assert winner.rule is not None, "every voice below the law has a rule"
    return winner.role == "deviation" or content_of(winner.rule) == content_of(rule)


def _said_of(found: Answer[Rule], products: tuple[str, ...], reader: Reader, *, is_for_products: bool) -> Meant | None:
    written = found.written
    assert written is not None, "an answer with a chain has its winner's rule"
    by_law = ", ".join(texts_of(tuple(link.citation for link in found.chain if link.role == "law above")))
    said = sentence_of(found.rule if found.rule is not None else written, reader.language)
    if not said:
        return None
    text = said
    if found.forbidden_by is not None:
        text = _say("forbidden", reader, law=str(found.forbidden_by), said=said)
    elif found.overridden:
        text = _say("by law", reader, law=by_law, said=said)
    is_prefixed = bool(products) and (is_for_products or bool(written.products))
    return Meant(
        sentence=text,
        notes=tuple(_notes(found, reader)),
        source=_source_of(found),
        because=found.because,
        written=written,
        rule=found.rule,
        products=products if is_prefixed else (),
        about=_names(products, reader, "and") if is_prefixed else "",
    )


def _notes(found: Answer[Rule], reader: Reader) -> Iterator[str]:
    rule, winner = found.rule, _winner(found)
    if rule is not None and rule.decided_by == "person" and not isinstance(rule, ShownRule):
        yield _say("person", reader)
    if found.needs_warning is not None:
        yield _say("warning", reader, law=str(found.needs_warning))
    if found.law_beside:
        yield _say("beside", reader, law=", ".join(texts_of(found.law_beside)))
    if winner.role == "deviation":
        yield from _agreement_notes(_deviation_of(winner, reader), reader)


def _deviation_of(winner: Link, reader: Reader) -> Deviation:
    return next(
        deviation
        for deviation in sorted(reader.deviations, key=lambda deviation: deviation.since, reverse=True)
        if deviation.rule == winner.rule and is_valid_on(deviation.since, deviation.until, reader.on)
    )


def _agreement_notes(deviation: Deviation, reader: Reader) -> Iterator[str]:
    yield _say("agreed", reader, reason=deviation.reason.rstrip("."))
    if deviation.until is None:
        yield _say("agreed for now", reader)
    else:
        last_day = deviation.until - timedelta(days=1)
        yield _say("agreed until", reader, day=day_text(last_day, reader.language))


def _agreed(deviation: Deviation, reader: Reader) -> Meant | None:
    """Return what was agreed where no clause speaks of it."""
    said = sentence_of(deviation.rule, reader.language)
    if not said:
        return None
    products = deviation.rule.products
    return Meant(
        sentence=said,
        notes=tuple(_agreement_notes(deviation, reader)),
        source="deviation",
        because=(deviation.citation,),
        written=deviation.rule,
        rule=deviation.rule,
        products=products,
        about=_names(products, reader, "and"),
    )


def _source_of(found: Answer[Rule]) -> Source:
    if found.overridden or found.forbidden_by is not None:
        return "law"
    if _winner(found).role == "deviation":
        return "deviation"
    return "house" if found.is_house else "terms"


def _why_not(agreement: Agreement, rules: tuple[Rule, ...], reader: Reader) -> str:
    """Return why none of the clause's rules is for the reader."""
    mine = tuple(rule for rule in rules if not rule.customers or reader.customer in rule.customers)
    if not mine:
        kinds = dict.fromkeys(kind for rule in rules for kind in rule.customers)
        return _say("not your kind", reader, kinds=_row([_say(str(kind), reader) for kind in kinds], reader, "and"))
    asked = tuple((rule, case) for rule in mine for case in _cases(rule, reader))
    if not asked:
        products = tuple(dict.fromkeys(code for rule in mine for code in rule.products))
        return _say("not your products", reader, products=_names(products, reader, "or"))
    elsewhere = dict.fromkeys(_winner(_asked(agreement, rule, case, reader)).citation.clause for rule, case in asked)
    return _say("elsewhere for all", reader, number=_row(list(elsewhere), reader, "and"))


def _names(codes: Sequence[str], reader: Reader, last: str) -> str:
    return _row([reader.product_names.get(code, code) for code in codes], reader, last)


def _row(said: list[str], reader: Reader, last: str) -> str:
    if len(said) < 2:
        return "".join(said)
    between = "; " if any("," in one for one in said) else ", "
    return f"{between.join(said[:-1])} {_say(last, reader)} {said[-1]}"


def _say(name: str, reader: Reader, **values: str) -> str:
    return WORDS[reader.language][name].format(**values)
