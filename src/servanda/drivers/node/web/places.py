"""Where everything of one site lies, and the marks by which nginx knows what holds for it.

`sites/<n>/` is the tenant's (itself root's, so that nobody swaps what is in it). `web/<n>/` is root's: `held.html`,
`redirect.http`, `hsts.https`, `kept.<seconds>`, `limits`, `php`, `php.conf`, `php.json`, `names.json`, and
`quarantined`, which names the folder of a quarantine. A mark is a file that all may read: nginx opens what it tests.
"""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from servanda.drivers.node import files
from servanda.drivers.node.layout import Layout
from servanda.drivers.node.web.nginx import KEPT_SECONDS
from servanda.ground.nodes.kinds.web import Redirect, Site

# What of a site belongs to the tenant; `logs` belongs to nginx, and the tenant reads it.
OWN = ("htdocs", "tmp", "sessions", "private")


class Names(msgspec.Struct, frozen=True):
    """The links of one site as they were last made: a name, and where its link leads."""

    links: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Places:
    layout: Layout
    number: int

    @property
    def home(self) -> Path:
        return self.layout.site(self.number)

    @property
    def marks(self) -> Path:
        return self.layout.web / str(self.number)

    @property
    def moved(self) -> Path:
        return self.layout.moved / str(self.number)

    @property
    def held(self) -> Path:
        return self.marks / "held.html"

    @property
    def first(self) -> Path:
        """Return the page that a site shows at its top until its owner has put one there."""
        return self.marks / "first.html"

    @property
    def settled(self) -> Path:
        return self.marks / "settled"

    @property
    def limits(self) -> Path:
        """Return where it is noted which limits the kernel was told, so that only a change is told again."""
        return self.marks / "limits"

    @property
    def quarantined(self) -> Path:
        return self.marks / "quarantined"

    @property
    def names(self) -> Path:
        return self.marks / "names.json"

    def link(self, name: str) -> Path:
        return self.layout.hosts / name


def places(layout: Layout, site: Site) -> Places:
    return Places(layout, site.site)


def wanted_links(site: Site) -> dict[str, str]:
    """Return each name with the target of its link. A redirect's target spells out where it leads, for nginx."""
    moved = {one.name: moved_target(site, one) for one in site.redirects if one.name not in site.names}
    return {**moved, **dict.fromkeys(site.names, f"../sites/{site.site}")}


def moved_target(site: Site, redirect: Redirect) -> str:
    code = 301 if redirect.is_permanent else 302
    return f"../moved/{site.site}/{code}/{redirect.name}/{redirect.to}"


def wanted_marks(site: Site) -> frozenset[str]:
    """Return the names of the marks that say how a site is served; whether it is held is not among them."""
    kept = max((seconds for seconds in KEPT_SECONDS if seconds <= site.page_cache_seconds), default=0)
    return frozenset(
        name
        for name, is_wanted in (
            ("php", site.php is not None),
            ("redirect.http", site.is_https_only),
            ("hsts.https", site.has_hsts),
            (f"kept.{kept}", bool(kept and site.php)),
        )
        if is_wanted
    )


ALL_MARKS = frozenset({"php", "redirect.http", "hsts.https", *(f"kept.{seconds}" for seconds in KEPT_SECONDS)})


def site_of_link(target: str) -> int | None:
    """Return the site to which a link of `vh/` belongs."""
    words = target.split("/")
    if len(words) >= 3 and words[:2] in (["..", "sites"], ["..", "moved"]) and words[2].isdigit():
        return int(words[2])
    return None


def known_names(place: Places) -> Names:
    try:
        return msgspec.json.decode(place.names.read_bytes(), type=Names)
    except FileNotFoundError:
        return Names()


def keep_names(place: Places, names: Names) -> None:
    files.write(place.names, msgspec.json.encode(names, order="sorted"), mode=0o600)
