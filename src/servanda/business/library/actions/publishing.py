"""Publishing a version of a company's terms: checked, in both languages, by two persons."""

from datetime import datetime

from django.db import transaction

from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.actions import record
from servanda.business.library.actions.drafting import refuse_unfit
from servanda.business.library.facts import DraftFacts
from servanda.business.library.models import Draft, PublishedTerms
from servanda.business.library.queries import draft, library_of
from servanda.ground.calendar import legal_day
from servanda.ground.refusal import Refused, WrongDocument
from servanda.terms.checking import check
from servanda.terms.document import Agreement
from servanda.terms.parsing import Parsed, parse_bytes
from servanda.terms.versions import Library, NoSuchVersion


class NotPublished(Refused):
    """A version cannot be published as it stands."""


@transaction.atomic
def publish_terms(
    company: CompanyFacts, *, danish: str, english: str, products: frozenset[str], by: tuple[str, str], at: datetime
) -> Agreement:
    """Publish a version and return its Danish document, the authoritative one.

    `by` are two different persons. `products` are the codes of the company's catalogue. Raises `WrongDocument` with
    every problem of the texts; refuses a version that the company has already.
    """
    first, second = (name.strip() for name in by)
    if not first or not second or first == second:
        raise NotPublished("Terms are published by two different persons. Let a second one approve them.")
    texts = (danish, english)
    read = tuple(
        parse_bytes(text.encode("utf-8"), file=f"draft.{language}.md")
        for text, language in zip(texts, ("da", "en"), strict=True)
    )
    known = _known(company.slug)
    agreements = _checked(read, known, products)
    version = agreements[0].version
    if version in known.versions:
        raise NotPublished("There is a version %(version)s already. Give the draft another one.", {"version": version})
    for agreement, text in zip(agreements, texts, strict=True):
        PublishedTerms.objects.create(
            company_id=company.company_id,
            version=version,
            language=agreement.language,
            text=text,
            sha256=agreement.sha256,
            published_at=at,
            published_by=[first, second],
        )
    record(
        company_id=company.company_id,
        key=f"terms.published:{company.company_id}:{version}",
        what="terms.published",
        subject=f"terms:{version}",
        on_day=legal_day(at),
        at=at,
        because=(),
        facts={"version": version, "by": [first, second], "sha256": [agreement.sha256 for agreement in agreements]},
        by=second,
    )
    return agreements[0]


@transaction.atomic
def publish_draft(
    company: CompanyFacts, draft_id: int, *, products: frozenset[str], at: datetime
) -> tuple[DraftFacts, Agreement]:
    """Publish a draft that two persons have approved as it stands; returns it with its Danish document."""
    row = Draft.objects.select_for_update().get(pk=draft_id, company_id=company.company_id)
    facts = draft(draft_id)
    if row.state != "open":
        raise NotPublished(
            "The draft of version %(version)s was published or dropped already. Begin a new one.",
            {"version": row.version},
        )
    if len(facts.approved_by) < 2:
        if not facts.approved_by:
            raise NotPublished(
                "Terms are published by two persons; nobody has said yes to these texts. Let two approve them."
            )
        raise NotPublished(
            "Terms are published by two persons; only %(who)s has said yes to these texts. Let another one approve them.",
            {"who": facts.approved_by[0]},
        )
    refuse_unfit(company.slug, facts, today=legal_day(at))
    first, second = facts.approved_by[:2]
    published = publish_terms(
        company, danish=facts.danish, english=facts.english, products=products, by=(first, second), at=at
    )
    row.state = "published"
    row.save(update_fields=["state"])
    return draft(draft_id), published


def _known(slug: str) -> Library:
    try:
        return library_of(slug)
    except NoSuchVersion:
        return Library(slug, ())


def _checked(read: tuple[Parsed, ...], known: Library, products: frozenset[str]) -> tuple[Agreement, ...]:
    problems = [problem for parsed in read for problem in parsed.problems]
    drafts = tuple(parsed.draft for parsed in read if parsed.draft is not None)
    if not problems:
        together = check(Library(known.provider, (*known.agreements, *drafts)), products=products)
        problems = [problem for problem in together if problem.file.startswith("draft.")]
    if problems:
        raise WrongDocument(tuple(problems))
    return drafts
