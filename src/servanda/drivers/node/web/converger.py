"""What the agent does for sites: ask the helper, and compare what it finds. It has no rights of its own there."""

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from servanda.drivers.node import Plain, Privileges
from servanda.drivers.node.layout import Layout
from servanda.drivers.node.web.places import ALL_MARKS, Places, places, wanted_links, wanted_marks
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import Difference, Wanted

_VERBS = {"kept": "site.settle", "quarantined": "site.quarantine", "purged": "site.purge"}


class Web:
    """Makes a node's sites agree with their statements."""

    kinds: tuple[type[Wanted], ...] = (Site,)

    def __init__(self, layout: Layout, privileges: Privileges) -> None:
        self.layout, self.privileges = layout, privileges

    def settle(self, wanted: Wanted, before: Wanted | None) -> Mapping[str, Plain]:
        return self.privileges.do(_VERBS[wanted.state], wanted.key)

    def look(self, wanted: Wanted) -> Sequence[Difference]:
        assert isinstance(wanted, Site)
        place = places(self.layout, wanted)
        if wanted.state != "kept":
            return tuple(_left(place, wanted))
        return (*_folders(place, wanted), *_names(place, wanted), *_marks(place, wanted), *_php(place, wanted))


def _left(place: Places, site: Site) -> Iterator[Difference]:
    if place.home.exists():
        yield Difference(code="site.still-there", wanted=site.state, found="kept")
    for name in wanted_links(site):
        if _link(place.link(name)) in wanted_links(site).values():
            yield Difference(code="site.name-left", found=name)


def _folders(place: Places, site: Site) -> Iterator[Difference]:
    try:
        home, htdocs = place.home.lstat(), (place.home / "htdocs").lstat()
    except FileNotFoundError:
        yield Difference(code="site.folder-missing", wanted=str(site.site))
        return
    if home.st_uid != 0 or stat.S_IMODE(home.st_mode) & 0o022 or stat.S_ISLNK(htdocs.st_mode):
        yield Difference(code="site.folder-open", found=f"{home.st_uid} {stat.S_IMODE(home.st_mode):o}")
    if htdocs.st_uid != site.tenant:
        yield Difference(code="site.owner", wanted=str(site.tenant), found=str(htdocs.st_uid))


def _names(place: Places, site: Site) -> Iterator[Difference]:
    for name, target in wanted_links(site).items():
        found = _link(place.link(name))
        if found is None:
            yield Difference(code="site.name-missing", wanted=name)
        elif found != target:
            yield Difference(code="site.name-foreign", wanted=name, found=found)
        if not os.path.lexists(place.layout.tls / name):
            yield Difference(code="site.tls-missing", wanted=name)


def _marks(place: Places, site: Site) -> Iterator[Difference]:
    if site.holds and not place.held.exists():
        yield Difference(code="site.hold-missing", wanted=", ".join(hold.cause for hold in site.holds))
    if not site.holds and place.held.exists():
        yield Difference(code="site.hold-left")
    for name in sorted(ALL_MARKS):
        is_wanted, is_found = name in wanted_marks(site), (place.marks / name).exists()
        if is_wanted != is_found:
            yield Difference(code="site.mark", wanted=name if is_wanted else "", found=name if is_found else "")


def _php(place: Places, site: Site) -> Iterator[Difference]:
    if site.php and site.is_served and not (place.layout.run / "php" / f"{site.site}.sock").exists():
        yield Difference(code="site.php-down", wanted=site.php or "")


def _link(path: Path) -> str | None:
    try:
        return os.readlink(path)
    except OSError:
        return None
