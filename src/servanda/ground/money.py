"""Exact money: integer minor units and a currency. All rounding of the house happens here, by a named method."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from enum import Enum

from servanda.ground.refusal import Refused

_AMOUNT = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,2})?\Z")


class NotAnAmount(Refused):
    """The text is not an amount with at most two decimals and a full stop before them."""


class CurrenciesDiffer(Refused):
    """Two amounts of different currencies were to be added or compared."""


class Rounding(Enum):
    """The named ways to come from an exact amount to whole minor units."""

    HALF_UP = ROUND_HALF_UP  # invoices, VAT and interest (EN 16931 practice)
    HALF_EVEN = ROUND_HALF_EVEN  # statistics
    DOWN = ROUND_DOWN  # where the customer must never pay a fraction too much


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount; `minor` counts hundredths (øre, cent)."""

    minor: int
    currency: str = "DKK"

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __mul__(self, count: int) -> "Money":
        return Money(self.minor * count, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other).minor

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other).minor

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other).minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency}"

    @property
    def decimal(self) -> Decimal:
        """The amount in whole units, exact, with two decimals."""
        return Decimal(self.minor).scaleb(-2)

    def times(self, factor: Decimal, rounding: Rounding = Rounding.HALF_UP) -> "Money":
        """Return the amount times an exact factor, rounded once."""
        exact = Decimal(self.minor) * factor
        return Money(int(exact.quantize(Decimal(1), rounding=rounding.value)), self.currency)

    def split(self, weights: Iterable[int]) -> tuple["Money", ...]:
        """Return parts in proportion to the weights that add up to the whole to the last øre.

        The øre left over by rounding down go one by one to the largest remainders, the earlier part first.
        """
        parts = tuple(weights)
        total = sum(parts)
        if total <= 0 or min(parts) < 0:
            raise Refused("Weights must not be negative, and one must be above 0. Give each part its share.")
        sign = -1 if self.minor < 0 else 1
        whole = abs(self.minor)
        shares = [whole * weight // total for weight in parts]
        remainders = [whole * weight % total for weight in parts]
        order = sorted(range(len(parts)), key=lambda index: (-remainders[index], index))
        for index in order[: whole - sum(shares)]:
            shares[index] += 1
        return tuple(Money(sign * share, self.currency) for share in shares)

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise CurrenciesDiffer(
                "%(self)s and %(other)s have different currencies. Exchange one of them first, at a stated rate.",
                {"self": self, "other": other},
            )
        return other


def parse_money(text: str, currency: str = "DKK") -> Money:
    """Return the amount written as `12500.00`; more than two decimals, commas and exponents are refused."""
    if not _AMOUNT.match(text.strip()):
        raise NotAnAmount(
            "'%(text)s' is not an amount. Write whole units, a full stop and at most two decimals, as in 12500.00.",
            {"text": text},
        )
    return Money(int(Decimal(text.strip()).scaleb(2)), currency)


def total_of(amounts: Iterable[Money], currency: str = "DKK") -> Money:
    """Return the sum; nothing adds up to nothing in the given currency."""
    result = Money(0, currency)
    for amount in amounts:
        result = result + amount
    return result


def money_text(money: Money, language: str) -> str:
    """Return the amount as a reader of the language expects it: `12.500,00 kr.` or `DKK 12,500.00`."""
    whole, cents = divmod(abs(money.minor), 100)
    sign = "-" if money.minor < 0 else ""
    if language == "da":
        grouped = f"{whole:,}".replace(",", ".")
        unit = "kr." if money.currency == "DKK" else money.currency
        return f"{sign}{grouped},{cents:02d} {unit}"
    return f"{money.currency} {sign}{whole:,}.{cents:02d}"
