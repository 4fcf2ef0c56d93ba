"""Giving back what was billed for time that is not used, and billing it again when it is used after all.

Each step is one row of `Refund`, one credit note or invoice, and one record, in one transaction that holds the invoices of the
line. What is due is read under that lock, so a second worker finds it done.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from servanda.business.billing.actions.allocating import Allocated, lock_invoices
from servanda.business.billing.actions.crediting import credit_invoice
from servanda.business.billing.actions.issuing import issue_lines
from servanda.business.billing.decisions.refunds import (
    AskWhatGoesBack,
    BillAgain,
    GiveBack,
    HowItEnds,
    Settled,
    TimeStep,
    time_step,
)
from servanda.business.billing.facts import CreditedAs, DraftLine, InvoiceFacts
from servanda.business.billing.models import Refund, RunningLine
from servanda.business.billing.queries import invoices
from servanda.business.billing.queries.lines import contract_to_bill
from servanda.business.billing.queries.refunds import billed_times_of, how_it_ends, line_of
from servanda.business.billing.wording import billed_again_text, given_back_reason, given_back_text, time_reckoning
from servanda.business.catalogue.queries import prices_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.queries import line_facts
from servanda.business.evidence.actions import record
from servanda.business.evidence.facts import because_to_json
from servanda.ground.law.consumers import REFUND_DAYS
from servanda.ground.law.vat import treatment_of
from servanda.ground.money import Money
from servanda.ground.refusal import Refused
from servanda.terms.clauses import CustomerKind

STEPS_MAX = 40  # on one period of one line, for one end; more is a bug, and the line is left alone
STATES = {
    GiveBack.what: "given",
    BillAgain.what: "billed again",
    AskWhatGoesBack.what: "asked",
    Settled.what: "nothing",
}


class NothingToGiveBack(Refused):
    """Nothing is left to give back, or it was decided already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunded:
    """What was done on a line: the invoices whose open amount changed, and what a person must decide.

    `decided` are the invoices' lines on which anything was decided anew: what a person was asked of them before falls away.
    """

    changed: tuple[Allocated, ...]
    asked: tuple[AskWhatGoesBack, ...]
    documents: tuple[int, ...]
    decided: tuple[int, ...] = ()


@transaction.atomic
def settle_billed_time(company: CompanyFacts, line_id: int, *, today: date, at: datetime) -> Refunded:
    """Give back or bill again what is due on a line by how it ends now; called again, it finds nothing due."""
    lock_invoices({time.invoice_id for time in billed_times_of(line_id)})
    end = how_it_ends(company.slug, line_of(line_id), today=today)
    changed: list[Allocated] = []
    asked: list[AskWhatGoesBack] = []
    documents: list[int] = []
    decided: list[int] = []
    for line_key in [time.line_key for time in billed_times_of(line_id)]:
        for _ in range(STEPS_MAX):
            time = next(one for one in billed_times_of(line_id) if one.line_key == line_key)
            step = time_step(time, end)
            is_looked_at = time.steps > 0 and time.for_until == end.until
            if isinstance(step, Settled | AskWhatGoesBack) and is_looked_at:
                break
            document = _carry_out(company, step, end, today=today, at=at, by="system")
            decided.append(line_key)
            documents += [document] if document is not None else []
            changed += [_changed(step, today)] if isinstance(step, GiveBack) else []
            if isinstance(step, AskWhatGoesBack):
                asked.append(step)
                break
        else:
            raise AssertionError(f"the time of line {line_id} does not come to rest")
    return Refunded(
        changed=tuple(changed), asked=tuple(asked), documents=tuple(documents), decided=tuple(dict.fromkeys(decided))
    )


@transaction.atomic
def decide_unused(
    company: CompanyFacts, key: str, *, is_given_back: bool, reason: str, by: str, today: date, at: datetime
) -> Refunded:
    """Carry out a person's decision on what was asked under the key: give the unused time back, or keep the money.

    Decided by the facts of today: what the end has become meanwhile, and what was credited.
    """
    asked = Refund.objects.filter(key=key, state="asked").first()
    if asked is None:
        raise NothingToGiveBack("Nobody was asked about this. Look at the customer's page.")
    lock_invoices([asked.invoice_id])
    time = next(one for one in billed_times_of(asked.line_id) if one.line_key == asked.invoice_line_id)
    end = how_it_ends(company.slug, line_of(asked.line_id), today=today)
    step = time_step(time, end)
    latest = Refund.objects.filter(invoice_line_id=asked.invoice_line_id, kind="unused").order_by("-number").first()
    if latest is None or latest.key != key or not isinstance(step, AskWhatGoesBack):
        raise NothingToGiveBack("The line ends otherwise now, or this was decided already. Look at it again.")
    if not is_given_back:
        _write(company, step, state="kept", key=f"time.kept:{time.line_key}:{time.steps + 1}", today=today, by=by)
        _tell(company, step, "time.kept", {"reason": reason}, today=today, at=at, by=by, customer_id=asked.customer_id)
        return Refunded(changed=(), asked=(), documents=())
    given = GiveBack(
        time=time,
        period=step.period,
        amount=step.amount,
        for_until=step.for_until,
        cause=step.cause,
        because=step.because,
    )
    document = _carry_out(company, given, end, today=today, at=at, by=by)
    assert document is not None
    return Refunded(changed=(_changed(given, today),), asked=(), documents=(document,))


