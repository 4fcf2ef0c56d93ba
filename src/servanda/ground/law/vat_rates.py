"""What is the standard rate of VAT in each country of the EU on a day, and which figures must a person confirm?

Electronic services have the standard rate everywhere. A rate is never guessed: a country or a day without a figure is
refused, and the invoice waits for a person.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from servanda.ground.citation import Citation
from servanda.ground.dated import Dated, Since
from servanda.ground.refusal import Refused

COMMISSION = "Taxes in Europe Database"
THROUGHOUT = date(2021, 7, 1)  # when the One Stop Shop began; earlier rates are of no use to it


class UnknownRate(Refused):
    """No standard rate of VAT is known for the country."""


@dataclass(frozen=True, slots=True)
class RateToConfirm:
    """A rate in use on which our sources do not agree, or which stands in one only."""

    country: str
    since: date
    percent: Decimal


def standard_rate(country: str, *, on: date) -> Decimal:
    """Return the standard rate of a country of the EU on the day; refuses what is not known."""
    rates = STANDARD_RATES.get(country)
    if rates is None:
        raise UnknownRate(
            "The standard rate of VAT in %(country)s is not known. Look it up, and add it with its source before "
            "anything is invoiced there.",
            {"country": country},
        )
    return rates.on(on).value


def rates_to_confirm(on: date) -> tuple[RateToConfirm, ...]:
    """Return the rates in force on the day that a person must compare with the official list."""
    return tuple(
        RateToConfirm(country, entry.since, entry.value * 100)
        for country, rates in sorted(STANDARD_RATES.items())
        if (entry := rates.on(on)) and (country, entry.since) in UNCONFIRMED
    )


def _rates(country: str, *steps: tuple[date, str]) -> Dated[Decimal]:
    source = Citation(COMMISSION, country)
    return Dated(
        f"The standard rate of VAT in {country}",
        tuple(Since(since, Decimal(percent) / 100, source) for since, percent in steps),
    )


_STEPS: dict[str, tuple[tuple[date, str], ...]] = {
    "AT": ((THROUGHOUT, "20"),),
    "BE": ((THROUGHOUT, "21"),),
    "BG": ((THROUGHOUT, "20"),),
    "CY": ((THROUGHOUT, "19"),),
    "CZ": ((THROUGHOUT, "21"),),
    "DE": ((THROUGHOUT, "19"),),
    "DK": ((THROUGHOUT, "25"),),
    "EE": ((THROUGHOUT, "20"), (date(2024, 1, 1), "22"), (date(2025, 7, 1), "24")),
    "ES": ((THROUGHOUT, "21"),),
    "FI": ((THROUGHOUT, "24"), (date(2024, 9, 1), "25.5")),
    "FR": ((THROUGHOUT, "20"),),
    "GR": ((THROUGHOUT, "24"),),
    "HR": ((THROUGHOUT, "25"),),
    "HU": ((THROUGHOUT, "27"),),
    "IE": ((date(2021, 9, 1), "23"),),  # 21 percent for some months before
    "IT": ((THROUGHOUT, "22"),),
    "LT": ((THROUGHOUT, "21"),),
    "LU": ((THROUGHOUT, "17"), (date(2023, 1, 1), "16"), (date(2024, 1, 1), "17")),
    "LV": ((THROUGHOUT, "21"),),
    "MT": ((THROUGHOUT, "18"),),
    "NL": ((THROUGHOUT, "21"),),
    "PL": ((THROUGHOUT, "23"),),
    "PT": ((THROUGHOUT, "23"),),
    "RO": ((THROUGHOUT, "19"), (date(2025, 8, 1), "21")),
    "SE": ((THROUGHOUT, "25"),),
    "SI": ((THROUGHOUT, "22"),),
    "SK": ((THROUGHOUT, "20"), (date(2025, 1, 1), "23")),
}
STANDARD_RATES: dict[str, Dated[Decimal]] = {country: _rates(country, *steps) for country, steps in _STEPS.items()}
# Published lists do not agree on these: some still have the rate before.
UNCONFIRMED: frozenset[tuple[str, date]] = frozenset({("EE", date(2025, 7, 1)), ("RO", date(2025, 8, 1))})
