"""How large is each part by the plan, how near is its use to that, and what goes beyond? Pure."""

from collections.abc import Mapping

import msgspec

from servanda.business.hosting.decisions.opening import COPIES_UNPROMISED, GB
from servanda.ground.nodes.kinds.backups import BackupPlan
from servanda.ground.nodes.kinds.databases import Database
from servanda.ground.nodes.kinds.mail import Mailbox, MailDomain
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import Wanted
from servanda.terms.packages import HostingPackage

STEPS = (100, 90, 80)  # of what was agreed, in percent (compusoft-051)


def resized(statement: Wanted, package: HostingPackage) -> Wanted:
    """Return a part with the sizes of a plan; what its owner chose, and mailboxes, stay as they are."""
    if isinstance(statement, Site):
        return msgspec.structs.replace(
            statement,
            disk_bytes=package.disk_gb * GB,
            inodes=package.files_max,
            php_memory_mb=package.php_memory_mb,
            php_processes=package.php_processes,
        )
    if isinstance(statement, Database):
        size, most = package.database_gb * GB, package.database_connections
        return msgspec.structs.replace(statement, disk_bytes=size, max_connections=most)
    if isinstance(statement, MailDomain):
        return msgspec.structs.replace(statement, hourly_limit=package.mails_an_hour, daily_limit=package.mails_a_day)
    if isinstance(statement, BackupPlan):
        return msgspec.structs.replace(
            statement,
            every_hours=package.copies_every_hours,
            keep_daily=package.copies_daily or COPIES_UNPROMISED,
            keep_monthly=package.copies_monthly,
        )
    return statement


def space_of(statement: Wanted, figures: Mapping[str, int]) -> tuple[int, int] | None:
    """Return the bytes that a part uses and those that were agreed; None where nothing was measured or agreed."""
    used = figures.get("database_bytes", figures.get("disk_bytes"))
    if isinstance(statement, Site | Database):
        agreed = statement.disk_bytes
    elif isinstance(statement, Mailbox):
        agreed = statement.quota_bytes
    else:
        return None
    return (used, agreed) if used is not None and agreed else None


def step_of(used: int, agreed: int) -> int:
    """Return the highest step of what was agreed that a use has come to: 100, 90, 80, or 0."""
    return next((step for step in STEPS if used * 100 >= agreed * step), 0)
