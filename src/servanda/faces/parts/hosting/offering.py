"""What the customer is offered on the page of a service, and can say yes to."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from servanda.business.hosting.facts import Plain, TaskFacts
from servanda.business.hosting.queries.tasks import tasks_of_service
from servanda.faces.parts.hosting.shown import OfferRow
from servanda.faces.parts.hosting.words import use_texts
from servanda.ground.calendar import day_text
from servanda.ground.money import Money, money_text


def offers_of(service_id: int) -> tuple[OfferRow, ...]:
    """Return what waits for the customer's yes, what was agreed and comes, and what was asked for."""
    return tuple(
        OfferRow(
            task_id=one.task_id,
            text=_text(one),
            notes=use_texts(one.facts) if one.kind == "use" else _reason(one.offer),
            because=one.because,
            may_agree=one.state == "offered",
        )
        for one in tasks_of_service(service_id)
        if one.state != "done" and (one.kind == "restore" or (one.kind == "use" and one.state in {"offered", "agreed"}))
    )


def _text(task: TaskFacts) -> str:
    if task.kind == "restore":
        return _restore_text(task)
    figures = {
        "what": f"{task.offer['quantity']} × {task.offer['plan']}",
        "price": money(task.offer),
        "day": day_text(date.fromisoformat(str(task.offer["from_on"])), language()),
    }
    if task.state == "offered":
        return _("You use more than was agreed. We offer %(what)s at %(price)s without VAT, from %(day)s.") % figures
    return _("From %(day)s your subscription is %(what)s at %(price)s without VAT.") % figures


def _restore_text(task: TaskFacts) -> str:
    if task.state == "open":
        return _("You asked for data back from a copy. We answer by mail what it costs.")
    if task.state == "offered":
        return _("Giving data back costs %(price)s without VAT, for %(hours)s hours of work.") % {
            "price": money(task.offer),
            "hours": str(task.offer["hours"]).replace(".", "," if language() == "da" else "."),
        }
    return _("Your data are given back soon.")


def _reason(offer: Mapping[str, Plain]) -> tuple[str, ...]:
    return (str(offer["reason"]),) if offer.get("reason") else ()


def money(offer: Mapping[str, Plain]) -> str:
    return money_text(Money(int(offer["price_minor"])), language())


def language() -> str:
    return "en" if (get_language() or "da").startswith("en") else "da"
