"""Contracts on the database: concluded once, ended by notices, renewed once for each term, left by line."""

from datetime import UTC, date, datetime, timedelta

import pytest

from servanda.agreements.reading import library_of
from servanda.business.companies.actions import add_company
from servanda.business.companies.queries import company_named
from servanda.business.contracts.actions import (
    ContractRefused,
    activate_change,
    agree_deviation,
    conclude_contract,
    decide_notice,
    end_by_provider,
    end_line,
    move_dispute,
    note_announcement,
    note_negotiation,
    open_dispute,
    receive_exit,
    receive_notice,
    record_change,
    renew_line,
    stop_line,
    take_next_step,
    withdraw_notice,
)
from servanda.business.contracts.decisions.changing import Approval as ChangeApproval
from servanda.business.contracts.decisions.changing import ChangeRule, ends_by_exit
from servanda.business.contracts.decisions.orders import EndLine, RenewLine
from servanda.business.contracts.decisions.terms import conclusion_terms
from servanda.business.contracts.facts import Acceptance, ChangeDraft, ContractFacts, Deviation, GivenNotice, NewLine
from servanda.business.contracts.queries import (
    affected_customers,
    changes_of,
    contract,
    contract_numbers,
    contracts_of_customer,
    deviations_of,
    dispute,
    ending_terms_of,
    line,
    line_facts,
    lines_of_customer,
    lines_that_may_be_due,
    notices_of_line,
)
from servanda.business.customers.actions import add_customer
from servanda.business.customers.facts import CustomerDetails
from servanda.business.customers.queries import customer, customer_numbered
from servanda.business.evidence.actions import NoWarrant, set_brake
from servanda.business.evidence.facts import Approval
from servanda.business.evidence.queries import events_of_subjects, warrant_of
from servanda.ground.citation import Citation
from servanda.ground.money import Money
from servanda.terms.clauses import CustomerKind, ProviderExit, SpecialAgreement, TermsChange
from servanda.terms.clauses import Dispute as DisputeRule
from servanda.terms.resolving import ask
from servanda.terms.ruled import Ruled, ruled

pytestmark = pytest.mark.django_db

BUSINESS, CONSUMER = CustomerKind.BUSINESS, CustomerKind.CONSUMER
TODAY = date(2026, 7, 1)
AT = datetime(2026, 7, 1, 7, 0, tzinfo=UTC)


def company(slug: str) -> int:
    return add_company(
        slug=slug,
        name=slug,
        legal_name=f"{slug} (eksempel) ApS",
        cvr="99005203",
        address_lines=("Eksempelvej 1",),
        email="faktura@eksempel.example",
        phone="",
        web="",
        bank_registration="9995",
        bank_account="0000200202",
        iban="DK2999950000200202",
        fik_creditor="80000022",
        colour="#333333",
        language="da",
        fiscal_year_starts_month=1,
        clock_on=TODAY,
    ).company_id


def buyer(company_id: int, kind: CustomerKind = BUSINESS, number: str = "1042") -> int:
    details = CustomerDetails(number=number, kind=kind, name="Alma Prøve", email="alma@eksempel.example")
    return add_customer(company_id, details, today=TODAY, at=AT)[0]


def concluded(
    provider: str, *lines: NewLine, kind: CustomerKind = BUSINESS, how: str = "signed order", sheet: str = ""
) -> ContractFacts:
    company_id = company(provider)
    agreement = library_of(provider).version(library_of(provider).versions[-1])
    return conclude_contract(
        company_id=company_id,
        customer_id=buyer(company_id, kind),
        number="K-1",
        acceptance=Acceptance(version=agreement.version, language="da", sha256=agreement.sha256, at=AT, how=how),
        began_on=min(new.began_on for new in lines),
        lines=lines,
        terms=conclusion_terms(agreement, product=lines[0].product_code, customer=kind, on=TODAY),
        scope_sheet=sheet,
        today=TODAY,
        at=AT,
    )


def new(product: str, *, months: int | None = 12, began_on: date = TODAY, interval: int = 12) -> NewLine:
    return NewLine(
        product_code=product,
        plan_code=f"{product}-plan",
        interval_months=interval,
        began_on=began_on,
        term_months=months,
        own_price=Money(1_000_00),
        description="eksempel.example",
    )


