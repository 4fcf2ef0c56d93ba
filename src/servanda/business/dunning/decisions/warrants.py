"""What does an adverse act of dunning rest on? The premises of its warrant, as they are read in the transaction that asks. Pure."""

from datetime import date, timedelta

from servanda.business.dunning.decisions.orders import Order
from servanda.business.dunning.facts import Arrears
from servanda.business.evidence.facts import Approval, WarrantRequest

WARRANT_DAYS = 7  # a warrant that is not used within a week is decided again from fresh facts


def warrant_for(
    order: Order, arrears: Arrears, *, company_id: int, approvals: tuple[Approval, ...], today: date
) -> WarrantRequest:
    """Return what is to be checked before an order is carried out: its clause, its days, its evidence, a person's yes."""
    return WarrantRequest(
        company_id=company_id,
        key=order.key,
        act=order.what,
        subject=f"invoice:{order.invoice_id}",
        fingerprint=f"invoice:{arrears.invoice_number}:open:{arrears.open_total.minor}",
        because=order.because,
        parameters={"allowed_on": order.allowed_on.isoformat(), "rule_on": order.rule_on.isoformat()},
        evidence_keys=rests_on(arrears),
        not_before=order.allowed_on,
        expires_on=max(order.allowed_on, today) + timedelta(days=WARRANT_DAYS),
        customer_id=arrears.customer_id,
        approvals=approvals,
        needs_person=order.decided_by == "person",
    )


def rests_on(arrears: Arrears) -> tuple[str, ...]:
    """Return the records that the right to act rests on: the invoice, its delivery, the delay, and each letter before."""
    letters = tuple(f"letter.accepted:{done.key}" for done in arrears.done if done.what == "reminder.sent")
    return (
        f"invoice.issued:{arrears.invoice_id}",
        *((arrears.received_key,) if arrears.received_key else ()),
        *(f"payment.late:{arrears.invoice_id}" for done in arrears.done if done.what == "payment.late"),
        *letters,
    )
