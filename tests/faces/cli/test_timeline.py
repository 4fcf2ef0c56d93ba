"""`servanda terms timeline`: the worked dates of all five providers, the stable JSON, and what holds on every day.

The worked dates were reckoned by hand from the providers' terms for an invoice of Monday 30 November 2026 and for a period
that ends on 30 June 2027. docs/why/worked-dates.md tells where the calendar moves one of them.
"""

import io
import json
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from servanda.agreements import PROVIDERS
from servanda.agreements.reading import catalogue_of, library_of
from servanda.faces.cli.main import main
from servanda.ground.calendar import is_bank_day
from servanda.ground.law.interest import statutory_interest
from servanda.ground.money import Money
from servanda.terms.clauses import CustomerKind

Entry = dict[str, Any]

INVOICED = "--from 2026-11-30"
OF_12500 = f"{INVOICED} --amount 12500.00"
RUNS = "--from 2026-07-01 --period-end 2027-06-30"
MONTH = "--from 2027-06-01 --period-end 2027-06-30"
THREE_YEARS = "--from 2024-07-01 --period-end 2027-06-30 --until 2031-01-01"


def printed(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(["terms", "timeline", *arguments])
    return code, out.getvalue(), err.getvalue()


def timeline(provider: str, product: str, customer: str, scenario: str, options: str) -> list[Entry]:
    code, out, err = printed(
        *(provider, "--scenario", scenario, "--product", product, "--customer", customer, *options.split(), "--json")
    )
    assert (code, err) == (0, "")
    entries: list[Entry] = json.loads(out)
    return entries


# provider, product, customer, scenario, options, event, step, on, requirement, decided by
Worked = tuple[str, str, str, str, str, str, int | None, str, str, str]


def safe_it_unpaid(product: str, due: tuple[str, str], days: tuple[str, ...]) -> Iterator[Worked]:
    due_on, requirement = due
    sent_1, deadline_1, sent_2, deadline_2, closed, collected = days
    for event, step, on, rests_on, who in (
        ("invoice.issued", None, "2026-11-30", "safeit-006", "system"),
        ("question.deadline", None, "2026-12-05", "safeit-008", "system"),
        ("question.deadline", None, "2026-12-05", "safeit-009", "system"),
        ("payment.due", None, due_on, requirement, "system"),
        ("reminder.sent", 1, sent_1, "safeit-045", "system"),
        ("fee.charged", 1, sent_1, "safeit-007", "system"),
        ("reminder.deadline", 1, deadline_1, "safeit-045", "system"),
        ("reminder.sent", 2, sent_2, "safeit-046", "system"),
        ("hold.placed", None, sent_2, "safeit-047", "system"),
        ("reminder.deadline", 2, deadline_2, "safeit-046", "system"),
        ("contract.ended", None, closed, "safeit-050", "person"),
        ("reminder.sent", 3, closed, "safeit-051", "system"),
        ("collection.warned", 3, closed, "safeit-051", "system"),
        ("fee.charged", 3, closed, "safeit-007", "system"),
        ("collection.deadline", 3, collected, "safeit-051", "system"),
    ):
        yield "safe-it", product, "business", "unpaid", OF_12500, event, step, on, rests_on, who


COLUMN_A = ("2026-12-15", "2026-12-21", "2026-12-22", "2026-12-28", "2027-01-06", "2027-01-16")
COLUMN_B = ("2026-12-08", "2026-12-14", "2026-12-15", "2026-12-21", "2026-12-30", "2027-01-09")


def terminated(
    provider: str, product: str, options: str, *events: tuple[str, str, str], who: str = "system"
) -> Iterator[Worked]:
    for event, on, requirement in events:
        by = "person" if event == "notice.given" else who if event == "data.purged" else "system"
        yield provider, product, "business", "terminate", options, event, None, on, requirement, by


def safe_it_by_month(product: str, requirement: str) -> Iterator[Worked]:
    for notice, end in (("2027-05-01", "2027-06-30"), ("2027-05-31", "2027-06-30"), ("2027-06-01", "2027-07-31")):
        yield from terminated(
            *("safe-it", product, f"{RUNS} --notice {notice}"),
            ("notice.last_day", "2027-05-31", requirement),
            ("notice.given", notice, requirement),
            ("contract.ends", end, requirement),
        )


def one(provider: str, product: str, event: str, step: int | None, on: str, requirement: str, who: str) -> Worked:
    return provider, product, "business", "unpaid", OF_12500, event, step, on, requirement, who


WORKED: tuple[Worked, ...] = (
    # Simsoft: the due day is the house's choice, and beyond it the terms are silent.
    one("simsoft", "webhotel", "invoice.issued", None, "2026-11-30", "simsoft-037", "system"),
    one("simsoft", "webhotel", "payment.due", None, "2026-12-14", "simsoft-041", "system"),
    one("simsoft", "webhotel", "not_specified", None, "2026-12-15", "", "person"),
    *terminated(
        *("simsoft", "webhotel", f"{RUNS} --notice 2027-05-31"),
        ("notice.last_day", "2027-05-31", "simsoft-034"),
        ("notice.given", "2027-05-31", "simsoft-034"),
        ("contract.ends", "2027-06-30", "simsoft-034"),
        ("data.purged", "2027-07-30", ""),
        who="person",
    ),
    *terminated("simsoft", "domain", RUNS, ("notice.last_day", "2027-05-31", "simsoft-035")),
    *terminated("simsoft", "mail", RUNS, ("notice.last_day", "2027-05-31", "simsoft-036")),
    *terminated("simsoft", "webhotel", RUNS, ("renewed", "2027-07-01", "simsoft-037")),
    *terminated(
        *("simsoft", "webhotel", f"{RUNS} --notice 2027-06-01"),
        ("renewed", "2027-07-01", "simsoft-037"),
        ("contract.ends", "2028-06-30", "simsoft-034"),
    ),
    # Safe IT, column A: fourteen days from the invoice day; column B: seven days from receipt.
    *safe_it_unpaid("webhosting", ("2026-12-14", "safeit-005"), COLUMN_A),
    *safe_it_unpaid("service-agreement", ("2026-12-14", "safeit-005"), COLUMN_A),
    one("safe-it", "webhosting", "data.purged", None, "2027-02-05", "safeit-053", "system"),
    *safe_it_unpaid("m365-monthly", ("2026-12-07", "safeit-090"), COLUMN_B),
    *safe_it_unpaid("m365-yearly", ("2026-12-07", "safeit-090"), COLUMN_B),
    *safe_it_unpaid("pc-security", ("2026-12-07", "safeit-140"), COLUMN_B),
    *safe_it_unpaid("web-security", ("2026-12-07", "safeit-159"), COLUMN_B),
    one("safe-it", "consulting", "payment.due", None, "2026-12-14", "safeit-005", "system"),
    one("safe-it", "consulting", "reminder.sent", 2, "2026-12-22", "safeit-046", "system"),
    *safe_it_by_month("pc-security", "safeit-142"),
    *safe_it_by_month("web-security", "safeit-161"),
    *safe_it_by_month("webhosting", "safeit-202"),
    *safe_it_by_month("service-agreement", "safeit-228"),
    *terminated(
        *("safe-it", "m365-monthly", f"{RUNS} --notice 2027-05-31"), ("contract.ends", "2027-06-30", "safeit-107")
    ),
    *terminated(
        *("safe-it", "m365-monthly", f"{RUNS} --notice 2027-05-30"), ("contract.ends", "2027-06-30", "safeit-107")
    ),
    *terminated(
        *("safe-it", "m365-monthly", f"{RUNS} --notice 2027-05-10"), ("contract.ends", "2027-06-10", "safeit-107")
    ),
    *terminated(
        *("safe-it", "m365-yearly", f"{RUNS} --notice 2026-12-25"), ("contract.ends", "2027-06-30", "safeit-106")
    ),
    *terminated(
        *("safe-it", "webhosting", f"{RUNS} --notice 2027-05-31"),
        ("export.reminder", "2027-06-16", "safeit-203"),
        ("export.reminder", "2027-06-27", "safeit-203"),
        ("data.purged", "2027-07-30", "safeit-204"),
    ),
    # CompuSoft: everything but the interest needs a person, and the interest is not moved from a Saturday.
    one("compusoft", "hosting", "invoice.issued", None, "2026-11-30", "compusoft-032", "system"),
    one("compusoft", "hosting", "payment.due", None, "2026-12-08", "compusoft-038", "system"),
    one("compusoft", "hosting", "hold.placed", None, "2026-12-09", "compusoft-041", "person"),
    one("compusoft", "hosting", "interest.from", None, "2026-12-09", "compusoft-039", "system"),
    one("compusoft", "hosting", "interest.charged", None, "2026-12-09", "compusoft-039", "system"),
    one("compusoft", "hosting", "interest.charged", None, "2027-01-09", "compusoft-039", "system"),
    one("compusoft", "hosting", "interest.charged", None, "2027-02-09", "compusoft-039", "system"),
    one("compusoft", "hosting", "breach.material", None, "2026-12-17", "compusoft-097", "system"),
    one("compusoft", "hosting", "contract.ended", None, "2026-12-17", "compusoft-096", "person"),
    one("compusoft", "hosting", "data.purged", None, "2027-03-17", "compusoft-062", "system"),
    *terminated(
        *("compusoft", "hosting", f"{RUNS} --notice 2026-12-30"),
        ("notice.last_day", "2026-12-30", "compusoft-035"),
        ("notice.given", "2026-12-30", "compusoft-035"),
        ("export.reminder", "2027-06-16", "compusoft-059"),
        ("contract.ends", "2027-06-30", "compusoft-035"),
        ("data.purged", "2027-09-30", "compusoft-062"),
    ),
    *terminated(
        *("compusoft", "hosting", f"{RUNS} --notice 2026-12-31"), ("contract.ends", "2027-06-30", "compusoft-035")
    ),
    *terminated(
        *("compusoft", "hosting", f"{RUNS} --notice 2027-01-15"),
        ("notice.last_day", "2026-12-30", "compusoft-035"),
        ("renewed", "2027-07-01", "compusoft-036"),
        ("contract.ends", "2028-06-30", "compusoft-036"),
    ),
    # Vicevært: the reminders are the house's choice, and what is adverse a person's.
    one("vicevaert", "subscription", "payment.due", None, "2026-12-08", "vicevaert-113", "system"),
    one("vicevaert", "subscription", "interest.from", None, "2026-12-09", "vicevaert-118", "system"),
    one("vicevaert", "subscription", "reminder.sent", 1, "2026-12-09", "vicevaert-119", "system"),
    one("vicevaert", "subscription", "fee.charged", 1, "2026-12-09", "vicevaert-119", "system"),
    one("vicevaert", "subscription", "compensation.charged", None, "2026-12-09", "vicevaert-121", "system"),
    one("vicevaert", "subscription", "hold.placed", None, "2026-12-09", "vicevaert-123", "person"),
    one("vicevaert", "subscription", "contract.ended", None, "2026-12-09", "vicevaert-122", "person"),
    one("vicevaert", "subscription", "data.purged", None, "2027-01-08", "", "person"),
    one("vicevaert", "colocation", "hold.placed", None, "2026-12-09", "vicevaert-123", "person"),
    one("vicevaert", "hardware", "payment.due", None, "2026-12-08", "vicevaert-113", "system"),
    *terminated(
        *("vicevaert", "subscription", f"{RUNS} --notice 2027-05-30"),
        ("notice.last_day", "2027-05-30", "vicevaert-030"),
        ("contract.ends", "2027-06-30", "vicevaert-030"),
    ),
    *terminated(
        *("vicevaert", "subscription", f"{RUNS} --notice 2027-05-31"), ("contract.ends", "2027-06-30", "vicevaert-030")
    ),
    *terminated(
        *("vicevaert", "subscription", f"{RUNS} --notice 2027-06-01"), ("contract.ends", "2028-06-30", "vicevaert-031")
    ),
    *terminated("vicevaert", "subscription", RUNS, ("renewed", "2027-07-01", "vicevaert-031")),
    *terminated("vicevaert", "subscription", THREE_YEARS, ("renewed", "2030-07-01", "vicevaert-031")),
    *terminated(
        *("vicevaert", "subscription", f"{MONTH} --notice 2027-05-31"),
        ("notice.last_day", "2027-05-30", "vicevaert-030"),
        ("contract.ends", "2027-06-30", "vicevaert-030"),
    ),
)


@pytest.mark.parametrize(
    ("provider", "product", "customer", "scenario", "options", "event", "step", "on", "requirement", "who"), WORKED
)
def test_a_worked_date_comes_out_exactly(
    provider: str,
    product: str,
    customer: str,
    scenario: str,
    options: str,
    event: str,
    step: int | None,
    on: str,
    requirement: str,
    who: str,
) -> None:
    entries = [
        entry
        for entry in timeline(provider, product, customer, scenario, options)
        if (entry["event"], entry.get("step"), entry["on"]) == (event, step, on)
    ]
    assert entries, f"no {event} on {on}"
    assert [entry["decided_by"] for entry in entries] == [who]
    assert requirement in entries[0]["requirements"] if requirement else entries[0]["requirements"] == []
    assert "rule_on" not in entries[0]


# provider, product, options, event, step, on, the rule's own day
MOVED = (
    # Printed as 12-19, a Saturday.
    ("vicevaert", "subscription", INVOICED, "reminder.sent", 2, "2026-12-21", "2026-12-19"),
    # Ten days from the moved one: New Year's Eve, when the banks are closed. Printed as 12-29.
    ("vicevaert", "subscription", INVOICED, "reminder.sent", 3, "2027-01-04", "2026-12-31"),
    # Printed as 09-30 and 07-30: Saturday and Sunday.
    ("compusoft", "hosting", f"{RUNS} --notice 2027-01-15", "data.purged", None, "2028-10-02", "2028-09-30"),
    ("simsoft", "webhotel", f"{RUNS} --notice 2027-06-01", "data.purged", None, "2028-07-31", "2028-07-30"),
)


@pytest.mark.parametrize(("provider", "product", "options", "event", "step", "on", "rule_on"), MOVED)
def test_a_letter_or_adverse_act_moves_to_a_bank_day_and_names_the_rules_own_day(
    provider: str, product: str, options: str, event: str, step: int | None, on: str, rule_on: str
) -> None:
    scenario = "terminate" if "notice" in options else "unpaid"
    (entry,) = (
        entry
        for entry in timeline(provider, product, "business", scenario, options)
        if (entry["event"], entry.get("step")) == (event, step)
    )
    assert (entry["on"], entry["rule_on"]) == (on, rule_on)


def test_the_third_reminder_of_the_house_gives_no_less_than_the_worked_deadline() -> None:
    (entry,) = named(timeline("vicevaert", "subscription", "business", "unpaid", INVOICED), "collection.deadline")
    assert entry["on"] == "2027-01-14"  # ten days after the moved third letter; never before the worked 2027-01-08
    assert entry["step"] == 3


def named(entries: list[Entry], *events: str) -> list[Entry]:
    return [entry for entry in entries if entry["event"] in events]


def test_a_reminder_after_seven_days_costs_nothing_and_says_by_which_law() -> None:
    entries = timeline("safe-it", "webhosting", "business", "unpaid", OF_12500)
    assert [(entry["step"], entry["amount_minor"]) for entry in named(entries, "fee.charged")] == [
        (1, 100_00),
        (3, 100_00),
    ]
    (second,) = (entry for entry in named(entries, "reminder.sent") if entry["step"] == 2)
    assert second["note"] == "no fee: Renteloven § 9 b, stk. 2, jf. U 2008.1083 V"


def test_started_months_of_compusoft_cost_six_percent_each() -> None:
    entries = timeline("compusoft", "hosting", "business", "unpaid", f"{OF_12500} --until 2027-02-28")
    charged = named(entries, "interest.charged")
    assert [entry["amount_minor"] for entry in charged] == [750_00, 750_00, 750_00]
    assert [entry["note"] for entry in charged] == [
        "DKK 750.00 in total",
        "DKK 1,500.00 in total",
        "DKK 2,250.00 in total",
    ]


def test_a_term_counted_from_receipt_waits_for_it() -> None:
    entries = timeline("safe-it", "m365-monthly", "business", "unpaid", f"{INVOICED} --received 2026-12-03")
    assert [entry["on"] for entry in named(entries, "question.deadline", "payment.due")] == ["2026-12-08", "2026-12-10"]


def test_a_lenient_day_is_told_beside_the_printed_one() -> None:
    for provider, product, lenient in (
        ("compusoft", "hosting", "2026-12-31"),
        ("vicevaert", "subscription", "2027-05-31"),
    ):
        (last,) = named(timeline(provider, product, "business", "terminate", RUNS), "notice.last_day")
        assert f"a notice until {lenient} is honoured" in last["note"]


@pytest.mark.parametrize(
    ("provider", "product", "scenario", "options"),
    [
        ("servicepoint", "cloudserver", "unpaid", OF_12500),
        ("servicepoint", "cloudsql", "unpaid", OF_12500),
        ("servicepoint", "cloudnet", "unpaid", OF_12500),
        ("servicepoint", "cloudnet", "terminate", f"{RUNS} --notice 2027-05-31"),
        ("simsoft", "webhotel", "unpaid", OF_12500),
        ("vicevaert", "consulting", "terminate", "--from 2026-07-01 --notice 2027-05-31"),
    ],
)
def test_where_the_terms_are_silent_one_entry_says_so_and_nothing_adverse_follows(
    provider: str, product: str, scenario: str, options: str
) -> None:
    entries = timeline(provider, product, "business", scenario, options)
    (silent,) = named(entries, "not_specified")
    assert silent["decided_by"] == "person"
    assert silent["note"].startswith("the terms are silent on: ")
    assert {entry["event"] for entry in entries} <= {"invoice.issued", "payment.due", "not_specified"}


def test_what_cannot_run_is_neither_held_nor_closed_nor_purged() -> None:
    for provider, product in (("safe-it", "hardware"), ("vicevaert", "hardware"), ("vicevaert", "consulting")):
        entries = timeline(provider, product, "consumer", "unpaid", OF_12500)
        assert not named(entries, "hold.placed", "contract.ended", "data.purged")
        assert named(entries, "reminder.sent")


KEYS = ["on", "event", "clauses", "requirements", "amount_minor", "decided_by", "note"]


def test_an_entry_has_its_keys_in_a_fixed_order_and_two_that_may_follow() -> None:
    entries = timeline("vicevaert", "subscription", "business", "unpaid", OF_12500)
    for entry in entries:
        assert list(entry)[:7] == KEYS
        assert list(entry)[7:] in ([], ["step"], ["rule_on"], ["step", "rule_on"])
        assert entry["decided_by"] in ("system", "person")
        assert isinstance(entry["note"], str)
        assert entry["amount_minor"] is None or isinstance(entry["amount_minor"], int)
        assert all(isinstance(text, str) for text in (*entry["clauses"], *entry["requirements"]))


def test_the_hold_of_the_second_reminder_is_printed_as_documented() -> None:
    (hold,) = named(timeline("safe-it", "webhosting", "business", "unpaid", INVOICED), "hold.placed")
    assert hold == {
        "on": "2026-12-22",
        "event": "hold.placed",
        "clauses": ["safe-it 3.2"],
        "requirements": ["safeit-047"],
        "amount_minor": None,
        "decided_by": "system",
        "note": "",
    }


def test_amounts_that_nobody_gave_are_left_out() -> None:
    entries = timeline("compusoft", "hosting", "business", "unpaid", INVOICED)
    assert {entry["amount_minor"] for entry in named(entries, "invoice.issued", "interest.charged")} == {None}


def test_until_ends_the_timeline() -> None:
    whole = timeline("safe-it", "webhosting", "business", "unpaid", OF_12500)
    cut = timeline("safe-it", "webhosting", "business", "unpaid", f"{OF_12500} --until 2026-12-22")
    assert cut == [entry for entry in whole if entry["on"] <= "2026-12-22"]


def test_people_get_a_line_for_each_entry_in_their_language() -> None:
    given_options = ("compusoft", "--scenario", "unpaid", "--product", "hosting", *OF_12500.split())
    code, out, _ = printed(*given_options, "--until", "2026-12-09", "--lang", "da")
    assert code == 0
    assert out.splitlines()[0] == "mandag den 30. november 2026     invoice.issued 12.500,00 kr.  [compusoft 3.2]"
    assert "hold.placed (a person decides)  [compusoft 5.1]" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("safe-it --scenario unpaid --product boat --from 2026-11-30", "safe-it sells no 'boat'. Choose one of: webho"),
        ("nobody --scenario unpaid --product boat --from 2026-11-30", "invalid choice: 'nobody'"),
        ("safe-it --scenario late --product webhosting --from 2026-11-30", "invalid choice: 'late'"),
        ("safe-it --scenario unpaid --product webhosting", "--from"),
        ("safe-it --scenario unpaid --product webhosting --from 2026-02-30", "'2026-02-30' is not a date that exists"),
        ("safe-it --scenario unpaid --product webhosting --from 30.11.2026", "Write year, month and day"),
        (f"safe-it --scenario unpaid --product webhosting {INVOICED} --received 2026-11-31", "2026-11-31"),
        (f"safe-it --scenario unpaid --product webhosting {INVOICED} --received 2026-11-29", "before the invoice day"),
        (f"safe-it --scenario unpaid --product webhosting {INVOICED} --until 2027-13-01", "2027-13-01"),
        (f"safe-it --scenario terminate --product webhosting {RUNS} --notice 2027-06-31", "2027-06-31"),
        ("safe-it --scenario terminate --product webhosting --from 2026-07-01 --period-end 2026-06-30", "--period-end"),
        (f"safe-it --scenario unpaid --product webhosting {INVOICED} --amount 12.500", "at most two decimals"),
        (f"safe-it --scenario unpaid --product webhosting {INVOICED} --amount 12,50", "is not an amount"),
        (f"safe-it --scenario unpaid --product webhosting {INVOICED} --amount 0.00", "leaves nothing to be paid"),
        (f"safe-it --scenario unpaid --product webhosting {INVOICED} --amount=-5", "leaves nothing to be paid"),
        (f"safe-it --scenario unpaid --product webhosting {INVOICED} --customer pet", "'pet'"),
        ("safe-it --scenario unpaid --product webhosting --from 1999-11-30", "no terms that hold on 1999-11-30"),
    ],
)
def test_wrong_usage_ends_with_two_and_names_the_remedy(arguments: str, message: str) -> None:
    code, out, err = printed(*arguments.split(), "--json")
    assert (code, out) == (2, "")
    assert message in err


