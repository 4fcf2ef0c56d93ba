"""A typo of 0 or 3650 is refused for every length of time that any kind of rule can say."""

import pytest

from servanda.terms.clauses import KINDS
from servanda.terms.fields import Field, NotThisField, fields_of, value_for

LENGTHS = frozenset(
    {"days", "months", "years", "hours", "minutes", "working days", "working hours", "fiscal years", "count"}
)
# Where no days at all is a thing to say: at once, on the day itself.
MAY_BE_NONE = frozenset(
    {
        ("reminder", "wait_days"),
        ("suspension", "wait_days"),
        ("closure", "wait_days"),
        ("material-breach", "over_days"),
        ("invoice-run", "lead_days"),
    }
)
FIGURES = [(kind, field) for kind, rule in KINDS.items() for field in fields_of(rule).values() if field.unit in LENGTHS]


def is_taken(field: Field, figure: int) -> bool:
    try:
        value_for(field, [figure] if field.is_list else figure)
    except NotThisField:
        return False
    return True


@pytest.mark.parametrize(("kind", "field"), FIGURES, ids=[f"{kind}.{field.name}" for kind, field in FIGURES])
def test_no_length_of_time_can_be_ten_years_of_days_or_nothing(kind: str, field: Field) -> None:
    assert not is_taken(field, 3650)
    assert not is_taken(field, -1)
    assert is_taken(field, 0) == ((kind, field.name) in MAY_BE_NONE)
    assert is_taken(field, 1)


def test_every_whole_number_of_a_rule_has_a_unit_and_bounds() -> None:
    without = [
        f"{kind}.{field.name}"
        for kind, rule in KINDS.items()
        for field in fields_of(rule).values()
        if (field.annotation is int or field.unit) and field.unit != "clock time"
        if field.at_least is None or field.at_most is None
    ]
    assert without == []
    assert len(FIGURES) > 40
