"""Is what a customer gave us right, where do letters go, and when may a customer be erased?"""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from servanda.agreements.reading import library_of
from servanda.business.companies.actions import add_company
from servanda.business.customers.actions import (
    CustomerRefused,
    add_customer,
    change_address,
    import_customers,
    note_purchase,
)
from servanda.business.customers.decisions.details import objections, warnings
from servanda.business.customers.decisions.erasure import (
    erasable_customers,
    erasable_from,
    erasure_hindrance,
    erasure_plan,
)
from servanda.business.customers.facts import CustomerDetails, ErasureCandidate, ImportedCustomer
from servanda.business.customers.queries import (
    NoSuchCustomer,
    customer,
    customer_numbered,
    customers,
    customers_of,
    erasure_candidates,
    ids_by_number,
)
from servanda.business.evidence.queries import events_of_customer
from servanda.ground.citation import Citation
from servanda.ground.refusal import WrongDocument
from servanda.terms.clauses import CustomerErasure, CustomerKind
from servanda.terms.resolving import ask

TODAY = date(2026, 12, 1)
AT = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
ALMA = CustomerDetails(
    number="1042",
    kind=CustomerKind.BUSINESS,
    name="Alma Eksempel ApS",
    email="alma@eksempel.example",
    cvr="13748136",
    address_lines=("Prøvevej 1",),
    postal_code="8000",
    city="Prøveby",
)


