"""When does a line end after a notice, and which is the last day to give it?

A notice counted back from the end of a term can be read in three ways. Strict: the term's last day minus the notice,
which is what we print. From the first moment of the next term. From month end to month end. One month before
30 June gives 30 May, 31 May and 31 May. A notice on a day that only the later readings allow is honoured, because a
doubt in our own words is ours to bear. A notice in days has one reading. A consumer never stays longer than the
Consumer Contracts Act lets us bind them.
"""

from dataclasses import replace
from datetime import date, timedelta

from servanda.business.contracts.decisions.orders import Draft, Ending, NotSpecified
from servanda.business.contracts.decisions.terms import EndingTerms, because_of
from servanda.business.contracts.facts import GivenNotice, LineFacts, RunningTerm
from servanda.ground.calendar import add_months, first_of_month, last_of_month
from servanda.ground.citation import Citation
from servanda.ground.law.consumers import (
    CONSUMER_FIXED_YEAR,
    CONSUMER_TERMINATION,
    CONSUMER_TERMINATION_CHANNEL,
    SAME_CHANNEL_SINCE,
    earliest_consumer_end,
)
from servanda.terms.clauses import CustomerKind, Notice, Renewal, Rescission
from servanda.terms.ruled import Ruled

IN_WRITING = frozenset({"e-mail", "letter", "portal"})


def notice_last_day(rule: Notice, *, ends_on: date) -> date:
    """Return the last day to give notice for an end on that last day, counted strictly: the day that is printed."""
    if rule.counted_to == "agreed end":
        return ends_on
    if rule.counted_to == "month end":
        return last_of_month(add_months(first_of_month(ends_on), -(rule.months or 0)))
    if rule.counted_to == "day":
        return _latest_day_that_ends_by(rule, ends_on)
    return _back(ends_on, rule)


def lenient_last_day(rule: Notice, *, ends_on: date) -> date:
    """Return the last day on which a notice is still honoured: the latest that the words can mean."""
    strict = notice_last_day(rule, ends_on=ends_on)
    if rule.counted_to != "period end" or rule.months is None:
        return strict
    before_next = _back(ends_on + timedelta(days=1), rule) - timedelta(days=1)
    month_end = last_of_month(strict) if ends_on == last_of_month(ends_on) else strict
    return max(strict, before_next, month_end)


def ends_by_notice(
    terms: EndingTerms,
    *,
    term: RunningTerm | None,
    noticed_on: date,
    customer: CustomerKind,
    concluded_on: date,
    is_fixed_year: bool = False,
) -> Ending | NotSpecified:
    """Return when a line ends by a notice that has effect.

    Late for the running term, it ends the term after it. `is_fixed_year` says that the line is in a small prepaid
    first year for which the law lets a consumer be bound (`ground.law.consumers.is_fixed_year_allowed`).
    """
    ending = _by_terms(terms, term=term, noticed_on=noticed_on)
    if customer is not CustomerKind.CONSUMER:
        return ending
    law_on = earliest_consumer_end(contract_began_on=concluded_on, noticed_on=noticed_on)
    if is_fixed_year and term is not None and law_on < term.last_day:
        return _not_after(ending, term.last_day, law=(CONSUMER_FIXED_YEAR,), cite_always=True)
    return _not_after(ending, law_on, law=(CONSUMER_TERMINATION,))


def weigh_notice(
    line: LineFacts, given: GivenNotice, terms: EndingTerms, *, is_fixed_year: bool = False
) -> Ending | Draft | NotSpecified:
    """Return what a notice does to a line: end it, wait for its confirmation, or go to a person."""
    if needs_confirmation(line, given, terms):
        return Draft(because=because_of(terms.notice, terms.channels))
    ending = ends_by_notice(
        terms,
        term=line.term,
        noticed_on=given.given_on,
        customer=line.customer_kind,
        concluded_on=line.concluded_on,
        is_fixed_year=is_fixed_year,
    )
    if isinstance(ending, Ending) and _is_on_medium_of_conclusion(line, given) and not _is_channel_agreed(given, terms):
        return replace(ending, because=(CONSUMER_TERMINATION_CHANNEL, *ending.because))
    return ending


def needs_confirmation(line: LineFacts, given: GivenNotice, terms: EndingTerms) -> bool:
    """Tell whether a notice is only a draft: it is not written where it must be.

    A consumer may always end a contract on the medium on which it was concluded (§ 28 a).
    """
    return not _is_channel_agreed(given, terms) and not _is_on_medium_of_conclusion(line, given)


def rescission_last_day(rule: Rescission, *, renews_on: date) -> date:
    """Return the last day on which an entitled customer can rescind before a renewal."""
    return renews_on - timedelta(days=rule.days)


