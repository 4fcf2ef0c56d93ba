"""The keeper of PHP loses no visitor: masters come and go behind a socket that stays, and all end with the keeper."""

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
