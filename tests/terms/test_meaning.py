"""What each clause means for one customer: a sentence for every kind, the law said, and only what concerns them."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import msgspec
import pytest

from servanda.agreements import PROVIDERS
from servanda.agreements.reading import library_of
from servanda.terms.clauses import KINDS, CustomerKind, NoticeChannel, PaymentTerm, Rule, ShownRule
from servanda.terms.cross_fields import contradictions_in
from servanda.terms.document import Agreement, Language
from servanda.terms.fields import Field, fields_of
from servanda.terms.meaning import SAYERS, Meanings, Reader, meanings_of, sentence_of
from servanda.terms.resolving import Deviation

Write = Callable[..., Agreement]
DAY = date(2026, 11, 30)
ACTING = tuple(name for name, kind in KINDS.items() if not issubclass(kind, ShownRule))
# Shown kinds that give a customer figures to go by.
TOLD = (
    *("backup", "restore", "uptime", "maintenance", "maintenance-window", "support-response", "support-hours"),
    *("time-rate", "inspection", "warranty", "offer", "delivery", "liability-cap", "retention", "data-breach", "age"),
    *("usage-limit", "remote-consent", "fixed-price", "discount", "collection-fee", "outbound-block"),
)


def some(field: Field, *, larger: bool = False) -> Any:
    """A value that the field may hold; the larger one is another one, where there is another one."""
    one: Any = field.name
    if field.choices:
        one = field.choices[0]
    elif field.unit == "clock time":
        one = "09:00" if larger else "08:00"
    elif field.is_decimal:
        one = Decimal("20.00" if larger else "10.00")
    elif field.unit:
        one = 13 if larger else 12
    elif field.annotation is bool:
        one = larger
    return (one,) if field.is_list else one


def made(kind: type[Rule], **given: Any) -> Rule:
    required = {name: some(field) for name, field in fields_of(kind).items() if field.is_required}
    return kind(**(required | given))


def variants(kind: type[Rule]) -> Iterator[Rule]:
    """Rules of the kind in which each field holds each of its choices, and each figure is there or not."""
    own = {name: field for name, field in fields_of(kind).items() if name not in ("products", "customers", "house")}
    figures = {name: some(field) for name, field in own.items() if field.unit}
    yield made(kind)
    yield made(kind, **figures)
    for name, field in own.items():
        if field.unit:
            yield made(kind, **{name: figures[name]})
        if field.annotation is bool:
            yield made(kind, **figures, **{name: True})
            yield made(kind, **{name: True})
        for choice in field.choices:
            held = (choice,) if field.is_list else choice
            yield made(kind, **{name: held})
            yield made(kind, **figures, **{name: held})


def is_sound(rule: Rule) -> bool:
    """Whether the checker would let the rule into a document; those it refuses need no sentence."""
    return not contradictions_in(rule)


@pytest.mark.parametrize("name", ACTING)
@pytest.mark.parametrize("language", get_args(Language))
def test_every_acting_kind_is_said(name: str, language: Language) -> None:
    said = [sentence_of(rule, language) for rule in variants(KINDS[name]) if is_sound(rule)]
    assert said
    assert all(said)


@pytest.mark.parametrize("name", TOLD)
@pytest.mark.parametrize("language", get_args(Language))
def test_every_shown_kind_with_figures_for_the_customer_is_said(name: str, language: Language) -> None:
    assert any(sentence_of(rule, language) for rule in variants(KINDS[name]))


@pytest.mark.parametrize("name", sorted(SAYERS))
def test_whatever_a_rule_holds_it_is_said_in_whole_sentences(name: str) -> None:
    assert name in KINDS
    for rule in filter(is_sound, variants(KINDS[name])):
        danish, english = sentence_of(rule, "da"), sentence_of(rule, "en")
        assert bool(danish) == bool(english)
        for text in filter(None, (danish, english)):
            assert text.endswith("."), text
            assert text[0].isupper() or text[0].isdigit(), text
            assert not re.search(r"None|[{}]|  |,,|\.\.|,\.|^ | \.", text), text


def other(rule: Rule, name: str) -> Rule:
    held = some(fields_of(type(rule))[name], larger=True)
    return msgspec.structs.replace(rule, **{name: held})


@pytest.mark.parametrize(
    ("name", "field"),
    [(name, field.name) for name in ACTING for field in fields_of(KINDS[name]).values() if field.unit],
)
@pytest.mark.parametrize("language", get_args(Language))
def test_a_changed_figure_changes_what_is_said(name: str, field: str, language: Language) -> None:
    rules = (rule for rule in variants(KINDS[name]) if getattr(rule, field) not in (None, ()) and is_sound(rule))
    assert any(sentence_of(rule, language) != sentence_of(other(rule, field), language) for rule in rules)


def reader(**given: Any) -> Reader:
    values: dict[str, Any] = {"customer": CustomerKind.BUSINESS, "on": DAY, "language": "da"}
    return Reader(**values | given)


def said_in(meanings: Meanings, number: str) -> list[str]:
    return list(meanings.clauses[number].sentences)


TERMS = """## 1 Frist
Betal inden {days}.

