"""Exact money: parts add up to the whole, rounding is by name, and amounts are read and written exactly."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.ground.money import (
    CurrenciesDiffer,
    Money,
    NotAnAmount,
    Rounding,
    money_text,
    parse_money,
    total_of,
)
from servanda.ground.refusal import Refused

minors = st.integers(-(10**12), 10**12)
weights = st.lists(st.integers(0, 400), min_size=1, max_size=20).filter(lambda parts: sum(parts) > 0)
factors = st.decimals(-100, 100, places=6)


@given(minors, weights)
def test_the_parts_of_a_split_add_up_to_the_whole(minor: int, parts: list[int]) -> None:
    assert total_of(Money(minor).split(parts)) == Money(minor)


@given(minors, weights)
def test_each_part_lies_less_than_an_ore_from_its_exact_share(minor: int, parts: list[int]) -> None:
    for share, weight in zip(Money(minor).split(parts), parts, strict=True):
        assert abs(share.minor - Fraction(minor * weight, sum(parts))) < 1


@given(minors, weights)
def test_who_has_no_weight_gets_nothing(minor: int, parts: list[int]) -> None:
    shares = Money(minor).split([*parts, 0])
    assert shares[-1] == Money(0)


def test_the_left_over_ore_go_to_the_earlier_of_equal_parts() -> None:
    assert [part.minor for part in Money(100_00).split([1, 1, 1])] == [33_34, 33_33, 33_33]
    assert [part.minor for part in Money(-1_00).split([1, 1, 1])] == [-34, -33, -33]


@pytest.mark.parametrize("parts", [[], [0, 0], [3, -1]])
def test_weights_that_share_nothing_are_refused(parts: list[int]) -> None:
    with pytest.raises(Refused, match=r"Give each part its share|must not be negative"):
        Money(100).split(parts)


@given(minors, factors)
def test_rounding_stays_within_the_promise_of_its_name(minor: int, factor: Decimal) -> None:
    exact = minor * Fraction(factor)
    half_up = Money(minor).times(factor).minor
    down = Money(minor).times(factor, Rounding.DOWN).minor
    assert abs(half_up - exact) <= Fraction(1, 2)
    assert abs(down) <= abs(exact) < abs(down) + 1
    assert abs(Money(minor).times(factor, Rounding.HALF_EVEN).minor - exact) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("minor", "rounding", "expected"),
    [
        (5, Rounding.HALF_UP, 3),
        (-5, Rounding.HALF_UP, -3),
        (5, Rounding.HALF_EVEN, 2),
        (7, Rounding.HALF_EVEN, 4),
        (5, Rounding.DOWN, 2),
        (-5, Rounding.DOWN, -2),
    ],
)
def test_a_half_is_rounded_as_named(minor: int, rounding: Rounding, expected: int) -> None:
    assert Money(minor).times(Decimal("0.5"), rounding) == Money(expected)


@given(minors)
def test_an_amount_survives_being_written_and_read(minor: int) -> None:
    assert parse_money(str(Money(minor).decimal)) == Money(minor)


@pytest.mark.parametrize("text", ["12,50", "1e3", "1.005", "", "12.", ".5", "1 000", "NaN", "--1"])
def test_text_that_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount, match=r"as in 12500\.00"):
        parse_money(text)


@given(minors, minors)
def test_adding_and_taking_away_are_opposites(first: int, second: int) -> None:
    assert Money(first) + Money(second) - Money(second) == Money(first)
    assert (Money(first) < Money(second)) is (first < second)
    assert Money(first) + -Money(first) == Money(0)


def test_two_currencies_are_neither_added_nor_compared() -> None:
    with pytest.raises(CurrenciesDiffer, match=r"Exchange one of them"):
        Money(1) + Money(1, "EUR")
    with pytest.raises(CurrenciesDiffer):
        assert Money(1) <= Money(1, "EUR")


def test_nothing_adds_up_to_nothing_in_the_currency_asked_for() -> None:
    assert total_of((), "EUR") == Money(0, "EUR")
    assert not Money(0)


@pytest.mark.parametrize(
    ("money", "language", "expected"),
    [
        (Money(12_500_00), "da", "12.500,00 kr."),
        (Money(-5), "da", "-0,05 kr."),
        (Money(1_234_567_89, "EUR"), "da", "1.234.567,89 EUR"),
        (Money(12_500_00), "en", "DKK 12,500.00"),
        (Money(-1_00), "en", "DKK -1.00"),
    ],
)
def test_an_amount_is_written_as_the_reader_expects(money: Money, language: str, expected: str) -> None:
    assert money_text(money, language) == expected
