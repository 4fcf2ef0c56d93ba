"""A malformed document gives problems, each with the line that offends and what to do about it, and never a crash.

The first half is a table of kinds of mistake, by name. The second half mutates the documents that are in use, at random.
"""

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from importlib.resources import files

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servanda.agreements import PROVIDERS
from servanda.agreements.beginning import TEMPLATE
from servanda.ground.refusal import Problem
from servanda.terms.book import book_of
from servanda.terms.catalogue import read_catalogue, read_company
from servanda.terms.checking import check, check_document
from servanda.terms.conflicts import conflicts_in
from servanda.terms.document import Agreement, Language
from servanda.terms.parsing import SIZE_MAX, Parsed, parse_bytes
from servanda.terms.plain_text import LINE_LENGTH_MAX
from servanda.terms.versions import Library

HEAD = """---
provider = "birk"
name = "Birks Bits"
version = "1"
effective_on = 2025-01-01
language = "da"
---
"""  # the body begins in line 8
ENGLISH = HEAD.replace('"da"', '"en"')
CLAUSE = "## 1.1 Frist\n"
TERM = '```toml payment-term\ndays = 14\ncounted_from = "receipt"\n```\n'


def body(text: str) -> str:
    """A document whose body is the text, from line 8 on."""
    return HEAD + text


def clause(text: str) -> str:
    """A document with one clause, whose text begins in line 9."""
    return body(CLAUSE + text)


def rule(kind: str, *lines: str) -> str:
    """A document with one rule, whose fence stands in line 10 and whose keys begin in line 11."""
    return clause("\n".join(("Tekst.", f"```toml {kind}", *lines, "```", "")))


# name, document, line, what the message says
Case = tuple[str, str | bytes, int, str]

