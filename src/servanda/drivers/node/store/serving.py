"""The store's side of restic's REST protocol, versions 1 and 2, streamed: memory does not grow with what is stored.

https://restic.readthedocs.io/en/stable/100_references.html#rest-backend. Two things are added, of which restic knows
nothing: `escrow`, the sealed copy of a repository's key, and `room`, how many bytes still fit.
"""

import contextlib
import json
import re
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from servanda.drivers.node.store.callers import Caller, Callers
from servanda.drivers.node.store.shelves import (
    KINDS,
    LARGEST_BYTES,
    NAME,
    REPOSITORY,
    SHELF,
    SINGLE,
    NoRoom,
    Repository,
    Taken,
    WrongContent,
)

V2 = "application/vnd.x.restic.rest.v2"
V1 = "application/vnd.x.restic.rest.v1"
_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")
_STEP = 1 << 18
MOST_CONVERSATIONS = 64


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a store keeps and listens. Without a certificate it listens on loopback only."""

    folder: Path
    port: int
    address: str = "127.0.0.1"
    certificate: Path | None = None
    key: Path | None = None
    reserve_bytes: int = 1 << 30
    country: str = "DK"  # where the machine stands, told to every node before it copies anything

    @property
    def callers(self) -> Path:
        return self.folder / "callers.json"

    @property
    def shelves(self) -> Path:
        return self.folder / "shelves"


@dataclass(frozen=True, slots=True)
class Place:
    """What a request's path names: a repository, and within it nothing, a kind, or one thing of a kind."""

    shelf: str
    repository: str
    kind: str = ""
    name: str = ""


def place_of(path: str) -> Place | None:
    """Read a path, or return None for anything that is not exactly of the protocol's shape."""
    parts = path.removeprefix("/").removesuffix("/").split("/")
    if len(parts) not in (2, 3, 4) or not SHELF.fullmatch(parts[0]) or not REPOSITORY.fullmatch(parts[1]):
        return None
    kind, name = (*parts[2:], "", "")[:2]
    if len(parts) > 2 and kind not in (*KINDS, *SINGLE, "room"):
        return None
    if name and (kind not in KINDS or not NAME.fullmatch(name)):
        return None
    return Place(parts[0], parts[1], kind, name)


class Store(ThreadingHTTPServer):
    """The listening side, with a bound on how many conversations go on at once."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.callers = Callers(settings.callers)
        self.places = threading.BoundedSemaphore(MOST_CONVERSATIONS)
        self.tls = _tls(settings)
        super().__init__((settings.address, settings.port), Conversation)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        with self.places:
            try:
                request.settimeout(60)
                secured = self.tls.wrap_socket(request, server_side=True) if self.tls else request
            except OSError:
                self.shutdown_request(request)
                return
            super().process_request_thread(secured, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A line that broke is the caller's to try again."""


