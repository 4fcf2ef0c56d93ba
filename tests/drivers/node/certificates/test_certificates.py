"""Certificates from pebble with its rudeness on, with names that our own PowerDNS answers for."""

import grp
import os
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography import x509

from servanda.drivers.node import Broken, NotNow, dns
from servanda.drivers.node.answering import stand_in_for
from servanda.drivers.node.certificates import CertificateConverger, NameProofs, prepare, private_authority
from servanda.drivers.node.certificates import progress as kept
from servanda.drivers.node.certificates.places import account_file, certificates
from servanda.drivers.node.layout import Layout
from servanda.ground.nodes.kinds.base import Hold
from servanda.ground.nodes.kinds.certificates import Certificate
from servanda.ground.nodes.kinds.dns import Zone
from servanda.ground.nodes.zone_templates import name_server_records, web_records
from tests.drivers.node.databases.starting import Helper, Running, needs, private_layout, running

pytestmark = needs("pebble", "pdns_server")

HOLD = Hold(
    cause="payment",
    clause="§ 4.2",
    provider="Nordlys",
    since=date(2026, 12, 1),
    way_out="https://portal.example.dk/pay",
)


@dataclass
class Clock:
    moment: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.moment


@dataclass(frozen=True)
class Node:
    layout: Layout
    running: Running

    def converger(self, clock: Clock | None = None, proofs: NameProofs | None = None) -> CertificateConverger:
        return CertificateConverger(self.layout, proofs or dns.DnsProofs(self.layout), clock or Clock())

    def serial(self, host: str) -> int:
        pem = (self.layout.tls / host / "cert.pem").read_bytes()
        return x509.load_pem_x509_certificate(pem).serial_number


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with private_layout() as plain:
        layout = private_authority.layout_with_authority(plain)
        for part in (dns.prepare, private_authority.prepare, prepare):
            part(layout)
        daemons = (*dns.daemons(layout), *private_authority.daemons(layout, nonces_refused=25))
        with running(daemons) as started, Showing(layout):
            zones = dns.ZoneConverger(layout, Helper(layout, dns.verbs()))
            for domain in ("a.test", "b.test", "c.test", "d.test", "e.test", "f.test", "g.test"):
                servers = name_server_records(domain, ("ns1.n.test", "ns2.n.test"))
                web = web_records(domain, ("127.0.0.1",), aliases=("www",))
                zones.settle(Zone(domain=domain, records=(*servers, *web)), None)
            yield Node(layout, started)


class Showing:
    """The web server's part: challenges over HTTP on the port where the authority looks."""

    def __init__(self, layout: Layout) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = layout.challenges / self.path.rpartition("/")[2]
                self.send_response(200 if path.is_file() else 404)
                self.end_headers()
                if path.is_file():
                    self.wfile.write(path.read_bytes())

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", layout.ports.http), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *args: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def test_a_certificate_is_got_installed_and_then_left_alone(node: Node) -> None:
    wanted = Certificate(name="first", names=("a.test", "www.a.test"))
    converger = node.converger()
    assert "certificate-missing" in {one.code for one in converger.look(wanted)}
    begun = time.monotonic()
    facts = converger.settle(wanted, None)
    print(f"HTTP-01, order to installed: {time.monotonic() - begun:.2f} s")
    assert converger.look(wanted) == []
    assert converger.settle(wanted, wanted) == facts
    assert converger.settle(msgspec.structs.replace(wanted, holds=(HOLD,)), wanted) == facts
    assert format(node.serial("www.a.test"), "x") == facts["serial"]
    assert list(node.layout.challenges.iterdir()) == []
    assert kept.read(node.layout, "first").key_pem == ""


def test_a_wildcard_is_proven_by_dns_and_leaves_no_text_behind(node: Node) -> None:
    wanted = Certificate(name="b.test", names=("b.test", "*.b.test"), proof="dns-01")
    begun = time.monotonic()
    node.converger().settle(wanted, None)
    print(f"DNS-01, order to installed: {time.monotonic() - begun:.2f} s")
    assert node.converger().look(wanted) == []
    assert (node.layout.tls / "_wildcard.b.test" / "cert.pem").exists()
    words = ["dig", "+short", "@127.0.0.1", "-p", str(node.layout.ports.dns), "_acme-challenge.b.test", "TXT"]
    assert subprocess.run(words, capture_output=True, check=True).stdout == b""


@pytest.fixture
def web_servers_own(node: Node) -> Iterator[str]:
    """The name of what the web server answers with where nothing better is; gone with all that leads to it afterwards."""
    own = node.layout.tls / "_default"
    own.mkdir()
    yield own.name
    own.rmdir()
    for link in node.layout.tls.iterdir():
        if not link.exists():
            link.unlink()


