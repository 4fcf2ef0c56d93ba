"""What would follow if a customer left a line today, or withdrew from it: the day, the clause, the money, the data."""

from dataclasses import dataclass
from datetime import date, timedelta

from servanda.business.billing.decisions.refunds import TimeStep
from servanda.business.billing.queries.refunds import refund_preview
from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.decisions.ending import weigh_notice
from servanda.business.contracts.decisions.leaving import may_withdraw
from servanda.business.contracts.decisions.orders import Draft, Ending
from servanda.business.contracts.facts import GivenNotice, LineFacts
from servanda.business.contracts.queries import ending_terms_of
from servanda.business.hosting.facts import DataAfterwards
from servanda.business.hosting.queries.endings import data_afterwards, start_request_of
from servanda.ground.citation import Citation
from servanda.ground.law.consumers import CONSUMER_WITHDRAWAL, CONSUMER_WITHDRAWAL_PAYMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """What a notice or a withdrawal of today brings. `ends_on` empty: it must be confirmed, or a person decides."""

    line: LineFacts
    ends_on: date | None
    must_confirm: bool
    because: tuple[Citation, ...]
    money: tuple[TimeStep, ...]
    data: DataAfterwards | None
    is_start_requested: bool = False


def notice_preview(company: CompanyFacts, line: LineFacts, *, channel: str, today: date) -> WayOut:
    """Return what an ordinary notice of today brings; writes nothing."""
    given = GivenNotice(given_on=today, channel=channel)
    outcome = weigh_notice(line, given, ending_terms_of(line, on=today))
    ends_on = _settled(line, outcome.ends_on) if isinstance(outcome, Ending) else None
    return WayOut(
        line=line,
        ends_on=ends_on,
        must_confirm=isinstance(outcome, Draft),
        because=outcome.because,
        money=refund_preview(company.slug, line.line_id, last_day=ends_on, cause="", today=today) if ends_on else (),
        data=data_afterwards(company, line, ended_on=ends_on, today=today) if ends_on else None,
    )


def withdrawal_preview(company: CompanyFacts, line: LineFacts, *, today: date) -> WayOut | None:
    """Return what a consumer's withdrawal of today brings; None for who has no right to withdraw, or no more."""
    if not line.interval_months or line.is_ended or line.until is not None:
        return None
    if not may_withdraw(customer=line.customer_kind, concluded_on=line.concluded_on, asked_on=today):
        return None
    is_paid = bool(start_request_of(line.contract_id))
    because = (CONSUMER_WITHDRAWAL, *((CONSUMER_WITHDRAWAL_PAYMENT,) if is_paid else ()))
    ends_on = today - timedelta(days=1)
    return WayOut(
        line=line,
        ends_on=ends_on,
        must_confirm=False,
        because=because,
        money=refund_preview(
            company.slug,
            line.line_id,
            last_day=ends_on,
            cause="withdrawal",
            because=because,
            paid_until=max(today, line.began_on) if is_paid else line.began_on,
            today=today,
        ),
        data=data_afterwards(company, line, ended_on=max(ends_on, line.began_on), today=today),
        is_start_requested=is_paid,
    )


def _settled(line: LineFacts, ends_on: date) -> date:
    """Return the last day that a notice leads to: one that is settled already is never made later."""
    last_day = max(ends_on, line.began_on)
    return min(last_day, line.until - timedelta(days=1)) if line.until is not None else last_day
