"""A private node's processes: in order, started anew, and gone when their supervisor is, however that ends."""

import os
import signal
import subprocess
from pathlib import Path

import msgspec
import psutil
import pytest

from servanda.drivers.node import Daemon
from servanda.faces.node import installed, shown
from servanda.faces.node.supervisor import in_order
from tests.faces.node.worlds import ROOT, World, run_command, run_environment, running, site, wait_until


def daemon(name: str, *after: str) -> Daemon:
    return Daemon(name=name, argv=("/bin/true",), ready=lambda: True, after=after)


def test_each_comes_after_those_it_needs() -> None:
    found = in_order([daemon("c", "b"), daemon("b", "a"), daemon("a"), daemon("d", "elsewhere")])
    names = [one.name for one in found]
    assert names.index("a") < names.index("b") < names.index("c")
    assert "d" in names


@pytest.mark.parametrize("daemons", [[daemon("a", "b"), daemon("b", "a")], [daemon("a"), daemon("a")]])
def test_a_circle_and_a_doubled_name_are_mistakes_of_ours(daemons: list[Daemon]) -> None:
    with pytest.raises(ValueError, match=r"wait for each other|same name"):
        in_order(daemons)


def test_a_private_node_serves_heals_and_leaves_nobody_behind(world: World) -> None:
    with running(world) as run:
        wait_until(lambda: _states(world) == {"first": "serving", "second": "serving", "helper": "serving", "agent": "serving"},
                   seconds=30, told=lambda: str(shown.status(world.layout.root)))  # fmt: skip
        world.issue(site(1))
        wait_until(world.is_settled, told=lambda: world.said_in_log("agent"))
        assert shown.status(world.layout.root)["is_well"]
        before = _own(run)
        sleeping = next(one for one in before if one.name() == "sleep")
        sleeping.kill()
        wait_until(lambda: _restarts(world) == 1 and set(_states(world).values()) == {"serving"})
        everybody = _own(run)
        assert len(everybody) >= 5  # the supervisor itself, and the four parts
        run.send_signal(signal.SIGKILL)
        run.wait()
        wait_until(lambda: not any(_lives(one) for one in everybody), seconds=5)
    assert not shown.status(world.layout.root)["is_running"]


def test_asked_to_stop_it_ends_everything_and_says_so_with_its_code(world: World) -> None:
    with running(world) as run:
        wait_until(lambda: "agent" in _states(world), seconds=30)
        everybody = _own(run)
        run.send_signal(signal.SIGTERM)
        assert run.wait(20) == 0
        assert not any(_lives(one) for one in everybody)


def test_a_second_supervisor_is_refused(world: World) -> None:
    with running(world):
        wait_until(lambda: bool(shown.status(world.layout.root)["is_running"]))
        second = subprocess.run(
            run_command(world), cwd=ROOT, env=run_environment(), capture_output=True, text=True, timeout=60, check=False
        )
        assert "runs already" in second.stderr


def test_a_node_that_is_enrolled_later_gets_its_agent_then(world: World) -> None:
    enrolled = world.installation
    installed.write(msgspec.structs.replace(enrolled, enrolled=None))
    with running(world):
        wait_until(lambda: _states(world) == {"first": "serving", "second": "serving"}, seconds=30)
        installed.write(enrolled)
        wait_until(lambda: _states(world).get("agent") == "serving", seconds=30)


def test_the_helper_has_no_network_and_the_agent_no_privileges(world: World) -> None:
    with running(world) as run:
        wait_until(lambda: _states(world).get("agent") == "serving", seconds=30)
        helper = next(one for one in _own(run) if "helper" in one.cmdline())
        agent = next(one for one in _own(run) if "agent" in one.cmdline())
        assert os.readlink(f"/proc/{helper.pid}/ns/net") != os.readlink("/proc/self/ns/net")
        status = dict(
            line.split(":\t", 1) for line in Path(f"/proc/{agent.pid}/status").read_text().splitlines() if ":\t" in line
        )
        assert set(status["Uid"].split()) == {str(world.layout.accounts.agent)}
        assert status["CapEff"].strip("0\n") == status["CapPrm"].strip("0\n") == ""
        assert not status["Groups"].strip()
        wait_until(lambda: "NoNewPrivs:\t1" in Path(f"/proc/{agent.pid}/status").read_text())


def _states(world: World) -> dict[str, str]:
    return {one["name"]: one["state"] for one in shown.status(world.layout.root)["parts"]}


def _restarts(world: World) -> int:
    return sum(one["restarts"] for one in shown.status(world.layout.root)["parts"])


def _own(run: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    return psutil.Process(run.pid).children(recursive=True)


def _lives(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
