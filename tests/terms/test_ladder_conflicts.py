"""Which letters of a ladder come so close after each other that the law allows them no fee?"""

import pytest

from servanda.terms.conflicts import conflicts_in
from tests.terms.conflict_cases import BUSINESS, DAY, FEE, PUBLIC, SPACING, WEEKLY, Write, clauses, found_in


def ladder(*waits: int, sent_after: str = "reminder") -> tuple[str, ...]:
    return tuple(
        f'reminder\nstep = {step}\nsent_after = "{"due" if step == 1 else sent_after}"\nwait_days = {wait}\n'
        'deadline_days = 10\ndeadline_from = "sending"'
        for step, wait in enumerate(waits, start=1)
    )


SUSPENDED = 'suspension\ncause = "non-payment"\ncounted_from = "reminder deadline"\nafter_step = 1\nwait_days = 1'


def at_closing(wait_days: int, *, counted_from: str) -> tuple[str, ...]:
    return (
        'reminder\nstep = 2\nsent_after = "closure"\nwait_days = 0\ndeadline_days = 10\ndeadline_from = "sending"',
        f'closure\ncause = "non-payment"\ncounted_from = "{counted_from}"\nwait_days = {wait_days}\n'
        'customers = ["business"]',
    )


@pytest.mark.parametrize(
    ("rules", "late"),
    [
        (WEEKLY, {"1.2", "1.3"}),
        (ladder(5, 9), {"1.2"}),
        (ladder(5, 10), set()),
        (ladder(5, 9, 9), {"1.2", "1.3"}),
        (ladder(5, 9, 10), {"1.2"}),
        (ladder(5, 10, 3), {"1.3"}),
        (ladder(5, 15, 25, sent_after="due"), set()),
        (ladder(5, 14, 24, sent_after="due"), {"1.2"}),
        (ladder(1, 1, sent_after="reminder deadline"), set()),  # ten days of deadline and one
        ((*ladder(1), *at_closing(10, counted_from="due")), {"1.2"}),
        ((*ladder(1), *at_closing(11, counted_from="due")), set()),
        ((*ladder(1), *at_closing(0, counted_from="material breach"), "material-breach\nover_days = 9"), {"1.2"}),
        ((*ladder(1), *at_closing(0, counted_from="material breach"), "material-breach\nover_days = 10"), set()),
        ((*ladder(1), *at_closing(0, counted_from="suspension"), SUSPENDED), set()),  # due + 1, + 10, + 1
        (
            (
                WEEKLY[0].replace("deadline_days = 7", "deadline_days = 9"),
                *at_closing(0, counted_from="suspension"),
                SUSPENDED,
            ),
            {"1.2"},
        ),
    ],
)
def test_letters_closer_than_ten_days_cost_nothing(write: Write, rules: tuple[str, ...], late: set[str]) -> None:
    narrowed = [rule if "customers" in rule else f'{rule}\ncustomers = ["business"]' for rule in (*rules, FEE)]
    found = conflicts_in(write(clauses(*narrowed)), on=DAY)
    assert {each.citation.clause for each in found} == late
    assert {(each.letter, str(each.provision), each.against) for each in found} <= {("a", SPACING, (BUSINESS,))}


def test_close_letters_without_a_fee_are_lawful(write: Write) -> None:
    assert conflicts_in(write(clauses(*WEEKLY)), on=DAY) == ()
    free = FEE.replace("100.00", "0.00")
    assert conflicts_in(write(clauses(*WEEKLY, free)), on=DAY) == ()


def test_letters_that_the_terms_themselves_leave_free_are_lawful(write: Write) -> None:
    once = FEE.replace("fees_max = 3", "fees_max = 1")
    assert found_in(write(clauses(*WEEKLY, once))) == set()
    assert {each[1] for each in found_in(write(clauses(*WEEKLY, FEE)))} == {"1.2", "1.3"}


def test_a_fee_for_some_customers_and_products_is_met_for_those_only(write: Write) -> None:
    of_web = f'{FEE}\nproducts = ["web"]\ncustomers = ["business", "public"]'
    found = found_in(write(clauses(*WEEKLY[:2], of_web)))
    assert found == {("a", "1.2", (BUSINESS, PUBLIC), SPACING, "limited", True)}
