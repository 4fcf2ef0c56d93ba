"""Figures with their units in both languages, and texts with the figures of their rules as safe HTML."""

import re
from decimal import Decimal
from html import escape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.terms.clauses import (
    BillingInterval,
    CollectionFee,
    CustomerErasure,
    Export,
    Interest,
    PaymentTerm,
    Reopening,
    Rescission,
    Rule,
    Term,
)
from servanda.terms.document import Language, PlacedRule
from servanda.terms.figures import figure_text
from servanda.terms.rendering import filled, marked_html, marked_line


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


TERM = PlacedRule(PaymentTerm(days=14, counted_from="receipt"), 1)
SHORT = PlacedRule(PaymentTerm(days=7, counted_from="receipt"), 2, "pc")
SPAN = '<span class="figure" data-field="payment-term.days">14 dage</span>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Inden {days}.", f"<p>Inden {SPAN}.</p>\n"),
        ("Inden {payment-term.days}.", f"<p>Inden {SPAN}.</p>\n"),
        ("*{days}*", f"<p><em>{SPAN}</em></p>\n"),
        ("- {days}\n- to", f"<ul>\n<li>{SPAN}</li>\n<li>to</li>\n</ul>\n"),
        ("Efter {=24} timer", "<p>Efter 24 timer</p>\n"),
        ("<b>{days}</b>", f"<p>&lt;b&gt;{SPAN}&lt;/b&gt;</p>\n"),
        ("`{days}`", "<p><code>14 dage</code></p>\n"),
        ("[her](<https://x.example/{days}>)", '<p><a href="https://x.example/14 dage">her</a></p>\n'),
        ('[her](https://x.example "på {days}")', '<p><a href="https://x.example" title="på 14 dage">her</a></p>\n'),
        ("[her](javascript:alert)", "<p>[her](javascript:alert)</p>\n"),
        ("![x](https://x.example/x.png)", '<p>!<a href="https://x.example/x.png">x</a></p>\n'),
        ("\ue0000\ue001x\ue002", "<p>0x</p>\n"),
        ("& {days}", f"<p>&amp; {SPAN}</p>\n"),
    ],
)
def test_a_figure_of_a_rule_is_marked_and_all_else_is_safe(text: str, html: str) -> None:
    found = marked_html(text, rules=(TERM,), language="da")
    assert found.replace("%20", " ") == html


def test_a_rule_with_a_name_is_told_from_its_likes() -> None:
    html = marked_html("{pc.days}", rules=(TERM, SHORT), language="en")
    assert '<span class="figure" data-field="payment-term.days" data-rule="pc">7 days</span>' in html


def test_a_line_is_no_markdown() -> None:
    assert marked_line("*A* & {days}", rules=(TERM,), language="da") == f"*A* &amp; {SPAN}"


class _Tags(HTMLParser):
    """Notes every tag, and that each end fits the beginning before it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


KNOWN_TAGS = {
    *("p", "ul", "ol", "li", "em", "strong", "code", "pre", "a", "blockquote", "hr", "br", "span"),
    *("table", "thead", "tbody", "tr", "th", "td", "h1", "h2", "h3", "h4", "h5", "h6"),
}
PIECES = st.lists(
    st.sampled_from(
        [
            "{days}",
            "{=9}",
            "*",
            "**",
            "`",
            "[",
            "](x)",
            '"',
            "<",
            ">",
            "&",
            "|",
            "-",
            "#",
            "\n",
            " ",
            "a",
            "\ue001",
            "\\",
        ]
    ),
    max_size=25,
).map("".join)


@given(PIECES)
def test_no_text_breaks_out_of_its_html(text: str) -> None:
    html = marked_html(text, rules=(TERM,), language="da")
    assert set(_Tags(html).seen) <= KNOWN_TAGS
    assert not re.search("[\ue000-\ue00f]|%EE%80%8", html)


@given(PIECES)
def test_a_marked_line_reads_as_the_filled_one(text: str) -> None:
    line = text.replace("\n", " ").replace("\ue001", "")
    shown = re.sub(r"</?span[^>]*>", "", marked_line(line, rules=(TERM,), language="da"))
    assert shown == escape(filled(line, rules=(TERM,), language="da"))
