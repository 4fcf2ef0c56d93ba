"""Which terms has a company: those that came with the program, and those that it published here; what was accepted.

Versions that came with the program need no question to the database. A published one is read by its name and parsed
once in each process: a published text never changes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from hashlib import sha256

from django.db.models import F, QuerySet

from servanda.agreements.reading import installed_library, installed_source
from servanda.business.companies.queries import Tally, tally_of
from servanda.business.evidence.queries import recorded_among, unrecorded_tally
from servanda.business.library.decisions import draft_problems
from servanda.business.library.facts import (
    AcceptanceFacts,
    AcceptedTerms,
    ChangeProposalFacts,
    CheckedDraft,
    DraftFacts,
    ProofRecord,
    ProposedAct,
    RenderedTerms,
    VendorTermsFacts,
    WaitingDraft,
    fingerprint_of,
)
from servanda.business.library.models import (
    Acceptance,
    ChangeProposal,
    Draft,
    DraftApproval,
    PublishedTerms,
    VendorTerms,
)
from servanda.ground.calendar import legal_day, moment_of
from servanda.ground.law.confirming import FigureToConfirm, figures_to_confirm
from servanda.ground.refusal import Refused
from servanda.terms.book import book_of
from servanda.terms.book_pages import markdown_of
from servanda.terms.checking import check
from servanda.terms.document import Agreement, Language
from servanda.terms.parsing import parse_bytes
from servanda.terms.versions import Library, NoSuchVersion


class NoSuchDraft(Refused):
    """There is no draft of that number."""


class NoSuchProposal(Refused):
    """There is no proposed change of that number."""


class NoSuchAcceptance(Refused):
    """There is no acceptance of that number."""


def library_of(slug: str) -> Library:
    """Return all versions of the company's terms; refuses a company without any."""
    found = [library for library in (installed_library(slug), published_library(slug)) if library is not None]
    if not found:
        raise NoSuchVersion("%(slug)s has no terms. Write a version and publish it first.", {"slug": slug})
    return Library(slug, tuple(agreement for library in found for agreement in library.agreements))


def libraries_of(slugs: Iterable[str]) -> Mapping[str, Library]:
    """Return all versions of each company's terms, in one question for all; a company without any is left out."""
    wanted = tuple(slugs)
    rows = PublishedTerms.objects.filter(company__slug__in=wanted).order_by("id")
    published: dict[str, list[Agreement]] = {slug: [] for slug in wanted}
    for slug, version, language, digest in rows.values_list("company__slug", "version", "language", "sha256"):
        published[slug].append(_published(slug, version, language, digest))
    found = {slug: (installed_library(slug), published[slug]) for slug in wanted}
    return {
        slug: Library(slug, (*(installed.agreements if installed is not None else ()), *own))
        for slug, (installed, own) in found.items()
        if installed is not None or own
    }


def published_library(slug: str) -> Library | None:
    """Return the versions that the company published here; None before the first."""
    rows = PublishedTerms.objects.filter(company__slug=slug).order_by("id").values_list("version", "language", "sha256")
    published = tuple(_published(slug, version, language, sha256) for version, language, sha256 in rows)
    return Library(slug, published) if published else None


def version_of(slug: str, version: str, language: Language = "da") -> Agreement:
    """Return a version of the company's terms in the language; refuses one that there is not."""
    installed = installed_library(slug)
    found = installed.find(version, language) if installed is not None else None
    if found is not None:
        return found
    return library_of(slug).version(version, language)


def is_taken(slug: str, version: str) -> bool:
    """Tell whether the company has a version of that name, in any language."""
    return version in library_of(slug).versions


def source_of(slug: str, version: str, language: Language) -> str:
    """Return the text of a version as it was written, rules and all; refuses one that there is not."""
    version_of(slug, version, language)
    row = PublishedTerms.objects.filter(company__slug=slug, version=version, language=language).first()
    return row.text if row is not None else installed_source(slug, version, language)


def draft(draft_id: int) -> DraftFacts:
    """Return one draft; refuses an unknown one."""
    row = Draft.objects.filter(pk=draft_id).first()
    if row is None:
        raise NoSuchDraft("There is no draft %(draft_id)s.", {"draft_id": draft_id})
    return _draft(row)


