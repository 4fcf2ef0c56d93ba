"""Every class of mistake in a document is reported with its line and a remedy, and all at once."""

import hashlib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servanda.terms.clauses import Interest, PaymentTerm
from servanda.terms.parsing import SIZE_MAX, Parsed, parse, parse_bytes

HEAD = """---
provider = "birk"
name = "Birks Bits"
version = "1"
effective_on = 2025-01-01
language = "da"
---
"""  # the body begins in line 8
ENGLISH = HEAD.replace('"da"', '"en"')

SOUND = (
    HEAD
    + """# 2. Betaling

## 2.1 Betalingsfrist
<!-- covers: birk-001, birk-002 -->
Betal senest {days} efter fakturadatoen, jf. § 3, stk. 2. M365 koster det samme, {=24} timer i døgnet.

- for *alle* varer

> Læses sådan: {days} er kalenderdage.

```toml payment-term
days = 14
counted_from = "invoice date"
requirements = ["birk-002"]
```

## 2.2 Rente
Renten er {late.percent}.

```toml interest as late
method = "percent per started month"
percent = "1.50"
```
"""
)


def clause(body: str, *, heading: str = "## 2.1 Frist") -> str:
    """A document whose clause heading stands in line 8 and its body from line 9 on."""
    return f"{HEAD}{heading}\n{body}"


def rule(kind: str, *lines: str) -> str:
    """A clause whose rule's fence stands in line 10 and its keys from line 11 on."""
    return clause("\n".join(["Tekst.", f"```toml {kind}", *lines, "```", ""]))


def found(text: str) -> Parsed:
    return parse(text, file="1.da.md")


def test_a_sound_document_is_read_whole() -> None:
    read = found(SOUND)
    agreement = read.agreement
    assert read.problems == ()
    assert agreement is not None
    assert (agreement.provider, agreement.effective_on) == ("birk", date(2025, 1, 1))
    first, second = agreement.clauses
    assert (first.number, first.heading, first.chapter) == ("2.1", "Betalingsfrist", "2. Betaling")
    assert first.requirements == ("birk-001", "birk-002")
    assert first.prose.startswith("Betal senest {days}")
    assert first.prose.endswith("- for *alle* varer")
    assert first.reading == "Læses sådan: {days} er kalenderdage."
    assert first.rules[0].rule == PaymentTerm(days=14, counted_from="invoice date", requirements=("birk-002",))
    assert first.rules[0].line == 18
    late = second.rules[0]
    assert late.name == "late"
    assert isinstance(late.rule, Interest)
    assert late.rule.percent == Decimal("1.50")


def test_the_hash_is_that_of_the_bytes() -> None:
    content = SOUND.replace("\n", "\r\n").encode()
    read = parse_bytes(content, file="1.da.md")
    assert read.agreement is not None
    assert read.agreement.sha256 == hashlib.sha256(content).hexdigest()
    assert read.agreement.clauses[0].rules[0].line == 18


