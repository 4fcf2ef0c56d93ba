"""What only stands wrong together: languages, contradictions, ladders, house choices, products and versions."""

from collections.abc import Callable

import pytest

from servanda.terms.checking import check, check_document
from servanda.terms.document import Agreement
from servanda.terms.versions import Library

Write = Callable[..., Agreement]

FRIST = "## 1.1 Frist\nBetal inden {days}.\n\n> Sådan læses det.\n\n"
TIME = "## 1.1 Time\nPay within {days}.\n\n> So it is read.\n"
FOURTEEN = '```toml payment-term\ndays = 14\ncounted_from = "receipt"\n```\n'


def payment_term(days: int, *more: str) -> str:
    return "\n".join(["```toml payment-term", f"days = {days}", 'counted_from = "receipt"', *more, "```", ""])


def clause(number: str, *rules: str) -> str:
    return f"## {number} Frist\nTekst.\n\n" + "\n".join(rules)


def messages(*agreements: Agreement, provider: str = "birk") -> list[str]:
    return [f"{problem.file}:{problem.line} {problem.message}" for problem in check(Library(provider, agreements))]


def test_two_documents_that_fit_have_no_problem(write: Write) -> None:
    assert messages(write(FRIST + FOURTEEN), write(TIME, language="en")) == []


@pytest.mark.parametrize(
    ("english", "place", "message"),
    [
        ("", "1.en.md:1", "Clause 1.1 (1.da.md:8) is missing in English."),
        (TIME + "\n## 1.2 More\nText.\n", "1.en.md:13", "Clause 1.2 does not stand in the Danish document."),
        (TIME.replace("{days}", "{payment-term.days}"), "1.en.md:8", "placeholders of clause 1.1 differ"),
        (TIME.replace("{days}", "the time"), "1.en.md:8", "placeholders of clause 1.1 differ"),
        (TIME.replace("1.1 Time\n", "1.1 Time\n<!-- covers: birk-001 -->\n"), "1.en.md:8", "covers other requirements"),
        (TIME.replace("> So it is read.", ""), "1.en.md:8", "reading (>) in one language only"),
    ],
)
def test_the_english_document_follows_the_danish(write: Write, english: str, place: str, message: str) -> None:
    (found,) = messages(write(FRIST + FOURTEEN), write(english or "## 9 X\nText.\n", language="en"))[:1]
    assert found.startswith(place)
    assert message in found


def test_clauses_stand_in_the_order_of_the_danish_document(write: Write) -> None:
    danish = write(clause("1.1") + clause("1.2"))
    (found,) = messages(danish, write(clause("1.2") + clause("1.1"), language="en"))
    assert "Clause 1.2 stands where the Danish document has 1.1" in found


def test_a_version_needs_both_languages(write: Write) -> None:
    assert messages(write(FRIST + FOURTEEN)) == ["1.da.md:1 Version 1 has no English document."]
    assert messages(write(TIME, language="en")) == ["1.en.md:1 Version 1 has no Danish document."]


CONTRADICTORY = (
    ("both for all", payment_term(14), payment_term(8)),
    ("a product of both", payment_term(14, 'products = ["a", "b"]'), payment_term(8, 'products = ["b"]')),
    ("a customer of both", payment_term(14, 'customers = ["public"]'), payment_term(8, 'customers = ["public"]')),
    (
        "the same step",
        '```toml reminder\nstep = 1\nsent_after = "due"\nwait_days = 1\ndeadline_days = 7\ndeadline_from = "due"\n```\n',
        '```toml reminder\nstep = 1\nsent_after = "due"\nwait_days = 3\ndeadline_days = 7\ndeadline_from = "due"\n```\n',
    ),
)


@pytest.mark.parametrize(("first", "second"), [case[1:] for case in CONTRADICTORY], ids=[c[0] for c in CONTRADICTORY])
def test_two_rules_that_contradict_each_other_are_named_with_both_places(write: Write, first: str, second: str) -> None:
    (problem,) = check_document(write(clause("1.1", first) + clause("2.5", second)))
    assert "Clause 2.5 contradicts clause 1.1 (1.da.md:11)" in problem.message
    assert problem.remedy


COMPATIBLE = (
    ("the same twice", payment_term(14), payment_term(14)),
    ("a narrower one", payment_term(14), payment_term(8, 'products = ["a"]')),
    ("other products", payment_term(14, 'products = ["a"]'), payment_term(8, 'products = ["b"]')),
    ("product and customer", payment_term(14, 'products = ["a"]'), payment_term(8, 'customers = ["public"]')),
    (
        "channels of either party",
        '```toml notice-channel\nparty = "provider"\nchannels = ["e-mail"]\n```\n',
        '```toml notice-channel\nparty = "customer"\nchannels = ["letter"]\n```\n',
    ),
)


