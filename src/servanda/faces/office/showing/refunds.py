"""One contract line with the acts on it and what each would bring; what went back; interest that has grown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from servanda.business.billing.actions.changing_lines import ChangePreview, preview_change
from servanda.business.billing.actions.outages import outage_ceiling
from servanda.business.billing.decisions.refunds import AskWhatGoesBack, TimeStep
from servanda.business.billing.facts import InvoiceFacts, RefundFacts
from servanda.business.billing.queries import invoices
from servanda.business.billing.queries.refunds import refund_preview, refunds_of_document, refunds_of_line
from servanda.business.billing.wording import outage_text, time_reckoning
from servanda.business.catalogue.queries import prices_of
from servanda.business.contracts.facts import LineFacts
from servanda.business.contracts.queries import line_facts
from servanda.business.customers.facts import CustomerFacts
from servanda.business.dunning.decisions.interest import interest_so_far
from servanda.business.dunning.facts import Arrears
from servanda.business.dunning.queries import ladder_terms_of
from servanda.business.dunning.wording import interest_lines
from servanda.faces.office.places import Visit
from servanda.faces.office.showing.naming import customer_link, invoice_link
from servanda.faces.office.shown import Stamp
from servanda.faces.office.shown_refunds import InterestShown, LineShown, Option, RefundRow, StepRow
from servanda.faces.office.words import language, word
from servanda.faces.parts.amounts import amount_to_type
from servanda.faces.parts.telling import told
from servanda.ground.calendar import day_text
from servanda.ground.citation import Citation
from servanda.ground.law.consumers import (
    CONSUMER_WITHDRAWAL,
    CONSUMER_WITHDRAWAL_PAYMENT,
    withdrawal_ends_on,
)
from servanda.ground.money import Money, money_text
from servanda.ground.periods import Period
from servanda.ground.refusal import Refused
from servanda.terms.clauses import CustomerKind

END_CAUSES: Mapping[str, str] = {
    "notice": gettext_noop("The customer leaves; both agree on the day"),
    "change": gettext_noop("The customer leaves because of a change of terms or price"),
}
STATES: Mapping[str, str] = {
    "given": gettext_noop("Given back"),
    "billed again": gettext_noop("Billed again: it is used after all"),
    "asked": gettext_noop("A person was asked"),
    "kept": gettext_noop("A person kept the money"),
    "nothing": gettext_noop("Looked at: nothing goes back"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which act is to be previewed, with what: read from the address, whole or not at all."""

    act: str = ""
    day: date | None = None
    last: date | None = None
    cause: str = "notice"
    plan: str = ""
    quantity: int = 0
    is_requested: bool = False


def line_here(here: Visit, line_id: int, customer: CustomerFacts) -> LineFacts:
    """Return the line of the customer; another one's is not found."""
    found = line_facts([line_id])
    if not found or found[0].company_id != here.company.company_id or found[0].customer_id != customer.customer_id:
        raise Http404(_("There is no such line."))
    return found[0]


def line_shown(here: Visit, line: LineFacts, customer: CustomerFacts, asked: Asked) -> LineShown:
    """Return the page of a line, with the preview of the act that is asked about."""
    prices = prices_of(here.company.company_id)
    name = prices.name_of(line.plan_code, language()) if line.plan_code in prices.plans else line.plan_code
    is_running = not line.is_ended
    outage, highest = _outage(here, line, asked) if asked.act == "outage" else (None, "")
    return LineShown(
        line_id=line.line_id,
        title=f"{name}: {line.description}" if line.description else name,
        customer=customer_link(customer, here.company.slug),
        facts=tuple(_facts(line)),
        today=here.today,
        is_running=is_running,
        asked=asked.act,
        end_on=asked.day if asked.act == "end" else None,
        end_causes=tuple(
            Option(value=cause, text=word(END_CAUSES, cause), is_chosen=cause == asked.cause) for cause in END_CAUSES
        ),
        end_steps=_end_steps(here, line, asked) if asked.act == "end" and asked.day is not None else (),
        withdraw_until=_withdraw_until(here, line) if is_running else None,
        withdraw_steps=_withdraw_steps(here, line, asked) if asked.act == "withdraw" and asked.day else (),
        plans=_plans(here, line, asked),
        quantity=asked.quantity or line.quantity,
        change_steps=_change_steps(here, line, asked) if asked.act == "change" else (),
        fault_since=asked.day if asked.act == "outage" else None,
        fault_last=asked.last,
        outage=outage,
        highest=highest,
        refunds=tuple(refund_row(here, one) for one in refunds_of_line(line.line_id)),
    )


