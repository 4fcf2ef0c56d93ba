"""Where a document and the law disagree: which clause, against whom, by which section, and what is done instead."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from servanda.ground.calendar import day_text
from servanda.terms.catalogue import Catalogue, CatalogueProduct
from servanda.terms.clauses import KINDS, CustomerKind, Rule
from servanda.terms.conflict_words import WORDS
from servanda.terms.conflicts import conflicts_in
from servanda.terms.cross_fields import contradictions_in
from servanda.terms.describing import toml_of
from servanda.terms.document import Agreement, Clause, PlacedRule
from servanda.terms.fields import APPLICABILITY, Field, fields_of
from servanda.terms.law_above import ruling_on
from servanda.terms.resolving import ask
from tests.terms.conflict_cases import (
    ALL,
    BUSINESS,
    CASES,
    CONSUMER,
    DAY,
    FEE,
    LAWFUL,
    OTHERS,
    WEEKLY,
    Found,
    Write,
    clauses,
    found_in,
)


@pytest.mark.parametrize("case", CASES)
def test_each_conflict_names_clause_customers_and_section_and_there_is_no_other(write: Write, case: str) -> None:
    rules, expected = CASES[case]
    assert found_in(write(clauses(*rules))) == expected


@pytest.mark.parametrize("case", [case for case, (rules, _) in CASES.items() if "customers" not in "".join(rules)])
@pytest.mark.parametrize("customer", ALL)
def test_a_rule_for_one_kind_of_customer_is_in_conflict_for_that_kind_only(
    write: Write, case: str, customer: CustomerKind
) -> None:
    rules, expected = CASES[case]
    narrowed = write(clauses(*(f'{rule}\ncustomers = ["{customer}"]' for rule in rules)))
    assert found_in(narrowed) == {
        (letter, clause, (customer,), *rest) for letter, clause, against, *rest in expected if customer in against
    }


def test_a_lawful_document_has_no_conflict(write: Write) -> None:
    assert conflicts_in(write(clauses(*LAWFUL)), on=DAY) == ()


@pytest.mark.parametrize("case", CASES)
def test_other_clauses_add_no_conflict_and_take_none_away(write: Write, case: str) -> None:
    rules, expected = CASES[case]
    kinds = {rule.split("\n")[0] for rule in rules} | {"reminder-fee"}
    others = [rule for rule in LAWFUL if rule.split("\n")[0].split(" as ")[0] not in kinds]
    assert found_in(write(clauses(*rules, *others))) == expected


CATALOGUE = Catalogue(
    "birk",
    (
        CatalogueProduct("web", "Web", "Web", "hosting", True, "stk.", "piece"),
        CatalogueProduct("pc", "PC", "PC", "hardware", False, "stk.", "piece"),
    ),
)


@pytest.mark.parametrize(
    ("products", "with_catalogue", "is_met"),
    [
        ("", True, True),
        ('products = ["web"]', True, True),
        ('products = ["pc"]', True, False),
        ('products = ["pc", "web"]', True, True),
        ('products = ["pc"]', False, True),
    ],
)
def test_switching_is_a_right_for_what_can_be_a_cloud_service(
    write: Write, products: str, *, with_catalogue: bool, is_met: bool
) -> None:
    catalogue = CATALOGUE if with_catalogue else None
    agreement = write(clauses(f'notice\ncounted_to = "day"\nmonths = 6\ncustomers = ["business"]\n{products}'))
    assert bool(found_in(agreement, catalogue=catalogue)) == is_met


@pytest.mark.parametrize(
    ("rule", "before", "since"),
    [
        ('deletion\ncounted_from = "closure"\ndays = 7', date(2025, 9, 11), date(2025, 9, 12)),
        ('suspension\ncause = "abuse"\ncounted_from = "finding"', date(2024, 2, 16), date(2024, 2, 17)),
        ('exit-copy\nholds = ["data"]\nsmall_fee = true', date(2025, 9, 11), date(2025, 9, 12)),
        (
            'notice\ncounted_to = "day"\nmonths = 3\ncustomers = ["public"]',
            date(2025, 9, 11),
            date(2025, 9, 12),
        ),
    ],
)
def test_a_conflict_begins_with_the_law(write: Write, rule: str, before: date, since: date) -> None:
    agreement = write(clauses(rule))
    assert found_in(agreement, on=before) == set()
    assert len(found_in(agreement, on=since)) == 1


@pytest.mark.parametrize(
    "rule",
    [
        'exit-copy\nholds = ["data"]\nsmall_fee = true',
        'fixed-price\nof = "small exit copy"\namount = "200.00"\neach = "site"',
    ],
)
def test_taking_data_along_is_free_from_the_twelfth_of_january_2027(write: Write, rule: str) -> None:
    agreement = write(clauses(rule))
    (before,) = conflicts_in(agreement, on=date(2027, 1, 11))
    (since,) = conflicts_in(agreement, on=date(2027, 1, 12))
    assert (before.severity, before.is_overridden) == ("limited", False)
    assert (since.severity, since.is_overridden) == ("void", True)
    assert day_text(date(2027, 1, 12), "en") in before.why.en


def test_what_several_rules_of_a_clause_have_in_common_is_named_once_at_the_first(write: Write) -> None:
    two = (
        "## 1.1 Punkt\nTekst.\n\n"
        '```toml exclusion as one\nof = ["lost data"]\n```\n\n```toml exclusion as two\nof = ["lost profit"]\n```\n'
    )
    found = conflicts_in(write(two), on=DAY)
    assert [(each.against, each.line) for each in found] == [(OTHERS, 11), ((CONSUMER,), 11)]


def test_conflicts_stand_in_the_order_of_the_document_with_file_and_line(write: Write) -> None:
    agreement = write(clauses(*(rule for rules, _ in CASES.values() for rule in rules)), file="birk/1.da.md")
    found = conflicts_in(agreement, on=DAY)
    lines = [each.line for each in found]
    assert lines == sorted(lines)
    assert {each.file for each in found} == {"birk/1.da.md"}
    assert {each.letter for each in found} == set("abcdefghijklmno")  # no kind of rule can say p


def test_the_figures_of_the_sentences_are_those_of_the_clause_and_of_the_law(write: Write) -> None:
    agreement = write(
        clauses(
            'deletion\ncounted_from = "closure"\nmonths = 1',
            'interest\nmethod = "percent per started month"\npercent = "6.50"\ncustomers = ["consumer"]',
            'reminder-fee\namount = "250.00"\nfees_max = 9\nspacing_days = 10',
        )
    )
    deletion, interest, fee = conflicts_in(agreement, on=DAY)
    assert (deletion.why.da, deletion.instead.da) == (
        "Data skal kunne hentes i mindst 30 dage; her slettes de efter 1 måned.",
        "Data slettes tidligst efter 31 dage.",
    )
    assert "6,5 %" in interest.why.da
    assert "6.5 %" in interest.why.en
    assert fee.instead.en == "DKK 100.00 is charged for each reminder, and at most 3 fees."


def test_every_word_that_we_have_is_said_by_some_clause(write: Write) -> None:
    said = {
        (each.kind, each.provision, each.letter, each.severity, each.is_overridden)
        for rules, _ in [*CASES.values(), ((*WEEKLY, FEE), set[Found]())]
        for on in (DAY, date(2027, 1, 12))
        for each in conflicts_in(write(clauses(*rules)), on=on)
    }
    unsaid = [
        (kind.kind, way, str(provision))
        for (kind, way, provision), words in WORDS.items()
        if (kind.kind, provision, words.letter, words.severity, words.is_overridden) not in said
    ]
    assert unsaid == []


def test_no_sentence_ends_without_a_stop_or_is_in_one_language_only() -> None:
    for words in WORDS.values():
        for sentence in (words.why, words.instead):
            assert sentence.da.endswith(".")
            assert sentence.en.endswith(".")
            assert sentence.da != sentence.en


def values_of(field: Field) -> st.SearchStrategy[Any]:
    if field.choices:
        one: st.SearchStrategy[Any] = st.sampled_from(field.choices)
    elif field.annotation is bool:
        one = st.booleans()
    elif field.at_least is not None and field.at_most is not None and field.is_decimal:
        one = st.decimals(field.at_least, field.at_most, places=2)
    elif field.at_least is not None and field.at_most is not None:
        one = st.integers(int(field.at_least), int(field.at_most))
    elif field.unit == "clock time":
        one = st.just("08:00")
    else:
        one = st.sampled_from(("", "Odense"))
    many = st.lists(one, min_size=1, max_size=3, unique=True).map(tuple) if field.is_list else one
    return many if field.is_required else st.none() | many


@st.composite
def any_rule(draw: st.DrawFn) -> Rule:
    kind = draw(st.sampled_from(sorted(KINDS)))
    values = {
        name: value
        for name, field in fields_of(KINDS[kind]).items()
        if name not in APPLICABILITY and (value := draw(values_of(field))) is not None
    }
    if "step" in values and kind == "reminder":
        values["step"] = draw(st.integers(1, 4))
    rule = KINDS[kind](**values)
    assume(not contradictions_in(rule))
    return rule


@given(rules=st.lists(any_rule(), min_size=1, max_size=12), on=st.dates(date(2020, 1, 1), date(2035, 1, 1)))
def test_whatever_the_law_says_to_any_rules_is_told_in_words(rules: list[Rule], on: date) -> None:
    placed = tuple(PlacedRule(rule, line) for line, rule in enumerate(rules, start=1))
    agreement = Agreement(
        provider="birk",
        name="Birks Bits",
        version="1",
        effective_on=date(2020, 1, 1),
        language="da",
        clauses=tuple(Clause(f"1.{rule.line}", "Punkt", "Tekst.", rule.line, (rule,)) for rule in placed),
        sha256="\n".join(map(toml_of, rules)),
        file="1.da.md",
    )
    found = conflicts_in(agreement, on=on)
    told = {(each.line, kind, each.provision) for each in found for kind in each.against}
    for rule in placed:
        for customer in CustomerKind:
            ruling = ruling_on(rule.rule, customer=customer, on=on)
            overriding = {*ruling.because, *filter(None, (ruling.forbidden_by, ruling.needs_warning))}
            assert {(rule.line, customer, provision) for provision in overriding} <= told
    assert not any("{" in sentence for each in found for sentence in (each.why.da, each.why.en, each.instead.da))


def test_the_answer_has_the_value_of_the_contract_of_the_law_and_what_is_used(write: Write) -> None:
    agreement = write(clauses('interest\nmethod = "percent per started month"\npercent = "6.00"\nis_approved = true'))
    kind = KINDS["interest"]
    consumer = ask(agreement, kind, on=DAY, customer=CONSUMER)
    business = ask(agreement, kind, on=DAY, customer=BUSINESS)
    assert getattr(consumer.written, "percent", None) == Decimal("6.00")
    assert consumer.by_law == consumer.rule
    assert getattr(consumer.rule, "method", None) == "statutory"
    assert consumer.reason == "interest is the statutory one, day by day"
    assert (business.by_law, business.rule, business.reason) == (None, business.written, business.chain[0].said)


def test_where_the_law_forbids_a_rule_it_has_no_value_of_its_own(write: Write) -> None:
    answer = ask(write(clauses('compensation\namount = "310.00"')), KINDS["compensation"], on=DAY, customer=CONSUMER)
    assert (answer.rule, answer.by_law) == (None, None)
    assert answer.written is not None
    assert str(answer.forbidden_by) == "Renteloven § 9 a, stk. 3"
    assert answer.reason == "compensation is for claims on businesses and public bodies only"


def test_silence_has_no_reason(write: Write) -> None:
    assert ask(write("## 1.1 Punkt\nTekst.\n"), KINDS["closure"], on=DAY, selector=(("cause", "misuse"),)).reason == ""
