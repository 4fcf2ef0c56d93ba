"""A whole house: database, web server, worker and signer as processes, each in its own role, and a real node beside them.

Nothing in it is a stand-in but the world outside: letters go to a sink, and a private authority signs certificates. The
test is somebody at a browser, a mail program, a resolver; or it moves the company's test clock, which the worker does.
"""

import contextlib
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection

from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import companies
from servanda.business.companies.queries import company as company_of
from servanda.business.nodes.actions.enrolling import add_node, keep_token
from servanda.business.nodes.actions.keys import keep_key
from servanda.drivers.letters.sink import Sink
from servanda.drivers.node import Layout
from servanda.drivers.nodelink.http import HttpDoor
from servanda.faces.clock.jobs import move_company_time
from servanda.faces.node import private, shown
from servanda.faces.node.enrolling import enrol
from servanda.faces.node.installed import Installation
from servanda.faces.node.parts import WIRING
from servanda.faces.node.state import State
from servanda.ground.nodes.sealing import public_text, spare_key
from servanda.wiring.drivers import node_key
from servanda.wiring.roles import APPLICATION, SIGNER, WEB, grant_all, grant_rights, make_role
from tests.conftest import RealDatabase
from tests.faces.cli.test_up import free_port
from tests.faces.node.worlds import ROOT, RUN, wait_until

NODE = "node1"
ADDRESS = "127.0.0.1"
PROGRAMS = ("nginx", "mariadbd", "pdns_server", "postfix", "dovecot", "pebble", "restic", "sshd")


def refuse_without_daemons() -> None:
    if os.geteuid() != 0:
        pytest.skip("a node's parts run under accounts of their own, which only root can give them")
    if settings.DATABASE_URL:
        pytest.skip("the roles of the embedded server need no password")
    for program in PROGRAMS:
        if shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin") is None:
            pytest.skip(f"{program} is not installed: tools/install_daemons.sh --with-trials")


@dataclass
class House:
    """What runs. `children` are the processes by name; `node_run` is the node's supervisor."""

    database: RealDatabase
    home: Path
    port: int
    environment: Mapping[str, str]
    sink: Sink
    root: Path
    children: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)

    browsers: "list[Browser]" = field(default_factory=list)

    def close_browsers(self) -> None:
        for one in self.browsers:
            one.client.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def layout(self) -> Layout:
        return self.installation.layout

    @property
    def installation(self) -> Installation:
        from servanda.faces.node import installed

        return installed.read(self.root)

    def url_as(self, role: str) -> str:
        return self.database.url.replace("://postgres@", f"://{role}@")

    def start(self, name: str) -> None:
        """Start one process of the house, or the node."""
        python = sys.executable
        command, role = {
            "web": (_web_command(self.port), WEB),
            "worker": ([python, "-m", "servanda.faces.cli.main", "work"], APPLICATION),
            "signer": ([python, "-m", "servanda.faces.cli.main", "nodes", "sign"], SIGNER),
            "node": ([python, "-c", RUN, str(self.root), WIRING], ""),
        }[name]
        environment = dict(self.environment)
        if role:
            environment["SERVANDA_DATABASE_URL"] = self.url_as(role)
        with open(self.home / f"{name}.out", "ab") as output:
            self.children[name] = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
            )

    def stop(self, name: str, how: int = signal.SIGTERM) -> None:
        child = self.children.pop(name)
        child.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(30)
            return
        child.kill()
        child.wait()

    def said(self, name: str) -> str:
        return (self.home / f"{name}.out").read_text(errors="replace")[-3000:]

    def troubles(self) -> str:
        """Return what the parts complained of, for a test that fails."""
        status = shown.status(self.root)
        rest = {key: value for key, value in status.items() if key != "parts"}
        return "\n".join([str(rest), *(f"--- {name}\n{self.said(name)}" for name in ("web", "worker", "signer"))])

    def move_time(self, company: CompanyFacts, *, to: date, seconds: float = 120) -> None:
        """Let the worker live the days until this one."""
        move_company_time.defer(company_id=company.company_id, to=to.isoformat())
        wait_until(lambda: _has_lived(company.company_id, to), seconds=seconds, told=self.troubles)

    def settle(self, *, seconds: float = 60) -> None:
        """Wait until all that is wished is signed, taken and done."""
        wait_until(self.is_settled, seconds=seconds, told=lambda: f"{self.unsettled()}\n{self.troubles()}")

    def is_settled(self) -> bool:
        return not self.unsettled()

    def unsettled(self) -> tuple[str, ...]:
        """Return what is not so on the node as it is wished: the key, and how it stands there."""
        with psycopg.connect(self.database.url) as owner:
            touched = owner.execute("select count(*) from hosting_touched").fetchone()
            wishes = owner.execute(
                "select w.key, w.fingerprint, w.state from node_wish w join node n on n.id = w.node_id where n.name = %s",
                [self.installation.name],
            ).fetchall()
            parked = {row[0]: row[1] for row in owner.execute("select key, reason from node_parked").fetchall()}
        assert touched is not None
        state = State(self.installation.agent_folder / "state.db", may_write=False)
        try:
            found = {key: state.outcome(key) for key, _, _ in wishes}
        finally:
            state.close()
        waiting = (f"{touched[0]} services are not told of yet",) if touched[0] else ()
        return waiting + tuple(
            f"{key}: {parked.get(key, '')} {found[key]}"
            for key, fingerprint, wished in wishes
            if not _is_so(found[key], fingerprint, wished)
        )


