"""Figures with their units in both languages, prose from rules, and safe HTML."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from servanda.terms.clauses import (
    BillingInterval,
    CollectionFee,
    CustomerErasure,
    Export,
    Interest,
    Reopening,
    Rescission,
    Rule,
    Term,
)
from servanda.terms.document import Agreement, Language
from servanda.terms.figures import figure_text
from servanda.terms.rendering import html_of, html_page_of, markdown_of, rendered

Write = Callable[..., Agreement]


def percent(text: str) -> Interest:
    return Interest(method="percent per started month", percent=Decimal(text))


@pytest.mark.parametrize(
    ("rule", "field", "danish", "english"),
    [
        (Rescission(days=1), "days", "1 dag", "1 day"),
        (Rescission(days=14), "days", "14 dage", "14 days"),
        (Term(months=1), "months", "1 måned", "1 month"),
        (Term(months=12), "months", "12 måneder", "12 months"),
        (Term(allowed=(1, 12, 24, 36)), "allowed", "1, 12, 24 eller 36 måneder", "1, 12, 24 or 36 months"),
        (BillingInterval(months=(1,)), "months", "1 måned", "1 month"),
        (BillingInterval(months=(1, 12)), "months", "1 eller 12 måneder", "1 or 12 months"),
        (Export(reminders_days_before=(14, 3)), "reminders_days_before", "14 og 3 dage", "14 and 3 days"),
        (Reopening(cause="payment", requires="all due paid", within_hours=1), "within_hours", "1 time", "1 hour"),
        (Reopening(cause="payment", requires="all due paid", within_hours=48), "within_hours", "48 timer", "48 hours"),
        (percent("6.00"), "percent", "6 %", "6 %"),
        (percent("1.50"), "percent", "1,5 %", "1.5 %"),
        (percent("100"), "percent", "100 %", "100 %"),
        (CollectionFee(amount=Decimal("1100")), "amount", "1.100,00 kr.", "DKK 1,100.00"),
        (CustomerErasure(empty_fiscal_years=5, within_days=30), "empty_fiscal_years", "5", "5"),
    ],
)
def test_a_figure_is_written_with_its_unit(rule: Rule, field: str, danish: str, english: str) -> None:
    languages: tuple[Language, Language] = ("da", "en")
    assert [figure_text(rule, field, language) for language in languages] == [danish, english]


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
Se [her](javascript:alert) og ![x](https://example.dk/x.png).

# Husets valg

## H1 Gebyr
Gebyret er {amount}.

```toml collection-fee
amount = "50.00"
house = true
decided_by = "person"
```
"""
ENGLISH = """# 2. Payment & time

## 2.1 Time of {days}
Pay within {payment-term.days}, and *not* after {=24} hours.

> Read as: {days}.

## 2.2 Other
Nothing.

# Choices of the house

## H1 Fee
The fee is {amount}.
"""


def test_the_english_text_takes_its_figures_from_the_danish_rules(write: Write) -> None:
    text = markdown_of(write(ENGLISH, language="en"), write(DANISH))
    assert "### 2.1 Time of 14 days" in text
    assert "Pay within 14 days, and *not* after 24 hours." in text
    assert "> Read as: 14 days." in text
    assert "*Automatic, A person decides*" in text
    assert "The fee is DKK 50.00." in text
    assert "{" not in text


def test_parts_tell_how_far_a_clause_is_automated(write: Write) -> None:
    shown = rendered(write(DANISH))
    first, second = shown.chapters[0].clauses
    (house,) = shown.chapters[1].clauses
    assert first.marks == ("automatic", "a person decides")
    assert first.kinds == ("payment-term", "interest")
    assert first.requirements == ("birk-001",)
    assert (first.heading, first.anchor) == ("Frist på 14 dage", "clause-2-1")
    assert first.reading_html == "<p>Læses sådan: 14 dage.</p>\n"
    assert second.marks == ("not automated",)
    assert (house.is_house, house.marks, house.anchor) == (True, ("a person decides",), "clause-h1")


def test_house_choices_are_introduced_as_no_part_of_the_terms(write: Write) -> None:
    terms, house = rendered(write(DANISH)).chapters
    assert terms.intro_html == ""
    assert "ikke en del af det, du har accepteret" in house.intro_html
    assert "ikke en del af det" in markdown_of(write(DANISH))
    assert "not part of what you accepted" in html_of(write(ENGLISH, language="en"), write(DANISH))


def test_html_has_an_anchor_for_each_clause_and_escapes_what_is_text(write: Write) -> None:
    page = html_page_of(write(DANISH))
    assert page.startswith("<!doctype html>")
    assert '<section id="clause-2-1">' in page
    assert "<h2>2. Betaling &amp; frist</h2>" in page
    assert "javascript:" not in page.replace("(javascript:alert)", "")
    assert 'href="javascript' not in page
    assert "<img" not in page


def test_names_from_the_front_matter_are_escaped(write: Write) -> None:
    agreement = write("## 1 <A>\nTekst.\n".replace("<A>", "A & B"))
    assert "<h3>1 A &amp; B</h3>" in html_of(agreement)


def test_the_day_from_which_a_version_holds_is_told(write: Write) -> None:
    dated = rendered(write("## 1 A\nTekst.\n", effective_on="2025-01-01\nuntil = 2026-01-01")).dated
    assert "1. januar 2025" in dated
    assert "1. januar 2026" in dated
