"""May a draft be published as it stands? Does a proof of agreement agree with itself?"""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256

import msgspec

from servanda.business.library.facts import DraftFacts, ProofRecord
from servanda.ground.refusal import Problem
from servanda.terms.comparing import differences
from servanda.terms.document import Agreement
from servanda.terms.weighing import Weighed, weighed

RECORD_FILE = "acceptance.json"
HARMLESS = frozenset({"favourable", "minor"})  # classes that take no right from the customer


def record_as_json(record: ProofRecord) -> bytes:
    """Return the record as the file that a proof carries."""
    return msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"


def record_in(files: Mapping[str, bytes]) -> ProofRecord | None:
    """Return the record among the files of a proof; None when there is none, or none that can be read."""
    try:
        return msgspec.json.decode(files.get(RECORD_FILE, b""), type=ProofRecord)
    except msgspec.DecodeError:
        return None


def disagreement_in(record: ProofRecord, files: Mapping[str, bytes]) -> str:
    """Return what of a proof's files is not what its record says of them; empty when all of them are."""
    for name, told in ((record.text_file, record.text_sha256), *record.annexes):
        if name not in files:
            return f"The file {name} is missing in it."
        found = sha256(files[name]).hexdigest()
        if found != told:
            return f"The file {name} in it has the hash {found}, and it says {told}."
    return ""


def draft_problems(
    draft: DraftFacts, written: Agreement, base: Agreement | None, *, today: date
) -> tuple[Problem, ...]:
    """Return why a draft that can be read must not be published as it stands: its name, its day, its class, or nothing new.

    A change that is announced as an advantage, or as a trifle, may be worse for the customer in nothing that can be
    weighed: its class would take the notice and the way out from them.
    """
    file = "draft.da.md"
    found: list[Problem] = []
    if written.version != draft.version:
        message = f'The text says version = "{written.version}", the draft is of version {draft.version}.'
        found.append(Problem(file, 1, message, f'Write version = "{draft.version}" in both languages.', "version"))
    if written.effective_on < today:
        message = f"The version would hold from {written.effective_on}, which has passed."
        found.append(Problem(file, 1, message, f"Write {today} or a later day in both languages.", "effective_on"))
    if base is None:
        return tuple(found)
    if not differences(base, written):
        message = f"The draft says the same as version {base.version}."
        found.append(Problem(file, 1, message, "Change what is to be changed, or drop the draft."))
    if draft.change in HARMLESS:
        found += [
            _not_harmless(file, written, one, draft.change) for one in weighed(base, written) if one.verdict == "worse"
        ]
    return tuple(found)


def _not_harmless(file: str, written: Agreement, one: Weighed, change: str) -> Problem:
    line = next((clause.line for clause in written.clauses if clause.number == one.clause), 1)
    what = f"{one.kind}.{one.field}" if one.field else one.kind
    message = (
        f"Clause {one.clause} is worse for the customer ({what}: {one.before or 'nothing'} → {one.after or 'nothing'}), "
        f"so the change is not {change}."
    )
    return Problem(file, line, message, "Choose another class of change, or leave the clause as it was.", "change")