def drafts_of(company_id: int, *, only_open: bool = True) -> tuple[DraftFacts, ...]:
    """Return a company's drafts, the newest first."""
    rows = Draft.objects.filter(company_id=company_id, **({"state": "open"} if only_open else {})).order_by("-id")
    return tuple(_draft(row) for row in rows)


def waiting_drafts(company_ids: Iterable[int]) -> tuple[WaitingDraft, ...]:
    """Return the open drafts to whose texts, as they stand, somebody has said yes; reads no text of any other."""
    said = list(
        DraftApproval.objects.filter(draft__company_id__in=list(company_ids), draft__state="open").order_by("id")
    )
    found = []
    for row in Draft.objects.filter(pk__in={one.draft_id for one in said}).order_by("id") if said else ():
        now = fingerprint_of(row.danish, row.english, row.change, row.reason)
        counted = [one for one in said if one.draft_id == row.pk and one.fingerprint == now]
        if counted:
            found.append(
                WaitingDraft(
                    draft_id=row.pk,
                    company_id=row.company_id,
                    version=row.version,
                    approved_by=tuple(one.by for one in counted),
                    since=counted[0].at,
                )
            )
    return tuple(found)


def checked_draft(slug: str, facts: DraftFacts, *, products: frozenset[str]) -> CheckedDraft:
    """Return the documents of a draft with everything that publishing would refuse in them.

    One that was published or given up is read as it was: its own version is no twin of it, and nothing is refused any more.
    """
    known = library_of(slug)
    if facts.state != "open":
        others = tuple(agreement for agreement in known.agreements if agreement.version != facts.version)
        return _checked(Library(slug, others), facts.danish, facts.english, products)
    checked = _checked(known, facts.danish, facts.english, products)
    if checked.danish is None:
        return checked
    base = known.find(facts.base_version)
    found = draft_problems(facts, checked.danish, base, today=legal_day(facts.written_at))
    return replace(checked, problems=(*checked.problems, *found))


def open_proposals(company_id: int) -> tuple[ChangeProposalFacts, ...]:
    """Return the changes that wait for a second person, the longest waiting first."""
    rows = ChangeProposal.objects.filter(company_id=company_id, state="open").order_by("id")
    return tuple(map(_proposal, rows))


def proposal(proposal_id: int) -> ChangeProposalFacts:
    """Return one proposed change; refuses an unknown one."""
    row = ChangeProposal.objects.filter(pk=proposal_id).first()
    if row is None:
        raise NoSuchProposal("There is no proposal %(proposal_id)s.", {"proposal_id": proposal_id})
    return _proposal(row)


def proposal_tally(company_ids: Iterable[int]) -> Tally | None:
    """Return how to count the changes that wait for a second person."""
    return tally_of(ChangeProposal.objects.filter(company_id__in=list(company_ids), state="open"))


def approved_draft_tally(company_ids: Iterable[int]) -> Tally | None:
    """Return how to count what somebody has said of open drafts; whether it still stands is told by `waiting_drafts`."""
    said = DraftApproval.objects.filter(draft__company_id__in=list(company_ids), draft__state="open")
    return tally_of(said, "draft__company_id")


def rendered_terms(slug: str, version: str, language: Language = "da") -> RenderedTerms:
    """Return a version as a reader sees it; refuses one that there is not."""
    return _rendered(version_of(slug, version, language), version_of(slug, version))


def vendor_terms_of(company_id: int, *, on: date) -> tuple[VendorTermsFacts, ...]:
    """Return the newest terms of each vendor that the company had on the day, by the vendor's name."""
    rows = VendorTerms.objects.filter(company_id=company_id, added_at__lt=moment_of(on + timedelta(days=1), hour=0))
    newest = {row.name: row for row in rows.defer("content").order_by("added_at", "id")}
    return tuple(_vendor_terms(newest[name]) for name in sorted(newest))


def vendor_terms_for(company_id: int, products: Iterable[str], *, on: date) -> tuple[VendorTermsFacts, ...]:
    """Return the vendor terms that belong to any of the products, as they stood on the day."""
    return belonging(vendor_terms_of(company_id, on=on), products)


