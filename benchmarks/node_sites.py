"""What one change costs on a node with many sites, and whether visitors of other sites notice.

    sudo PYTHONPATH=src:. python benchmarks/node_sites.py --sites 10000 --changes 50 --seconds 20

Needs root, nginx, PHP and wrk. Everything lies below /var/lib/servanda/t… on loopback and is removed afterwards.
"""

import argparse
import os
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import msgspec
import psutil

from servanda.drivers.node import web
from servanda.ground.nodes.kinds.web import Site
from tests.drivers.node.running import node_folder, running
from tests.drivers.node.web.house import UNPAID, House, site


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--sites", type=int, default=10_000)
    words.add_argument("--changes", type=int, default=50)
    words.add_argument("--seconds", type=int, default=20)
    given = words.parse_args()
    with node_folder() as layout:
        web.prepare(layout)
        house = House(layout)
        furnish(house, given.sites)
        began = time.monotonic()
        with running(web.daemons(layout), layout.log) as processes:
            print(f"start of keeper and nginx with {given.sites} sites   {time.monotonic() - began:.2f} s")
            for name, process in processes.items():
                print(f"memory of {name:6}                               {memory(process.pid):.1f} MiB")
            measure(house, processes["nginx"].pid, given.sites, given.changes, given.seconds)


def furnish(house: House, count: int) -> None:
    """Make the sites as the helper does, but for waiting until each file is safe on the disk."""
    began, fsync = time.monotonic(), os.fsync
    os.fsync = lambda handle: None  # type: ignore[assignment]
    try:
        for number in range(1, count + 1):
            house.settle(planned(number))
    finally:
        os.fsync = fsync
    page = house.layout.site(1) / "htdocs" / "page.html"
    page.write_bytes(b"x" * 10_240)
    print(f"{count} sites made                                {time.monotonic() - began:.1f} s")


def planned(number: int) -> Site:
    return site(number, 200_000 + number, php="8.2")


def measure(house: House, nginx: int, count: int, changes: int, seconds: int) -> None:
    workers = {one.pid for one in psutil.Process(nginx).children()}
    load = subprocess.Popen(
        [
            "wrk",
            "-t1",
            "-c16",
            f"-d{seconds}s",
            "-H",
            "Host: s1.example.dk",
            f"http://127.0.0.1:{house.layout.ports.http}/page.html",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    times: dict[str, list[float]] = {}

    def timed(name: str, act: Callable[[], object]) -> None:
        began = time.monotonic()
        act()
        times.setdefault(name, []).append(time.monotonic() - began)

    for number in range(2, 2 + changes):
        one, host = planned(number), f"s{number}.example.dk"
        timed("hold", lambda one=one: house.settle(msgspec.structs.replace(one, holds=(UNPAID,))))  # type: ignore[misc]
        assert house.get(host).status == 503
        timed("release", lambda one=one: house.settle(one))  # type: ignore[misc]
        assert house.get(host).status in (403, 404)
        new = planned(count + number)
        timed("add", lambda new=new: house.settle(new))  # type: ignore[misc]
        assert house.get(f"s{count + number}.example.dk").status in (403, 404)
        house.helper.give_leave(new.key, "quarantine")
        timed("quarantine", lambda new=new: house.settle(msgspec.structs.replace(new, state="quarantined")))  # type: ignore[misc]
        assert house.get(f"s{count + number}.example.dk").status == 421
        house.helper.give_leave(new.key, "purge")
        timed("purge", lambda new=new: house.settle(msgspec.structs.replace(new, state="purged")))  # type: ignore[misc]
    for name, found in times.items():
        print(f"{name:12} median {median(found) * 1000:7.1f} ms   slowest {max(found) * 1000:7.1f} ms")
    said, _ = load.communicate()
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    errors = re.findall(r"(Socket errors.*|Non-2xx.*)", said)
    print(f"static requests per second meanwhile            {float(rate[1]) if rate else 0:.0f}")
    print(f"errors meanwhile                                {errors or 0}")
    still = {one.pid for one in psutil.Process(nginx).children()}
    print(f"processes of nginx are the same                 {workers == still}")


def memory(number: int) -> float:
    """Return the share of memory that a process and its children hold, in MiB."""
    whole = psutil.Process(number)
    pss = sum(_pss(one.pid) for one in (whole, *whole.children(recursive=True)))
    return pss / 1024


def _pss(number: int) -> int:
    found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{number}/smaps_rollup").read_text(), re.MULTILINE)
    return int(found[1]) if found else 0


if __name__ == "__main__":
    main()
