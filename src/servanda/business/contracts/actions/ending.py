"""Taking in notices and ending lines: by the customer, by the provider, or because the line has run out.

A line that ends keeps running to its last day; what runs on the machines is the business of those who look at it.
"""

from datetime import date, datetime, timedelta

from django.db import transaction

from servanda.business.contracts.actions.refusals import ContractRefused
from servanda.business.contracts.decisions.ending import weigh_notice
from servanda.business.contracts.decisions.leaving import ends_by_provider
from servanda.business.contracts.decisions.orders import Draft, Ending, EndLine, NotSpecified
from servanda.business.contracts.decisions.renewing import look_again_on
from servanda.business.contracts.decisions.terms import EndingTerms
from servanda.business.contracts.facts import ExitCause, GivenNotice, NoticeReceipt
from servanda.business.contracts.models import Contract, Line, Notice
from servanda.business.contracts.queries import line as facts_of
from servanda.business.contracts.queries import receipt_of
from servanda.business.evidence.actions import issue_warrant, record
from servanda.business.evidence.facts import Approval, WarrantRequest, because_to_json
from servanda.ground.citation import Citation
from servanda.terms.clauses import ProviderExit
from servanda.terms.ruled import Ruled

WARRANT_DAYS = 30


@transaction.atomic
def receive_notice(
    line_id: int,
    given: GivenNotice,
    terms: EndingTerms,
    *,
    today: date,
    at: datetime,
    is_fixed_year: bool = False,
    by: str = "system",
) -> NoticeReceipt:
    """Take in a customer's notice and return the receipt, with the last day of the line or that it must be confirmed.

    The same notice again returns the first receipt. An end that is settled already is never made later. Where the
    terms are silent nothing changes, and a person decides (`decide_notice`).
    """
    row = _locked(line_id)
    known = Notice.objects.filter(line=row, given_on=given.given_on, channel=given.channel).first()
    if known is not None and known.withdrawn_at is None:
        return receipt_of(known, is_new=False)
    outcome = weigh_notice(facts_of(line_id), given, terms, is_fixed_year=is_fixed_year)
    return _take_in(row, given, outcome, known=known, today=today, at=at, by=by)


@transaction.atomic
def receive_exit(
    line_id: int,
    given: GivenNotice,
    ending: Ending,
    *,
    today: date,
    at: datetime,
    by: str = "system",
    cause: ExitCause = "",
    paid_until: date | None = None,
) -> NoticeReceipt:
    """Take in an extraordinary exit whose end was decided: after a change, after an outage, by withdrawal or rescission.

    A late one is stored without an end, for a person to look at. One in time that ends the line sooner than a notice of
    the same day and way takes that notice's place.
    """
    row = _locked(line_id)
    known = Notice.objects.filter(line=row, given_on=given.given_on, channel=given.channel).first()
    if known is not None and known.withdrawn_at is None and not _ends_sooner(ending, known):
        return receipt_of(known, is_new=False)
    outcome = NotSpecified(question="a late exit", because=ending.because) if ending.is_late else ending
    return _take_in(row, given, outcome, known=known, today=today, at=at, by=by, cause=cause, paid_until=paid_until)


@transaction.atomic
def decide_notice(notice_id: int, *, ends_on: date, reason: str, today: date, at: datetime, by: str) -> NoticeReceipt:
    """Settle by a person's decision when a line ends by a notice on which the terms are silent."""
    notice = Notice.objects.select_for_update().get(pk=notice_id)
    row = _locked(notice.line_id)
    if notice.is_draft or notice.ends_on is not None or notice.withdrawn_at is not None:
        raise ContractRefused("This notice is not waiting for a decision. Look at it again.")
    if not reason.strip():
        raise ContractRefused("Say why the line ends on that day. The reason is kept with the record.")
    if ends_on < max(notice.given_on, row.began_on):
        raise ContractRefused(
            "The line cannot end on %(ends_on)s, before the notice of %(given_on)s. Choose a later day.",
            {"ends_on": ends_on, "given_on": notice.given_on},
        )
    notice.ends_on = ends_on
    notice.save(update_fields=["ends_on"])
    _end_on(row, ends_on, cause="notice")
    record(
        company_id=row.company_id,
        key=f"notice.decided:{notice.pk}",
        what="notice.decided",
        subject=f"line:{row.pk}",
        on_day=today,
        at=at,
        because=(),
        facts={"ends_on": str(ends_on), "reason": reason},
        customer_id=row.customer_id,
        by=by,
    )
    return receipt_of(notice, is_new=True)