def bill_no_more(line_id: int) -> None:
    """Let nothing more be billed of a line whose days are not paid for, not even those that have passed."""
    (line,) = line_facts([line_id])
    RunningLine.objects.filter(pk=line_id, billed_until__lt=line.until).update(
        billed_until=line.until, look_again_on=None
    )


def _changed(step: TimeStep, today: date) -> Allocated:
    (invoice,) = invoices([step.time.invoice_id])
    return Allocated(invoice.invoice_id, invoice.customer_id, today, Money(0, invoice.total.currency))


def _carry_out(
    company: CompanyFacts, step: TimeStep, end: HowItEnds, *, today: date, at: datetime, by: str
) -> int | None:
    """Carry out a step and return the credit note or invoice it wrote, if any."""
    (invoice,) = invoices([step.time.invoice_id])
    reckoning = time_reckoning(step, invoice.language) if step.amount else ""
    document = None
    if isinstance(step, GiveBack):
        document = _credit(company, step, invoice, reckoning, today=today, at=at, by=by)
    elif isinstance(step, BillAgain):
        document = _bill_again(company, step, invoice, reckoning, today=today, at=at)
    _write(
        company,
        step,
        state=STATES[step.what],
        key=step.key,
        today=today,
        by=by,
        document=document,
        reckoning=reckoning,
        pay_out_by=_pay_out_by(step, end, invoice, document, today=today),
    )
    if not isinstance(step, Settled):
        facts = {"amount_minor": step.amount.minor, "reckoning": reckoning, "cause": step.cause}
        _tell(company, step, step.what, facts, today=today, at=at, by=by, customer_id=invoice.customer_id)
    return document


def _credit(
    company: CompanyFacts,
    step: GiveBack,
    invoice: InvoiceFacts,
    reckoning: str,
    *,
    today: date,
    at: datetime,
    by: str,
) -> int:
    position = step.time.position
    told = CreditedAs(description=given_back_text(step, reckoning, invoice.language), period=step.period)
    return credit_invoice(
        company,
        step.time.invoice_id,
        net_by_position={position: step.amount},
        reason=given_back_reason(step, reckoning, invoice.language),
        because=step.because,
        by=by,
        today=today,
        at=at,
        credited_as={position: told},
    )


def _bill_again(
    company: CompanyFacts, step: BillAgain, invoice: InvoiceFacts, reckoning: str, *, today: date, at: datetime
) -> int:
    """Issue the invoice over days that are used after all: at the price that was given back for them."""
    contract = contract_to_bill(company.company_id, step.time.line_id, today=today)
    line = next(one for one in contract.lines if one.line_id == step.time.line_id)
    sold = prices_of(company.company_id).plan(line.plan).vat_class
    drafted = DraftLine(
        line_id=step.time.line_id,
        product=line.product,
        description=billed_again_text(step, reckoning, invoice.language),
        quantity=1,
        unit=step.amount,
        net=step.amount,
        period=step.period,
        vat=treatment_of(contract.buyer, sold=sold, on=today),
        sold=sold,
        because=step.because,
        is_beside=True,
    )
    return issue_lines(company, contract, (drafted,), today=today, at=at)


def _pay_out_by(
    step: TimeStep, end: HowItEnds, invoice: InvoiceFacts, document: int | None, *, today: date
) -> date | None:
    """Return by when a consumer's money must go back: at once, and after a withdrawal within fourteen days.

    What was not paid needs no going back; the invoice is less then.
    """
    if not isinstance(step, GiveBack) or document is None or end.customer is not CustomerKind.CONSUMER:
        return None
    (note,) = invoices([document])
    if note.total <= invoice.open_principal:
        return None
    if end.cause != "withdrawal":
        return today
    return (end.noticed_on or today) + timedelta(days=REFUND_DAYS)


def _write(
    company: CompanyFacts,
    step: TimeStep,
    *,
    state: str,
    key: str,
    today: date,
    by: str,
    document: int | None = None,
    reckoning: str = "",
    pay_out_by: date | None = None,
) -> None:
    is_done = document is not None
    (invoice,) = invoices([step.time.invoice_id])
    Refund.objects.create(
        company_id=company.company_id,
        customer_id=invoice.customer_id,
        kind="unused",
        key=key,
        line_id=step.time.line_id,
        invoice_id=step.time.invoice_id,
        invoice_line_id=step.time.line_key,
        number=step.time.steps + 1,
        state=state,
        cause=step.cause,
        for_until=step.for_until,
        since=step.period.since if is_done else None,
        until=step.period.until if is_done else None,
        net_minor=step.amount.minor if is_done else 0,
        document_id=document,
        reckoning=reckoning,
        because=because_to_json(step.because),
        pay_out_by=pay_out_by,
        on_day=today,
        by=by,
    )


def _tell(
    company: CompanyFacts,
    step: TimeStep,
    what: str,
    facts: dict[str, object],
    *,
    today: date,
    at: datetime,
    by: str,
    customer_id: int,
) -> None:
    record(
        company_id=company.company_id,
        key=f"{what}:{step.time.line_key}:{step.time.steps + 1}",
        what=what,
        subject=f"invoice:{step.time.invoice_id}",
        on_day=today,
        at=at,
        because=step.because,
        facts={"line": step.time.line_id, "until": str(step.for_until) if step.for_until else None, **facts},
        customer_id=customer_id,
        by=by,
    )