CASES = [
    (provider, product.code, product.is_service, customer)
    for provider in PROVIDERS
    for product in catalogue_of(provider).product
    for customer in CustomerKind
]
PRINCIPAL = Money(12_500_00)
SENT_OR_ADVERSE = ("reminder.sent", "hold.placed", "fee.charged", "contract.ended", "data.purged")


@pytest.mark.parametrize(("provider", "product", "is_service", "customer"), CASES)
def test_every_product_has_its_timelines_for_every_customer(
    provider: str, product: str, is_service: bool, customer: CustomerKind
) -> None:
    unpaid = timeline(provider, product, customer, "unpaid", OF_12500)
    staying = timeline(provider, product, customer, "terminate", RUNS)
    leaving = timeline(provider, product, customer, "terminate", f"{RUNS} --notice 2027-05-31")
    for entries in (unpaid, staying, leaving):
        assert [entry["on"] for entry in entries] == sorted(entry["on"] for entry in entries)
    assert unpaid[0]["event"] == "invoice.issued"
    assert named(leaving, "contract.ends", "not_specified")
    assert is_service or not named([*unpaid, *leaving], "hold.placed", "data.purged")
    assert unpaid == timeline(provider, product, customer, "unpaid", OF_12500)


@settings(max_examples=150, deadline=None)
@given(case=st.sampled_from(CASES), on=st.dates(date(2024, 1, 1), date(2027, 12, 31)))
def test_whenever_an_invoice_is_dated_the_ladder_keeps_the_calendar_and_the_law(
    case: tuple[str, str, bool, CustomerKind], on: date
) -> None:
    provider, product, _, customer = case
    library = library_of(provider)
    assume(on >= library.version(library.versions[0]).effective_on)
    entries = timeline(provider, product, customer, "unpaid", f"--from {on} --amount 12500.00")
    assert [entry["on"] for entry in entries] == sorted(entry["on"] for entry in entries)
    on_bank_days_only(named(entries, *SENT_OR_ADVERSE, "payment.due", "reminder.deadline"))
    fees_are_lawful(entries)
    purges_leave_time(entries)
    if customer is CustomerKind.CONSUMER:
        assert not named(entries, "compensation.charged")
        nothing_is_closed_without_a_warning(entries)
    if customer in (CustomerKind.CONSUMER, CustomerKind.PUBLIC):
        interest_is_statutory_at_most(entries)


