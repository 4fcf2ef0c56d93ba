"""The keeper's nightly round, for a private node's own store and for a store on a machine of its own.

The keeper of a private node is a process beside the node's own: it alone reads the keeper's secrets, and of the node it
reads nothing but which plans it was told. On a store's machine a timer of systemd starts one round a night.
"""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from servanda.drivers.node import Broken, NotNow
from servanda.faces.node import installed, keeper
from servanda.faces.node.parts import WIRING, wiring
from servanda.faces.node.processes import Over, Place
from servanda.faces.node.state import State
from servanda.faces.node.units import NotInstalled, quoted
from servanda.ground.refusal import Refused


class NotKept(Refused):
    """The keeper cannot begin."""


log = logging.getLogger(__name__)

ROUND_HOUR = 4  # UTC: copies are made from 22 to 4
SLEEP_SECONDS = 1.0


def run_keeper(place: Place) -> int:
    """Be the keeper of a private node's store until asked to stop: one round at once, then one each night."""
    is_over, layout = Over(), installed.read(place.root).layout
    state_file = installed.read(place.root).helper_folder / "state.db"

    def one_round(now: datetime) -> None:
        with closing(State(state_file, may_write=False)) as state:
            told = wiring(place.wiring).keep_private_store(layout, state.known, state.warrant_of, now.date())
        note(told)

    keep_each_night(one_round, is_over=is_over)
    return 0


def keep_each_night(
    one_round: Callable[[datetime], None],
    *,
    is_over: Callable[[], bool],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Make a round, and another one each night after. What fails is tried again in the next."""
    kept_for = None
    while not is_over():
        moment = now()
        night = (moment.date(), moment.hour >= ROUND_HOUR)
        if kept_for is None or (night[1] and night != kept_for):
            kept_for = night
            try:
                one_round(moment)
            except (NotNow, Broken) as error:
                log.warning("the store was not tidied: %s", error)
        sleep(SLEEP_SECONDS)


def keep_once(folder: Path, now: datetime, wiring_name: str = WIRING) -> Mapping[str, str]:
    """Make one round on a store's machine and return what came of each repository."""
    said = keeper.told(folder, wiring_name=wiring_name) if keeper.is_told(folder) else None
    try:
        return wiring(wiring_name).keep_store(folder, said, now.date())
    except Broken as error:
        raise NotKept(f"Nothing was forgotten: {error}. The how-to on copies tells what belongs there.") from error


def note(told: Mapping[str, str]) -> None:
    for repository, what in told.items():
        log.info("%s: %s", repository, what)


def store_units(*, store: tuple[str, ...], keep: tuple[str, ...], folder: Path, keeper: Path) -> dict[str, str]:
    """Return the units of a store's machine: the store, and the keeper's round with its timer."""
    if not folder.is_absolute() or not keeper.is_absolute():
        raise NotInstalled("Name the folders of the store and of its keeper by absolute paths.")
    shut_in = (
        "NoNewPrivileges=yes\nProtectSystem=strict\nProtectHome=yes\nPrivateTmp=yes\nPrivateDevices=yes\n"
        "ProtectKernelTunables=yes\nProtectKernelModules=yes\nProtectControlGroups=yes\nRestrictNamespaces=yes\n"
        "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6\nSystemCallArchitectures=native\nUMask=0077\n"
    )
    rights = "CapabilityBoundingSet=CAP_SETUID CAP_SETGID CAP_CHOWN CAP_NET_BIND_SERVICE\n"
    return {
        "servanda-store.service": (
            "[Unit]\nDescription=Servanda: store of copies\nAfter=network-online.target\nWants=network-online.target\n\n"
            f"[Service]\nType=exec\nExecStart={quoted(store)}\nRestart=always\nRestartSec=1\n{shut_in}{rights}"
            f"ReadWritePaths={quoted([str(folder)])}\n\n[Install]\nWantedBy=multi-user.target\n"
        ),
        "servanda-keeper.service": (
            "[Unit]\nDescription=Servanda: the keeper's round through the store\nAfter=servanda-store.service\n\n"
            f"[Service]\nType=oneshot\nExecStart={quoted(keep)}\n{shut_in}CapabilityBoundingSet=CAP_DAC_OVERRIDE\n"
            f"ReadWritePaths={quoted([str(keeper), str(folder)])}\n"
        ),
        "servanda-keeper.timer": (
            "[Unit]\nDescription=Servanda: the keeper's round each night\n\n"
            f"[Timer]\nOnCalendar=*-*-* {ROUND_HOUR:02}:00:00 UTC\nRandomizedDelaySec=15min\nPersistent=yes\n\n"
            "[Install]\nWantedBy=timers.target\n"
        ),
    }
