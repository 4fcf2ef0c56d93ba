"""A line follows a use beyond what was agreed: offered with its price, and changed from the agreed day, never backwards."""

from datetime import date, datetime

from django.db import transaction

from servanda.business.billing.actions.changing_lines import change_billed_line, preview_change
from servanda.business.catalogue.queries import prices_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.customers.queries import customer
from servanda.business.evidence.queries import is_braked
from servanda.business.hosting import wording
from servanda.business.hosting.actions.changing import Order
from servanda.business.hosting.actions.tasks import end_task
from servanda.business.hosting.actions.true_up import WITHIN, note_offer, reopen
from servanda.business.hosting.actions.writing import letter_to
from servanda.business.hosting.decisions.true_up import UseRefused, checked_first_day, over_of, way_of
from servanda.business.hosting.facts import Plain, TaskFacts
from servanda.business.hosting.queries.services import services
from servanda.business.hosting.queries.tasks import agreed_tasks, task_of
from servanda.business.hosting.queries.true_up import limit_on_use
from servanda.business.hosting.queries.usage import use_of
from servanda.business.letters.actions import write_letters
from servanda.business.letters.queries import deliveries
from servanda.ground.refusal import Refused


@transaction.atomic
def offer_change(
    company: CompanyFacts, task_id: int, *, plan_code: str, quantity: int, from_on: date | None, order: Order
) -> None:
    """Write to the customer what they use, what was agreed, and what the line would become from which day at which price.

    Where the clause bills more, the line follows on that day unless the use is within what was agreed by then; elsewhere only
    when the customer says yes. Refuses a day that has come, and a use that is within what was agreed again.
    """
    task = task_of(company.company_id, task_id)
    (service,) = services([task.service_id])
    over = over_of(use_of(service.service_id, today=order.today))
    if not over:
        raise UseRefused("The use is within what was agreed again. There is nothing to offer.")
    answer = limit_on_use(company, service, over[0], today=order.today)
    way = way_of(answer)
    first_day = checked_first_day(way, from_on=from_on, today=order.today)
    preview = preview_change(company, service.line_id, plan_code=plan_code, quantity=quantity, today=order.today)
    key = f"use.offered:{task_id}:{order.at.isoformat()}"
    offer: dict[str, Plain] = {
        "plan": plan_code,
        "quantity": quantity,
        "from_on": first_day.isoformat(),
        "price_minor": (preview.next_unit * quantity).minor,
        "letter": key,
    }
    note_offer(company, task_id, offer, agreed_from=first_day if way == "from a day" else None, order=order)
    to = customer(service.customer_id)
    words = wording.use_offered(
        service.name,
        over,
        plan=prices_of(company.company_id).name_of(plan_code, to.language),
        quantity=quantity,
        price=preview.next_unit * quantity,
        from_on=first_day,
        needs_yes=way == "with a yes",
        company_name=company.name,
        email=company.email,
    )
    write_letters(
        [
            letter_to(
                company,
                service.customer_id,
                key=key,
                kind="use",
                words=words,
                because=answer.because,
                today=order.today,
                at=order.at,
            )
        ]
    )


def follow_uses(company: CompanyFacts, *, today: date, at: datetime) -> int:
    """Change the lines whose agreed day has come, and return how many.

    What no customer said yes to waits while the brake is on and until the letter with its figures was taken in, and falls away
    when the use is within what was agreed. What cannot be changed goes back to a person.
    """
    changed = 0
    for task in agreed_tasks(company.company_id, today=today):
        try:
            with transaction.atomic():
                changed += _follow(company, task, today=today, at=at)
        except Refused as refusal:
            reopen(company, task.task_id, because_of=str(refusal))
    return changed


def _follow(company: CompanyFacts, task: TaskFacts, *, today: date, at: datetime) -> bool:
    order = Order(by="system", today=today, at=at)
    (service,) = services([task.service_id])
    if "agreed_by" not in task.offer:
        if not over_of(use_of(task.service_id, today=today)):
            end_task(company, task.task_id, outcome=WITHIN, order=order)
            return False
        told = deliveries([str(task.offer["letter"])])
        if is_braked(company.company_id) or not any(one.on < today for one in told.values()):
            return False
    plan, quantity = str(task.offer["plan"]), int(task.offer["quantity"])
    change_billed_line(
        company,
        service.line_id,
        plan_code=plan,
        quantity=quantity,
        reason=f"use beyond what was agreed, task {task.task_id}",
        because=task.because,
        by=str(task.offer.get("agreed_by", "system")),
        today=today,
        at=at,
    )
    end_task(company, task.task_id, outcome=f"{quantity} × {plan}", order=order)
    return True