def on_bank_days_only(entries: list[Entry]) -> None:
    for entry in entries:
        assert is_bank_day(date.fromisoformat(entry["on"])), entry
        assert entry.get("rule_on", "") < entry["on"]


def fees_are_lawful(entries: list[Entry]) -> None:
    letters = {entry["step"]: date.fromisoformat(entry["on"]) for entry in named(entries, "reminder.sent")}
    fees = named(entries, "fee.charged")
    assert len(fees) <= 3
    for fee in fees:
        before = [on for step, on in letters.items() if step < fee["step"]]
        assert fee["on"] >= letters[fee["step"]].isoformat()
        assert all((letters[fee["step"]] - on).days >= 10 for on in before), fee
        assert fee["amount_minor"] <= 100_00


def purges_leave_time(entries: list[Entry]) -> None:
    for purge in named(entries, "data.purged"):
        (closed,) = named(entries, "contract.ended")
        assert date.fromisoformat(purge["on"]) - date.fromisoformat(closed["on"]) >= timedelta(days=30)


def nothing_is_closed_without_a_warning(entries: list[Entry]) -> None:
    for act in named(entries, "hold.placed", "contract.ended"):
        deadlines = [entry["on"] for entry in named(entries, "reminder.deadline")]
        assert min(deadlines, default="9999") < act["on"]


