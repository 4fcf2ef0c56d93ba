"""What root does for a site, seen in the files: holds are undone to the byte, a quarantine is one move, a purge has proof."""

import os
import subprocess
from pathlib import Path

import msgspec
import pytest

from servanda.drivers.node import Broken, VerbRefused, tenants
from servanda.ground.nodes.kinds.web import Redirect, Site
from tests.drivers.node.web.house import ALMA, BIRK, UNPAID, House, everything, site
from tests.faces.node.worlds import wait_until

FULL = site(
    1,
    names=("s1.example.dk", "www.s1.example.dk"),
    redirects=(Redirect(name="old.example.dk", to="s1.example.dk"),),
    php="8.2",
    page_cache_seconds=60,
    is_https_only=True,
    has_hsts=True,
)


def changed(statement: Site, **values: object) -> Site:
    return msgspec.structs.replace(statement, **values)


def looked(house: House, statement: Site) -> list[str]:
    """Return the codes of what differs, but for PHP, whose keeper does not run here."""
    return [one.code for one in house.agent.look(statement) if one.code != "site.php-down"]


def quarantined(house: House, statement: Site) -> Site:
    house.helper.give_leave(statement.key, "quarantine")
    gone = changed(statement, state="quarantined")
    house.settle(gone)
    return gone


def test_settling_twice_changes_nothing(house: House) -> None:
    house.settle(FULL)
    before = everything(house.layout.root)
    house.settle(FULL)
    assert everything(house.layout.root) == before
    assert looked(house, FULL) == []


def test_a_hold_is_one_file_and_its_release_is_an_identity(house: House) -> None:
    house.settle(FULL)
    house.put(FULL, "index.php", "<?php echo 1;")
    before = everything(house.layout.root)
    house.settle(changed(FULL, holds=(UNPAID,)))
    held = everything(house.layout.root)
    assert set(held) - set(before) == {"web/1/held.html"}
    assert {name: held[name] for name in before} == before
    house.settle(FULL)
    assert everything(house.layout.root) == before


def test_each_hold_is_named_and_only_the_last_release_opens(house: House) -> None:
    abuse = msgspec.structs.replace(UNPAID, cause="abuse", clause="§ 8")
    held = house.layout.web / "1" / "held.html"
    house.settle(changed(FULL, holds=(UNPAID, abuse)))
    assert "§ 6.2" in held.read_text()
    assert "§ 8" in held.read_text()
    house.settle(changed(FULL, holds=(abuse,)))
    assert "§ 6.2" not in held.read_text()
    house.settle(FULL)
    assert not held.exists()


def test_a_quarantine_takes_the_site_out_of_reach_and_an_undo_brings_it_back(house: House) -> None:
    house.settle(FULL)
    house.put(FULL, "index.html", "Alma")
    before = everything(house.layout.root)
    runs = subprocess.Popen(["/bin/sleep", "60"], user=ALMA, group=ALMA, extra_groups=[])
    gone = quarantined(house, FULL)
    assert runs.wait(5) == -9
    assert not house.layout.site(1).exists()
    assert [path.name for path in house.layout.hosts.iterdir()] == []
    assert house.layout.quarantine.stat().st_mode & 0o777 == 0o700
    assert looked(house, gone) == []
    house.settle(gone)
    house.settle(FULL)
    after = everything(house.layout.root)
    shelves = {name for name in after if name.startswith("quarantine/")}
    assert {name: value for name, value in after.items() if name not in shelves} == before
    assert looked(house, FULL) == []


def test_a_quarantine_leaves_the_requests_of_the_tenants_other_site_alone(house: House) -> None:
    house.settle(FULL)
    other = site(2)
    house.settle(other)

    def sleeper(number: int) -> "subprocess.Popen[bytes]":
        folder = house.layout.site(number) / "htdocs"
        words = ["/usr/bin/python3", "-I", "-S", "-c", f"import os, time; os.chdir({str(folder)!r}); time.sleep(60)"]
        started = subprocess.Popen(words, user=ALMA, group=ALMA, extra_groups=[], cwd="/")
        wait_until(lambda: os.readlink(f"/proc/{started.pid}/cwd") == str(folder))
        return started

    gone, stays = sleeper(1), sleeper(2)
    with open(house.put(FULL, "held.txt", "x")) as file:
        holding = subprocess.Popen(["/bin/sleep", "60"], stdin=file, user=ALMA, group=ALMA, extra_groups=[], cwd="/")
    try:
        quarantined(house, FULL)
        assert gone.wait(5) == -9
        assert holding.wait(5) == -9
        assert stays.poll() is None
    finally:
        for one in (gone, stays, holding):
            one.kill()
            one.wait()


def test_without_leave_nothing_is_moved_or_purged(house: House) -> None:
    house.settle(FULL)
    before = everything(house.layout.root)
    for state in ("quarantined", "purged"):
        with pytest.raises(VerbRefused):
            house.settle(changed(FULL, state=state))
    assert everything(house.layout.root) == before


def test_only_what_lies_in_quarantine_is_purged(house: House) -> None:
    house.settle(FULL)
    house.helper.give_leave(FULL.key, "purge")
    with pytest.raises(VerbRefused, match="does not lie in quarantine"):
        house.settle(changed(FULL, state="purged"))
    assert (house.layout.site(1) / "htdocs").is_dir()


