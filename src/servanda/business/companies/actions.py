"""Adding a company, and moving its test clock forward."""

from datetime import date

from django.db import transaction

from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.models import Company
from servanda.business.companies.queries import company as facts_of
from servanda.ground.refusal import Refused

JUMP_DAYS_MAX = 400


class ClockRefused(Refused):
    """A clock can only be moved where there is a test clock, forward, and not by years at a time."""


def add_company(
    *,
    slug: str,
    name: str,
    legal_name: str,
    cvr: str,
    address_lines: tuple[str, ...],
    email: str,
    phone: str,
    web: str,
    bank_registration: str,
    bank_account: str,
    iban: str,
    fik_creditor: str,
    colour: str,
    language: str,
    fiscal_year_starts_month: int,
    clock_on: date | None,
) -> CompanyFacts:
    """Add a provider, with a test clock if a day is given for it."""
    row = Company.objects.create(
        slug=slug,
        name=name,
        legal_name=legal_name,
        cvr=cvr,
        address_lines=list(address_lines),
        email=email,
        phone=phone,
        web=web,
        bank_registration=bank_registration,
        bank_account=bank_account,
        iban=iban,
        fik_creditor=fik_creditor,
        colour=colour,
        language=language,
        fiscal_year_starts_month=fiscal_year_starts_month,
        clock_on=clock_on,
    )
    return facts_of(row.pk)


@transaction.atomic
def move_test_clock(company_id: int, *, to: date) -> None:
    """Move a test clock forward to a day; the real clock, a step back and a leap of more than a year are refused."""
    row = Company.objects.select_for_update().get(pk=company_id)
    if row.clock_on is None:
        raise ClockRefused(f"{row.name} runs on the real clock, which nobody can move. Use a demo company.")
    if to < row.clock_on:
        raise ClockRefused(f"A test clock only moves forward; it shows {row.clock_on}. Choose a later day than {to}.")
    if (to - row.clock_on).days > JUMP_DAYS_MAX:
        raise ClockRefused(f"At most {JUMP_DAYS_MAX} days at a time. Choose a day nearer to {row.clock_on}.")
    row.clock_on = to
    row.save(update_fields=["clock_on"])


def finish_day(company_id: int, *, day: date) -> None:
    """Note that the rounds of a day are finished; a day before the last one changes nothing."""
    Company.objects.filter(pk=company_id).exclude(rounded_on__gte=day).update(rounded_on=day)


def note_bank_news(company_id: int, *, until: date) -> None:
    """Note up to which day the bank's entries are known."""
    Company.objects.filter(pk=company_id).exclude(bank_checked_on__gte=until).update(bank_checked_on=until)
