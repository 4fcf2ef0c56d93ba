"""The agreement as a book: marks, asides, figures, and the layouts that every reader gets."""

import re
from collections.abc import Callable
from html import unescape
from typing import ClassVar, get_args

import pytest

from servanda.agreements import PROVIDERS
from servanda.agreements.reading import library_of
from servanda.terms.book import Book, LawNote, book_of
from servanda.terms.book_pages import article_of, html_page_of, markdown_of
from servanda.terms.clauses import CollectionFee, PaymentTerm, Prices, Rule, ShownRule, Uptime
from servanda.terms.document import Agreement, Language, PlacedRule
from servanda.terms.fields import figures_of
from servanda.terms.figures import figure_text
from servanda.terms.margin import Mark, margin_mark, marks_of

Write = Callable[..., Agreement]

DANISH = """# 2. Betaling & frist

## 2.1 Frist på {days}
<!-- covers: birk-001 -->
Betal inden {payment-term.days}, og *ikke* efter {=24} timer.

> Læses sådan: {days}.

```toml payment-term
days = 14
counted_from = "receipt"
```

```toml interest
method = "statutory"
decided_by = "person"
```

## 2.2 Andet
Se [her](javascript:alert).

> Vi læser det, som det står.

# Husets valg

## H1 Gebyr
Gebyret er {amount}.

```toml reminder-fee
amount = "50.00"
fees_max = 1
spacing_days = 10
house = true
decided_by = "person"
```
"""
ENGLISH = """# 2. Payment & time

## 2.1 Time of {days}
Pay within {payment-term.days}, and *not* after {=24} hours.

> Read as follows: {days}.

## 2.2 Other
Nothing.

# Choices of the house

## H1 Fee
The fee is {amount}.
"""


