"""`servanda terms verify`: yes to a proof that is ours and unchanged, no to everything else, with the reason."""

import json
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from servanda.agreements.reading import catalogue_of
from servanda.business.catalogue.actions import load_catalogue
from servanda.business.companies.actions import add_company
from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.queries import events_of_subjects
from servanda.business.library.actions import accept
from servanda.business.library.facts import AcceptanceDraft, AcceptedTerms, Party
from servanda.business.library.queries import acceptance, rendered_terms, vendor_terms_for
from servanda.business.library.wording import Agreed, proof_of
from servanda.faces.cli.main import main
from servanda.faces.parts.proofs import signed_proof

AT = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
TODAY = date(2026, 12, 1)


@pytest.fixture
def company(db: None, settings: Any, tmp_path: Path) -> CompanyFacts:
    settings.DATABASE_READY = f"{__name__}.ready"
    settings.SIGNING_KEYS = tmp_path / "signing"
    made = add_company(
        slug="safe-it",
        name="Safe",
        legal_name="Safe (eksempel) ApS",
        cvr="99005203",
        address_lines=("Eksempelvej 1",),
        email="faktura@eksempel.example",
        phone="",
        web="",
        bank_registration="9995",
        bank_account="0000200202",
        iban="DK2999950000200202",
        fik_creditor="80000022",
        colour="#333333",
        language="da",
        fiscal_year_starts_month=1,
        clock_on=TODAY,
    )
    load_catalogue(made.company_id, catalogue_of("safe-it"), today=TODAY, at=AT)
    return made


def ready() -> nullcontext[None]:
    """The tests have a database already."""
    return nullcontext()


def accepted(company: CompanyFacts) -> AcceptedTerms:
    return acceptance(
        accept(
            AcceptanceDraft(
                company_id=company.company_id,
                customer_id=42,
                subject="contract:17",
                accepted=rendered_terms("safe-it", "2025-01"),
                accepted_at=AT,
                accepted_by="Alma Prøve",
                how="portal",
            ),
            at=AT,
        )
    )


def proof(company: CompanyFacts, told: AcceptedTerms) -> bytes:
    agreed = Agreed(
        accepted=told,
        annexes=(),
        provider=Party(company.legal_name, company.address_lines),
        provider_cvr=company.cvr,
        customer=Party("Alma & Co ApS", ()),
        customer_number="1001",
        contract_number="K-1",
    )
    return signed_proof(proof_of(agreed), company, at=AT)


@pytest.fixture
def file(company: CompanyFacts, tmp_path: Path) -> Path:
    """A proof of what was accepted."""
    written = tmp_path / "bevis.pdf"
    written.write_bytes(proof(company, accepted(company)))
    return written


def test_an_unchanged_proof_is_a_yes_with_code_0(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["terms", "verify", str(file)]) == 0
    first, signed, text, stored = capsys.readouterr().out.splitlines()
    assert first == "Yes. bevis.pdf is a proof of agreement, and nobody has changed it."
    assert "by Safe (eksempel) ApS on Tuesday 1 December 2026 at 09:00, with the key of this installation" in signed
    assert rendered_terms("safe-it", "2025-01").sha256 in text
    assert stored.endswith("is stored here with the same text, moment, person and way.")


@pytest.mark.parametrize("place", [0.2, 0.5, 0.9])
def test_a_proof_with_one_byte_changed_is_a_no_with_code_1(
    file: Path, capsys: pytest.CaptureFixture[str], place: float
) -> None:
    content = bytearray(file.read_bytes())
    content[int(len(content) * place)] ^= 1
    file.write_bytes(content)
    assert main(["terms", "verify", str(file)]) == 1
    assert capsys.readouterr().out.startswith("No. bevis.pdf is not what was signed: bytes of it were changed")


