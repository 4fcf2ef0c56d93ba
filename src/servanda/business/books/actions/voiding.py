"""Saying that a number is void: the document that stands for one that no invoice carries."""

from datetime import date, datetime

from django.db import transaction

from servanda.business.billing.queries.numbers import given_numbers
from servanda.business.books.models import VoidNumber
from servanda.business.books.queries.proving import INVOICES
from servanda.business.evidence.actions import record
from servanda.ground.citation import Citation
from servanda.ground.refusal import Refused

NUMBERS = Citation("Momsbekendtgørelsen", "§ 58, stk. 1, nr. 2", "1435/2023")


class NotMissing(Refused):
    """Only a number that is missing can be void."""


@transaction.atomic
def void_number(company_id: int, number: int, *, reason: str, by: str, today: date, at: datetime) -> None:
    """Document that no invoice carries a number, and why; refuses one that an invoice carries, or that is documented."""
    if not reason.strip():
        raise NotMissing("Say why no invoice carries the number. The reason stands in its place for the auditor.")
    if number not in given_numbers(company_id).missing:
        raise NotMissing(
            "Number %(number)s is not missing in the series of invoices. Void only what the proof names.",
            {"number": number},
        )
    row, is_new = VoidNumber.objects.get_or_create(
        company_id=company_id,
        series=INVOICES,
        number=number,
        defaults={"reason": reason.strip(), "by": by, "on_day": today, "at": at},
    )
    if not is_new:
        raise NotMissing("Number %(number)s is void already: %(reason)s.", {"number": number, "reason": row.reason})
    record(
        company_id=company_id,
        key=f"number.voided:{company_id}:{number}",
        what="number.voided",
        subject=f"company:{company_id}",
        on_day=today,
        at=at,
        because=(NUMBERS,),
        facts={"series": INVOICES, "number": number, "reason": reason.strip()},
        by=by,
    )
