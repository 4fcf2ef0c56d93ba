"""The template is lawful for everybody in Denmark, says all its figures aloud, and does what it says."""

from datetime import date
from importlib.resources import files
from itertools import pairwise
from itertools import product as product_of

import msgspec
import pytest

from servanda.agreements import PROVIDERS
from servanda.agreements.beginning import TEMPLATE, TEMPLATE_VERSION
from servanda.agreements.reading import Shelf, read_shelf
from servanda.business.dunning.decisions.unpaid import unpaid_timeline
from servanda.business.hosting.decisions.leaving import Leaving, leaving_timeline
from servanda.ground.calendar import is_bank_day
from servanda.ground.money import Money
from servanda.terms.clauses import KINDS, CustomerKind, Rule
from servanda.terms.conflicts import conflicts_in
from servanda.terms.document import Agreement, Clause, Language
from servanda.terms.fields import figures_of
from servanda.terms.parsing import parse
from servanda.terms.prose import NotFound, figure_for, placeholders_in
from servanda.terms.resolving import ask, rules_of
from servanda.terms.timeline import TimelineEvent

CONSUMER, BUSINESS = CustomerKind.CONSUMER, CustomerKind.BUSINESS
DAYS = (date(2026, 1, 1), date(2026, 11, 30), date(2027, 2, 1), date(2030, 1, 1))


@pytest.fixture(name="shelf", scope="module")
def fixture_shelf() -> Shelf:
    return read_shelf(files("servanda.agreements").joinpath(TEMPLATE), shown_as=TEMPLATE, provider=TEMPLATE)


@pytest.fixture(name="danish", scope="module")
def fixture_danish(shelf: Shelf) -> Agreement:
    return shelf.library.version(TEMPLATE_VERSION)


def test_the_template_has_no_problem_and_is_no_provider(shelf: Shelf) -> None:
    assert shelf.problems == ()
    assert shelf.catalogue is not None
    assert shelf.company is not None
    assert shelf.library.version(TEMPLATE_VERSION, "en")
    assert TEMPLATE not in PROVIDERS


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_the_template_is_in_no_conflict_with_the_law(shelf: Shelf, danish: Agreement, on: date) -> None:
    assert conflicts_in(danish, on=on, catalogue=shelf.catalogue) == ()


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ('amount = "100.00"\nfees_max = 3', 'amount = "150.00"\nfees_max = 3'),
        ("days = 62", "days = 61"),
        ('counted_to = "month end"\nmonths = 1\n', 'counted_to = "month end"\nmonths = 2\n'),
        ('customers = ["business", "public"]\n```\n\n## 4.5', "```\n\n## 4.5"),
        ("deadline_days = 10", "deadline_days = 7"),
    ],
    ids=["a dearer reminder", "a shorter notice", "a longer way out", "compensation from all", "closer letters"],
)
def test_a_template_made_worse_is_in_conflict(written: str, instead: str) -> None:
    source = files("servanda.agreements").joinpath(TEMPLATE, f"{TEMPLATE_VERSION}.da.md").read_text(encoding="utf-8")
    assert written in source
    worse = parse(source.replace(written, instead), file="worse.da.md").agreement
    assert worse is not None
    assert conflicts_in(worse, on=date(2026, 11, 30))


@pytest.mark.parametrize("on", DAYS, ids=str)
@pytest.mark.parametrize("customer", list(CustomerKind))
def test_the_law_has_nothing_to_say_to_any_answer(
    shelf: Shelf, danish: Agreement, customer: CustomerKind, on: date
) -> None:
    assert shelf.catalogue is not None
    for kind, product in product_of(KINDS.values(), sorted(shelf.catalogue.codes)):
        for answer in rules_of(danish, kind, on=on, product=product, customer=customer):
            assert not answer.overridden, answer
            assert answer.forbidden_by is None
            assert answer.needs_warning is None, answer
            assert answer.law_beside == (), answer
            assert not answer.is_house


