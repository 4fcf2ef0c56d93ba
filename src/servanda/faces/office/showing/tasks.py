"""Tasks about services as staff see them: what was measured or complained of, and what the terms allow."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from servanda.business.hosting.decisions.complaints import hold_proposed
from servanda.business.hosting.decisions.load import pause_hours_left
from servanda.business.hosting.decisions.true_up import over_of, way_of
from servanda.business.hosting.facts import Plain, ServiceFacts, TaskFacts
from servanda.business.hosting.queries.tasks import load_seen_at, open_tasks, tasks_of_service
from servanda.business.hosting.queries.terms import asked_of
from servanda.business.hosting.queries.true_up import limit_on_use, proposed_change
from servanda.business.hosting.queries.usage import use_of
from servanda.faces.office.places import Visit
from servanda.faces.office.shown import Link, Stamp
from servanda.faces.office.shown_tasks import TaskRow
from servanda.faces.office.words import language
from servanda.faces.parts.hosting.words import use_texts
from servanda.ground.calendar import day_text
from servanda.ground.money import Money, money_text
from servanda.terms.clauses import Suspension

TITLES = {
    "load": gettext_noop("High load"),
    "use": gettext_noop("More is used than was agreed"),
    "complaint": gettext_noop("A complaint"),
    "restore": gettext_noop("Data are asked back from a copy"),
}
STATES = {
    "open": (gettext_noop("Waits for you"), "warn"),
    "offered": (gettext_noop("Waits for the customer"), "note"),
    "agreed": (gettext_noop("Agreed"), "calm"),
    "done": (gettext_noop("Seen to"), "note"),
}
ABOUT = {
    "spam": gettext_noop("unwanted mail"),
    "phishing": gettext_noop("fraud or phishing"),
    "malware": gettext_noop("harmful programs"),
    "attack": gettext_noop("attacks on others"),
    "content": gettext_noop("content"),
    "other": gettext_noop("something else"),
}
SOURCES = {
    "mail": gettext_noop("by mail"),
    "feedback loop": gettext_noop("from a feedback loop"),
    "authority": gettext_noop("from an authority"),
    "own finding": gettext_noop("found by us"),
    "mail gate": gettext_noop("the server refused to send mail"),
}


def task_rows(here: Visit) -> tuple[TaskRow, ...]:
    """Return what waits about services in a company, without what may be done: that stands on the page of each."""
    return tuple(_row(here, one) for one in open_tasks(here.company.company_id))


def tasks_shown(here: Visit, service: ServiceFacts) -> tuple[TaskRow, ...]:
    """Return the tasks about one service, with what may be done about each that waits."""
    return tuple(_with_acts(here, service, one, _row(here, one)) for one in tasks_of_service(service.service_id))


def _row(here: Visit, task: TaskFacts) -> TaskRow:
    text, tone = STATES[task.state]
    return TaskRow(
        task_id=task.task_id,
        service=Link(task.name, reverse("office:service", args=[here.company.slug, task.service_id])),
        title=_(TITLES[task.kind]),
        opened_on=task.opened_on,
        stamp=Stamp(_(text), tone),
        notes=_notes(task),
        words=task.words,
        because=task.because,
        outcome=task.outcome,
        is_done=task.state == "done",
    )


def _notes(task: TaskFacts) -> tuple[str, ...]:
    facts = task.facts
    if task.kind == "load":
        figures = {"cores": _decimal(int(facts["millicores"]) / 1000), "processes": facts["processes"]}
        told = (_("The customer was written to."),) if facts["is_told"] else (_("Nobody has written to the customer."),)
        return (_("%(cores)s processor cores on average, %(processes)s processes.") % figures, *told)
    if task.kind == "use":
        days = _("Days beyond it in the last thirty: %(days)s.") % {"days": facts["days"]} if facts.get("days") else ""
        return (*use_texts(facts), *((days,) if days else ()), *_offer(task))
    if task.kind == "complaint":
        source = _(SOURCES.get(str(facts["source"]), SOURCES["mail"]))
        return (_(ABOUT.get(str(facts["about"]), ABOUT["other"])), source)
    return (
        ", ".join(str(facts[name]) for name in ("what", "into", "database", "domain") if facts.get(name)),
        *_price(task),
    )


def _offer(task: TaskFacts) -> tuple[str, ...]:
    if "refused" in task.offer:
        return (_("It could not be carried out: %(why)s") % {"why": task.offer["refused"]},)
    if "plan" not in task.offer:
        return ()
    return (
        _("Offered: %(what)s at %(price)s without VAT, from %(day)s.")
        % {
            "what": f"{task.offer['quantity']} × {task.offer['plan']}",
            "price": _money(task.offer),
            "day": day_text(date.fromisoformat(str(task.offer["from_on"])), language()),
        },
    )


def _price(task: TaskFacts) -> tuple[str, ...]:
    if "is_charged" not in task.offer:
        return ()
    if not task.offer["is_charged"]:
        return (_("It costs nothing: %(reason)s") % {"reason": task.offer["reason"]},)
    return (
        _("It costs %(price)s without VAT: %(reason)s") % {"price": _money(task.offer), "reason": task.offer["reason"]},
    )


def _with_acts(here: Visit, service: ServiceFacts, task: TaskFacts, row: TaskRow) -> TaskRow:
    if task.state == "done" or service.state != "running":
        return row
    if task.kind in {"load", "complaint"}:
        return _with_hold(here, service, row, cause="load" if task.kind == "load" else "abuse")
    if task.kind == "use":
        return _with_offer(here, service, task, row)
    return replace(
        row,
        may_answer=task.state == "open",
        may_agree=task.state == "offered",
        may_begin=task.state == "agreed",
    )


def _with_hold(here: Visit, service: ServiceFacts, row: TaskRow, *, cause: str) -> TaskRow:
    """Add the hold that the terms allow, for at most so long; or say what stands in its way."""
    answer = asked_of(here.company, service, Suspension, today=here.today, selector=(("cause", cause),))
    proposed = hold_proposed(answer)
    if not proposed.may_be_held or answer.rule is None:
        note = _("The terms allow no hold for this. Write to the customer.")
        if proposed.forbidden_by is not None:
            note = _("%(law)s forbids to hold it. Write to the customer.") % {"law": proposed.forbidden_by}
        return replace(row, hold_note=note)
    if any(hold.cause == cause for hold in service.open_holds):
        return replace(row, hold_note=_("It is held for this now."))
    hours, note = proposed.hours_max or 0, ""
    if cause == "load":
        seen_at = load_seen_at(service.service_id)
        left = pause_hours_left(answer.rule, service.holds, load_seen_at=seen_at, at=here.at)
        hours = int(left) if left is not None else hours
        if left is not None and left < 1:
            note = _("It has paused for as long as the terms allow. A load that is found anew allows another pause.")
    elif proposed.needs_warning is not None:
        note = _("%(law)s wants a written warning first; give its day.") % {"law": proposed.needs_warning}
    may_hold = cause != "load" or hours > 0
    return replace(
        row, hold_cause=cause if may_hold else "", hold_hours=hours, hold_note=note, hold_because=proposed.because
    )


def _with_offer(here: Visit, service: ServiceFacts, task: TaskFacts, row: TaskRow) -> TaskRow:
    over = over_of(use_of(service.service_id, today=here.today))
    found = proposed_change(here.company, service, today=here.today)
    way = way_of(limit_on_use(here.company, service, over[0], today=here.today)) if over else "with a yes"
    note = (
        _("By the terms it may be billed from the day that you choose; the customer reads the figures first.")
        if way == "from a day"
        else _("It changes when the customer says yes.")
    )
    return replace(
        row,
        may_offer=task.state == "open" and bool(over),
        may_agree=task.state == "offered",
        offer_plan=found.plan if found is not None else "",
        offer_quantity=found.quantity if found is not None else 1,
        offer_note=note if found is not None else _("No plan of the product covers it. Agree with the customer."),
    )


def _money(offer: Mapping[str, Plain]) -> str:
    return money_text(Money(int(offer["price_minor"])), language())


def _decimal(number: float) -> str:
    return f"{number:.1f}".replace(".", "," if language() == "da" else ".")
