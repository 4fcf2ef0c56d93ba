"""The daemons of a node: where their files lie, how they are told what to serve, and what of it needs root.

A capability (web, mail, dns, databases, certificates, backups, access) is a package of its own here. Each offers

- `daemons(layout)`: the processes it needs, and `prepare(layout)`, which writes their configuration. Both read only the
  layout, never a tenant's values.
- a `Converger` for the agent, which has no privileges: it makes the node agree with one statement at a time.
- `verbs()`: what the helper, which runs as root, does for it. A verb is named by the agent together with the key of a
  resource, nothing else; every value comes from the statement that the helper itself has verified.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from servanda.drivers.node.files import folder as make_folder
from servanda.drivers.node.files import write as write_file
from servanda.drivers.node.layout import Accounts, Layout, Ports
from servanda.drivers.node.sealing_key import make_sealing_key, mark_of_sealing_key
from servanda.ground.nodes.wanted import CopyNews, Difference, ErrandNews, Measurement, NodeWarrant, Wanted

Plain: TypeAlias = str | int | bool
Result: TypeAlias = Mapping[str, Plain]


class NotNow(Exception):
    """Something that the work needs is away for the moment (a daemon, a disk, a lock). The agent tries again."""


class Broken(Exception):
    """The work cannot be done as told, and trying again will not help. It is parked and reported to a person."""


class VerbRefused(Exception):
    """The helper does not do this: an unknown verb, an unknown key, a kind that does not fit, or no warrant."""


@dataclass(frozen=True, slots=True)
class Daemon:
    """A process of the node, started in the foreground.

    `user` None means that it keeps root, as its own master demands. `ready` answers whether it serves now; it may not
    block for more than a second. `reload` is a signal's name.
    """

    name: str
    argv: Sequence[str]
    ready: Callable[[], bool]
    user: str | int | None = None
    group: str | int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    stop: str = "TERM"
    reload: str | None = "HUP"
    after: tuple[str, ...] = ()
    writable: tuple[Path, ...] = ()  # what its unit may write, for systemd's ProtectSystem=strict
    capabilities: tuple[str, ...] = ()  # what its unit keeps, for CapabilityBoundingSet=
    before: tuple[tuple[str, ...], ...] = ()  # commands of root's on a real server; it does not start when one fails


class Known(Protocol):
    """What the node was told, by key: the latest statements that were verified."""

    def get(self, key: str) -> Wanted | None: ...
    def of(self, kind: type[Wanted]) -> Iterable[Wanted]: ...


class Privileges(Protocol):
    """The helper, as the agent sees it. A verb acts on the helper's own copy of the statement with this key."""

    def do(self, verb: str, key: str) -> Result:
        """Raises VerbRefused, NotNow and Broken as the helper did, and NotNow when the helper is away."""
        ...


@dataclass(frozen=True, slots=True)
class Task:
    """What a verb is given: the layout, the verified statement, all statements, and the leave for adverse acts."""

    layout: Layout
    statement: Wanted
    known: Known
    warrant: NodeWarrant | None = None


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing that root does. `act` None: always allowed for a known key; else only under a leave for that act.

    The helper has no network; `has_network` says that this verb, and what it starts, cannot do without.
    """

    name: str
    kinds: tuple[type[Wanted], ...]
    run: Callable[[Task], Result]
    act: Literal["quarantine", "purge"] | None = None
    has_network: bool = False


class Converger(Protocol):
    """Makes the node agree with one statement. Every call is idempotent and its cost does not grow with the node."""

    @property
    def kinds(self) -> tuple[type[Wanted], ...]: ...

    def settle(self, wanted: Wanted, before: Wanted | None) -> Mapping[str, Plain]:
        """Make it so (kept and held; also quarantined and purged, which ask the helper's verbs that need a leave).

        Returns facts that only the node knows (a DKIM key, a DS record, the end of a certificate). Raises NotNow, Broken.
        """
        ...

    def look(self, wanted: Wanted) -> Sequence[Difference]:
        """Compare what is found with what is wanted, and change nothing. Empty: as wanted."""
        ...


class Metering(Protocol):
    """What a capability measures. The agent asks once a day and on wish."""

    def measure(self, wanted: Wanted, *, day: str) -> Sequence[Measurement]: ...


class Watching(Protocol):
    """What a capability watches all the time. The agent asks each minute; it tells what stands out, and stops nothing."""

    def watch(self, known: Known, *, now: datetime) -> Sequence[Measurement]: ...


class Errands(Protocol):
    """Work that takes long and is done once: restores, exports, moves. The agent runs it in a process of its own."""

    @property
    def kinds(self) -> tuple[type[Wanted], ...]: ...

    def run(self, wanted: Wanted, tell: Callable[[ErrandNews], None]) -> None: ...


class Copies(Protocol):
    """Backups that are due. The agent calls this each round; it returns at once when nothing is due."""

    def round(self, tell: Callable[[CopyNews], None]) -> None: ...


__all__ = [
    "Accounts", "Broken", "Converger", "Copies", "Daemon", "Errands", "Known", "Layout", "Metering", "NotNow", "Plain",
    "Ports", "Privileges", "Result", "Task", "Verb", "VerbRefused", "Watching", "make_folder", "make_sealing_key",
    "mark_of_sealing_key", "write_file",
]  # fmt: skip
