"""Agent and helper are killed at random points, put back to older copies and cut off, while orders go on coming.

Whatever happens, the node comes to what was signed last, and did nothing on the way that was not signed: each
quarantine and purge in the acts' own record is held against the leaves that were given.
"""

import contextlib
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from servanda.ground.nodes.documents import fingerprint
from servanda.ground.nodes.kinds.dns import Zone
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import encode
from tests.faces.node.wiring import acts_of, zones_of
from tests.faces.node.worlds import ROOT, World, a_world, hold, leave, site, wait_until, zone

PARTS = ("agent", "helper")


def test_killed_at_random_points_a_few_times(world: World) -> None:
    Chaos(world, random.Random(5)).live(rounds=8)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_killed_at_random_points_hundreds_of_times(world: World, seed: int) -> None:
    chaos = Chaos(world, random.Random(seed))
    chaos.live(rounds=100)
    assert chaos.kills >= 100


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_put_back_to_older_copies_and_killed(world: World, seed: int) -> None:
    Chaos(world, random.Random(100 + seed), may_put_back=True).live(rounds=40)


def test_put_back_to_an_older_copy_once_each(world: World) -> None:
    chaos = Chaos(world, random.Random(7), may_put_back=True)
    chaos.live(rounds=2)
    for part in PARTS:
        chaos.copy(part)
        chaos.order()
        chaos.order()
        chaos.come_to_rest()
        chaos.put_back(part)
        chaos.order()
        chaos.come_to_rest()
    chaos.hold_against_what_was_signed()


class Chaos:
    """`order` says something new, `disturb` breaks something, and in the end all must agree."""

    def __init__(self, world: World, chance: random.Random, *, may_put_back: bool = False) -> None:
        self.world, self.chance, self.may_put_back = world, chance, may_put_back
        self.kills = 0

    def live(self, *, rounds: int) -> None:
        for part in PARTS:
            self.world.start(part)
        for _ in range(rounds):
            for _ in range(self.chance.randint(0, 3)):
                self.order()
            self.disturb()
        self.come_to_rest()
        self.hold_against_what_was_signed()

    def order(self) -> None:
        world, chance = self.world, self.chance
        number = chance.randint(1, 6)
        known = world.wanted.get(f"site/{number}")
        choices: list[Callable[[], object]] = [
            lambda: world.issue(zone(f"z{number}.dk", f"192.0.2.{chance.randint(1, 250)}")),
            lambda: world.issue(site(number, name=f"n{chance.randint(1, 999)}.dk")),
        ]
        if known is not None and known.state == "kept":
            choices.append(lambda: world.issue(site(number, holds=() if known.holds else (hold(),))))
            choices.append(lambda: world.quarantine(number))
        if known is not None and known.state == "quarantined":
            warrants = [leave(known, "purge", now=datetime.now(UTC))]
            choices.append(lambda: world.issue(site(number, state="purged"), warrants=warrants))
        if known is not None and known.state == "purged":
            choices = choices[:1]  # what was purged is gone: the number is not used again
        chance.choice(choices)()

    def disturb(self) -> None:
        time.sleep(self.chance.random() * 1.2)
        what = self.chance.choice(["kill", "kill", "kill both", "away", *(["put back"] * self.may_put_back)])
        if what == "away":
            self.world.plane.is_away = not self.world.plane.is_away
        parts = PARTS if what == "kill both" else (self.chance.choice(PARTS),)
        for part in parts:
            self.world.kill(part)
            self.kills += 1
        if what == "put back":
            self.exchange(parts[0])
        for part in self.chance.sample(parts, len(parts)):
            self.world.start(part)

    def file(self, part: str) -> Path:
        installation = self.world.installation
        folder = installation.agent_folder if part == "agent" else installation.helper_folder
        return folder / "state.db"

    def copy(self, part: str) -> None:
        copy = self.file(part).with_name("copy")
        copy.unlink(missing_ok=True)
        with closing(sqlite3.connect(self.file(part))) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        owner = self.file(part).stat()
        shutil.chown(copy, owner.st_uid, owner.st_gid)

    def exchange(self, part: str) -> None:
        """Put a part, which does not run, back to its last copy, and take a copy for the next time."""
        file = self.file(part)
        copy = file.with_name("copy")
        if copy.exists():
            for end in ("-wal", "-shm", ""):
                file.with_name(file.name + end).unlink(missing_ok=True)
            copy.rename(file)
        if file.exists():
            with contextlib.suppress(sqlite3.OperationalError):
                self.copy(part)

    def put_back(self, part: str) -> None:
        self.world.kill(part)
        file = self.file(part)
        for end in ("-wal", "-shm", ""):
            file.with_name(file.name + end).unlink(missing_ok=True)
        file.with_name("copy").rename(file)
        self.world.start(part)

    def come_to_rest(self) -> None:
        self.world.plane.is_away = False
        for part in PARTS:
            if part not in self.world.parts:
                self.world.start(part)
        wait_until(self.world.is_settled, seconds=150, told=lambda: self.world.said_in_log("agent"))

    def hold_against_what_was_signed(self) -> None:
        world = self.world
        for wanted in world.wanted.values():
            if isinstance(wanted, Zone):
                assert (zones_of(world.layout) / wanted.domain).read_bytes() == encode(wanted)
            if isinstance(wanted, Site):
                file = world.layout.site(wanted.site)
                assert (file.read_bytes() if file.exists() else b"") == (
                    encode(wanted) if wanted.state == "kept" else b""
                )
                assert wanted.state != "purged" or not (world.layout.quarantine / file.name).exists()
        assert wrong_acts(world) == []


