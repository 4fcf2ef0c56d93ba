"""What a node is put together from. The wiring makes these values; nothing here names a technology."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from servanda.drivers.node import (
    Converger,
    Copies,
    Daemon,
    Errands,
    Known,
    Layout,
    Metering,
    Privileges,
    Verb,
    Watching,
)
from servanda.drivers.nodelink import Clock, Door, Identity, Link
from servanda.ground.nodes.kinds.backups import Retention

WIRING = "servanda.wiring.node"


@dataclass(frozen=True, slots=True)
class Setting:
    """What a capability's workers stand in: where things lie, who does what needs root, what the node was told."""

    layout: Layout
    privileges: Privileges
    known: Known


def _no_daemons(layout: Layout) -> Sequence[Daemon]:
    return ()


def _nothing_to_prepare(layout: Layout) -> None:
    return None


def _no_verbs() -> Sequence[Verb]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """What one package below `drivers/node` offers. What it leaves out it has not."""

    name: str
    daemons: Callable[[Layout], Sequence[Daemon]] = _no_daemons
    prepare: Callable[[Layout], None] = _nothing_to_prepare
    verbs: Callable[[], Sequence[Verb]] = _no_verbs
    convergers: Callable[[Setting], Sequence[Converger]] = lambda setting: ()
    meterings: Callable[[Setting], Sequence[Metering]] = lambda setting: ()
    watchings: Callable[[Setting], Sequence[Watching]] = lambda setting: ()
    errands: Callable[[Setting], Sequence[Errands]] = lambda setting: ()
    copies: Callable[[Setting], Sequence[Copies]] = lambda setting: ()


class Wiring(Protocol):
    """The module that puts a node together: `servanda.wiring.node`, or one of a test."""

    def capabilities(self) -> Sequence[Capability]: ...
    def private_layout(self, layout: Layout) -> Layout: ...
    def link(self, url: str, identity: Identity, now: Clock, roots: str | None) -> Link: ...
    def measure_sites(
        self, layout: Layout, sites: int, changes: int, seconds: int
    ) -> Mapping[str, float | int | bool]: ...
    def serve_store(self, words: Sequence[str]) -> int: ...
    def keep_private_store(
        self, layout: Layout, known: Known, leave_of: Callable[[str, str], str], today: date
    ) -> Mapping[str, str]: ...
    def keep_store(self, folder: Path, said: Sequence[Retention] | None, today: date) -> Mapping[str, str]: ...
    def door(self, url: str, roots: str | None) -> Door: ...


def wiring(name: str = WIRING) -> Wiring:
    return cast(Wiring, import_module(name))
