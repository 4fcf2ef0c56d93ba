"""Taking in a customer's own notice: the end of the line, the money that goes back, and the receipt, in one transaction."""

from datetime import date, datetime

from django.db import transaction

from servanda.business.billing.queries import invoices
from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts import wording
from servanda.business.contracts.actions import receive_notice
from servanda.business.contracts.facts import GivenNotice, NoticeReceipt
from servanda.business.contracts.queries import ending_terms_of
from servanda.business.contracts.queries import line as line_of
from servanda.business.customers.queries import customer
from servanda.business.dunning.actions.refunding import give_back_unused_of
from servanda.business.evidence.facts import because_to_json
from servanda.business.hosting.queries.endings import data_afterwards
from servanda.business.letters.actions import unwritten, write_letters
from servanda.business.letters.facts import LetterDraft
from servanda.ground.money import Money, total_of


@transaction.atomic
def leave_line(
    company: CompanyFacts, line_id: int, given: GivenNotice, *, by: str, today: date, at: datetime
) -> NoticeReceipt:
    """Take in a notice that the customer gave by themselves, give back at once what goes back, and write the receipt.

    The same notice again returns the first receipt, and nothing is written twice.
    """
    terms = ending_terms_of(line_of(line_id), on=given.given_on)
    receipt = receive_notice(line_id, given, terms, today=today, at=at, by=by)
    if not receipt.is_new:
        return receipt
    done = give_back_unused_of(company, line_id, today=today, at=at)
    given_back = total_of(one.total for one in invoices(done.documents)) if done.documents else None
    _acknowledge(company, receipt, given_back, is_asked=bool(done.asked), today=today, at=at)
    return receipt


def _acknowledge(
    company: CompanyFacts,
    receipt: NoticeReceipt,
    given_back: Money | None,
    *,
    is_asked: bool,
    today: date,
    at: datetime,
) -> None:
    line = line_of(receipt.line_id)
    to = customer(line.customer_id)
    name = line.description or line.plan_code
    paragraphs = wording.notice_paragraphs(
        name,
        company=company.name,
        contract_number=line.contract_number,
        received_at=at,
        ends_on=receipt.ends_on,
        must_confirm=receipt.is_draft,
        email=company.email,
        language=to.language,
    )
    if receipt.ends_on is not None:
        kept = data_afterwards(company, line, ended_on=receipt.ends_on, today=today)
        paragraphs += wording.afterwards_paragraphs(
            given_back, is_asked=is_asked, kept_until=kept.kept_until, email=company.email, language=to.language
        )
    key = f"notice:{receipt.notice_id}:{at.isoformat()}"
    subject = wording.notice_subject(name, to.language)
    draft = LetterDraft(
        company_id=company.company_id,
        customer_id=line.customer_id,
        key=key,
        kind="receipt",
        language=to.language,
        recipient=to.email,
        subject=subject,
        text="\n\n".join(paragraphs) + "\n",
        on_day=today,
        queued_at=at,
        paper={"title": subject, "paragraphs": list(paragraphs), "because": because_to_json(receipt.because)},
    )
    if unwritten([key]):
        write_letters([draft])
