"""A letter about a service to its owner, in the language of the owner; written in the transaction that decides."""

from datetime import date, datetime

from servanda.business.companies.facts import CompanyFacts
from servanda.business.customers.queries import customer
from servanda.business.evidence.facts import because_to_json
from servanda.business.hosting.wording import Words
from servanda.business.letters.facts import LetterDraft
from servanda.ground.citation import Citation


def letter_to(
    company: CompanyFacts,
    customer_id: int,
    *,
    key: str,
    kind: str,
    words: Words,
    because: tuple[Citation, ...],
    today: date,
    at: datetime,
) -> LetterDraft:
    """Return a letter whose document holds the same paragraphs, with the clauses that it rests on."""
    to = customer(customer_id)
    subject, paragraphs = words[to.language]
    return LetterDraft(
        company_id=company.company_id,
        customer_id=customer_id,
        key=key,
        kind=kind,
        language=to.language,
        recipient=to.email,
        subject=subject,
        text="\n\n".join(paragraphs) + "\n",
        on_day=today,
        queued_at=at,
        paper={"title": subject, "paragraphs": list(paragraphs), "because": because_to_json(because)},
    )
