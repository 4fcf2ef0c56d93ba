"""Does a proof of agreement agree with itself: has the text that it carries the hash that it prints?"""

from collections.abc import Mapping
from hashlib import sha256

import msgspec

from servanda.business.library.facts import ProofRecord

RECORD_FILE = "acceptance.json"


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