BYTES: tuple[Case, ...] = (
    ("no bytes", b"", 1, "The file is empty"),
    ("only blanks and line ends", b"  \r\n\t\n", 1, "The file is empty"),
    ("only a byte order mark", b"\xef\xbb\xbf", 1, "There is no front matter"),
    ("too large", b"a\n" * (SIZE_MAX // 2 + 1), 1, "more than 2,000,000 bytes"),
    ("a NUL byte", clause("Te\0kst.\n"), 9, "a NUL byte"),
    ("a NUL byte after lines ended the old Mac way", clause("Te\0kst.\n").replace("\n", "\r"), 9, "a NUL byte"),
    ("UTF-16", clause("Tekst.\n").encode("utf-16"), 1, "a NUL byte"),
    ("Latin-1", clause("Første.\n").encode("latin-1"), 9, "not UTF-8"),
    ("Latin-1 in lines ended the Windows way", clause("Ø.\n").replace("\n", "\r\n").encode("latin-1"), 9, "not UTF-8"),
    ("a lone surrogate", clause("Tekst.\n").encode() + "\ud800".encode("utf-8", "surrogatepass"), 10, "not UTF-8"),
    ("a character cut in half", clause("Tekst.\nÅ").encode()[:-1], 10, "not UTF-8"),
    ("an overlong encoding", clause("Tekst.\n").encode() + b"\xc0\xaf", 10, "not UTF-8"),
    ("a very long line", clause(f"Kort.\n{'a' * (LINE_LENGTH_MAX + 1)}\n"), 10, "more than 10,000 characters"),
    ("a control character", clause("Te\x07kst.\n"), 9, "U+0007"),
    ("an escape sequence", clause("\x1b[31mTekst.\n"), 9, "U+001B"),
    ("a form feed", clause("Tekst.\x0c\n"), 9, "U+000C"),
    ("a line separator", clause("Tekst.\u2028Mere.\n"), 9, "line separator"),
    ("a right-to-left mark", clause("Te\u200fkst.\n"), 9, "right-to-left mark"),
    ("a turned direction", clause("Inden \u202edage {=41}.\n"), 9, "right-to-left override"),
    ("a zero-width space", clause("Te\u200bkst.\n"), 9, "zero width space"),
    ("a byte order mark within", clause("Te\ufeffkst.\n"), 9, "zero width no-break space"),
    ("two byte order marks", b"\xef\xbb\xbf\xef\xbb\xbf" + clause("Tekst.\n").encode(), 1, "U+FEFF"),
    ("a private use character", clause("Te\ue000kst.\n"), 9, "U+E000"),
    ("a noncharacter", clause("Te\uffffkst.\n"), 9, "U+FFFF"),
    ("an unseen character in a rule", rule("offer", "days = 9", "# \u2066"), 12, "U+2066"),
    ("an unseen character in the head", HEAD.replace("Birks Bits", "Birks\u200b Bits") + CLAUSE, 3, "U+200B"),
)
HEADS: tuple[Case, ...] = (
    ("no front matter", "## 1.1 Frist\n", 1, "There is no front matter"),
    ("a blank line before the front matter", "\n" + clause("Tekst.\n"), 1, "There is no front matter"),
    ("only front matter", HEAD, 7, "The document has no clause"),
    ("front matter without an end", HEAD.replace("---\n", "", 1).join(("---\n", "")).replace("\n---", ""), 1, "no end"),
    ("an empty front matter", "---\n---\n## 1.1 Frist\nTekst.\n", 1, 'lacks "provider"'),
    ("no name", HEAD.replace('name = "Birks Bits"\n', "") + CLAUSE, 1, 'lacks "name"'),
    ("a blank name", HEAD.replace("Birks Bits", " ") + CLAUSE, 3, "cannot stand here"),
    ("an unknown key", HEAD.replace("name =", "nam =") + CLAUSE, 3, 'no key "nam"'),
    ("a table in the front matter", HEAD.replace('"da"\n', '"da"\n[x]\n') + CLAUSE, 7, 'no key "x"'),
    ("a table for a key", HEAD.replace('language = "da"', "[language]") + CLAUSE, 6, "cannot stand here"),
    ("a dotted key", HEAD.replace("name =", "name.short =") + CLAUSE, 3, "cannot stand here"),
    ("a date as a string", HEAD.replace("2025-01-01", '"2025-01-01"') + CLAUSE, 5, "cannot stand here"),
    ("a day that does not exist", HEAD.replace("2025-01-01", "2025-02-29") + CLAUSE, 5, "does not exist"),
    ("a day written the Danish way", HEAD.replace("2025-01-01", "01-01-2025") + CLAUSE, 5, "cannot be read"),
    ("a moment in place of a day", HEAD.replace("2025-01-01", "2025-01-01T00:00:00Z") + CLAUSE, 5, "cannot stand"),
    (
        "an end before the beginning",
        HEAD.replace("language", "until = 2025-01-01\nlanguage") + CLAUSE,
        6,
        "ends before",
    ),
    ("an unknown language", HEAD.replace('"da"', '"no"') + CLAUSE, 6, "cannot stand here"),
    ("a path for a provider", HEAD.replace('"birk"', '"../birk"') + CLAUSE, 2, "cannot stand here"),
    ("a version with a slash", HEAD.replace('"1"', '"1/2"') + CLAUSE, 4, "cannot stand here"),
    ("a version as a number", HEAD.replace('"1"', "1") + CLAUSE, 4, "cannot stand here"),
    ("a number of thousands of digits", HEAD.replace('"1"', "0x" + "f" * 5000) + CLAUSE, 4, "cannot stand here"),
    ("a number too long to be read", HEAD.replace('"1"', "9" * 5000) + CLAUSE, 4, "cannot be read"),
    ("a key twice", HEAD.replace("language", 'name = "B"\nlanguage') + CLAUSE, 6, "cannot be read"),
    ("a string without an end", HEAD.replace('Bits"', "Bits") + CLAUSE, 3, "cannot be read"),
    ("TOML without an equals sign", HEAD.replace("version =", "version") + CLAUSE, 4, "cannot be read"),
    ("YAML for TOML", HEAD.replace('version = "1"', "version: 1") + CLAUSE, 4, "cannot be read"),
)
STRUCTURE: tuple[Case, ...] = (
    ("a heading without a number", body("## Frist\nTekst.\n"), 8, "The heading has no number"),
    ("a number without a heading", body("## 1.1\nTekst.\n"), 8, "has no heading"),
    ("a number with two dots", body("## 1..2 Frist\nTekst.\n"), 8, "The heading has no number"),
    ("a number with a comma", body("## 1,2 Frist\nTekst.\n"), 8, "The heading has no number"),
    ("a number with a leading zero", body("## 1.02 Frist\nTekst.\n"), 8, "The heading has no number"),
    ("a number in other digits", body("## ١.٢ Frist\nTekst.\n"), 8, "The heading has no number"),
    ("a number with a section mark", body("## § 1.1 Frist\nTekst.\n"), 8, "The heading has no number"),
    ("a number without a space", body("## 1.1Frist\nTekst.\n"), 8, "The heading has no number"),
    ("a number twice", clause("Tekst.\n\n## 1.1 Igen\nTekst.\n"), 11, "is used twice"),
    ("a heading of the third level", clause("Tekst.\n\n### 1.1.1 Under\n"), 11, "third level"),
    ("a heading by underlining", clause("Tekst.\n\nIgen\n----\n"), 11, "makes a heading"),
    ("a chapter by underlining", clause("Tekst.\n\nIgen\n====\n"), 11, "makes a heading"),
    ("a heading in a quotation", clause("Tekst.\n\n> ## 1.2 Under\n"), 11, "cannot stand here"),
    ("a figure in the heading of a chapter", body(f"# 1. Inden {{days}}\n\n{CLAUSE}Tekst.\n"), 8, "has no rules"),
    ("a chapter without a clause", clause("Tekst.\n\n# 2. Tom\n\n# 3. Fuld\n\n## 3.1 A\nB.\n"), 11, "no clause"),
    ("a first chapter without a clause", body(f"# 1. Tom\n\n# 2. Fuld\n\n{CLAUSE}Tekst.\n"), 8, "no clause"),
    ("only chapters", body("# 1. Tom\n"), 7, "The document has no clause"),
    ("a last chapter without a clause", clause("Tekst.\n\n# 2. Tom\n"), 11, "The chapter has no clause"),
    ("text before the first clause", body(f"Hej.\n\n{CLAUSE}"), 8, "before the first clause"),
    ("text before a chapter's first clause", clause("Tekst.\n\n# 2. B\nHej.\n\n## 2.1 A\nB.\n"), 12, "of its chapter"),
    ("a rule before any clause", body(f"{TERM}{CLAUSE}"), 8, "before the first clause"),
    ("a rule before a chapter's first clause", clause(f"T.\n\n# 2. B\n{TERM}\n## 2.1 A\nB.\n"), 12, "of its chapter"),
    ("a covers comment before any clause", body(f"<!-- covers: birk-001 -->\n{CLAUSE}"), 8, "does not name"),
    ("a covers comment below the text", clause("Tekst.\n\n<!-- covers: birk-001 -->\n"), 11, "stand below the text"),
    ("a covers comment below the rule", clause(f"{TERM}<!-- covers: birk-001 -->\n"), 13, "stand below the text"),
    ("a covers comment with one dash", clause("<!- covers: birk-001 ->\n"), 9, "A comment is not closed"),
    ("a covers comment without a colon", clause("<!-- covers birk-001 -->\nTekst.\n"), 9, "does not name"),
    ("a covers comment that names nothing", clause("<!-- covers: -->\nTekst.\n"), 9, "does not name"),
    ("a covers comment with an odd id", clause("<!-- covers: birk-1 -->\nTekst.\n"), 9, "does not name"),
    ("a covers comment that names one twice", clause("<!-- covers: b-001, b-001 -->\n"), 9, "named twice"),
    (
        "two covers comments that name one",
        clause("<!-- covers: b-001 -->\n<!-- covers: b-001 -->\n"),
        10,
        "named twice",
    ),
    ("a comment without an end", clause("Tekst.\n\n<!-- covers: birk-001\n\n## 1.2 A\n"), 11, "HTML is not shown"),
    ("an indented block", clause("Tekst.\n\n    indrykket\n"), 11, "An indented block"),
    ("a block indented by a tab", clause("Tekst.\n\n\tindrykket\n"), 11, "An indented block"),
    ("a fence in a list", clause("- a\n  ```toml offer\n  days = 9\n  ```\n"), 10, "A fence within a list"),
    ("a fence in a quotation", clause("> ```toml offer\n> days = 9\n> ```\n"), 9, "A fence within a list"),
    ("a fence without an end", clause("Tekst.\n\n```toml offer\ndays = 9\n"), 11, "The fence has no end"),
    ("a fence with extra backticks", clause(f"Tekst.\n\n`{TERM}\n## 1.2 B\nTekst.\n"), 11, "The fence has no end"),
    ("a fence closed by tildes", clause("Tekst.\n\n```toml offer\ndays = 9\n~~~\n"), 11, "The fence has no end"),
    ("a fence of tildes", clause("Tekst.\n\n~~~toml offer\ndays = 9\n~~~\n"), 11, "is written otherwise"),
    ("an indented fence", clause("Tekst.\n\n  ```toml offer\n  days = 9\n  ```\n"), 11, "is written otherwise"),
    ("HTML in prose", clause("Først\nog <b>så</b>\ner det slut.\n"), 10, "HTML is not shown"),
    ("HTML as a block", clause("Tekst.\n\n<script>\nx()\n</script>\n"), 11, "HTML is not shown"),
    ("HTML in a reading", clause("Tekst.\n\n> Først\n> <i>så</i>\n"), 12, "HTML is not shown"),
    ("a picture", clause("Se her:\n![logo](https://birk.example/logo.png)\n"), 10, "A picture is not shown"),
    (
        "a definition of an address",
        clause("Se [her].\n\n[her]: https://birk.example\n"),
        11,
        "definition of an address",
    ),
    ("a definition in a list", clause("Tekst.\n\n- [a]: https://birk.example\n"), 11, "definition of an address"),
)
PROSE: tuple[Case, ...] = (
    ("a bare figure", clause("Betal\ninden 14 dage.\n"), 10, "The figure 14"),
    ("a bare figure in a heading", body("## 1.1 Inden 14 dage\nTekst.\n"), 8, "The figure 14"),
    ("a bare figure in a reading", clause("Tekst.\n\n> Inden\n> 8 dage.\n"), 12, "The figure 8"),
    ("a bare figure in a table", clause("| a | b |\n| - | - |\n| 7 | c |\n"), 11, "The figure 7"),
    ("a bare amount", clause("Det koster 1.250,00 kr.\n"), 9, "The figure 1.250,00"),
    ("a bare clock time", clause("Fra kl. 8:30.\n"), 9, "The figure 8:30"),
    ("a bare percentage", clause("Det er 25% mere.\n"), 9, "The figure 25"),
    ("a figure in other digits", clause("Inden ١٤ dage.\n"), 9, "The figure ١٤"),
    ("a placeholder that is unknown", clause(f"Betal inden {{dage}}.\n{TERM}"), 9, 'No rule of the clause has "dage"'),
    ("a placeholder without a rule", clause("Betal inden {days}.\n"), 9, 'No rule of the clause has "days"'),
    (
        "a placeholder of another clause",
        clause(f"T.\n{TERM}\n## 1.2 A\nInden {{days}}.\n"),
        16,
        "No rule of the clause",
    ),
    ("an ambiguous placeholder", clause(f"I {{days}}.\n{TERM}```toml offer\ndays = 9\n```\n"), 9, "may mean 2 rules"),
    ("a placeholder for a word", clause(f"Fra {{counted_from}}.\n{TERM}"), 9, "has no figure here"),
    ("a placeholder of an unknown rule", clause(f"I {{frist.days}}.\n{TERM}"), 9, 'has no rule "frist"'),
    ("an empty placeholder", clause("Inden {}.\n"), 9, "{} is not a placeholder"),
    ("a placeholder with a format", clause(f"Inden {{days!r}}.\n{TERM}"), 9, "{days!r} is not a placeholder"),
    ("a mark without a figure", clause("Inden {=}.\n"), 9, "marks no figure"),
    ("a brace that is not closed", clause(f"Inden {{days.\n{TERM}"), 9, "A brace stands alone"),
    ("a brace that is not opened", clause(f"Inden days}}.\n{TERM}"), 9, "A brace stands alone"),
    ("braces over two lines", clause(f"Inden {{\ndays}}.\n{TERM}"), 10, "A brace stands alone"),
    ("doubled braces", clause(f"Inden {{{{days}}}}.\n{TERM}"), 9, "A brace stands alone"),
)
RULES: tuple[Case, ...] = (
    ("a fence without a kind", clause("Tekst.\n```\ndays = 9\n```\n"), 10, "does not name a rule"),
    ("a fence of another language", clause("Tekst.\n```python\nx = 9\n```\n"), 10, "does not name a rule"),
    ("an odd name of a rule", rule("offer as Tilbud", "days = 9"), 10, "does not name a rule"),
    ("a name that is taken", clause(f"T.\n{TERM}```toml offer as payment-term\ndays = 9\n```\n"), 14, "is taken"),
    ("an unknown kind", rule("offers", "days = 9"), 10, 'no clause kind "offers"'),
    ("an unknown field", rule("offer", "days = 9", "dasy = 9"), 12, 'no field "dasy"'),
    ("an unknown quoted field", rule("offer", "days = 9", '"dasy" = 9'), 12, 'no field "dasy"'),
    ("an unknown table", rule("offer", "days = 9", "[more]", "x = 1"), 12, 'no field "more"'),
    ("a dotted field", rule("offer", "days.max = 9"), 11, "cannot stand here"),
    ("a missing field", rule("payment-term", "days = 14"), 10, 'lacks "counted_from"'),
    ("an empty rule", rule("payment-term"), 10, 'lacks "days"'),
    ("a text for a number", rule("offer", 'days = "9"'), 11, "cannot stand here"),
    ("a fraction for a whole number", rule("offer", "days = 9.5"), 11, "cannot stand here"),
    ("infinity for a number", rule("offer", "days = inf"), 11, "cannot stand here"),
    ("a day for a number", rule("offer", "days = 2025-01-01"), 11, "cannot stand here"),
    ("a list for a number", rule("offer", "days = [9]"), 11, "cannot stand here"),
    ("a number for a list", rule("offer", "days = 9", "products = 9"), 12, "cannot stand here"),
    ("a list in a list", rule("offer", "days = 9", 'products = [["a"]]'), 12, "cannot stand here"),
    ("a number for true", rule("offer", "days = 9", "lapses_whole = 1"), 12, "cannot stand here"),
    ("less than the bounds", rule("offer", "days = 0"), 11, "cannot stand here"),
    ("more than the bounds", rule("offer", "days = 3650"), 11, "cannot stand here"),
    ("a negative number", rule("offer", "days = -9"), 11, "cannot stand here"),
    ("a number beyond all bounds", rule("offer", f"days = 0x{'f' * 5000}"), 11, "cannot stand here"),
    ("an amount as a number", rule("collection-fee", "amount = 100"), 11, "not written as a string"),
    ("an amount with a comma", rule("collection-fee", 'amount = "100,00"'), 11, "is not a number"),
    ("an amount with three decimals", rule("collection-fee", 'amount = "1.005"'), 11, "more than two decimals"),
    ("an amount beyond the bounds", rule("collection-fee", 'amount = "100000.01"'), 11, "out of bounds"),
    ("an endless amount", rule("collection-fee", 'amount = "Infinity"'), 11, "is not a number"),
    ("an odd clock time", rule("support-hours", 'from_time = "8:00"', 'to_time = "24:00"'), 12, "no time of day"),
    ("an unknown choice", rule("payment-term", "days = 9", 'counted_from = "today"'), 12, "cannot stand here"),
    ("an unknown customer", rule("offer", "days = 9", 'customers = ["pets"]'), 12, "cannot stand here"),
    ("an unknown way to decide", rule("offer", "days = 9", 'decided_by = "dice"'), 12, "cannot stand here"),
    ("an empty list", rule("offer", "days = 9", "products = []"), 12, "The list is empty"),
    ("a value twice in a list", rule("billing-interval", "months = [1, 12, 1]"), 11, "stands twice"),
    ("an odd requirement", rule("offer", "days = 9", 'requirements = ["b"]'), 12, "not a requirement id"),
    ("a requirement that is not covered", rule("offer", "days = 9", 'requirements = ["b-001"]'), 10, "does not cover"),
    ("wrong TOML", rule("offer", "days = 9", "lapses_whole ="), 12, "cannot be read"),
    ("a list without an end", rule("offer", "days = 9", "products = ["), 12, "cannot be read"),
    ("deep nesting in TOML", rule("offer", f"days = {'[' * 4000}{']' * 4000}"), 10, "nested too deeply"),
    ("nesting that can just be read", rule("offer", f"days = {'[' * 90}{']' * 90}"), 11, "cannot stand here"),
    ("a figure without its method", rule("interest", 'method = "statutory"', 'percent = "2"'), 12, "percent belongs"),
    ("two ways at once", rule("renewal", "months = 12", "same_length = true"), 11, "some months or for the same"),
    ("a rule in English", ENGLISH + CLAUSE + f"Text.\n{TERM}", 10, "The English document carries no rules"),
)
ALONE = (*BYTES, *HEADS, *STRUCTURE, *PROSE, *RULES)


def content_of(document: str | bytes) -> bytes:
    return document if isinstance(document, bytes) else document.encode()


def assert_useful(problems: tuple[Problem, ...], lines: int) -> None:
    """Each problem says where, what and how to mend it."""
    for problem in problems:
        assert problem.file
        assert 1 <= problem.line <= lines
        assert problem.message
        assert problem.remedy


@pytest.mark.parametrize(("document", "line", "message"), [pytest.param(*case[1:], id=case[0]) for case in ALONE])
def test_a_malformed_document_is_told_at_the_line_that_offends(document: str | bytes, line: int, message: str) -> None:
    content = content_of(document)
    read = parse_bytes(content, file="1.da.md")
    assert read.agreement is None
    assert_useful(read.problems, lines=content.count(b"\n") + content.count(b"\r") + 1)
    said = [problem.message for problem in read.problems if problem.line == line]
    assert any(message in sentence for sentence in said), read.problems


@pytest.mark.parametrize("end", ["\r\n", "\r"], ids=["Windows", "old Mac"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "with byte order mark"])
def test_lines_are_counted_alike_however_they_end(end: str, mark: str) -> None:
    text = mark + clause("Tekst.\n\n- en\n- to\n\ninden 14 dage.\n").replace("\n", end)
    (problem,) = parse_bytes(text.encode(), file="1.da.md").problems
    assert (problem.line, problem.message) == (14, "The figure 14 stands in the prose without a rule.")


def test_there_are_more_than_a_hundred_kinds_and_each_has_a_name_of_its_own() -> None:
    names = [case[0] for case in (*ALONE, *WITHIN, *BETWEEN, *BESIDE)]
    assert len(names) == len(set(names)) > 100


REMINDER = '```toml reminder\nstep = {step}\nsent_after = "due"\nwait_days = 1\ndeadline_days = 7\ndeadline_from = "due"\n```\n'
FEE = '```toml reminder-fee\namount = "100.00"\nfees_max = 3\nspacing_days = 10\nhouse = true\n```\n'
FOR_BOATS = TERM.replace("days", 'products = ["boat"]\ndays')
BY_HOUSE = TERM.replace("days", "house = true\ndays")
WITHIN: tuple[tuple[str, str, int, str], ...] = (
    ("a contradiction", f"T.\n{TERM}\n## 1.2 A\nT.\n{TERM.replace('14', '8')}", 17, "contradicts clause 1.1"),
    ("a gap in the reminders", f"T.\n{REMINDER.format(step=1)}{REMINDER.format(step=3)}", 17, "no reminder 2"),
    ("reminders that begin with the second", f"T.\n{REMINDER.format(step=2)}", 10, "no reminder 1"),
    (
        "a suspension by no reminder",
        'T.\n```toml suspension\ncause = "non-payment"\ncounted_from = "reminder deadline"\nafter_step = 4\n```\n',
        10,
        "no reminder 4",
    ),
    ("an unknown product", f"T.\n{FOR_BOATS}", 10, 'no product "boat"'),
    ("a house choice among the terms", f"T.\n{BY_HOUSE}", 10, "A choice of the house"),
    ("a clause of the house that does not say so", f"T.\n\n## H1 A\nT.\n{TERM}", 13, "does not say so"),
    ("an adverse rule of the house", f"T.\n\n## H1 A\nT.\n{FEE}", 13, "happen by itself"),
)


@pytest.mark.parametrize(("text", "line", "message"), [pytest.param(*case[1:], id=case[0]) for case in WITHIN])
def test_what_does_not_fit_within_a_document_is_told_at_its_rule(text: str, line: int, message: str) -> None:
    read = parse_bytes(clause(text).encode(), file="1.da.md")
    assert read.agreement is not None, read.problems
    (problem,) = check_document(read.agreement, products=frozenset({"web"}))
    assert (problem.file, problem.line) == ("1.da.md", line)
    assert message in problem.message
    assert problem.remedy


DANISH = clause(f"Inden {{days}} og {{=24}} timer.\n\n> Læst.\n\n{TERM}\n## 1.2 Rest\nTekst.\n")
BOTH = "## 1.1 Time\nWithin {days} and {=24} hours.\n\n> Read.\n\n## 1.2 Rest\nText.\n"
BETWEEN: tuple[tuple[str, str, str, int, str], ...] = (
    ("another day in English", ENGLISH.replace("2025", "2026") + BOTH, "en", 1, '"effective_on" differs'),
    ("another name in English", ENGLISH.replace("Bits", "Bytes") + BOTH, "en", 1, '"name" differs'),
    ("a clause missing in English", ENGLISH + BOTH.split("## 1.2")[0], "en", 1, "Clause 1.2 (1.da.md:18) is missing"),
    ("a clause more in English", ENGLISH + BOTH + "\n## 1.3 More\nText.\n", "en", 16, "does not stand in the Danish"),
    ("another placeholder in English", ENGLISH + BOTH.replace("{days}", "a time"), "en", 8, "placeholders of clause"),
    ("another marked figure in English", ENGLISH + BOTH.replace("=24", "=48"), "en", 8, "The marked figures of clause"),
    ("a reading in Danish alone", ENGLISH + BOTH.replace("> Read.\n\n", ""), "en", 8, "in one language only"),
    (
        "requirements in English alone",
        ENGLISH + BOTH.replace("Rest\n", "Rest\n<!-- covers: b-001 -->\n"),
        "en",
        13,
        "cov",
    ),
    (
        "another order in English",
        ENGLISH + "## 1.2 Rest\nText.\n\n" + BOTH.split("## 1.2")[0],
        "en",
        8,
        "stands where the Danish document has 1.1",
    ),
    ("no Danish document", ENGLISH.replace('"1"', '"2"') + BOTH, "en", 1, "Version 2 has no Danish document"),
    ("a version twice", DANISH.replace("2025", "2026"), "da", 1, "Version 1 is there twice"),
    ("two versions on the same days", DANISH.replace('"1"', '"2"'), "da", 1, "hold on the same days"),
    ("another provider's document", DANISH.replace('"birk"', '"alma"').replace('"1"', '"2"'), "da", 1, 'says "alma"'),
)


@pytest.mark.parametrize(
    ("other", "language", "line", "message"), [pytest.param(*case[1:], id=case[0]) for case in BETWEEN]
)
def test_what_does_not_fit_between_documents_is_told_in_the_one_that_differs(
    other: str, language: str, line: int, message: str
) -> None:
    file = f"other.{language}.md"
    documents = (parse_bytes(DANISH.encode(), file="1.da.md"), parse_bytes(other.encode(), file=file))
    agreements = tuple(read.agreement for read in documents if read.agreement is not None)
    assert len(agreements) == 2, documents
    found = [problem for problem in check(Library("birk", agreements)) if problem.file == file]
    assert_useful(tuple(found), lines=other.count("\n") + 1)
    assert any(message in problem.message for problem in found if problem.line == line), found


CATALOGUE = """provider = "birk"

[[product]]
code = "web"
name_da = "Webhotel"
name_en = "Web hosting"
kind = "hosting"
is_service = true
unit_da = "stk."
unit_en = "each"

[[product.plan]]
code = "web-monthly"
name_da = "Webhotel, pr. måned"
name_en = "Web hosting, per month"
interval_months = 1

[[product.plan.price]]
since = 2025-01-01
amount = "135.00"
source = "birk-001"

[[product.plan.price]]
since = 2026-01-01
amount = "140.00"
source = "plausible"

[[product]]
code = "mail"
name_da = "Mail"
name_en = "Mail"
kind = "mail"
is_service = true
unit_da = "stk."
unit_en = "each"

[[product.plan]]
code = "mail-yearly"
name_da = "Mail, pr. år"
name_en = "Mail, per year"
interval_months = 12

[[product.plan.price]]
since = 2025-01-01
amount = "120.00"
source = "plausible"
"""
COMPANY = """slug = "birk"
name = "Birks Bits"
legal_name = "Birks Bits ApS"
cvr = "10000009"
address_lines = ["Prøvevej 1", "0000 Prøveby"]
email = "faktura@birk.example"
phone = "+45 00 00 00 00"
web = "birk.example"
bank_registration = "1234"
bank_account = "0001234567"
iban = "DK0812340001234567"
fik_creditor = "80000000"
colour = "#1a2b3c"
"""
OF_CATALOGUE = (
    ("a kind that there is not, in the second product", 'kind = "mail"', 'kind = "post"', 32, "post"),
    ("a field that there is not, in the second product", "unit_en", "unit_xx", 35, "unknown field unit_xx"),
    ("a field that is missing, in the second product", 'unit_en = "each"\n', "", 28, "missing required field unit_en"),
    ("a field too many, in the second product", 'unit_en = "each"', 'unit_en = "each"\nx = 1', 36, "unknown field x"),
    ("a text for an interval", "interval_months = 12", 'interval_months = "12"', 41, "got str"),
    ("an interval beyond the bounds", "interval_months = 12", "interval_months = 120", 41, "out of bounds"),
    ("an interval of thousands of digits", "months = 12", f"months = 0x{'f' * 5000}", 41, "out of bounds"),
    ("a code of capitals", 'code = "mail"', 'code = "Mail"', 29, "is no code"),
    ("a code that is used twice", 'code = "mail"', 'code = "web"', 29, "used twice: see line 4"),
    ("a plan that is used twice", 'code = "mail-yearly"', 'code = "web"', 38, "used twice: see line 4"),
    ("a price with a comma", '"140.00"', '"140,00"', 25, "not an amount"),
    ("a price below nothing", '"140.00"', '"-140.00"', 25, "less than nothing"),
    ("a price beyond all bounds", '"140.00"', '"100000000.00"', 25, "more than anything costs"),
    ("a price without a source", 'source = "plausible"', 'source = "guess"', 26, "is no source"),
    ("prices in the wrong order", "since = 2026-01-01", "since = 2024-01-01", 24, "order of their days"),
    ("a price of no day", "since = 2026-01-01", "since = 2026-02-30", 24, "does not exist"),
    ("a catalogue with an unseen character", '"Mail"', '"Ma\u200bil"', 31, "U+200B"),
)
OF_COMPANY = (
    ("a company's number that fails its check", "10000009", "10000008", 4, "fails its check"),
    ("a company's number in other digits", "10000009", "١٠٠٠٠٠٠٩", 4, "cannot stand here"),
    ("a company without an address", '["Prøvevej 1", "0000 Prøveby"]', "[]", 5, "no address"),
    ("an address that is a number", '["Prøvevej 1", "0000 Prøveby"]', "[1]", 5, "got int"),
    ("an e-mail address of two lines", "faktura@", "faktura\\n@", 6, "cannot stand here"),
    ("an account in other digits", "0001234567", "٠٠٠١٢٣٤٥٦٧", 10, "cannot stand here"),
    ("an IBAN of another account", "DK0812340001234567", "DK0812340001234568", 11, "does not fit the account"),
    ("a colour by name", "#1a2b3c", "blue", 13, "cannot stand here"),
    ("a company of another shape", 'slug = "birk"', "slug = 1", 1, "got int"),
)
BESIDE = (*OF_CATALOGUE, *OF_COMPANY)


@pytest.mark.parametrize(
    ("written", "instead", "line", "message"), [pytest.param(*c[1:], id=c[0]) for c in OF_CATALOGUE]
)
def test_a_malformed_catalogue_is_told_at_the_line_that_offends(
    written: str, instead: str, line: int, message: str
) -> None:
    first, last = CATALOGUE.rsplit(written, 1) if "plausible" not in written else CATALOGUE.split(written, 1)
    read = read_catalogue(first + instead + last, file="catalogue.toml")
    assert read.value is None
    assert_useful(read.problems, lines=60)
    assert [problem.line for problem in read.problems] == [line]
    assert message in read.problems[0].message


@pytest.mark.parametrize(("written", "instead", "line", "message"), [pytest.param(*c[1:], id=c[0]) for c in OF_COMPANY])
def test_a_malformed_company_is_told_at_the_line_that_offends(
    written: str, instead: str, line: int, message: str
) -> None:
    read = read_company(COMPANY.replace(written, instead, 1), file="company.toml")
    assert read.value is None
    assert_useful(read.problems, lines=14)
    assert any(message in problem.message for problem in read.problems if problem.line == line), read.problems


@cache
def in_use(provider: str, language: Language) -> bytes:
    """The newest document of a provider, or the template."""
    folder = files("servanda.agreements").joinpath(provider)
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(f".{language}.md"))
    return folder.joinpath(names[-1]).read_bytes()


@cache
def agreement_in_use(provider: str, language: Language) -> Agreement:
    read = parse_bytes(in_use(provider, language), file=f"1.{language}.md")
    assert read.agreement is not None, read.problems
    return read.agreement


Change = Callable[[list[bytes], int, int], None]


def drop(lines: list[bytes], here: int, _: int) -> None:
    del lines[here]


def repeat(lines: list[bytes], here: int, there: int) -> None:
    lines.insert(there, lines[here])


def swap(lines: list[bytes], here: int, there: int) -> None:
    lines[here], lines[there] = lines[there], lines[here]


def flip(lines: list[bytes], here: int, there: int) -> None:
    line = bytearray(lines[here] or b" ")
    line[there % len(line)] ^= 1 << (there % 8)
    lines[here] = bytes(line)


def join(lines: list[bytes], here: int, _: int) -> None:
    lines[here : here + 2] = [b" ".join(lines[here : here + 2])]


def cut(lines: list[bytes], here: int, there: int) -> None:
    lines[here] = lines[here][: there % (len(lines[here]) + 1)]


CHANGES: tuple[Change, ...] = (drop, repeat, swap, flip, join, cut)
# What documents are made of, and what a hand or a program may leave in them.
INSERTED = (
    *(
        b"{",
        b"}",
        b"{days}",
        b"{=",
        b"`",
        b"```",
        b"````",
        b"~~~",
        b"> ",
        b"- ",
        b"    ",
        b"\t",
        b"# ",
        b"## ",
        b"### ",
    ),
    *(b"<!--", b"-->", b"<b>", b"---", b"===", b"[", b"]]", b"[x]: y", b"![", b"](", b"|", b"\\", b'"', b"'''", b" = "),
    *(b"9", b"0", b"-1", b"9" * 4400, b"1e9", b"nan", b"\xff", b"\xc3", b"\xe2\x80\xae", b"\xef\xbb\xbf", b"\0", b"\r"),
    *(b"[[" * 300, b"<!-- covers: birk-001 -->", b"```toml term", b"customers = ['consumer']", b"house = true"),
)


Mutated = tuple[str, Language, bytes]


@st.composite
def mutated(draw: st.DrawFn) -> Mutated:
    """A document in use with a few changes: whose it is, in which language, and its bytes."""
    provider = draw(st.sampled_from((*PROVIDERS, TEMPLATE)))
    languages: tuple[Language, ...] = ("da", "da", "en")
    language = draw(st.sampled_from(languages))
    lines = in_use(provider, language).split(b"\n")
    if draw(st.booleans()):  # half of the time a part of it, so that more can be tried
        begin = draw(st.integers(8, len(lines) - 2))
        lines = [*lines[:8], *lines[begin : begin + draw(st.integers(1, 120))]]
    for _ in range(draw(st.integers(1, 4))):
        here, there = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        change = draw(st.sampled_from((*CHANGES, None, None, None)))
        if change is not None and len(lines) > 1:
            change(lines, here, there)
        else:
            place = there % (len(lines[here]) + 1)
            lines[here] = lines[here][:place] + draw(st.sampled_from(INSERTED)) + lines[here][place:]
    return provider, language, b"\n".join(lines)


def use(provider: str, language: Language, content: bytes) -> Parsed:
    """Do all that can be done with a document: read, check, compare, put to the law, show."""
    file = f"1.{language}.md"
    read = parse_bytes(content, file=file)
    lines = content.count(b"\n") + content.count(b"\r") + 1
    assert (read.agreement is None) == bool(read.problems)
    assert_useful(read.problems, lines)
    if read.draft is None:
        assert read.problems
        return read
    assert_useful(check_document(read.draft, products=frozenset({"webhosting"})), lines)
    conflicts_in(read.draft, on=date(2026, 11, 30))
    other = agreement_in_use(provider, "en" if language == "da" else "da")
    together = check(Library(provider, (read.draft, other)), unsound=frozenset({file} if read.problems else ()))
    if read.agreement is not None:
        shown = {line for text in texts_of(read.agreement) for line in text.split("\n")}
        assert not [line for line in lines_of_prose(content) if line not in shown]
        if read.agreement.language == "da":
            book_of(read.agreement)
        elif not together:
            book_of(read.agreement, other)
    return read


def texts_of(agreement: Agreement) -> Iterator[str]:
    for one in agreement.clauses:
        yield from (one.prose, one.reading)


def lines_of_prose(content: bytes) -> Iterator[str]:
    """The lines of a sound document that are neither headings, rules, comments, blanks nor lines across the page."""
    text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    is_in_fence = is_in_comment = False
    for line in lines[lines.index("---", 1) + 1 :] if lines[0] == "---" and "---" in lines[1:] else ():
        if line.startswith("```"):
            is_in_fence = not is_in_fence
        elif (line.lstrip().startswith("<!--") and not is_in_fence) or is_in_comment:
            is_in_comment = "-->" not in line
        elif not is_in_fence and not line.lstrip().startswith(("#", ">")) and any(map(str.isalpha, line)):
            yield line


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(mutated())
def test_no_mutation_of_a_document_in_use_is_a_crash(case: Mutated) -> None:
    use(*case)


@pytest.mark.slow
@settings(max_examples=3_000, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(mutated())
def test_no_mutation_of_a_document_in_use_is_a_crash_however_many_are_tried(case: Mutated) -> None:
    use(*case)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from((*INSERTED, b"\n", b"\n\n", TERM.encode(), CLAUSE.encode(), b"tekst ")), max_size=40))
def test_no_heap_of_pieces_is_a_crash(pieces: list[bytes]) -> None:
    use("safe-it", "da", HEAD.encode() + b"".join(pieces))


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("provider", [*PROVIDERS, TEMPLATE])
def test_a_document_in_use_is_sound_and_all_of_its_prose_is_read(provider: str, language: Language) -> None:
    assert use(provider, language, in_use(provider, language)).problems == ()
