"""What staff do about a service: hold it, stop its mail, answer a wish for much mail, see to its domain."""

from typing import cast

from django.http import HttpRequest
from django.utils.translation import gettext as _

from servanda.business.billing.actions.changing_lines import change_billed_line
from servanda.business.hosting.actions import confirm_domain, give_domain, lay_out
from servanda.business.hosting.actions.bulk_mail import grant_bulk, refuse_bulk
from servanda.business.hosting.actions.changing import Order
from servanda.business.hosting.actions.holding import hold_service, lift_hold, stop_sending
from servanda.business.hosting.decisions.holding import StaffCause
from servanda.business.hosting.queries import services
from servanda.faces.office.acts import Incomplete, act
from servanda.faces.office.answering import number_in, say, text
from servanda.faces.office.people import name_in_records
from servanda.faces.office.places import Visit
from servanda.faces.office.showing.hosting import plans_beside
from servanda.ground.calendar import parse_day

HOURS_MAX = 999
REASON_LETTERS_MAX = 300


@act(back="office:service")
def hold(request: HttpRequest, here: Visit, *, service_id: int) -> None:
    """Hold a service for abuse, load or breach, as far as its customer's terms allow it."""
    warned = text(request, "warned_on", most=10)
    hold_service(
        here.company,
        service_id,
        cause=cast("StaffCause", text(request, "cause", most=20)),
        reason=_reason(request),
        order=_order(request, here),
        hours=_hours(request),
        warned_on=parse_day(warned) if warned else None,
    )
    say(request, _("It is held, and the customer is written to."))


@act(back="office:service")
def lift(request: HttpRequest, here: Visit, *, service_id: int) -> None:
    lift_hold(
        here.company, service_id, number_in(request, "hold"), reason=_reason(request), order=_order(request, here)
    )
    say(request, _("It is lifted, and the customer is written to."))


@act(back="office:service")
def stop_mail(request: HttpRequest, here: Visit, *, service_id: int) -> None:
    """Stop the mail that goes out, for some hours or until it is lifted."""
    stop_sending(here.company, service_id, reason=_reason(request), order=_order(request, here), hours=_hours(request))
    say(request, _("Mail going out is stopped; it is still received. The customer is written to."))


@act(back="office:service")
def answer_bulk(request: HttpRequest, here: Visit, *, service_id: int) -> None:
    """Give the leave for much mail that was asked for, until a day, or refuse it with a reason."""
    if text(request, "answer", most=10) == "no":
        refuse_bulk(here.company, service_id, reason=_reason(request), order=_order(request, here))
        say(request, _("The wish is refused, and the customer is written to."))
        return
    until = text(request, "until", most=10)
    grant_bulk(
        here.company,
        service_id,
        way=text(request, "way", most=20),
        until=parse_day(until) if until else None,
        order=_order(request, here),
    )
    say(request, _("The leave is given, and the customer is written to."))


@act(back="office:service")
def confirm(request: HttpRequest, here: Visit, *, service_id: int) -> None:
    """Note how a person saw that the domain is the customer's own."""
    _own(here, service_id)
    order = _order(request, here)
    confirm_domain(service_id, how=text(request, "how", most=200), by=order.by, today=order.today, at=order.at)
    say(request, _("It is kept how the domain was shown to be the customer's."))


@act(back="office:service")
def give(request: HttpRequest, here: Visit, *, service_id: int) -> None:
    """Give a service the domain that it waits for."""
    _own(here, service_id)
    order = _order(request, here)
    give_domain(service_id, text(request, "domain", most=253), by=order.by, today=order.today, at=order.at)
    say(request, _("The service has its domain."))


@act(back="office:service")
def lay(request: HttpRequest, here: Visit, *, service_id: int) -> None:
    """Lay out on a server a service that began before there was one."""
    _own(here, service_id)
    order = _order(request, here)
    lay_out(here.company, service_id, reason=_reason(request), by=order.by, today=order.today, at=order.at)
    say(request, _("It is laid out, or its page says what it waits for."))


@act(back="office:service")
def change_plan(request: HttpRequest, here: Visit, *, service_id: int) -> None:
    """Change the line of a service from today on, and bill the rest of the time; its sizes follow in the next round."""
    found = services([service_id], company_id=here.company.company_id)
    if not found:
        raise Incomplete(_("There is no such service."))
    quantity = text(request, "quantity", most=5)
    if not quantity.isascii() or not quantity.isdigit():
        raise Incomplete(_("Write the number as a whole number."))
    plan = text(request, "plan", most=60)
    if plan not in {code for code, _name in plans_beside(here.company.company_id, found[0].product)}:
        raise Incomplete(_("Choose a plan of the same product."))
    change_billed_line(
        here.company,
        found[0].line_id,
        plan_code=plan,
        quantity=int(quantity),
        reason=_reason(request),
        because=(),
        by=name_in_records(request),
        today=here.today,
        at=here.at,
    )
    say(request, _("The line is changed from today, and the rest of the time is billed. The sizes follow at once."))


def _own(here: Visit, service_id: int) -> None:
    if not services([service_id], company_id=here.company.company_id):
        raise Incomplete(_("There is no such service."))


def _order(request: HttpRequest, here: Visit) -> Order:
    return Order(by=name_in_records(request), today=here.today, at=here.at)


def _reason(request: HttpRequest) -> str:
    reason = text(request, "reason", most=REASON_LETTERS_MAX)
    if not reason:
        raise Incomplete(_("Say why. The reason is kept with the record."))
    return reason


def _hours(request: HttpRequest) -> int | None:
    found = text(request, "hours", most=5)
    if not found:
        return None
    if not found.isascii() or not found.isdigit() or not 1 <= int(found) <= HOURS_MAX:
        raise Incomplete(_("Write the number of hours as a whole number from 1 to 999."))
    return int(found)
