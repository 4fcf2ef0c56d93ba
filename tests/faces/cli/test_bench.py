"""`servanda bench` says what it measured, and leaves no database behind, however it ends. Nothing here asserts a time."""

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from servanda.faces.cli.bench.scratch import PREFIX

if TYPE_CHECKING:
    from tests.conftest import Server


def bench(server: "Server", *arguments: str) -> "subprocess.Popen[str]":
    """The command in a process of its own, on the server of the tests."""
    return subprocess.Popen(
        [sys.executable, "-m", "servanda.faces.cli.main", "bench", *arguments],
        env=os.environ | {"SERVANDA_DATABASE_URL": server.url_of("postgres")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def left_behind(server: "Server", program: "subprocess.Popen[str]") -> tuple[str, ...]:
    return server.names(f"{PREFIX}_{program.pid}")


def measured(server: "Server", *arguments: str) -> dict[str, object]:
    """What the command prints as JSON; it must end well and clean."""
    with bench(server, *arguments, "--json") as program:
        printed, complaints = program.communicate(timeout=120)
    assert program.returncode == 0, complaints
    assert left_behind(server, program) == ()
    found = json.loads(printed)
    assert isinstance(found, dict)
    return found


def test_billing_is_measured_beside_the_raw_insert(database_server: "Server") -> None:
    found = measured(database_server, "billing", "--subscriptions", "300")
    assert found["subscriptions"] == found["due_subscriptions"] == 300
    assert found["invoices"] == 100
    assert all(found[name] > 0 for name in ("per_second", "raw_per_second", "cpu_seconds"))  # type: ignore[operator]
    assert found["ratio"] == pytest.approx(found["per_second"] / found["raw_per_second"])  # type: ignore[operator]
    assert 500 < found["bytes_per_invoice"] < 20_000  # type: ignore[operator]
    assert found["peak_memory_bytes"] > 10 * 2**20  # type: ignore[operator]
    assert set(found["durability"]) == {"postgresql", "fsync", "synchronous_commit", "full_page_writes"}  # type: ignore[call-overload]


def test_a_round_has_the_same_work_in_a_large_company_and_in_a_small_one(database_server: "Server") -> None:
    found = measured(database_server, "round", "--subscriptions", "300", "--due-share", "0.1")
    large, small = found["large"], found["small"]
    assert isinstance(large, dict)
    assert isinstance(small, dict)
    assert (large["subscriptions"], large["due_subscriptions"], large["invoices"]) == (300, 30, 10)
    assert (small["subscriptions"], small["due_subscriptions"], small["invoices"]) == (30, 30, 10)
    for part in ("billing", "rest", "idle"):
        ratio = {name: large[part][name] / small[part][name] for name in ("seconds", "pages")}
        assert found[part] == pytest.approx(ratio)


def test_a_bench_that_is_interrupted_leaves_no_database_behind(database_server: "Server") -> None:
    with bench(database_server, "billing", "--subscriptions", "20000") as program:
        wait_for_database(database_server, program)
        program.send_signal(signal.SIGINT)
        _, said = program.communicate(timeout=240)
    assert program.returncode == 1
    assert "Stopped" in said
    assert left_behind(database_server, program) == ()


def wait_for_database(server: "Server", program: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + 30
    while not left_behind(server, program):
        assert program.poll() is None, "it ended before it made a database"
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (("billing", "--subscriptions", "2"), "Write 3 or more"),
        (("billing", "--subscriptions", "many"), "Write 3 or more"),
        (("round", "--due-share", "0.3"), "0.01 or 1/100"),
        (("round", "--due-share", "0"), "0.01 or 1/100"),
        (("round", "--subscriptions", "30"), "leaves nothing due"),
    ],
)
def test_wrong_usage_is_refused_with_the_remedy(
    arguments: tuple[str, ...], remedy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from servanda.faces.cli.main import main

    assert main(["bench", *arguments]) == 2
    assert remedy in capsys.readouterr().err