def belonging(offered: Iterable[VendorTermsFacts], products: Iterable[str]) -> tuple[VendorTermsFacts, ...]:
    """Return those of the vendor terms that belong to any of the products."""
    bought = frozenset(products)
    return tuple(terms for terms in offered if not bought.isdisjoint(terms.products))


def acceptances_of(customer_id: int) -> tuple[AcceptanceFacts, ...]:
    """Return what the customer accepted, the newest first; of one moment the own terms stand before the vendors'."""
    rows = (
        _acceptances()
        .filter(customer_id=customer_id)
        .order_by("-accepted_at", F("vendor_terms__name").asc(nulls_first=True), "id")
    )
    return tuple(map(_acceptance, rows))


def acceptance(acceptance_id: int) -> AcceptedTerms:
    """Return one acceptance with the bytes that were accepted; refuses an unknown one."""
    row = Acceptance.objects.select_related("shown", "vendor_terms").filter(pk=acceptance_id).first()
    if row is None:
        raise NoSuchAcceptance("There is no acceptance %(acceptance_id)s.", {"acceptance_id": acceptance_id})
    return _accepted(row)


def annexes_of(found: AcceptanceFacts) -> tuple[AcceptedTerms, ...]:
    """Return what was accepted beside the company's own terms: the vendors' terms of the same contract."""
    if found.what == "vendor":
        return ()
    rows = Acceptance.objects.select_related("shown", "vendor_terms").filter(
        subject=found.subject, vendor_terms__isnull=False
    )
    return tuple(_accepted(row) for row in rows.order_by("vendor_terms__name", "id"))


def is_stored(record: ProofRecord) -> bool:
    """Tell whether the acceptance that a proof tells of stands here, with the same text, moment, person and way."""
    row = Acceptance.objects.select_related("shown", "vendor_terms", "company").filter(pk=record.acceptance_id).first()
    if row is None or row.company.cvr != record.company:
        return False
    found = _acceptance(row)
    told = (record.what, record.version, record.language, record.text_sha256)
    when_and_who = (record.accepted_at, record.accepted_by, record.how)
    return told == (found.what, found.version, found.language, found.text_sha256) and when_and_who == (
        found.accepted_at,
        found.accepted_by,
        found.how,
    )


def _acceptances() -> QuerySet[Acceptance]:
    heavy = ("shown__text", "vendor_terms__content")
    return Acceptance.objects.select_related("shown", "vendor_terms").defer(*heavy)


def _acceptance(row: Acceptance) -> AcceptanceFacts:
    vendor = row.vendor_terms
    text = row.shown if vendor is None else vendor
    assert text is not None, "an_acceptance_is_of_one_text"
    return AcceptanceFacts(
        acceptance_id=row.pk,
        company_id=row.company_id,
        customer_id=row.customer_id,
        subject=row.subject,
        what="own" if vendor is None else "vendor",
        name="" if vendor is None else vendor.name,
        version=text.version,
        language=text.language,
        text_sha256=text.sha256,
        media_type="text/markdown" if vendor is None else vendor.media_type,
        accepted_at=row.accepted_at,
        accepted_by=row.accepted_by,
        how=row.how,
        recorded_at=row.recorded_at,
    )


def _accepted(row: Acceptance) -> AcceptedTerms:
    if row.vendor_terms is not None:
        content = bytes(row.vendor_terms.content)
    else:
        assert row.shown is not None, "an_acceptance_is_of_one_text"
        content = row.shown.text.encode("utf-8")
    facts = _acceptance(row)
    assert sha256(content).hexdigest() == facts.text_sha256, f"the text of acceptance {row.pk} was changed"
    return AcceptedTerms(facts=facts, content=content)


def _vendor_terms(row: VendorTerms) -> VendorTermsFacts:
    return VendorTermsFacts(
        vendor_terms_id=row.pk,
        name=row.name,
        version=row.version,
        language=row.language,
        media_type=row.media_type,
        sha256=row.sha256,
        products=tuple(row.products),
        added_at=row.added_at,
    )


def _proposal(row: ChangeProposal) -> ChangeProposalFacts:
    act: ProposedAct = "transfer" if row.act == "transfer" else "discontinuation"
    return ChangeProposalFacts(
        proposal_id=row.pk,
        company_id=row.company_id,
        act=act,
        subject=row.subject,
        details=row.details,
        reason=row.reason,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        state=row.state,
        settled_by=row.settled_by,
        change_id=row.change_id,
    )