def give(line_id: int, on: date, channel: str = "e-mail") -> tuple[bool, date | None, bool]:
    """Give notice and return whether it is a draft, the last day, and whether it is new."""
    terms = ending_terms_of(line(line_id), on=on)
    receipt = receive_notice(line_id, GivenNotice(given_on=on, channel=channel), terms, today=on, at=AT)
    return receipt.is_draft, receipt.ends_on, receipt.is_new


@pytest.mark.clause("compusoft-057")
@pytest.mark.clause("vicevaert-147")
@pytest.mark.parametrize(
    ("provider", "product", "version"),
    [("compusoft", "hosting", "11"), ("vicevaert", "subscription", "2023-09")],
)
def test_a_contract_keeps_the_version_that_was_accepted_and_its_hash(provider: str, product: str, version: str) -> None:
    made = concluded(provider, new(product), sheet="CRM, 12 users")
    assert made.acceptance.version == version
    assert made.acceptance.sha256 == library_of(provider).version(version).sha256
    (event,) = events_of_subjects([f"contract:{made.contract_id}"])
    assert (event.what, event.facts["terms_version"], event.facts["terms_sha256"]) == (
        "contract.concluded",
        version,
        made.acceptance.sha256,
    )
    assert contracts_of_customer(made.customer_id) == (made,)
    assert customer(made.customer_id).details.last_purchase_on == TODAY


def test_the_customers_kind_is_frozen_when_the_contract_is_concluded() -> None:
    made = concluded("simsoft", new("webhotel"), kind=CONSUMER, how="portal")
    (facts,) = line_facts(made.line_ids)
    assert (facts.customer_kind, facts.concluded_how, facts.concluded_on) == (CONSUMER, "portal", TODAY)
    assert (facts.term_until, facts.own_price) == (date(2027, 7, 1), Money(1_000_00))


@pytest.mark.clause("compusoft-042")
def test_a_contract_without_its_scope_sheet_leaves_nothing_behind() -> None:
    with pytest.raises(ContractRefused, match="scope sheet") as refusal:
        concluded("compusoft", new("hosting"))
    assert refusal.value.because is not None
    company_id = company_named("compusoft").company_id
    assert contract_numbers(company_id) == frozenset()
    assert lines_of_customer(customer_numbered(company_id, "1042").customer_id) == ()


@pytest.mark.clause("vicevaert-029")
def test_a_term_that_is_not_offered_is_refused() -> None:
    with pytest.raises(ContractRefused, match="18 months"):
        concluded("vicevaert", new("subscription", months=18))


def test_a_contract_number_is_taken_once_and_a_customer_stays_with_their_company() -> None:
    made = concluded("simsoft", new("webhotel"))
    agreement = library_of("simsoft").version(made.acceptance.version)
    terms = conclusion_terms(agreement, product="webhotel", customer=BUSINESS, on=TODAY)
    other = company("servicepoint")
    for company_id, customer_id, number in (
        (made.company_id, made.customer_id, "K-1"),
        (made.company_id, buyer(other), "K-2"),
    ):
        with pytest.raises(ContractRefused):
            conclude_contract(
                company_id=company_id,
                customer_id=customer_id,
                number=number,
                acceptance=made.acceptance,
                began_on=TODAY,
                lines=(new("webhotel"),),
                terms=terms,
                today=TODAY,
                at=AT,
            )


@pytest.mark.clause("simsoft-034")
@pytest.mark.clause("safeit-104")
def test_a_notice_is_confirmed_with_the_last_day_and_taken_in_once() -> None:
    made = concluded("simsoft", new("webhotel"))
    (line_id,) = made.line_ids
    assert give(line_id, date(2027, 5, 31)) == (False, date(2027, 6, 30), True)
    assert give(line_id, date(2027, 5, 31)) == (False, date(2027, 6, 30), False)
    assert give(line_id, date(2027, 6, 1)) == (False, date(2027, 6, 30), True)  # never later than settled
    assert line(line_id).until == date(2027, 7, 1)
    received = [event for event in events_of_subjects([f"line:{line_id}"]) if event.what == "notice.received"]
    assert len(received) == 2
    assert received[0].because[0].requirements == ("simsoft-034",)
    assert [receipt.ends_on for receipt in notices_of_line(line_id)] == [date(2027, 6, 30)] * 2


