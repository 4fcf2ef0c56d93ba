"""How one field is read."""

from collections.abc import Callable
from datetime import date
from importlib.resources import files

import pytest

from servanda.drivers.tables import country_code, cvr, day, email, money, one_of, text, whole_number
from servanda.ground.money import Money
from servanda.ground.refusal import Refused


@pytest.mark.parametrize(
    ("reader", "written", "value"),
    [
        (text(4), "Alma", "Alma"),
        (email, "alma@example.com", "alma@example.com"),
        (email, "Alma.B+x@EXAMPLE.com", "Alma.B+x@example.com"),
        (email, "info@blåbær.dk", "info@xn--blbr-roah.dk"),
        (day, "2028-02-29", date(2028, 2, 29)),
        (money(), "1250", Money(1250_00)),
        (money(), "-0.5", Money(-50)),
        (money("EUR"), "12.05", Money(12_05, "EUR")),
        (whole_number(), "0", 0),
        (whole_number(-5, 5), "-5", -5),
        (one_of("gold", "silver"), "silver", "silver"),
        (country_code, "se", "SE"),
        (cvr, "13748136", "13748136"),
        (cvr, "DK13748136", "13748136"),
        (cvr, "12345678", "12345678"),
    ],
)
def test_a_right_value_is_read(reader: Callable[[str], object], written: str, value: object) -> None:
    assert reader(written) == value


@pytest.mark.parametrize(
    ("reader", "written", "reason"),
    [
        (text(3), "Alma", "4 characters; at most 3"),
        *(
            (email, wrong, "is not an e-mail address")
            for wrong in (
                "alma",
                "alma@",
                "@example.com",
                "alma@localhost",
                "alma@example..com",
                "al ma@example.com",
                "alma@exam ple.com",
                "alma@-example.com",
                "alma@192.0.2.1",
                "Alma <alma@example.com>",
                "alma@example.com,birk@example.com",
                ".alma@example.com",
                "alma@birk@example.com",
                "ålma@example.com",
                "alma@straße.example",
                "a" * 65 + "@example.com",
                "alma@" + "a" * 64 + ".com",
                "alma@" + "a.b" * 100 + ".com",
            )
        ),
        (day, "2026-02-29", "does not exist|not a date that exists"),
        (day, "26-02-01", "2026-11-30"),
        (day, "2026-2-1", "2026-11-30"),
        (day, "20260201", "2026-11-30"),
        (day, "٢٠٢٦-01-01", "2026-11-30"),
        (money(), "1.250,00", r"Write it as 1250\.00"),
        (money(), "1250,5", r"Write it as 1250\.5"),
        (money(), "1.234.567,89", r"Write it as 1234567\.89"),
        (money(), "1,250.00", "is not an amount"),
        (money(), "12.345", "is not an amount"),
        (money(), "1e3", "is not an amount"),
        (money(), "kr. 12", "is not an amount"),
        (money(), "١٢", "is not an amount"),
        (money(), "NaN", "is not an amount"),
        (money(), "9" * 14, "is not an amount"),
        (whole_number(), "1.5", "is not a whole number"),
        (whole_number(), "١", "is not a whole number"),
        (whole_number(), "-1", "out of bounds. Write a number from 0 to 1000000"),
        (whole_number(1, 9), "10", "out of bounds"),
        (whole_number(), "9" * 5_000, "is not a whole number"),
        (one_of("gold", "silver"), "Gold", "Write one of: gold, silver"),
        (country_code, "UK", "two letters of ISO 3166"),
        (country_code, "DNK", "two letters of ISO 3166"),
        (cvr, "1374813", "eight digits"),
        (cvr, "١٣٧٤٨١٣٦", "eight digits"),
    ],
)
def test_a_wrong_value_is_refused_with_reason_and_remedy(
    reader: Callable[[str], object], written: str, reason: str
) -> None:
    with pytest.raises(Refused, match=reason) as refusal:
        reader(written)
    assert len(str(refusal.value)) < 300, "a long value must not swell the report"


def test_the_country_codes_are_those_of_iso_3166() -> None:
    table = files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text(encoding="utf-8")
    codes = [line[:2] for line in table.splitlines() if line and not line.startswith("#")]
    assert len(codes) > 240
    assert [country_code(code) for code in codes] == codes
