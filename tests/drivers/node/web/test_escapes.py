"""Two tenants on one node, one of them hostile: none of the attempts reaches the other, and the other goes on being served."""

import ctypes
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

import psutil
import pytest

from servanda.drivers.node import tenants
from servanda.ground.nodes.kinds.web import Site
from tests.drivers.node.web.escapes import ATTEMPTS, Attempt
from tests.drivers.node.web.house import ALMA, BIRK, House, everything, site

SECRETS = ("BIRK-SECRET", "NODE-SECRET")
SEGMENT = 4711


@dataclass
class Street:
    house: House
    alma: Site
    birk: Site
    birks_process: int


@pytest.fixture(scope="module")
def street(served: House) -> Iterator[Street]:
    alma, birk = site(1, ALMA, php="8.2"), site(2, BIRK, php="8.2")
    for one in (alma, birk):
        served.settle(one)
    layout = served.layout
    served.put(birk, "wp-config.php", "<?php const SECRET = 'BIRK-SECRET'; echo 'BIRK-SECRET'; // BIRK-SECRET", 0o644)
    served.put(birk, "open.txt", "BIRK-SECRET")
    served.put(birk, "index.php", "<?php file_put_contents('/tmp/birk', 'BIRK-SECRET'); echo 'served';")
    for name in ("private", "sessions"):
        place = tenants.jail(layout, BIRK, layout.site(2) / name)
        tenants.write(place, layout.site(2) / name, "mail.json", json.dumps({"password": "BIRK-SECRET"}), mode=0o644)
    (layout.quarantine / "x").mkdir()
    for path in (
        layout.quarantine / "x" / "secret",
        layout.data / "secrets" / "token",
        layout.inbox / "x",
        layout.backup / "x",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("NODE-SECRET")
    os.chmod(layout.site(2) / "htdocs", 0o777)  # Birk is careless, and that must not matter
    assert served.get("s2.example.dk").text == "served"
    segment = _share("BIRK-SECRET")
    number = next(one.pid for one in psutil.process_iter() if one.uids().real == BIRK and "php-fpm" in one.name())
    yield Street(served, alma, birk, number)
    _unshare(segment)


def attempt(street: Street, one: Attempt) -> str:
    house = street.house
    lead = (
        f'$a = "{house.layout.site(1)}"; $b = "{house.layout.site(2)}"; $n = "{house.layout.root}"; '
        f"$other = {street.birks_process}; $port = {house.layout.ports.http}; set_time_limit(20); "
        'foreach (["a" => $a, "b" => $b, "n" => $n, "other" => $other] as $k => $v) putenv("$k=$v");'
    )
    body = (
        one.php.replace("$(", "\\$(").replace("$PWD", "\\$PWD").replace("$i", "\\$i")
        if "shell_exec" in one.php
        else one.php
    )
    house.put(
        street.alma,
        "index.php",
        f"<?php error_reporting(0); {lead} try {{ {body} }} catch (Error $e) {{ echo $e->getMessage(); }} echo 'END';",
    )
    answer = house.get("s1.example.dk", "/index.php", **one.headers)
    said = answer.text
    if "(ln -s " in body:
        assert (house.layout.site(1) / "htdocs" / one.path.split("/")[1]).is_symlink(), "the link was made"
    if one.path and one.path != "/index.php":
        house.put(street.alma, "index.php", "<?php echo 'END';")
        answer = house.get("s1.example.dk", one.path)
        said = f"{answer.status} {answer.text}"
    return said


def test_the_attempts_are_many_and_different() -> None:
    assert len(ATTEMPTS) >= 40
    assert len({one.name for one in ATTEMPTS}) == len(ATTEMPTS)


def test_an_attempt_that_may_succeed_does(street: Street) -> None:
    street.house.put(street.alma, "own.txt", "ALMA-OWN")
    for php in ('echo file_get_contents("$a/htdocs/own.txt");', 'echo shell_exec("(cat $a/htdocs/own.txt; id) 2>&1");'):
        assert "ALMA-OWN" in attempt(street, Attempt("own", php))
    link = Attempt("own link", 'symlink("own.txt", "own-link.txt");', path="/own-link.txt")
    assert "200 ALMA-OWN" in attempt(street, link)


@pytest.mark.parametrize("one", ATTEMPTS, ids=lambda one: one.name.replace(" ", "-"))
def test_no_attempt_reaches_the_other_tenant_or_the_node(street: Street, one: Attempt) -> None:
    before = _of_others(street)
    said = attempt(street, one)
    assert re.search(one.must, said), f"the attempt was not made: {said[:500]}"
    assert not [secret for secret in SECRETS if secret in said], said[:1000]
    assert not one.never or one.never not in said, said[:1000]
    assert _of_others(street) == before
    assert psutil.pid_exists(street.birks_process)
    assert street.house.get("s2.example.dk").text == "served"


def test_a_tenant_who_kills_all_kills_only_the_own(street: Street) -> None:
    attempt(street, Attempt("kill all", 'shell_exec("kill -9 -1"); posix_kill(-1, 9);'))
    assert psutil.pid_exists(street.birks_process)
    assert street.house.get("s2.example.dk").text == "served"
    street.house.put(street.alma, "index.php", "<?php echo 'again';")
    assert street.house.get("s1.example.dk").text == "again"


def _of_others(street: Street) -> dict[str, tuple[object, ...]]:
    """Return everything of the node but what the attacker may change and what grows by being served."""
    root = street.house.layout.root
    return {
        name: value
        for name, value in everything(root).items()
        if not re.match(
            r"sites/1/(htdocs|tmp|private|sessions)|sites/\d+/logs|sites/2/private/php.log|log/|run/nginx", name
        )
    }


def _share(text: str) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_void_p
    number = int(libc.shmget(SEGMENT, 64, 0o1000 | 0o666))
    assert number >= 0
    where = libc.shmat(number, None, 0)
    ctypes.memmove(where, text.encode(), len(text))
    return number


def _unshare(number: int) -> None:
    ctypes.CDLL(None).shmctl(number, 0, None)
