"""How a whole repository leaves the store: set aside under a warrant, which can be undone, and erased under a second one.

This is done on the store's own machine, never over the network.
"""

import os
import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

_REPOSITORY = re.compile(r"[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?/[1-9][0-9]{0,6}")
_WARRANT = re.compile(r"[a-z0-9/:_-]{1,200}")


class NotAllowed(Exception):
    """A repository is not where this step expects it, or a name is none."""


def set_aside(folder: Path, repository: str, *, warrant: str) -> Path:
    """Take a repository out of service and return where it lies now. Done already: nothing happens."""
    place, aside = _places(folder, repository, warrant)
    if not aside.exists():
        if not place.is_dir():
            raise NotAllowed(f"the store has no repository {repository}")
        aside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.utime(place)
        place.rename(aside)
    return aside


def is_there(folder: Path, repository: str) -> bool:
    place, _ = _places(folder, repository, "-")
    return place.is_dir()


def aside_since(folder: Path, repository: str, *, warrant: str) -> date | None:
    """Return the day, by the store's own clock, on which a repository was set aside under a warrant; None: it is not."""
    _, aside = _places(folder, repository, warrant)
    return datetime.fromtimestamp(aside.stat().st_mtime, UTC).date() if aside.is_dir() else None


def bring_back(folder: Path, repository: str, *, warrant: str) -> None:
    """Put a repository that was set aside in service again."""
    place, aside = _places(folder, repository, warrant)
    if place.exists():
        raise NotAllowed(f"{repository} was begun anew since; a person must look")
    aside.rename(place)


def erase(folder: Path, repository: str, *, set_aside_under: str, warrant: str) -> int:
    """Erase a repository that was set aside under another warrant, and return how many bytes went."""
    _, aside = _places(folder, repository, set_aside_under)
    if warrant == set_aside_under or not _WARRANT.fullmatch(warrant):
        raise NotAllowed("erasing needs a second warrant")
    if not aside.is_dir():
        return 0
    size = sum(one.stat().st_size for one in aside.rglob("*") if one.is_file())
    shutil.rmtree(aside)
    return size


def _places(folder: Path, repository: str, warrant: str) -> tuple[Path, Path]:
    if not _REPOSITORY.fullmatch(repository) or not _WARRANT.fullmatch(warrant):
        raise NotAllowed(f"{repository!r} under {warrant!r} names nothing")
    return folder / "shelves" / repository, folder / "aside" / warrant.replace("/", ".") / repository.replace("/", ".")