FRONT_MATTER = (
    ("no front matter", "## 2.1 Frist\n", 1, "no front matter", "Begin the file"),
    ("no end", "---\nprovider = 1\n", 1, "no end", "Begin the file"),
    ("no such day", HEAD.replace("2025-01-01", "2025-02-30"), 5, "does not exist", "2025-01-31"),
    ("a moment for a day", HEAD.replace("2025-01-01", "2025-01-01T10:00:00"), 5, "cannot stand here", "2025-01-01"),
    ("unknown key", HEAD.replace("language", "languge"), 6, 'no key "languge"', 'Did you mean "language"?'),
    ("missing key", HEAD.replace('name = "Birks Bits"\n', ""), 1, 'lacks "name"', "Add a line"),
    ("unknown language", HEAD.replace('"da"', '"sv"'), 6, "cannot stand here", '"da" or "en"'),
    ("odd slug", HEAD.replace('"birk"', '"../birk"'), 2, "cannot stand here", "hyphens"),
    ("ends early", HEAD.replace("language", "until = 2024-01-01\nlanguage"), 6, "ends before", "first day"),
    ("not TOML", HEAD.replace("version = ", "version "), 4, "cannot be read", "key = value"),
)
STRUCTURE = (
    ("no clause at all", HEAD, 7, "no clause", "## 1.1"),
    ("no number", clause("Tekst.", heading="## Frist"), 8, "no number", "## 2.1"),
    ("number without heading", clause("Tekst.", heading="## 2.1"), 8, "2.1 has no heading", "## 2.1"),
    ("duplicate number", clause("Tekst.\n\n## 2.1 Igen\n"), 11, "used twice", "line 8"),
    ("third level", clause("### 2.1.1 Under\n"), 9, "third level", "##"),
    ("text before clauses", f"{HEAD}Hej.\n\n## 2.1 Frist\n", 8, "before the first clause", "Move it"),
    ("rule before clauses", f"{HEAD}```toml prices\nwithout_vat = true\n```\n## 1 A\n", 8, "before the first", "below"),
    ("indented block", clause("\n    indrykket\n"), 10, "indented", "margin"),
    ("fence in a list", clause("- a\n  ```toml prices\n  without_vat = true\n  ```\n"), 10, "not read", "margin"),
    ("fence without a kind", clause("```\nx = 1\n```\n"), 9, "does not name a rule", "```toml KIND"),
    ("HTML block", clause("<div>x</div>\n"), 9, "HTML is not shown", "Markdown"),
    ("HTML in a line", clause("Se <b>her</b>.\n"), 9, "HTML is not shown", "Markdown"),
    ("text after a comment", clause("<!-- covers: a-001 --> Tekst\n"), 9, "HTML is not shown", "alone"),
    ("odd requirement", clause("<!-- covers: birk-1 -->\n"), 9, "does not name requirements", "safeit-005"),
    ("twice covered", clause("<!-- covers: birk-001, birk-001 -->\n"), 9, "named twice", "once"),
    ("rules in English", f"{ENGLISH}## 1 A\n```toml prices\nwithout_vat = true\n```\n", 9, "no rules", "Danish"),
)
PROSE = (
    ("bare figure", clause("Inden 14 dage.\n"), 9, "figure 14", "{=14}"),
    ("bare figure in a list", clause("1. punkt\n2. efter 3,5 timer\n"), 10, "figure 3,5", "{=3,5}"),
    ("bare figure in a reading", clause("Tekst.\n\n> Inden 8 dage.\n"), 11, "figure 8", "{=8}"),
    ("bare figure in a heading", clause("Tekst.\n", heading="## 2.1 Frist på 14 dage"), 8, "figure 14", "{=14}"),
    ("empty mark", clause("Inden {=} dage.\n"), 9, "marks no figure", "{=24}"),
    ("stray brace", clause("Inden {days dage.\n"), 9, "brace", "{field}"),
    ("no rule at all", clause("Inden {days}.\n"), 9, 'No rule of the clause has "days"', "{=figure}"),
    ("not a name", clause("Inden {Days!}.\n"), 9, "not a placeholder", "{kind.field}"),
    (
        "unknown field",
        rule("payment-term", "days = 14", 'counted_from = "receipt"').replace("Tekst.", "{dage}"),
        9,
        'No rule of the clause has "dage"',
        "{payment-term.days}",
    ),
    (
        "a field without figure",
        rule("payment-term", "days = 14", 'counted_from = "receipt"').replace("Tekst.", "{counted_from}"),
        9,
        "has no figure",
        "{payment-term.days}",
    ),
    (
        "a figure left out",
        rule("term", "is_open_ended = true").replace("Tekst.", "{months}"),
        9,
        "has no figure",
        "{=figure}",
    ),
    (
        "unknown rule",
        rule("payment-term", "days = 14", 'counted_from = "receipt"').replace("Tekst.", "{frist.days}"),
        9,
        'no rule "frist"',
        "{payment-term.days}",
    ),
    (
        "two rules have it",
        clause(
            "Inden {days}.\n```toml payment-term\ndays = 7\ncounted_from = 'receipt'\n```\n"
            "```toml invoice-question\ndays = 5\n```\n"
        ),
        9,
        "may mean 2 rules",
        "{payment-term.days} or {invoice-question.days}",
    ),
    (
        "two rules of one kind have it",
        clause(
            "Inden {days}.\n```toml payment-term\ndays = 7\ncounted_from = 'receipt'\nproducts = ['a']\n```\n"
            "```toml payment-term\ndays = 8\ncounted_from = 'receipt'\nproducts = ['b']\n```\n"
        ),
        9,
        "may mean 2 rules",
        "as NAME",
    ),
)
RULES = (
    ("unknown kind", rule("payment-terms", "days = 14"), 10, 'no clause kind "payment-terms"', '"payment-term"'),
    ("unknown field", rule("rescission", "days = 9", "in_writng = true"), 12, '"in_writng"', '"in_writing"'),
    ("missing field", rule("rescission"), 10, 'lacks "days"', "days = …"),
    ("too small", rule("rescission", "days = 0"), 11, "0 cannot stand here", "from 1 to 400"),
    ("too large", rule("rescission", "", "days = 3650"), 12, "3650 cannot stand here", "from 1 to 400"),
    ("text for a number", rule("rescission", 'days = "9"'), 11, "got str", "a whole number"),
    ("true for a number", rule("rescission", "days = true"), 11, "got bool", "a whole number"),
    ("no such choice", rule("special-agreement", 'about = "prise"'), 11, "invalid enum value", '"price"'),
    ("no such customer", rule("rescission", "days = 9", 'customers = ["pet"]'), 12, "'pet'", '"association"'),
    ("empty list", rule("rescission", "days = 9", "products = []"), 12, "list is empty", "Leave the field out"),
    ("empty needed list", rule("billing-interval", "months = []"), 11, "list is empty", "at least one"),
    ("repeated value", rule("billing-interval", "months = [1, 1]"), 11, "stands twice", "once"),
    ("list with a wrong value", rule("billing-interval", "months = [1, 61]"), 11, "cannot stand", "each value"),
    ("amount as a number", rule("collection-fee", "amount = 100.00"), 11, "not written as a string", "quotes"),
    ("three decimals", rule("collection-fee", 'amount = "0.125"'), 11, "more than two decimals", "two"),
    ("no amount", rule("collection-fee", 'amount = "NaN"'), 11, "not a number", "digits"),
    ("an exponent", rule("collection-fee", 'amount = "1e2"'), 11, "not a number", "digits"),
    ("a negative amount", rule("collection-fee", 'amount = "-1.00"'), 11, "out of bounds", "from 0 to 100000"),
    ("a percentage too high", rule("refund-ceiling", 'percent = "100.01"'), 11, "out of bounds", "from 0 to 100"),
    ("bad TOML", rule("rescission", "days = 9", "in_writing ="), 12, "cannot be read", "key = value"),
    ("a key twice", rule("rescission", "days = 9", "days = 9"), 12, "cannot be read", "key = value"),
    ("nested TOML", rule("rescission", "days = " + "[" * 4000), 10, "nested too deeply", "plain"),
    ("odd requirement", rule("rescission", "days = 9", 'requirements = ["x"]'), 12, "not a requirement id", "safeit"),
    (
        "a requirement of elsewhere",
        rule("rescission", "days = 9", 'requirements = ["birk-009"]'),
        10,
        "2.1 does not cover",
        "covers:",
    ),
    (
        "a name twice",
        clause("```toml prices as a\nwithout_vat = true\n```\n```toml rescission as a\ndays = 9\n```\n"),
        12,
        '"a" is taken',
        "another name",
    ),
)
CROSS_FIELDS = (
    ("notice without length", rule("notice", 'counted_to = "day"'), 10, "days or in months", "exactly one"),
    (
        "notice in days and months",
        rule("notice", 'counted_to = "day"', "days = 3", "months = 1"),
        12,
        "days or in months",
        "exactly one",
    ),
    (
        "agreed end with length",
        rule("notice", 'counted_to = "agreed end"', "months = 1"),
        12,
        "no length of notice",
        "Take months out",
    ),
    ("month end in days", rule("notice", 'counted_to = "month end"', "days = 30"), 12, "in months", "Give months"),
    ("term without length", rule("term"), 10, "one length", "only one"),
    ("term outside its list", rule("term", "months = 6", "allowed = [1, 12]"), 12, "not among", "Add 6"),
    ("renewal of two lengths", rule("renewal", "months = 6", "same_length = true"), 11, "same length", "one of"),
    (
        "exit to a month's end without months",
        rule("provider-exit", 'cause = "any"', 'counted_to = "month end"'),
        10,
        "needs its months",
        "Add months",
    ),
    (
        "interest without percent",
        rule("interest", 'method = "percent per started month"'),
        10,
        "percent belongs",
        "Add percent",
    ),
    (
        "statutory percent",
        rule("interest", 'method = "statutory"', 'percent = "6"'),
        12,
        "percent belongs",
        "statutory",
    ),
    (
        "suspension by a reminder without step",
        rule("suspension", 'cause = "non-payment"', 'counted_from = "reminder deadline"'),
        10,
        "needs the reminder's step",
        "after_step",
    ),
    (
        "suspension for abuse by the due day",
        rule("suspension", 'cause = "abuse"', 'counted_from = "due"'),
        12,
        "from its finding",
        '"finding"',
    ),
    ("deletion without length", rule("deletion", 'counted_from = "closure"'), 10, "days or in months", "exactly one"),
    (
        "closure for non-payment after misuse",
        rule("closure", 'cause = "non-payment"', 'counted_from = "second misuse"', "wait_days = 0"),
        12,
        "not counted from misuse",
        '"due"',
    ),
    (
        "first reminder after a reminder",
        rule("reminder", "step = 1", 'sent_after = "reminder"', "wait_days = 1", "deadline_days = 7").replace(
            "```toml reminder\n", "```toml reminder\ndeadline_from = 'sending'\n"
        ),
        13,
        "no reminder before it",
        '"due"',
    ),
    ("lead days without a period", rule("invoice-run", 'day = "continuously"', "lead_days = 8"), 12, "start of", "out"),
    (
        "a change with two lengths",
        rule("terms-change", 'change = "any"', "days = 30", "months = 1"),
        13,
        "days or in months",
        "Keep one",
    ),
    (
        "unannounced with notice",
        rule("terms-change", 'change = "any"', "days = 30", "is_announced = false"),
        13,
        "not announced",
        "out",
    ),
    (
        "leaving before hearing of it",
        rule("terms-change", 'change = "any"', "days = 30", "exit_days_before = 30"),
        13,
        "before the change is announced",
        "less than 30",
    ),
    (
        "price change at renewal without length",
        rule("price-change", 'change = "any"', 'counted_to = "renewal"'),
        12,
        "needs its length",
        "Add days",
    ),
)