```toml payment-term
days = 14
counted_from = "invoice date"
```

## 2 Kort frist
Betal inden {licence.days} eller {pc.days}.

```toml payment-term as licence
days = 7
counted_from = "receipt"
products = ["licence"]
```

```toml payment-term as pc
days = 7
counted_from = "receipt"
products = ["pc"]
```

## 3 Rente
Det koster {interest.percent} om måneden, og {compensation.amount}.

```toml interest
method = "percent per started month"
percent = "2.00"
```

```toml compensation
amount = "310.00"
```

## 4 Lukning
Vi lukker efter {wait_days}.

```toml suspension
cause = "non-payment"
counted_from = "due"
wait_days = 8
decided_by = "person"
```

## 5 Virksomheder
Det koster {amount} at gå.

```toml cancellation-fee
amount = "100.00"
customers = ["business", "public"]
```

## 6 Ord
Ingen regel.
"""
NAMES = {"licence": "Licens", "pc": "Pakke", "web": "Hjemmeside, stor"}
SHORT_TERM = "Du har 7 dage til at betale, regnet fra den dag, du får fakturaen."


def test_a_rule_is_said_to_the_customer(write: Write) -> None:
    terms = write(TERMS)
    danish, english = meanings_of(terms, reader()), meanings_of(terms, reader(language="en"))
    assert said_in(danish, "1") == ["Du har 14 dage til at betale, regnet fra fakturaens dato."]
    assert said_in(english, "1") == ["You have 14 days to pay, counted from the date of the invoice."]
    assert said_in(danish, "6") == []
    assert danish.clauses["6"].concerns


def test_what_holds_for_products_alike_is_said_once(write: Write) -> None:
    meanings = meanings_of(write(TERMS), reader(product_names=NAMES))
    assert said_in(meanings, "2") == [f"Licens og Pakke: {SHORT_TERM}"]


def test_only_the_customers_own_products_are_named(write: Write) -> None:
    meanings = meanings_of(write(TERMS), reader(product_names=NAMES, products=("pc", "web")))
    assert said_in(meanings, "2") == [f"Pakke: {SHORT_TERM}"]
    assert said_in(meanings, "1") == [
        "Du har 14 dage til at betale, regnet fra fakturaens dato. For Pakke gælder punkt 2 i stedet."
    ]


@pytest.mark.parametrize(
    ("products", "number", "why_not"),
    [
        (("web",), "2", "Punktet gælder ikke for dig, for du har ikke Licens eller Pakke."),
        (("pc",), "1", "For dig gælder punkt 2 i stedet."),
        (("pc", "licence"), "1", "For dig gælder punkt 2 i stedet."),
    ],
)
def test_a_clause_that_does_not_concern_the_customer_says_why(
    write: Write, products: tuple[str, ...], number: str, why_not: str
) -> None:
    meaning = meanings_of(write(TERMS), reader(product_names=NAMES, products=products)).clauses[number]
    assert (meaning.concerns, meaning.said, meaning.sentences) == (False, (), (why_not,))


def test_a_clause_for_other_customers_says_for_whom_it_is(write: Write) -> None:
    meaning = meanings_of(write(TERMS), reader(customer=CustomerKind.CONSUMER)).clauses["5"]
    assert meaning.sentences == ("Punktet gælder ikke for dig. Det er for virksomheder og offentlige kunder.",)


def test_the_law_is_said_where_it_overrides(write: Write) -> None:
    consumer = meanings_of(write(TERMS), reader(customer=CustomerKind.CONSUMER))
    interest, compensation = consumer.clauses["3"].said
    assert str(interest) == (
        "Loven går forud for punktet her (Renteloven § 7). Derfor gælder: "
        "Betaler du for sent, løber der rente efter renteloven fra dag til dag."
    )
    assert str(compensation).startswith("Det her gælder ikke for dig, fordi loven forbyder det (Renteloven § 9 a")
    assert [interest.source, compensation.source] == ["law", "law"]
    assert compensation.rule is None
    business = meanings_of(write(TERMS), reader())
    assert said_in(business, "3")[0] == "Betaler du for sent, koster det dig 2 % af beløbet for hver påbegyndt måned."
    assert business.clauses["3"].said[0].source == "terms"


def test_a_person_and_a_warning_are_said_where_they_come_first(write: Write) -> None:
    (text,) = said_in(meanings_of(write(TERMS), reader(customer=CustomerKind.CONSUMER)), "4")
    assert "Et menneske hos os beslutter det hver gang." in text
    assert "Du skal først have fået en skriftlig advarsel med en frist (Aftaleloven § 36" in text


def agreed(rule: Rule, *, until: date | None = None) -> Deviation:
    return Deviation(rule, "kommunens rutiner", date(2026, 1, 1), until)


@pytest.mark.parametrize(
    ("until", "end"),
    [
        (date(2027, 1, 1), "Særaftalen gælder til og med torsdag den 31. december 2026."),
        (None, "Særaftalen gælder, indtil vi aftaler noget andet."),
    ],
)
def test_what_was_agreed_with_the_customer_is_said_with_reason_and_end(
    write: Write, until: date | None, end: str
) -> None:
    longer = agreed(PaymentTerm(days=30, counted_from="invoice date"), until=until)
    meanings = meanings_of(write(TERMS), reader(deviations=(longer,)))
    assert said_in(meanings, "1") == [
        "Du har 30 dage til at betale, regnet fra fakturaens dato. Det er aftalt særskilt med dig. "
        f"Grunden er: kommunens rutiner. {end}"
    ]
    assert meanings.clauses["1"].said[0].source == "deviation"
    assert meanings.apart == ()


def test_a_deviation_that_has_ended_says_nothing(write: Write) -> None:
    ended = agreed(PaymentTerm(days=30, counted_from="invoice date"), until=DAY)
    meanings = meanings_of(write(TERMS), reader(deviations=(ended,)))
    assert "14 dage" in said_in(meanings, "1")[0]
    assert meanings.apart == ()


def test_a_deviation_for_one_product_leaves_the_rest_as_it_is(write: Write) -> None:
    for_web = agreed(PaymentTerm(days=30, counted_from="invoice date", products=("web",)))
    meanings = meanings_of(write(TERMS), reader(products=("web", "mail"), product_names=NAMES, deviations=(for_web,)))
    first, second = sorted(said_in(meanings, "1"))
    assert first.startswith("Du har 14 dage")
    assert second.startswith("Hjemmeside, stor: Du har 30 dage")


def test_what_was_agreed_beside_the_terms_stands_apart(write: Write) -> None:
    channel = agreed(NoticeChannel(channels=("letter",)))
    meanings = meanings_of(write(TERMS), reader(deviations=(channel,)))
    (apart,) = meanings.apart
    assert apart.text == "Du og vi kan give hinanden besked via brev."
    assert apart.source == "deviation"


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("customer", CustomerKind)
@pytest.mark.parametrize("language", get_args(Language))
def test_every_clause_of_the_five_has_a_meaning_for_everybody(
    provider: str, customer: CustomerKind, language: Language
) -> None:
    terms = library_of(provider).version_on(DAY)
    meanings = meanings_of(terms, reader(customer=customer, language=language))
    assert list(meanings.clauses) == [clause.number for clause in terms.clauses]
    for clause in terms.clauses:
        meaning = meanings.clauses[clause.number]
        has_acting = any(not isinstance(placed.rule, ShownRule) for placed in clause.rules)
        assert bool(meaning.sentences) or not has_acting, clause.number
        assert not any("None" in text or "{" in text for text in meaning.sentences)
