"""Choosing the One Stop Shop for a company: from a day on, with its evidence."""

from datetime import date, datetime

from django.db import transaction

from servanda.business.companies.actions import choose_one_stop_shop as choose
from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.actions import record
from servanda.ground.law.vat import THRESHOLD


@transaction.atomic
def choose_one_stop_shop(
    company: CompanyFacts, *, is_in: bool, since: date, reason: str, by: str, today: date, at: datetime
) -> bool:
    """Let consumers elsewhere in the EU be taxed by their own country from a day on, below the threshold too, or end that.

    False: it is so already.
    """
    if not choose(company.company_id, is_in=is_in, since=since, reason=reason, by=by, today=today, at=at):
        return False
    return record(
        company_id=company.company_id,
        key=f"one_stop_shop.chosen:{company.company_id}:{since}:{at.isoformat()}",
        what="one_stop_shop.chosen",
        subject=f"company:{company.company_id}",
        on_day=today,
        at=at,
        because=(THRESHOLD,),
        facts={"since": since.isoformat(), "is_in": is_in, "reason": reason.strip()},
        by=by,
    )
