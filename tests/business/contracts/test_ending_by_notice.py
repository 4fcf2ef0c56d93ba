"""Which day is the last to give notice, and when does a line end by one?"""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.business.contracts.decisions.ending import (
    ends_by_notice,
    ends_by_rescission,
    lenient_last_day,
    notice_last_day,
    rescission_last_day,
    weigh_notice,
)
from servanda.business.contracts.decisions.orders import Draft, Ending, NotSpecified
from servanda.business.contracts.decisions.terms import EndingTerms, ending_terms
from servanda.business.contracts.facts import GivenNotice, LineFacts, RunningTerm
from servanda.ground.citation import Citation, requirements_of
from servanda.ground.law.consumers import CONSUMER_FIXED_YEAR, CONSUMER_TERMINATION, CONSUMER_TERMINATION_CHANNEL
from servanda.terms.clauses import CustomerKind, Notice, NoticeChannel, Renewal, Rescission
from servanda.terms.document import Agreement
from servanda.terms.resolving import ask
from servanda.terms.ruled import Ruled

BUSINESS, CONSUMER = CustomerKind.BUSINESS, CustomerKind.CONSUMER
CONCLUDED = date(2026, 7, 1)
LAST = date(2027, 6, 30)
AgreementOf = Callable[[str], Agreement]
LineOf = Callable[..., LineFacts]


def term(months: int = 12, *, until: date = date(2027, 7, 1), anchored_on: date | None = None) -> RunningTerm:
    return RunningTerm(anchored_on=anchored_on or CONCLUDED, until=until, months=months)


def ended(
    agreement: Agreement, product: str, noticed_on: date, running: RunningTerm | None, kind: CustomerKind = BUSINESS
) -> Ending:
    terms = ending_terms(agreement, product=product, customer=kind, on=noticed_on)
    ending = ends_by_notice(terms, term=running, noticed_on=noticed_on, customer=kind, concluded_on=CONCLUDED)
    assert isinstance(ending, Ending)
    return ending


@pytest.mark.clause("simsoft-034")
@pytest.mark.clause("simsoft-035")
@pytest.mark.clause("simsoft-036")
@pytest.mark.parametrize(
    ("product", "term_until", "noticed_on", "last_notice_on", "ends_on", "is_late"),
    [
        ("webhotel", date(2027, 7, 1), date(2027, 5, 31), date(2027, 5, 31), LAST, False),
        ("webhotel", date(2027, 7, 1), date(2027, 6, 1), date(2027, 5, 31), date(2028, 6, 30), True),
        ("domain", date(2027, 8, 16), date(2027, 7, 16), date(2027, 7, 16), date(2027, 8, 15), False),
        ("domain", date(2027, 8, 16), date(2027, 7, 17), date(2027, 7, 16), date(2028, 8, 15), True),
        ("mail", date(2027, 7, 1), date(2027, 6, 10), date(2027, 5, 31), date(2028, 6, 30), True),
    ],
)
def test_simsoft_wants_thirty_days_before_each_products_own_expiry(
    agreement_of: AgreementOf,
    product: str,
    term_until: date,
    noticed_on: date,
    last_notice_on: date,
    ends_on: date,
    is_late: bool,
) -> None:
    ending = ended(agreement_of("simsoft"), product, noticed_on, term(until=term_until, anchored_on=date(2026, 8, 16)))
    assert (ending.last_notice_on, ending.ends_on, ending.is_late) == (last_notice_on, ends_on, is_late)
    assert not ending.is_lenient


@pytest.mark.clause("compusoft-035")
@pytest.mark.clause("compusoft-036")
@pytest.mark.parametrize(
    ("noticed_on", "ends_on", "is_lenient", "is_late"),
    [
        (date(2026, 12, 30), LAST, False, False),
        (date(2026, 12, 31), LAST, True, False),
        (date(2027, 1, 1), date(2028, 6, 30), False, True),
        (date(2027, 1, 15), date(2028, 6, 30), False, True),
    ],
)
def test_compusoft_wants_six_months_and_honours_the_day_that_another_count_allows(
    agreement_of: AgreementOf, noticed_on: date, ends_on: date, is_lenient: bool, is_late: bool
) -> None:
    ending = ended(agreement_of("compusoft"), "hosting", noticed_on, term())
    assert ending.last_notice_on == date(2026, 12, 30)
    assert (ending.ends_on, ending.is_lenient, ending.is_late) == (ends_on, is_lenient, is_late)
    assert "compusoft-035" in requirements_of(ending.because)
    assert ("compusoft-036" in requirements_of(ending.because)) is is_late


