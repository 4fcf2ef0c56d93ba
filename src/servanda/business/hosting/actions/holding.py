"""What staff do about a service's use: hold it, stop its mail going out, and lift both; each with warrant, letter and reason."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.db import transaction

from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.actions import issue_warrant, record
from servanda.business.evidence.facts import Approval, WarrantRequest, because_from_json
from servanda.business.hosting import wording
from servanda.business.hosting.actions.changing import Order
from servanda.business.hosting.actions.services import lift_one_hold, place_holds
from servanda.business.hosting.actions.writing import letter_to
from servanda.business.hosting.decisions.holding import (
    STAFF_CAUSES,
    HoldOrder,
    HoldRefused,
    StaffCause,
    hold_ordered,
    stop_of_sending,
)
from servanda.business.hosting.decisions.load import refuse_pause_upon_pause
from servanda.business.hosting.facts import ServiceFacts
from servanda.business.hosting.models import Hold
from servanda.business.hosting.queries.mail import mail_service_of
from servanda.business.hosting.queries.services import services
from servanda.business.hosting.queries.tasks import load_seen_at
from servanda.business.hosting.queries.terms import asked_of
from servanda.business.letters.actions import write_letters
from servanda.ground.citation import Citation
from servanda.terms.clauses import OutboundBlock, Suspension

WARRANT_DAYS = 7


@transaction.atomic
def hold_service(
    company: CompanyFacts,
    service_id: int,
    *,
    cause: StaffCause,
    reason: str,
    order: Order,
    hours: int | None = None,
    warned_on: date | None = None,
) -> None:
    """Hold a service on a person's word, under its customer's terms, and write to the customer.

    A hold for load ends by itself, within the hours of the terms (servicepoint-035). Refuses what the terms do not allow, a
    service that does not run or is held for this already, and while the brake is on.
    """
    if cause not in STAFF_CAUSES:
        raise HoldRefused("Choose the cause: abuse, load or breach. What is not paid is held by its invoice.")
    service = _service(company, service_id)
    answer = asked_of(company, service, Suspension, today=order.today, selector=(("cause", cause),))
    ordered = hold_ordered(answer, cause=cause, hours=hours, warned_on=warned_on, at=order.at)
    if cause == "load" and answer.rule is not None and ordered.ends_at is not None:
        refuse_pause_upon_pause(
            answer.rule,
            service.holds,
            load_seen_at=load_seen_at(service_id),
            begins_at=order.at,
            ends_at=ordered.ends_at,
            because=answer.because[0],
        )
    warning = {"warned_on": warned_on.isoformat()} if warned_on is not None else {}
    _place(company, service, ordered, reason=reason, order=order, parameters=warning)


@transaction.atomic
def stop_sending(
    company: CompanyFacts, service_id: int, *, reason: str, order: Order, hours: int | None = None
) -> None:
    """Stop what a service sends by mail, for some hours or until it is lifted; it goes on receiving (simsoft-017, 018)."""
    service = _service(company, service_id)
    keeper = mail_service_of(service_id)
    if keeper is None:
        raise HoldRefused("%(name)s has no mail here, so there is nothing to stop.", {"name": service.name})
    answer = asked_of(company, service, OutboundBlock, today=order.today)
    ordered = stop_of_sending(answer, hours=hours, at=order.at)
    _place(company, _service(company, keeper), ordered, reason=reason, order=order, parameters={})


@transaction.atomic
def lift_hold(company: CompanyFacts, service_id: int, hold_id: int, *, reason: str, order: Order) -> None:
    """Lift a hold that a person placed, and write to the customer. One for an unpaid invoice ends with the invoice."""
    _need(reason)
    row = Hold.objects.select_for_update(of=("self",)).select_related("service")
    hold = row.filter(pk=hold_id, service_id=service_id, service__company_id=company.company_id).first()
    if hold is None or hold.lifted_at is not None:
        raise HoldRefused("This hold is lifted already. Look at the service as it is now.")
    if hold.cause == "payment":
        raise HoldRefused("It is held for an unpaid invoice. Agree on a plan or a dispute on the page of the invoice.")
    because = because_from_json(hold.because)
    lift_one_hold(hold_id, because=because, reason=reason, today=order.today, at=order.at, by=order.by)
    (service,) = services([service_id])
    words = wording.hold_lifted(service.name, hold.cause, company.name)
    _write(company, service, f"hold.lifted:{hold_id}", words, because, order=order)


def _place(
    company: CompanyFacts,
    service: ServiceFacts,
    ordered: HoldOrder,
    *,
    reason: str,
    order: Order,
    parameters: Mapping[str, object],
) -> None:
    _need(reason)
    key = f"hold.placed:{service.service_id}:{ordered.cause}:{order.at.isoformat()}"
    ends = ordered.ends_at.isoformat() if ordered.ends_at is not None else None
    issue_warrant(
        WarrantRequest(
            company_id=company.company_id,
            key=key,
            act="hold.placed",
            subject=f"service:{service.service_id}",
            fingerprint=f"service:{service.service_id}:line:{service.line_id}:state:{service.state}",
            because=ordered.because,
            parameters={"cause": ordered.cause, "ends_at": ends, **parameters},
            evidence_keys=(),
            not_before=order.today,
            expires_on=order.today + timedelta(days=WARRANT_DAYS),
            customer_id=service.customer_id,
            approvals=(Approval(order.by, order.at, reason),),
            needs_person=True,
        ),
        today=order.today,
        at=order.at,
    )
    held = place_holds(
        [service.service_id],
        cause=ordered.cause,
        invoice_id=None,
        warrant_key=key,
        because=ordered.because,
        today=order.today,
        at=order.at,
        ends_at=ordered.ends_at,
    )
    if not held:
        raise HoldRefused(
            "%(name)s does not run, or is held for this already. Look at it as it is now.", {"name": service.name}
        )
    record(
        company_id=company.company_id,
        key=key,
        what="hold.placed",
        subject=f"service:{service.service_id}",
        on_day=order.today,
        at=order.at,
        because=ordered.because,
        facts={"cause": ordered.cause, "name": service.name, "services": list(held), "reason": reason, "ends_at": ends},
        customer_id=service.customer_id,
        by=order.by,
    )
    words = wording.hold_placed(
        service.name, ordered.cause, reason, company_name=company.name, email=company.email, ends_at=ordered.ends_at
    )
    _write(company, service, key, words, ordered.because, order=order)


def _write(
    company: CompanyFacts,
    service: ServiceFacts,
    key: str,
    words: wording.Words,
    because: tuple[Citation, ...],
    *,
    order: Order,
) -> None:
    write_letters(
        [
            letter_to(
                company,
                service.customer_id,
                key=key,
                kind="hold",
                words=words,
                because=because,
                today=order.today,
                at=order.at,
            )
        ]
    )


def _service(company: CompanyFacts, service_id: int) -> ServiceFacts:
    found = services([service_id], company_id=company.company_id)
    if not found:
        raise HoldRefused("There is no such service in this company.")
    return found[0]


def _need(reason: str) -> None:
    if not reason.strip():
        raise HoldRefused("Say why. The reason goes to the customer and is kept with the record.")
