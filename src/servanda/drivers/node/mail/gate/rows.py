"""What the gate asks of the rows that the agent writes: limits, selectors, who may send as whom, where mail ends."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from servanda.drivers.node.mail import maps

_DEEPEST = 10
_TARGETS_MAX = 1000


@dataclass(frozen=True, slots=True)
class Limits:
    """What a sender may send, in recipients, and how its mail goes out; `weekly` is the whole domain's, 0 for none."""

    hourly: int
    daily: int
    weekly: int
    alike: int
    has_permit: bool


class Rows:
    """A reader of the rows. Raises sqlite3.Error when they cannot be read; the caller then puts the mail off."""

    def __init__(self, path: Path) -> None:
        self._link = sqlite3.connect(path, timeout=5, isolation_level=None)
        self._link.execute("PRAGMA query_only=ON")

    def limits(self, login: str) -> Limits | None:
        """Return the limits of a login; those of its domain where it has none of its own."""
        row = self._link.execute(
            "SELECT m.hourly, m.daily, d.hourly, d.daily, d.alike, d.route, d.weekly FROM mailbox m"
            " JOIN domain d ON d.name=m.domain WHERE m.address=?",
            (login,),
        ).fetchone()
        if row is None:
            return None
        return Limits(
            hourly=row[0] or row[2],
            daily=row[1] or row[3],
            weekly=row[6],
            alike=row[4],
            has_permit=row[5] != "shared",
        )

    def may_send_as(self, login: str, address: str) -> bool:
        """Tell whether a login owns an address, by the question that Postfix asks of the envelope's sender."""
        whole = maps.answers(self._link, maps.LOGINS, address)
        if not whole:
            _, at, domain = address.rpartition("@")
            whole = maps.answers(self._link, maps.LOGINS, f"{at}{domain}")
        return login in whole

    def selector(self, domain: str) -> str | None:
        row = self._link.execute("SELECT selector FROM domain WHERE name=? AND is_local=1", (domain,)).fetchone()
        return str(row[0]) if row is not None else None

    def mailboxes(self, recipient: str) -> frozenset[str]:
        """Return the mailboxes of this node in which mail for a recipient ends."""
        found: set[str] = set()
        waiting, seen = [(recipient, 0)], {recipient}
        while waiting and len(seen) < _TARGETS_MAX:
            address, depth = waiting.pop()
            if maps.answers(self._link, maps.IS_MAILBOX, address) and not self._leads_away(address):
                found.add(address)
                continue
            for target in self._targets(address):
                if target == address and maps.answers(self._link, maps.IS_MAILBOX, address):
                    found.add(address)
                elif target not in seen and depth < _DEEPEST:
                    seen.add(target)
                    waiting.append((target, depth + 1))
        return frozenset(found)

    def _leads_away(self, address: str) -> bool:
        return self._link.execute("SELECT 1 FROM alias WHERE source=?", (address,)).fetchone() is not None

    def _targets(self, address: str) -> tuple[str, ...]:
        return maps.answers(self._link, maps.TARGETS, address) or maps.answers(
            self._link, maps.TARGETS, "@" + address.rpartition("@")[2]
        )
