"""The pages of what a customer accepted: list, proof and files, in both languages, and nobody else's."""

import itertools
import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from servanda.agreements.reading import catalogue_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import company_named
from servanda.business.customers.queries import customer_numbered
from servanda.business.library.actions import accept, add_vendor_terms
from servanda.business.library.decisions import disagreement_in, record_in
from servanda.business.library.facts import IMPORTED, AcceptanceDraft, RenderedTerms, VendorTermsFacts
from servanda.business.library.queries import acceptance, acceptances_of, is_stored, rendered_terms
from tests.faces.office import office_world

CUSTOMER = "/c/safe-it/customers/1001/"
HOSTILE_TERMS = b"# Licence\n\n<script>alert('Mallory')</script>\n"


def alma(here: CompanyFacts) -> int:
    return customer_numbered(here.company_id, "1001").customer_id


def own(here: CompanyFacts) -> int:
    """The acceptance by which Alma became a customer."""
    (found,) = acceptances_of(alma(here))
    return found.acceptance_id


def vendor(
    here: CompanyFacts, *, media_type: str = "text/markdown", content: bytes = HOSTILE_TERMS
) -> VendorTermsFacts:
    return add_vendor_terms(
        here.company_id,
        name="Datto",
        version="3.2",
        language="en",
        media_type=media_type,
        content=content,
        products=frozenset({"webhosting"}),
        catalogue=catalogue_of("safe-it").codes,
        by="staff:eva",
        at=datetime(2026, 8, 1, tzinfo=UTC),
    )


def accepted(here: CompanyFacts, terms: VendorTermsFacts | RenderedTerms, *, by: str = "Alma Prøve") -> int:
    """Let Alma accept something beside her contract."""
    found = acceptance(own(here)).facts
    return accept(
        AcceptanceDraft(
            company_id=here.company_id,
            customer_id=found.customer_id,
            subject=found.subject,
            accepted=terms,
            accepted_at=datetime(2026, 8, 3, 12, 4, tzinfo=UTC),
            accepted_by=by,
            how="portal",
        ),
        at=datetime(2026, 8, 4, tzinfo=UTC),
    )