def test_a_purge_erases_all_of_the_site_nothing_of_others_and_says_what(house: House, tmp_path: Path) -> None:
    other = site(2, BIRK)
    house.settle(FULL)
    house.settle(other)
    kept = house.put(other, "kept.txt", "Birk's")
    house.put(FULL, "a.txt", "12345")
    folder = house.layout.site(1) / "htdocs"
    place = tenants.jail(house.layout, ALMA, folder)
    script = f"cd {folder}; ln -s {kept.parent} link; ln -s / root; mkdir -p d/e; echo 1234 >d/e/f; chmod 0 d/e"
    tenants.run(place, "sh", "-c", script)
    (house.layout.site(1) / "logs" / "access.log").write_text("line\n")
    os.chown(house.layout.site(1) / "logs" / "access.log", 33, ALMA)
    quarantined(house, FULL)
    house.helper.give_leave(FULL.key, "purge")
    purged = changed(FULL, state="purged")
    facts = house.settle(purged)
    assert (facts["erased_files"], facts["erased_bytes"]) == (5, 5 + 5 + 5 + 0)
    assert len(str(facts["erased_list_sha256"])) == 64
    assert facts["warrant"] == "warrant/purge/site/1"
    assert kept.read_text() == "Birk's"
    shelf = next(house.layout.quarantine.iterdir())
    assert [path.name for path in shelf.iterdir()] == ["erased.json"]
    assert house.settle(purged) == facts, "a second run finds the same proof"
    assert looked(house, purged) == []
    with pytest.raises(Broken, match="was purged"):
        house.settle(FULL)


def test_a_site_whose_folder_is_gone_is_not_begun_empty(house: House) -> None:
    house.settle(FULL)
    (house.layout.site(1)).rename(house.layout.root / "lost")
    assert looked(house, FULL) == ["site.folder-missing"]
    with pytest.raises(Broken, match="give it back from a copy"):
        house.settle(FULL)
    assert not house.layout.site(1).exists()


def test_differences_have_codes(house: House) -> None:
    house.settle(FULL)
    house.settle(site(2, BIRK))

    def codes(statement: Site = FULL) -> list[str]:
        return looked(house, statement)

    assert codes(changed(FULL, holds=(UNPAID,))) == ["site.hold-missing"]
    (house.layout.web / "1" / "held.html").write_text("x")
    assert codes() == ["site.hold-left"]
    (house.layout.web / "1" / "held.html").unlink()
    (house.layout.hosts / "s1.example.dk").unlink()
    assert codes() == ["site.name-missing"]
    (house.layout.hosts / "s1.example.dk").symlink_to("../sites/2")
    assert codes() == ["site.name-foreign"]
    (house.layout.web / "1" / "hsts.https").unlink()
    assert codes() == ["site.name-foreign", "site.mark"]
    os.chown(house.layout.site(1) / "htdocs", BIRK, BIRK)
    house.layout.site(1).chmod(0o777)
    assert codes()[:2] == ["site.folder-open", "site.owner"]


def test_the_agent_sees_differences_without_any_right(house: House) -> None:
    house.settle(FULL)
    (house.layout.hosts / "s1.example.dk").unlink()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        number = house.layout.accounts.agent
        os.setgroups([])
        os.setresgid(number, number, number)
        os.setresuid(number, number, number)
        try:
            os.write(writer, ",".join(looked(house, FULL)).encode())
        except BaseException as error:
            os.write(writer, repr(error).encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)
    with open(reader) as said:
        assert said.read() == "site.name-missing"


def test_a_purge_with_a_tenant_that_swaps_links_hits_nobody(house: House) -> None:
    swaps(house, times=1)


@pytest.mark.slow
def test_hundreds_of_purges_with_a_tenant_that_swaps_links_hit_nobody(house: House) -> None:
    """Each purge meets thousands of swaps, so that ten thousand races are passed many times over."""
    swaps(house, times=300)


def swaps(house: House, times: int) -> None:
    """Quarantine and purge new sites of a tenant whose processes, never killed, swap folders and links all the while."""
    victim = house.put(site_settled(house, site(2, BIRK)), "kept.txt", "Birk's")
    os.chmod(victim.parent, 0o777)
    os.chmod(house.layout.site(2), 0o755)
    for number in range(10, 10 + times):
        one = site_settled(house, site(number))
        folder = house.layout.site(number) / "htdocs"
        script = (
            "import os\n"
            "os.setsid()\n"
            "while True:\n"
            "    try:\n"
            "        os.makedirs('x/y', exist_ok=True)\n"
            "        open('x/y/f', 'w').close()\n"
            f"        os.symlink({str(victim.parent)!r}, 'l')\n"
            "        os.rename('x', 'z'); os.rename('l', 'x'); os.unlink('x'); os.rename('z', 'x')\n"
            "    except OSError: pass\n"
        )
        attacker = subprocess.Popen(
            ["/usr/bin/python3", "-I", "-S", "-c", f"import os; os.nice(15); os.chdir({str(folder)!r})\n{script}"],
            user=ALMA, group=ALMA, extra_groups=[], cwd="/",
        )  # fmt: skip
        try:
            quarantined(house, one)
            house.helper.give_leave(one.key, "purge")
            house.settle(changed(one, state="purged"))
        finally:
            attacker.kill()
            attacker.wait()
        assert victim.read_text() == "Birk's"


def site_settled(house: House, statement: Site) -> Site:
    house.settle(statement)
    return statement


def test_a_name_under_a_wildcard_answers_with_it_and_leaves_nothing(house: House) -> None:
    tls = house.layout.tls
    (tls / "_wildcard.example.dk").mkdir()
    (tls / "_wildcard.example.dk" / "cert.pem").touch()
    house.settle(FULL)
    assert os.readlink(tls / "s1.example.dk") == "_wildcard.example.dk"
    assert os.readlink(tls / "www.s1.example.dk") == "_default"
    house.settle(changed(FULL, names=("www.s1.example.dk",)))
    assert not os.path.lexists(tls / "s1.example.dk")