@pytest.mark.clause("vicevaert-030")
@pytest.mark.clause("vicevaert-031")
@pytest.mark.parametrize(
    ("months", "noticed_on", "ends_on", "is_lenient"),
    [
        (12, date(2027, 5, 30), LAST, False),
        (12, date(2027, 5, 31), LAST, True),
        (12, date(2027, 6, 1), date(2028, 6, 30), False),
        (36, date(2027, 6, 1), date(2030, 6, 30), False),
        (1, date(2027, 5, 31), LAST, True),
        (1, date(2027, 6, 15), date(2027, 7, 31), False),
    ],
)
def test_vicevaert_wants_one_month_or_the_same_length_follows(
    agreement_of: AgreementOf, months: int, noticed_on: date, ends_on: date, is_lenient: bool
) -> None:
    ending = ended(agreement_of("vicevaert"), "subscription", noticed_on, term(months))
    assert ending.last_notice_on == date(2027, 5, 30)
    assert (ending.ends_on, ending.is_lenient) == (ends_on, is_lenient)


@pytest.mark.clause("safeit-142")
@pytest.mark.clause("safeit-161")
@pytest.mark.clause("safeit-202")
@pytest.mark.clause("safeit-228")
@pytest.mark.parametrize("product", ["pc-security", "web-security", "webhosting", "service-agreement"])
@pytest.mark.parametrize(
    ("noticed_on", "ends_on"),
    [
        (date(2027, 5, 3), LAST),
        (date(2027, 5, 15), LAST),
        (date(2027, 5, 31), LAST),
        (date(2027, 6, 1), date(2027, 7, 31)),
        (date(2027, 1, 31), date(2027, 2, 28)),
        (date(2027, 12, 31), date(2028, 1, 31)),
    ],
)
def test_safe_it_ends_with_the_month_after_the_notice(
    agreement_of: AgreementOf, product: str, noticed_on: date, ends_on: date
) -> None:
    ending = ended(agreement_of("safe-it"), product, noticed_on, None)
    assert (ending.ends_on, ending.is_late) == (ends_on, False)


@pytest.mark.clause("safeit-104")
@pytest.mark.clause("safeit-107")
@pytest.mark.parametrize(
    ("noticed_on", "ends_on"),
    [
        (date(2027, 5, 10), date(2027, 6, 10)),
        (date(2027, 5, 30), LAST),
        (date(2027, 5, 31), LAST),
        (date(2026, 12, 25), date(2027, 1, 25)),
    ],
)
def test_a_monthly_licence_ends_a_month_after_the_notice_on_any_day(
    agreement_of: AgreementOf, noticed_on: date, ends_on: date
) -> None:
    assert ended(agreement_of("safe-it"), "m365-monthly", noticed_on, None).ends_on == ends_on


@pytest.mark.clause("safeit-104")
@pytest.mark.clause("safeit-106")
@pytest.mark.parametrize("noticed_on", [date(2026, 7, 1), date(2026, 12, 25), date(2027, 6, 30)])
def test_a_yearly_licence_stays_to_its_agreed_end_whenever_it_is_ended(
    agreement_of: AgreementOf, noticed_on: date
) -> None:
    ending = ended(agreement_of("safe-it"), "m365-yearly", noticed_on, term())
    assert (ending.ends_on, ending.is_late) == (LAST, False)


@pytest.mark.clause("safeit-038")
@pytest.mark.clause("safeit-060")
def test_each_line_of_one_customer_ends_by_its_own_rule(agreement_of: AgreementOf) -> None:
    noticed_on = date(2027, 3, 10)
    licence = ended(agreement_of("safe-it"), "m365-yearly", noticed_on, term())
    package = ended(agreement_of("safe-it"), "pc-security", noticed_on, None)
    assert (licence.ends_on, package.ends_on) == (LAST, date(2027, 4, 30))


