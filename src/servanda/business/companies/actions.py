"""Adding a company, and moving its test clock forward."""

from datetime import date, datetime

from django.db import transaction

from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.models import Company, OneStopShopChoice
from servanda.business.companies.queries import company as facts_of
from servanda.business.companies.queries import is_one_stop_shop_chosen
from servanda.ground.refusal import Refused

JUMP_DAYS_MAX = 400


class ClockRefused(Refused):
    """A clock can only be moved where there is a test clock, forward, and not by years at a time."""


class ChoiceRefused(Refused):
    """The One Stop Shop is chosen for a day that comes, with a reason."""


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
        raise ClockRefused(
            "%(name)s runs on the real clock, which nobody can move. Use a demo company.", {"name": row.name}
        )
    if to < row.clock_on:
        raise ClockRefused(
            "A test clock only moves forward; it shows %(clock_on)s. Choose a later day than %(to)s.",
            {"clock_on": row.clock_on, "to": to},
        )
    if (to - row.clock_on).days > JUMP_DAYS_MAX:
        raise ClockRefused(
            "At most %(days)s days at a time. Choose a day nearer to %(clock_on)s.",
            {"days": JUMP_DAYS_MAX, "clock_on": row.clock_on},
        )
    row.clock_on = to
    row.save(update_fields=["clock_on"])


def finish_day(company_id: int, *, day: date) -> None:
    """Note that the rounds of a day are finished; a day before the last one changes nothing."""
    Company.objects.filter(pk=company_id).exclude(rounded_on__gte=day).update(rounded_on=day)


def note_bank_news(company_id: int, *, until: date) -> None:
    """Note up to which day the bank's entries are known."""
    Company.objects.filter(pk=company_id).exclude(bank_checked_on__gte=until).update(bank_checked_on=until)


@transaction.atomic
def choose_one_stop_shop(
    company_id: int, *, is_in: bool, since: date, reason: str, by: str, today: date, at: datetime
) -> bool:
    """Note that the company taxes consumers elsewhere in the EU by their own country from a day on, or no longer does.

    False: it is so on that day already. A day that has passed is refused: invoices of it stand as they were issued.
    """
    if since < today:
        raise ChoiceRefused(
            "%(since)s has passed. Choose today or a later day: what was issued stays as it is.", {"since": since}
        )
    if not reason.strip():
        raise ChoiceRefused("Say why. The tax authority is told of the choice, and it binds for two calendar years.")
    Company.objects.select_for_update().get(pk=company_id)
    if is_one_stop_shop_chosen(company_id, on=since) == is_in:
        return False
    OneStopShopChoice.objects.create(
        company_id=company_id, since=since, is_in=is_in, reason=reason.strip(), on_day=today, at=at, by=by
    )
    return True
