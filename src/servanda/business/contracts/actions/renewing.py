"""What a passed term leads to: a new one, once for each that has passed, or the end of the line."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from servanda.business.contracts.actions.ending import end_line
from servanda.business.contracts.decisions.orders import EndLine, RenewLine
from servanda.business.contracts.decisions.renewing import look_again_on, next_step
from servanda.business.contracts.models import Line
from servanda.business.contracts.queries import ending_terms_of, line
from servanda.business.customers.actions import note_purchase
from servanda.business.evidence.actions import record


def take_next_step(line_id: int, *, today: date, at: datetime) -> RenewLine | EndLine | None:
    """Do the one thing that is due on a line today and return it; None when nothing is. Ask again until then."""
    facts = line(line_id)
    step = next_step(facts, ending_terms_of(facts, on=today).renewal, today=today)
    if isinstance(step, RenewLine) and renew_line(step, today=today, at=at):
        return step
    if isinstance(step, EndLine) and end_line(step, today=today, at=at):
        return step
    return None


@transaction.atomic
def renew_line(order: RenewLine, *, today: date, at: datetime, by: str = "system") -> bool:
    """Renew the line on the terms it has. False: done already, or a notice has come that ends it."""
    row = Line.objects.select_for_update().select_related("contract").get(pk=order.line_id)
    is_ending = row.until is not None and row.until <= order.passed_until
    if row.term_until != order.passed_until or row.ended_on is not None or is_ending:
        return False
    row.term_until = order.until
    row.term_months = order.months
    row.look_again_on = look_again_on(term_until=order.until, until=row.until)
    row.save(update_fields=["term_until", "term_months", "look_again_on"])
    note_purchase(row.customer_id, on=order.passed_until)
    return record(
        company_id=row.company_id,
        key=order.key,
        what=order.what,
        subject=f"line:{row.pk}",
        on_day=today,
        at=at,
        because=order.because,
        facts={
            "since": str(order.passed_until),
            "until": str(order.until),
            "months": order.months,
            "terms_version": row.contract.terms_version,
        },
        customer_id=row.customer_id,
        by=by,
    )


def put_off(line_ids: Iterable[int], *, on: date, today: date) -> None:
    """Look again another day at lines on which nothing more could be done today."""
    Line.objects.filter(pk__in=list(line_ids), look_again_on__lte=today).update(look_again_on=on)
