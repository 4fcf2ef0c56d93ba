"""An SMTP server of our own for a laptop and for tests: it takes every mail and delivers none of them.

Each mail becomes a file that a page can show. The sink listens on loopback only, since it would take
anything from anybody. It can be told to be as rude as real servers are, so that what follows from it is
tested over a real socket.
"""

import asyncio
import hashlib
import ipaddress
import os
import ssl
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal

from aiosmtpd.smtp import SMTP, Envelope, Session

from servanda.drivers.letters.mailbox import FILE_NAME
from servanda.ground.refusal import Refused

SIZE_MAX = 35_000_000
_START_SECONDS = 10


class NotLoopback(Refused):
    """The sink was to listen where others than this machine could reach it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rudeness:
    """What the sink does to senders. Addresses are those of recipients."""

    greylists: bool = False
    unknown: frozenset[str] = frozenset()
    full: frozenset[str] = frozenset()
    refuses_content: bool = False
    hangs_up: Literal["never", "before storing", "after storing"] = "never"
    mails_per_line: int = 0


POLITE = Rudeness()


class Sink:
    """A sink in a thread of its own, from `start` to `stop` or inside a `with`; port 0 takes any free one."""

    def __init__(
        self,
        directory: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        rudeness: Rudeness = POLITE,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        _refuse_other_than_loopback(host)
        self.host = host
        self.port = port
        self._mails = _Mails(directory, rudeness)
        self._tls = tls
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: asyncio.Event | None = None
        self._lines: set[_Line] = set()

    def __enter__(self) -> "Sink":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listen, and return once mails are taken; an occupied port is raised as `OSError`."""
        assert self._thread is None, "the sink was started twice"
        listening: Future[int] = Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(listening)), name="smtp-sink", daemon=True
        )
        self._thread.start()
        try:
            self.port = listening.result(timeout=_START_SECONDS)
        except OSError:
            self._join()
            raise

    def stop(self) -> None:
        """Close the port and every open line, and return once the thread has ended."""
        if self._thread is None:
            return
        assert self._loop is not None
        assert self._ending is not None
        self._loop.call_soon_threadsafe(self._ending.set)
        self._join()

    def _join(self) -> None:
        assert self._thread is not None
        self._thread.join()
        self._thread = None

    async def _serve(self, listening: "Future[int]") -> None:
        self._loop = asyncio.get_running_loop()
        self._ending = asyncio.Event()
        try:
            server = await self._loop.create_server(self._new_line, self.host, self.port)
        except OSError as error:
            listening.set_exception(error)
            return
        listening.set_result(server.sockets[0].getsockname()[1])
        await self._ending.wait()
        server.close()
        for line in tuple(self._lines):
            line.hang_up()
        await asyncio.sleep(0)  # lets the lines learn that they were closed

    def _new_line(self) -> "_Line":
        return _Line(self._mails, self._lines, tls=self._tls)


def serve_forever(directory: Path, *, host: str = "127.0.0.1", port: int, until: threading.Event) -> None:
    """Take mails until the event is set, or until the person at the keyboard interrupts."""
    with Sink(directory, host=host, port=port):
        until.wait()


class _Line(SMTP):
    """One connection, which the sink can close from its side."""

    def __init__(self, mails: "_Mails", lines: "set[_Line]", *, tls: ssl.SSLContext | None) -> None:
        super().__init__(
            mails,
            hostname="sink.localhost",
            ident="Servanda sink",
            data_size_limit=SIZE_MAX,
            enable_SMTPUTF8=True,
            tls_context=tls,
        )
        self._lines = lines
        self.mails_taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._lines.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._lines.discard(self)
        super().connection_lost(error)

    def hang_up(self) -> None:
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()


class _Mails:
    """Takes, refuses or loses mails, as the rudeness says. The library calls `handle_…` by name."""

    def __init__(self, directory: Path, rudeness: Rudeness) -> None:
        self._directory = directory
        self._rudeness = rudeness
        self._greylisted: set[tuple[str | None, str]] = set()
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._count = max((int(name[:8]) for name in os.listdir(directory) if FILE_NAME.match(name)), default=0)

    async def handle_MAIL(  # noqa: N802
        self, server: _Line, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if 0 < self._rudeness.mails_per_line <= server.mails_taken:
            return "421 4.7.0 too many mails over one line"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: _Line, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self._rudeness.unknown:
            return "550 5.1.1 no such mailbox"
        if address in self._rudeness.full:
            return "452 4.2.2 mailbox full"
        if self._rudeness.greylists and (envelope.mail_from, address) not in self._greylisted:
            self._greylisted.add((envelope.mail_from, address))
            return "451 4.7.1 greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: _Line, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self._rudeness.refuses_content:
            return "554 5.7.1 content refused"
        server.mails_taken += 1
        content = envelope.content
        assert isinstance(content, bytes), "the library was told to decode mails"
        queue_id = hashlib.sha256(content).hexdigest()[:20].upper()
        if self._rudeness.hangs_up != "before storing":
            self._store(_envelope_lines(envelope) + content, queue_id)
        if self._rudeness.hangs_up != "never":
            server.hang_up()
        return f"250 2.0.0 queued as {queue_id}"

    def _store(self, mail: bytes, queue_id: str) -> None:
        """Write the mail beside its place and rename it, so that no reader finds half of one."""
        self._count += 1
        place = self._directory / f"{self._count:08d}-{queue_id}.eml"
        unfinished = place.with_suffix(".part")
        unfinished.touch(mode=0o640)  # the folder is private, or its group is the pages
        unfinished.write_bytes(mail)
        unfinished.replace(place)


def _envelope_lines(envelope: Envelope) -> bytes:
    lines = [f"Return-Path: <{envelope.mail_from}>", *(f"Delivered-To: {to}" for to in envelope.rcpt_tos)]
    return "".join(line.replace("\r", "").replace("\n", "") + "\r\n" for line in lines).encode()


def _refuse_other_than_loopback(host: str) -> None:
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise NotLoopback(
            f"The mail sink was not started on {host!r}: it takes mail from anybody, so it listens on "
            "loopback addresses only. Use 127.0.0.1, or set a real mail server."
        )
