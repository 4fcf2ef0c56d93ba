"""The right of a site to send mail: an own login for PHP's mail(), that opens no mailbox and takes no mail.

A site has one as soon as its tenant has a proven mail domain that one of its names lies in. The word is made by root and
kept with the site's marks, so that a copy that is given back holds the right one; the agent gets its hash only.
"""

import json
import secrets
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import bcrypt

from servanda.drivers.node import Converger, Known, NotNow, Plain, Privileges, Result, Task, VerbRefused, tenants
from servanda.drivers.node.files import write
from servanda.drivers.node.layout import Layout
from servanda.drivers.node.mail import logins, maps
from servanda.drivers.node.mail.places import Places
from servanda.ground.nodes.kinds.mail import Mailbox, MailDomain
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import Difference, Wanted

GIVE = "mail.site-word"
FILE = "mail.json"
_TAKES_NONE = "550 5.1.1 This address sends only"
_OPENS_NONE = "This login sends only"


def sender_of(site: Site, domains: Iterable[Wanted]) -> str:
    """Return the address as which a site sends, or nothing when its tenant has no domain for it here."""
    names = [
        one.domain
        for one in domains
        if isinstance(one, MailDomain) and one.tenant == site.tenant and one.is_proven and one.state == "kept"
    ]
    for host in site.names:
        if found := [one for one in names if host == one or host.endswith(f".{one}")]:
            return f"site-{site.site}@{max(found, key=len)}"
    return ""


def give_word(task: Task) -> Result:
    """Carry out the verb: lay the right to send into the site's private folder, as its tenant, and return the word's hash."""
    site, layout = task.statement, task.layout
    if not isinstance(site, Site) or site.state != "kept":
        raise VerbRefused(f"{task.statement.key} is not a site that is kept")
    sender = sender_of(site, task.known.of(MailDomain))
    folder, kept = layout.site(site.site) / "private", layout.web / str(site.site) / "mail.word"
    if not sender:
        raise VerbRefused(f"{site.key} has no mail domain here")
    if not folder.is_dir() or folder.is_symlink():
        raise NotNow(f"{site.key} has no folder yet")
    word = kept.read_text() if kept.exists() else secrets.token_urlsafe(32)
    write(kept, word, mode=0o600, owner=0, group=0)
    told = {"host": "127.0.0.1", "port": layout.ports.submission, "user": sender, "password": word, "from": sender}
    tenants.prepare(layout)
    tenants.write(tenants.jail(layout, site.tenant, folder), folder, FILE, json.dumps(told), mode=0o600)
    return {"sender": sender, "hash": bcrypt.hashpw(word.encode(), bcrypt.gensalt(6)).decode()}


@dataclass(frozen=True, slots=True)
class SitesWithMail:
    """Settles sites as `inner` does, and gives each the right to send when its tenant has a domain for it."""

    inner: Converger
    layout: Layout
    privileges: Privileges
    known: Known

    @property
    def kinds(self) -> tuple[type[Wanted], ...]:
        return self.inner.kinds

    def settle(self, wanted: Wanted, before: Wanted | None) -> Mapping[str, Plain]:
        facts = self.inner.settle(wanted, before)
        if isinstance(wanted, Site) and Places(self.layout).maps.exists():
            self._settle(wanted)
        return facts

    def look(self, wanted: Wanted) -> Sequence[Difference]:
        found = self.inner.look(wanted)
        if isinstance(wanted, Site) and Places(self.layout).maps.exists():
            with maps.opened(Places(self.layout).maps) as served:
                there = _senders(served, wanted)
            if (sender := self._sender(wanted)) not in there and (sender or there):
                return [*found, Difference(code="mail.site-sender", wanted=sender, found=", ".join(there))]
        return found

    def _sender(self, site: Site) -> str:
        sender = sender_of(site, self.known.of(MailDomain)) if site.state == "kept" else ""
        local, _, domain = sender.partition("@")
        other = self.known.get(f"mailbox/{local}@{domain}")
        return "" if isinstance(other, Mailbox) and other.state == "kept" else sender

    def _settle(self, site: Site) -> None:
        sender = self._sender(site)
        with maps.opened(Places(self.layout).maps) as served:
            there = _senders(served, site)
        self._forget([one for one in there if one != sender])
        if sender and sender not in there:
            told = self.privileges.do(GIVE, site.key)
            if told["sender"] == sender:
                self._admit(site, sender, str(told["hash"]))

    def _admit(self, site: Site, sender: str, word_hash: str) -> None:
        domain = sender.partition("@")[2]
        login: maps.Row = {
            "address": sender, "domain": domain, "uid": site.tenant, "home": "/nonexistent", "quota_bytes": 0,
            "password": "{BLF-CRYPT}" + word_hash, "unread": _OPENS_NONE,
        }  # fmt: skip
        row: maps.Row = {
            "address": sender, "domain": domain, "tenant": site.tenant, "receiving": _TAKES_NONE, "sending": "",
            "block": "", "block_until": 0, "hourly": 0, "daily": 0,
        }  # fmt: skip
        with maps.opened(Places(self.layout).logins, schema=logins.SCHEMA) as known, maps.transaction(known):
            maps.put(known, "mailbox", login)
        with maps.opened(Places(self.layout).maps) as served, maps.transaction(served):
            maps.put(served, "mailbox", row)

    def _forget(self, senders: Sequence[str]) -> None:
        for sender in senders:
            with maps.opened(Places(self.layout).maps) as served:
                maps.delete(served, "mailbox", "address", sender)
            with maps.opened(Places(self.layout).logins, schema=logins.SCHEMA) as known:
                maps.delete(known, "mailbox", "address", sender)


def _senders(served: sqlite3.Connection, site: Site) -> tuple[str, ...]:
    """Return the addresses as which a site may send now; a mailbox of the same name is not one of them."""
    start = f"site-{site.site}@"
    rows = served.execute(
        "SELECT address FROM mailbox WHERE address>=? AND address<? AND receiving=?",
        (start, start[:-1] + "A", _TAKES_NONE),
    )
    return tuple(cast(str, row[0]) for row in rows)
