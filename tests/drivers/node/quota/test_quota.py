"""Use is counted whatever a tenant tries; limits are the kernel's where there are any; pauses end by themselves."""

import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from servanda.drivers.node import Broken
from servanda.drivers.node.layout import Layout
from servanda.drivers.node.quota.decisions import LoadLimit, Sample, is_exceptional, level_of
from servanda.drivers.node.quota.limits import BtrfsGroups, NoLimits, limits_for
from servanda.drivers.node.quota.load import LoadGuard, LoadWatch
from servanda.drivers.node.quota.metering import differences, measured
from servanda.ground.nodes.kinds.base import Cause, Hold
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.pauses import PAUSE, without_ended_pauses
from servanda.ground.nodes.wanted import Wanted

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
TENANT = 270_099
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@pytest.mark.clause("compusoft-051")
@pytest.mark.parametrize(
    ("used", "agreed", "level"),
    [
        (79, 100, "within"),
        (80, 100, "near"),
        (89, 100, "near"),
        (90, 100, "nearer"),
        (100, 100, "nearer"),
        (101, 100, "over"),
        (101 << 30, 100 << 30, "over"),
        (10**15, 0, "within"),
    ],
)
def test_how_near_a_use_is(used: int, agreed: int, level: str) -> None:
    assert level_of(used, agreed) == level


def samples(cores: float, minutes: int, processes: int = 5) -> list[Sample]:
    return [Sample(NOW + timedelta(minutes=n + 1), 60, 60 * cores, processes) for n in range(minutes)]


@pytest.mark.clause("servicepoint-033")
@pytest.mark.parametrize(
    ("found", "exceptional"),
    [
        ([], False),
        (samples(2.0, 26), False),  # not for long enough yet
        (samples(2.0, 30), True),
        (samples(0.9, 60), False),
        (samples(2.0, 30) + [Sample(NOW + timedelta(minutes=60 + n), 60, 1, 5) for n in range(31)], False),
        (samples(0.0, 1, processes=101), True),
    ],
)
def test_when_a_load_is_exceptional(found: list[Sample], exceptional: bool) -> None:
    assert is_exceptional(found, LoadLimit(cores=1.0, minutes=30, processes=100)) is exceptional


def test_an_own_limit_counts() -> None:
    assert not is_exceptional(samples(2.0, 30), LoadLimit(cores=4.0))  # servicepoint-036: agreed by itself


def hold(cause: Cause) -> Hold:
    return Hold(cause=cause, clause="4.2", provider="X", since=date(2026, 12, 1), way_out="https://example.dk/")


@pytest.mark.clause("servicepoint-035")
def test_a_pause_for_load_ends_by_itself_and_no_other_hold_does() -> None:
    site = Site(site=1, tenant=TENANT, names=("example.dk",), holds=(hold("load"), hold("payment")))
    for now, causes in ((NOW + PAUSE - timedelta(seconds=1), ["load", "payment"]), (NOW + PAUSE, ["payment"])):
        assert [one.cause for one in without_ended_pauses(site, held_at=NOW, now=now).holds] == causes
    assert without_ended_pauses(site, held_at=None, now=NOW) == site


@pytest.fixture
def layout() -> Iterator[Layout]:
    root = Path("/var/lib/servanda") / f"q{secrets.token_hex(3)}"
    (root / "run").mkdir(parents=True, mode=0o711)
    (root / "sites/5/htdocs").mkdir(parents=True)
    (root / "sites/5/logs").mkdir()
    os.chown(root / "sites/5/htdocs", TENANT, TENANT)
    yield Layout(root=root)
    shutil.rmtree(root)


SITE = Site(site=5, tenant=TENANT, names=("example.dk",), disk_bytes=1 << 20, inodes=100)


@needs_root
def test_what_a_tenant_hides_is_counted_and_what_is_linked_counts_once(layout: Layout) -> None:
    folder = layout.site(5) / "htdocs"
    (folder / "hidden").mkdir()
    (folder / "hidden" / "big").write_bytes(os.urandom(900 << 10))
    os.link(folder / "hidden" / "big", folder / "again")
    (folder / "elsewhere").symlink_to("/usr")
    for path in (folder / "hidden" / "big", folder / "hidden"):
        os.chown(path, TENANT, TENANT)
        path.chmod(0)
    found = measured(layout, SITE, day="2026-12-01")
    assert 900 << 10 <= found["disk_bytes"] < 1000 << 10
    assert found["inodes"] == 5  # htdocs, logs, hidden, one file of two names, one link
    assert found["is_cut"] == 0
    assert [one.code for one in differences(SITE, found)] == ["disk-near"]


@needs_root
@pytest.mark.clause("vicevaert-016")
def test_traffic_is_that_of_the_day(layout: Layout) -> None:
    line = '192.0.2.1 - - [{}T10:00:00+00:00] example.dk "GET /{} HTTP/1.1" 200 {} "-" "x" 0.1\n'
    logs = layout.site(5) / "logs"
    (logs / "access.log.1").write_text(line.format("2026-11-30", "", 5) + line.format("2026-12-01", "a", 1000))
    (logs / "access.log").write_text(
        line.format("2026-12-01", "x\\x22 [2026-12-01T00:00:00+00:00] y \\x22 200 999999", 20)
        + line.format("2026-12-02", "", 7)
        + "rubbish\n"
    )
    found = measured(layout, SITE, day="2026-12-01")
    assert (found["sent_bytes"], found["requests"]) == (1020, 2)
    with pytest.raises(Broken):
        measured(layout, SITE, day="today")