# kind, what tells it apart, product, customer, field, value
ANSWERS: tuple[tuple[str, str, str, CustomerKind, str, object], ...] = (
    ("payment-term", "", "webhosting", CONSUMER, "days", 14),
    ("payment-term", "", "webhosting", BUSINESS, "days", 14),
    ("term", "", "webhosting", CONSUMER, "months", 1),
    ("term", "", "domain", CONSUMER, "months", 12),
    ("term", "", "help", BUSINESS, "by_agreement", True),
    ("notice", "", "domain", CONSUMER, "counted_to", "month end"),
    ("notice", "", "server", BUSINESS, "months", 1),
    ("billing-interval", "", "webhosting", CONSUMER, "months", (1, 12)),
    ("billing-interval", "", "domain", CONSUMER, "months", (12,)),
    ("prices", "", "webhosting", CONSUMER, "without_vat", False),
    ("prices", "", "webhosting", CustomerKind.ASSOCIATION, "without_vat", False),
    ("prices", "", "webhosting", BUSINESS, "without_vat", True),
    ("prices", "", "webhosting", CustomerKind.PUBLIC, "without_vat", True),
    ("terms-change", "any", "mail", CONSUMER, "days", 62),
    ("terms-change", "any", "mail", BUSINESS, "days", 30),
    ("price-change", "any", "mail", CustomerKind.ASSOCIATION, "days", 62),
    ("price-change", "any", "mail", CustomerKind.PUBLIC, "days", 30),
    ("suspendable", "", "help", BUSINESS, "is_suspendable", False),
    ("deletion", "closure", "webhosting", CONSUMER, "days", 30),
    ("deletion", "contract end", "webhosting", CONSUMER, "days", 30),
    ("refund", "customer default", "mail", BUSINESS, "share", "unused time"),
)


@pytest.mark.parametrize(("kind", "told_apart", "product", "customer", "field", "value"), ANSWERS)
def test_a_question_to_the_template_has_its_answer(
    danish: Agreement, kind: str, told_apart: str, product: str, customer: CustomerKind, field: str, value: object
) -> None:
    cls = KINDS[kind]
    selector = ((cls.selectors[0], told_apart),) if told_apart else ()
    answer = ask(danish, cls, on=date(2026, 3, 2), product=product, customer=customer, selector=selector)
    assert getattr(answer.rule, field) == value


@pytest.mark.parametrize("customer", [CONSUMER, CustomerKind.ASSOCIATION])
def test_only_businesses_and_public_bodies_owe_compensation(danish: Agreement, customer: CustomerKind) -> None:
    kind = KINDS["compensation"]
    assert not ask(danish, kind, on=date(2026, 3, 2), product="mail", customer=customer).is_specified
    assert ask(danish, kind, on=date(2026, 3, 2), product="mail", customer=BUSINESS).is_specified
    assert ask(danish, kind, on=date(2026, 3, 2), product="mail", customer=CustomerKind.PUBLIC).is_specified


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_figure_of_a_rule_is_said_in_the_text(shelf: Shelf, danish: Agreement, language: Language) -> None:
    said = {clause.number: clause for clause in shelf.library.version(TEMPLATE_VERSION, language).clauses}
    silent = [
        f"{clause.number} {placed.rule.kind}.{field}"
        for clause in danish.clauses
        for placed in clause.rules
        for field in figures_of(placed.rule)
        if is_written(placed.rule, field) and (placed.line, field) not in figures_said(said[clause.number], clause)
    ]
    assert silent == []


def is_written(rule: Rule, field: str) -> bool:
    """A figure left at the default of its kind, such as no days of waiting, need not be said."""
    default = next(one.default for one in msgspec.structs.fields(type(rule)) if one.name == field)
    return bool(getattr(rule, field) != default)


def figures_said(text: Clause, rules_from: Clause) -> set[tuple[int, str]]:
    """The figures that a clause says: the line of the rule and its field."""
    found = [figure_for(inner, rules_from.rules) for inner in placeholders_in(text)]
    assert not [one for one in found if isinstance(one, NotFound)]
    return {(one.placed.line, one.field) for one in found if not isinstance(one, NotFound)}


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_clause_says_something(shelf: Shelf, language: Language) -> None:
    clauses = shelf.library.version(TEMPLATE_VERSION, language).clauses
    assert [clause.number for clause in clauses if not clause.prose.strip()] == []


