"""What follows when contract lines run out: renewal or end, reminders to take data out, quarantine of their services."""

import logging
from datetime import date, datetime, timedelta

from django.db import DatabaseError, transaction

from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.actions.renewing import put_off, take_next_step
from servanda.business.contracts.decisions.orders import EndLine
from servanda.business.contracts.facts import LineFacts
from servanda.business.contracts.queries import line as line_of
from servanda.business.contracts.queries import lines_ending_between, lines_that_may_be_due, own_terms_of_lines
from servanda.business.customers.queries import customer
from servanda.business.evidence.facts import because_to_json
from servanda.business.hosting import wording
from servanda.business.hosting.actions.services import quarantine_services
from servanda.business.hosting.decisions.deletion import purge_on
from servanda.business.hosting.models import Service
from servanda.business.hosting.queries.endings import asked_of_line
from servanda.business.letters.actions import unwritten, write_letters
from servanda.business.letters.facts import LetterDraft
from servanda.ground.refusal import Refused
from servanda.terms.clauses import Deletion, Export
from servanda.terms.resolving import Answer

LOG = logging.getLogger(__name__)
LINES_AT_ONCE = 2000
LOOK_AHEAD = timedelta(days=60)  # further ahead than any reminder to take data out


def take_lines_forward(company: CompanyFacts, *, today: date, at: datetime) -> int:
    """Renew or end the lines whose day has come, and return how many steps that were.

    What a person must decide is looked at again tomorrow.
    """
    steps = 0
    while line_ids := lines_that_may_be_due(company.company_id, today=today, limit=LINES_AT_ONCE):
        for line_id in line_ids:
            try:
                steps += _take_steps(company, line_id, today=today, at=at)
            except (DatabaseError, Refused, AssertionError, LookupError):
                LOG.exception("line %s was left as it was", line_id)  # it must not keep the others waiting
        put_off(line_ids, on=today + timedelta(days=1), today=today)
    return steps


def _take_steps(company: CompanyFacts, line_id: int, *, today: date, at: datetime) -> int:
    steps = 0
    while (step := _take_step(company, line_id, today=today, at=at)) is not None:
        steps += 1
        if isinstance(step, EndLine):
            break
    return steps


@transaction.atomic
def _take_step(company: CompanyFacts, line_id: int, *, today: date, at: datetime) -> object:
    """Take one step of a line; a line that ends takes its service out of operation in the same transaction."""
    step = take_next_step(line_id, today=today, at=at)
    if isinstance(step, EndLine):
        line = line_of(line_id)
        own_terms = own_terms_of_lines([line]).get(line.contract_id, ())
        deletion = asked_of_line(company, line, Deletion, own_terms, today=today, counted_from="contract end")
        ended_on = step.until - timedelta(days=1)
        quarantine_services(
            Service.objects.filter(line_id=line_id, state="running").values_list("pk", flat=True),
            purge_on=purge_on(deletion.rule, ended_on=ended_on) if deletion.rule is not None else None,
            purge_because=deletion.because,
            decided_by=deletion.rule.decided_by if deletion.rule is not None else "person",
            because=step.because or deletion.because,
            today=today,
            at=at,
        )
    return step


def remind_of_export(company: CompanyFacts, *, today: date, at: datetime) -> int:
    """Write the reminders to take data out that are due today, and return how many those are.

    They go out on their very day, whatever day that is: they help the customer, and later would help less. After a standstill
    only the nearest one is written.
    """
    due: dict[str, tuple[LineFacts, Answer[Export]]] = {}
    ending = lines_ending_between(company.company_id, since=today, until=today + LOOK_AHEAD)
    own_terms = own_terms_of_lines(ending)
    for line in ending:
        export = asked_of_line(company, line, Export, own_terms.get(line.contract_id, ()), today=today)
        key = _reminder_key(line, export.rule, today=today) if export.rule is not None else None
        if key is not None:
            due[key] = (line, export)
    return write_letters(_reminder(company, key, *due[key], today=today, at=at) for key in sorted(unwritten(due)))


def _reminder_key(line: LineFacts, rule: Export, *, today: date) -> str | None:
    """Return the key of the nearest reminder whose day has come, if any has."""
    if line.until is None or line.end_cause != "notice":
        return None
    ends_on = line.until - timedelta(days=1)
    due = [days for days in rule.reminders_days_before if ends_on - timedelta(days=days) <= today]
    return f"export:{line.line_id}:{ends_on}:{min(due)}" if due else None


def _reminder(
    company: CompanyFacts, key: str, line: LineFacts, export: Answer[Export], *, today: date, at: datetime
) -> LetterDraft:
    assert line.until is not None
    ends_on = line.until - timedelta(days=1)
    to = customer(line.customer_id)
    name = line.description or line.product_code
    subject = wording.export_subject(name, to.language)
    paragraphs = wording.export_paragraphs(name, company.name, company.email, ends_on, to.language)
    return LetterDraft(
        company_id=company.company_id,
        customer_id=line.customer_id,
        key=key,
        kind="export",
        language=to.language,
        recipient=to.email,
        subject=subject,
        text="\n\n".join(paragraphs) + "\n",
        on_day=today,
        queued_at=at,
        paper={"title": subject, "paragraphs": list(paragraphs), "because": because_to_json(export.because)},
    )
