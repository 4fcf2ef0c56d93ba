"""Money back for days of fault, as far as the terms allow: a person approves, and no day is refunded twice."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from servanda.business.billing.actions.allocating import Allocated, lock_invoices
from servanda.business.billing.actions.crediting import credit_invoice
from servanda.business.billing.actions.refunding import NothingToGiveBack
from servanda.business.billing.facts import BilledTime, CreditedAs
from servanda.business.billing.models import InvoiceLine, Refund
from servanda.business.billing.queries import invoices
from servanda.business.billing.queries.refunds import billed_times_of, line_of
from servanda.business.billing.wording import outage_reason, outage_text
from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.decisions.leaving import fault_refund_objection, refund_ceiling
from servanda.business.contracts.queries import own_terms_of_lines
from servanda.business.evidence.actions import record
from servanda.business.evidence.facts import Approval, because_to_json
from servanda.business.library.queries import version_of
from servanda.ground.money import Money
from servanda.ground.periods import Period
from servanda.terms.clauses import RefundCeiling
from servanda.terms.resolving import ask
from servanda.terms.ruled import Ruled, ruled

# Where the terms set no ceiling, no more goes back than what those days cost.
WHOLE_FEE = Ruled(RefundCeiling(percent=Decimal(100)), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageCeiling:
    """The most that may go back for days of fault on a line, and what it is reckoned from."""

    rule: Ruled[RefundCeiling]
    yearly_fee: Money
    days: int
    highest: Money


def outage_ceiling(company: CompanyFacts, line_id: int, fault: Period, *, today: date) -> OutageCeiling:
    """Return the most that may go back for these days; refuses days that were not billed."""
    line = line_of(line_id)
    answer = ask(
        version_of(company.slug, line.terms_version),
        RefundCeiling,
        on=max(today, line.concluded_on),
        product=line.product_code,
        customer=line.customer_kind,
        deviations=own_terms_of_lines([line]).get(line.contract_id, ()),
    )
    rule = ruled(answer) or WHOLE_FEE
    fee = _yearly_fee(line_id, fault, interval_months=line.interval_months)
    return OutageCeiling(
        rule=rule,
        yearly_fee=fee,
        days=fault.days,
        highest=refund_ceiling(rule.rule, yearly_fee=fee, fault_days=fault.days),
    )


@transaction.atomic
def refund_outage(
    company: CompanyFacts,
    line_id: int,
    fault: Period,
    amount: Money,
    *,
    is_sole_fault: bool,
    approval: Approval,
    today: date,
    at: datetime,
) -> tuple[Allocated, ...]:
    """Credit so much for days of fault, and return the invoices that changed. The same days again are refused.

    Refuses what the terms do not allow: a fault that is not ours alone, more than the ceiling, and what nobody approved.
    """
    ceiling = outage_ceiling(company, line_id, fault, today=today)
    objection = fault_refund_objection(
        ceiling.rule,
        amount=amount,
        yearly_fee=ceiling.yearly_fee,
        fault_days=fault.days,
        is_sole_fault=is_sole_fault,
        approved_by=approval.by if approval.reason.strip() else "",
    )
    if objection is not None:
        raise NothingToGiveBack(objection.message, because=objection.because[0] if objection.because else None)
    if amount.minor <= 0:
        raise NothingToGiveBack("Write an amount above nothing.")
    time = _time_to_credit(line_id, fault, amount)
    lock_invoices([time.invoice_id])
    if Refund.objects.filter(line_id=line_id, kind="outage", since__lt=fault.until, until__gt=fault.since).exists():
        raise NothingToGiveBack("Some of these days were refunded before. Choose the days that were not.")
    time = _time_to_credit(line_id, fault, amount)
    return (_credit(company, line_id, fault, time, amount, ceiling, approval=approval, today=today, at=at),)


def _credit(
    company: CompanyFacts,
    line_id: int,
    fault: Period,
    time: BilledTime,
    amount: Money,
    ceiling: OutageCeiling,
    *,
    approval: Approval,
    today: date,
    at: datetime,
) -> Allocated:
    (invoice,) = invoices([time.invoice_id])
    reckoning = outage_text(
        ceiling.yearly_fee, fault.days, ceiling.highest, ceiling.rule.rule.percent, invoice.language
    )
    note_id = credit_invoice(
        company,
        time.invoice_id,
        net_by_position={time.position: amount},
        reason=outage_reason(time.description, fault, reckoning, invoice.language),
        because=ceiling.rule.because,
        by=approval.by,
        today=today,
        at=at,
        credited_as={time.position: CreditedAs(description=f"{time.description}: {reckoning}", period=fault)},
    )
    key = f"outage.refunded:{line_id}:{fault.since}:{fault.until}"
    Refund.objects.create(
        company_id=company.company_id,
        customer_id=invoice.customer_id,
        kind="outage",
        key=key,
        line_id=line_id,
        invoice_id=time.invoice_id,
        invoice_line_id=time.line_key,
        number=time.steps + 1,
        state="given",
        cause="outage",
        since=fault.since,
        until=fault.until,
        net_minor=amount.minor,
        document_id=note_id,
        reckoning=reckoning,
        because=because_to_json(ceiling.rule.because),
        on_day=today,
        by=approval.by,
    )
    record(
        company_id=company.company_id,
        key=key,
        what="outage.refunded",
        subject=f"invoice:{time.invoice_id}",
        on_day=today,
        at=at,
        because=ceiling.rule.because,
        facts={
            "line": line_id,
            "amount_minor": amount.minor,
            "ceiling_minor": ceiling.highest.minor,
            "days": fault.days,
            "reason": approval.reason,
        },
        customer_id=invoice.customer_id,
        by=approval.by,
    )
    return Allocated(invoice.invoice_id, invoice.customer_id, today, Money(0, invoice.total.currency))


def _time_to_credit(line_id: int, fault: Period, amount: Money) -> BilledTime:
    """Return the billed time that the fault began in, or refuse when it has less left than what is to go back."""
    for time in billed_times_of(line_id):
        if fault.since in time.period and amount <= time.left:
            return time
    raise NothingToGiveBack(
        "No invoice over %(since)s has %(amount)s left to credit on this line. Look at what was billed and credited.",
        {"since": fault.since, "amount": amount},
    )


def _yearly_fee(line_id: int, fault: Period, *, interval_months: int) -> Money:
    row = InvoiceLine.objects.filter(
        line_id=line_id, bills_period=True, invoice__kind="invoice", since__lte=fault.since, until__gt=fault.since
    ).first()
    if row is None or interval_months == 0:
        raise NothingToGiveBack(
            "The line was not billed for %(since)s; nothing can go back for that day.", {"since": fault.since}
        )
    return Money(1).times(Decimal(row.unit_minor * row.quantity * 12) / interval_months)
