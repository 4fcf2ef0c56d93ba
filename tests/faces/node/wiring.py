"""A node with two small but real capabilities, for tests of its core: files that the agent writes, and files that root does.

Zones are written by the agent. Sites are written by the helper, and quarantined and purged under their leaves; each act
is added to `acts.log`, so that a test can hold every one of them against what was signed.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from servanda.drivers.node import Daemon, Layout, NotNow, Plain, Task, Verb, make_folder, write_file
from servanda.drivers.nodelink import Clock, Door, Identity, Link
from servanda.drivers.nodelink.http import HttpDoor, HttpLink
from servanda.faces.node.parts import Capability, Setting
from servanda.ground.nodes.documents import fingerprint
from servanda.ground.nodes.kinds.backups import Export
from servanda.ground.nodes.kinds.dns import Zone
from servanda.ground.nodes.kinds.mail import MailImport
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import Difference, ErrandNews, Wanted, encode


def zones_of(layout: Layout) -> Path:
    return layout.data / "agent" / "zones"


def acts_of(layout: Layout) -> Path:
    return layout.data / "helper" / "acts.log"


class Zones:
    kinds: tuple[type[Wanted], ...] = (Zone,)

    def __init__(self, setting: Setting) -> None:
        self._folder = zones_of(setting.layout)

    def settle(self, wanted: Wanted, before: Wanted | None) -> Mapping[str, Plain]:
        assert isinstance(wanted, Zone)
        try:
            self._folder.mkdir(exist_ok=True)
            write_file(self._folder / wanted.domain, encode(wanted))
        except OSError as error:
            raise NotNow(f"the zone was not written: {error}") from error
        return {"records": len(wanted.records)}

    def look(self, wanted: Wanted) -> Sequence[Difference]:
        assert isinstance(wanted, Zone)
        file = self._folder / wanted.domain
        if file.exists() and file.read_bytes() == encode(wanted):
            return ()
        return (Difference(code="zone-differs", wanted=wanted.domain),)


class Sites:
    kinds: tuple[type[Wanted], ...] = (Site,)

    def __init__(self, setting: Setting) -> None:
        self._layout, self._privileges = setting.layout, setting.privileges

    def settle(self, wanted: Wanted, before: Wanted | None) -> Mapping[str, Plain]:
        verb = {"kept": "write_site", "quarantined": "quarantine_site", "purged": "purge_site"}[wanted.state]
        return self._privileges.do(verb, wanted.key)

    def look(self, wanted: Wanted) -> Sequence[Difference]:
        assert isinstance(wanted, Site)
        file = self._layout.site(wanted.site)
        found = file.read_bytes() if file.exists() else b""
        expected = encode(wanted) if wanted.state == "kept" else b""
        return () if found == expected else (Difference(code="site-differs", wanted=wanted.state),)


def _log(task: Task, act: str) -> None:
    line = {"act": act, "key": task.statement.key, "fingerprint": fingerprint(task.statement)}
    if task.warrant is not None:
        line["warrant"] = task.warrant.warrant
    handle = os.open(acts_of(task.layout), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, msgspec.json.encode(line) + b"\n")
    finally:
        os.close(handle)


def _careful(run: Callable[[Task, Path], None], act: str) -> Callable[[Task], Mapping[str, Plain]]:
    def carried_out(task: Task) -> Mapping[str, Plain]:
        assert isinstance(task.statement, Site)
        try:
            make_folder(task.layout.sites, mode=0o755)
            make_folder(task.layout.quarantine, mode=0o700)
            _log(task, act)
            run(task, task.layout.site(task.statement.site))
        except OSError as error:
            raise NotNow(f"{act}: {error}") from error
        return {}

    return carried_out


def _write(task: Task, file: Path) -> None:
    kept = task.layout.quarantine / file.name
    if kept.exists():
        kept.replace(file)
    write_file(file, encode(task.statement), mode=0o644)


def _quarantine(task: Task, file: Path) -> None:
    if file.exists():
        file.replace(task.layout.quarantine / file.name)


def _purge(task: Task, file: Path) -> None:
    (task.layout.quarantine / file.name).unlink(missing_ok=True)


def verbs() -> Sequence[Verb]:
    return (
        Verb("write_site", (Site,), _careful(_write, "write")),
        Verb("quarantine_site", (Site,), _careful(_quarantine, "quarantine"), act="quarantine"),
        Verb("purge_site", (Site,), _careful(_purge, "purge"), act="purge"),
    )


class Exports:
    kinds: tuple[type[Wanted], ...] = (Export,)

    def __init__(self, setting: Setting) -> None:
        self._folder = setting.layout.data / "agent"

    def run(self, wanted: Wanted, tell: Callable[[ErrandNews], None]) -> None:
        assert isinstance(wanted, Export)
        tell(ErrandNews(key=wanted.key, state="running", step="collecting", percent=10))
        write_file(self._folder / f"export-{wanted.errand}", b"all")
        tell(ErrandNews(key=wanted.key, state="done", percent=100, result={"bytes": 3}))


class Imports:
    """Fetches nothing, and shows that it had the password of the other mailbox: its letters, counted."""

    kinds: tuple[type[Wanted], ...] = (MailImport,)

    def __init__(self, setting: Setting) -> None:
        self._inbox = setting.layout.inbox

    def run(self, wanted: Wanted, tell: Callable[[ErrandNews], None]) -> None:
        assert isinstance(wanted, MailImport)
        word = (self._inbox / f"{wanted.errand}.password").read_text(encoding="utf-8")
        tell(ErrandNews(key=wanted.key, state="done", percent=100, result={"letters": len(word)}))


def prepare_inbox(layout: Layout) -> None:
    make_folder(layout.inbox, mode=0o700, owner=layout.accounts.agent, group=layout.accounts.agent)


def daemons(layout: Layout) -> Sequence[Daemon]:
    """One process that sleeps, and one that needs it."""
    return (
        Daemon(name="second", argv=("/bin/sleep", "1000"), ready=lambda: True, after=("first",)),
        Daemon(name="first", argv=("/bin/sleep", "1000"), ready=lambda: True),
    )


def capabilities() -> Sequence[Capability]:
    return (
        Capability(name="zones", convergers=lambda setting: (Zones(setting),)),
        Capability(name="sites", convergers=lambda setting: (Sites(setting),), verbs=verbs, daemons=daemons),
        Capability(name="exports", errands=lambda setting: (Exports(setting),)),
        Capability(name="imports", errands=lambda setting: (Imports(setting),), prepare=prepare_inbox),
    )


def private_layout(layout: Layout) -> Layout:
    return layout


def link(url: str, identity: Identity, now: Clock, roots: str | None) -> Link:
    return HttpLink(url, identity, now, roots=roots)


def door(url: str, roots: str | None) -> Door:
    return HttpDoor(url, roots=roots)
