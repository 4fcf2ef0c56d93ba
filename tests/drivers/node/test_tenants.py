"""Work among a tenant's files can touch nothing but the tenant's files, whatever links are planted or swapped."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from servanda.drivers.node import Broken, NotNow, files, tenants
from servanda.drivers.node.beneath import exchange, move, open_beneath, opened
from servanda.drivers.node.layout import Layout
from servanda.drivers.node.tenants import Jail

ALMA, BIRK = 200_001, 200_002


def home(layout: Layout, site: int, uid: int) -> Path:
    files.folder(layout.sites, mode=0o711)
    files.folder(layout.site(site), mode=0o751, owner=0, group=uid)
    folder = layout.site(site) / "htdocs"
    files.folder(folder, mode=0o750, owner=uid, group=uid)
    return folder


@pytest.fixture
def alma(layout: Layout) -> tuple[Jail, Path]:
    folder = home(layout, 1, ALMA)
    return tenants.jail(layout, ALMA, folder), folder


def shell(place: Jail, script: str) -> str:
    return tenants.run(place, "sh", "-c", f"{script}; true").decode()


def test_a_tenant_in_the_jail_is_nobody_else_and_can_become_nobody_else(alma: tuple[Jail, Path]) -> None:
    place, _ = alma
    assert shell(place, "id -u; id -g; id -G").split() == [str(ALMA)] * 3
    assert "tenant" in shell(place, "whoami")
    script = "import os, ctypes; print(ctypes.CDLL(None).prctl(39, 0, 0, 0, 0)); os.setuid(0)"
    assert "not permitted" in shell(place, f"/usr/bin/python3 -c '{script}' 2>&1")
    assert "1\n" in shell(place, f"/usr/bin/python3 -c '{script}' 2>&1"), "no new privileges"


def test_what_was_not_named_is_not_there(alma: tuple[Jail, Path], layout: Layout) -> None:
    home(layout, 2, BIRK)
    (layout.root / "secret").write_text("x")
    place, _ = alma
    seen = shell(place, f"ls -A / {layout.root} {layout.sites}; ls /proc /sys /root /home /etc/shadow 2>&1; ls -A /dev")
    assert "secret" not in seen
    assert "2\n" not in seen
    assert seen.count("No such file") == 5
    assert {"null", "zero", "full", "random", "urandom"} <= set(seen.split())


def test_only_the_named_folder_can_be_written(alma: tuple[Jail, Path], layout: Layout) -> None:
    place, folder = alma
    written = shell(
        place, f"for d in / /usr /etc /dev {layout.root} {folder}; do touch $d/mine 2>/dev/null && echo $d; done"
    )
    assert written.split() == [str(folder)]


def test_without_leave_there_is_no_network(alma: tuple[Jail, Path]) -> None:
    place, _ = alma
    script = 'import socket; socket.create_connection(("127.0.0.1", 1))'
    assert "unreachable" in shell(place, f"/usr/bin/python3 -c '{script}' 2>&1")


def test_a_census_counts_and_names_what_is_there(alma: tuple[Jail, Path]) -> None:
    place, folder = alma
    tenants.write(place, folder, "a.txt", "12345")
    before = tenants.census(place, folder)
    assert (before.files, before.bytes) == (1, 5)
    tenants.write(place, folder, "b.txt", "1")
    assert tenants.census(place, folder).list_sha256 != before.list_sha256
    assert (folder / "a.txt").stat().st_uid == ALMA


def test_emptying_takes_everything_of_the_tenant_and_nothing_that_a_link_points_to(
    alma: tuple[Jail, Path], layout: Layout
) -> None:
    place, folder = alma
    foreign = home(layout, 2, BIRK) / "kept.txt"
    foreign.write_text("Birk's")
    (folder / "link").symlink_to(foreign.parent)
    shell(
        place,
        f"mkdir -p {folder}/locked/in; touch {folder}/locked/in/x; chmod 0 {folder}/locked; ln -s / {folder}/root",
    )
    (erased,) = tenants.erase(place, folder)
    assert (erased.files, erased.left) == (3, 0)
    assert list(folder.iterdir()) == []
    assert foreign.read_text() == "Birk's"


def test_a_bad_end_and_a_long_one_are_told_apart(alma: tuple[Jail, Path]) -> None:
    place, _ = alma
    with pytest.raises(Broken, match="ended with 3"):
        tenants.run(place, "sh", "-c", "exit 3")
    began = time.monotonic()
    with pytest.raises(NotNow):
        tenants.run(place, "sleep", "30", seconds=0.5)
    assert time.monotonic() - began < 10


def test_killing_a_number_ends_all_its_processes_and_no_others() -> None:
    numbers = (ALMA, BIRK)
    hers, his = (subprocess.Popen(["/bin/sleep", "60"], user=n, group=n, extra_groups=[]) for n in numbers)
    try:
        tenants.kill(ALMA)
        assert hers.wait(5) == -9
        assert his.poll() is None
    finally:
        his.kill()
        his.wait()
    with pytest.raises(Broken):
        tenants.kill(0)


def test_root_opens_below_a_folder_and_through_no_link(layout: Layout) -> None:
    (layout.root / "a" / "b").mkdir(parents=True)
    (layout.root / "a" / "b" / "file").write_text("x")
    (layout.root / "a" / "link").symlink_to("b")
    with opened(layout.root) as folder:
        os.close(open_beneath(folder, "a/b/file", os.O_RDONLY))
        for path in ("a/link/file", "../x", "/etc/passwd", "a/b/../../../x"):
            with pytest.raises(OSError, match=r"links|cross-device"):
                open_beneath(folder, path, os.O_RDONLY)


def test_a_move_never_replaces_and_an_exchange_swaps(layout: Layout) -> None:
    one, two = layout.root / "one", layout.root / "two"
    one.mkdir()
    two.mkdir()
    (one / "of-one").touch()
    with pytest.raises(FileExistsError):
        move(one, two)
    exchange(one, two)
    assert (two / "of-one").exists()


@contextmanager
def attacked(layout: Layout, folder: Path) -> Iterator[None]:
    """Let the tenant swap a folder and a link to somebody else's all the while; afterwards the other's must be as it was."""
    foreign = home(layout, 2, BIRK)
    (foreign / "kept.txt").write_text("Birk's")
    os.chmod(foreign, 0o777)  # even where Birk forgot every right
    swap = (
        "import os\n"
        f"os.chdir({str(folder)!r})\n"
        "while True:\n"
        "    try:\n"
        "        os.makedirs('x', exist_ok=True); open('x/kept.txt', 'w').close()\n"
        f"        os.symlink({str(foreign)!r}, 'y'); os.rename('x', 'z'); os.rename('y', 'x')\n"
        "        os.unlink('x'); os.rename('z', 'x')\n"
        "    except OSError: pass\n"
    )
    attacker = subprocess.Popen(
        ["/usr/bin/python3", "-I", "-S", "-c", swap], user=ALMA, group=ALMA, extra_groups=[], cwd="/"
    )
    try:
        yield
    finally:
        attacker.kill()
        attacker.wait()
    assert (foreign / "kept.txt").read_text() == "Birk's"
    assert [path.name for path in foreign.iterdir()] == ["kept.txt"]


@pytest.mark.parametrize("verb", ["census", "erase", "write"])
def test_a_race_with_links_leads_nowhere(alma: tuple[Jail, Path], layout: Layout, verb: str) -> None:
    place, folder = alma
    verbs = {
        "census": lambda: tenants.census(place, folder / "x"),
        "erase": lambda: tenants.erase(place, folder / "x"),
        "write": lambda: tenants.write(place, folder / "x", "kept.txt", "Alma's"),
    }
    with attacked(layout, folder):
        for _ in range(25):
            try:
                found = verbs[verb]()
                assert not isinstance(found, tenants.Census) or found.bytes != len("Birk's")
            except Broken:
                pass  # what the tenant swapped away failed for the tenant only


# The task of the jail itself, again and again after one start, so that ten thousand races cost no ten thousand starts.
AGAIN = """
task, arguments, times = TASKS[sys.argv[1]], json.loads(sys.argv[2]), int(sys.argv[3])
done, failed, stolen = 0, 0, 0
for _ in range(times):
    try:
        found = task(**arguments)
        done, stolen = done + 1, stolen + (len("Birk's") in (found.get("bytes"), found.get("parts", [{}])[0].get("bytes")))
    except OSError:
        failed += 1
print(done, failed, stolen)
"""
ARGUMENTS: dict[str, Callable[[str], dict[str, object]]] = {
    "census": lambda folder: {"folder": folder},
    "erase": lambda folder: {"folders": [folder]},
    "write": lambda folder: {"folder": folder, "name": "kept.txt", "content": "Alma's", "mode": 0o600},
}


@pytest.mark.parametrize("verb", ["census", "erase", "write"])
def test_ten_thousand_races_with_links_lead_nowhere(alma: tuple[Jail, Path], layout: Layout, verb: str) -> None:
    place, folder = alma
    source = tenants.JAIL.read_text().partition("\nif __name__")[0] + AGAIN
    arguments = json.dumps(ARGUMENTS[verb](str(folder / "x")))
    with attacked(layout, folder):
        said = tenants.run(place, "python3", "-I", "-S", "-c", source, verb, arguments, "10000")
    done, failed, stolen = map(int, said.split())
    print(f"{verb}: {done} done, {failed} failed for the tenant, {stolen} reached the other")
    assert done + failed == 10_000
    assert done > 0
    assert failed > 0, "the swaps met the verb"
    assert stolen == 0
