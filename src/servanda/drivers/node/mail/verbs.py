"""What root does for mail: a few verbs. Every path comes from the layout and the grammar of the verified statement.

The folders above a mailbox are root's, so that nobody can put a link in their place. What lies in a mailbox is touched
by its tenant only, in a jail.
"""

import hashlib
import os
import stat
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import msgspec

from servanda.drivers.node import Broken, NotNow, Result, Task, Verb, tenants
from servanda.drivers.node.commands import run
from servanda.drivers.node.files import folder, write
from servanda.drivers.node.layout import Layout
from servanda.drivers.node.mail import certificate, kicking, of_sites
from servanda.drivers.node.mail.effects import stops_of
from servanda.drivers.node.mail.places import Places
from servanda.drivers.node.stages import stages_in
from servanda.ground.nodes.kinds.certificates import Certificate
from servanda.ground.nodes.kinds.mail import Mailbox, MailDomain
from servanda.ground.nodes.kinds.web import Site

Kept = MailDomain | Mailbox


def verbs() -> Sequence[Verb]:
    return (
        Verb(name="mail.folder", kinds=(MailDomain, Mailbox), run=make_folder),
        Verb(name="mail.reload", kinds=(MailDomain,), run=reload_post),
        Verb(name=certificate.TAKE, kinds=(Certificate,), run=certificate.take),
        Verb(name=of_sites.GIVE, kinds=(Site,), run=of_sites.give_word),
        Verb(name="mail.usage", kinds=(Mailbox,), run=usage),
        Verb(name="mail.quarantine", kinds=(MailDomain, Mailbox), run=quarantine, act="quarantine"),
        Verb(name="mail.purge", kinds=(MailDomain, Mailbox), run=purge, act="purge"),
    )


def make_folder(task: Task) -> Result:
    """Make the folder of a domain (root's) or of a mailbox (its tenant's), or take it out of quarantine.

    Also ends the open sessions of a held mailbox: a row stops the next login only.
    """
    wanted = _kept(task)
    if wanted.state != "kept":
        raise Broken(f"{wanted.key} is not kept")
    layout = task.layout
    if isinstance(wanted, Mailbox):
        domain = task.known.get(f"mail-domain/{wanted.domain}")
        if isinstance(domain, MailDomain):
            if domain.tenant != wanted.tenant:
                raise Broken(f"{wanted.key} is not of the tenant that has {wanted.domain}")
            if domain.state != "kept":
                raise NotNow(f"{wanted.domain} is {domain.state}")
            _return(layout, domain)
        folder(Places(layout).domain(wanted.domain), mode=0o711, owner=0, group=0)
    is_back = _return(layout, wanted)
    if isinstance(wanted, MailDomain):
        folder(_live(layout, wanted), mode=0o711, owner=0, group=0)
    elif not is_back:
        _own_folder(_live(layout, wanted), wanted.tenant)
    if stops_of(wanted.holds).unread:
        kicking.end_sessions(layout, _sessions(wanted))
    return {"is_returned": is_back}


def reload_post(task: Task) -> Result:
    """Let Postfix forget to which class domains belong. A Postfix that does not run has nothing to forget."""
    places = Places(task.layout)
    if not _post_runs(task.layout):
        return {"is_reloaded": False}
    run("postfix", "-c", str(places.postfix), "reload", seconds=20)
    return {"is_reloaded": True}


def usage(task: Task) -> Result:
    """Ask Dovecot how many messages a mailbox keeps, and their bytes."""
    wanted = cast(Mailbox, task.statement)
    if not _live(task.layout, wanted).is_dir():
        return {"messages": 0, "disk_bytes": 0}
    conf = str(Places(task.layout).dovecot / "dovecot.conf")
    told = run(
        "doveadm", "-c", conf, "-f", "tab", "mailbox", "status", "-t",
        "-u", f"{wanted.local}@{wanted.domain}", "messages vsize", "*", seconds=30,
    )  # fmt: skip
    messages, size = told.decode().splitlines()[1].split("\t")
    return {"messages": int(messages), "disk_bytes": int(size)}


def quarantine(task: Task) -> Result:
    """Move a mailbox or a whole domain out of reach, by one rename within folders that are root's."""
    wanted = _kept(task)
    live, away = _live(task.layout, wanted), away_of(task.layout, wanted)
    kicking.end_sessions(task.layout, _sessions(wanted))
    folder(task.layout.quarantine, mode=0o700, owner=0, group=0)
    if live.is_dir() and not live.is_symlink():
        if away.exists():
            raise Broken(f"{wanted.key} is in quarantine already, and there is another one: a person must look")
        os.rename(live, away)
        return {"is_quarantined": True}
    return {"is_quarantined": away.is_dir()}


