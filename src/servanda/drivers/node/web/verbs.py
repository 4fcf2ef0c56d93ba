"""What root does for a site: settle it, put it into quarantine, and purge it. Nothing of it follows a tenant's link."""

import os
import pwd
import shutil
import socket
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import msgspec

from servanda.drivers.node import Broken, NotNow, Result, Task, Verb, VerbRefused, files, tenants
from servanda.drivers.node.beneath import move
from servanda.drivers.node.layout import Layout
from servanda.drivers.node.quota.limits import limits_for
from servanda.drivers.node.stages import stages_in
from servanda.drivers.node.web import pages, php
from servanda.drivers.node.web.names import drop_names, settle_names
from servanda.drivers.node.web.places import ALL_MARKS, OWN, Places, places, wanted_marks
from servanda.ground.nodes.kinds.web import Site


def verbs() -> Sequence[Verb]:
    return (
        Verb("site.settle", (Site,), settle),
        Verb("site.quarantine", (Site,), quarantine, act="quarantine"),
        Verb("site.purge", (Site,), purge, act="purge"),
    )


class Erased(msgspec.Struct, frozen=True):
    """What the certificate of erasure says: how much was erased, and the hash of the list of names and sizes."""

    erased_files: int
    erased_bytes: int
    erased_list_sha256: str
    erased_at: str
    warrant: str


def settle(task: Task) -> Result:
    """Serve a site as its statement says, or hold it. Comes back from a quarantine by itself."""
    site = _site(task, "kept")
    place = places(task.layout, site)
    files.folder(place.marks, mode=0o711)
    if site.holds:
        files.write(place.held, pages.held(site.holds), mode=0o644)
    _bring_back(place)
    _folders(place, site)
    files.write(place.first, pages.first(site.names[0], login=f"s{site.site}", layout=task.layout), mode=0o644)
    _limit(place, site, place.home)
    _marks(place, site)
    settle_names(place, site, task.known)
    if not site.holds:
        place.held.unlink(missing_ok=True)
    place.settled.touch(mode=0o600)
    tell_keeper(task.layout, site.site)
    return {"is_served": site.is_served}


def quarantine(task: Task) -> Result:
    """Move a site out of reach, whole: no name, no process, no login leads to it, and one rename brings it back."""
    site = _site(task, "quarantined")
    assert task.warrant is not None
    place = places(task.layout, site)
    shelf = task.layout.quarantine / sha256(task.warrant.warrant.encode()).hexdigest()[:32]
    files.folder(place.marks, mode=0o711)
    files.folder(task.layout.quarantine, mode=0o700)
    files.folder(shelf, mode=0o700)
    drop_names(place)
    for name in ("php", "php.conf", "php.json", place.first.name):
        (place.marks / name).unlink(missing_ok=True)
    tell_keeper(task.layout, site.site)
    _end_processes(task, site, place.home)
    files.link(place.quarantined, f"../../quarantine/{shelf.name}")
    if place.home.is_dir():
        move(place.home, shelf / "site")
    return {"quarantined_as": shelf.name}


def purge(task: Task) -> Result:
    """Erase a site that lies in quarantine, by the tenant's own hand, and say what was erased. Refuses anything else."""
    site = _site(task, "purged")
    assert task.warrant is not None
    place = places(task.layout, site)
    if not place.quarantined.is_symlink():
        raise VerbRefused(f"{site.key} does not lie in quarantine, and only what lies there is purged")
    shelf = task.layout.quarantine / Path(os.readlink(place.quarantined)).name
    record = shelf / "erased.json"
    if not record.is_file():
        _end_processes(task, site, place.home, shelf / "site")
        erased = _erase(task.layout, site, shelf / "site", task.warrant.warrant)
        files.write(record, msgspec.json.encode(erased), mode=0o600)
    for folder in (shelf / "site", place.moved):
        _remove_own(folder)
    found: Result = msgspec.to_builtins(msgspec.json.decode(record.read_bytes(), type=Erased))
    return found


def _end_processes(task: Task, site: Site, *folders: Path) -> None:
    """End what runs for a site; all of its tenant's, unless another site of the same tenant is served."""
    others = (one for one in task.known.of(Site) if isinstance(one, Site) and one.tenant == site.tenant)
    if any(one.is_served for one in others if one.key != site.key):
        tenants.kill_within(site.tenant, *folders)
    else:
        tenants.kill(site.tenant)


def tell_keeper(layout: Layout, number: int) -> None:
    """Let the keeper of PHP read a site's files again. Without it nothing runs that could be wrong: it reads all at start."""
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(10)
            line.connect(str(layout.run / "php" / "control"))
            line.sendall(f"settle {number}\n".encode())
            if line.recv(64) != b"done\n":
                raise NotNow("the keeper of PHP did not do it")
    except (FileNotFoundError, ConnectionRefusedError):
        return
    except OSError as error:
        raise NotNow(f"the keeper of PHP does not answer: {error}") from error


