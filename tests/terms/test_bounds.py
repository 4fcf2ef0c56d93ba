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

CLOCK_TIME = next(field for rule in KINDS.values() for field in fields_of(rule).values() if field.unit == "clock time")


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


@pytest.mark.parametrize("written", ["25:00", "9:00", "12:60", "", "22:00\n", "٢٢:00"])
def test_a_wrong_clock_time_is_told_in_words(written: str) -> None:
    with pytest.raises(NotThisField, match="is no time of day") as refused:
        value_for(CLOCK_TIME, written)
    assert str(refused.value) == f"{written!r} is no time of day."
    assert refused.value.remedy == "Write it as 22:00."


@pytest.mark.parametrize("written", ["00:00", "09:30", "22:00", "23:59"])
def test_a_clock_time_is_taken(written: str) -> None:
    assert value_for(CLOCK_TIME, written) == written
