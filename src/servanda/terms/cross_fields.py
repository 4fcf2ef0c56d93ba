"""Do the fields of one rule fit each other? A figure without its method, or two methods at once, is refused.

Each check gives the field, what is wrong and the remedy. Rules are compared with each other in `checking`.
"""

from collections.abc import Callable, Iterator
from typing import Any

from servanda.terms.clauses import Rule

Finding = tuple[str, str, str]  # field, message, remedy


def contradictions_in(rule: Rule) -> tuple[Finding, ...]:
    """Return what does not fit within the rule."""
    check = _CHECKS.get(rule.kind)
    return tuple(check(rule)) if check is not None else ()


def _term(rule: Any) -> Iterator[Finding]:
    ways = (rule.months is not None or bool(rule.allowed), rule.is_open_ended, rule.by_agreement)
    if sum(ways) != 1:
        yield (
            "months",
            "A term has one length.",
            "Give months and the allowed lengths, or is_open_ended, or by_agreement, and only one of them.",
        )
    if rule.months is not None and rule.allowed and rule.months not in rule.allowed:
        yield "allowed", "The usual length is not among the allowed ones.", f"Add {rule.months} to the list."


def _renewal(rule: Any) -> Iterator[Finding]:
    if (rule.months is not None) == rule.same_length:
        yield "months", "A renewal is for some months or for the same length.", "Give one of the two."


def _notice(rule: Any) -> Iterator[Finding]:
    given = [name for name in ("days", "months") if getattr(rule, name) is not None]
    if rule.counted_to == "agreed end":
        if given:
            message = "A line that runs to its agreed end has no length of notice."
            yield given[0], message, f"Take {given[0]} out, or count to another day."
    elif len(given) != 1:
        yield "days", "A notice is counted in days or in months.", "Give exactly one of days and months."
    elif rule.counted_to == "month end" and given == ["days"]:
        yield "days", "A notice to the end of a month is counted in months.", "Give months in place of days."


def _provider_exit(rule: Any) -> Iterator[Finding]:
    if rule.counted_to == "month end" and rule.months is None:
        yield "months", "An exit to the end of a month needs its months.", "Add months, or count to the day."


def _change(rule: Any) -> Iterator[Finding]:
    months = getattr(rule, "months", None)
    if rule.days is not None and months is not None:
        yield "months", "The notice of a change is counted in days or in months.", "Keep one of the two."
    if rule.counted_to == "renewal" and rule.days is None and months is None:
        yield "counted_to", "A notice before the renewal needs its length.", "Add days."
    if rule.kind != "terms-change":
        return
    if not rule.is_announced and (rule.days is not None or months is not None):
        yield "is_announced", "A change that is not announced has no notice.", "Take the length or this out."
    if rule.days is not None and rule.exit_days_before is not None and rule.exit_days_before >= rule.days:
        message = "The last day to leave lies before the change is announced."
        yield "exit_days_before", message, f"Write less than {rule.days}."


def _invoice_run(rule: Any) -> Iterator[Finding]:
    if rule.lead_days and rule.day != "period start":
        message = "Days in advance are counted from the start of the period."
        yield "lead_days", message, 'Write day = "period start", or take lead_days out.'


def _reminder(rule: Any) -> Iterator[Finding]:
    if rule.step != 1:
        return
    for name in ("sent_after", "deadline_from"):
        if getattr(rule, name) in ("reminder deadline", "reminder"):
            yield name, "The first reminder has no reminder before it.", 'Count from "due" or from "sending".'


def _interest(rule: Any) -> Iterator[Finding]:
    if (rule.method == "statutory") != (rule.percent is None):
        message = "The percent belongs to the method per started month, and only to it."
        yield "percent", message, 'Add percent = "…", or write method = "statutory" without it.'


def _suspension(rule: Any) -> Iterator[Finding]:
    if (rule.counted_from == "reminder deadline") != (rule.after_step is not None):
        message = "The deadline of a reminder needs the reminder's step, and only then."
        yield "after_step", message, 'Give after_step with counted_from = "reminder deadline".'
    if (rule.cause == "non-payment") == (rule.counted_from == "finding"):
        message = "Non-payment is counted from a day of payment, every other cause from its finding."
        remedy = 'Write "due" or "reminder deadline" for non-payment, else "finding".'
        yield "counted_from", message, remedy


def _closure(rule: Any) -> Iterator[Finding]:
    if rule.counted_from == "second misuse" and rule.cause != "misuse":
        yield "counted_from", "Non-payment is not counted from misuse.", 'Write "due" or "suspension".'


def _deletion(rule: Any) -> Iterator[Finding]:
    if (rule.days is None) == (rule.months is None):
        yield "days", "A deletion is counted in days or in months.", "Give exactly one of days and months."


_CHECKS: dict[str, Callable[[Any], Iterator[Finding]]] = {
    "term": _term,
    "renewal": _renewal,
    "notice": _notice,
    "provider-exit": _provider_exit,
    "terms-change": _change,
    "price-change": _change,
    "invoice-run": _invoice_run,
    "reminder": _reminder,
    "interest": _interest,
    "suspension": _suspension,
    "closure": _closure,
    "deletion": _deletion,
}
