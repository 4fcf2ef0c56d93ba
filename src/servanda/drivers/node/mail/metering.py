"""What a mailbox used by one day: what it keeps, and what it sent and received on that day."""

import sqlite3
from collections.abc import Sequence
from typing import cast

from servanda.drivers.node import NotNow, Privileges
from servanda.drivers.node.layout import Layout
from servanda.drivers.node.mail.gate.counts import FIGURES
from servanda.drivers.node.mail.places import Places
from servanda.ground.nodes.kinds.mail import Mailbox
from servanda.ground.nodes.wanted import Measurement, Wanted


class MailMetering:
    """Measures mailboxes. Messages and bytes kept are those of the moment; the counts are those of the day asked for."""

    def __init__(self, layout: Layout, privileges: Privileges) -> None:
        self._places, self._privileges = Places(layout), privileges

    def measure(self, wanted: Wanted, *, day: str) -> Sequence[Measurement]:
        if not isinstance(wanted, Mailbox) or wanted.state != "kept":
            return ()
        kept = self._privileges.do("mail.usage", wanted.key)
        figures = {name: cast(int, kept[name]) for name in ("messages", "disk_bytes")}
        return (Measurement(key=wanted.key, day=day, figures={**figures, **self._counted(wanted, day)}),)

    def _counted(self, wanted: Mailbox, day: str) -> dict[str, int]:
        names = ", ".join(FIGURES)
        try:
            link = sqlite3.connect(self._places.counts, timeout=5)
            try:
                row = link.execute(
                    f"SELECT {names} FROM daily WHERE address=? AND day=?", (f"{wanted.local}@{wanted.domain}", day)
                ).fetchone()
            finally:
                link.close()
        except sqlite3.Error as error:
            raise NotNow(f"the counts of mail cannot be read: {error}") from error
        return dict(zip(FIGURES, row or (0,) * len(FIGURES), strict=True))