@pytest.mark.parametrize(
    ("text", "line", "message", "remedy"),
    [pytest.param(*case[1:], id=case[0]) for case in (*FRONT_MATTER, *STRUCTURE, *PROSE, *RULES, *CROSS_FIELDS)],
)
def test_a_mistake_is_reported_with_its_line_and_remedy(text: str, line: int, message: str, remedy: str) -> None:
    problems = found(text).problems
    assert [problem for problem in problems if problem.line == line], problems
    first = next(problem for problem in problems if problem.line == line)
    assert message in first.message
    assert remedy in first.remedy
    assert found(text).agreement is None


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        pytest.param(b"", 1, "empty", id="no bytes"),
        pytest.param(b" \n\n", 1, "empty", id="only blanks"),
        pytest.param(SOUND.encode().replace(b"Rente", b"R\0nte", 1), 24, "NUL", id="a NUL byte"),
        pytest.param(SOUND.encode("latin-1"), 12, "not UTF-8", id="another encoding"),
        pytest.param(b"a" * (SIZE_MAX + 1), 1, "more than 2,000,000 bytes", id="too large"),
    ],
)
def test_bytes_that_are_no_text_are_refused(content: bytes, line: int, message: str) -> None:
    (problem,) = parse_bytes(content, file="1.da.md").problems
    assert (problem.file, problem.line) == ("1.da.md", line)
    assert message in problem.message
    assert problem.remedy


