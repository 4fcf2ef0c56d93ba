"""What others know of a company."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """A provider on this installation. `slug` also names its agreement; `clock_on` is the day of its test clock, if any."""

    company_id: int
    slug: str
    name: str
    legal_name: str
    cvr: str
    address_lines: tuple[str, ...]
    email: str
    phone: str
    web: str
    bank_registration: str
    bank_account: str
    iban: str
    fik_creditor: str
    colour: str
    language: str
    fiscal_year_starts_month: int
    clock_on: date | None
    rounded_on: date | None
    bank_checked_on: date | None

    @property
    def has_test_clock(self) -> bool:
        return self.clock_on is not None
