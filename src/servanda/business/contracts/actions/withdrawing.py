"""Taking in a consumer's withdrawal: within fourteen days, in any form, without a reason, and with a receipt."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction

from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts import wording
from servanda.business.contracts.actions.ending import receive_exit
from servanda.business.contracts.actions.refusals import ContractRefused
from servanda.business.contracts.decisions.leaving import may_withdraw
from servanda.business.contracts.decisions.orders import Ending
from servanda.business.contracts.facts import GivenNotice, NoticeReceipt, Said
from servanda.business.contracts.queries import line as facts_of
from servanda.business.customers.queries import customer
from servanda.business.evidence.actions import record
from servanda.business.evidence.facts import because_to_json
from servanda.business.letters.actions import unwritten, write_letters
from servanda.business.letters.facts import LetterDraft
from servanda.ground.law.consumers import (
    CONSUMER_WITHDRAWAL,
    CONSUMER_WITHDRAWAL_DEADLINE,
    CONSUMER_WITHDRAWAL_PAYMENT,
    withdrawal_ends_on,
)


@transaction.atomic
def withdraw(
    company: CompanyFacts,
    line_id: int,
    given: GivenNotice,
    *,
    start_request: str,
    today: date,
    at: datetime,
    by: str = "system",
    said: Said | None = None,
) -> NoticeReceipt:
    """Take in a withdrawal from one line, and write the receipt. The line ends with the day before it.

    `start_request` says where the consumer's express wish to begin within the fourteen days is found; without one nothing is
    paid for, not even the days that were used (§ 25). Refuses a customer who is no consumer, and a withdrawal too late.
    `said` is what was written where it was given; the receipt repeats it, and goes to the address named there too (§ 20 a).
    """
    line = facts_of(line_id)
    if given.given_on > today:
        raise ContractRefused(
            "%(given_on)s has not come yet. Write the day on which the message was sent.", {"given_on": given.given_on}
        )
    if not may_withdraw(customer=line.customer_kind, concluded_on=line.concluded_on, asked_on=given.given_on):
        last_day = withdrawal_ends_on(line.concluded_on)
        raise ContractRefused(
            "Only a consumer may withdraw, and no later than %(last_day)s. Take an ordinary notice instead.",
            {"last_day": last_day},
            because=CONSUMER_WITHDRAWAL_DEADLINE,
        )
    is_paid = bool(start_request.strip())
    paid_until = max(given.given_on, line.began_on) if is_paid else line.began_on
    ends_on = given.given_on - timedelta(days=1)
    because = (CONSUMER_WITHDRAWAL, *((CONSUMER_WITHDRAWAL_PAYMENT,) if is_paid else ()))
    receipt = receive_exit(
        line_id,
        given,
        Ending(ends_on=ends_on, because=because),
        today=today,
        at=at,
        by=by,
        cause="withdrawal",
        paid_until=paid_until,
    )
    record(
        company_id=company.company_id,
        key=f"line.withdrawn:{receipt.notice_id}",
        what="line.withdrawn",
        subject=f"line:{line_id}",
        on_day=today,
        at=at,
        because=because,
        facts={"given_on": str(given.given_on), "start_request": start_request.strip(), "paid_until": str(paid_until)},
        customer_id=line.customer_id,
        by=by,
    )
    _acknowledge(company, receipt, start_request, said, today=today, at=at)
    return receipt


def _acknowledge(
    company: CompanyFacts,
    receipt: NoticeReceipt,
    start_request: str,
    said: Said | None,
    *,
    today: date,
    at: datetime,
) -> None:
    """Write the receipt on a durable medium: what was withdrawn from, when, and what follows."""
    line = facts_of(receipt.line_id)
    to = customer(line.customer_id)
    name = line.description or line.plan_code
    subject = wording.withdrawal_subject(name, to.language)
    paragraphs = wording.withdrawal_paragraphs(
        name, company.name, receipt.given_on, to.language, is_start_requested=bool(start_request.strip())
    )
    if said is not None:
        paragraphs = (wording.said_paragraph(said, line.contract_number, at, to.language), *paragraphs)
    elsewhere = said.email if said is not None and said.email.casefold() != to.email.casefold() else ""
    draft = LetterDraft(
        company_id=company.company_id,
        customer_id=line.customer_id,
        key=f"withdrawal:{receipt.notice_id}",
        kind="withdrawal",
        language=to.language,
        recipient=to.email,
        subject=subject,
        text="\n\n".join(paragraphs) + "\n",
        on_day=today,
        queued_at=at,
        paper={"title": subject, "paragraphs": list(paragraphs), "because": because_to_json(receipt.because)},
    )
    drafts = [draft, *([replace(draft, key=f"{draft.key}:elsewhere", recipient=elsewhere)] if elsewhere else [])]
    free = unwritten(one.key for one in drafts)
    write_letters(one for one in drafts if one.key in free)