def refund_row(here: Visit, refund: RefundFacts) -> RefundRow:
    """Return a decision on money back as it is read."""
    document = None
    if refund.document_id is not None:
        (paper,) = invoices([refund.document_id])
        document = invoice_link(paper, here.company.slug)
    text = _("Refund for an outage") if refund.kind == "outage" else word(STATES, refund.state)
    stamp = None
    if refund.pay_out_by is not None:
        day = day_text(refund.pay_out_by, language())
        stamp = Stamp(_("to be paid out by %(day)s") % {"day": day}, "warn")
    return RefundRow(
        text=text,
        on=refund.on_day,
        amount=refund.amount if refund.document_id is not None else None,
        reckoning=refund.reckoning,
        because=refund.because,
        document=document,
        stamp=stamp,
    )


def refunds_of_invoice(here: Visit, invoice: InvoiceFacts) -> tuple[RefundRow, ...]:
    """Return what went back of an invoice, or what a credit note gave back."""
    return tuple(
        refund_row(here, one) for one in refunds_of_document(invoice.invoice_id) if one.document_id is not None
    )


def interest_of_claim(here: Visit, arrears: Arrears) -> InterestShown | None:
    """Return the interest that has grown until today and was not charged; None where there is none."""
    if not arrears.open_principal:
        return None
    terms = ladder_terms_of(arrears)
    found = interest_so_far(arrears, terms, today=here.today)
    if found is None or not found.amount or terms.interest is None:
        return None
    note = ""
    if found.covered_until is not None:
        last = day_text(found.covered_until - timedelta(days=1), language())
        note = _("The rate of the days after %(day)s is not known yet; they are left out.") % {"day": last}
    elif not found.is_confirmed:
        note = _("A rate rests on one source; a person confirms it on the page Today.")
    return InterestShown(
        amount=found.amount, lines=interest_lines(found, language()), note=note, because=terms.interest.because
    )


def _facts(line: LineFacts) -> list[tuple[str, str]]:
    given = [
        (_("Number of the line"), str(line.line_id)),
        (_("Contract"), line.contract_number),
        (_("Quantity"), str(line.quantity)),
        (_("Since"), day_text(line.began_on, language())),
    ]
    if line.until is not None:
        given.append((_("Last day"), day_text(line.until - timedelta(days=1), language())))
    return given


def step_row(step: TimeStep) -> StepRow:
    """Return a step on billed time as the consequence that is read before the act."""
    amount, number = money_text(step.amount, language()), step.time.invoice_number
    values = {"amount": amount, "number": number}
    if isinstance(step, AskWhatGoesBack):
        sentence = _("A person decides whether %(amount)s of invoice %(number)s goes back.") % values
    elif step.what == "time.billed_again":
        sentence = _("You will bill %(amount)s of invoice %(number)s again.") % values
    else:
        sentence = _("You will credit %(amount)s of invoice %(number)s.") % values
    return StepRow(sentence=sentence, reckoning=time_reckoning(step, language()), because=step.because)


def _end_steps(here: Visit, line: LineFacts, asked: Asked) -> tuple[StepRow, ...]:
    assert asked.day is not None
    cause = "" if asked.cause == "notice" else asked.cause
    steps = refund_preview(here.company.slug, line.line_id, last_day=asked.day, cause=cause, today=here.today)
    return tuple(map(step_row, steps)) or (_nothing(),)


def _nothing() -> StepRow:
    return StepRow(sentence=_("Nothing goes back: no time after that day is billed."), reckoning="", because=())


