"""Where the law overrides a clause, caps it, forbids it or stands beside it: for whom, from when, by which provision."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from servanda.terms.clauses import (
    CancellationFee,
    Closure,
    CollectionFee,
    Compensation,
    CustomerKind,
    DataLocation,
    DefectRemedy,
    DelayRemedy,
    Deletion,
    Exclusion,
    ExitCopy,
    GoverningLaw,
    Inspection,
    Interest,
    InvoiceQuestion,
    LiabilityCap,
    Newsletter,
    Notice,
    NoticeChannel,
    PaymentTerm,
    PriceChange,
    Refund,
    RefundCeiling,
    Reminder,
    ReminderFee,
    Reopening,
    Rescission,
    Rule,
    Suspension,
    TermsChange,
    Warranty,
)
from servanda.terms.law_above import STANDS, ruling_on

ALL = (None, *CustomerKind)
CONSUMER, PUBLIC, BUSINESS = CustomerKind.CONSUMER, CustomerKind.PUBLIC, CustomerKind.BUSINESS
ASSOCIATION = CustomerKind.ASSOCIATION
DAY = date(2026, 1, 1)
MONTHLY = Interest(method="percent per started month", percent=Decimal(6), is_approved=True)
UNAPPROVED = Interest(method="percent per started month", percent=Decimal(6))
FAIR = Interest(method="percent per started month", percent=Decimal(2))
WARNING = Reminder(
    step=3,
    sent_after="closure",
    wait_days=0,
    deadline_days=7,
    deadline_from="sending",
    is_collection_warning=True,
)
QUESTION = InvoiceQuestion(days=5, silence_accepts=True)
FORFEIT = Refund(cause="customer default", share="none")
UNPAID = Suspension(cause="non-payment", counted_from="due")
BILLED = Closure(cause="non-payment", counted_from="due", wait_days=9, may_bill_after=True)
FEE = ReminderFee(amount=Decimal("250.00"), fees_max=9, spacing_days=7)

OVERRIDDEN = (
    (FEE, ALL, {"amount": Decimal("100.00"), "fees_max": 3, "spacing_days": 10}, "Renteloven § 9 b, stk. 2"),
    (MONTHLY, (CONSUMER, PUBLIC), {"method": "statutory", "percent": None, "is_approved": False}, "Renteloven"),
    (Compensation(amount=Decimal(500)), (None, BUSINESS, PUBLIC, ASSOCIATION), {"amount": Decimal("310.00")}, "§ 9 a"),
    (CollectionFee(amount=Decimal(500)), ALL, {"amount": Decimal("100.00")}, "Renteloven § 9 b, stk. 3"),
    (QUESTION, (CONSUMER,), {"silence_accepts": False}, "Aftaleloven §§ 36 og 38 c"),
    (FORFEIT, (CONSUMER,), {"share": "unused time"}, "Forbrugeraftaleloven § 29"),
    (BILLED, (CONSUMER,), {"may_bill_after": False}, "Forbrugeraftaleloven § 29"),
    (WARNING, ALL, {"deadline_days": 10}, "Inkassoloven § 10"),
    (Deletion(counted_from="contract end", days=7), ALL, {"days": 30}, "Dataforordningen"),
    (
        TermsChange(change="ordinary", is_announced=False),
        (CONSUMER,),
        {"days": 30, "exit_days_before": 1, "is_announced": True},
        "Aftaleloven",
    ),
    (TermsChange(change="minor", days=8), (CONSUMER,), {"days": 30, "exit_days_before": 1}, "Aftaleloven"),
    (PriceChange(change="ordinary"), (CONSUMER,), {"days": 30}, "Aftaleloven"),
    (Deletion(counted_from="closure", months=1), ALL, {"months": None, "days": 31}, "Dataforordningen"),
    (DelayRemedy(choices=("new delivery date",), no_damages=True), (CONSUMER,), {"no_damages": False}, "Aftaleloven"),
    (DefectRemedy(choices=("repair",), no_damages=True), (CONSUMER,), {"no_damages": False}, "Aftaleloven"),
    (
        Inspection(of="delivery", at_once=True, claim_days=5, late_claim_is_lost=True),
        (CONSUMER,),
        {"at_once": False, "claim_days": None, "late_claim_is_lost": False},
        "Købeloven § 81",
    ),
    (GoverningLaw(court="Odense"), (CONSUMER,), {"court": ""}, "Retsplejeloven § 245"),
)


@pytest.mark.parametrize(("rule", "customers", "fields", "provision"), OVERRIDDEN)
@pytest.mark.parametrize("customer", ALL)
def test_the_law_overrides_for_those_it_protects_and_for_nobody_else(
    rule: Rule,
    customers: tuple[CustomerKind | None, ...],
    fields: dict[str, object],
    provision: str,
    customer: CustomerKind | None,
) -> None:
    ruling = ruling_on(rule, customer=customer, on=DAY)
    if customer not in customers:
        assert ruling.rule is None
        return
    assert ruling.rule == msgspec.structs.replace(rule, **fields)
    assert provision in str(ruling.because[0])
    assert ruling.said


STANDING = (
    ReminderFee(amount=Decimal("100.00"), fees_max=3, spacing_days=10),
    ReminderFee(amount=Decimal("50.00"), fees_max=1, spacing_days=14),
    Interest(method="statutory"),
    CollectionFee(amount=Decimal("100.00")),
    Refund(cause="customer default", share="unused time"),
    msgspec.structs.replace(WARNING, deadline_days=10),
    msgspec.structs.replace(WARNING, is_collection_warning=False),
    Deletion(counted_from="contract end", days=30),
    Deletion(counted_from="contract end", months=3),
    TermsChange(change="material", days=62),
    TermsChange(change="any", months=2),
    TermsChange(change="favourable", is_announced=False),
    PriceChange(change="upgrade", needs_approval=True),
    PriceChange(change="larger", days=62),
    PaymentTerm(days=1, counted_from="receipt"),
    Suspension(cause="load", counted_from="finding"),
    Suspension(cause="non-payment", counted_from="reminder deadline", after_step=1),
    Closure(cause="non-payment", counted_from="suspension", wait_days=15),
    Notice(counted_to="month end", months=1),
    Notice(counted_to="day", days=31),
    NoticeChannel(party="provider", channels=("e-mail",)),
    NoticeChannel(party="customer", channels=("e-mail", "website")),
    Refund(cause="return", share="unused time"),
    RefundCeiling(percent=Decimal(100)),
    Reopening(cause="payment", requires="all due paid"),
    CancellationFee(amount=Decimal("0.00")),
    Exclusion(of=("lost data",), except_gross_negligence=True),
    Exclusion(of=("customer's code", "opened access")),
    DelayRemedy(choices=("new delivery date",)),
    Inspection(of="hardware", at_once=True),
    Warranty(of="hardware", months=24),
    GoverningLaw(),
    DataLocation(of="all data", countries=("Denmark",)),
    Newsletter(about=("news",), left_by=("reply", "link")),
    ExitCopy(holds=("website",)),
)


@pytest.mark.parametrize("rule", STANDING, ids=str)
@pytest.mark.parametrize("customer", ALL)
def test_what_the_law_allows_stands_as_it_is_written(rule: Rule, customer: CustomerKind | None) -> None:
    assert ruling_on(rule, customer=customer, on=DAY) == STANDS


def test_agreed_interest_gives_way_by_the_provision_that_protects_the_customer() -> None:
    assert list(map(str, ruling_on(MONTHLY, customer=CONSUMER, on=DAY).because)) == ["Renteloven § 7"]
    assert list(map(str, ruling_on(MONTHLY, customer=PUBLIC, on=DAY).because)) == ["Renteloven § 5, stk. 1"]


@pytest.mark.parametrize("customer", ALL)
def test_only_consumers_are_free_of_compensation(customer: CustomerKind | None) -> None:
    ruling = ruling_on(Compensation(amount=Decimal("310.00")), customer=customer, on=DAY)
    assert (ruling.forbidden_by is not None) == (customer is CONSUMER)


@pytest.mark.parametrize("rule", [UNPAID, BILLED, msgspec.structs.replace(BILLED, may_bill_after=False)])
@pytest.mark.parametrize("customer", ALL)
def test_a_consumer_is_warned_before_being_cut_off_for_non_payment(rule: Rule, customer: CustomerKind | None) -> None:
    ruling = ruling_on(rule, customer=customer, on=DAY)
    assert (str(ruling.needs_warning) == "Aftaleloven § 36") == (customer is CONSUMER)


TERMINATION, CHANNEL = "Forbrugeraftaleloven § 28, stk. 1", "Forbrugeraftaleloven § 28 a"
UNFAIR, UNFAIR_TO_CONSUMERS = "Aftaleloven § 36", "Aftaleloven §§ 36 og 38 c"
SWITCHING = "Dataforordningen (EU) 2023/2854 art. 25, stk. 2, litra d"
REASONS = "Forordningen om digitale tjenester (EU) 2022/2065 art. 17"
TRANSFER = "Databeskyttelsesforordningen (EU) 2016/679 art. 44-46"

BESIDE: tuple[tuple[Rule, CustomerKind, list[str]], ...] = (
    (Notice(counted_to="period end", months=1), CONSUMER, [TERMINATION]),
    (Notice(counted_to="day", days=32), CONSUMER, [TERMINATION]),
    (Notice(counted_to="month end", months=1, in_writing=True), CONSUMER, [CHANNEL]),
    (Notice(counted_to="day", days=59), BUSINESS, []),
    (Notice(counted_to="day", days=60), BUSINESS, [SWITCHING]),
    (Notice(counted_to="period end", months=6), CONSUMER, [TERMINATION, SWITCHING]),
    (Notice(counted_to="period end", months=6), BUSINESS, [SWITCHING]),
    (NoticeChannel(party="both", channels=("letter",)), CONSUMER, [CHANNEL]),
    (NoticeChannel(party="both", channels=("letter",)), BUSINESS, []),
    (Rescission(days=30), CONSUMER, [TERMINATION]),
    (Rescission(days=180), CONSUMER, [TERMINATION, SWITCHING]),
    (Rescission(days=180), BUSINESS, [SWITCHING]),
    (Refund(cause="return", share="none"), CONSUMER, ["Forbrugeraftaleloven § 18, stk. 1"]),
    (FORFEIT, BUSINESS, [UNFAIR]),
    (BILLED, BUSINESS, [UNFAIR]),
    (MONTHLY, BUSINESS, [UNFAIR]),
    (FAIR, BUSINESS, []),
    (QUESTION, BUSINESS, [UNFAIR]),
    (msgspec.structs.replace(WARNING, deadline_from="due"), BUSINESS, ["Inkassoloven § 10"]),
    (TermsChange(change="material", days=30), CONSUMER, [TERMINATION]),
    (TermsChange(change="material", days=61), CONSUMER, [TERMINATION]),
    (TermsChange(change="any", months=1), CONSUMER, [TERMINATION]),
    (TermsChange(change="any", months=1), BUSINESS, []),
    (PriceChange(change="larger", days=40), CONSUMER, [TERMINATION]),
    (Suspension(cause="abuse", counted_from="finding"), BUSINESS, [REASONS]),
    (Suspension(cause="breach", counted_from="finding"), CONSUMER, [REASONS]),
    (Closure(cause="misuse", counted_from="second misuse", wait_days=0), PUBLIC, [REASONS]),
    (Exclusion(of=("customer's code", "lost data")), CONSUMER, [UNFAIR_TO_CONSUMERS]),
    (Exclusion(of=("lost data",)), ASSOCIATION, [UNFAIR]),
    (LiabilityCap(of="any loss", cap="yearly fee"), BUSINESS, [UNFAIR]),
    (RefundCeiling(percent=Decimal(100), sole_fault_required=True), CONSUMER, [UNFAIR_TO_CONSUMERS]),
    (Warranty(of="goods", months=23), CONSUMER, ["Købeloven § 83"]),
    (Warranty(of="hardware", given="by the maker"), CONSUMER, ["Købeloven § 83"]),
    (Warranty(of="goods", months=12), BUSINESS, []),
    (Inspection(of="delivery", claim_days=5), BUSINESS, []),
    (
        Reopening(cause="payment", requires="all due paid", may_charge_fee=True),
        CONSUMER,
        ["Renteloven § 9 b, stk. 2"],
    ),
    (Reopening(cause="payment", requires="all due paid", may_charge_fee=True), BUSINESS, []),
    (CancellationFee(amount=Decimal(1)), CONSUMER, [UNFAIR_TO_CONSUMERS]),
    (DataLocation(of="all data", countries=("USA",)), BUSINESS, [TRANSFER]),
    (DataLocation(of="all data", countries=("USA",), transfer_basis="not stated"), CONSUMER, [TRANSFER]),
    (DataLocation(of="all data", countries=("USA",), transfer_basis="standard clauses"), CONSUMER, []),
    (Newsletter(about=("news",), left_by=("reply",)), BUSINESS, ["Markedsføringsloven § 10"]),
)


@pytest.mark.parametrize(("rule", "customer", "citations"), BESIDE)
def test_a_right_that_no_field_expresses_stands_beside_the_rule(
    rule: Rule, customer: CustomerKind, citations: list[str]
) -> None:
    ruling = ruling_on(rule, customer=customer, on=DAY)
    assert list(map(str, ruling.law_beside)) == citations
    assert ruling.rule is None


def test_the_right_to_fetch_data_began_with_the_data_act() -> None:
    early = Deletion(counted_from="contract end", days=7)
    assert ruling_on(early, customer=BUSINESS, on=date(2025, 9, 11)) == STANDS
    assert ruling_on(early, customer=BUSINESS, on=date(2025, 9, 12)).rule is not None


def test_a_rate_above_two_percent_a_month_is_not_used_before_a_lawyer_has_approved_it() -> None:
    ruling = ruling_on(UNAPPROVED, customer=BUSINESS, on=DAY)
    assert ruling.rule == Interest(method="statutory")
    assert list(map(str, ruling.because)) == ["Aftaleloven § 36"]