@pytest.mark.clause("vicevaert-011")
def test_a_telephone_notice_changes_nothing_until_it_is_confirmed_in_writing() -> None:
    made = concluded("vicevaert", new("subscription"))
    (line_id,) = made.line_ids
    assert give(line_id, date(2027, 5, 20), "telephone") == (True, None, True)
    assert line(line_id).until is None
    assert not line(line_id).has_open_question
    assert give(line_id, date(2027, 5, 25), "letter") == (False, date(2027, 6, 30), True)
    assert line(line_id).until == date(2027, 7, 1)


def test_where_the_terms_are_silent_a_notice_waits_for_a_person() -> None:
    made = concluded("servicepoint", new("cloudserver", months=None, interval=1))
    (line_id,) = made.line_ids
    assert give(line_id, date(2027, 2, 3)) == (False, None, True)
    assert line(line_id).has_open_question
    (receipt,) = notices_of_line(line_id)
    with pytest.raises(ContractRefused, match="reason"):
        decide_notice(receipt.notice_id, ends_on=date(2027, 2, 28), reason=" ", today=TODAY, at=AT, by="staff:1")
    with pytest.raises(ContractRefused, match="before the notice"):
        decide_notice(receipt.notice_id, ends_on=date(2027, 2, 2), reason="Agreed", today=TODAY, at=AT, by="staff:1")
    decide_notice(receipt.notice_id, ends_on=date(2027, 2, 28), reason="Agreed", today=TODAY, at=AT, by="staff:1")
    assert line(line_id).until == date(2027, 3, 1)
    assert not line(line_id).has_open_question


def test_a_withdrawn_notice_lets_the_line_go_on_and_can_be_given_again() -> None:
    made = concluded("simsoft", new("webhotel"))
    (line_id,) = made.line_ids
    give(line_id, date(2027, 5, 1))
    (receipt,) = notices_of_line(line_id)
    assert withdraw_notice(receipt.notice_id, today=TODAY, at=AT, by="staff:1")
    assert not withdraw_notice(receipt.notice_id, today=TODAY, at=AT, by="staff:1")
    assert line(line_id).until is None
    assert lines_that_may_be_due(made.company_id, today=date(2027, 7, 1)) == (line_id,)
    assert give(line_id, date(2027, 5, 1)) == (False, date(2027, 6, 30), True)
    assert line(line_id).until == date(2027, 7, 1)


@pytest.mark.clause("simsoft-037")
@pytest.mark.clause("vicevaert-031")
def test_a_round_reads_only_lines_that_may_be_due_and_renews_each_term_once() -> None:
    made = concluded("vicevaert", new("subscription", months=1, began_on=date(2026, 1, 31)))
    (line_id,) = made.line_ids
    assert lines_that_may_be_due(made.company_id, today=date(2026, 2, 27)) == ()
    today = date(2026, 5, 1)
    assert lines_that_may_be_due(made.company_id, today=today) == (line_id,)
    steps = [take_next_step(line_id, today=today, at=AT) for _ in range(4)]
    untils = [step.until for step in steps if isinstance(step, RenewLine)]
    assert untils == [date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)]
    assert steps[-1] is None
    assert lines_that_may_be_due(made.company_id, today=today) == ()
    assert isinstance(steps[0], RenewLine)
    assert not renew_line(steps[0], today=today, at=AT)
    renewed = [event for event in events_of_subjects([f"line:{line_id}"]) if event.what == "line.renewed"]
    assert len(renewed) == 3
    assert {event.facts["terms_version"] for event in renewed} == {"2023-09"}


def test_a_notice_that_comes_before_the_renewal_is_carried_out_wins() -> None:
    made = concluded("simsoft", new("webhotel"))
    (line_id,) = made.line_ids
    order = RenewLine(line_id=line_id, passed_until=date(2027, 7, 1), until=date(2028, 7, 1), months=12, because=())
    give(line_id, date(2027, 5, 31))
    assert not renew_line(order, today=date(2027, 7, 1), at=AT)
    assert line(line_id).term_until == date(2027, 7, 1)


