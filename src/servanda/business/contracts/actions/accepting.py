"""What a customer accepts by a contract: the company's own terms word for word, and those of the vendors behind it.

An order is refused when the accepted document is not the version it claims to be, and when the terms of a vendor that
belong to what is bought were not accepted. An import is told by another system that its customers accepted: the day and
the way are kept as the file has them, the text as the version reads here, and `import` stands for who accepted. Of vendors'
terms the file says nothing, so nothing is claimed; the record of the contract names those whose acceptance is not known.
"""

from collections.abc import Iterable

from servanda.business.contracts.actions.refusals import ContractRefused
from servanda.business.contracts.facts import Acceptance, ContractFacts
from servanda.business.library.facts import AcceptanceDraft, RenderedTerms, VendorTermsFacts
from servanda.business.library.queries import rendered_terms
from servanda.terms.document import Language


def accepted_text(slug: str, acceptance: Acceptance) -> RenderedTerms:
    """Return the own terms as the customer read them; refuses an acceptance whose hash is another document's."""
    language: Language = "da" if acceptance.language == "da" else "en"
    text = rendered_terms(slug, acceptance.version, language)
    if text.source_sha256 != acceptance.sha256:
        raise ContractRefused(
            "Version %(version)s of the terms has the hash %(of_version)s…, but what was accepted has"
            " %(accepted)s…: that was another text. Show the customer the version and ask again.",
            {"version": acceptance.version, "of_version": text.source_sha256[:12], "accepted": acceptance.sha256[:12]},
        )
    return text


def drafts_of(
    concluded: ContractFacts, texts: Iterable[RenderedTerms | VendorTermsFacts], *, accepted_by: str
) -> tuple[AcceptanceDraft, ...]:
    """Return the acceptances that a contract brings about, one for each text."""
    return tuple(
        AcceptanceDraft(
            company_id=concluded.company_id,
            customer_id=concluded.customer_id,
            subject=f"contract:{concluded.contract_id}",
            accepted=text,
            accepted_at=concluded.acceptance.at,
            accepted_by=accepted_by,
            how=concluded.acceptance.how,
        )
        for text in texts
    )