def _is_so(outcome: object, fingerprint: str, wished: str) -> bool:
    if outcome is None:
        return wished != "kept"  # it was never there
    return getattr(outcome, "outcome", "") == "as wanted" and getattr(outcome, "settled", "") == fingerprint


def _has_lived(company_id: int, day: date) -> bool:
    company = company_of(company_id)
    connection.close()
    with psycopg.connect(_conninfo()) as plain:
        left = plain.execute(
            "select count(*) from procrastinate_jobs where task_name = 'move_company_time' and status in ('todo','doing')"
        ).fetchone()
    return company.clock_on == day and left == (0,)


def _conninfo() -> str:
    kept = connection.settings_dict
    return psycopg.conninfo.make_conninfo(dbname=kept["NAME"], user=kept["USER"], host=kept["HOST"])


def _web_command(port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "1", "--blocking-threads", "6", "--backpressure", "64", "--log-level", "warning"),
        *("--workers-kill-timeout", "2", "servanda.wiring.wsgi:application"),
    ]


@contextmanager
def a_house(database: RealDatabase, home: Path, prepare: Callable[[], CompanyFacts]) -> Iterator[House]:
    """Run a house. `prepare` makes its companies, as the owner, before anything starts; the node is the first one's."""
    for role in (APPLICATION, WEB, SIGNER):
        make_role(database.url, role)
    grant_rights(database.url)
    grant_all(database.url)
    company = prepare()
    root = Path("/var/lib/servanda") / f"t{secrets.token_hex(3)}"
    port = free_port()
    with Sink(home / "mails") as sink, ExitStack() as stack:
        house = House(database, home, port, _environment(home, sink, port), sink, root)
        stack.callback(house.close_browsers)
        stack.callback(lambda: shutil.rmtree(root, ignore_errors=True))
        stack.callback(lambda: _stop_all(house))
        _make_key(home)
        for name in ("web", "worker", "signer"):
            house.start(name)
        installation = private.make(root, name=NODE, url=house.url, mail_relay=f"{sink.host}:{sink.port}")
        wait_until(lambda: _answers(house), seconds=40, told=lambda: house.said("web"))
        enrol(installation, HttpDoor(house.url), _token(company, NODE))
        house.start("node")
        wait_until(lambda: _serves(house), seconds=120, told=lambda: f"{shown.status(root)} {house.said('node')}")
        yield house


def _environment(home: Path, sink: Sink, port: int) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("SERVANDA_")}
    return ours | {
        "DJANGO_SETTINGS_MODULE": "tests.real.house_settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        "PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "SERVANDA_HOME": str(home),
        "SERVANDA_SECRET_KEY": secrets.token_hex(32),
        "SERVANDA_NODE_KEY": str(home / "signer" / "node-key.pem"),
        "SERVANDA_SMTP_HOST": sink.host,
        "SERVANDA_SMTP_PORT": str(sink.port),
        "SERVANDA_PORT": str(port),
    }


def _make_key(home: Path) -> None:
    kept = settings.NODE_KEY
    settings.NODE_KEY = home / "signer" / "node-key.pem"
    try:
        key: Ed25519PrivateKey = node_key(is_made=True)
    finally:
        settings.NODE_KEY = kept
    keep_key(
        key.public_key().public_bytes_raw(),
        spare_key=public_text(spare_key(key)),
        install=secrets.token_hex(16),
        at=datetime.now(UTC),
    )