def wrong_acts(world: World) -> list[object]:
    """Return the acts that nobody signed: of an unknown statement, of another state, or without a leave that was given."""
    state_of = {"write": "kept", "quarantine": "quarantined", "purge": "purged"}
    said = {fingerprint(one): one for one in world.said}
    wrong: list[object] = []
    for line in acts_of(world.layout).read_bytes().splitlines():
        act = msgspec.json.decode(line)
        wanted = said.get(act["fingerprint"])
        is_signed = wanted is not None and wanted.key == act["key"] and wanted.state == state_of[act["act"]]
        has_leave = act["act"] == "write" or act.get("warrant") in world.warrants
        if not (is_signed and has_leave):
            wrong.append(act)
    return wrong


FULL = """
import os, subprocess, sys
from pathlib import Path
from tests.faces.node.test_chaos import live_on_a_full_disk
root = Path(sys.argv[1])
root.mkdir(parents=True)
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m,mode=0711", "tmpfs", str(root)], check=True)
live_on_a_full_disk(root)
"""


def test_a_full_disk_stops_nothing_that_serves_and_heals(world: World) -> None:
    """In mounts of its own, so that the machine sees nothing of the small disk."""
    root = Path(f"{world.layout.root}f")
    done = subprocess.run(
        ["unshare", "--mount", "--propagation", "private", sys.executable, "-c", FULL, str(root)],
        cwd=ROOT, env={"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    shutil.rmtree(root, ignore_errors=True)
    assert done.returncode == 0, done.stderr[-3000:]


def live_on_a_full_disk(root: Path) -> None:
    with contextlib.suppress(OSError), a_world(root) as world:  # the mount itself cannot be removed
        try:
            _fill_and_free(world)
        except AssertionError:
            raise
        except OSError as error:
            raise AssertionError(f"{error}\n{world.said_in_log('agent')}") from error


def _fill_and_free(world: World) -> None:
    for part in PARTS:
        world.start(part)
    world.issue(site(1), zone("example.dk"))
    wait_until(world.is_settled, told=lambda: world.said_in_log("agent"))
    ballast = world.layout.root / "ballast"
    with contextlib.suppress(OSError), open(ballast, "wb") as file:
        while True:
            file.write(b"x" * 4096)
            file.flush()
    world.issue(*(zone(f"{number}.{'x' * 60}.dk") for number in range(200)))
    world.issue(site(2))
    time.sleep(3)
    assert world.layout.site(1).read_bytes() == encode(site(1))
    assert (zones_of(world.layout) / "example.dk").read_bytes() == encode(zone("example.dk"))
    assert all(child.poll() is None for child in world.parts.values()), world.said_in_log("agent")
    for part in PARTS:  # and a kill while it is full
        world.kill(part)
        world.start(part)
    time.sleep(2)
    ballast.unlink()
    for part in PARTS:
        if world.parts[part].poll() is not None:  # what could not even start is started anew by its supervisor
            world.start(part)
    wait_until(world.is_settled, seconds=60, told=lambda: world.said_in_log("agent"))
    assert wrong_acts(world) == []