@pytest.mark.clause("safeit-106")
def test_a_licence_is_active_on_its_last_day_and_off_the_day_after() -> None:
    made = concluded("safe-it", new("m365-yearly"))
    (line_id,) = made.line_ids
    assert give(line_id, date(2026, 12, 25)) == (False, date(2027, 6, 30), True)
    assert take_next_step(line_id, today=date(2027, 6, 30), at=AT) is None
    assert not line(line_id).is_ended
    ended = take_next_step(line_id, today=date(2027, 7, 1), at=AT)
    assert isinstance(ended, EndLine)
    assert line(line_id).is_ended
    assert not end_line(ended, today=date(2027, 7, 2), at=AT)
    assert contract(made.contract_id).ended_on == date(2027, 7, 1)
    with pytest.raises(ContractRefused, match="ended"):
        give(line_id, date(2027, 7, 2))


@pytest.mark.clause("safeit-038")
@pytest.mark.clause("safeit-060")
def test_a_contract_ends_with_its_last_line_each_by_its_own_rule() -> None:
    made = concluded("safe-it", new("m365-yearly"), new("pc-security", months=None, interval=1))
    licence, package = made.line_ids
    assert give(licence, date(2027, 3, 10))[1] == date(2027, 6, 30)
    assert give(package, date(2027, 3, 10))[1] == date(2027, 4, 30)
    assert isinstance(take_next_step(package, today=date(2027, 5, 1), at=AT), EndLine)
    assert contract(made.contract_id).ended_on is None
    assert isinstance(take_next_step(licence, today=date(2027, 7, 1), at=AT), EndLine)
    assert contract(made.contract_id).ended_on == date(2027, 7, 1)


@pytest.mark.clause("vicevaert-107")
@pytest.mark.clause("vicevaert-108")
def test_an_exit_after_a_change_ends_the_line_and_a_late_one_goes_to_a_person() -> None:
    made = concluded("vicevaert", new("subscription", months=24), new("subscription", months=24))
    in_time, late = made.line_ids
    agreement = library_of("vicevaert").version("2023-09")
    answer = ask(
        agreement, TermsChange, on=TODAY, product="subscription", customer=BUSINESS, selector=(("change", "ordinary"),)
    )
    rule = ruled(answer)
    assert rule is not None
    for line_id, given_on, until in ((in_time, date(2027, 6, 10), date(2027, 7, 1)), (late, date(2027, 6, 18), None)):
        ending = ends_by_exit(rule, effect_on=date(2027, 7, 1), given_on=given_on, customer=BUSINESS)
        receive_exit(line_id, GivenNotice(given_on=given_on, channel="e-mail"), ending, today=given_on, at=AT)
        assert line(line_id).until == until
        assert line(line_id).has_open_question is (until is None)


APPROVAL = Approval(by="staff:1", at=AT, reason="The vendor stops")


def exit_rule(cause: str) -> Ruled[ProviderExit]:
    agreement = library_of("vicevaert").version("2023-09")
    answer = ask(
        agreement, ProviderExit, on=TODAY, product="subscription", customer=BUSINESS, selector=(("cause", cause),)
    )
    found = ruled(answer)
    assert found is not None
    return found


@pytest.mark.clause("vicevaert-034")
@pytest.mark.clause("vicevaert-103")
@pytest.mark.clause("vicevaert-110")
@pytest.mark.parametrize(
    ("cause", "sent_on", "ends_on"),
    [
        ("any", date(2026, 12, 1), date(2027, 1, 1)),
        ("discontinuation", date(2027, 3, 15), date(2027, 6, 30)),
        ("force majeure", date(2026, 12, 1), date(2026, 12, 1)),
    ],
)
def test_the_provider_ends_one_line_under_a_warrant_and_leaves_the_others(
    cause: str, sent_on: date, ends_on: date
) -> None:
    lines = [new("subscription", months=36) for _ in range(3)]
    made = concluded("vicevaert", *lines)
    line_id = made.line_ids[1]
    ended_on = end_by_provider(line_id, exit_rule(cause), sent_on=sent_on, approval=APPROVAL, today=sent_on, at=AT)
    assert ended_on == ends_on
    assert [facts.until for facts in line_facts(made.line_ids)] == [None, ends_on + timedelta(days=1), None]
    warrant = warrant_of(f"provider.exit:{line_id}:{sent_on}")
    assert warrant is not None
    assert warrant["approvals"]