def page(eva: Client, address: str, *, language: str = "da") -> str:
    answer = eva.get(address, headers={"accept-language": language})
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("da", ("Accepterede vilkår", "leverandørens vilkår, version 2025-01", "mandag den 3. august 2026 kl. 09.00",
                "(dansk tid, UTC+02:00)", "ingen er navngivet")),
        ("en", ("Accepted terms", "the provider&#x27;s terms, version 2025-01", "Monday 3 August 2026 at 09:00",
                "(Danish time, UTC+02:00)", "nobody is named")),
    ],
)  # fmt: skip
def test_the_customers_page_lists_what_was_accepted(
    eva: Client, here: CompanyFacts, language: str, words: tuple[str, ...]
) -> None:
    shown = page(eva, CUSTOMER, language=language)
    assert [word for word in words if word not in shown] == []
    assert f'href="{CUSTOMER}acceptances/{own(here)}/"' in shown


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("da", ("Aftalebevis", "Underskrevet PDF", "SHA-256 af den nøjagtige tekst", "underskrevet ordre", "A-1")),
        ("en", ("Proof of agreement", "Signed PDF", "SHA-256 of the exact text", "signed order", "A-1")),
    ],
)
def test_an_acceptance_shows_its_text_with_hash_time_and_way(
    eva: Client, here: CompanyFacts, language: str, words: tuple[str, ...]
) -> None:
    facts = acceptance(own(here)).facts
    shown = page(eva, f"{CUSTOMER}acceptances/{facts.acceptance_id}/", language=language)
    assert [word for word in (*words, facts.text_sha256, "1.1 ") if word not in shown] == []
    assert '<div class="prose" lang="da"><h3>' in shown
    levels = [int(level) for level in re.findall(r"<h([1-6])", shown)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_the_exact_text_comes_as_a_file(eva: Client, here: CompanyFacts) -> None:
    answer = eva.get(f"{CUSTOMER}acceptances/{own(here)}/text/")
    assert answer.content.decode() == rendered_terms("safe-it", "2025-01").text
    assert "attachment" in answer["Content-Disposition"]


@pytest.mark.clause("vicevaert-007")
@pytest.mark.clause("vicevaert-008")
def test_annexes_stand_beside_the_terms_with_version_hash_and_who_goes_first(eva: Client, here: CompanyFacts) -> None:
    terms = vendor(here)
    annex = accepted(here, terms)
    shown = page(eva, f"{CUSTOMER}acceptances/{acceptances_of(alma(here))[-1].acceptance_id}/")
    assert "Datto, version 3.2" in shown
    assert terms.sha256 in shown
    assert "går vilkårene forrest, undtagen i det, der handler om selve licensen" in shown
    assert f'href="{CUSTOMER}acceptances/{annex}/"' in shown


def test_the_terms_of_a_vendor_are_shown_and_never_obeyed(eva: Client, here: CompanyFacts) -> None:
    shown = page(eva, f"{CUSTOMER}acceptances/{accepted(here, vendor(here))}/")
    assert "Alma Prøve" in shown
    assert "alert" in shown
    assert "<script>alert" not in shown


def test_a_file_that_cannot_be_shown_is_handed_out(eva: Client, here: CompanyFacts) -> None:
    content = b"%PDF-1.7 \xff"
    number = accepted(here, vendor(here, media_type="application/pdf", content=content))
    assert "ikke kan vises her" in page(eva, f"{CUSTOMER}acceptances/{number}/")
    assert eva.get(f"{CUSTOMER}acceptances/{number}/text/").content == content


def test_an_import_is_told_as_such(eva: Client, here: CompanyFacts) -> None:
    number = accepted(here, rendered_terms("safe-it", "2025-01", "en"), by=IMPORTED)
    shown = page(eva, f"{CUSTOMER}acceptances/{number}/")
    assert "mandag den 3. august 2026 (klokkeslættet kendes ikke)" in shown
    assert "overtaget fra et andet system" in shown
    assert 'lang="en"><h3>' in shown


def test_the_signed_proof_carries_text_annexes_and_a_record_that_is_stored_here(
    eva: Client, here: CompanyFacts
) -> None:
    accepted(here, vendor(here))
    number = acceptances_of(alma(here))[-1].acceptance_id
    answer = eva.get(f"{CUSTOMER}acceptances/{number}/proof/")
    assert f"aftalebevis-1001-{number}.pdf" in answer["Content-Disposition"]
    found = office_world.signer().examine(answer.content)
    assert (found.state, found.signer) == ("intact", here.legal_name)
    files = {file.name: file.content for file in found.files}
    assert set(files) == {"terms.md", "annex-1.md", "acceptance.json"}
    assert files["terms.md"] == acceptance(number).content
    assert files["annex-1.md"] == HOSTILE_TERMS
    record = record_in(files)
    assert record is not None
    assert (record.customer, record.contract, record.company) == ("1001", "A-1", here.cvr)
    assert disagreement_in(record, files) == ""
    assert is_stored(record)


@pytest.mark.parametrize("rest", ["", "proof/", "text/"])
def test_what_another_customer_accepted_is_not_found(eva: Client, here: CompanyFacts, rest: str) -> None:
    number = own(here)
    assert eva.get(f"{CUSTOMER}acceptances/{number}/{rest}").status_code == 200
    for address in ("/c/safe-it/customers/1002/", "/c/vicevaert/customers/1001/", "/c/safe-it/customers/9999/"):
        assert eva.get(f"{address}acceptances/{number}/{rest}").status_code == 404
    assert eva.get(f"{CUSTOMER}acceptances/{number + 10_000}/{rest}").status_code == 404
    assert company_named("vicevaert").company_id != here.company_id