class Conversation(BaseHTTPRequestHandler):
    """One caller's requests on one connection."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "servanda-store", ""
    timeout = 60
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        place, caller, repository = self._admitted()
        if place and caller and repository:
            if place.kind == "room":
                self._answer(HTTPStatus.OK, json.dumps(self._room(repository)).encode(), "application/json")
            elif place.kind in KINDS and not place.name:
                self._list(repository, place.kind)
            else:
                self._content(repository, place, has_body=True)

    def do_HEAD(self) -> None:
        place, _, repository = self._admitted()
        if place and repository:
            self._content(repository, place, has_body=False)

    def do_POST(self) -> None:
        place, caller, repository = self._admitted()
        if place and caller and repository:
            if not place.kind and urlsplit(self.path).query == "create=true":
                repository.create()
                self._answer(HTTPStatus.OK)
            elif place.kind in SINGLE or place.name:
                self._add(repository, place, caller)
            else:
                self._refuse(HTTPStatus.METHOD_NOT_ALLOWED)

    def do_DELETE(self) -> None:
        place, caller, repository = self._admitted()
        if place and caller and repository:
            if not place.name:  # whole repositories are removed on the store itself, under a warrant
                self._refuse(HTTPStatus.FORBIDDEN)
            elif repository.remove(place.kind, place.name, by_keeper=caller.role == "keep"):
                self._answer(HTTPStatus.OK)
            else:
                self._refuse(HTTPStatus.FORBIDDEN)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of single requests: a backup makes thousands."""

    @property
    def _store(self) -> Store:
        return cast(Store, self.server)

    def _admitted(self) -> tuple[Place | None, Caller | None, Repository | None]:
        caller = self._store.callers.who(self.headers.get("Authorization"))
        if caller is None:
            self._refuse(HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": 'Basic realm="store"'})
            return None, None, None
        place = place_of(urlsplit(self.path).path)
        if place is None:
            self._refuse(HTTPStatus.NOT_FOUND)
            return None, None, None
        if not caller.may_enter(place.shelf):
            self._refuse(HTTPStatus.FORBIDDEN)
            return None, None, None
        settings = self._store.settings
        return place, caller, Repository(settings.shelves / place.shelf / place.repository, settings.reserve_bytes)

    def _room(self, repository: Repository) -> dict[str, str | int]:
        shelf = repository if repository.folder.is_dir() else Repository(self._store.settings.shelves)
        return {"room": max(0, shelf.room()), "country": self._store.settings.country}

    def _list(self, repository: Repository, kind: str) -> None:
        if V2 in self.headers.get("Accept", ""):
            found: list[Any] = [
                {"name": one.name, "size": one.size, "received_at": one.received_at} for one in repository.names(kind)
            ]
            self._answer(HTTPStatus.OK, json.dumps(found).encode(), V2)
        else:
            self._answer(HTTPStatus.OK, json.dumps([one.name for one in repository.names(kind)]).encode(), V1)

    def _content(self, repository: Repository, place: Place, *, has_body: bool) -> None:
        if place.kind not in SINGLE and not place.name:
            self._refuse(HTTPStatus.METHOD_NOT_ALLOWED)
            return
        try:
            file = open(repository.path(place.kind, place.name), "rb")  # noqa: SIM115 - closed below
        except FileNotFoundError:
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        with file:
            size = file.seek(0, 2)
            asked = _RANGE.fullmatch(self.headers.get("Range", "")) if has_body else None
            since = int(asked[1]) if asked else 0
            until = min(int(asked[2]) + 1 if asked and asked[2] else size, size)
            if since > until or (asked and since >= size):
                self._refuse(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
                return
            self.send_response(HTTPStatus.PARTIAL_CONTENT if asked else HTTPStatus.OK)
            self.send_header("Content-Type", "binary/octet-stream")
            self.send_header("Content-Length", str(until - since))
            if asked:
                self.send_header("Content-Range", f"bytes {since}-{until - 1}/{size}")
            self.end_headers()
            if has_body:
                file.seek(since)
                self._send(file.read(min(_STEP, left)) for left in _steps(until - since))

    def _send(self, pieces: Iterator[bytes]) -> None:
        for piece in pieces:
            self.wfile.write(piece)

    def _add(self, repository: Repository, place: Place, caller: Caller) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit():
            self._refuse(HTTPStatus.LENGTH_REQUIRED)
        elif int(length) > LARGEST_BYTES:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        elif not (repository.folder / "drafts").is_dir():
            self._refuse(HTTPStatus.NOT_FOUND)
        else:
            try:
                by_keeper = caller.role == "keep"
                repository.add(place.kind, place.name, self.rfile, int(length), by_keeper=by_keeper)  # type: ignore[arg-type]
                self._answer(HTTPStatus.OK)
            except Taken:
                self._refuse(HTTPStatus.FORBIDDEN)
            except WrongContent:
                self._refuse(HTTPStatus.BAD_REQUEST)
            except NoRoom:
                self._refuse(HTTPStatus.INSUFFICIENT_STORAGE)

    def _answer(self, status: HTTPStatus, body: bytes = b"", kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _refuse(self, status: HTTPStatus, headers: dict[str, str] | None = None) -> None:
        """Say no. What the caller may still be sending is thrown away, and the connection ends."""
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": "0"}.items():
            self.send_header(name, value)
        if self.command != "POST":
            self.end_headers()
            return
        self.send_header("Connection", "close")
        self.close_connection = True
        self.end_headers()
        with contextlib.suppress(OSError):  # an end while the caller still sends would lose the answer on its way
            self.connection.settimeout(5)
            left = LARGEST_BYTES
            while left > 0 and (piece := self.rfile.read1(_STEP)):
                left -= len(piece)


def _steps(size: int) -> Iterator[int]:
    for done in range(0, size, _STEP):
        yield size - done


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if settings.certificate is None:
        if not ip_address(settings.address).is_loopback:
            raise ValueError(
                f"a store that listens on {settings.address} needs a certificate: give --certificate and --key"
            )
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(settings.certificate, settings.key)
    return context
