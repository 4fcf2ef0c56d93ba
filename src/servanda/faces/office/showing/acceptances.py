"""What a customer accepted: the list on their page, and one acceptance with its text, its annexes and its proof."""

import re
from dataclasses import dataclass

from django.urls import reverse

from servanda.business.contracts.queries import contract
from servanda.business.customers.facts import CustomerFacts
from servanda.business.library.facts import AcceptanceFacts, AcceptedTerms, Party, Proof
from servanda.business.library.queries import NoSuchAcceptance, acceptance, acceptances_of, annexes_of
from servanda.business.library.wording import (
    Agreed,
    accepted_text,
    file_name,
    how_text,
    language_text,
    moment_with_zone,
    named_terms,
    precedence_text,
    proof_of,
    text_html,
    who_text,
)
from servanda.faces.office.places import Visit
from servanda.faces.office.words import language
from servanda.faces.parts.safe import trusted

_HEADING = re.compile(r"<(/?)h([1-4])>")


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceRow:
    """One acceptance in a list."""

    terms: str
    address: str
    accepted: str
    language: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnexShown:
    """What was accepted beside the company's own terms."""

    terms: str
    sha256: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceShown:
    """One acceptance. `text` is safe HTML; empty for a file that can only be handed out."""

    terms: str
    customer: str
    contract: str
    accepted: str
    language: str
    language_code: str
    who: str
    how: str
    recorded: str
    is_imported: bool
    sha256: str
    annexes: tuple[AnnexShown, ...]
    precedence: str
    text: str
    proof_address: str
    file_address: str


def acceptance_rows(visit: Visit, customer: CustomerFacts) -> tuple[AcceptanceRow, ...]:
    """Return what the customer accepted, the newest first."""
    return tuple(
        AcceptanceRow(
            terms=named_terms(found, language()),
            address=_address("acceptance", visit, customer, found),
            accepted=accepted_text(found, language()),
            language=language_text(found.language, language()),
            who=who_text(found, language()),
        )
        for found in acceptances_of(customer.customer_id)
    )


def acceptance_of_customer(visit: Visit, customer: CustomerFacts, acceptance_id: int) -> AcceptedTerms | None:
    """Return an acceptance of this customer; another's is not found."""
    try:
        found = acceptance(acceptance_id)
    except NoSuchAcceptance:
        return None
    is_theirs = found.facts.customer_id == customer.customer_id
    return found if is_theirs and found.facts.company_id == visit.company.company_id else None


def acceptance_shown(visit: Visit, customer: CustomerFacts, accepted: AcceptedTerms) -> AcceptanceShown:
    """Return the page of one acceptance."""
    facts, annexes = accepted.facts, annexes_of(accepted.facts)
    return AcceptanceShown(
        terms=named_terms(facts, language()),
        customer=customer.name,
        contract=_contract_number(facts),
        accepted=accepted_text(facts, language()),
        language=language_text(facts.language, language()),
        language_code=facts.language,
        who=who_text(facts, language()),
        how=how_text(facts.how, language()),
        recorded=moment_with_zone(facts.recorded_at, language()),
        is_imported=facts.is_imported,
        sha256=facts.text_sha256,
        annexes=tuple(
            AnnexShown(
                terms=named_terms(annex.facts, language()),
                sha256=annex.facts.text_sha256,
                address=_address("acceptance", visit, customer, annex.facts),
            )
            for annex in annexes
        ),
        precedence=precedence_text(language()) if annexes else "",
        text=_below_headings(text_html(accepted)),
        proof_address=_address("acceptance-proof", visit, customer, facts),
        file_address=_address("acceptance-text", visit, customer, facts),
    )


def proof_for(visit: Visit, customer: CustomerFacts, accepted: AcceptedTerms) -> Proof:
    """Return what the proof of the acceptance says, in the language in which it was accepted."""
    company = visit.company
    return proof_of(
        Agreed(
            accepted=accepted,
            annexes=annexes_of(accepted.facts),
            provider=Party(company.legal_name, (*company.address_lines, f"CVR {company.cvr}")),
            provider_cvr=company.cvr,
            customer=_party(customer),
            customer_number=customer.number,
            contract_number=_contract_number(accepted.facts),
        )
    )


def proof_name(accepted: AcceptedTerms, customer: CustomerFacts) -> str:
    """Return the name under which a proof is kept."""
    return f"aftalebevis-{customer.number}-{accepted.facts.acceptance_id}.pdf"


def text_name(accepted: AcceptedTerms) -> str:
    """Return the name under which the accepted text is kept."""
    return f"{accepted.facts.version}-{file_name(accepted)}"


def _party(customer: CustomerFacts) -> Party:
    details = customer.details
    name, *lines = customer.postal_lines
    return Party(name, (*lines, f"CVR {details.cvr}") if details.cvr else tuple(lines))


def _contract_number(facts: AcceptanceFacts) -> str:
    kind, _colon, number = facts.subject.partition(":")
    return contract(int(number)).number if kind == "contract" else ""


def _address(name: str, visit: Visit, customer: CustomerFacts, facts: AcceptanceFacts) -> str:
    return reverse(f"office:{name}", args=[visit.company.slug, customer.number, facts.acceptance_id])


def _below_headings(html: str) -> str:
    """Return the text with its headings two levels deeper: on the page they stand below two of our own."""
    return trusted(_HEADING.sub(lambda found: f"<{found[1]}h{int(found[2]) + 2}>", html))
