"""The keeper of a store on a machine of its own: it is told, signed, how long copies are kept, like a node of what it serves.

It enrols once with a token, pins the signer's key, and asks before each of its rounds. What it was told it keeps in its own
folder; when nobody answers it goes on by that. It takes a document by the very checks of a node.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from servanda.drivers.node import Accounts, Layout
from servanda.drivers.nodelink import Link, LinkAway, LinkRefused
from servanda.faces.node import enrolling, installed
from servanda.faces.node.installed import Installation, OwnIdentity
from servanda.faces.node.parts import WIRING, wiring
from servanda.faces.node.reporting import Reporter
from servanda.faces.node.state import State
from servanda.ground.nodes.documents import DocumentRefused, Trust, accept
from servanda.ground.nodes.kinds.backups import Retention

log = logging.getLogger(__name__)

AT_MOST = 1000  # answers of the control plane in one round
# What it says of itself: copies are its work, and nothing is placed on it.
FACTS: Mapping[str, bool] = {"keeper": True}


def enrol(
    folder: Path, *, name: str, url: str, token: str, roots: str | None, wiring_name: str = WIRING
) -> Installation:
    """Introduce the keeper to its control plane, and pin whose word it takes. Root does this once."""
    layout = Layout(root=folder, accounts=Accounts(agent=0), is_private=False)
    installation = Installation(layout=layout, name=name, url=url, url_roots=roots)
    installed.write(installation)
    return enrolling.enrol(installation, wiring(wiring_name).door(url, roots), token, more=FACTS)


def is_told(folder: Path) -> bool:
    """Tell whether a control plane tells this keeper; else a person places its rules."""
    return (folder / installed.FILE).exists()


def told(folder: Path, *, wiring_name: str = WIRING) -> Sequence[Retention]:
    """Ask for what is new, and return how long copies are kept by the newest that was signed."""
    installation = installed.read(folder)
    if installation.enrolled is None:
        return ()
    trust = installation.enrolled.trust()
    state = State(installation.agent_folder / "state.db", incarnation=trust.incarnation)
    try:
        identity = OwnIdentity(node=trust.node, key=installed.read_key(installation), state=state, now=_now)
        link = wiring(wiring_name).link(installation.url, identity, _now, installation.url_roots)
        try:
            _take(link, trust, state)
            _report(installation, identity, state, link)
        except (LinkAway, LinkRefused) as error:
            log.warning("the control plane is away, so what it said before holds: %s", error)
        return [one for one in state.known.of(Retention) if isinstance(one, Retention)]
    finally:
        state.close()


def _take(link: Link, trust: Trust, state: State) -> None:
    for _ in range(AT_MOST):
        found = link.documents(after=state.position.seq, wait_seconds=0)
        before = state.position
        for raw in found:
            try:
                document = accept(raw, trust, state.position, state.known, now=_now())
            except DocumentRefused as error:
                log.warning("refused document %s: %s", error.seq, error)
                break
            state.take(document, raw)
        if state.position == before:
            return


def _report(installation: Installation, identity: OwnIdentity, state: State, link: Link) -> None:
    for key in state.due(_now()):
        state.settled(state.known[key], {}, now=_now())
    reporter = Reporter(installation, identity, state, link)
    while reporter.send(accepted=state.position.seq, facts={}, now=_now()) and state.unreported(limit=1):
        continue


def _now() -> datetime:
    return datetime.now(UTC)
