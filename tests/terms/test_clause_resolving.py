"""Which clause answers, in which order, and with which chain of sources?"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from servanda.ground.citation import Citation
from servanda.terms.clauses import (
    Compensation,
    CustomerKind,
    Interest,
    NoticeChannel,
    PaymentTerm,
    Reminder,
    Suspension,
    TermsChange,
)
from servanda.terms.document import Agreement
from servanda.terms.resolving import Deviation, NoSuchQuestion, Question, answer, ask, rules_of

Write = Callable[..., Agreement]
DAY = date(2026, 1, 1)
CONSUMER, PUBLIC, BUSINESS = CustomerKind.CONSUMER, CustomerKind.PUBLIC, CustomerKind.BUSINESS


def term(number: str, days: int, *more: str) -> str:
    rule = "\n".join(["```toml payment-term", f"days = {days}", 'counted_from = "receipt"', *more, "```", ""])
    return f"## {number} Frist\n<!-- covers: birk-{days:03d}, birk-900 -->\nTekst.\n\n{rule}"


TERMS = (
    term("1.1", 14, 'requirements = ["birk-014"]')
    + term("1.2", 8, 'products = ["web"]')
    + term("1.3", 30, 'customers = ["public"]')
    + term("1.4", 20, 'products = ["web"]', 'customers = ["public"]')
    + term("H1", 40, "house = true")
)
SILENT = "## 1.1 Frist\nTekst.\n"


@pytest.mark.parametrize(
    ("product", "customer", "clauses"),
    [
        (None, None, ["1.1", "H1"]),
        ("mail", BUSINESS, ["1.1", "H1"]),
        ("web", BUSINESS, ["1.2", "1.1", "H1"]),
        ("mail", PUBLIC, ["1.3", "1.1", "H1"]),
        ("web", PUBLIC, ["1.4", "1.2", "1.3", "1.1", "H1"]),
    ],
)
def test_the_most_specific_clause_answers_and_the_others_are_in_the_chain(
    write: Write, product: str | None, customer: CustomerKind | None, clauses: list[str]
) -> None:
    found = ask(write(TERMS), PaymentTerm, on=DAY, product=product, customer=customer)
    assert [link.citation.clause for link in found.chain] == clauses
    assert found.rule is found.chain[0].rule
    assert [citation.clause for citation in found.because] == clauses[:1]
    assert found.is_specified
    assert not found.is_house


def test_a_rules_own_requirements_are_cited_before_those_of_its_clause(write: Write) -> None:
    agreement = write(TERMS)
    assert ask(agreement, PaymentTerm, on=DAY).because == (Citation("birk", "1.1", "1", ("birk-014",)),)
    by_product = ask(agreement, PaymentTerm, on=DAY, product="web")
    assert by_product.because[0].requirements == ("birk-008", "birk-900")


def test_roles_tell_what_each_voice_is(write: Write) -> None:
    found = ask(write(TERMS), PaymentTerm, on=DAY, product="web")
    assert [link.role for link in found.chain] == ["specific clause", "general clause", "house choice"]
    assert found.chain[0].said == "days=8, counted_from=receipt"


def test_where_the_terms_are_silent_nothing_is_specified(write: Write) -> None:
    found = ask(write(SILENT), PaymentTerm, on=DAY)
    assert not found.is_specified
    assert not found.may_act_alone
    assert (found.rule, found.chain, found.because) == (None, (), ())


def test_a_house_choice_fills_a_silence_and_is_marked(write: Write) -> None:
    found = ask(write(term("H1", 40, "house = true")), PaymentTerm, on=DAY)
    assert found.rule is not None
    assert found.rule.days == 40
    assert found.is_house


def test_the_law_gives_interest_where_the_terms_are_silent_but_a_person_decides(write: Write) -> None:
    found = ask(write(SILENT), Interest, on=DAY)
    assert found.rule is not None
    assert found.rule.method == "statutory"
    assert found.is_law_default
    assert not found.may_act_alone
    assert [str(citation) for citation in found.because] == ["Renteloven § 3, stk. 1", "Renteloven § 5, stk. 1"]


def test_a_law_default_comes_before_a_house_choice(write: Write) -> None:
    house = '## H1 Rente\nTekst.\n```toml interest\nmethod = "statutory"\nhouse = true\n```\n'
    found = ask(write(house), Interest, on=DAY)
    assert [link.role for link in found.chain] == ["law default", "law default", "house choice"]


DEVIATION = Deviation(
    PaymentTerm(days=60, counted_from="receipt"), "a large order", DAY, DAY + timedelta(days=10), Citation("deal", "7")
)


@pytest.mark.parametrize(
    ("on", "days"),
    [(DAY - timedelta(days=1), 20), (DAY, 60), (DAY + timedelta(days=9), 60), (DAY + timedelta(days=10), 20)],
)
def test_a_customers_own_deviation_stands_above_the_terms_while_it_lasts(write: Write, on: date, days: int) -> None:
    found = ask(write(TERMS), PaymentTerm, on=on, product="web", customer=PUBLIC, deviations=(DEVIATION,))
    assert found.rule is not None
    assert found.rule.days == days


def test_a_deviation_is_cited_with_its_reason(write: Write) -> None:
    found = ask(write(TERMS), PaymentTerm, on=DAY, deviations=(DEVIATION,))
    assert found.because == (Citation("deal", "7"),)
    assert found.chain[0].said.endswith("(a large order)")


def test_the_law_stands_above_a_deviation(write: Write) -> None:
    deviation = Deviation(Interest(method="percent per started month", percent=Decimal(3)), "x", DAY)
    dear = Deviation(Compensation(amount=Decimal(310)), "agreed", DAY)
    assert ask(write(SILENT), Compensation, on=DAY, customer=CONSUMER, deviations=(dear,)).forbidden_by is not None
    found = ask(write(SILENT), Interest, on=DAY, customer=CONSUMER, deviations=(deviation,))
    assert found.rule == Interest(method="statutory")
    assert found.overridden


CHANGES = """## 1.1 Ændringer
Tekst.
```toml terms-change
change = "any"
months = 3
```
```toml terms-change
change = "larger"
days = 40
```
"""


@pytest.mark.parametrize(("change", "said"), [("larger", "change=larger, days=40"), ("minor", "change=any, months=3")])
def test_a_rule_for_any_case_answers_after_the_one_that_names_it(write: Write, change: str, said: str) -> None:
    found = ask(write(CHANGES), TermsChange, on=DAY, selector=(("change", change),))
    assert found.chain[0].said == said
    assert found.chain[-1].said == "change=any, months=3"


def test_causes_are_told_apart(write: Write) -> None:
    abuse = '## 1 A\nTekst.\n```toml suspension\ncause = "abuse"\ncounted_from = "finding"\n```\n'
    agreement = write(abuse)
    assert ask(agreement, Suspension, on=DAY, selector=(("cause", "abuse"),)).is_specified
    assert not ask(agreement, Suspension, on=DAY, selector=(("cause", "non-payment"),)).is_specified


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (Question("reminders", DAY), "no clause kind 'reminders'"),
        (Question("suspension", DAY), "told apart by 'cause'"),
        (Question("suspension", DAY, selector=(("step", 1),)), "not told apart by 'step', but by cause"),
        (Question("prices", DAY, selector=(("step", 1),)), "but by nothing"),
    ],
)
def test_a_question_that_nothing_can_answer_is_refused(write: Write, question: Question, message: str) -> None:
    with pytest.raises(NoSuchQuestion, match=message):
        answer(write(SILENT), question)


LADDER = "## 3.1 Rykkere\nTekst.\n" + "".join(
    f'```toml reminder\nstep = {step}\nsent_after = "due"\nwait_days = {step}\ndeadline_days = 7\ndeadline_from = "due"\n```\n'
    for step in (2, 1, 3)
)


def test_all_reminders_come_in_the_order_of_their_steps(write: Write) -> None:
    found = rules_of(write(LADDER), Reminder, on=DAY)
    assert [each.rule.step for each in found if each.rule is not None] == [1, 2, 3]


def test_a_kind_without_selector_has_one_answer_or_none(write: Write) -> None:
    assert len(rules_of(write(TERMS), PaymentTerm, on=DAY)) == 1
    assert rules_of(write(SILENT), PaymentTerm, on=DAY) == ()


def test_a_deviation_may_add_a_step(write: Write) -> None:
    extra = Reminder(step=4, sent_after="due", wait_days=9, deadline_days=7, deadline_from="due")
    found = rules_of(write(LADDER), Reminder, on=DAY, deviations=(Deviation(extra, "asked for", DAY),))
    assert [each.question.selector for each in found] == [(("step", step),) for step in (1, 2, 3, 4)]


def test_channels_of_both_parties_answer_without_naming_one(write: Write) -> None:
    channel = '## 1 A\nTekst.\n```toml notice-channel\nchannels = ["e-mail"]\n```\n'
    assert ask(write(channel), NoticeChannel, on=DAY).is_specified


def test_the_same_question_has_the_very_same_answer(write: Write) -> None:
    agreement = write(TERMS)
    assert ask(agreement, PaymentTerm, on=DAY) is ask(agreement, PaymentTerm, on=DAY)


def test_two_versions_do_not_share_answers(write: Write) -> None:
    old, new = write(term("1.1", 14)), write(term("1.1", 15), version="2")
    assert [ask(each, PaymentTerm, on=DAY).because[0].version for each in (old, new)] == ["1", "2"]