@pytest.mark.parametrize(
    ("rule", "ends_on", "strict_on", "lenient_on"),
    [
        (Notice(counted_to="period end", days=30), LAST, date(2027, 5, 31), date(2027, 5, 31)),
        (Notice(counted_to="period end", months=6), LAST, date(2026, 12, 30), date(2026, 12, 31)),
        (Notice(counted_to="period end", months=1), LAST, date(2027, 5, 30), date(2027, 5, 31)),
        (Notice(counted_to="period end", months=1), date(2027, 3, 31), date(2027, 2, 28), date(2027, 2, 28)),
        (Notice(counted_to="period end", months=1), date(2027, 2, 28), date(2027, 1, 28), date(2027, 1, 31)),
        (Notice(counted_to="period end", months=1), date(2027, 6, 14), date(2027, 5, 14), date(2027, 5, 14)),
        (Notice(counted_to="month end", months=1), LAST, date(2027, 5, 31), date(2027, 5, 31)),
        (Notice(counted_to="day", months=1), LAST, date(2027, 5, 31), date(2027, 5, 31)),
        (Notice(counted_to="day", months=1), date(2027, 6, 10), date(2027, 5, 10), date(2027, 5, 10)),
        (Notice(counted_to="day", months=1), date(2027, 2, 28), date(2027, 1, 31), date(2027, 1, 31)),
        (Notice(counted_to="day", days=14), LAST, date(2027, 6, 16), date(2027, 6, 16)),
        (Notice(counted_to="agreed end"), LAST, LAST, LAST),
    ],
)
def test_the_printed_day_is_strict_and_only_months_to_a_period_end_can_be_read_longer(
    rule: Notice, ends_on: date, strict_on: date, lenient_on: date
) -> None:
    assert notice_last_day(rule, ends_on=ends_on) == strict_on
    assert lenient_last_day(rule, ends_on=ends_on) == lenient_on


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)), st.integers(1, 12))
def test_the_lenient_day_is_never_before_the_strict_one_nor_more_than_three_days_after(
    ends_on: date, months: int
) -> None:
    rule = Notice(counted_to="period end", months=months)
    strict_on, lenient_on = notice_last_day(rule, ends_on=ends_on), lenient_last_day(rule, ends_on=ends_on)
    assert timedelta(0) <= lenient_on - strict_on <= timedelta(days=3)


RENEWS = Ruled(Renewal(same_length=True), (Citation("terms", "5.4"),))
NOTICE = Ruled(Notice(counted_to="period end", days=30), (Citation("terms", "5.1"),))


@given(st.dates(date(2026, 7, 1), date(2035, 1, 1)), st.sampled_from([1, 3, 12, 24, 36]))
def test_a_notice_never_ends_a_line_before_it_or_later_than_its_notice_and_one_more_term(
    noticed_on: date, months: int
) -> None:
    running = RunningTerm(anchored_on=CONCLUDED, until=CONCLUDED, months=months).followed_by(months)
    terms = EndingTerms(notice=NOTICE, renewal=RENEWS)
    ending = ends_by_notice(terms, term=running, noticed_on=noticed_on, customer=BUSINESS, concluded_on=CONCLUDED)
    assert isinstance(ending, Ending)
    assert noticed_on <= ending.ends_on
    assert ending.ends_on <= max(running.last_day, noticed_on + timedelta(days=30 + 31 * months + 31))


@pytest.mark.clause("simsoft-034")
@pytest.mark.clause("compusoft-035")
@pytest.mark.parametrize(
    ("provider", "product", "noticed_on", "ends_on", "is_by_law"),
    [
        ("simsoft", "webhotel", date(2027, 5, 31), LAST, False),  # the terms and the law give the same day
        ("simsoft", "webhotel", date(2027, 6, 1), date(2027, 7, 31), True),
        ("simsoft", "webhotel", date(2026, 8, 1), date(2027, 1, 31), True),
        ("compusoft", "hosting", date(2026, 12, 30), date(2027, 1, 31), True),
        ("compusoft", "hosting", date(2027, 1, 15), date(2027, 2, 28), True),
    ],
)
def test_a_consumer_leaves_after_five_months_with_a_months_notice_whatever_the_terms_say(
    agreement_of: AgreementOf, provider: str, product: str, noticed_on: date, ends_on: date, is_by_law: bool
) -> None:
    ending = ended(agreement_of(provider), product, noticed_on, term(), CONSUMER)
    assert (ending.ends_on, ending.is_by_law) == (ends_on, is_by_law)
    assert (ending.because[0] == CONSUMER_TERMINATION) is is_by_law
    assert ending.terms_end_on == ended(agreement_of(provider), product, noticed_on, term()).ends_on