@contextmanager
def second_node(house: House, company: CompanyFacts, name: str) -> Iterator[House]:
    """Run another private node of the same company, seen through a house of its own."""
    root = Path("/var/lib/servanda") / f"t{secrets.token_hex(3)}"
    other = replace(house, root=root, children={}, browsers=[])
    with ExitStack() as stack:
        stack.callback(lambda: shutil.rmtree(root, ignore_errors=True))
        stack.callback(lambda: _stop_all(other))
        installation = private.make(root, name=name, url=house.url, mail_relay=f"{house.sink.host}:{house.sink.port}")
        enrol(installation, HttpDoor(house.url), _token(company, name))
        other.start("node")
        wait_until(lambda: _serves(other), seconds=240, told=lambda: f"{shown.status(root)} {other.said('node')}")
        yield other


def _token(company: CompanyFacts, name: str) -> str:
    today, now = company.clock_on or datetime.now(UTC).date(), datetime.now(UTC)
    card = {"country": "DK", "services_max": 200, "addresses": (ADDRESS,), "host_name": f"{name}.hosting.example"}
    for one in companies()[:1]:
        add_node(one.company_id, name, **card, by="staff:eva", today=today, at=now)  # type: ignore[arg-type]
    token = secrets.token_urlsafe(32)
    keep_token(name, token, by="staff:eva", today=today, at=now)
    return token


def _answers(house: House) -> bool:
    try:
        return httpx.get(f"{house.url}/login/", trust_env=False, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def _serves(house: House) -> bool:
    parts = shown.status(house.root)["parts"]
    return len(parts) >= 10 and all(one["state"] == "serving" for one in parts)


def _stop_all(house: House) -> None:
    for name in tuple(house.children):
        house.stop(name)


@dataclass
class Browser:
    """Somebody at the pages, over HTTP; forms carry what the page gave them."""

    house: House
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx.Client(
            base_url=self.house.url, trust_env=False, timeout=30, headers={"Accept-Language": "en"}
        )
        self.house.browsers.append(self)

    def sign_in(self, name: str, password: str, *, at: str = "/my/login/") -> None:
        answer = self.post(at, {"username": name, "password": password})
        assert answer.status_code == 302, answer.text[:2000]

    def get(self, path: str) -> httpx.Response:
        return self.client.get(path)

    def post(self, path: str, fields: Mapping[str, str], *, page: str = "") -> httpx.Response:
        token = hidden(self.client.get(page or path).text).get("csrfmiddlewaretoken", "")
        origin = {"Origin": self.house.url, "Referer": f"{self.house.url}{page or path}"}
        return self.client.post(path, data={"csrfmiddlewaretoken": token, **fields}, headers=origin)


def hidden(html: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))


def kill_part(house: House, word: str) -> bool:
    """Kill one process of the node by a word of its command line, with nothing said before; tell whether there was one."""
    run = psutil.Process(house.children["node"].pid)
    for one in run.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            if word in one.cmdline() or one.name().startswith(word):
                one.kill()
                return True
    return False


@contextmanager
def working_as(role: str) -> Iterator[None]:
    """Let Django in the test's own process be this role for a while."""
    connection.close()
    before = connection.settings_dict["USER"]
    connection.settings_dict["USER"] = role
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["USER"] = before


@dataclass
class Customer(Browser):
    slug: str = ""
    number: str = ""


def customer(house: House, slug: str, number: str, login: str, password: str) -> Customer:
    """Return a customer who has signed in to the portal."""
    browser = Customer(house, slug=slug, number=number)
    browser.sign_in(login, password)
    return browser


def order(browser: Customer, domain: str, *, plan: str) -> str:
    """Order a plan in the portal, and return the address of the service's page."""
    path = f"/my/{browser.slug}/{browser.number}/order/"
    checked = browser.post(path, {"plan": plan, "name": domain, "starts_now": "1"})
    assert checked.status_code == 200, checked.text[:3000]
    answer = browser.client.post(
        f"{path}place/",
        data={**hidden(checked.text), "accepts": "1"},
        headers={"Origin": browser.house.url, "Referer": f"{browser.house.url}{path}"},
    )
    assert answer.status_code == 302, answer.text[:3000]
    assert "/services/" in answer.headers["Location"], browser.get(answer.headers["Location"]).text[:3000]
    return str(answer.headers["Location"])