def test_a_provider_does_not_leave_while_the_brake_is_on() -> None:
    made = concluded("vicevaert", new("subscription"))
    (line_id,) = made.line_ids
    set_brake(made.company_id, is_engaged=True, by="staff:1", reason="Doubt", at=AT, today=TODAY)
    with pytest.raises(NoWarrant, match="brake"):
        end_by_provider(line_id, exit_rule("any"), sent_on=TODAY, approval=APPROVAL, today=TODAY, at=AT)
    assert line(line_id).until is None


def test_a_line_stopped_for_a_breach_ends_on_its_day_once() -> None:
    made = concluded("vicevaert", new("subscription"))
    (line_id,) = made.line_ids

    def stop() -> bool:
        return stop_line(
            line_id,
            ends_on=date(2026, 12, 17),
            cause="non-payment",
            because=(Citation("vicevaert", "14.5a"),),
            warrant_key="contract.ended:9",
            today=date(2026, 12, 17),
            at=AT,
        )

    assert [stop(), stop()] == [True, False]
    assert (line(line_id).until, line(line_id).end_cause) == (date(2026, 12, 18), "non-payment")


@pytest.mark.clause("servicepoint-036")
def test_a_special_agreement_is_kept_with_reason_and_approver_and_never_edited() -> None:
    made = concluded("servicepoint", new("cloudserver", months=None, interval=1))
    agreement = library_of("servicepoint").version(made.acceptance.version)
    special = ruled(ask(agreement, SpecialAgreement, on=TODAY, product="cloudserver", customer=BUSINESS))
    limit = Deviation(
        about="resource limits", name="cpu-percent", value="90", since=TODAY, reason="Import", approved_by="eva"
    )
    agree_deviation(made.contract_id, limit, special, today=TODAY, at=AT, by="staff:1")
    assert deviations_of(made.contract_id) == (limit,)
    with pytest.raises(ContractRefused, match="later day"):
        agree_deviation(made.contract_id, limit, special, today=TODAY, at=AT, by="staff:1")


@pytest.mark.clause("safeit-062")
def test_a_dispute_reaches_the_court_only_after_two_dated_talks() -> None:
    made = concluded("safe-it", new("pc-security", months=None, interval=1))
    agreement = library_of("safe-it").version(made.acceptance.version)
    rule = ruled(ask(agreement, DisputeRule, on=TODAY, product="pc-security", customer=BUSINESS))
    assert rule is not None
    dispute_id = open_dispute(made.contract_id, rule, about="Invoice 7", today=TODAY, at=AT, by="staff:1")
    note_negotiation(dispute_id, on=TODAY, text="Offered half", today=TODAY, at=AT, by="staff:1")
    move_dispute(dispute_id, rule, to="deadlock", today=TODAY, at=AT, by="staff:1")
    later = date(2026, 7, 8)
    with pytest.raises(ContractRefused, match="2 dated talks; 1"):
        move_dispute(dispute_id, rule, to="court", today=later, at=AT, by="staff:1")
    with pytest.raises(ContractRefused, match="does not lie between"):
        note_negotiation(dispute_id, on=date(2026, 7, 9), text="Planned", today=later, at=AT, by="staff:1")
    note_negotiation(dispute_id, on=later, text="Offered two thirds", today=later, at=AT, by="staff:1")
    move_dispute(dispute_id, rule, to="court", today=later, at=AT, by="staff:1")
    assert dispute(dispute_id).stage == "court"
    assert [event.what for event in events_of_subjects([f"dispute:{dispute_id}"])] == [
        "dispute.opened",
        "dispute.negotiated",
        "dispute.moved",
        "dispute.negotiated",
        "dispute.moved",
    ]


def change_rules(
    made: ContractFacts, provider: str, product: str, change: str
) -> dict[CustomerKind, tuple[ChangeRule, ...]]:
    agreement = library_of(provider).version(made.acceptance.version)
    rules: dict[CustomerKind, tuple[ChangeRule, ...]] = {}
    for kind in (BUSINESS, CONSUMER):
        rule = ruled(
            ask(agreement, TermsChange, on=TODAY, product=product, customer=kind, selector=(("change", change),))
        )
        assert rule is not None
        rules[kind] = (rule,)
    return rules