def _withdraw_until(here: Visit, line: LineFacts) -> date | None:
    if line.customer_kind is not CustomerKind.CONSUMER or line.interval_months == 0:
        return None
    last = withdrawal_ends_on(line.concluded_on)
    return last if here.today <= last + timedelta(days=30) else None  # a message sent in time may be typed in later


def _withdraw_steps(here: Visit, line: LineFacts, asked: Asked) -> tuple[StepRow, ...]:
    assert asked.day is not None
    steps = refund_preview(
        here.company.slug,
        line.line_id,
        last_day=asked.day - timedelta(days=1),
        cause="withdrawal",
        because=(CONSUMER_WITHDRAWAL, *((CONSUMER_WITHDRAWAL_PAYMENT,) if asked.is_requested else ())),
        paid_until=max(asked.day, line.began_on) if asked.is_requested else line.began_on,
        today=here.today,
    )
    return tuple(map(step_row, steps)) or (_nothing(),)


def _plans(here: Visit, line: LineFacts, asked: Asked) -> tuple[Option, ...]:
    """Return the plans that the line may become: those of its product with its interval; its own where its price is its own."""
    prices, chosen = prices_of(here.company.company_id), asked.plan or line.plan_code
    alike = [
        plan
        for plan in prices.plans.values()
        if plan.product.code == line.product_code and plan.interval_months == line.interval_months
    ]
    if line.own_price is not None:
        alike = [plan for plan in alike if plan.code == line.plan_code]
    return tuple(
        Option(value=plan.code, text=prices.name_of(plan.code, language()), is_chosen=plan.code == chosen)
        for plan in alike
    )


def _change_steps(here: Visit, line: LineFacts, asked: Asked) -> tuple[StepRow, ...]:
    try:
        preview = preview_change(
            here.company,
            line.line_id,
            plan_code=asked.plan or line.plan_code,
            quantity=asked.quantity or line.quantity,
            today=here.today,
        )
    except Refused as refusal:
        return (_refused(refusal),)
    return tuple(_changed(preview))


def _refused(refusal: Refused) -> StepRow:
    return StepRow(sentence=told(refusal), reckoning="", because=(), stamp=Stamp(_("Not possible"), "stop"))


def _changed(preview: ChangePreview) -> list[StepRow]:
    def said(amount: Money) -> str:
        return money_text(amount, language())

    rows = []
    if preview.used is not None:
        text = _("You will bill %(amount)s for the days that were used as they were.") % {"amount": said(preview.used)}
        rows.append(StepRow(sentence=text, reckoning="", because=()))
    for rest in preview.rests:
        reckoning = (
            f"{said(rest.new_price)} × {rest.period.days}/{rest.whole_days} = {said(rest.costs)} − {said(rest.billed)}"
        )
        more = rest.difference.minor > 0
        text = (
            _("You will bill %(amount)s for the rest of the period.") % {"amount": said(rest.difference)}
            if more
            else _("Nothing is billed now. What was agreed for the period stands; the new holds from the next one.")
        )
        rows.append(StepRow(sentence=text, reckoning=reckoning, because=()))
    each = _("From the next period it costs %(quantity)s × %(price)s.") % {
        "quantity": preview.quantity,
        "price": said(preview.next_unit),
    }
    rows.append(StepRow(sentence=each, reckoning="", because=()))
    return rows


def _outage(here: Visit, line: LineFacts, asked: Asked) -> tuple[StepRow | None, str]:
    if asked.day is None or asked.last is None or asked.last < asked.day:
        return None, ""
    try:
        found = outage_ceiling(
            here.company, line.line_id, Period(asked.day, asked.last + timedelta(days=1)), today=here.today
        )
    except Refused as refusal:
        return _refused(refusal), ""
    amount = money_text(found.highest, language())
    sentence = _("At most %(amount)s may go back for these days.") % {"amount": amount}
    if found.rule.rule.sole_fault_required:
        sentence += " " + _("The terms ask that the fault is proven to be ours alone.")
    text = outage_text(found.yearly_fee, found.days, found.highest, found.rule.rule.percent, language())
    because: tuple[Citation, ...] = found.rule.because
    return StepRow(sentence=sentence, reckoning=text, because=because), amount_to_type(found.highest)