@pytest.fixture
def company_id(db: None) -> int:
    return add_company(
        slug="vicevaert",
        name="Vicevært",
        legal_name="Vicevært (eksempel) ApS",
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


@pytest.mark.parametrize(
    ("change", "objecting", "warned"),
    [
        ({}, [], []),
        ({"cvr": "13748137"}, [], ["cvr"]),
        ({"cvr": "1374813"}, ["cvr"], []),
        ({"cvr": "1374813x"}, ["cvr"], []),
        ({"cvr": "１３７４８１３６"}, ["cvr"], []),
        ({"cvr": ""}, [], ["cvr"]),
        ({"ean": "5798000000006"}, [], ["ean"]),
        ({"ean": "579800000"}, ["ean"], []),
        ({"kind": CustomerKind.PUBLIC}, [], ["ean", "order_number"]),
        ({"kind": CustomerKind.PUBLIC, "ean": "5798000000001", "person_reference": "NIELS17"}, [], []),
        ({"kind": CustomerKind.PUBLIC, "ean": "5798000000001", "order_number": "4500012345"}, [], []),
        ({"kind": CustomerKind.PUBLIC, "invoice_delivery": "e-mail"}, ["invoice_delivery"], ["ean", "order_number"]),
        ({"invoice_delivery": "oioubl"}, [], []),
        ({"invoice_delivery": "peppol", "cvr": ""}, [], ["ean", "cvr"]),
        ({"invoice_delivery": "carrier pigeon"}, ["invoice_delivery"], []),
        ({"kind": CustomerKind.CONSUMER, "cvr": "", "invoice_delivery": "oioubl"}, ["invoice_delivery"], ["ean"]),
        ({"order_number": "4500012345\n4500012346"}, ["order_number"], []),
        ({"person_reference": "N" * 61}, ["person_reference"], []),
        ({"kind": CustomerKind.CONSUMER}, ["kind"], []),
        ({"kind": CustomerKind.CONSUMER, "cvr": ""}, [], []),
        ({"country": "Danmark"}, ["country"], []),
        ({"country": "SE", "cvr": "", "vat_number": "SE556677889901"}, [], ["vat_number"]),
        ({"language": "de"}, ["language"], []),
        ({"email": "alma"}, ["email"], []),
        ({"name": " ", "number": ""}, ["number", "name"], []),
    ],
)
def test_a_wrong_shape_is_refused_and_an_implausible_number_only_warned_of(
    change: dict[str, object], objecting: list[str], warned: list[str]
) -> None:
    details = replace(ALMA, **change)  # type: ignore[arg-type]
    assert [finding.field for finding in objections(details)] == objecting
    assert [finding.field for finding in warnings(details)] == warned


def test_a_customer_is_stored_with_what_they_gave(company_id: int) -> None:
    customer_id, found = add_customer(company_id, ALMA, today=TODAY, at=AT)
    assert found == ()
    stored = customer(customer_id)
    assert (stored.details, stored.created_on) == (ALMA, TODAY)
    assert stored.postal_lines == ("Alma Eksempel ApS", "Prøvevej 1", "8000 Prøveby")
    assert customer_numbered(company_id, "1042") == stored
    assert customers([customer_id]) == {customer_id: stored}
    (event,) = events_of_customer(customer_id)
    assert event.what == "customer.added"
    assert "Alma" not in str(event.facts), "evidence names people by id"


def test_an_implausible_company_number_is_stored_with_a_warning(company_id: int) -> None:
    customer_id, found = add_customer(company_id, replace(ALMA, cvr="99999999"), today=TODAY, at=AT)
    assert [finding.field for finding in found] == ["cvr"]
    assert customer(customer_id).details.cvr == "99999999"


@pytest.mark.parametrize("change", [{"number": "1042"}, {"number": "1043", "cvr": "12"}])
def test_a_number_that_is_taken_or_wrong_is_refused(company_id: int, change: dict[str, str]) -> None:
    add_customer(company_id, ALMA, today=TODAY, at=AT)
    with pytest.raises(CustomerRefused):
        add_customer(company_id, replace(ALMA, **change), today=TODAY, at=AT)  # type: ignore[arg-type]
    assert len(customers_of(company_id)) == 1


def test_an_unknown_customer_is_refused(company_id: int) -> None:
    with pytest.raises(NoSuchCustomer):
        customer_numbered(company_id, "1")


@pytest.mark.clause("vicevaert-024")
def test_letters_go_to_the_latest_address_that_the_customer_gave(company_id: int) -> None:
    customer_id, _ = add_customer(company_id, ALMA, today=TODAY, at=AT)

    def move() -> bool:
        return change_address(
            customer_id,
            email="ny@eksempel.example",
            address_lines=("Nyvej 2", "1. tv."),
            postal_code="9000",
            city="Nyby",
            today=TODAY,
            at=AT,
            by="staff:1",
        )

    assert [move(), move()] == [True, False]
    moved = customer(customer_id)
    assert moved.email == "ny@eksempel.example"
    assert moved.postal_lines == ("Alma Eksempel ApS", "Nyvej 2", "1. tv.", "9000 Nyby")
    changed = [event for event in events_of_customer(customer_id) if event.what == "address.changed"]
    assert [event.facts for event in changed] == [{}]


def test_the_last_purchase_only_moves_forward(company_id: int) -> None:
    customer_id, _ = add_customer(company_id, ALMA, today=TODAY, at=AT)
    for day in (date(2027, 1, 1), date(2026, 1, 1)):
        note_purchase(customer_id, on=day)
    assert customer(customer_id).details.last_purchase_on == date(2027, 1, 1)


def test_a_file_of_customers_is_added_whole_or_not_at_all(company_id: int) -> None:
    add_customer(company_id, ALMA, today=TODAY, at=AT)
    good = ImportedCustomer(line=2, details=replace(ALMA, number="1"), created_on=TODAY)
    taken = ImportedCustomer(line=3, details=ALMA, created_on=TODAY)
    twice = ImportedCustomer(line=4, details=replace(ALMA, number="1"), created_on=TODAY)
    with pytest.raises(WrongDocument) as refusal:
        import_customers(company_id, (good, taken, twice), file="kunder.csv", today=TODAY, at=AT, by="operator")
    assert [(problem.line, problem.field) for problem in refusal.value.problems] == [(3, "number"), (4, "number")]
    assert "line 2" in refusal.value.problems[1].message
    assert set(ids_by_number(company_id)) == {"1042"}
    import_customers(company_id, (good,), file="kunder.csv", today=TODAY, at=AT, by="operator")
    assert set(ids_by_number(company_id)) == {"1042", "1"}


def rule() -> tuple[CustomerErasure, tuple[Citation, ...]]:
    agreement = library_of("simsoft").version("2024-01")
    answer = ask(agreement, CustomerErasure, on=TODAY)
    assert answer.rule is not None
    return answer.rule, answer.because


QUIET = ErasureCandidate(
    customer_id=5,
    last_purchase_on=date(2026, 11, 30),
    created_on=date(2020, 1, 1),
    has_open_invoice=False,
    has_running_line=False,
)


@pytest.mark.clause("simsoft-060")
@pytest.mark.parametrize(
    ("starts_month", "today", "is_listed"),
    [
        (1, date(2031, 12, 31), False),
        (1, date(2032, 1, 1), True),
        (7, date(2032, 6, 30), False),
        (7, date(2032, 7, 1), True),
    ],
)
def test_five_whole_empty_financial_years_put_a_customer_on_the_list(
    starts_month: int, today: date, is_listed: bool
) -> None:
    clause, because = rule()
    found = erasable_customers([QUIET], clause, because=because, today=today, fiscal_year_starts_month=starts_month)
    assert [proposal.customer_id for proposal in found] == [5] * is_listed


def test_who_never_bought_counts_from_the_day_they_came() -> None:
    clause, _ = rule()
    never = replace(QUIET, last_purchase_on=None)
    assert erasable_from(never, clause, fiscal_year_starts_month=1) == date(2026, 1, 1)


@pytest.mark.clause("simsoft-059")
@pytest.mark.parametrize(
    ("hindered", "word"),
    [
        ({"has_open_invoice": True}, "open invoice"),
        ({"has_running_line": True}, "running contract"),
        ({"has_legal_hold": True}, "legal hold"),
    ],
)
def test_an_open_invoice_a_running_contract_and_a_legal_hold_hinder_erasure(
    hindered: dict[str, bool], word: str
) -> None:
    clause, because = rule()
    candidate = replace(QUIET, **hindered)  # type: ignore[arg-type]
    assert erasure_hindrance(QUIET) is None
    assert word in (erasure_hindrance(candidate) or "")
    assert not erasable_customers(
        [candidate], clause, because=because, today=date(2040, 1, 1), fiscal_year_starts_month=1
    )


@pytest.mark.clause("simsoft-061")
def test_an_erasure_is_done_within_thirty_days() -> None:
    clause, because = rule()
    plan = erasure_plan(5, clause, because=because, begun_on=date(2032, 1, 1))
    assert plan.done_by == date(2032, 1, 31)
    assert [plan.is_overdue(day) for day in (date(2032, 1, 31), date(2032, 2, 1))] == [False, True]


@pytest.mark.clause("simsoft-060")
def test_candidates_are_those_who_bought_nothing_since_the_day(company_id: int) -> None:
    quiet, _ = add_customer(company_id, ALMA, today=TODAY, at=AT)
    active, _ = add_customer(company_id, replace(ALMA, number="2"), today=TODAY, at=AT)
    note_purchase(active, on=date(2030, 1, 1))
    found = erasure_candidates(
        company_id,
        with_open_invoice=frozenset({quiet}),
        with_running_line=frozenset(),
        bought_before=date(2027, 1, 1),
    )
    assert [(candidate.customer_id, candidate.has_open_invoice) for candidate in found] == [(quiet, True)]