@transaction.atomic
def withdraw_notice(notice_id: int, *, today: date, at: datetime, by: str) -> bool:
    """Let a line go on whose notice the customer took back with our consent. False: it was taken back before."""
    notice = Notice.objects.select_for_update().get(pk=notice_id)
    row = _locked(notice.line_id)
    if notice.withdrawn_at is not None:
        return False
    notice.withdrawn_at = at
    notice.save(update_fields=["withdrawn_at"])
    left = Notice.objects.filter(line=row, withdrawn_at__isnull=True, is_draft=False, ends_on__isnull=False)
    if row.end_cause == "notice":
        ends = sorted(other.ends_on for other in left if other.ends_on is not None)
        row.until = ends[0] + timedelta(days=1) if ends else None
        row.end_cause = "notice" if ends else ""
        row.look_again_on = look_again_on(term_until=row.term_until, until=row.until)
        row.save(update_fields=["until", "end_cause", "look_again_on"])
    return record(
        company_id=row.company_id,
        key=f"notice.withdrawn:{notice.pk}:{at.isoformat()}",
        what="notice.withdrawn",
        subject=f"line:{row.pk}",
        on_day=today,
        at=at,
        because=(),
        facts={"given_on": str(notice.given_on)},
        customer_id=row.customer_id,
        by=by,
    )


@transaction.atomic
def end_by_provider(
    line_id: int,
    exit_rule: Ruled[ProviderExit],
    *,
    sent_on: date,
    approval: Approval,
    today: date,
    at: datetime,
    letter_keys: tuple[str, ...] = (),
) -> date:
    """End one line by the provider's letter and return its last day; other lines are not touched.

    Adverse: a person has approved, and the warrant rests on the contract and on the evidence of the letter.
    """
    row = _locked(line_id)
    ends_on = ends_by_provider(exit_rule.rule, sent_on=sent_on)
    key = f"provider.exit:{line_id}:{sent_on}"
    issue_warrant(
        WarrantRequest(
            company_id=row.company_id,
            key=key,
            act="line.stopped",
            subject=f"line:{line_id}",
            fingerprint=f"{row.term_until}/{row.until}",
            because=exit_rule.because,
            parameters={"ends_on": str(ends_on), "cause": exit_rule.rule.cause},
            evidence_keys=(f"contract.concluded:{row.contract_id}", *letter_keys),
            not_before=sent_on,
            expires_on=sent_on + timedelta(days=WARRANT_DAYS),
            customer_id=row.customer_id,
            approvals=(approval,),
            needs_person=True,
        ),
        today=today,
        at=at,
    )
    _stop(
        row,
        ends_on,
        cause=f"provider: {exit_rule.rule.cause}",
        because=exit_rule.because,
        key=key,
        today=today,
        at=at,
        by=approval.by,
    )
    return ends_on


@transaction.atomic
def stop_line(
    line_id: int,
    *,
    ends_on: date,
    cause: str,
    because: tuple[Citation, ...],
    warrant_key: str,
    today: date,
    at: datetime,
    by: str = "system",
) -> bool:
    """End a line after its last day on the strength of a warrant that the caller has issued. False: done already."""
    row = _locked(line_id, may_be_ended=True)
    if row.ended_on is not None:
        return False
    return _stop(row, ends_on, cause=cause, because=because, key=warrant_key, today=today, at=at, by=by)


@transaction.atomic
def end_line(order: EndLine, *, today: date, at: datetime, by: str = "system") -> bool:
    """Note that a line has run out, and its contract with its last line. False: done already, or it runs longer now."""
    row = _locked(order.line_id, may_be_ended=True)
    if row.ended_on is not None or row.until != order.until or today < order.until:
        return False
    row.ended_on = today
    row.look_again_on = None
    row.save(update_fields=["ended_on", "look_again_on"])
    has_ended = _end_contract_with_last_line(row)
    return record(
        company_id=row.company_id,
        key=order.key,
        what=order.what,
        subject=f"line:{row.pk}",
        on_day=today,
        at=at,
        because=order.because,
        facts={"until": str(order.until), "cause": row.end_cause, "contract_has_ended": has_ended},
        customer_id=row.customer_id,
        by=by,
    )


