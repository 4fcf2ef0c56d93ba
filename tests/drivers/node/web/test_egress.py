"""The rules for what tenants may reach, tried in a network of its own."""

import dataclasses
import subprocess

import pytest

from servanda.drivers.node import web
from servanda.drivers.node.layout import Layout
from servanda.drivers.node.web import egress
from tests.drivers.node.running import needs
from tests.drivers.node.web.house import ALMA

TRY = """
import os, socket, subprocess, sys
number, where, port = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for words in ("link set lo up", "addr add 198.51.100.1/24 dev lo"):
    subprocess.run(["ip", *words.split()], check=True)
if subprocess.run(["nft", "-f", "-"], stdin=sys.stdin).returncode:
    sys.exit(9)
listener = socket.create_server(("0.0.0.0", port))
sys.stdout.flush()
if os.fork() == 0:
    os.setgroups([]); os.setresgid(number, number, number); os.setresuid(number, number, number)
    line = socket.socket(); line.settimeout(2)
    try:
        line.connect((where, port)); print("in")
    except OSError as error:
        print(type(error).__name__)
else:
    os.wait()
"""


def reached(layout: Layout, number: int, where: str, port: int) -> str:
    """Connect within a fresh network that has the rules, a listener on the port, and 198.51.100.1 as one more address."""
    done = subprocess.run(
        ["/usr/bin/unshare", "-n", "/usr/bin/python3", "-I", "-S", "-c", TRY, str(number), where, str(port)],
        input=egress.rules(layout),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    if done.returncode == 9 or "Operation not permitted" in done.stderr:
        pytest.skip(f"no rules can be set in a network of its own here: {done.stderr.strip()[:200]}")
    return done.stdout.strip() or done.stderr


@pytest.mark.parametrize("port", ["dns_api", "policy", "dkim", "store", "web_status"])
def test_inner_ports_are_closed_to_tenants_and_open_to_the_node(layout: Layout, port: str) -> None:
    needs("nft", "ip")
    number = getattr(layout.ports, port)
    assert reached(layout, ALMA, "127.0.0.1", number) != "in"
    assert reached(layout, 33, "127.0.0.1", number) == "in"


@pytest.mark.parametrize("port", ["http", "submission", "mysql"])
def test_what_serves_tenants_is_open_to_them(layout: Layout, port: str) -> None:
    needs("nft", "ip")
    assert reached(layout, ALMA, "127.0.0.1", getattr(layout.ports, port)) == "in"


def test_mail_to_the_world_goes_by_submission_only(layout: Layout) -> None:
    needs("nft", "ip")
    assert reached(layout, ALMA, "198.51.100.1", 25) != "in"
    assert reached(layout, 33, "198.51.100.1", 25) == "in"


def test_the_rules_are_written_everywhere_and_put_in_force_only_on_a_real_server(layout: Layout) -> None:
    needs("nft")
    layout.etc.mkdir()
    egress.prepare(layout)
    assert egress.orders(layout) == ()
    (order,) = egress.orders(dataclasses.replace(layout, is_private=False))
    assert order == ("/usr/sbin/nft", "-f", str(layout.etc / "egress.nft"))
    done = subprocess.run(
        ["/usr/bin/unshare", "-n", order[0], "-c", *order[1:]], capture_output=True, text=True, timeout=30, check=False
    )
    if "Operation not permitted" in done.stderr:
        pytest.skip(f"no rules can be checked in a network of its own here: {done.stderr.strip()[:200]}")
    assert (done.returncode, done.stderr) == (0, "")


def test_php_starts_after_the_rules_are_in_force(layout: Layout) -> None:
    needs("nft", "nginx")
    real = dataclasses.replace(layout, is_private=False)
    php = next(one for one in web.daemons(real) if one.name == "php")
    assert php.before == egress.orders(real)