@pytest.mark.parametrize(("first", "second"), [case[1:] for case in COMPATIBLE], ids=[c[0] for c in COMPATIBLE])
def test_rules_for_different_cases_do_not_contradict_each_other(write: Write, first: str, second: str) -> None:
    assert check_document(write(clause("1.1", first) + clause("1.2", second))) == ()


def test_a_house_choice_beside_a_clause_is_no_contradiction(write: Write) -> None:
    house = payment_term(14, "house = true")
    assert check_document(write(clause("1.1", payment_term(8)) + clause("H1", house))) == ()


REMINDER = """```toml reminder
step = {step}
sent_after = "due"
wait_days = 1
deadline_days = 7
deadline_from = "due"
```
"""
SUSPENSION = """```toml suspension
cause = "non-payment"
counted_from = "reminder deadline"
after_step = {step}
decided_by = "{by}"
{more}
```
"""


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ([REMINDER.format(step=1), REMINDER.format(step=3)], "Reminder 3 follows no reminder 2."),
        ([SUSPENSION.format(step=1, by="system", more="")], "There is no reminder 1."),
        ([REMINDER.format(step=1), SUSPENSION.format(step=1, by="system", more="with_step = 2")], "no reminder 2"),
    ],
)
def test_a_ladder_has_all_its_steps(write: Write, rules: list[str], message: str) -> None:
    (problem,) = check_document(write(clause("1.1", *rules)))
    assert message in problem.message


def test_a_house_choice_stands_in_a_clause_of_the_house_and_says_so(write: Write) -> None:
    (unsaid,) = check_document(write(clause("H1", payment_term(14))))
    (misplaced,) = check_document(write(clause("1.1", payment_term(14, "house = true"))))
    assert "does not say so" in unsaid.message
    assert "stands in clause 1.1 of the terms" in misplaced.message


@pytest.mark.parametrize(
    "adverse",
    [
        SUSPENSION.format(step=1, by="{by}", more="house = true"),
        '```toml closure\ncause = "misuse"\ncounted_from = "second misuse"\nwait_days = 0\nhouse = true\ndecided_by = "{by}"\n```\n',
        '```toml deletion\ncounted_from = "closure"\ndays = 30\nhouse = true\ndecided_by = "{by}"\n```\n',
        '```toml reminder-fee\namount = "100.00"\nfees_max = 3\nspacing_days = 10\nhouse = true\ndecided_by = "{by}"\n```\n',
        '```toml interest\nmethod = "statutory"\nhouse = true\ndecided_by = "{by}"\n```\n',
        '```toml compensation\namount = "310.00"\nhouse = true\ndecided_by = "{by}"\n```\n',
    ],
)
def test_nothing_adverse_rests_on_a_house_choice_without_a_person(write: Write, adverse: str) -> None:
    ladder = clause("1.1", REMINDER.format(step=1))
    (problem,) = check_document(write(ladder + clause("H1", adverse.replace("{by}", "system"))))
    assert "happen by itself" in problem.message
    assert check_document(write(ladder + clause("H1", adverse.replace("{by}", "person")))) == ()


def test_a_product_stands_in_the_catalogue(write: Write) -> None:
    agreement = write(clause("1.1", payment_term(14, 'products = ["webb"]')))
    (problem,) = check_document(agreement, products=frozenset({"web", "mail"}))
    assert 'no product "webb"' in problem.message
    assert "mail, web" in problem.remedy
    assert check_document(agreement) == ()


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (("1", "2025-01-01"), ("1", "2025-06-01"), "Version 1 is there twice"),
        (("1", "2025-01-01"), ("2", "2025-01-01"), "Versions 1 and 2 hold on the same days."),
        (("1", "2025-01-01\nuntil = 2025-07-01"), ("2", "2025-06-01"), "Versions 1 and 2 hold on the same days."),
    ],
)
def test_two_versions_do_not_hold_at_once(
    write: Write, first: tuple[str, str], second: tuple[str, str], message: str
) -> None:
    agreements = [
        write(clause("1"), version=version, effective_on=day, file=f"{index}.da.md")
        for index, (version, day) in enumerate((first, second))
    ]
    assert any(message in problem for problem in messages(*agreements))


def test_a_version_without_an_end_holds_until_the_next_one(write: Write) -> None:
    one, two = write(clause("1")), write(clause("1"), version="2", effective_on="2025-06-01")
    assert not any("hold on the same days" in problem for problem in messages(one, two))


def test_a_document_belongs_to_its_provider(write: Write) -> None:
    assert 'says "birk" but stands with "alma"' in messages(write(clause("1")), provider="alma")[1]
