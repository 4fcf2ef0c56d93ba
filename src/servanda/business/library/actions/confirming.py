"""Confirming a figure of the law: a person has compared it with its official source, and says which that was."""

from datetime import date, datetime

from django.db import transaction

from servanda.business.evidence.actions import record
from servanda.business.library.queries import unconfirmed_figures
from servanda.ground.refusal import Refused


class NotConfirmed(Refused):
    """A figure of the law cannot be confirmed as asked."""


@transaction.atomic
def confirm_figure(company_id: int, key: str, *, source: str, by: str, today: date, at: datetime) -> None:
    """Keep that a person has compared the figure with the source. It then waits for nobody in this company.

    Refuses a figure that waits for nothing, one that there is not yet (it must come with a new version of the program),
    and a confirmation that names no source.
    """
    waiting = {figure.key: figure for figure in unconfirmed_figures(company_id, on=today)}
    figure = waiting.get(key)
    if figure is None:
        raise NotConfirmed("This figure waits for nobody. Reload the page.")
    if figure.value is None:
        raise NotConfirmed(
            "There is no figure for the half-year from %(since)s yet. Install a version of the program that has it.",
            {"since": figure.since},
        )
    if len(source.strip()) < 5:
        raise NotConfirmed("Say where you looked the figure up: the page and the day.")
    record(
        company_id=company_id,
        key=f"law.confirmed:{company_id}:{key}:{figure.value}",
        what="law.confirmed",
        subject=f"law:{key}",
        on_day=today,
        at=at,
        because=(figure.source,),
        facts={"figure": key, "value": str(figure.value), "source": source.strip()},
        by=by,
    )