def _site(task: Task, state: str) -> Site:
    if not isinstance(task.statement, Site) or task.statement.state != state:
        raise VerbRefused(f"{task.statement.key} is not a site that is to be {state}")
    return task.statement


def _bring_back(place: Places) -> None:
    if place.quarantined.is_symlink():
        shelf = place.layout.quarantine / Path(os.readlink(place.quarantined)).name
        if (shelf / "site").is_dir():
            move(shelf / "site", place.home)
        elif (shelf / "erased.json").is_file():
            raise Broken(f"site/{place.number} was purged: give it back from a copy under a new number")
        place.quarantined.unlink()


def _folders(place: Places, site: Site) -> None:
    """Make what is missing of a new site. A site that was here and is gone is never begun anew: copies would follow."""
    if place.settled.exists() and not place.home.is_dir():
        raise Broken(
            f"the folder of {site.key} is gone: give it back from a copy, or remove {place.settled} to begin it empty"
        )
    web = pwd.getpwnam(place.layout.accounts.web)
    if not place.home.exists():
        draft = place.marks / "home"
        _remove_own(draft)
        files.folder(draft, mode=0o751, owner=0, group=site.tenant)
        _limit(place, site, draft)
        files.folder(draft / "htdocs", mode=0o2750, owner=site.tenant, group=web.pw_gid)
        for name in OWN[1:]:
            files.folder(draft / name, mode=0o700, owner=site.tenant, group=site.tenant)
        files.folder(draft / "logs", mode=0o2750, owner=web.pw_uid, group=site.tenant)
        move(draft, place.home)


def _limit(place: Places, site: Site, folder: Path) -> None:
    """Let the kernel hold a folder to its space and files where this disk offers that; elsewhere use is only measured.

    A new site is limited while it is empty: the parts of it inherit that, and btrfs limits no folder that has files.
    """
    wanted = f"{site.disk_bytes} {site.inodes}"
    noted = place.limits.read_text() if place.limits.exists() else "0 0"
    if noted == wanted:
        return
    limits = limits_for(place.layout.sites)
    with suppress(Broken):
        limits.hold(folder, number=site.site, space=site.disk_bytes, inodes=site.inodes)
    files.write(place.limits, wanted, mode=0o600)


def _marks(place: Places, site: Site) -> None:
    for name in ALL_MARKS:
        mark = place.marks / name
        if name in wanted_marks(site):
            mark.touch(mode=0o644)
        else:
            mark.unlink(missing_ok=True)
    if site.php is None:
        for name in ("php.conf", "php.json"):
            (place.marks / name).unlink(missing_ok=True)
        return
    files.write(place.marks / "php.json", php.start(place.layout, site), mode=0o600)
    files.write(place.marks / "php.conf", php.pool(place.layout, site), mode=0o640, owner=0, group=site.tenant)


def _erase(layout: Layout, site: Site, folder: Path, warrant: str) -> Erased:
    web = pwd.getpwnam(layout.accounts.web).pw_uid
    found: dict[str, tenants.Census] = {}
    kept_for_undo = [one.name for one in stages_in(folder)]
    if foreign := [name for name in kept_for_undo if (folder / name).lstat().st_uid != site.tenant]:
        raise Broken(f"{', '.join(foreign)} in {folder} is not this tenant's: a person must look")
    for uid, names in ((site.tenant, (*OWN, *kept_for_undo)), (web, ("logs",))):
        parts = [folder / name for name in names if (folder / name).is_dir() and not (folder / name).is_symlink()]
        if parts:
            erased = tenants.erase(tenants.jail(layout, uid, *parts), *parts)
            found.update(zip([part.name for part in parts], erased, strict=True))
    left = sum(one.left for one in found.values())
    if left:
        raise Broken(f"{left} entries in {folder} cannot be removed by their owner: a person must look")
    digests = [f"{name} {one.list_sha256}" for name, one in sorted(found.items())]
    files_erased, bytes_erased = (sum(getattr(one, name) for one in found.values()) for name in ("files", "bytes"))
    whole = sha256("\n".join(digests).encode()).hexdigest()
    return Erased(files_erased, bytes_erased, whole, datetime.now(UTC).isoformat(timespec="seconds"), warrant)


def _remove_own(folder: Path) -> None:
    """Remove a folder of root's whose parts were emptied by their owners."""
    with suppress(FileNotFoundError):
        if folder.parent.name.isdigit() or folder.name.isdigit():
            shutil.rmtree(folder)  # below web/ and moved/, where only root writes
            return
        for part in folder.iterdir():
            part.rmdir()
        folder.rmdir()
