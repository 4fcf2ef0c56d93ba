"""The keeper of PHP loses no visitor: masters come and go behind a socket that stays, and all end with the keeper."""

import gzip
import os
import signal
import socket
import time
from pathlib import Path

import psutil
import pytest

from servanda.drivers.node import web
from servanda.drivers.node.layout import Layout
from servanda.drivers.node.web import rotate
from tests.drivers.node.running import needs, running
from tests.drivers.node.web.house import ALMA, House, site


@pytest.fixture
def started(layout: Layout):  # type: ignore[no-untyped-def]
    needs("nginx", "php-fpm8.2")
    web.prepare(layout)
    house = House(layout)
    one = site(1, php="8.2")
    house.settle(one)
    house.put(one, "index.php", "<?php echo 'here';")
    with running(web.daemons(layout), layout.log) as processes:
        yield house, processes


def masters() -> list[int]:
    found = psutil.process_iter(["uids", "cmdline"])
    words = ((one.pid, one.info["uids"], " ".join(one.info["cmdline"] or ())) for one in found)
    return [number for number, uids, line in words if uids.real == ALMA and "master" in line]


def counts(layout: Layout) -> tuple[int, ...]:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(5)
        line.connect(str(layout.run / "php" / "control"))
        line.sendall(b"count\n")
        return tuple(int(word) for word in line.recv(64).split())


def test_a_master_that_ends_is_followed_by_another_and_no_visitor_is_lost(started) -> None:  # type: ignore[no-untyped-def]
    house, _ = started
    assert counts(house.layout) == (1, 0), "nobody came, nothing runs"
    assert house.get("s1.example.dk").text == "here"
    assert counts(house.layout) == (1, 1)
    for stop in (signal.SIGQUIT, signal.SIGKILL):
        (number,) = masters()
        os.kill(number, stop)
        assert house.get("s1.example.dk").text == "here"


def test_when_the_keeper_is_killed_its_masters_end_and_a_new_one_serves(started) -> None:  # type: ignore[no-untyped-def]
    house, processes = started
    assert house.get("s1.example.dk").text == "here"
    processes["php"].kill()
    processes["php"].wait()
    time.sleep(0.3)
    assert masters() == []
    keeper = [one for one in web.daemons(house.layout) if one.name == "php"]
    with running(keeper, house.layout.log):
        assert house.get("s1.example.dk").text == "here"


def test_php_that_cannot_start_answers_at_once_and_is_mended_by_a_settling(started) -> None:  # type: ignore[no-untyped-def]
    house, _ = started
    conf = house.layout.web / "1" / "php.conf"
    whole = conf.read_text()
    conf.write_text("[site]\nnonsense = 1\n")
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(house.layout.run / "php" / "control"))
        line.sendall(b"settle 1\n")
        assert line.recv(64) == b"done\n"
    began = time.monotonic()
    assert house.get("s1.example.dk").status == 502
    assert time.monotonic() - began < 10
    assert whole != conf.read_text()
    house.settle(site(1, php="8.2"))
    assert house.get("s1.example.dk").text == "here"


def test_an_unknown_order_is_not_done(started) -> None:  # type: ignore[no-untyped-def]
    house, _ = started
    for order in (b"stop 1\n", b"settle ../1\n", b"settle\n", b"\xff\n"):
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(5)
            line.connect(str(house.layout.run / "php" / "control"))
            line.sendall(order)
            assert line.recv(64) in (b"unknown\n", b"")
    assert house.get("s1.example.dk").text == "here"


def test_logs_are_turned_over_daily_and_kept_for_a_fortnight(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    for day in range(20):
        log.write_text(f"1.2.3.4 - - [2026-03-{day + 1:02}T00:00:00+00:00] day {day}\n")
        now = 1_772_323_200.0 + day * 86_400  # the first of March 2026
        if day:
            os.utime(f"{log}.1", (now - 3600, now - 3600))
        rotate.turn(str(tmp_path), "access.log", now=now)
        assert log.exists(), "a log that is not a day old stays"
        if day:
            os.utime(f"{log}.1", (now, now))
        rotate.turn(str(tmp_path), "access.log", now=now + 86_400)
        assert not log.exists()
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert len(kept) == 14
    assert "access.log.14.gz" in kept
    assert "day 19" in (tmp_path / "access.log.1").read_text()


def test_the_nodes_own_logs_are_emptied_each_day_while_their_writers_go_on(tmp_path: Path) -> None:
    """A daemon keeps its log open and adds at the end, as all of ours do."""
    log, now = tmp_path / "postfix.log", 2_000_000_000.0
    (tmp_path / "other.txt").write_text("no log\n")
    (tmp_path / "far.log").symlink_to(tmp_path / "other.txt")
    with open(log, "a") as writer:
        for day in range(17):
            writer.write(f"day {day}\n")
            writer.flush()
            for hour in (0, 1, 23):
                rotate.empty_all(str(tmp_path), (".log",), now=now + day * 86_400 + hour * 3600)
            if day == 0:
                assert log.read_text() == "day 0\n"  # not yet a day old
        assert log.read_text() == ""
    kept = sorted(tmp_path.glob("postfix.log.*.gz"))
    assert len(kept) == rotate.KEPT
    assert gzip.decompress((tmp_path / "postfix.log.1.gz").read_bytes()) == b"day 16\n"
    assert gzip.decompress((tmp_path / "postfix.log.14.gz").read_bytes()) == b"day 3\n"
    assert (tmp_path / "other.txt").read_text() == "no log\n"
    assert not list(tmp_path.glob("far.log.*"))


def test_a_log_that_grows_too_long_is_not_kept_until_the_day_is_over(tmp_path: Path) -> None:
    log = tmp_path / "nginx.out"
    log.write_text("begin\n")
    rotate.empty(str(log), now=1_000.0)
    os.truncate(log, rotate.LONGEST_BYTES)
    rotate.empty(str(log), now=2_000.0)
    assert log.stat().st_size == 0
    with gzip.open(tmp_path / "nginx.out.1.gz") as copy:
        assert copy.read(6) == b"begin\n"
