"""`servanda terms verify FILE`: is a file a proof of agreement, and is it still, to the byte, what was signed?

Code 0: yes. 1: no. 2: it could not be asked. Without `--certificate` the file is compared with the keys of this
installation and with what its database keeps; with it, with that certificate alone, and no database is asked.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from servanda.faces.cli.database import database, use_settings
from servanda.ground.calendar import moment_text
from servanda.ground.refusal import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of the question. `is_stored` is None where no database was asked."""

    is_proof: bool
    sentences: tuple[str, ...]
    signature: str
    signer: str = ""
    text_sha256: str = ""
    is_stored: bool | None = None


def add_to(nested: Any) -> None:
    """Add the command to the parser of `terms`."""
    parser = nested.add_parser("verify", help="tell whether a file is a proof of agreement that nobody has changed")
    parser.add_argument("file", type=Path, metavar="FILE", help="what somebody shows as a proof")
    parser.add_argument(
        "--certificate",
        type=Path,
        metavar="FILE.crt",
        help="of who signed; the keys of this installation when left out",
    )
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    parser.set_defaults(run=_run)


def _run(parsed: argparse.Namespace) -> int:
    file = _content(parsed.file)
    certificate = _content(parsed.certificate) if parsed.certificate is not None else None
    use_settings()
    verdict = verdict_on(file, name=parsed.file.name, certificate=certificate)
    if parsed.json:
        print(json.dumps(_as_json(parsed.file.name, verdict), ensure_ascii=False, indent=2))
    else:
        print("\n".join(verdict.sentences))
    return 0 if verdict.is_proof else 1


def verdict_on(file: bytes, *, name: str, certificate: bytes | None) -> Verdict:
    """Tell whether the file is a proof; asks the database only when nothing else speaks against it."""
    from servanda.business.library.decisions import disagreement_in, record_in
    from servanda.faces.parts.proofs import examined

    found = examined(file, certificate=certificate)
    if found.state != "intact":
        return Verdict(is_proof=False, sentences=_refusal(found.state, name, found.signer), signature=found.state)
    files = {inner.name: inner.content for inner in found.files}
    record = record_in(files)
    if record is None:
        said = f"No. {name} is signed by {found.signer} and unchanged, but it is no proof of agreement."
        return Verdict(is_proof=False, sentences=(said,), signature="intact", signer=found.signer)
    wrong = disagreement_in(record, files)
    is_stored = _is_stored(record) if not wrong and certificate is None else None
    is_proof = not wrong and is_stored is not False
    signed = f" on {moment_text(found.signed_at, 'en')}" if found.signed_at is not None else ""
    whose = "this installation" if certificate is None else "the certificate that you named"
    sentences = (
        f"Yes. {name} is a proof of agreement, and nobody has changed it." if is_proof else _no(name, wrong),
        f"It was signed by {found.signer}{signed}, with the key of {whose} ({found.certificate_sha256[:16]}…).",
        *((f"The text in it has the SHA-256 that is printed: {record.text_sha256}.",) if not wrong else ()),
        _stored_text(record.acceptance_id, is_stored),
    )
    return Verdict(
        is_proof=is_proof,
        sentences=sentences,
        signature="intact",
        signer=found.signer,
        text_sha256=record.text_sha256,
        is_stored=is_stored,
    )


def _is_stored(record: Any) -> bool:
    with database():
        from servanda.business.library.queries import is_stored

        return is_stored(record)


def _refusal(state: str, name: str, signer: str) -> tuple[str, ...]:
    by = f" since {signer} signed it" if signer else ""
    claimed = f" It names {signer!r} as who signed, which anybody can write." if signer else ""
    return {
        "changed": (f"No. {name} is not what was signed: bytes of it were changed, added or lost{by}.",),
        "other key": (
            f"No. {name} is not signed with the key it was compared with.{claimed}",
            "If you have the certificate of who signed, from them, name it with --certificate.",
        ),
        "unsigned": (f"No. {name} is a PDF without a signature; it was not made here as a proof.",),
        "no pdf": (f"No. {name} is no PDF, so it is no proof of agreement.",),
    }[state]


def _no(name: str, wrong: str) -> str:
    return f"No. {name} is signed and unchanged, but it cannot stand as a proof. {wrong}".rstrip()


def _stored_text(acceptance_id: int, is_stored: bool | None) -> str:
    if is_stored is None:
        return "No database was asked whether the acceptance is stored."
    if is_stored:
        return f"Acceptance {acceptance_id} is stored here with the same text, moment, person and way."
    return f"Acceptance {acceptance_id} is not stored here as the proof tells it."


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise Refused(f"{path} is not a file. Name the file to verify, or its certificate.")
    return path.read_bytes()


def _as_json(name: str, verdict: Verdict) -> dict[str, object]:
    return {
        "file": name,
        "is_proof": verdict.is_proof,
        "signature": verdict.signature,
        "signer": verdict.signer,
        "text_sha256": verdict.text_sha256,
        "is_stored": verdict.is_stored,
        "sentences": list(verdict.sentences),
    }