@lru_cache(maxsize=16)
def _checked(known: Library, danish: str, english: str, products: frozenset[str]) -> CheckedDraft:
    """Return the texts read and checked. The same text is asked about on each page of its workbench."""
    read = {
        language: parse_bytes(text.encode("utf-8"), file=f"draft.{language}.md")
        for language, text in (("da", danish), ("en", english))
    }
    problems = [problem for parsed in read.values() for problem in parsed.problems]
    drafts = tuple(parsed.draft for parsed in read.values() if parsed.draft is not None)
    unsound = frozenset(problem.file for problem in problems)
    together = check(Library(known.provider, (*known.agreements, *drafts)), products=products, unsound=unsound)
    problems += [problem for problem in together if problem.file.startswith("draft.")]
    # Whether the English figures stand for something is found beside the Danish rules, so any problem there counts.
    has_odd_english = any(problem.file == "draft.en.md" for problem in problems)
    danish_agreement = read["da"].agreement
    english_agreement = None if has_odd_english or danish_agreement is None else read["en"].agreement
    return CheckedDraft(danish=danish_agreement, english=english_agreement, problems=tuple(problems))


def _draft(row: Draft) -> DraftFacts:
    texts = fingerprint_of(row.danish, row.english, row.change)
    now = fingerprint_of(row.danish, row.english, row.change, row.reason)
    said_yes = DraftApproval.objects.filter(draft=row, fingerprint=now).order_by("id").values_list("by", flat=True)
    read = parse_bytes(row.danish.encode("utf-8"), file="draft.da.md").draft
    return DraftFacts(
        draft_id=row.pk,
        company_id=row.company_id,
        version=row.version,
        base_version=row.base_version,
        effective_on=read.effective_on if read is not None else None,
        change=row.change,
        reason=row.reason,
        danish=row.danish,
        english=row.english,
        state=row.state,
        written_by=row.written_by,
        written_at=row.written_at,
        forecast=row.forecast if row.forecast_of == texts else None,
        approved_by=tuple(said_yes),
    )


@lru_cache(maxsize=256)
def _published(slug: str, version: str, language: str, sha256: str) -> Agreement:
    """Return a published version. The hash among the arguments makes what was read once true for ever."""
    text = PublishedTerms.objects.get(company__slug=slug, version=version, language=language).text
    read = parse_bytes(text.encode("utf-8"), file=f"{slug}/{version}.{language}.md")
    assert read.agreement is not None, f"{version} was checked before it was published: {read.problems}"
    assert read.agreement.sha256 == sha256, f"the published text of {version} was changed"
    return read.agreement


@lru_cache(maxsize=64)
def _rendered(agreement: Agreement, danish: Agreement) -> RenderedTerms:
    """Return the text for readers. It is kept by the hashes of the documents, which change with every letter of them."""
    text = markdown_of(book_of(agreement, danish))
    return RenderedTerms(
        version=agreement.version,
        language=agreement.language,
        text=text,
        sha256=sha256(text.encode("utf-8")).hexdigest(),
        source_sha256=agreement.sha256,
    )


def unconfirmed_figures(company_id: int, *, on: date) -> tuple[FigureToConfirm, ...]:
    """Return the figures of the law that nobody in the company has confirmed; a corrected figure must be confirmed anew."""
    figures = figures_to_confirm(on)
    known = recorded_among(_confirmed_key(company_id, figure) for figure in figures) if figures else frozenset()
    return tuple(figure for figure in figures if _confirmed_key(company_id, figure) not in known)


def unconfirmed_tally(today_by_company: Mapping[int, date]) -> Tally:
    """Return how to count the figures of the law that nobody has confirmed, by company on its own day."""
    asked = ((company_id, figures_to_confirm(today)) for company_id, today in today_by_company.items())
    return unrecorded_tally((company_id, _confirmed_key(company_id, one)) for company_id, some in asked for one in some)


def _confirmed_key(company_id: int, figure: FigureToConfirm) -> str:
    """Return the name of the record that a person leaves who confirms the figure; one without a value has no such record."""
    return f"law.confirmed:{company_id}:{figure.key}:{figure.value}"
