"""Making mail agree with a statement: rows first, keys beside them, and the helper for what needs root.

Rows take effect with the next message. The rows of a mailbox do not wait for those of its domain, nor the other way
round: nothing is local whose domain's row does not say so.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import cast

from servanda.drivers.node import Broken, Plain, Privileges
from servanda.drivers.node.layout import Layout
from servanda.drivers.node.mail import keys, logins, looking, maps, rows
from servanda.drivers.node.mail.domains import never_local
from servanda.drivers.node.mail.places import Places
from servanda.ground.nodes.kinds.mail import MailAlias, Mailbox, MailDomain
from servanda.ground.nodes.wanted import Difference, Wanted

Facts = Mapping[str, Plain]


class MailConverger:
    """Settles domains, mailboxes and aliases."""

    kinds: tuple[type[Wanted], ...] = (MailDomain, Mailbox, MailAlias)

    def __init__(self, layout: Layout, privileges: Privileges) -> None:
        self._layout, self._places, self._privileges = layout, Places(layout), privileges

    def settle(self, wanted: Wanted, before: Wanted | None) -> Facts:
        if isinstance(wanted, MailDomain):
            return self._domain(wanted)
        if isinstance(wanted, Mailbox):
            return self._mailbox(wanted)
        return self._alias(cast(MailAlias, wanted))

    def look(self, wanted: Wanted) -> Sequence[Difference]:
        with maps.opened(self._places.maps) as served, self._logins() as known:
            if isinstance(wanted, MailDomain):
                return looking.domain(self._layout, wanted, served, known)
            if isinstance(wanted, Mailbox):
                return looking.mailbox(self._layout, wanted, served, known)
            return looking.alias(cast(MailAlias, wanted), served)

    def _domain(self, wanted: MailDomain) -> Facts:
        if wanted.is_proven and (reason := never_local(self._layout, wanted.domain)):
            raise Broken(f"{wanted.domain} is never delivered on this node: {reason}")
        facts: Facts = {}
        if wanted.state != "purged":
            facts = keys.settle(self._layout, wanted)
        with self._logins() as known:
            _put_or_delete(known, "domain", "name", wanted.domain, rows.login_of_domain(wanted))
        self._serve_domain(wanted)
        if wanted.state == "purged":
            erased = dict(self._privileges.do("mail.purge", wanted.key))
            keys.remove(self._layout, wanted.domain)
            return erased
        self._privileges.do("mail.quarantine" if wanted.state == "quarantined" else "mail.folder", wanted.key)
        return facts

    def _serve_domain(self, wanted: MailDomain) -> None:
        """Write a domain's row. One that comes or goes is marked until Postfix was told, or a failure would hide it."""
        with maps.opened(self._places.maps) as served:
            with maps.transaction(served):
                before = maps.get(served, "domain", "name", wanted.domain)
                _delete_or_put(served, "domain", "name", wanted.domain, rows.domain(wanted))
                if bool(before and before["is_local"]) != rows.is_local(wanted):
                    maps.put(served, "unseen", {"name": wanted.domain})
            if maps.get(served, "unseen", "name", wanted.domain):
                self._privileges.do("mail.reload", wanted.key)
                maps.delete(served, "unseen", "name", wanted.domain)

    def _mailbox(self, wanted: Mailbox) -> Facts:
        if wanted.state == "kept":
            self._privileges.do("mail.folder", wanted.key)
        with self._logins() as known:
            _put_or_delete(known, "mailbox", "address", rows.address(wanted), rows.login(self._layout, wanted))
        with maps.opened(self._places.maps) as served, maps.transaction(served):
            _delete_or_put(served, "mailbox", "address", rows.address(wanted), rows.mailbox(wanted))
            maps.delete(served, "send_as", "login", rows.address(wanted))
            for row in rows.send_as(wanted):
                maps.put(served, "send_as", row)
        if wanted.state == "quarantined":
            return self._privileges.do("mail.quarantine", wanted.key)
        if wanted.state == "purged":
            return self._privileges.do("mail.purge", wanted.key)
        if wanted.holds:
            self._privileges.do("mail.folder", wanted.key)  # once more, now that the row lets nobody in: ends sessions
        return {}

    def _alias(self, wanted: MailAlias) -> Facts:
        source = rows.source(wanted)
        with maps.opened(self._places.maps) as served, maps.transaction(served):
            _delete_or_put(served, "alias", "source", source, rows.alias(wanted))
            maps.delete(served, "target", "source", source)
            for row in rows.targets(wanted):
                maps.put(served, "target", row)
        return {}

    def _logins(self) -> AbstractContextManager[sqlite3.Connection]:
        return maps.opened(self._places.logins, schema=logins.SCHEMA)


def _put_or_delete(link: sqlite3.Connection, table: str, column: str, value: str, row: maps.Row | None) -> None:
    with maps.transaction(link):
        _delete_or_put(link, table, column, value, row)


def _delete_or_put(link: sqlite3.Connection, table: str, column: str, value: str, row: maps.Row | None) -> None:
    if row is None:
        maps.delete(link, table, column, value)
    elif maps.get(link, table, column, value) != row:
        maps.put(link, table, row)