def purge(task: Task) -> Result:
    """Erase what is in quarantine, as its tenant, and tell what was erased; asked again, tell the same."""
    wanted = _kept(task)
    told = away_of(task.layout, wanted).with_suffix(".erased")
    if _live(task.layout, wanted).exists():
        raise Broken(f"{wanted.key} still lies in its place: it must be quarantined before it is purged")
    places = [one for one in (*_quarantined(task.layout, wanted), *_kept_for_undo(task.layout, wanted)) if one.is_dir()]
    if not places:
        return _told(told) if told.exists() else {"erased_files": 0, "erased_bytes": 0}
    files = size = 0
    lists = []
    for place in places:
        for box in (place,) if place.lstat().st_uid == wanted.tenant else _boxes(place, wanted):
            found = _erase(task.layout, box, wanted.tenant)
            files, size = files + found.files, size + found.bytes
            lists.append(found.list_sha256)
        os.rmdir(place) if place.exists() else None
    result: dict[str, str | int | bool] = {
        "erased_files": files,
        "erased_bytes": size,
        "erased_list_sha256": hashlib.sha256("".join(lists).encode()).hexdigest(),
        "erased_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    write(told, msgspec.json.encode(result), mode=0o600)
    return result


def away_of(layout: Layout, wanted: Kept) -> Path:
    """Return where a mailbox or a domain lies in quarantine; its key may be longer than a file's name."""
    return layout.quarantine / f"mail-{hashlib.sha256(wanted.key.encode()).hexdigest()[:40]}"


def _quarantined(layout: Layout, wanted: Kept) -> Sequence[Path]:
    """Return where it may lie: by itself, and with its domain."""
    by_itself = away_of(layout, wanted)
    if isinstance(wanted, MailDomain):
        return (by_itself,)
    domain = MailDomain(domain=wanted.domain, tenant=wanted.tenant)
    return (by_itself, away_of(layout, domain) / wanted.local)


def _kept_for_undo(layout: Layout, wanted: Kept) -> Sequence[Path]:
    """Return what restores have kept of it beside what stood there."""
    stages = stages_in(layout.mail, of=wanted.domain)
    return stages if isinstance(wanted, MailDomain) else tuple(one / wanted.local for one in stages)


def _boxes(place: Path, wanted: Kept) -> Sequence[Path]:
    return sorted(place.iterdir()) if isinstance(wanted, MailDomain) else (place,)


def _erase(layout: Layout, box: Path, tenant: int) -> tenants.Census:
    """Empty one tenant's folder in a jail, then remove the empty folder itself, which lies in root's."""
    found = box.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != tenant:
        raise Broken(f"{box.name} is not a folder of tenant {tenant}: a person must look")
    tenants.prepare(layout)
    place = tenants.jail(layout, tenant, box)
    (counted,) = tenants.erase(place, box)
    if counted.left:
        raise Broken(f"{counted.left} entries of a mailbox could not be erased")
    os.rmdir(box)
    return counted


def _return(layout: Layout, wanted: Kept) -> bool:
    """Take a folder out of quarantine, if it lies there and is the same tenant's."""
    live = _live(layout, wanted)
    away = next((one for one in _quarantined(layout, wanted)[:1] if one.is_dir()), None)
    if away is None or live.exists():
        return False
    owners = {one.lstat().st_uid for one in _boxes(away, wanted)}
    if owners - {wanted.tenant}:
        raise Broken(f"{wanted.key} in quarantine is another tenant's: it must be purged first")
    os.rename(away, live)
    return True


def _own_folder(path: Path, tenant: int) -> None:
    folder(path, mode=0o700, owner=tenant, group=tenant)


def _live(layout: Layout, wanted: Kept) -> Path:
    places = Places(layout)
    if isinstance(wanted, MailDomain):
        return places.domain(wanted.domain)
    return places.mailbox(wanted.domain, wanted.local)


def _sessions(wanted: Kept) -> str:
    return f"*@{wanted.domain}" if isinstance(wanted, MailDomain) else f"{wanted.local}@{wanted.domain}"


def _kept(task: Task) -> Kept:
    return cast(Kept, task.statement)


def _told(path: Path) -> Mapping[str, str | int | bool]:
    told: Mapping[str, str | int | bool] = msgspec.json.decode(path.read_bytes())
    return told


def _post_runs(layout: Layout) -> bool:
    try:
        run("postfix", "-c", str(Places(layout).postfix), "status", seconds=10)
    except Broken:
        return False
    return True
