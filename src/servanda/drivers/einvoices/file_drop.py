"""Hands documents to an access point through a folder, which any software can watch (docs/how-to/connect-an-access-point.md).

outbox/<name>.xml    the document, byte for byte as it is to be delivered
outbox/<name>.json   whom it is for; written last, so that who sees it may take both
taken/               where the access point puts both when it has taken them over
inbox/               where it puts answers, and its own word on what it could not deliver
inbox/done/          where we put what we have dealt with
receipts/            ours: what was handed over under which key
"""

import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from servanda.drivers.einvoices.ports import (
    Format,
    HandOver,
    InboxFile,
    Parcel,
    TakenOver,
    TurnedAway,
)
from servanda.drivers.einvoices.receipts import Receipts, name_of, write_whole

FOLDERS = ("outbox", "taken", "inbox", "inbox/done", "receipts")
INBOX_FILE_MAX = 20 * 1024 * 1024

_CUSTOMIZATION: dict[Format, str] = {
    "peppol bis 3": "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
    "oioubl 2.1": "OIOUBL-2.1",
}
_PROFILE: dict[Format, str] = {
    "peppol bis 3": "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0",
    "oioubl 2.1": "Procurement-BilSim-1.0",
}


class FileDrop:
    """A carrier, and an inbox, in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._receipts = Receipts(folder / "receipts")

    def send(self, parcel: Parcel) -> HandOver:
        """Put the document into the outbox; what lies there, or was taken from there, is not put there again."""
        if parcel.recipient is None:
            return TurnedAway("The document has no electronic address to deliver to. Add one to the customer.", True)
        try:
            return self._put(parcel)
        except OSError as error:
            return TurnedAway(
                f"The folder of the access point cannot be used: {error}. Look at its disk and rights.", False
            )

    def waiting(self) -> Sequence[InboxFile]:
        """Return the answers that nobody has dealt with, the oldest first; files still being written are left alone."""
        inbox = self._folder / "inbox"
        if not inbox.is_dir():
            return ()
        found = [file for path in inbox.iterdir() if _is_whole(path.name) and (file := _read(path)) is not None]
        return tuple(file for _, file in sorted(found, key=lambda dated: (dated[0], dated[1].name)))

    def done(self, name: str) -> None:
        """Move a file to those that were dealt with; a second time does nothing."""
        assert "/" not in name, "a name of the inbox is no path"
        path = self._folder / "inbox" / name
        done = self._folder / "inbox" / "done"
        done.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # somebody else was quicker
            # Two answers of one name are both kept.
            beside = done / name if not (done / name).exists() else done / f"{path.stat().st_mtime_ns}-{name}"
            os.replace(path, beside)

    def _put(self, parcel: Parcel) -> HandOver:
        for name in FOLDERS:
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        fingerprint = hashlib.sha256(parcel.content).hexdigest()
        if not self._receipts.claim(parcel.key, parcel.content):
            known = self._receipts.remembered(parcel.key)
            if known is not None and known.sha256 not in {"", fingerprint}:
                return TurnedAway(
                    f"Another document was handed over as {parcel.key}. Give this one a key of its own.", True
                )
            if known is not None and known.receipt:
                return TakenOver(known.receipt)
        name = name_of(parcel.key)
        if not any((self._folder / place / f"{name}.json").exists() for place in ("outbox", "taken")):
            write_whole(self._folder / "outbox" / f"{name}.xml", parcel.content)
            write_whole(self._folder / "outbox" / f"{name}.json", _address_of(parcel, fingerprint))
        receipt = f"outbox/{name}.xml"
        self._receipts.settle(parcel.key, parcel.content, receipt)
        return TakenOver(receipt)


def _read(path: Path) -> tuple[int, InboxFile] | None:
    """Return a file with the moment that it came in; nothing when it is too large, or another worker took it meanwhile."""
    try:
        state = path.stat()
        if not path.is_file() or state.st_size > INBOX_FILE_MAX:
            return None
        return state.st_mtime_ns, InboxFile(path.name, path.read_bytes())
    except FileNotFoundError:
        return None


def _is_whole(name: str) -> bool:
    return not name.startswith(".") and name.lower().endswith((".xml", ".json"))


def _address_of(parcel: Parcel, fingerprint: str) -> bytes:
    assert parcel.recipient is not None, "asked before"
    said = {
        "version": 1,
        "key": parcel.key,
        "number": parcel.number,
        "kind": parcel.kind,
        "format": parcel.format,
        "customization": _CUSTOMIZATION[parcel.format],
        "profile": _PROFILE[parcel.format],
        "sender": {"scheme": parcel.sender.scheme, "value": parcel.sender.value},
        "recipient": {"scheme": parcel.recipient.scheme, "value": parcel.recipient.value},
        "sha256": fingerprint,
    }
    return json.dumps(said, ensure_ascii=False, indent=2).encode() + b"\n"
