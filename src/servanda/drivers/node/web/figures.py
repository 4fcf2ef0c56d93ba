"""What one change costs on a node with many sites, and whether visitors of other sites notice: measured on real daemons.

A node of its own below a folder, on loopback: nginx, the keeper of PHP, and the helper's verbs called directly. A visitor
loads one site all the while (wrk).
"""

import os
import re
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

import httpx
import msgspec
import psutil

from servanda.drivers.node import Broken, Daemon, Layout, NotNow, Task
from servanda.drivers.node.commands import PATH, program
from servanda.drivers.node.web.daemons import daemons, prepare
from servanda.drivers.node.web.verbs import purge, quarantine, settle
from servanda.ground.nodes.documents import fingerprint
from servanda.ground.nodes.kinds.base import Hold
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import NodeWarrant, Wanted

UNPAID = Hold(
    cause="payment", clause="§ 6.2", provider="Eksempel ApS", since=date(2026, 3, 2), way_out="https://portal.example/betal"
)  # fmt: skip
START_SECONDS = 60.0
Figures = Mapping[str, float | int | bool]


def measured(layout: Layout, *, sites: int, changes: int, seconds: int) -> Figures:
    """Make the sites, change some of each kind under load, and return every figure. Removes nothing."""
    prepare(layout)
    told = _Told(layout)
    found: dict[str, float | int | bool] = {"sites": sites, "changes": changes}
    began = time.monotonic()
    with _without_waiting_for_the_disk():
        for number in range(1, sites + 1):
            told.settle(planned(number))
    found["made_seconds"] = round(time.monotonic() - began, 2)
    (layout.site(1) / "htdocs" / "page.html").write_bytes(b"x" * 10_240)
    began = time.monotonic()
    with _running(daemons(layout), layout.log) as running:
        found["start_seconds"] = round(time.monotonic() - began, 2)
        found |= {f"{name}_memory_bytes": _memory(one.pid) for name, one in running.items()}
        found |= _changed_under_load(told, running["nginx"].pid, found, sites=sites, changes=changes, seconds=seconds)
    return found


def planned(number: int) -> Site:
    return Site(site=number, tenant=200_000 + number, names=(f"s{number}.example.dk",), php="8.2", is_https_only=False)


def _changed_under_load(
    told: "_Told", nginx: int, found: dict[str, float | int | bool], *, sites: int, changes: int, seconds: int
) -> Figures:
    workers = {one.pid for one in psutil.Process(nginx).children()}
    address = f"http://127.0.0.1:{told.layout.ports.http}"
    load = subprocess.Popen(
        [program("wrk"), "-t1", "-c16", f"-d{seconds}s", "-H", "Host: s1.example.dk", f"{address}/page.html"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    times: dict[str, list[float]] = {}
    with httpx.Client(base_url=address, timeout=20, trust_env=False) as visitor:
        for number in range(2, 2 + changes):
            _change(told, visitor, times, number=number, new=sites + number)
    said, _ = load.communicate()
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    for name, took in times.items():
        found[f"{name}_median_ms"] = round(median(took) * 1000, 1)
        found[f"{name}_slowest_ms"] = round(max(took) * 1000, 1)
    return {
        "requests_per_second": float(rate[1]) if rate else 0.0,
        "has_errors": bool(re.search(r"Socket errors|Non-2xx", said)),
        "is_same_nginx": workers == {one.pid for one in psutil.Process(nginx).children()},
    }


SERVED = (200, 403, 404)  # the first page of an empty site, or what its owner put there


def _change(told: "_Told", visitor: httpx.Client, times: dict[str, list[float]], *, number: int, new: int) -> None:
    """Hold and release one site, then add, quarantine and purge another; each must be seen by a visitor at once."""

    def timed(name: str, act: Callable[[], object], site: int, status: Sequence[int]) -> None:
        began = time.monotonic()
        act()
        times.setdefault(name, []).append(time.monotonic() - began)
        answer = visitor.get("/", headers={"Host": f"s{site}.example.dk"}).status_code
        if answer not in status:
            raise Broken(f"after {name} a visitor of site {site} was answered {answer}")

    one, other = planned(number), planned(new)
    timed("hold", lambda: told.settle(msgspec.structs.replace(one, holds=(UNPAID,))), number, (503,))
    timed("release", lambda: told.settle(one), number, SERVED)
    timed("add", lambda: told.settle(other), new, SERVED)
    timed("quarantine", lambda: told.end(other, "quarantine"), new, (421,))
    timed("purge", lambda: told.end(other, "purge"), new, (421,))


@dataclass
class _Told:
    """What this node was told, and the helper's verbs on it."""

    layout: Layout
    by_key: dict[str, Wanted] = field(default_factory=dict)

    def get(self, key: str) -> Wanted | None:
        return self.by_key.get(key)

    def of(self, kind: type[Wanted]) -> Iterable[Wanted]:
        return [one for one in self.by_key.values() if isinstance(one, kind)]

    def settle(self, site: Site) -> None:
        self.by_key[site.key] = site
        settle(Task(layout=self.layout, statement=site, known=self))

    def end(self, site: Site, act: str) -> None:
        now, before = datetime.now(UTC), self.by_key[site.key]
        warrant = NodeWarrant(
            warrant=f"bench/{act}/{site.site}", act="purge" if act == "purge" else "quarantine", key=site.key,
            fingerprint=fingerprint(before), clause="§ 9", not_before=now, not_after=now + timedelta(hours=1),
        )  # fmt: skip
        gone = msgspec.structs.replace(site, state="purged" if act == "purge" else "quarantined")
        self.by_key[site.key] = gone
        task = Task(layout=self.layout, statement=gone, known=self, warrant=warrant)
        purge(task) if act == "purge" else quarantine(task)


@contextmanager
def _running(wanted: Sequence[Daemon], log: Path) -> Iterator[dict[str, "subprocess.Popen[bytes]"]]:
    started: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for one in wanted:
            with open(log / f"{one.name}.out", "ab") as out:
                started[one.name] = subprocess.Popen(
                    list(one.argv), stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/",
                    env={"PATH": PATH, "LC_ALL": "C.UTF-8", **one.environment},
                )  # fmt: skip
            until = time.monotonic() + START_SECONDS
            while not one.ready():
                if started[one.name].poll() is not None or time.monotonic() > until:
                    raise NotNow(f"{one.name} did not start: {(log / f'{one.name}.out').read_text()[-500:]}")
                time.sleep(0.02)
        yield started
    finally:
        for process in reversed(started.values()):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def _without_waiting_for_the_disk() -> Iterator[None]:
    """Making many sites is not what is measured here."""
    fsync = os.fsync
    os.fsync = lambda handle: None  # type: ignore[assignment]
    try:
        yield
    finally:
        os.fsync = fsync


def _memory(number: int) -> int:
    """Return the share of memory that a process and its children hold."""
    whole = psutil.Process(number)
    return sum(_pss(one.pid) for one in (whole, *whole.children(recursive=True)))


def _pss(number: int) -> int:
    try:
        found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{number}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(found[1]) * 1024 if found else 0
