"""More, less or another plan of a line: what was used is billed as it was, and the rest of the period as it is now."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from servanda.business.billing.actions.allocating import lock_invoices
from servanda.business.billing.actions.issuing import issue_lines
from servanda.business.billing.decisions.changes import RestOfPeriod, rest_of_period
from servanda.business.billing.decisions.periods import price_of_period, whole_period
from servanda.business.billing.decisions.prices import price_of
from servanda.business.billing.facts import BillableContract, BillableLine, DraftLine
from servanda.business.billing.models import InvoiceLine, RunningLine
from servanda.business.billing.queries.lines import contract_to_bill
from servanda.business.billing.queries.prices import pricing_of
from servanda.business.billing.queries.refunds import billed_times_of
from servanda.business.billing.wording import changed_text
from servanda.business.catalogue.queries import prices_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.actions import change_line
from servanda.ground.citation import Citation
from servanda.ground.law.vat import VatClass, treatment_of
from servanda.ground.money import Money, total_of
from servanda.ground.periods import Period
from servanda.ground.refusal import Refused


class CannotChange(Refused):
    """The line cannot be changed like this now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePreview:
    """What a change would bring: the lines of the invoice that comes at once, and the price from the next period on."""

    rests: tuple[RestOfPeriod, ...]
    used: Money | None  # billed first: the part of the running period that was not billed yet, as it was
    next_unit: Money
    quantity: int

    @property
    def to_bill(self) -> Money:
        """What is billed at once for the rest of what was billed, without VAT; less is nothing."""
        return total_of(max(rest.difference, Money(0)) for rest in self.rests)


def preview_change(company: CompanyFacts, line_id: int, *, plan_code: str, quantity: int, today: date) -> ChangePreview:
    """Return what a change of a line today would bring; nothing is written."""
    contract = contract_to_bill(company.company_id, line_id, today=today)
    (line,) = contract.lines
    changed = replace(line, plan=plan_code, quantity=quantity)
    unit = _unit(company, contract, changed, on=max(today, line.began_on))
    used = _used(line, today)
    return ChangePreview(
        rests=_rests(company, contract, changed, on=max(today, line.began_on)),
        used=price_of_period(line, used, _unit(company, contract, line, on=used.since)) if used is not None else None,
        next_unit=unit,
        quantity=quantity,
    )


@transaction.atomic
def change_billed_line(
    company: CompanyFacts,
    line_id: int,
    *,
    plan_code: str,
    quantity: int,
    reason: str,
    because: tuple[Citation, ...],
    by: str,
    today: date,
    at: datetime,
) -> int | None:
    """Change a line from today on and bill the rest of what was billed; return the invoice, None where nothing is due.

    What was used of a period that is billed at its end is billed first, as it was. The same change again finds it done.
    """
    lock_invoices({time.invoice_id for time in billed_times_of(line_id)})
    contract = contract_to_bill(company.company_id, line_id, today=today)
    (line,) = contract.lines
    if line.interval_months == 0:
        raise CannotChange("A thing sold once has no periods. Sell one more, or credit it.")
    if (line.plan, line.quantity) == (plan_code, quantity):
        return None
    used = _used_line(company, contract, line, today=today)
    changed = replace(line, plan=plan_code, quantity=quantity)
    drafted = [] if used is None else [used]
    drafted += _extra(company, contract, changed, today=today)
    change_line(
        line_id,
        plan_code=plan_code,
        quantity=quantity,
        priced_from=today if used is not None else line.billed_until,
        reason=reason,
        because=because,
        by=by,
        today=today,
        at=at,
    )
    if used is not None:
        RunningLine.objects.filter(pk=line_id).update(billed_until=today, look_again_on=today)
    if not drafted:
        return None
    return issue_lines(company, contract, tuple(drafted), today=today, at=at)


def _used(line: BillableLine, today: date) -> Period | None:
    """Return the days that have passed of a period that was not billed yet."""
    if line.billed_until >= today or (line.until is not None and line.billed_until >= line.until):
        return None
    return Period(line.billed_until, today)


def _used_line(
    company: CompanyFacts, contract: BillableContract, line: BillableLine, *, today: date
) -> DraftLine | None:
    used = _used(line, today)
    if used is None:
        return None
    if used.since < line.began_on or _is_more_than_a_period(line, used):
        raise CannotChange(
            "The line is not billed since %(since)s. Let the round bill what is due first.", {"since": used.since}
        )
    unit = _unit(company, contract, line, on=used.since)
    return DraftLine(
        line_id=line.line_id,
        product=line.product,
        description=_name(company, contract, line),
        quantity=line.quantity,
        unit=unit,
        net=price_of_period(line, used, unit),
        period=used,
        vat=treatment_of(contract.buyer, sold=_sold(company, line), on=today),
        sold=_sold(company, line),
    )


def _is_more_than_a_period(line: BillableLine, used: Period) -> bool:
    return whole_period(line, used.since).until < used.until


def _extra(company: CompanyFacts, contract: BillableContract, changed: BillableLine, *, today: date) -> list[DraftLine]:
    language, on = contract.language, max(today, changed.began_on)
    name = _name(company, contract, changed)
    return [
        DraftLine(
            line_id=changed.line_id,
            product=changed.product,
            description=changed_text(name, rest, language),
            quantity=1,
            unit=rest.difference,
            net=rest.difference,
            period=rest.period,
            vat=treatment_of(contract.buyer, sold=_sold(company, changed), on=today),
            sold=_sold(company, changed),
            is_beside=True,
        )
        for rest in _rests(company, contract, changed, on=on)
        if rest.difference.minor > 0
    ]


def _rests(
    company: CompanyFacts, contract: BillableContract, changed: BillableLine, *, on: date
) -> tuple[RestOfPeriod, ...]:
    """Return the rest of each period that was billed and has not passed."""
    billed = billed_times_of(changed.line_id)
    own = InvoiceLine.objects.filter(line_id=changed.line_id, bills_period=True, invoice__kind="invoice", until__gt=on)
    periods = [Period(row.since, row.until) for row in own.order_by("since") if row.since and row.until]
    return tuple(
        rest_of_period(
            billed,
            period,
            new_price=price_of_period(changed, period, _unit(company, contract, changed, on=max(on, period.since))),
            on=on,
        )
        for period in periods
    )


def _unit(company: CompanyFacts, contract: BillableContract, line: BillableLine, *, on: date) -> Money:
    prices = prices_of(company.company_id)
    pricing = pricing_of(company, prices, [contract])
    return price_of(contract, line, prices, pricing, on=on)[0]


def _name(company: CompanyFacts, contract: BillableContract, line: BillableLine) -> str:
    name = prices_of(company.company_id).name_of(line.plan, contract.language)
    return f"{name}: {line.description}" if line.description else name


def _sold(company: CompanyFacts, line: BillableLine) -> VatClass:
    return prices_of(company.company_id).plan(line.plan).vat_class
