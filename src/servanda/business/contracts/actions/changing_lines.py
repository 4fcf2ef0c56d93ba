"""More, less, or another plan of a line that runs on; and leaving because the service was down for too long."""

from datetime import date, datetime

from django.db import transaction

from servanda.business.contracts.actions.ending import receive_exit
from servanda.business.contracts.actions.refusals import ContractRefused
from servanda.business.contracts.decisions.leaving import outage_exit_right_at
from servanda.business.contracts.decisions.orders import Ending
from servanda.business.contracts.facts import GivenNotice, NoticeReceipt
from servanda.business.contracts.models import Line, LineChange
from servanda.business.evidence.actions import record
from servanda.ground.citation import Citation
from servanda.terms.clauses import OutageExit
from servanda.terms.ruled import Ruled


@transaction.atomic
def change_line(
    line_id: int,
    *,
    plan_code: str,
    quantity: int,
    priced_from: date,
    reason: str,
    because: tuple[Citation, ...],
    by: str,
    today: date,
    at: datetime,
) -> bool:
    """Let a line be of another plan or number from today on. False: it is so already.

    What was billed, up to `priced_from`, is not touched; billing says what the rest of it comes to. A price of its own is agreed
    for a plan, so a line that has one keeps its plan.
    """
    row = Line.objects.select_for_update().get(pk=line_id)
    if row.ended_on is not None or (row.until is not None and row.until <= today):
        raise ContractRefused("The line has ended. Conclude a new one instead.")
    if quantity < 1:
        raise ContractRefused("A line is of one at least. End it instead.")
    if plan_code != row.plan_code and row.own_price_minor is not None:
        raise ContractRefused("The line has a price of its own, agreed for this plan. Agree on a new price first.")
    if not reason.strip():
        raise ContractRefused("Say why. The reason is kept with the record.")
    if (row.plan_code, row.quantity) == (plan_code, quantity):
        return False
    number = LineChange.objects.filter(line=row).count() + 1
    LineChange.objects.create(
        line=row,
        number=number,
        on_day=max(today, row.began_on),
        priced_from=priced_from,
        before_plan=row.plan_code,
        after_plan=plan_code,
        before_quantity=row.quantity,
        after_quantity=quantity,
        reason=reason.strip(),
        by=by,
    )
    facts = {
        "before": f"{row.quantity} × {row.plan_code}",
        "after": f"{quantity} × {plan_code}",
        "reason": reason.strip(),
    }
    row.plan_code, row.quantity = plan_code, quantity
    row.save(update_fields=["plan_code", "quantity"])
    return record(
        company_id=row.company_id,
        key=f"line.changed:{line_id}:{number}",
        what="line.changed",
        subject=f"line:{line_id}",
        on_day=today,
        at=at,
        because=because,
        facts=facts,
        customer_id=row.customer_id,
        by=by,
    )


def rescind_after_outage(
    line_id: int,
    rule: Ruled[OutageExit],
    given: GivenNotice,
    *,
    down_since: datetime,
    up_at: datetime | None,
    today: date,
    at: datetime,
    by: str,
) -> NoticeReceipt:
    """Take in a customer's rescission because of an unbroken outage: the line ends that day, and its unused time goes back.

    Refuses while the right has not come about: the days of the clause are counted in running hours.
    """
    right_at = outage_exit_right_at(rule.rule, down_since=down_since, up_at=up_at)
    if right_at is None or right_at > at:
        raise ContractRefused(
            "The clause gives the right after %(days)s days without a break; that was not reached. Take an"
            " ordinary notice, or refund the days of the outage.",
            {"days": rule.rule.days},
            because=rule.because[0] if rule.because else None,
        )
    ending = Ending(ends_on=given.given_on, because=rule.because)
    return receive_exit(line_id, given, ending, today=today, at=at, by=by, cause="outage")