@needs_root
def test_a_log_that_is_a_link_is_not_read(layout: Layout) -> None:
    (layout.site(5) / "logs/access.log").symlink_to("/etc/passwd")
    with pytest.raises(Broken):
        measured(layout, SITE, day="2026-12-01")


@needs_root
def test_where_the_disk_offers_no_limit_it_says_so(layout: Layout) -> None:
    found = limits_for(layout.sites)
    if not isinstance(found, NoLimits):
        pytest.skip(f"the disk of this machine offers {found.name}")
    assert found.name == "metering"
    assert [one.name for one in layout.sites.iterdir()] == ["5"]


@pytest.fixture
def btrfs(tmp_path: Path) -> Iterator[Path]:
    """Return a btrfs of 160 MB with quota, on a loop device."""
    if os.geteuid() != 0 or not shutil.which("mkfs.btrfs", path="/usr/sbin:/sbin:/usr/bin"):
        pytest.skip("needs root and mkfs.btrfs (btrfs-progs)")
    image, mount = tmp_path / "image", tmp_path / "disk"
    mount.mkdir()
    with open(image, "wb") as file:
        file.truncate(160 << 20)
    subprocess.run(["/usr/sbin/mkfs.btrfs", "-q", str(image)], check=True)
    if subprocess.run(["mount", "-o", "loop", str(image), str(mount)], check=False).returncode != 0:
        pytest.skip("this kernel mounts no btrfs from a file")
    try:
        subprocess.run(["/usr/bin/btrfs", "quota", "enable", str(mount)], check=True)
        yield mount
    finally:
        subprocess.run(["umount", str(mount)], check=True)


def test_btrfs_stops_a_tenant_at_the_limit(btrfs: Path) -> None:
    limits = limits_for(btrfs)
    assert isinstance(limits, BtrfsGroups)
    assert not list(btrfs.iterdir())
    site = btrfs / "7"
    site.mkdir(mode=0o751)
    limits.hold(site, number=7, space=8 << 20, inodes=0)
    os.chown(site, TENANT, TENANT)
    with pytest.raises(OSError, match="quota"):
        _fill(site / "big", megabytes=16)
    used = limits.used(site, number=7)
    assert used is not None
    assert used <= 8 << 20
    limits.hold(site, number=7, space=0, inodes=0)
    (site / "more").write_bytes(os.urandom(9 << 20))
    os.sync()


def _fill(path: Path, *, megabytes: int) -> None:
    with open(path, "wb", buffering=0) as file:
        for _ in range(megabytes):
            file.write(os.urandom(1 << 20))
            os.fsync(file.fileno())


def test_btrfs_leaves_a_folder_with_files_alone(btrfs: Path) -> None:
    (btrfs / "old").mkdir()
    (btrfs / "old" / "page").write_text("x")
    with pytest.raises(Broken, match="no subvolume"):
        BtrfsGroups(btrfs).hold(btrfs / "old", number=1, space=1 << 20, inodes=0)
    assert (btrfs / "old" / "page").read_text() == "x"


@needs_root
def test_the_guard_sees_who_burns_the_processor() -> None:
    process = subprocess.Popen(
        ["/usr/bin/python3", "-c", "while True: pass"], user=TENANT, group=TENANT, extra_groups=[]
    )
    try:
        guard = LoadGuard()
        guard.sample()
        time.sleep(1.5)
        guard.sample()
        figures = guard.measurement("site/5", TENANT, day="2026-12-01").figures
        assert figures["processes"] == 1
        assert figures["cpu_millicores"] > 50  # other work shares the two cores
        assert list(guard.exceptional({TENANT: LoadLimit(processes=0)})) == [TENANT]
        assert not list(guard.exceptional({}))
    finally:
        process.kill()
        process.wait()
    guard.sample()
    assert guard.measurement("site/5", TENANT, day="2026-12-01").figures["processes"] == 0


class Statements:
    """A node that knows two sites."""

    sites = (
        Site(site=5, tenant=TENANT, names=("s5.example.dk",)),
        Site(site=6, tenant=TENANT + 1, names=("s6.example.dk",)),
    )

    def get(self, key: str) -> Wanted | None:
        return next((one for one in self.sites if one.key == key), None)

    def of(self, kind: type[Wanted]) -> Iterable[Wanted]:
        return self.sites


@needs_root
@pytest.mark.clause("servicepoint-033")
def test_the_watch_tells_of_the_sites_of_a_busy_tenant_and_of_nobody_else() -> None:
    """A tenant with more processes at once than is usual is exceptional at once, without half an hour's samples."""
    crowd = [
        subprocess.Popen(["/bin/sleep", "60"], user=TENANT, group=TENANT, extra_groups=[])
        for _ in range(LoadLimit().processes + 1)
    ]
    try:
        watch = LoadWatch(LoadGuard())
        assert watch.watch(Statements(), now=NOW) == ()  # a first look measures nothing
        (told,) = watch.watch(Statements(), now=NOW)
        assert (told.key, told.day, told.figures["processes"]) == ("site/5", "2026-12-01", len(crowd))
    finally:
        for one in crowd:
            one.kill()
            one.wait()
    assert watch.watch(Statements(), now=NOW) == ()