def _ends_sooner(ending: Ending, known: Notice) -> bool:
    return not ending.is_late and (known.ends_on is None or ending.ends_on < known.ends_on)


def _locked(line_id: int, *, may_be_ended: bool = False) -> Line:
    row = Line.objects.select_for_update().get(pk=line_id)
    if row.ended_on is not None and not may_be_ended:
        raise ContractRefused("The line has ended on %(until)s; there is nothing left to end.", {"until": row.until})
    return row


def _take_in(
    row: Line,
    given: GivenNotice,
    outcome: Ending | Draft | NotSpecified,
    *,
    known: Notice | None,
    today: date,
    at: datetime,
    by: str,
    cause: ExitCause = "",
    paid_until: date | None = None,
) -> NoticeReceipt:
    """Store the notice with what it leads to. One that was withdrawn and is given again takes its place again."""
    ending = outcome if isinstance(outcome, Ending) else None
    ends_on = _end_on(row, ending.ends_on, cause="notice") if ending is not None else None
    values = {
        "is_draft": isinstance(outcome, Draft),
        "is_late": ending is not None and ending.is_late,
        "ends_on": ends_on,
        "because": because_to_json(outcome.because),
        "withdrawn_at": None,
        "cause": cause,
        "paid_until": paid_until,
    }
    notice = known or Notice(line=row, given_on=given.given_on, channel=given.channel)
    for name, value in values.items():
        setattr(notice, name, value)
    notice.save()
    facts: dict[str, object] = {
        "given_on": str(given.given_on),
        "channel": given.channel,
        "is_draft": notice.is_draft,
        "ends_on": str(ends_on) if ends_on is not None else None,
        "is_late": notice.is_late,
    }
    if cause:
        facts["cause"] = cause
    if ending is not None:
        facts["is_lenient"] = ending.is_lenient
        facts["is_by_law"] = ending.is_by_law
    again = f":{at.isoformat()}" if known is not None else ""
    record(
        company_id=row.company_id,
        key=f"notice.received:{notice.pk}{again}",
        what="notice.received",
        subject=f"line:{row.pk}",
        on_day=today,
        at=at,
        because=outcome.because,
        facts=facts,
        customer_id=row.customer_id,
        by=by,
    )
    return receipt_of(notice, is_new=True)


def _end_on(row: Line, ends_on: date, *, cause: str) -> date:
    """Let the line end after the day, or earlier if that is settled already; return its last day.

    A line runs for a day at least, also when it is ended before it began.
    """
    until = max(ends_on, row.began_on) + timedelta(days=1)
    if row.until is not None and row.until <= until:
        return row.until - timedelta(days=1)
    row.until = until
    row.end_cause = cause
    row.look_again_on = look_again_on(term_until=row.term_until, until=until)
    row.save(update_fields=["until", "end_cause", "look_again_on"])
    return until - timedelta(days=1)


def _stop(
    row: Line,
    ends_on: date,
    *,
    cause: str,
    because: tuple[Citation, ...],
    key: str,
    today: date,
    at: datetime,
    by: str,
) -> bool:
    last_day = _end_on(row, ends_on, cause=cause)
    return record(
        company_id=row.company_id,
        key=f"line.stopped:{row.pk}:{key}",
        what="line.stopped",
        subject=f"line:{row.pk}",
        on_day=today,
        at=at,
        because=because,
        facts={"ends_on": str(last_day), "cause": cause, "warrant": key},
        customer_id=row.customer_id,
        by=by,
    )


def _end_contract_with_last_line(row: Line) -> bool:
    """End the contract once no line of it is left; whoever locks the contract last sees the others' lines ended."""
    contract = Contract.objects.select_for_update().get(pk=row.contract_id)
    lines = Line.objects.filter(contract=contract)
    if lines.filter(ended_on__isnull=True).exclude(interval_months=0).exists():
        return False
    contract.ended_on = max((line.until for line in lines if line.until is not None), default=row.until)
    contract.end_cause = row.end_cause
    contract.save(update_fields=["ended_on", "end_cause"])
    return True
