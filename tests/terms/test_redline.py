"""What is new in the words: runs that give both texts back, shown so that nobody needs colours."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.terms.book_pages import html_page_of, markdown_of
from servanda.terms.document import Agreement
from servanda.terms.redline import (
    Run,
    html_of_runs,
    line_of_runs,
    markdown_of_runs,
    redline_as_book,
    redline_of,
    runs_between,
    unwrapped,
)

Write = Callable[..., Agreement]

WORDS = st.lists(
    st.sampled_from(
        [
            "Betal",
            "inden",
            "14",
            "30",
            "dage",
            "dage.",
            "*nu*",
            "-",
            "- x",
            "1. y",
            "|",
            "<b>",
            "&",
            " ",
            "  ",
            "\n",
            "\n\n",
        ]
    ),
    max_size=20,
).map(" ".join)


@given(WORDS, WORDS)
def test_both_texts_come_back_from_the_runs(old: str, new: str) -> None:
    runs = runs_between(old, new)
    assert "".join(run.text for run in runs if run.kind != "added") == old
    assert "".join(run.text for run in runs if run.kind != "removed") == new
    assert all(run.text for run in runs)


@given(WORDS)
def test_the_same_text_is_only_kept(text: str) -> None:
    assert all(run.kind == "kept" for run in runs_between(text, text))


@given(WORDS, WORDS)
def test_html_of_any_runs_is_well_formed_and_safe(old: str, new: str) -> None:
    html = html_of_runs(runs_between(old, new), "da")
    assert "<b>" not in html
    assert not re.search("[\ue000-\ue00f]", html)
    for tag in ("ins", "del", "span", "em", "p", "li"):
        assert html.count(f"<{tag}>") + html.count(f"<{tag} ") == html.count(f"</{tag}>")
    assert not re.search(r"<(ins|del)>(?:(?!</\1>).)*<(?!/?span|/\1)", html, re.DOTALL)


@pytest.mark.parametrize(
    ("old", "new", "markdown", "html"),
    [
        (
            "Inden 14 dage.",
            "Inden 30 dage.",
            "Inden ~~14~~ **30** dage.",
            "<p>Inden <del>[fjernet: 14]</del> <ins>[tilføjet: 30]</ins> dage.</p>",
        ),
        ("A b.", "A b. C.", "A b. **C.**", "<p>A b. <ins>[tilføjet: C.]</ins></p>"),
        ("A <b>.", "A.", "~~A <b>.~~ **A.**", "<p><del>[fjernet: A &lt;b&gt;.]</del> <ins>[tilføjet: A.]</ins></p>"),
        (
            "- en\n- to",
            "- en\n- tre\n- to",
            "- en\n- **tre**\n- to",
            "<ul> <li>en</li> <li><ins>[tilføjet: tre]</ins></li> <li>to</li> </ul>",
        ),
        (
            "en *to* tre",
            "en *fire fem* tre",
            "en ~~*to*~~ ***fire fem*** tre",
            "<p>en <em><del>[fjernet: to]</del></em> <em><ins>[tilføjet: fire fem]</ins></em> tre</p>",
        ),
    ],
)
def test_removed_and_added_words_are_set_apart(old: str, new: str, markdown: str, html: str) -> None:
    runs = runs_between(old, new)
    assert markdown_of_runs(runs) == markdown
    shown = re.sub(r"\s+", " ", re.sub(r"</?span[^>]*>", "", html_of_runs(runs, "da"))).strip()
    assert shown == html


def test_changes_side_by_side_are_read_as_one() -> None:
    assert runs_between("a b c d", "a x y d") == (
        Run("kept", "a "),
        Run("removed", "b c"),
        Run("added", "x y"),
        Run("kept", " d"),
    )


def test_a_heading_is_no_markdown() -> None:
    html = line_of_runs(runs_between("1. A", "1. *B*"), "en")
    assert "added: </span>*B*" in html
    assert html.startswith("1. <del>")


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a\nb", "a b"),
        ("a\n\nb", "a\n\nb"),
        ("- a\n  b\n- c", "- a b\n- c"),
        ("a\n1. b\nc", "a\n1. b c"),
        ("| a |\n| b |", "| a |\n| b |"),
    ],
)
def test_how_a_source_is_wrapped_is_no_change(text: str, same: str) -> None:
    assert unwrapped(text) == same


OLD = """# 1. Betaling

## 1.1 Frist
Du betaler inden
{days}.

> Læses sådan: alle dage.

```toml payment-term
days = 14
counted_from = "receipt"
```

## 1.2 Ud
Går ud.

## 1.3 Fast
Det samme.
"""
NEW = (
    OLD.replace("days = 14", "days = 30").replace("inden\n", "inden ").replace("## 1.2 Ud\nGår ud.", "## 1.4 Ind\nNyt.")
)


def test_figures_are_compared_as_they_are_read(write: Write) -> None:
    redline = redline_of(write(OLD), write(NEW, version="2"))
    changes = [(clause.number, clause.change) for clause in redline.clauses]
    assert changes == [("1.1", "changed"), ("1.2", "removed"), ("1.4", "added"), ("1.3", "unchanged")]
    first = redline.changed[0]
    assert first.prose == (
        Run("kept", "Du betaler inden "),
        Run("removed", "14"),
        Run("added", "30"),
        Run("kept", " dage."),
    )
    assert first.reading == (Run("kept", "Læses sådan: alle dage."),)


def test_a_redline_is_a_book_that_counts_its_changes(write: Write) -> None:
    book = redline_as_book(redline_of(write(OLD), write(NEW, version="2")))
    assert [clause.number for clause in book.clauses] == ["1.1", "1.2", "1.4"]
    assert "1 punkt er ændret, 1 punkt er nyt, 1 punkt er udgået." in book.dated
    text = markdown_of(book)
    assert "Du betaler inden ~~14~~ **30** dage." in text
    assert "### 1.2 Punktet er udgået: ~~Ud~~" in text
    assert "### 1.4 Nyt punkt: **Ind**" in text
    page = html_page_of(book)
    assert "1.3" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    assert "[fjernet: " in unescape(page)


def test_every_clause_is_shown_when_asked_for(write: Write) -> None:
    book = redline_as_book(redline_of(write(OLD), write(NEW, version="2")), changed_only=False)
    assert [clause.number for clause in book.clauses] == ["1.1", "1.2", "1.4", "1.3"]


def test_two_versions_with_the_same_words_say_so(write: Write) -> None:
    book = redline_as_book(redline_of(write(OLD), write(OLD, version="2")))
    assert book.clauses == ()
    assert "Ordene er de samme." in book.dated


def test_an_english_redline_takes_both_figures_from_the_danish_rules(write: Write) -> None:
    english = "# 1. Payment\n\n## 1.1 Time\nYou pay within {days}.\n"
    redline = redline_of(
        write(english, language="en"),
        write(english, language="en", version="2"),
        old_rules=write(OLD),
        new_rules=write(NEW, version="2"),
    )
    assert markdown_of_runs(redline.clauses[0].prose) == "You pay within ~~14~~ **30** days."
