"""The timeline of a customer who leaves, or stays by giving no notice in time, by the terms alone."""

from dataclasses import dataclass
from datetime import date, timedelta

from servanda.business.contracts.decisions.ending import ends_by_notice, lenient_last_day, notice_last_day
from servanda.business.contracts.decisions.orders import Ending, NotSpecified
from servanda.business.contracts.decisions.terms import EndingTerms
from servanda.business.contracts.facts import RunningTerm
from servanda.business.hosting.decisions.deletion import purge_on, purge_rule_day
from servanda.ground.calendar import add_months, months_between
from servanda.terms.clauses import CustomerKind, Deletion, Export, Notice, Renewal, Term
from servanda.terms.document import Agreement
from servanda.terms.resolving import Answer, R, ask
from servanda.terms.ruled import Ruled, ruled
from servanda.terms.timeline import TimelineEvent, in_order

DEFAULT_MONTHS = 12  # the length of a term that neither the terms nor the dates tell
RENEWALS_MAX = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Whose line it is, what it runs on, and when notice is given, if at all."""

    product: str
    is_service: bool
    customer: CustomerKind
    began_on: date
    period_end: date | None  # the last day of the running period
    noticed_on: date | None


def leaving_timeline(agreement: Agreement, case: Leaving, *, until: date) -> tuple[TimelineEvent, ...]:
    """Return what follows, in order of time, from a notice on a day, or from none."""
    notice = ruled(_ask(agreement, Notice, case))
    renewal = ruled(_ask(agreement, Renewal, case))
    if notice is None:
        return (_silence(case, "notice"),)
    term = _term(agreement, case)
    terms = EndingTerms(notice=notice, renewal=renewal)
    events = _last_day(notice, term) if term is not None else []
    if case.noticed_on is None:
        events += _staying(case, renewal, term, until=until)
    else:
        events += _going(agreement, case, terms, term)
    return tuple(event for event in in_order(events) if event.on <= until)


def _last_day(notice: Ruled[Notice], term: RunningTerm) -> list[TimelineEvent]:
    strict = notice_last_day(notice.rule, ends_on=term.last_day)
    lenient = lenient_last_day(notice.rule, ends_on=term.last_day)
    note = f"for an end on {term.last_day}"
    if lenient != strict:
        note += f"; a notice until {lenient} is honoured"
    return [TimelineEvent(on=strict, event="notice.last_day", because=notice.because, note=note)]


def _staying(
    case: Leaving, renewal: Ruled[Renewal] | None, term: RunningTerm | None, *, until: date
) -> list[TimelineEvent]:
    """Without notice each term is followed by the next, where the terms say so."""
    if term is None:
        return []
    if renewal is None:
        return [_silence(case, "renewal", on=term.until)]
    events = []
    for _ in range(RENEWALS_MAX):
        if term.until > until:
            break
        events.append(_renewed(renewal, term))
        term = _following(renewal.rule, term)
    return events


def _going(agreement: Agreement, case: Leaving, terms: EndingTerms, term: RunningTerm | None) -> list[TimelineEvent]:
    assert case.noticed_on is not None
    ending = ends_by_notice(
        terms, term=term, noticed_on=case.noticed_on, customer=case.customer, concluded_on=case.began_on
    )
    if isinstance(ending, NotSpecified):
        return [_silence(case, ending.question, on=case.noticed_on)]
    note = "late for the running period" if ending.is_late else ("on a lenient day" if ending.is_lenient else "")
    given = TimelineEvent(
        on=case.noticed_on, event="notice.given", because=ending.because, decided_by="person", note=note
    )
    by_law = "the law ends it before the terms would" if ending.is_by_law else ""
    ends = TimelineEvent(on=ending.ends_on, event="contract.ends", because=ending.because, note=by_law)
    return [given, *_renewals_before(terms, term, ending), ends, *_leaving_data(agreement, case, ending)]


def _renewals_before(terms: EndingTerms, term: RunningTerm | None, ending: Ending) -> list[TimelineEvent]:
    if term is None or terms.renewal is None or terms.notice is None or terms.notice.rule.counted_to != "period end":
        return []
    events = []
    while term.last_day < ending.ends_on:
        events.append(_renewed(terms.renewal, term))
        term = _following(terms.renewal.rule, term)
    return events


def _renewed(renewal: Ruled[Renewal], term: RunningTerm) -> TimelineEvent:
    following = _following(renewal.rule, term)
    note = f"until {following.last_day}"
    return TimelineEvent(on=term.until, event="renewed", because=renewal.because, note=note)


def _following(rule: Renewal, term: RunningTerm) -> RunningTerm:
    return term.followed_by(term.months if rule.same_length or rule.months is None else rule.months)


def _leaving_data(agreement: Agreement, case: Leaving, ending: Ending) -> list[TimelineEvent]:
    """The reminders to take data out, on their very days because they help the customer, and the purge."""
    events = []
    export = ruled(_ask(agreement, Export, case))
    if export is not None and case.noticed_on is not None:
        for days in export.rule.reminders_days_before:
            on = ending.ends_on - timedelta(days=days)
            if on >= case.noticed_on:
                note = f"{days} days before the end"
                events.append(TimelineEvent(on=on, event="export.reminder", because=export.because, note=note))
    counted = (("counted_from", "contract end"),)
    answer = ask(agreement, Deletion, on=case.began_on, product=case.product, customer=case.customer, selector=counted)
    deletion = ruled(answer)
    if deletion is not None and case.is_service:
        events.append(
            TimelineEvent(
                on=purge_on(deletion.rule, ended_on=ending.ends_on),
                event="data.purged",
                because=deletion.because,
                decided_by=deletion.rule.decided_by,
                note="after a quarantine, under a second warrant",
                rule_on=purge_rule_day(deletion.rule, ended_on=ending.ends_on),
            )
        )
    return events


def _term(agreement: Agreement, case: Leaving) -> RunningTerm | None:
    """Return the running period: as long as the dates tell, or else as the terms do."""
    if case.period_end is None:
        return None
    until = case.period_end + timedelta(days=1)
    rule = _ask(agreement, Term, case).rule
    passed = months_between(case.began_on, until) if case.began_on < until else 0
    fits = passed > 0 and add_months(case.began_on, passed) == until
    months = (rule.months if rule is not None else None) or (passed if fits and passed <= 36 else DEFAULT_MONTHS)
    anchor = case.began_on if fits else add_months(until, -months)
    return RunningTerm(anchored_on=anchor, until=until, months=months)


def _ask(agreement: Agreement, kind: type[R], case: Leaving) -> Answer[R]:
    return ask(agreement, kind, on=case.began_on, product=case.product, customer=case.customer)


def _silence(case: Leaving, question: str, *, on: date | None = None) -> TimelineEvent:
    day = on or case.noticed_on or case.began_on
    note = f"the terms are silent on: {question}; a person decides, and nothing happens by itself"
    return TimelineEvent(on=day, event="not_specified", because=(), decided_by="person", note=note)