def test_others_verify_with_the_certificate_and_without_a_database(
    company: CompanyFacts, file: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    certificate = str(settings.SIGNING_KEYS / "safe-it.crt")
    settings.SIGNING_KEYS = file.parent / "nowhere"
    settings.DATABASE_READY = "no.database.there"
    assert main(["terms", "verify", str(file), "--certificate", certificate]) == 0
    said = capsys.readouterr().out
    assert "with the key of the certificate that you named" in said
    assert "No database was asked" in said


def test_a_proof_of_another_installation_is_told_as_such(
    company: CompanyFacts, file: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.SIGNING_KEYS = file.parent / "other"
    proof(company, accepted(company))  # this installation has signed something too
    assert main(["terms", "verify", str(file)]) == 1
    said = capsys.readouterr().out
    assert said.startswith("No. bevis.pdf is not signed with the key it was compared with. It names")
    assert "--certificate" in said


@pytest.mark.parametrize(
    ("content", "message"), [(b"%PDF-1.7\n%%EOF\n", "is a PDF without a signature"), (b"hello", "is no PDF")]
)
def test_a_foreign_file_is_told_as_such(
    file: Path, content: bytes, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    other = file.with_name("other.pdf")
    other.write_bytes(content)
    assert main(["terms", "verify", str(other)]) == 1
    assert message in capsys.readouterr().out


def test_a_signed_proof_of_what_is_not_stored_is_a_no(
    company: CompanyFacts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = accepted(company)
    for facts in (
        replace(told.facts, accepted_by="Birk Prøve"),
        replace(told.facts, version="2024-01"),
        replace(told.facts, acceptance_id=told.facts.acceptance_id + 1),
    ):
        (tmp_path / "made-up.pdf").write_bytes(proof(company, replace(told, facts=facts)))
        assert main(["terms", "verify", str(tmp_path / "made-up.pdf")]) == 1
        assert "is not stored here as the proof tells it" in capsys.readouterr().out


def test_a_signed_proof_that_disagrees_with_its_own_text_is_a_no(
    company: CompanyFacts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = accepted(company)
    (tmp_path / "odd.pdf").write_bytes(proof(company, replace(told, content=told.content + b"!")))
    assert main(["terms", "verify", str(tmp_path / "odd.pdf")]) == 1
    said = capsys.readouterr().out
    assert "cannot stand as a proof" in said
    assert sha256(told.content + b"!").hexdigest() in said


def test_json_holds_the_answer(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["terms", "verify", str(file), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer == {
        "file": "bevis.pdf",
        "is_proof": True,
        "signature": "intact",
        "signer": "Safe (eksempel) ApS",
        "text_sha256": rendered_terms("safe-it", "2025-01").sha256,
        "is_stored": True,
        "sentences": answer["sentences"],
    }


@pytest.mark.parametrize("arguments", [["nowhere.pdf"], ["{file}", "--certificate", "nowhere.crt"]])
def test_what_is_not_there_is_wrong_usage(file: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["terms", "verify", *(argument.format(file=file) for argument in arguments)]) == 2
    assert "is not a file" in capsys.readouterr().err


def test_without_any_key_nothing_can_be_asked(file: Path, settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    settings.SIGNING_KEYS = file.parent / "nowhere"
    assert main(["terms", "verify", str(file)]) == 2
    assert "--certificate" in capsys.readouterr().err


def test_the_terms_of_a_vendor_are_kept_for_their_products(
    company: CompanyFacts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "datto.txt"
    file.write_text("You may use it.", encoding="utf-8")
    named = ["--company", "safe-it", "--name", "Datto", "--version", "3.2"]
    products = ["--product", "webhosting", "--product", "pc-security"]
    assert main(["terms", "add-vendor", str(file), *named, *products]) == 0
    (kept,) = vendor_terms_for(company.company_id, ["webhosting"], on=TODAY)
    assert (kept.name, kept.products) == ("Datto", ("pc-security", "webhosting"))
    assert kept.sha256 == sha256(b"You may use it.").hexdigest()
    assert kept.sha256 in capsys.readouterr().out
    (event,) = events_of_subjects([f"vendor-terms:{kept.vendor_terms_id}"])
    assert event.by == "operator"


@pytest.mark.parametrize(
    ("name", "product", "message"),
    [("datto.exe", "webhosting", "of no kind"), ("nowhere.txt", "webhosting", "is not a file"),
     ("datto.txt", "teleport", "sells no teleport")],
)  # fmt: skip
def test_a_vendors_file_that_cannot_be_kept_is_wrong_usage(
    company: CompanyFacts, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, product: str, message: str
) -> None:
    for kept in ("datto.exe", "datto.txt"):
        (tmp_path / kept).write_text("You may use it.", encoding="utf-8")
    named = ["--company", "safe-it", "--name", "Datto", "--version", "3.2", "--product", product]
    assert main(["terms", "add-vendor", str(tmp_path / name), *named]) == 2
    assert message in capsys.readouterr().err