def ends_by_rescission(rescission: Ruled[Rescission], *, term: RunningTerm, given_on: date) -> Ending:
    """Return when a line ends by an entitled customer's rescission; a late one counts for the renewal after."""
    last_day = rescission_last_day(rescission.rule, renews_on=term.until)
    ended = term
    while given_on > rescission_last_day(rescission.rule, renews_on=ended.until):
        ended = ended.followed_by(term.months)
    return Ending(
        ends_on=ended.last_day,
        because=rescission.because,
        last_notice_on=last_day,
        is_late=given_on > last_day,
        terms_end_on=ended.last_day,
    )


def _by_terms(terms: EndingTerms, *, term: RunningTerm | None, noticed_on: date) -> Ending | NotSpecified:
    notice = terms.notice
    if notice is None:
        return NotSpecified(question="how the customer ends the line", because=because_of(terms.renewal))
    if notice.rule.counted_to in ("month end", "day"):
        return _after_notice(notice, term=term, noticed_on=noticed_on)
    if term is None:
        return NotSpecified(question="when the term ends that the notice counts to", because=notice.because)
    return _with_term(notice, terms.renewal, term=term, noticed_on=noticed_on)


def _after_notice(notice: Ruled[Notice], *, term: RunningTerm | None, noticed_on: date) -> Ending:
    ends_on = _end_after(notice.rule, noticed_on)
    return Ending(
        ends_on=ends_on,
        because=notice.because,
        last_notice_on=notice_last_day(notice.rule, ends_on=term.last_day if term else ends_on),
        is_late=term is not None and ends_on > term.last_day,
        terms_end_on=ends_on,
    )


def _with_term(notice: Ruled[Notice], renewal: Ruled[Renewal] | None, *, term: RunningTerm, noticed_on: date) -> Ending:
    strict_on = notice_last_day(notice.rule, ends_on=term.last_day)
    lenient_on = lenient_last_day(notice.rule, ends_on=term.last_day)
    is_late = noticed_on > lenient_on
    ended = term
    while renewal is not None and noticed_on > lenient_last_day(notice.rule, ends_on=ended.last_day):
        ended = ended.followed_by(renewed_months(renewal.rule, term_months=term.months))
    ends_on = max(ended.last_day, noticed_on)  # A line that nothing renewed may have run on past its term.
    return Ending(
        ends_on=ends_on,
        because=because_of(notice, renewal) if is_late else notice.because,
        last_notice_on=strict_on,
        is_late=is_late,
        is_lenient=strict_on < noticed_on <= lenient_on,
        terms_end_on=ends_on,
    )


def renewed_months(rule: Renewal, *, term_months: int) -> int:
    """Return the length of the term that follows: the rule's own, or the same again."""
    return rule.months if rule.months is not None and not rule.same_length else term_months


def _not_after(
    ending: Ending | NotSpecified, law_on: date, *, law: tuple[Citation, ...], cite_always: bool = False
) -> Ending:
    """Return the ending, no later than the law allows; the law is cited where it decides."""
    if isinstance(ending, NotSpecified):
        return Ending(ends_on=law_on, because=(*law, *ending.because))
    if ending.ends_on <= law_on and not cite_always:
        return ending
    return replace(ending, ends_on=min(ending.ends_on, law_on), because=(*law, *ending.because))


def _end_after(rule: Notice, noticed_on: date) -> date:
    if rule.counted_to == "month end":
        return last_of_month(add_months(first_of_month(noticed_on), rule.months or 0))
    if rule.months is not None:
        return add_months(noticed_on, rule.months)
    return noticed_on + timedelta(days=rule.days or 0)


def _latest_day_that_ends_by(rule: Notice, ends_on: date) -> date:
    """Return the latest day whose notice ends by then; of several (30 and 31 May give 30 June) the last."""
    day = _back(ends_on, rule)
    while _end_after(rule, day + timedelta(days=1)) <= ends_on:
        day += timedelta(days=1)
    return day


def _back(day: date, rule: Notice) -> date:
    return add_months(day, -rule.months) if rule.months is not None else day - timedelta(days=rule.days or 0)


def _is_channel_agreed(given: GivenNotice, terms: EndingTerms) -> bool:
    if terms.channels is not None and given.channel not in terms.channels.rule.channels:
        return False
    must_be_written = terms.notice is not None and terms.notice.rule.in_writing
    return given.channel in IN_WRITING or not must_be_written


def _is_on_medium_of_conclusion(line: LineFacts, given: GivenNotice) -> bool:
    return (
        line.customer_kind is CustomerKind.CONSUMER
        and given.channel == line.concluded_how
        and given.given_on >= SAME_CHANNEL_SINCE
    )
