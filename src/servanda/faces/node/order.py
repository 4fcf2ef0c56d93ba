"""In which order statements are settled: what others need comes first, and what helps comes before what takes away."""

from collections.abc import Iterable

from servanda.ground.nodes.kinds.access import Login
from servanda.ground.nodes.kinds.backups import BackupPlan, Export, MoveIn, Restore, Retention
from servanda.ground.nodes.kinds.base import Worsening
from servanda.ground.nodes.kinds.certificates import Certificate
from servanda.ground.nodes.kinds.databases import Database
from servanda.ground.nodes.kinds.dns import Zone
from servanda.ground.nodes.kinds.mail import MailAlias, Mailbox, MailDomain, MailImport
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import Wanted

KINDS: tuple[type[Wanted], ...] = (
    Zone, Site, Database, Login, MailDomain, Mailbox, MailAlias, Certificate, BackupPlan, Retention,
    MoveIn, MailImport, Restore, Export,
)  # fmt: skip
ERRANDS: tuple[type[Wanted], ...] = (MoveIn, MailImport, Restore, Export)
_RANK = {kind: rank for rank, kind in enumerate(KINDS)}


def in_order(statements: Iterable[Wanted]) -> tuple[Wanted, ...]:
    """Return statements in the order of settling. What goes away goes in the opposite order, after all else."""

    def place(one: Wanted) -> tuple[bool, int, str]:
        goes = one.state != "kept"
        rank = _RANK[type(one)]
        return goes, -rank if goes else rank, one.key

    return tuple(sorted(statements, key=place))


def is_worse(wanted: Wanted, traces: Iterable[Wanted]) -> bool:
    """Tell whether settling this takes something from its owner that one of those before had."""
    return any(wanted.worsening(before) is not Worsening.NOT for before in traces)
