"""How each process of a node is put together from its folder and its wiring."""

import logging
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec import Struct

from servanda.drivers.node import Broken, NotNow, VerbRefused
from servanda.faces.node import installed
from servanda.faces.node.agent import Agent
from servanda.faces.node.agent import run as run_rounds
from servanda.faces.node.apart import leave_network
from servanda.faces.node.clockwatch import ClockWatch, real_clocks
from servanda.faces.node.errands import BROKEN, COPIES, NOT_NOW, Children
from servanda.faces.node.installed import Installation, NoNode, OwnIdentity
from servanda.faces.node.knowledge import Knowledge
from servanda.faces.node.parts import WIRING, Setting, wiring
from servanda.faces.node.prctl import gain_nothing
from servanda.faces.node.privileges import HelperLine
from servanda.faces.node.reporting import Reporter
from servanda.faces.node.settling import Settler
from servanda.faces.node.state import State
from servanda.faces.node.words import Words
from servanda.ground.nodes.documents import Trust
from servanda.ground.nodes.wanted import CopyNews, Difference, ErrandNews

MODULE = "servanda.faces.node"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Which node, put together by which module, and what it is about when it is about one resource."""

    root: Path
    wiring: str = WIRING
    key: str = ""

    def command(self, part: str, key: str = "") -> tuple[str, ...]:
        """Return the words that start a part of this node."""
        words = (sys.executable, "-m", MODULE, part, *([key] if key else []))
        return (*words, "--root", str(self.root), "--wiring", self.wiring)


class Over:
    """True once somebody asked the process to stop."""

    def __init__(self) -> None:
        self._is_over = False
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask)

    def __call__(self) -> bool:
        return self._is_over

    def _ask(self, number: int, frame: object) -> None:
        self._is_over = True


def run_agent(place: Place) -> int:
    """Be the agent until asked to stop."""
    is_over = Over()
    gain_nothing()
    installation = installed.read(place.root)
    trust = _trust(installation)
    clocks = real_clocks()
    state = _state(installation, trust)
    identity = OwnIdentity(node=trust.node, key=installed.read_key(installation), state=state, now=clocks.now)
    parts = wiring(place.wiring)
    link = parts.link(installation.url, identity, clocks.now, installation.url_roots)
    line = HelperLine(installation.layout.helper_socket)
    setting = Setting(layout=installation.layout, privileges=line, known=state.known)
    abilities = parts.capabilities()
    watch = ClockWatch(clocks, state)
    agent = Agent(
        installation=installation,
        trust=trust,
        state=state,
        helper=line,
        settler=Settler(state, [c for one in abilities for c in one.convergers(setting)], clocks, watch),
        reporter=Reporter(installation, identity, state, link),
        children=Children(state, clocks, lambda key: _child(place, key)),
        watch=watch,
        clocks=clocks,
        meterings=[m for one in abilities for m in one.meterings(setting)],
        watchings=[w for one in abilities for w in one.watchings(setting)],
        has_copies=any(one.copies(setting) for one in abilities),
        words=Words(installation.layout.inbox, link, identity.key),
    )
    run_rounds(agent, link, is_over=is_over)
    return 0


def run_helper(place: Place) -> int:
    """Be the helper until asked to stop. Must be root."""
    from servanda.faces.node.helper import Doorkeeper, Helper, Log

    is_over = Over()
    installation = installed.read(place.root)
    trust = _trust(installation)
    clocks = real_clocks()
    layout = installation.layout
    state = State(installation.helper_folder / "state.db", incarnation=trust.incarnation)
    acts = Log(layout.log / "helper.log", clocks)
    verbs = [verb for one in wiring(place.wiring).capabilities() for verb in one.verbs()]
    helper = Helper(layout, trust, state, verbs, clocks, acts, outside=leave_network())
    door = Doorkeeper(helper, layout.helper_socket, agent=layout.accounts.agent, log=acts)
    door.serve(is_over=is_over)
    door.close()
    return 0


def run_errand(place: Place) -> int:
    """Carry out one errand and tell its news on the standard output."""

    def work(setting: Setting) -> None:
        wanted = setting.known.get(place.key)
        if wanted is None:
            raise Broken(f"no document names {place.key}")
        for one in wiring(place.wiring).capabilities():
            for errands in one.errands(setting):
                if isinstance(wanted, errands.kinds):
                    errands.run(wanted, _tell)
                    return
        raise Broken(f"this node cannot do {place.key.partition('/')[0]}")

    return _working(place, work)


def run_copies(place: Place) -> int:
    """Make the copies that are due and tell what came of them on the standard output."""

    def work(setting: Setting) -> None:
        for one in wiring(place.wiring).capabilities():
            for copies in one.copies(setting):
                copies.round(_tell)

    return _working(place, work)


class Seen(Struct, frozen=True):
    """What a look found about one resource."""

    key: str
    differences: tuple[Difference, ...]


def run_look(place: Place) -> int:
    """Look at one resource, or at all, and print what differs. Changes nothing."""

    def work(setting: Setting) -> None:
        abilities = wiring(place.wiring).capabilities()
        by_kind = {kind: c for one in abilities for c in one.convergers(setting) for kind in c.kinds}
        known = setting.known
        assert isinstance(known, Knowledge)
        for key in [place.key] if place.key else sorted(known):
            wanted = known.get(key)
            if wanted is not None and type(wanted) in by_kind:
                _tell(Seen(key=key, differences=tuple(by_kind[type(wanted)].look(wanted))))

    return _working(place, work)


def run_supervisor(place: Place) -> int:
    """Run all daemons, the helper and the agent of a private node until asked to stop."""
    from servanda.faces.node.supervisor import Supervisor

    is_over = Over()
    installation = installed.read(place.root)
    prepare(place)
    Supervisor(installation, place, wiring(place.wiring).capabilities()).run(is_over)
    return 0


def prepare(place: Place) -> int:
    """Write the configuration of all daemons. Must be root; reads only the layout."""
    installation = installed.read(place.root)
    for one in wiring(place.wiring).capabilities():
        try:
            one.prepare(installation.layout)
        except (Broken, NotNow, KeyError) as error:  # KeyError: an account of a package that is not installed
            log.error("%s is not prepared: %s", one.name, error)
    return 0


def _working(place: Place, work: Callable[[Setting], None]) -> int:
    try:
        installation = installed.read(place.root)
        state = State(installation.agent_folder / "state.db", may_write=False)
        line = HelperLine(installation.layout.helper_socket)
        work(Setting(layout=installation.layout, privileges=line, known=state.known))
    except NotNow as error:
        print(error, file=sys.stderr)
        return NOT_NOW
    except (Broken, VerbRefused) as error:
        print(error, file=sys.stderr)
        return BROKEN
    return 0


def _tell(news: ErrandNews | CopyNews | Seen) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(news) + b"\n")
    sys.stdout.buffer.flush()


def _child(place: Place, key: str) -> tuple[str, ...]:
    return place.command("copies") if key == COPIES else place.command("errand", key)


def _trust(installation: Installation) -> Trust:
    if installation.enrolled is None:
        raise NoNode(
            f"The node below {installation.layout.root} belongs to no control plane yet: "
            "servanda node enrol --token TOKEN"
        )
    return installation.enrolled.trust()


def _state(installation: Installation, trust: Trust) -> State:
    if os.geteuid() == 0:
        raise NoNode("The agent does not run as root: start it by `servanda node run`, or by its unit.")
    return State(installation.agent_folder / "state.db", incarnation=trust.incarnation)