# Invoice of Monday 2 March 2026. Fourteen days: Monday 16 March. Five days more are a Saturday, so the first letter goes on
# Monday 23 March. Ten days from then is Maundy Thursday; banks open again on Tuesday 7 April. The second letter goes the day
# after, its ten days end on a Saturday, so Monday 20 April. Then the hold and the warning of collection on 21 April; the
# warning's ten days are the law's and are not moved. Thirty days from the hold is Thursday 21 May, and thirty more a Saturday.
SPRING = {
    "payment.due": ["2026-03-16"],
    "interest.from": ["2026-03-17"],
    "reminder.sent": ["2026-03-23", "2026-04-08", "2026-04-21"],
    "fee.charged": ["2026-03-23", "2026-04-08", "2026-04-21"],
    "reminder.deadline": ["2026-04-07", "2026-04-20"],
    "hold.placed": ["2026-04-21"],
    "collection.warned": ["2026-04-21"],
    "collection.deadline": ["2026-05-01"],
    "contract.ended": ["2026-05-21"],
    "data.purged": ["2026-06-22"],
}
# Invoice of Tuesday 1 December 2026. The first letter is due on Sunday 20 December; its ten days end on New Year's Eve, when
# banks are closed, and so are they until Monday 4 January. The second deadline is Friday 15 January, the hold a Monday.
WINTER = {
    "payment.due": ["2026-12-15"],
    "interest.from": ["2026-12-16"],
    "reminder.sent": ["2026-12-21", "2027-01-05", "2027-01-18"],
    "fee.charged": ["2026-12-21", "2027-01-05", "2027-01-18"],
    "reminder.deadline": ["2027-01-04", "2027-01-15"],
    "hold.placed": ["2027-01-18"],
    "collection.warned": ["2027-01-18"],
    "collection.deadline": ["2027-01-28"],
    "contract.ended": ["2027-02-17"],
    "data.purged": ["2027-03-19"],
}


def unpaid(danish: Agreement, customer: CustomerKind, issued_on: date) -> tuple[TimelineEvent, ...]:
    return unpaid_timeline(
        danish,
        product="webhosting",
        is_service=True,
        customer=customer,
        issued_on=issued_on,
        received_on=issued_on,
        amount=Money(750_00),
        until=date(2027, 12, 1),
    )


@pytest.mark.parametrize("customer", list(CustomerKind))
@pytest.mark.parametrize(
    ("issued_on", "worked"), [(date(2026, 3, 2), SPRING), (date(2026, 12, 1), WINTER)], ids=["spring", "winter"]
)
def test_an_invoice_that_nobody_pays_goes_its_way_on_worked_days(
    danish: Agreement, customer: CustomerKind, issued_on: date, worked: dict[str, list[str]]
) -> None:
    events = unpaid(danish, customer, issued_on)
    found = {name: [event.on.isoformat() for event in events if event.event == name] for name in worked}
    assert found == worked
    letters = [event.on for event in events if event.event == "reminder.sent"]
    assert all(map(is_bank_day, letters))
    assert all((later - earlier).days >= 10 for earlier, later in pairwise(letters))


@pytest.mark.parametrize(
    ("customer", "amounts"),
    [
        (CONSUMER, ["100.00", "100.00", "100.00", "7.21"]),
        (CustomerKind.ASSOCIATION, ["100.00", "100.00", "100.00", "7.21"]),
        (BUSINESS, ["100.00", "310.00", "100.00", "100.00", "7.21"]),
        (CustomerKind.PUBLIC, ["100.00", "310.00", "100.00", "100.00", "7.21"]),
    ],
)
def test_what_being_late_costs_is_what_the_law_allows(
    danish: Agreement, customer: CustomerKind, amounts: list[str]
) -> None:
    """750.00 for 36 days at 9.75 % a year: 750 × 0.0975 × 36 / 365 = 7.2123."""
    charged = [event for event in unpaid(danish, customer, date(2026, 3, 2)) if event.event.endswith(".charged")]
    assert [str(event.amount.decimal) for event in charged if event.amount is not None] == amounts


@pytest.mark.parametrize("customer", list(CustomerKind))
def test_whoever_gives_notice_leaves_at_the_end_of_the_next_month_with_the_data(
    danish: Agreement, customer: CustomerKind
) -> None:
    case = Leaving(
        product="webhosting",
        is_service=True,
        customer=customer,
        began_on=date(2026, 1, 20),
        period_end=None,
        noticed_on=date(2026, 2, 10),
    )
    events = leaving_timeline(danish, case, until=date(2026, 12, 31))
    assert [(event.event, event.on.isoformat()) for event in events] == [
        ("notice.given", "2026-02-10"),
        ("export.reminder", "2026-03-17"),
        ("export.reminder", "2026-03-28"),
        ("contract.ends", "2026-03-31"),
        ("data.purged", "2026-04-30"),
    ]
