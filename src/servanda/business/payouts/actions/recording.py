"""What is kept of a payout's way, and the locks under which it goes on."""

from datetime import date, datetime

from django.db import connection

from servanda.business.evidence.actions import record
from servanda.business.evidence.facts import because_from_json
from servanda.business.payouts.facts import PayoutProblem
from servanda.business.payouts.models import Payout
from servanda.business.payouts.queries import NoSuchPayout
from servanda.ground.refusal import Refused

_TURN = 0x5E42_0A70  # of the advisory locks that give out the numbers of one company's payouts and files


class NotPaidOut(Refused):
    """A payout cannot be proposed, approved, ordered or taken back as asked."""


def lock_numbers_of(company_id: int) -> None:
    """Let those who number a company's payouts and files go one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_TURN, company_id])


def lock_payout(company_id: int, payout_id: int) -> Payout:
    """Return the payout, locked until the transaction ends; refuses one that is not the company's."""
    row = Payout.objects.select_for_update().filter(company_id=company_id, pk=payout_id).first()
    if row is None:
        raise NoSuchPayout("There is no such payout. Look at the list of payouts.")
    return row


def credit_key(row: Payout) -> str:
    """Return the name under which a payout takes from the customer's credit."""
    return f"payout:{row.pk}"


def keep(
    row: Payout, what: str, *, by: str, today: date, at: datetime, suffix: str = "", reason: str = "", act: str = ""
) -> None:
    """Keep one step of a payout as evidence, once."""
    facts: dict[str, object] = {"number": row.number, "amount_minor": row.amount_minor}
    if reason:
        facts["reason"] = reason
    if act:
        facts["act"] = act
    record(
        company_id=row.company_id,
        key=f"{what}:{row.pk}{suffix}",
        what=what,
        subject=f"payout:{row.pk}",
        on_day=today,
        at=at,
        because=because_from_json(row.because),
        facts=facts,
        customer_id=row.customer_id,
        by=by,
    )


def tell_problem(row: Payout, problem: PayoutProblem, detail: str = "") -> None:
    """Put what went wrong before a person; the same thing is told once."""
    if (row.problem, row.problem_detail) == (problem, detail):
        return
    row.problem, row.problem_detail, row.problem_seen_by = str(problem), detail, ""
    row.save(update_fields=["problem", "problem_detail", "problem_seen_by"])
