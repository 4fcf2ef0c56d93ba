"""What staff do about tasks of a service: take in a complaint, offer a change, answer a request, and end what was seen to."""

import secrets
from decimal import Decimal, InvalidOperation

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from servanda.business.billing.actions.true_up import offer_change
from servanda.business.hosting.actions.changing import Order
from servanda.business.hosting.actions.complaints import receive_complaint
from servanda.business.hosting.actions.restoring import agree_on_restore, answer_restore, begin_restore
from servanda.business.hosting.actions.tasks import end_task
from servanda.business.hosting.actions.true_up import agree_on_use
from servanda.business.hosting.queries import services
from servanda.business.hosting.queries.tasks import task_of
from servanda.faces.office.acts import Incomplete, act
from servanda.faces.office.answering import number_in, say, text
from servanda.faces.office.people import name_in_records
from servanda.faces.office.places import Visit
from servanda.faces.office.showing.hosting import plans_beside
from servanda.ground.calendar import parse_day

WORDS_MAX = 2000


@act(back="office:service")
def complaint(request: HttpRequest, here: Visit, *, service_id: int) -> None:
    """Take in a complaint: it holds nothing, and waits for a person with the clauses that it touches."""
    receive_complaint(
        here.company,
        service_id,
        about=text(request, "about", most=20),
        source=text(request, "source", most=20),
        words=text(request, "words", most=WORDS_MAX),
        order=_order(request, here),
    )
    say(request, _("The complaint is taken in. Nothing is held by it."))


@act(back="office:service")
def end(request: HttpRequest, here: Visit, *, service_id: int) -> None:
    """Keep what came of a task."""
    end_task(
        here.company,
        _task(request, here, service_id),
        outcome=text(request, "outcome", most=500),
        order=_order(request, here),
    )
    say(request, _("It is kept what came of it."))


@act(back="office:service")
def offer(request: HttpRequest, here: Visit, *, service_id: int) -> None:
    """Write to the customer what is used, what was agreed, and what the subscription would become from which day."""
    (service,) = services([service_id], company_id=here.company.company_id)
    plan, quantity = text(request, "plan", most=60), text(request, "quantity", most=4)
    if plan not in {code for code, _name in plans_beside(here.company.company_id, service.product)}:
        raise Incomplete(_("Choose a plan of the same product."))
    if not quantity.isascii() or not quantity.isdigit():
        raise Incomplete(_("Write the number as a whole number."))
    day = text(request, "from_on", most=10)
    offer_change(
        here.company,
        _task(request, here, service_id),
        plan_code=plan,
        quantity=int(quantity),
        from_on=parse_day(day) if day else None,
        order=_order(request, here),
    )
    say(request, _("The customer is written to, with the figures and the price."))


@act(back="office:service")
def agree(request: HttpRequest, here: Visit, *, service_id: int) -> None:
    """Note the yes that the customer gave outside the pages, and how."""
    how = text(request, "how", most=300)
    if not how:
        raise Incomplete(_("Say how the customer said yes."))
    task = task_of(here.company.company_id, _task(request, here, service_id))
    if task.kind == "restore":
        agree_on_restore(service_id, task.task_id, order=_order(request, here))
    else:
        agree_on_use(service_id, task.task_id, order=_order(request, here), how=how)
    say(request, _("The customer's yes is kept."))


@act(back="office:service")
def answer(request: HttpRequest, here: Visit, *, service_id: int) -> None:
    """Say what a restore costs, with the reason that the customer reads."""
    answer_restore(
        here.company,
        _task(request, here, service_id),
        hours=_decimal(request, "hours"),
        rate=_decimal(request, "rate"),
        reason=text(request, "reason", most=300),
        order=_order(request, here),
    )
    say(request, _("The customer is written to."))


@act(back="office:service")
def begin(request: HttpRequest, here: Visit, *, service_id: int) -> None:
    """Begin a restore that was asked for and agreed."""
    begin_restore(
        here.company,
        _task(request, here, service_id),
        errand=secrets.token_hex(16),
        order=_order(request, here),
        now=timezone.now(),
    )
    say(request, _("It has begun. How far it is stands below."))


def _task(request: HttpRequest, here: Visit, service_id: int) -> int:
    """Return the task that a form names, if it waits and is of this service."""
    task = task_of(here.company.company_id, number_in(request, "task"))
    if task.service_id != service_id:
        raise Incomplete(_("This is not about the service. Look at the service as it is now."))
    return task.task_id


def _decimal(request: HttpRequest, name: str) -> Decimal | None:
    given = text(request, name, most=10).replace(",", ".")
    if not given:
        return None
    try:
        found = Decimal(given)
    except InvalidOperation as error:
        raise Incomplete(_("Write a number, as in 1.5.")) from error
    if not found.is_finite() or found < 0:
        raise Incomplete(_("Write a number, as in 1.5."))
    return found


def _order(request: HttpRequest, here: Visit) -> Order:
    return Order(by=name_in_records(request), today=here.today, at=here.at)
