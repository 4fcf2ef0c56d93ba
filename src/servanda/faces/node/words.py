"""Passwords of errands: asked of the control plane when an errand needs one, laid into the inbox, and gone when it has ended.

They never stand in a document. A password that somebody laid there by hand is used as it is.
"""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from servanda.drivers.nodelink import Link, LinkAway, LinkRefused
from servanda.ground.nodes.kinds.backups import MoveIn
from servanda.ground.nodes.kinds.mail import MailImport
from servanda.ground.nodes.wanted import Wanted
from servanda.ground.nodes.words import WordRefused, open_word

log = logging.getLogger(__name__)
ASK_EVERY = timedelta(seconds=20)
_ENDINGS = (".word", ".password")


@dataclass
class Words:
    """The inbox of a node, and whom it asks."""

    inbox: Path
    link: Link
    key: Ed25519PrivateKey
    asked: dict[str, datetime] = field(default_factory=dict)

    def is_ready(self, wanted: Wanted, *, now: datetime) -> bool:
        """Tell whether an errand may begin: it needs no password, has it, or nobody has one for it."""
        path = self._place(wanted)
        if path is None or path.exists():
            return True
        last = self.asked.get(wanted.key)
        if last is not None and timedelta() <= now - last < ASK_EVERY:
            return False
        self.asked[wanted.key] = now
        errand = path.name.partition(".")[0]
        try:
            sealed = self.link.word(errand)
            if sealed:
                word = open_word(sealed, key=self.key, errand=errand)
                _keep(path, word)
        except (LinkAway, LinkRefused) as error:
            log.warning("the password of %s was not asked for: %s", wanted.key, error)
            return False
        except WordRefused as error:
            log.warning("%s", error)
        return True

    def forget(self, has_ended: Callable[[str], bool]) -> None:
        """Remove the passwords, and what was fetched, of errands that have ended."""
        for path in self.inbox.iterdir() if self.inbox.is_dir() else ():
            errand = path.name.partition(".")[0]
            if path.name.endswith(_ENDINGS) and has_ended(errand):
                path.unlink(missing_ok=True)
                self.asked = {key: at for key, at in self.asked.items() if not key.endswith(errand)}

    def _place(self, wanted: Wanted) -> Path | None:
        if isinstance(wanted, MailImport):
            return self.inbox / f"{wanted.errand}.password"
        if isinstance(wanted, MoveIn) and wanted.source is not None and not (self.inbox / wanted.errand).exists():
            return self.inbox / f"{wanted.errand}.word"
        return None


def _keep(path: Path, word: str) -> None:
    """Write a password for the agent alone; it appears whole or not at all."""
    draft = path.with_name(f".{path.name}")
    draft.unlink(missing_ok=True)
    with open(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(word)
    draft.replace(path)