def interest_is_statutory_at_most(entries: list[Entry]) -> None:
    due_on = next((date.fromisoformat(entry["on"]) for entry in named(entries, "payment.due")), None)
    charged = 0
    for entry in named(entries, "interest.charged"):
        assert due_on is not None
        charged += entry["amount_minor"]
        until = date.fromisoformat(entry["on"])
        assert charged <= statutory_interest(PRINCIPAL, since=due_on, until=until, due_on=due_on).amount.minor


@settings(max_examples=60, deadline=None)
@given(
    case=st.sampled_from(CASES),
    began=st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    days=st.integers(20, 800),
    noticed=st.integers(0, 900),
)
def test_whenever_notice_is_given_the_end_comes_after_it_and_the_data_later(
    case: tuple[str, str, bool, CustomerKind], began: date, days: int, noticed: int
) -> None:
    provider, product, _, customer = case
    notice, period_end = began + timedelta(days=noticed), began + timedelta(days=days)
    options = f"--from {began} --period-end {period_end} --notice {notice} --until 2035-01-01"
    entries = timeline(provider, product, customer, "terminate", options)
    for ends in named(entries, "contract.ends"):
        assert ends["on"] >= notice.isoformat()
        for purge in named(entries, "data.purged"):
            left = date.fromisoformat(purge["on"]) - date.fromisoformat(ends["on"])
            assert left >= timedelta(days=30)
            assert is_bank_day(date.fromisoformat(purge["on"]))
        assert all(notice.isoformat() <= one["on"] < ends["on"] for one in named(entries, "export.reminder"))
