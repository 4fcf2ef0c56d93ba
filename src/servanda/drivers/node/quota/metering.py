"""What a site uses by one day: disk, files and traffic.

The walk is done by the reader of copies, who may read everything it is shown and change nothing: a tenant who locks a
folder of their own against themselves hides nothing from it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from servanda.drivers.node import Broken, Plain, Privileges, Task, Verb
from servanda.drivers.node.backups.jails import How, Jail
from servanda.drivers.node.layout import Layout
from servanda.drivers.node.quota.decisions import level_of
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import Difference, Measurement, Wanted

MEASURE = "measure-site"
MOST_FILES, MOST_SECONDS = 5_000_000, 300
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def measure(task: Task) -> Mapping[str, Plain]:
    """Carry out the verb: count today's disk use and yesterday's traffic of one site."""
    site = task.statement
    assert isinstance(site, Site)
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    return {"traffic_day": yesterday, **measured(task.layout, site, day=yesterday)}


def measured(layout: Layout, site: Site, *, day: str) -> Mapping[str, int]:
    if not _DAY.fullmatch(day):
        raise Broken(f"{day!r} is no day")
    folder = layout.site(site.site)
    binds: list[tuple[Path, str, How]] = []
    if folder.is_dir() and not folder.is_symlink():
        binds.append((folder, "/site", "ro"))
        logs = folder / "logs"
        if logs.is_dir() and not logs.is_symlink():
            binds.append((logs, "/logs", "ro"))
    jail = Jail(layout, layout.accounts.copies, binds=binds, reads_all=True)
    found: dict[str, int] = json.loads(jail.run(jail.job("measuring", day, str(MOST_FILES), str(MOST_SECONDS))))
    return found


def verbs() -> Sequence[Verb]:
    return (Verb(MEASURE, (Site,), measure),)


@dataclass(frozen=True, slots=True)
class SiteMetering:
    """Measures sites for the agent, through the helper."""

    privileges: Privileges

    def measure(self, wanted: Wanted, *, day: str) -> Sequence[Measurement]:
        """Return the disk use of now under the day that is given, and the traffic of the last whole day under its own."""
        if not isinstance(wanted, Site) or wanted.state != "kept":
            return ()
        told = self.privileges.do(MEASURE, wanted.key)
        traffic_day = str(told["traffic_day"])
        disk = {"disk_bytes": int(told["disk_bytes"]), "inodes": int(told["inodes"])}
        if wanted.disk_bytes:
            disk["disk_agreed_bytes"] = wanted.disk_bytes
        if wanted.inodes:
            disk["inodes_agreed"] = wanted.inodes
        sent = {"sent_bytes": int(told["sent_bytes"]), "requests": int(told["requests"])}
        return [
            Measurement(key=wanted.key, day=day, figures=disk),
            Measurement(key=wanted.key, day=traffic_day, figures=sent),
        ]


def differences(site: Site, figures: Mapping[str, int]) -> Sequence[Difference]:
    """Return what of a site is near or over what was agreed, as codes that the pages have words for."""
    pairs = (("disk", figures["disk_bytes"], site.disk_bytes), ("inodes", figures["inodes"], site.inodes))
    return [
        Difference(code=f"{what}-{level}", wanted=str(agreed), found=str(used))
        for what, used, agreed in pairs
        if (level := level_of(used, agreed)) != "within"
    ]