def test_hosts_under_a_wildcard_answer_with_it_until_they_have_their_own(node: Node, web_servers_own: str) -> None:
    tls, converger = node.layout.tls, node.converger()
    for host in ("x.g.test", "own.g.test", "y.x.g.test", "xg.test"):
        (tls / host).symlink_to(web_servers_own)
    (tls / "own.g.test").unlink()
    (tls / "own.g.test").symlink_to("../certs/another/current")
    wanted = Certificate(name="g.test", names=("*.g.test",), proof="dns-01")
    converger.settle(wanted, None)
    assert os.readlink(tls / "x.g.test") == "_wildcard.g.test"
    assert node.serial("x.g.test") == node.serial("_wildcard.g.test")
    assert os.readlink(tls / "own.g.test") == "../certs/another/current"
    assert os.readlink(tls / "y.x.g.test") == os.readlink(tls / "xg.test") == web_servers_own
    assert stand_in_for(node.layout, "new.g.test") == "_wildcard.g.test"
    converger.settle(msgspec.structs.replace(wanted, state="purged"), wanted)
    assert (tls / "x.g.test").resolve() == tls / web_servers_own
    assert stand_in_for(node.layout, "new.g.test") == web_servers_own


def test_a_wildcard_cannot_be_proven_by_a_file(node: Node) -> None:
    wanted = Certificate(name="star", names=("*.a.test",))
    with pytest.raises(Broken, match=r"does not offer the proof http-01"):
        node.converger().settle(wanted, None)


def test_keys_are_for_the_web_server_and_the_account_for_the_agent(node: Node) -> None:
    node.converger().settle(Certificate(name="a.test", names=("a.test", "www.a.test")), None)
    web = grp.getgrnam(node.layout.accounts.web).gr_gid
    key = next(certificates(node.layout).glob("*/current/key.pem"))
    assert (key.stat().st_mode & 0o777, key.stat().st_gid) == (0o640, web)
    assert account_file(node.layout).stat().st_mode & 0o077 == 0
    assert (node.layout.data / "acme").stat().st_mode & 0o077 == 0


def test_it_is_renewed_at_two_thirds_of_its_life_with_a_new_key(node: Node) -> None:
    wanted = Certificate(name="c.test", names=("c.test",))
    clock = Clock()
    converger = node.converger(clock)
    first = converger.settle(wanted, None)
    key = (node.layout.tls / "c.test" / "key.pem").read_bytes()
    clock.moment += timedelta(days=59)
    assert converger.settle(wanted, wanted) == first
    clock.moment += timedelta(days=2)
    assert [one.code for one in converger.look(wanted)] == ["certificate-renewal-due"]
    assert converger.settle(wanted, wanted)["serial"] != first["serial"]
    assert (node.layout.tls / "c.test" / "key.pem").read_bytes() != key
    assert len(list((certificates(node.layout) / "c.test").iterdir())) == 3  # two versions and the link


def test_an_error_takes_no_working_certificate_away_and_is_tried_again_later(node: Node) -> None:
    wanted = Certificate(name="d.test", names=("d.test",))
    clock = Clock()
    node.converger(clock).settle(wanted, None)
    serial = node.serial("d.test")
    more = Certificate(name="d.test", names=("d.test", "nowhere.d.test"))
    with pytest.raises(NotNow, match="proof failed"):
        node.converger(clock).settle(more, wanted)
    assert node.serial("d.test") == serial
    assert {one.code for one in node.converger(clock).look(more)} == {"certificate-names", "certificate-not-shown"}
    asked = kept.read(node.layout, "d.test")
    with pytest.raises(NotNow, match="tried again from"):
        node.converger(clock).settle(more, more)
    assert kept.read(node.layout, "d.test") == asked
    assert asked.failures == 1
    # Other names are another matter: they are tried at once.
    node.converger(clock).settle(Certificate(name="d.test", names=("d.test", "www.d.test")), more)
    assert node.serial("www.d.test") != serial
    assert kept.read(node.layout, "d.test").failures == 0


def test_without_the_authority_nothing_is_lost(node: Node) -> None:
    wanted = Certificate(name="e.test", names=("e.test",))
    node.converger().settle(wanted, None)
    serial = node.serial("e.test")
    account = account_file(node.layout).read_bytes()
    node.running.kill("pebble")
    clock = Clock(datetime.now(UTC) + timedelta(days=70))
    try:
        with pytest.raises(NotNow, match="does not answer"):
            node.converger(clock).settle(wanted, wanted)
        assert node.serial("e.test") == serial
    finally:
        node.running.start("pebble")
    # It came back without its memory: accounts and orders are unknown to it.
    for _ in range(3):
        try:
            node.converger(clock).settle(wanted, wanted)
            break
        except NotNow:
            continue
    assert node.serial("e.test") != serial
    assert msgspec.json.decode(account)["key"] == msgspec.json.decode(account_file(node.layout).read_bytes())["key"]