@pytest.mark.parametrize(
    ("noticed_on", "ends_on", "cited"),
    [
        (date(2026, 8, 1), LAST, CONSUMER_FIXED_YEAR),  # bound for the small prepaid year
        (date(2027, 6, 10), date(2027, 7, 31), CONSUMER_TERMINATION),  # but not for its renewal
    ],
)
def test_a_small_prepaid_first_year_binds_a_consumer_and_its_renewal_does_not(
    noticed_on: date, ends_on: date, cited: Citation
) -> None:
    ending = ends_by_notice(
        EndingTerms(notice=NOTICE, renewal=RENEWS),
        term=term(),
        noticed_on=noticed_on,
        customer=CONSUMER,
        concluded_on=CONCLUDED,
        is_fixed_year=True,
    )
    assert isinstance(ending, Ending)
    assert (ending.ends_on, ending.because[0]) == (ends_on, cited)


def test_where_terms_name_no_notice_a_person_decides_for_a_business_and_the_law_for_a_consumer(
    agreement_of: AgreementOf,
) -> None:
    terms = ending_terms(agreement_of("servicepoint"), product="cloudsql", customer=BUSINESS, on=CONCLUDED)
    for kind, expected in ((BUSINESS, NotSpecified), (CONSUMER, Ending)):
        outcome = ends_by_notice(terms, term=None, noticed_on=date(2027, 2, 10), customer=kind, concluded_on=CONCLUDED)
        assert isinstance(outcome, expected)
    assert isinstance(outcome, Ending)
    assert (outcome.ends_on, outcome.is_by_law) == (date(2027, 3, 31), True)


@pytest.mark.clause("vicevaert-011")
@pytest.mark.parametrize(
    ("story", "kind", "concluded_how", "channel", "expected"),
    [
        ("by telephone it is a draft", BUSINESS, "signed order", "telephone", Draft),
        ("also for one concluded by telephone", BUSINESS, "telephone", "telephone", Draft),
        ("in the portal it counts", BUSINESS, "signed order", "portal", Ending),
        ("by mail it counts", BUSINESS, "signed order", "e-mail", Ending),
        ("a letter counts", BUSINESS, "signed order", "letter", Ending),
        ("a consumer ends where they concluded", CONSUMER, "telephone", "telephone", Ending),
        ("a consumer who signed writes", CONSUMER, "signed order", "telephone", Draft),
    ],
)
def test_a_notice_that_must_be_written_is_a_draft_until_it_is(
    agreement_of: AgreementOf,
    line_of: LineOf,
    story: str,
    kind: CustomerKind,
    concluded_how: str,
    channel: str,
    expected: type,
) -> None:
    terms = ending_terms(agreement_of("vicevaert"), product="subscription", customer=kind, on=date(2027, 5, 1))
    line = line_of(customer_kind=kind, concluded_how=concluded_how)
    outcome = weigh_notice(line, GivenNotice(given_on=date(2027, 5, 1), channel=channel), terms)
    assert isinstance(outcome, expected), story
    is_by_medium = kind is CONSUMER and channel == "telephone" and expected is Ending
    assert (CONSUMER_TERMINATION_CHANNEL in outcome.because) is is_by_medium


def test_a_channel_that_the_terms_do_not_name_makes_a_draft(line_of: LineOf) -> None:
    channels = Ruled(NoticeChannel(channels=("letter",)), (Citation("terms", "9"),))
    terms = EndingTerms(notice=NOTICE, renewal=RENEWS, channels=channels)
    assert isinstance(weigh_notice(line_of(), GivenNotice(given_on=CONCLUDED, channel="e-mail"), terms), Draft)
    assert isinstance(weigh_notice(line_of(), GivenNotice(given_on=CONCLUDED, channel="letter"), terms), Ending)


@pytest.mark.clause("compusoft-093")
@pytest.mark.parametrize(
    ("given_on", "is_late", "ends_on"),
    [(date(2027, 1, 2), False, LAST), (date(2027, 1, 3), True, date(2028, 6, 30))],
)
def test_a_rescission_is_given_180_days_before_the_renewal(
    agreement_of: AgreementOf, given_on: date, is_late: bool, ends_on: date
) -> None:
    answer = ask(agreement_of("compusoft"), Rescission, on=given_on, product="hosting", customer=BUSINESS)
    assert answer.rule is not None
    assert rescission_last_day(answer.rule, renews_on=date(2027, 7, 1)) == date(2027, 1, 2)
    ending = ends_by_rescission(Ruled(answer.rule, answer.because), term=term(), given_on=given_on)
    assert (ending.is_late, ending.ends_on) == (is_late, ends_on)
    assert "compusoft-093" in requirements_of(ending.because)
