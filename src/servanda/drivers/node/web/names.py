"""Which names lead to a site: links that appear, move and go one by one, and never take a name from another site."""

import os
from contextlib import suppress
from pathlib import Path

from servanda.drivers.node import Broken, Known, files
from servanda.drivers.node.answering import FALLBACK, is_stand_in, stand_in_for
from servanda.drivers.node.web.places import Names, Places, keep_names, known_names, places, site_of_link, wanted_links
from servanda.ground.nodes.kinds.web import Site

SELF_SIGNED = FALLBACK


def settle_names(place: Places, site: Site, known: Known) -> None:
    """Make the links of a site so. Refuses a name that another kept site still has; nothing is changed then."""
    wanted = wanted_links(site)
    for name in wanted:
        _refuse_taken(place, name, known)
    before = known_names(place)
    # What will be there is noted first, so that a crash leaves no link that nobody knows.
    keep_names(place, Names({**before.links, **wanted}))
    for name, target in wanted.items():
        if target.startswith("../moved/"):
            folder = place.link(name).parent / target / "htdocs"
            Path(os.path.normpath(folder)).mkdir(mode=0o755, parents=True, exist_ok=True)
        files.link(place.link(name), target)
        answer_with_own_certificate_until_there_is_one(place, name)
    for name in before.links.keys() - wanted.keys():
        _drop(place, name)
    keep_names(place, Names(wanted))


def drop_names(place: Places) -> None:
    """Take away all links of a site."""
    for name in known_names(place).links:
        _drop(place, name)
    keep_names(place, Names())


def answer_with_own_certificate_until_there_is_one(place: Places, name: str) -> None:
    """Let TLS under a new name answer with a wildcard that covers it, or else with the node's own certificate.

    nginx reads the name's folder at each handshake.
    """
    with suppress(FileExistsError):
        (place.layout.tls / name).symlink_to(stand_in_for(place.layout, name))


def owner_of(place: Places, name: str) -> int | None:
    try:
        return site_of_link(os.readlink(place.link(name)))
    except FileNotFoundError:
        return None


def _refuse_taken(place: Places, name: str, known: Known) -> None:
    owner = owner_of(place, name)
    if owner in (None, place.number):
        return
    other = known.get(f"site/{owner}")
    if isinstance(other, Site) and other.state == "kept" and name in wanted_links(other):
        raise Broken(f"{name} is a name of site/{owner}: take it from there first")


def _drop(place: Places, name: str) -> None:
    if owner_of(place, name) == place.number:
        place.link(name).unlink()
    certificate = place.layout.tls / name
    with suppress(OSError):
        if not place.link(name).is_symlink() and is_stand_in(name, os.readlink(certificate)):
            certificate.unlink()


__all__ = ["drop_names", "owner_of", "places", "settle_names"]