def replaced(change: str, effect_on: date, about: str = "technology") -> ChangeDraft:
    return ChangeDraft(
        about=about, change=change, products=("pc-security",), before="Tool A", after="Tool B", effect_on=effect_on
    )


YES = ChangeApproval(by="eva", reason="The old tool is no longer kept up")


@pytest.mark.clause("safeit-040")
@pytest.mark.clause("safeit-041")
@pytest.mark.clause("safeit-136")
def test_a_material_change_lists_whom_it_meets_and_holds_only_once_each_was_told_in_time() -> None:
    made = concluded("safe-it", new("pc-security", months=None, interval=1))
    rules = change_rules(made, "safe-it", "pc-security", "material")
    effect_on = date(2027, 2, 1)
    change_id = record_change(
        made.company_id, replaced("material", effect_on), rules[BUSINESS], approval=YES, today=TODAY, at=AT, by="eva"
    )
    (met,) = affected_customers(change_id)
    assert (met.customer_id, met.announced_on) == (made.customer_id, None)
    for today, reason in ((date(2027, 1, 31), "Wait for the day"), (effect_on, "not announced")):
        with pytest.raises(ContractRefused, match=reason):
            activate_change(change_id, rules, today=today, at=AT, by="eva")
    for accepted_on in (date(2027, 1, 2), date(2026, 12, 1)):
        note_announcement(change_id, customer_id=made.customer_id, letter_key="change:1", accepted_on=accepted_on)
    assert affected_customers(change_id)[0].announced_on == date(2027, 1, 2)  # the first delivery counts
    assert activate_change(change_id, rules, today=effect_on, at=AT, by="eva")
    assert not activate_change(change_id, rules, today=effect_on, at=AT, by="eva")
    assert [event.what for event in events_of_subjects([f"change:{change_id}"])] == [
        "change.recorded",
        "change.activated",
    ]


@pytest.mark.clause("safeit-135")
def test_a_minor_change_is_in_the_log_and_needs_no_notice() -> None:
    made = concluded("safe-it", new("pc-security", months=None, interval=1))
    rules = change_rules(made, "safe-it", "pc-security", "minor")
    day = date(2026, 12, 5)
    change_id = record_change(
        made.company_id, replaced("minor", day), rules[BUSINESS], approval=None, today=day, at=AT, by="eva"
    )
    assert activate_change(change_id, rules, today=day, at=AT, by="eva")
    (logged,) = changes_of(made.company_id)
    assert (logged.draft, logged.activated_on) == (replaced("minor", day), day)


@pytest.mark.clause("compusoft-090")
@pytest.mark.clause("vicevaert-109")
@pytest.mark.parametrize(
    ("provider", "product", "change", "months"),
    [("compusoft", "hosting", "ordinary", None), ("vicevaert", "subscription", "favourable", 12)],
)
def test_a_change_without_notice_is_saved_with_its_reason_and_approver(
    provider: str, product: str, change: str, months: int | None
) -> None:
    made = concluded(provider, new(product, months=months), sheet="CRM")
    rules = change_rules(made, provider, product, change)
    day = date(2026, 12, 1)
    draft = ChangeDraft(
        about="terms", change=change, products=(product,), before="9-16", after="Support 8-18", effect_on=day
    )
    with pytest.raises(ContractRefused, match="approval"):
        record_change(made.company_id, draft, rules[BUSINESS], approval=None, today=day, at=AT, by="eva")
    change_id = record_change(made.company_id, draft, rules[BUSINESS], approval=YES, today=day, at=AT, by="eva")
    assert activate_change(change_id, rules, today=day, at=AT, by="eva")
    (logged,) = changes_of(made.company_id)
    assert (logged.reason, logged.approved_by) == (YES.reason, "eva")


def test_who_has_left_before_a_change_is_not_met_by_it() -> None:
    made = concluded("safe-it", new("pc-security", months=None, interval=1))
    rules = change_rules(made, "safe-it", "pc-security", "material")
    give(made.line_ids[0], date(2026, 11, 10))
    for effect_on, met in ((date(2026, 12, 31), 1), (date(2027, 1, 1), 0)):
        draft = replaced("material", effect_on)
        change_id = record_change(made.company_id, draft, rules[BUSINESS], approval=None, today=TODAY, at=AT, by="eva")
        assert len(affected_customers(change_id)) == met