def test_a_host_keeps_the_certificate_that_is_valid_for_longer(node: Node) -> None:
    old = Certificate(name="f-old", names=("f.test",))
    node.converger().settle(old, None)
    new = Certificate(name="f-new", names=("f.test", "www.f.test"))
    time.sleep(1.1)
    node.converger().settle(new, None)
    serial = node.serial("f.test")
    assert serial == node.serial("www.f.test")
    node.converger().settle(old, old)
    assert node.serial("f.test") == serial
    assert node.converger().look(old) == []


def test_a_purge_revokes_and_takes_away_key_and_links(node: Node) -> None:
    wanted = Certificate(name="g.test", names=("g.test",))
    node.converger().settle(wanted, None)
    gone = msgspec.structs.replace(wanted, state="purged")
    assert [one.code for one in node.converger().look(gone)] == ["certificate-still-there"]
    assert node.converger().settle(gone, wanted) == {"is_revoked": True, "erased_hosts": 1}
    assert not os.path.lexists(node.layout.tls / "g.test")
    assert not (certificates(node.layout) / "g.test").exists()
    assert node.converger().look(gone) == []
    assert node.converger().settle(gone, wanted) == {"is_revoked": False, "erased_hosts": 0}


def test_a_host_that_is_let_go_answers_with_the_web_servers_own(node: Node, web_servers_own: str) -> None:
    wanted = Certificate(name="let-go", names=("e.test", "www.e.test"))
    node.converger().settle(wanted, None)
    node.converger().settle(Certificate(name="let-go", names=("e.test",)), wanted)
    assert os.readlink(node.layout.tls / "www.e.test") == web_servers_own


@dataclass(frozen=True)
class Deadly:
    """The real proofs, and a kill right before or after they are published."""

    layout: Layout
    is_after: bool

    def publish(self, domain: str, texts: Sequence[str]) -> None:
        if self.is_after:
            dns.DnsProofs(self.layout).publish(domain, texts)
        os.kill(os.getpid(), signal.SIGKILL)


def _killed(node: Node, wanted: Certificate, proofs: NameProofs | None, seconds: float) -> bool:
    """Let a child settle as the agent's own user, kill it, and tell whether it was killed before it was done."""
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(node.layout.accounts.agent)
            os.setuid(node.layout.accounts.agent)
            node.converger(proofs=proofs).settle(wanted, None)
        finally:
            os._exit(0)
    if proofs is None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_kills_in_the_middle_of_an_order_cost_nothing(node: Node) -> None:
    for path in (node.layout.data / "acme").iterdir():
        os.chown(path, node.layout.accounts.agent, node.layout.accounts.agent)
    wanted = Certificate(name="kills", names=("www.a.test", "*.b.test", "c.test"), proof="dns-01")
    assert _killed(node, wanted, Deadly(node.layout, is_after=False), 0)
    begun = kept.read(node.layout, "kills")
    assert begun.order
    assert _killed(node, wanted, Deadly(node.layout, is_after=True), 0)
    assert kept.read(node.layout, "kills") == begun
    killed = [_killed(node, wanted, None, seconds) for seconds in (0.1, 0.3, 0.5, 0.7, 0.9, 1.1)]
    assert killed[0]
    for _ in range(3):
        try:
            node.converger().settle(wanted, wanted)
            break
        except NotNow:
            continue
    assert node.converger().look(wanted) == []
    web = grp.getgrnam(node.layout.accounts.web).gr_gid
    assert all(path.stat().st_gid == web for path in certificates(node.layout).glob("kills/*/key.pem"))


def test_a_handshake_shows_the_new_certificate_without_a_reload(node: Node, tmp_path: Path) -> None:
    wanted = Certificate(name="a.test", names=("a.test", "www.a.test"))
    node.converger().settle(wanted, None)
    nginx = "/usr/sbin/nginx"
    if not os.path.exists(nginx):
        pytest.skip("not installed: nginx")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    conf = tmp_path / "nginx.conf"
    conf.write_text(
        f"daemon off; master_process off; pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}}\n"
        f"http {{ access_log off; server {{ listen 127.0.0.1:{port} ssl;"
        f" ssl_certificate {node.layout.tls}/$ssl_server_name/cert.pem;"
        f" ssl_certificate_key {node.layout.tls}/$ssl_server_name/key.pem; return 200; }} }}\n"
    )
    with subprocess.Popen([nginx, "-c", str(conf), "-p", str(tmp_path)], stderr=subprocess.DEVNULL) as server:
        try:
            before = _shown(port, "www.a.test")
            assert before == node.serial("www.a.test")
            node.converger(Clock(datetime.now(UTC) + timedelta(days=61))).settle(wanted, wanted)
            assert _shown(port, "www.a.test") == node.serial("www.a.test") != before
        finally:
            server.terminate()


def _shown(port: int, host: str) -> int:
    context: Any = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    for _ in range(100):
        try:
            with (
                socket.create_connection(("127.0.0.1", port), timeout=5) as line,
                context.wrap_socket(line, server_hostname=host) as wrapped,
            ):
                return x509.load_der_x509_certificate(wrapped.getpeercert(True)).serial_number
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise AssertionError("nginx did not answer")