class Measured(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: ClassVar[str] = "measured-one"
    measured: ClassVar[bool] = True


PAYMENT = PaymentTerm(days=14, counted_from="receipt")


@pytest.mark.parametrize(
    ("rules", "marks"),
    [
        ((), ("not automated",)),
        ((Prices(without_vat=True),), ("not automated",)),
        ((Prices(without_vat=True, decided_by="person"),), ("not automated",)),
        ((PAYMENT,), ("automatic",)),
        ((PAYMENT, Prices(without_vat=True)), ("automatic",)),
        ((PaymentTerm(days=14, counted_from="receipt", decided_by="person"),), ("by hand",)),
        (
            (PAYMENT, PaymentTerm(days=7, counted_from="receipt", decided_by="person")),
            ("automatic", "by hand"),
        ),
        ((Measured(),), ("measured",)),
        ((PAYMENT, Measured()), ("automatic", "measured")),
    ],
)
def test_the_margin_tells_how_far_a_clause_is_carried_out(rules: tuple[Rule, ...], marks: tuple[Mark, ...]) -> None:
    assert marks_of(tuple(PlacedRule(rule, 1) for rule in rules)) == marks


@pytest.mark.parametrize("language", get_args(Language))
def test_every_mark_has_words_and_a_symbol_of_its_own(language: Language) -> None:
    marks = [margin_mark(name, language) for name in get_args(Mark)]
    assert len({mark.symbol for mark in marks}) == len({mark.text for mark in marks}) == len(marks) == 4
    assert all(mark.explanation.endswith(".") for mark in marks)


def test_parts_tell_what_a_clause_is(write: Write) -> None:
    book = book_of(write(DANISH))
    first, second, house = book.clauses
    assert [mark.name for mark in first.marks] == ["automatic", "by hand"]
    assert first.kinds == ("payment-term", "interest")
    assert first.requirements == ("birk-001",)
    assert (first.heading, first.anchor) == ("Frist på 14 dage", "clause-2-1")
    assert [mark.name for mark in second.marks] == ["not automated"]
    assert (house.is_house, [mark.name for mark in house.marks], house.anchor) == (True, ["by hand"], "clause-h1")
    assert [mark.name for mark in book.marks] == ["automatic", "by hand", "not automated"]


def test_the_english_book_takes_its_figures_from_the_danish_rules(write: Write) -> None:
    text = markdown_of(book_of(write(ENGLISH, language="en"), write(DANISH)))
    assert "### 2.1 Time of 14 days" in text
    assert "Pay within 14 days, and *not* after 24 hours." in text
    assert "> Read as follows: 14 days." in text
    assert "*Automatic, A person decides*" in text
    assert "The fee is DKK 50.00." in text
    assert "{" not in text


def test_a_figure_in_a_heading_is_live_too(write: Write) -> None:
    first = book_of(write(DANISH)).clauses[0]
    assert first.heading_html == 'Frist på <span class="figure" data-field="payment-term.days">14 dage</span>'


def test_notes_and_meanings_stand_by_their_clause(write: Write) -> None:
    note = LawNote("Loven giver mere <tid>.", "Renteloven § 3")
    book = book_of(write(DANISH), notes={"2.1": (note,), "9.9": (note,)}, meanings={"2.1": ("Du har 14 dage.",)})
    first, second, _ = book.clauses
    assert [(aside.kind, aside.label) for aside in first.asides] == [
        ("meaning", "Det betyder for dig"),
        ("reading", "Sådan læser vi punktet"),
        ("law", "Det siger loven"),
    ]
    assert first.asides[2].html == "<p>Loven giver mere &lt;tid&gt;. (Renteloven § 3)</p>\n"
    assert [aside.kind for aside in second.asides] == ["reading"]
    text = markdown_of(book)
    assert "> **Det siger loven:** Loven giver mere <tid>. (Renteloven § 3)" in text
    assert "> **Det betyder for dig:** Du har 14 dage." in text


def test_a_reading_that_says_that_it_is_one_has_no_label_to_be_seen(write: Write) -> None:
    first, second, _ = book_of(write(DANISH)).clauses
    assert [first.asides[0].is_label_shown, second.asides[0].is_label_shown] == [False, True]
    page = article_of(book_of(write(DANISH)))
    assert page.count('aria-label="Sådan læser vi punktet"') == 2
    assert page.count(">Sådan læser vi punktet</p>") == 1


def test_house_choices_are_introduced_as_no_part_of_the_terms(write: Write) -> None:
    terms, house = book_of(write(DANISH)).chapters
    assert terms.intro_html == ""
    assert "ikke en del af det, du har accepteret" in house.intro_html
    assert "ikke en del af det" in markdown_of(book_of(write(DANISH)))
    assert "not part of what you accepted" in article_of(book_of(write(ENGLISH, language="en"), write(DANISH)))


def test_html_has_an_anchor_for_each_clause_and_escapes_what_is_text(write: Write) -> None:
    page = html_page_of(book_of(write(DANISH)))
    assert page.startswith("<!doctype html>")
    assert '<section class="clause" id="clause-2-1"' in page
    assert ">2. Betaling &amp; frist</h2>" in page
    assert 'href="javascript' not in page
    assert "<img" not in page
    assert "<script" not in page


def test_html_names_the_version_its_hash_and_its_chapters(write: Write) -> None:
    agreement = write(DANISH)
    page = html_page_of(book_of(agreement))
    assert agreement.sha256 in page
    assert "Birks Bits · 1" in page
    for target in re.findall(r'href="#([^"]+)"', page):
        assert f'id="{target}"' in page


def test_clauses_without_a_chapter_stand_under_the_title_without_a_gap(write: Write) -> None:
    page = article_of(book_of(write("## 1 A & B\nTekst.\n")))
    assert re.search(r"<h2 [^>]*><span[^>]*><a [^>]*>1</a></span> A &amp; B</h2>", page)
    assert "<h3" not in page


def test_the_day_from_which_a_version_holds_is_told(write: Write) -> None:
    dated = book_of(write("## 1 A\nTekst.\n", effective_on="2025-01-01\nuntil = 2026-01-01")).dated
    assert "1. januar 2025" in dated
    assert "1. januar 2026" in dated


def installed(provider: str, language: Language) -> list[tuple[Agreement, Book]]:
    library = library_of(provider)
    danish = [library.version(version) for version in library.versions]
    return [(one, book_of(library.version(one.version, language), one)) for one in danish]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("language", get_args(Language))
def test_every_clause_of_the_five_is_in_the_book(provider: str, language: Language) -> None:
    for danish, book in installed(provider, language):
        assert [clause.number for clause in book.clauses] == [clause.number for clause in danish.clauses]
        assert all(clause.heading and clause.marks for clause in book.clauses)
        page = article_of(book)
        assert page.count("<section ") == len(danish.clauses)
        assert "{" not in page
        assert "{" not in markdown_of(book)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("language", get_args(Language))
def test_every_live_figure_of_the_five_is_what_a_rule_of_its_clause_holds(provider: str, language: Language) -> None:
    seen = 0
    for _, book in installed(provider, language):
        for clause in book.clauses:
            for name, said in figures_in(clause.heading_html + clause.html + clause.reading_html):
                kind, field = name.split(".")
                held = {
                    figure_text(placed.rule, field, language)
                    for placed in clause.rules
                    if placed.rule.kind == kind and field in figures_of(placed.rule)
                }
                assert said in held, f"{clause.number}: {name}"
                seen += 1
    assert seen


def figures_in(html: str) -> list[tuple[str, str]]:
    found = re.findall(r'<span class="figure" data-field="([^"]+)"[^>]*>([^<]*)</span>', html)
    return [(name, unescape(said)) for name, said in found]


def test_a_kind_is_measured_only_when_it_says_so() -> None:
    assert marks_of((PlacedRule(Measured(), 1),)) == ("measured",)
    assert not any(getattr(kind, "measured", False) for kind in (Rule, ShownRule, PaymentTerm, CollectionFee, Uptime))
