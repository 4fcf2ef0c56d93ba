"""What `servanda node status`, `show` and `look` tell of a node, and the helper's way out of its empty network."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from servanda.drivers.node import Layout
from servanda.faces.cli.main import main
from servanda.faces.node import private
from servanda.faces.node.processes import Place
from servanda.faces.node.shown import status
from tests.faces.node.wiring import zones_of
from tests.faces.node.within import Desk
from tests.faces.node.worlds import WIRING, site, zone


def test_what_is_known_and_what_waits_for_a_person(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.issue(site(1), zone("example.dk"))
    desk.live(2)
    desk.agent.state.parked(site(1), "somebody must look")
    found = status(desk.layout.root)
    assert (found["accepted"], found["resources"], found["parked"]) == (1, 2, ["site/1"])
    assert not found["is_well"]
    assert main(["node", "status", "--root", str(desk.layout.root)]) == 1
    assert "parked: site/1" in capsys.readouterr().out
    assert main(["node", "show", "site/1", "--json", "--root", str(desk.layout.root)]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["outcome"], shown["error"]) == ("parked", "somebody must look")
    assert shown["wanted"]["names"] == ["s1.example.dk"]
    assert main(["node", "show", "site/9", "--root", str(desk.layout.root)]) == 2
    assert "No document" in capsys.readouterr().err


def test_looking_changes_nothing_and_is_done_by_the_agents_account(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{Path(__file__).parents[3] / 'src'}{os.pathsep}{Path(__file__).parents[3]}")
    desk.issue(zone("example.dk"))
    desk.live(2)
    agent = desk.layout.accounts.agent
    for path in (desk.installation.agent_folder, *desk.installation.agent_folder.rglob("*")):
        os.chown(path, agent, agent)
    (zones_of(desk.layout) / "example.dk").write_bytes(b"other")
    done = private.as_agent(Place(root=desk.layout.root, wiring=WIRING), "look", "zone/example.dk")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["differences"][0]["code"] == "zone-differs"
    assert (zones_of(desk.layout) / "example.dk").read_bytes() == b"other"


def test_a_token_that_was_used_is_explained(desk: Desk) -> None:
    from servanda.faces.node.enrolling import NotEnrolled, enrol

    with pytest.raises(NotEnrolled, match="fifteen minutes"):
        enrol(desk.installation, desk.plane, "a-token-of-this-test")
    desk.plane.is_away = True
    with pytest.raises(NotEnrolled, match="tried again"):
        enrol(desk.installation, desk.plane, "a-token-of-this-test")
    with pytest.raises(NotEnrolled, match="no token"):
        enrol(desk.installation, desk.plane, "short")


def test_an_enrolment_begins_a_new_count_and_keeps_what_is_known(desk: Desk) -> None:
    from servanda.faces.node.enrolling import enrol

    desk.issue(site(1))
    desk.live(2)
    desk.plane.tokens["another-token-of-this-test"] = "n1"
    again = enrol(desk.installation, desk.plane, "another-token-of-this-test")
    assert again.enrolled is not None
    old = desk.trust
    desk.trust = again.enrolled.trust()
    assert desk.trust.incarnation == old.incarnation + 1
    desk.installation = again
    desk.open_agent()
    assert desk.agent.state.position.seq == 0
    assert desk.agent.state.known["site/1"] == site(1)


WAY_OUT = """
import socket, threading
from servanda.faces.node.apart import leave_network
listening = socket.create_server(("127.0.0.1", 0))
outside = leave_network()
def reach():
    try:
        socket.create_connection(listening.getsockname(), timeout=2).close()
        return True
    except OSError:
        return False
assert not reach()
with outside():
    assert reach()
    found = []
    other = threading.Thread(target=lambda: found.append(reach()))
    other.start(); other.join()
assert not reach()
print("ok")
"""


def test_only_a_verb_that_needs_it_has_the_network() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can leave a network")
    done = subprocess.run([sys.executable, "-c", WAY_OUT], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "ok\n", done.stderr


def test_two_installations_have_two_nodes_with_short_folders() -> None:
    first, second = private.root_for(Path("/srv/a")), private.root_for(Path("/srv/b"))
    assert first != second
    assert Layout(root=first).root == first
