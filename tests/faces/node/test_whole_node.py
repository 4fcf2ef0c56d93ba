"""A whole node with all its daemons: run as `make run` runs it, told by documents, asked as the world asks."""

import os
import secrets
import shutil
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import bcrypt
import httpx
import psutil
import pytest
from cryptography import x509

from servanda.faces.node import shown
from servanda.faces.node.parts import WIRING as PRODUCT
from servanda.ground.nodes.kinds.access import Login
from servanda.ground.nodes.kinds.certificates import Certificate
from servanda.ground.nodes.kinds.databases import Database
from servanda.ground.nodes.kinds.dns import Record, Zone
from servanda.ground.nodes.kinds.mail import Mailbox, MailDomain
from servanda.ground.nodes.kinds.web import Site
from tests.faces.node.worlds import World, a_world, hold, leave, running, wait_until

HOST = "www.example.dk"
TENANT = 200_007


def site(**changes: object) -> Site:
    words: dict[str, object] = {"site": 7, "tenant": TENANT, "names": (HOST,), "is_https_only": False, "php": "8.2"}
    return Site(**{**words, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def node() -> Iterator[World]:
    if os.geteuid() != 0:
        pytest.skip("a node's parts run under accounts of their own, which only root can give them")
    for program in ("nginx", "mariadbd", "pdns_server", "postfix", "dovecot", "pebble"):
        if shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin") is None:
            pytest.skip(f"{program} is not installed: tools/install_daemons.sh --with-trials")
    with a_world(Path("/var/lib/servanda") / f"t{secrets.token_hex(3)}", wiring=PRODUCT) as world, running(world):
        wait_until(lambda: _serve(world), seconds=120, told=lambda: str(shown.status(world.layout.root)))
        yield world


@pytest.fixture(scope="module")
def hotel(node: World) -> World:
    """The node after one document that orders a web hotel; each test leaves it served."""
    password = bcrypt.hashpw(b"a long enough word", bcrypt.gensalt(4)).decode()
    node.issue(
        Zone(
            domain="example.dk",
            records=(
                Record(name="example.dk", type="NS", content="ns1.example.dk."),
                Record(name="ns1.example.dk", type="A", content="127.0.0.1"),
                Record(name="example.dk", type="A", content="127.0.0.1"),
                Record(name=HOST, type="A", content="127.0.0.1"),
            ),
        ),
        site(),
        Database(name="s7_wp", tenant=TENANT),
        Login(name="s7", site=7, tenant=TENANT, password_hash=password),
        MailDomain(domain="example.dk", tenant=TENANT, is_proven=True),
        Mailbox(local="info", domain="example.dk", tenant=TENANT, password_hash=password),
        Certificate(name=HOST, names=(HOST,)),
    )
    _settled(node)
    return node


def one_document_makes_a_web_hotel(hotel: World) -> None:
    answer = _get(hotel)
    assert answer.status_code < 500, answer.text
    wait_until(lambda: "zone/example.dk" in _reported(hotel), told=lambda: str(_reported(hotel)))
    assert _certificate_names(hotel) == [HOST]


def a_hold_and_its_release_are_seen_at_once(hotel: World) -> None:
    before = _get(hotel).status_code
    hotel.issue(site(holds=(hold(),)))
    _settled(hotel)
    assert _get(hotel).status_code == 503
    hotel.issue(site())
    _settled(hotel)
    assert _get(hotel).status_code == before


def a_quarantine_is_undone(hotel: World) -> None:
    before = _get(hotel).status_code
    hotel.issue(
        site(state="quarantined"), warrants=[leave(hotel.wanted["site/7"], "quarantine", now=datetime.now(UTC))]
    )
    _settled(hotel)
    assert _get(hotel).status_code == 421
    hotel.issue(site())
    _settled(hotel)
    assert _get(hotel).status_code == before


def every_daemon_that_is_killed_comes_back(hotel: World) -> None:
    run = next(one for one in psutil.process_iter(["cmdline"]) if str(hotel.layout.root) in (one.info["cmdline"] or []))
    for name in ("nginx", "mariadbd", "pdns_server", "dovecot"):
        found = [one for one in run.children(recursive=True) if _name(one).startswith(name)]
        assert found, name
        found[0].kill()
    wait_until(
        lambda: _serve(hotel) and _get_code(hotel) is not None,
        seconds=60,
        told=lambda: str(shown.status(hotel.layout.root)),
    )


def test_a_web_hotel_is_held_and_opened_closed_and_put_back_and_outlives_its_daemons(hotel: World) -> None:
    one_document_makes_a_web_hotel(hotel)
    a_hold_and_its_release_are_seen_at_once(hotel)
    a_quarantine_is_undone(hotel)
    every_daemon_that_is_killed_comes_back(hotel)


def _name(one: psutil.Process) -> str:
    try:
        return one.name()
    except psutil.NoSuchProcess:
        return ""


def _serve(world: World) -> bool:
    parts = shown.status(world.layout.root)["parts"]
    return len(parts) >= 10 and all(one["state"] == "serving" for one in parts)


def _reported(world: World) -> set[str]:
    """A report leaves after the work is kept on the node, so a settled node may not have told of it yet."""
    return {finding.key for report in list(world.plane.reports) for finding in report.findings}


def _restarted(world: World) -> int:
    return sum(one["restarts"] for one in shown.status(world.layout.root)["parts"])


def _settled(world: World) -> None:
    wait_until(
        world.is_settled,
        seconds=60,
        told=lambda: "\n".join(f"{key}: {world.outcome(key)}" for key in world.wanted) + world.said_in_log("agent"),
    )


def _get(world: World) -> httpx.Response:
    return httpx.get(
        f"http://127.0.0.1:{world.layout.ports.http}/", headers={"Host": HOST}, trust_env=False, timeout=10
    )


def _get_code(world: World) -> int | None:
    try:
        return _get(world).status_code
    except httpx.HTTPError:
        return None


def _certificate_names(world: World) -> list[str]:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", world.layout.ports.https), timeout=10) as line,
        context.wrap_socket(line, server_hostname=HOST) as secured,
    ):
        raw = secured.getpeercert(binary_form=True)
    assert raw is not None
    found = x509.load_der_x509_certificate(raw).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return found.value.get_values_for_type(x509.DNSName)