def test_a_lone_surrogate_in_a_text_is_no_crash() -> None:
    assert "not UTF-8" in found(SOUND + "\ud800").problems[0].message


def test_all_problems_of_a_document_come_at_once_in_the_order_of_lines() -> None:
    text = HEAD.replace('"da"', '"sv"') + (
        "## 1 A\nInden 14 dage.\n```toml rescision\ndays = 9\n```\n"
        "## 1 B\n```toml payment-term\ndays = 0\ncounted_from = 'x'\nfoo = 1\n```\n"
    )
    assert [problem.line for problem in found(text).problems] == [6, 9, 10, 13, 15, 16, 17]


@pytest.mark.parametrize(
    "text",
    [
        "Vi bruger M365, IPv6 og PHP-versioner.",
        "Se § 9 b, stk. 2, punkt 2.1, nr. 4 og clause 3.2.",
        "Se [vejledningen](https://example.dk/2024/1) og <https://example.dk/7>.",
        "1. først\n2. så",
        "Døgnet har {=24} timer, og {=24/7} er altid.",
    ],
)
def test_figures_that_are_no_parameters_need_no_rule(text: str) -> None:
    assert found(clause(text + "\n")).problems == ()


def test_a_draft_is_kept_for_comparison_but_is_no_agreement() -> None:
    read = found(clause("Inden 14 dage.\n"))
    assert read.agreement is None
    assert read.draft is not None
    assert read.draft.clauses[0].number == "2.1"


LINES = SOUND.split("\n")


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_mutation_of_a_document_makes_the_parser_crash(data: st.DataObject) -> None:
    lines = list(LINES)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["drop", "repeat", "cut", "insert"])):
            case "drop" if len(lines) > 1:
                del lines[place]
            case "repeat":
                lines.insert(place, lines[data.draw(st.integers(0, len(lines) - 1))])
            case "cut":
                lines[place] = lines[place][: data.draw(st.integers(0, 12))]
            case _:
                lines[place] += data.draw(st.text(st.sampled_from(list("{}`#>-=\"'[]<!* 1.\t\r\\é")), max_size=8))
    text = "\n".join(lines)
    read = found(text)
    assert (read.agreement is None) == bool(read.problems)
    assert all(1 <= problem.line <= text.count("\n") + text.count("\r") + 1 for problem in read.problems)
    assert all(problem.message and problem.remedy for problem in read.problems)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_no_text_makes_the_parser_crash(text: str) -> None:
    read = found(HEAD + text)
    assert (read.agreement is None) == bool(read.problems)
