"""Several new versions under way at once, two workers on one contract, and rows on which something fails."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from servanda.agreements.reading import catalogue_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.actions import (
    ContractRefused,
    accept_version,
    follow_discontinuations,
    follow_successions,
    leave_because_of_change,
    publish_change,
    receive_notice,
    tell_customers,
)
from servanda.business.contracts.actions.succeeding import Followed
from servanda.business.contracts.facts import GivenNotice
from servanda.business.contracts.models import Contract, Discontinued, Succession
from servanda.business.contracts.queries import (
    changes_of,
    ending_terms_of,
    line,
    lines_of_customer,
    notices_of_line,
    successions_of,
)
from servanda.business.letters.queries import letters_of_customer
from servanda.business.library.actions import approve_draft, change_figure, keep_forecast, rewrite_draft, start_draft
from servanda.ground.calendar import moment_of
from tests.business.contracts.test_discontinuing_and_transfer import agree_exit, stop
from tests.business.contracts.test_successions_on_database import (
    EFFECT,
    EVA,
    OLE,
    SENT,
    company,
    customer,
    follow,
    post,
    published,
    version,
)

AUGUST = date(2027, 8, 1)


def published_next(
    of: CompanyFacts, *, base: str, effect_on: date, change: str = "ordinary", today: date = SENT
) -> int:
    """Publish one more version, named by the month of its first day, in which invoices are payable a day later."""
    draft = start_draft(
        of,
        base_version=base,
        version=f"{effect_on:%Y-%m}",
        effective_on=effect_on,
        change=change,
        by=EVA,
        at=moment_of(today),
    )
    draft = change_figure(
        draft.draft_id, clause="14.1", rule=0, field="days", written="16", by=EVA, at=moment_of(today)
    )
    draft = rewrite_draft(draft.draft_id, reason="Vi giver en dag mere.", by=EVA, at=moment_of(today))
    draft = keep_forecast(draft.draft_id, {"hit": 0}, fingerprint=draft.fingerprint)
    for person in (EVA, OLE):
        approve_draft(draft.draft_id, fingerprint=draft.fingerprint, by=person, at=moment_of(today))
    return publish_change(of, draft.draft_id, products=catalogue_of(of.slug).codes, today=today, at=moment_of(today))


@pytest.mark.django_db
def test_an_older_version_never_takes_the_place_of_a_newer_one_that_binds_already() -> None:
    """The first notice is delivered only after the second version, which favours the customer, has begun to bind."""
    of = company()
    customer_id, contract_id = customer(of, "1")
    published(of)
    published_next(of, base="2027-07", effect_on=AUGUST, change="favourable")
    follow(of, AUGUST)
    assert version(contract_id, customer_id) == "2027-08"
    post(of, customer_id, on=AUGUST)
    for day in (AUGUST, AUGUST + timedelta(days=200)):
        follow(of, day)
    assert version(contract_id, customer_id) == "2027-08"
    older, newer = successions_of(contract_id)
    assert (older.state, newer.state) == ("kept", "bound")


@pytest.mark.django_db
def test_two_versions_in_turn_bind_each_on_its_day() -> None:
    of = company()
    customer_id, contract_id = customer(of, "1")
    published(of)
    published_next(of, base="2027-07", effect_on=AUGUST)
    post(of, customer_id, on=SENT)
    follow(of, EFFECT)
    assert version(contract_id, customer_id) == "2027-07"
    follow(of, AUGUST)
    assert version(contract_id, customer_id) == "2027-08"
    assert [one.state for one in successions_of(contract_id)] == ["bound", "bound"]


@pytest.mark.django_db
def test_telling_again_leads_nobody_back_from_a_newer_version() -> None:
    of = company()
    first = published(of)
    published_next(of, base="2027-07", effect_on=AUGUST)
    customer_id, contract_id = customer(of, "1")
    Contract.objects.filter(pk=contract_id).update(terms_version="2027-08")
    assert tell_customers(of, first, today=SENT, at=moment_of(SENT)) == 0
    assert not letters_of_customer(customer_id)


@pytest.mark.django_db
def test_a_yes_to_an_older_version_is_refused_once_a_newer_one_binds() -> None:
    of = company()
    _, contract_id = customer(of, "1")
    published(of)
    published_next(of, base="2027-07", effect_on=AUGUST, change="favourable")
    follow(of, AUGUST)
    older = successions_of(contract_id)[0]
    with pytest.raises(ContractRefused, match="2027-08 binds"):
        accept_version(older.succession_id, on=AUGUST, at=moment_of(AUGUST), by=EVA)


@pytest.mark.django_db
def test_who_is_found_later_is_not_bound_backwards_by_a_change_without_a_notice() -> None:
    of = company()
    change_id = published(of, change="favourable", effect_on=SENT)
    later = SENT + timedelta(days=40)
    _, contract_id = customer(of, "1")
    assert tell_customers(of, change_id, today=later, at=moment_of(later)) == 1
    follow(of, later)
    assert [one.bound_on for one in successions_of(contract_id)] == [later]


@pytest.mark.django_db
def test_one_contract_that_cannot_be_followed_holds_up_no_other_and_not_the_round(
    caplog: pytest.LogCaptureFixture,
) -> None:
    of = company()
    (broken_id, broken), (sound_id, sound) = customer(of, "1"), customer(of, "2")
    published(of, change="favourable", effect_on=SENT)
    Succession.objects.filter(contract_id=broken).update(to_version="1999-01")
    follow(of, SENT)
    assert version(sound, sound_id) == "2027-07"
    assert version(broken, broken_id) == "2023-09"
    assert "could not be followed" in caplog.text


@pytest.mark.django_db
def test_notices_that_nobody_accepted_cost_a_round_the_same_however_many_they_are() -> None:
    of = company()
    for number in range(3):
        customer(of, str(number))
    published(of)
    late = EFFECT + timedelta(days=30)
    with CaptureQueriesContext(connection) as questions:
        assert follow_successions(of, today=late, at=moment_of(late)) == Followed()
    assert len(questions) <= 3, [one["sql"] for one in questions]


@pytest.mark.django_db
def test_a_thing_sold_once_does_not_keep_an_ended_contract_running() -> None:
    of = company()
    customer_id, contract_id = customer(of, "1")
    first = line(lines_of_customer(customer_id)[0].line_id)
    model = Contract.objects.get(pk=contract_id).line_set.get()
    model.pk, model.interval_months, model.term_months, model.term_until = None, 0, None, None
    model.save()
    given = date(2027, 5, 20)
    receive_notice(
        first.line_id,
        GivenNotice(given_on=given, channel="e-mail"),
        ending_terms_of(first, on=given),
        today=given,
        at=moment_of(given),
    )
    published(of)
    post(of, customer_id, on=SENT)
    follow(of, EFFECT)
    (succession,) = successions_of(contract_id)
    assert (succession.state, line(first.line_id).terms_version) == ("kept", "2023-09")


@pytest.mark.django_db
def test_a_notice_that_was_delivered_after_the_contract_was_over_is_settled() -> None:
    of = company()
    customer_id, contract_id = customer(of, "1")
    published(of)
    over = EFFECT + timedelta(days=20)
    Contract.objects.filter(pk=contract_id).update(ended_on=over)
    (only,) = lines_of_customer(customer_id)
    Contract.objects.get(pk=contract_id).line_set.update(until=over, ended_on=over)
    post(of, customer_id, on=over + timedelta(days=2))
    follow(of, over + timedelta(days=2))
    (succession,) = successions_of(contract_id)
    assert succession.state == "kept"
    assert line(only.line_id).terms_version == "2023-09"


@pytest.mark.django_db
def test_a_line_ends_no_sooner_than_its_letter_says_though_the_longer_notice_has_run_out_meanwhile() -> None:
    of = company()
    customer_id, _ = customer(of, "1")
    agree_exit(customer_id, months=6, today=SENT, until=SENT + timedelta(days=5))
    stop(of, SENT)
    assert "fredag den 31. december 2027" in letters_of_customer(customer_id)[0].text
    delivered = SENT + timedelta(days=10)
    post(of, customer_id, on=delivered)
    assert follow_discontinuations(of, today=delivered, at=moment_of(delivered)) == 1
    assert lines_of_customer(customer_id)[0].until == date(2028, 1, 1)


@pytest.mark.django_db
def test_the_log_of_changes_says_by_which_clause_a_service_is_discontinued() -> None:
    of = company()
    customer(of, "1")
    stop(of, SENT)
    (change,) = changes_of(of.company_id)
    assert {"vicevaert-110"} <= {name for citation in change.because for name in citation.requirements}


@pytest.mark.django_db
def test_an_exit_ends_a_line_sooner_than_an_ordinary_notice_of_the_same_day_and_way() -> None:
    of = company()
    customer_id, contract_id = customer(of, "1")
    published(of)
    (only,) = lines_of_customer(customer_id)
    given = GivenNotice(given_on=date(2027, 6, 10), channel="e-mail")
    day, at = given.given_on, moment_of(given.given_on)
    first = receive_notice(only.line_id, given, ending_terms_of(only, on=day), today=day, at=at)
    assert first.ends_on == date(2028, 6, 30)
    (succession,) = successions_of(contract_id)
    for _ in range(2):
        (receipt,) = leave_because_of_change(succession.succession_id, given, today=day, at=at, by="customer")
        assert receipt.ends_on == date(2027, 6, 30)
    assert line(only.line_id).until == EFFECT
    assert len(notices_of_line(only.line_id)) == 1


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select pg_stat_clear_snapshot()")  # within a transaction the view stays as it was first seen
        cursor.execute(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def until_it_waits(work: Future[object]) -> None:
    for _ in range(200):
        if work.done() or waits_for_a_lock():
            return
        time.sleep(0.02)
    pytest.fail("the other worker neither ended nor waited")


def test_who_leaves_while_a_round_is_under_way_is_not_bound_and_the_round_goes_on(real_database: object) -> None:
    of = company()
    (customer_id, contract_id), (other_id, other) = customer(of, "1"), customer(of, "2")
    published(of)
    for one in (customer_id, other_id):
        post(of, one, on=SENT)
    follow(of, SENT)
    succession = successions_of(contract_id)[0]
    given = GivenNotice(given_on=SENT, channel="e-mail")

    def round_of_the_day() -> object:
        try:
            return follow_successions(of, today=EFFECT, at=moment_of(EFFECT))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as workers:
        with transaction.atomic():
            leave_because_of_change(succession.succession_id, given, today=SENT, at=moment_of(SENT), by="customer")
            work = workers.submit(round_of_the_day)
            until_it_waits(work)
        assert work.result(timeout=30) == Followed(bound=1, ended=1)
    assert version(contract_id, customer_id) == "2023-09"
    assert version(other, other_id) == "2027-07"


def test_two_rounds_end_a_discontinued_line_once_and_neither_fails(real_database: object) -> None:
    of = company()
    customer_id, _ = customer(of, "1")
    stop(of, SENT)
    post(of, customer_id, on=SENT)

    def round_of_the_day() -> object:
        try:
            return follow_discontinuations(of, today=SENT, at=moment_of(SENT))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as workers:
        with transaction.atomic():
            assert follow_discontinuations(of, today=SENT, at=moment_of(SENT)) == 1
            work = workers.submit(round_of_the_day)
            until_it_waits(work)
        assert work.result(timeout=30) == 0
    assert not Discontinued.objects.filter(is_open=True).exists()
    assert lines_of_customer(customer_id)[0].until == date(2027, 10, 1)
