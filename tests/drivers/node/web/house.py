"""A node that serves sites, and the few ways in which tests talk to it."""

import http.client
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from servanda.drivers.node import tenants, web
from servanda.drivers.node.layout import Layout
from servanda.ground.nodes.kinds.base import Hold
from servanda.ground.nodes.kinds.web import Site
from tests.drivers.node.running import Direct

ALMA, BIRK = 200_001, 200_002
UNPAID = Hold(
    cause="payment",
    clause="§ 6.2",
    provider="Eksempel ApS",
    since=date(2026, 3, 2),
    way_out="https://portal.example/betal",
)


def site(number: int = 1, tenant: int = ALMA, **values: object) -> Site:
    given = {"names": (f"s{number}.example.dk",), "is_https_only": False, "has_hsts": False, **values}
    return Site(site=number, tenant=tenant, **given)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


@dataclass
class House:
    layout: Layout
    helper: Direct = field(init=False)
    agent: web.Web = field(init=False)

    def __post_init__(self) -> None:
        self.helper = Direct(self.layout, web.verbs())
        self.agent = web.Web(self.layout, self.helper)

    def settle(self, statement: Site) -> Mapping[str, object]:
        before = self.helper.known.get(statement.key)
        self.helper.tell(statement)
        return self.agent.settle(statement, before)

    def put(self, statement: Site, name: str, content: str, mode: int = 0o644) -> Path:
        """Write a file into a site, as the tenant would."""
        folder = self.layout.site(statement.site) / "htdocs"
        place = tenants.jail(self.layout, statement.tenant, folder)
        tenants.write(place, folder, name, content, mode=mode)
        return folder / name

    def get(
        self, host: str, path: str = "/", *, method: str = "GET", body: str | None = None, **headers: str
    ) -> Answer:
        line = http.client.HTTPConnection("127.0.0.1", self.layout.ports.http, timeout=20)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            line.request(method, path, body=body, headers={"Host": host, **named})
            found = line.getresponse()
            return Answer(found.status, {name.lower(): value for name, value in found.getheaders()}, found.read())
        finally:
            line.close()

    def get_tls(self, host: str, path: str = "/") -> Answer:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        line = _Named("127.0.0.1", self.layout.ports.https, host, context)
        try:
            line.request("GET", path, headers={"Host": host})
            found = line.getresponse()
            return Answer(found.status, {name.lower(): value for name, value in found.getheaders()}, found.read())
        finally:
            line.close()


class _Named(http.client.HTTPSConnection):
    """HTTPS to loopback under a name that no resolver knows."""

    def __init__(self, address: str, port: int, name: str, context: ssl.SSLContext) -> None:
        super().__init__(address, port, timeout=20, context=context)
        self.name, self.context = name, context

    def connect(self) -> None:
        http.client.HTTPConnection.connect(self)
        self.sock = self.context.wrap_socket(self.sock, server_hostname=self.name, do_handshake_on_connect=False)
        self.sock.do_handshake()


def everything(root: Path) -> dict[str, tuple[object, ...]]:
    """Return every entry below a folder with kind, owner, mode and content, to compare before and after."""
    found: dict[str, tuple[object, ...]] = {}
    for where, folders, names in os.walk(root):
        for name in (*folders, *names):
            path = Path(where, name)
            state = path.lstat()
            content: object = None
            if path.is_symlink():
                content = os.readlink(path)
            elif path.is_file():
                content = path.read_bytes()
            found[str(path.relative_to(root))] = (state.st_mode, state.st_uid, state.st_gid, content)
    return found
