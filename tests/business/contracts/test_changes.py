"""From when does a change hold, who may leave because of it, and which price binds?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.business.contracts.decisions.changing import (
    CONSUMER_CHANGES,
    Approval,
    ChangeRule,
    DatedPrice,
    activation_objection,
    earliest_effect,
    ends_by_exit,
    exit_last_day,
    extra_exit_last_day,
    needs_notice,
    ordinary_price_objection,
    price_change_class,
    send_by,
    upgrade_objection,
)
from servanda.business.contracts.decisions.pricing import PricedLine, bound_price, coming_price
from servanda.business.contracts.facts import RunningTerm
from servanda.ground.citation import requirements_of
from servanda.ground.money import Money
from servanda.terms.clauses import CustomerKind, Notice, PriceChange, Rule, TermsChange
from servanda.terms.document import Agreement
from servanda.terms.resolving import ask
from servanda.terms.ruled import Ruled, ruled

BUSINESS, CONSUMER = CustomerKind.BUSINESS, CustomerKind.CONSUMER
AgreementOf = Callable[[str], Agreement]
DAY = date(2026, 12, 1)
OLD = date(2020, 1, 1)
YES = Approval(by="eva", reason="Longer support hours")


def found(
    agreement: Agreement, kind: type[Rule], change: str, product: str, customer: CustomerKind = BUSINESS
) -> Ruled[Rule]:
    answer = ask(agreement, kind, on=DAY, product=product, customer=customer, selector=(("change", change),))
    assert answer.rule is not None
    return Ruled(answer.rule, answer.because)


def terms_change(
    agreement: Agreement, change: str, product: str, customer: CustomerKind = BUSINESS
) -> Ruled[TermsChange]:
    ruled = found(agreement, TermsChange, change, product, customer)
    assert isinstance(ruled.rule, TermsChange)
    return Ruled(ruled.rule, ruled.because)


def price_change(
    agreement: Agreement, change: str, product: str, customer: CustomerKind = BUSINESS
) -> Ruled[PriceChange]:
    ruled = found(agreement, PriceChange, change, product, customer)
    assert isinstance(ruled.rule, PriceChange)
    return Ruled(ruled.rule, ruled.because)


@pytest.mark.clause("vicevaert-003")
@pytest.mark.clause("vicevaert-106")
@pytest.mark.clause("vicevaert-112")
@pytest.mark.clause("compusoft-088")
@pytest.mark.clause("compusoft-091")
@pytest.mark.clause("compusoft-092")
@pytest.mark.clause("safeit-042")
@pytest.mark.parametrize(
    ("provider", "product", "terms", "prices", "effect_on", "sent_by"),
    [
        ("vicevaert", "subscription", ["any"], [], date(2026, 12, 31), date(2026, 12, 1)),
        ("vicevaert", "subscription", ["ordinary"], [], date(2027, 7, 1), date(2027, 6, 1)),
        ("vicevaert", "subscription", ["ordinary", "any"], [], date(2027, 7, 1), date(2027, 6, 1)),
        ("compusoft", "hosting", ["any"], [], date(2027, 7, 1), date(2027, 4, 1)),
        ("compusoft", "hosting", ["larger"], [], date(2027, 7, 1), date(2027, 5, 22)),
        ("compusoft", "hosting", ["larger", "any"], [], date(2027, 7, 1), date(2027, 4, 1)),
        ("compusoft", "hosting", [], ["larger"], date(2027, 7, 1), date(2027, 5, 22)),
        ("safe-it", "webhosting", ["material"], [], date(2027, 1, 31), date(2027, 1, 1)),
        ("safe-it", "pc-security", ["material"], [], date(2027, 1, 31), date(2027, 1, 1)),
    ],
)
def test_a_change_is_sent_in_time_and_the_longest_of_its_notices_binds(
    agreement_of: AgreementOf,
    provider: str,
    product: str,
    terms: list[str],
    prices: list[str],
    effect_on: date,
    sent_by: date,
) -> None:
    agreement = agreement_of(provider)
    rules: tuple[ChangeRule, ...] = (
        *(terms_change(agreement, change, product) for change in terms),
        *(price_change(agreement, change, product) for change in prices),
    )
    assert send_by(rules, effect_on=effect_on) == sent_by
    in_time = earliest_effect(rules, sent_on=sent_by, customer=BUSINESS, concluded_on=OLD)
    late = earliest_effect(
        rules, sent_on=date.fromordinal(sent_by.toordinal() + 1), customer=BUSINESS, concluded_on=OLD
    )
    assert in_time.on <= effect_on < late.on


@pytest.mark.clause("vicevaert-003")
@pytest.mark.clause("vicevaert-112")
def test_thirty_days_from_the_first_of_december_are_the_last_day_of_the_year(agreement_of: AgreementOf) -> None:
    rules = (terms_change(agreement_of("vicevaert"), "any", "subscription"),)
    effect = earliest_effect(rules, sent_on=date(2026, 12, 1), customer=BUSINESS, concluded_on=OLD)
    assert effect.on == date(2026, 12, 31)
    from_both = {clause.number for clause in agreement_of("vicevaert").clauses for placed in clause.rules
                 if isinstance(placed.rule, TermsChange) and placed.rule.change == "any" and placed.rule.days == 30}  # fmt: skip
    assert len(from_both) == 2, "both sources state the same thirty days"


@given(
    st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    st.lists(st.tuples(st.sampled_from(["days", "months"]), st.integers(1, 60)), min_size=1, max_size=3),
)
def test_a_change_sent_by_its_last_day_can_hold_and_one_sent_later_cannot(
    sent_on: date, effect_on: date, notices: list[tuple[str, int]]
) -> None:
    rules = tuple(
        Ruled(
            TermsChange(change="any", days=count if unit == "days" else None, months=None if unit == "days" else count),
            (),
        )
        for unit, count in notices
    )
    earliest = earliest_effect(rules, sent_on=sent_on, customer=BUSINESS, concluded_on=OLD)
    assert (earliest.on <= effect_on) == (sent_on <= send_by(rules, effect_on=effect_on))


def test_a_change_holds_for_a_consumer_only_after_they_could_have_left(agreement_of: AgreementOf) -> None:
    rules = (terms_change(agreement_of("safe-it"), "material", "webhosting", CONSUMER),)
    effect = earliest_effect(rules, sent_on=date(2026, 12, 1), customer=CONSUMER, concluded_on=OLD)
    assert effect.on == date(2027, 2, 1)
    assert CONSUMER_CHANGES in effect.because
    business = earliest_effect(rules, sent_on=date(2026, 12, 1), customer=BUSINESS, concluded_on=OLD)
    assert business.on == date(2026, 12, 31)


@pytest.mark.clause("safeit-135")
@pytest.mark.clause("safeit-136")
@pytest.mark.clause("safeit-155")
@pytest.mark.clause("safeit-041")
@pytest.mark.parametrize(
    ("story", "product", "change", "announced_on", "customer", "is_refused"),
    [
        ("a minor change needs no mail", "pc-security", "minor", None, BUSINESS, False),
        ("nor in the web package", "web-security", "minor", None, BUSINESS, False),
        ("a consumer is told of it", "pc-security", "minor", None, CONSUMER, True),
        ("a material change was not sent", "pc-security", "material", None, BUSINESS, True),
        ("a material change was sent late", "pc-security", "material", date(2027, 1, 2), BUSINESS, True),
        ("a material change was sent in time", "pc-security", "material", date(2027, 1, 1), BUSINESS, False),
        ("in the web package too", "web-security", "material", date(2027, 1, 2), BUSINESS, True),
    ],
)
def test_a_change_holds_only_with_the_delivered_notice_that_its_class_needs(
    agreement_of: AgreementOf,
    story: str,
    product: str,
    change: str,
    announced_on: date | None,
    customer: CustomerKind,
    is_refused: bool,
) -> None:
    rules = (terms_change(agreement_of("safe-it"), change, product, customer),)
    objection = activation_objection(
        rules, effect_on=date(2027, 1, 31), announced_on=announced_on, customer=customer, concluded_on=OLD
    )
    assert (objection is not None) is is_refused, story


@pytest.mark.clause("vicevaert-105")
def test_news_on_the_website_is_no_notice_to_the_customer(agreement_of: AgreementOf) -> None:
    rules = (terms_change(agreement_of("vicevaert"), "ordinary", "subscription"),)
    objection = activation_objection(
        rules, effect_on=date(2027, 7, 1), announced_on=None, customer=BUSINESS, concluded_on=OLD
    )
    assert objection is not None
    assert "not announced" in objection.message


@pytest.mark.clause("vicevaert-109")
@pytest.mark.clause("compusoft-090")
@pytest.mark.parametrize(
    ("provider", "product", "change"),
    [("vicevaert", "subscription", "favourable"), ("compusoft", "hosting", "ordinary")],
)
def test_a_change_without_notice_needs_an_approver_and_a_reason(
    agreement_of: AgreementOf, provider: str, product: str, change: str
) -> None:
    rules = (terms_change(agreement_of(provider), change, product),)

    def refused(approval: Approval | None) -> bool:
        return (
            activation_objection(
                rules, effect_on=DAY, announced_on=None, customer=BUSINESS, concluded_on=OLD, approval=approval
            )
            is not None
        )

    assert [refused(None), refused(Approval(by="eva")), refused(Approval(by="", reason="x")), refused(YES)] == [
        *(True, True, True),
        False,
    ]


def test_a_purely_favourable_change_needs_no_notice_to_a_consumer_either(agreement_of: AgreementOf) -> None:
    favourable = (terms_change(agreement_of("vicevaert"), "favourable", "subscription", CONSUMER),)
    assert not needs_notice(favourable, customer=CONSUMER)
    assert earliest_effect(favourable, sent_on=DAY, customer=CONSUMER, concluded_on=OLD).on == DAY


@pytest.mark.clause("vicevaert-107")
@pytest.mark.clause("vicevaert-108")
@pytest.mark.parametrize(
    ("given_on", "customer", "is_late"),
    [
        (date(2027, 6, 10), BUSINESS, False),
        (date(2027, 6, 17), BUSINESS, False),
        (date(2027, 6, 18), BUSINESS, True),
        (date(2027, 6, 18), CONSUMER, False),
        (date(2027, 6, 30), CONSUMER, False),
        (date(2027, 7, 1), CONSUMER, True),
    ],
)
def test_who_leaves_because_of_a_change_leaves_on_the_day_before_it_holds(
    agreement_of: AgreementOf, given_on: date, customer: CustomerKind, is_late: bool
) -> None:
    rule = terms_change(agreement_of("vicevaert"), "ordinary", "subscription")
    assert exit_last_day(rule.rule, effect_on=date(2027, 7, 1)) == date(2027, 6, 17)
    ending = ends_by_exit(rule, effect_on=date(2027, 7, 1), given_on=given_on, customer=customer)
    assert (ending.ends_on, ending.is_late) == (date(2027, 6, 30), is_late)


@pytest.mark.clause("vicevaert-032")
@pytest.mark.parametrize(
    ("given_on", "ends_on", "is_late"),
    [
        (date(2026, 12, 10), date(2027, 1, 14), False),  # fourteen days before: the easier way out
        (date(2027, 1, 10), date(2027, 2, 10), False),  # later: with a month of their own
        (date(2027, 1, 15), date(2027, 1, 14), True),
    ],
)
def test_a_worsening_change_opens_an_exit_with_a_month(
    agreement_of: AgreementOf, given_on: date, ends_on: date, is_late: bool
) -> None:
    rule = terms_change(agreement_of("vicevaert"), "worsening", "subscription")
    assert earliest_effect((rule,), sent_on=DAY, customer=BUSINESS, concluded_on=OLD).on == date(2027, 1, 1)
    ending = ends_by_exit(rule, effect_on=date(2027, 1, 15), given_on=given_on, customer=BUSINESS)
    assert (ending.ends_on, ending.is_late) == (ends_on, is_late)
    assert "vicevaert-032" in requirements_of(ending.because)


@pytest.mark.clause("compusoft-091")
@pytest.mark.clause("compusoft-092")
@pytest.mark.parametrize(
    ("sent_on", "last_day"),
    [(date(2026, 12, 1), date(2026, 12, 30)), (date(2027, 5, 22), date(2027, 6, 30))],
)
def test_a_change_told_after_the_customers_own_last_day_opens_the_way_out_again(sent_on: date, last_day: date) -> None:
    ordinary = date(2026, 12, 30)
    assert extra_exit_last_day(renews_on=date(2027, 7, 1), ordinary_last_day=ordinary, sent_on=sent_on) == last_day


@pytest.mark.clause("compusoft-089")
@pytest.mark.parametrize(
    ("new", "approval", "is_refused", "change"),
    [
        (Money(105_00), YES, False, "ordinary"),
        (Money(105_01), YES, True, "larger"),
        (Money(90_00), YES, False, "ordinary"),
        (Money(101_00), None, True, "ordinary"),
        (Money(101_00), Approval(by="eva"), True, "ordinary"),
    ],
)
def test_an_ordinary_price_change_stays_under_the_cap_and_has_a_reason(
    agreement_of: AgreementOf, new: Money, approval: Approval | None, is_refused: bool, change: str
) -> None:
    ordinary = price_change(agreement_of("compusoft"), "ordinary", "hosting")
    assert ordinary.rule.cap_percent == Decimal(5)
    objection = ordinary_price_objection(Money(100_00), new, ordinary=ordinary, approval=approval)
    assert (objection is not None) is is_refused
    assert price_change_class(Money(100_00), new, ordinary=ordinary.rule) == change


@pytest.mark.clause("safeit-200")
@pytest.mark.clause("safeit-201")
def test_an_upgrade_waits_for_the_customers_yes_to_the_price_shown(agreement_of: AgreementOf) -> None:
    upgrade = price_change(agreement_of("safe-it"), "upgrade", "webhosting")
    refused = upgrade_objection(upgrade, shown=Money(79_00), approval=None)
    assert refused is not None
    assert "79.00" in refused.message
    assert "safeit-201" in requirements_of(refused.because)
    assert upgrade_objection(upgrade, shown=Money(79_00), approval=Approval(by="customer:5")) is None


def priced(product: str, *, agreed_on: date = date(2026, 7, 1), **changes: object) -> PricedLine:
    return replace(
        PricedLine(line_id=7, product=product, customer=BUSINESS, agreed_on=agreed_on),
        **changes,  # type: ignore[arg-type]
    )


def told(since: date, amount: Money, announced_on: date | None) -> DatedPrice:
    return DatedPrice(since=since, amount=amount, announced_on=announced_on, is_recorded=True)


def price(agreement: Agreement, line: PricedLine, prices: list[DatedPrice], *, on: date) -> Money:
    return bound_price(agreement, line, tuple(prices), on=on).amount


@pytest.mark.clause("safeit-039")
@pytest.mark.clause("vicevaert-012")
@pytest.mark.parametrize(
    ("provider", "product", "old", "new", "told_on", "since", "before"),
    [
        ("safe-it", "pc-security", Money(135_00), Money(145_00), date(2027, 1, 2), date(2027, 2, 1), date(2027, 1, 1)),
        ("vicevaert", "subscription", Money(100_00), Money(110_00), date(2026, 12, 1), date(2027, 1, 1), date(2026, 12, 31)),
    ],
)  # fmt: skip
def test_a_period_costs_the_price_in_force_when_it_begins(
    agreement_of: AgreementOf,
    provider: str,
    product: str,
    old: Money,
    new: Money,
    told_on: date,
    since: date,
    before: date,
) -> None:
    agreement, line = agreement_of(provider), priced(product, agreed_on=date(2026, 1, 1))
    prices = [DatedPrice(since=OLD, amount=old), told(since, new, told_on)]
    assert price(agreement, line, prices, on=before) == old
    assert price(agreement, line, prices, on=since) == new
    late = [DatedPrice(since=OLD, amount=old), told(since, new, told_on + timedelta(days=1))]
    assert price(agreement, line, late, on=since) == old


@pytest.mark.clause("compusoft-091")
@pytest.mark.parametrize(
    ("story", "announced_on", "day", "amount"),
    [
        ("told in time", date(2027, 5, 22), date(2027, 7, 1), 120_00),
        ("told a day late: the old price for this period", date(2027, 5, 23), date(2027, 7, 1), 100_00),
        ("and the new one from the next", date(2027, 5, 23), date(2028, 7, 1), 120_00),
        ("never told", None, date(2028, 7, 1), 100_00),
        ("before the new price", date(2027, 5, 22), date(2026, 7, 1), 100_00),
    ],
)
def test_a_larger_price_binds_only_after_its_notice_was_delivered_in_time(
    agreement_of: AgreementOf, story: str, announced_on: date | None, day: date, amount: int
) -> None:
    prices = [DatedPrice(since=OLD, amount=Money(100_00)), told(date(2027, 7, 1), Money(120_00), announced_on)]
    assert price(agreement_of("compusoft"), priced("hosting"), prices, on=day) == Money(amount), story


def test_a_lower_price_and_the_price_at_the_conclusion_bind_without_notice(agreement_of: AgreementOf) -> None:
    prices = [
        DatedPrice(since=OLD, amount=Money(100_00)),
        DatedPrice(since=date(2026, 1, 1), amount=Money(130_00)),
        DatedPrice(since=date(2027, 1, 1), amount=Money(90_00)),
    ]
    agreement = agreement_of("compusoft")
    new, old = priced("hosting", agreed_on=date(2026, 2, 1)), priced("hosting", agreed_on=date(2025, 2, 1))
    assert price(agreement, new, prices, on=date(2026, 6, 1)) == Money(130_00)
    assert price(agreement, old, prices, on=date(2026, 6, 1)) == Money(100_00)
    assert price(agreement, old, prices, on=date(2027, 6, 1)) == Money(90_00)


@pytest.mark.parametrize(
    ("story", "provider", "product", "announced_on", "is_recorded", "amount"),
    [
        ("a silent agreement never lets a price rise", "simsoft", "webhotel", date(2026, 1, 1), True, 100_00),
        ("an ordinary rise that nobody answers for", "compusoft", "hosting", None, False, 100_00),
        ("an ordinary rise with reason and approver", "compusoft", "hosting", None, True, 104_00),
        ("a rise is material where the terms know no other", "safe-it", "webhosting", None, True, 100_00),
    ],
)
def test_without_a_rule_or_a_record_a_price_does_not_rise(
    agreement_of: AgreementOf,
    story: str,
    provider: str,
    product: str,
    announced_on: date | None,
    is_recorded: bool,
    amount: int,
) -> None:
    risen = DatedPrice(since=date(2027, 1, 1), amount=Money(104_00), announced_on=announced_on, is_recorded=is_recorded)
    prices = [DatedPrice(since=OLD, amount=Money(100_00)), risen]
    assert price(agreement_of(provider), priced(product), prices, on=date(2027, 7, 1)) == Money(amount), story


@pytest.mark.parametrize(
    ("since", "day", "amount"),
    [
        (date(2027, 2, 1), date(2027, 6, 1), 100_00),
        (date(2027, 2, 1), date(2027, 7, 1), 120_00),
        (date(2027, 7, 1), date(2027, 7, 1), 120_00),
        (date(2027, 7, 2), date(2028, 6, 1), 100_00),
    ],
)
def test_a_line_that_is_bound_keeps_its_price_until_its_term_ends(
    agreement_of: AgreementOf, since: date, day: date, amount: int
) -> None:
    until = date(2027, 7, 1) if day <= date(2027, 7, 1) else date(2028, 7, 1)
    term = RunningTerm(anchored_on=date(2025, 7, 1), until=until, months=12)
    line = priced("webhosting", term=term)
    prices = [DatedPrice(since=OLD, amount=Money(100_00)), told(since, Money(120_00), date(2026, 12, 1))]
    assert price(agreement_of("safe-it"), line, prices, on=day) == Money(amount)


def test_a_letter_is_taken_at_its_word_also_where_the_terms_would_allow_an_earlier_day(
    agreement_of: AgreementOf,
) -> None:
    said = replace(told(date(2027, 1, 1), Money(120_00), date(2026, 10, 1)), promised_on=date(2027, 3, 1))
    prices = [DatedPrice(since=OLD, amount=Money(100_00)), said]
    agreement, line = agreement_of("safe-it"), priced("webhosting")
    assert price(agreement, line, prices, on=date(2027, 2, 1)) == Money(100_00)
    assert price(agreement, line, prices, on=date(2027, 3, 1)) == Money(120_00)


@pytest.mark.clause("compusoft-091")
@pytest.mark.clause("vicevaert-032")
@pytest.mark.parametrize(
    ("provider", "product", "customer", "sent_on", "effect_on", "leave_until", "is_told"),
    [
        ("safe-it", "webhosting", BUSINESS, date(2027, 6, 1), date(2027, 7, 1), None, True),
        ("safe-it", "webhosting", BUSINESS, date(2027, 6, 2), date(2027, 7, 2), None, True),
        ("safe-it", "webhosting", CONSUMER, date(2027, 6, 2), date(2027, 8, 1), date(2027, 7, 31), True),
        ("vicevaert", "subscription", BUSINESS, date(2027, 6, 1), date(2027, 7, 1), date(2027, 6, 30), True),
        ("vicevaert", "subscription", BUSINESS, date(2027, 6, 2), date(2027, 7, 2), date(2027, 7, 1), True),
        ("compusoft", "hosting", BUSINESS, date(2027, 5, 22), date(2027, 7, 1), date(2027, 6, 30), True),
        ("compusoft", "hosting", BUSINESS, date(2026, 12, 1), date(2027, 7, 1), date(2026, 12, 30), True),
    ],
)
def test_a_coming_price_has_its_first_day_and_its_last_day_to_leave(
    agreement_of: AgreementOf,
    provider: str,
    product: str,
    customer: CustomerKind,
    sent_on: date,
    effect_on: date,
    leave_until: date | None,
    is_told: bool,
) -> None:
    agreement = agreement_of(provider)
    since = date(2027, 7, 1)
    prices = (DatedPrice(since=OLD, amount=Money(100_00)), DatedPrice(since=since, amount=Money(120_00)))
    notice = ruled(ask(agreement, Notice, on=DAY, product=product, customer=customer))
    line = priced(product, customer=customer)
    coming = coming_price(agreement, line, prices, since=since, sent_on=sent_on, notice=notice)
    assert coming is not None
    assert (coming.effect_on, coming.leave_until, coming.is_told) == (effect_on, leave_until, is_told)
    assert (coming.old, coming.new) == (Money(100_00), Money(120_00))
