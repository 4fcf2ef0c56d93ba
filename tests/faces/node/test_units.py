"""Units of systemd: what systemd itself says of them, and that nothing is written unless told."""

import shutil
import subprocess
from pathlib import Path

import pytest

from servanda.drivers.node import Daemon, Layout
from servanda.faces.cli.main import main
from servanda.faces.node import units
from servanda.faces.node.parts import WIRING as PRODUCT
from tests.faces.node.worlds import ROOT, WIRING


@pytest.mark.parametrize("wiring", [WIRING, PRODUCT])
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path, wiring: str) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed (package systemd)")
    plan = units.plan(Path("/var/lib/servanda/x"), name="n1", url="https://a.dk", units=tmp_path, wiring_name=wiring)
    for path, content in plan.files.items():
        path.write_text(content)
    names = [str(path) for path in plan.files if path.suffix in {".service", ".target"}]
    assert len(names) >= 5
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *names], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not [line for line in done.stderr.splitlines() if str(tmp_path) in line], done.stderr


def test_every_unit_is_shut_in_and_the_agent_has_no_rights(tmp_path: Path) -> None:
    plan = units.plan(Path("/var/lib/servanda/x"), name="n1", url="https://a.dk", units=tmp_path, wiring_name=WIRING)
    services = {path.name: text for path, text in plan.files.items() if path.suffix == ".service"}
    for name, text in services.items():
        assert "NoNewPrivileges=yes" in text, name
        assert "ProtectSystem=strict" in text, name
        assert "CapabilityBoundingSet=" in text, name
    agent = services["servanda-agent.service"].splitlines()
    assert "CapabilityBoundingSet=" in agent
    assert "User=servanda-agent" in agent
    assert "u servanda-agent 199001" in plan.files[tmp_path / "servanda.conf"]


def test_words_reach_a_program_as_they_are() -> None:
    assert units.quoted(['a "b"', "50%", "$HOME", "\\"]) == r'"a \"b\"" "50%%" "$$HOME" "\\"'


def test_what_starts_after_another_needs_it() -> None:
    daemon = Daemon(
        name="two",
        argv=("/bin/true",),
        ready=lambda: True,
        after=("one",),
        user="mysql",
        stop="QUIT",
        before=(("/usr/sbin/nft", "-f", "/x"),),
    )
    lines = units.unit_of(daemon, Layout(root=Path("/var/lib/servanda/x"))).splitlines()
    assert "Requires=servanda-one.service" in lines
    assert "User=mysql" in lines
    assert lines.index('ExecStartPre=+"/usr/sbin/nft" "-f" "/x"') < lines.index('ExecStart="/bin/true"')
    assert "KillSignal=SIGQUIT" in lines


def test_the_packages_are_those_that_the_projects_own_file_installs() -> None:
    script = (ROOT / "tools" / "install_daemons.sh").read_text()
    listed = [
        line.partition("=")[2].strip('"')
        for line in script.splitlines()
        if line.startswith(("WEB=", "DATA=", "MAIL=", "NAMES=", "REST="))
    ]
    assert sorted(units.PACKAGES) == sorted(" ".join(listed).split())


def test_installing_writes_nothing_unless_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = Path("/var/lib/servanda/never-made")
    code = main(["node", "install", "--root", str(root), "--units", str(tmp_path), "--name", "n1"])
    told = capsys.readouterr()
    assert code == 1
    assert "--url" in told.err
    assert "ExecStart=" in told.out
    assert not root.exists()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "words",
    [["status"], ["look"], ["show", "site/1"], ["enrol", "--token", "x" * 20]],
)
def test_where_there_is_no_node_a_person_is_told_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert main(["node", *words, "--root", str(tmp_path)]) == 2
    assert "servanda node install" in capsys.readouterr().err
