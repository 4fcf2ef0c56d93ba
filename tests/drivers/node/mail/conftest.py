"""Real Postfix, Dovecot and gate below one folder, on loopback, with a sink that takes all mail for the outside."""

import contextlib
import imaplib
import os
import shutil
import signal
import smtplib
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import bcrypt
import pytest
from aiosmtpd.controller import Controller

from servanda.drivers.node import Daemon, Task, VerbRefused
from servanda.drivers.node.commands import PATH
from servanda.drivers.node.layout import Layout, Ports
from servanda.drivers.node.mail import MailConverger, daemons, prepare, verbs
from servanda.ground.nodes.kinds.base import Cause, Hold
from servanda.ground.nodes.kinds.mail import MailAlias, Mailbox, MailDomain
from servanda.ground.nodes.wanted import NodeWarrant, Wanted
from tests.drivers.node.running import needs, new_layout

PASSWORD = "correct horse battery"
HASH = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
ALMA, BIRK = 200_101, 200_102


def hold(cause: Cause, clause: str = "§ 7.2 Betaling") -> Hold:
    return Hold(
        cause=cause, clause=clause, provider="Nørre Hosting", since=date(2026, 12, 1), way_out="https://my.test/pay"
    )


class Sink:
    """The rest of the world: takes every message and keeps it with its envelope and greeting."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, tuple[str, ...], bytes]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append((session.host_name, envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content))
        return "250 taken"

    def wait(self, count: int, seconds: float = 15) -> None:
        _until(lambda: len(self.taken) >= count, seconds, f"{count} messages in the sink, not {len(self.taken)}")


def _until(is_so: Callable[[], bool], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.05)


@dataclass
class Running:
    """Daemons that a test started; each can be killed and started again."""

    parts: dict[str, Daemon]
    children: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start(self, name: str) -> None:
        daemon = self.parts[name]
        self.children[name] = subprocess.Popen(
            list(daemon.argv),
            env={"PATH": PATH, "LC_ALL": "C.UTF-8", **daemon.environment},
            stdin=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )
        _until(daemon.ready, 20, f"{name} serves")

    def kill(self, name: str) -> None:
        """Kill a daemon and all that it started, as a power cut would."""
        child = self.children.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()

    def stop(self) -> None:
        for name in reversed(list(self.children)):
            child = self.children[name]
            child.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(10)
            self.kill(name)


@dataclass
class Book:
    """What the node was told, and the helper's verbs done in this process with the same checks of kind and leave."""

    layout: Layout
    told: dict[str, Wanted] = field(default_factory=dict)
    warrants: dict[str, NodeWarrant] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    def get(self, key: str) -> Wanted | None:
        return self.told.get(key)

    def of(self, kind: type[Wanted]) -> Iterator[Wanted]:
        return (one for one in self.told.values() if isinstance(one, kind))

    def do(self, verb: str, key: str) -> Any:
        found = {one.name: one for one in verbs()}[verb]
        statement, warrant = self.told[key], self.warrants.get(key)
        if not isinstance(statement, found.kinds) or (found.act and (warrant is None or warrant.act != found.act)):
            raise VerbRefused(f"{verb} {key}")
        self.done.append(verb)
        return found.run(Task(layout=self.layout, statement=statement, known=self, warrant=warrant))


@dataclass
class MailNode:
    """A whole node's mail, and what a customer's programs do with it."""

    layout: Layout
    sink: Sink
    running: Running
    book: Book
    converger: MailConverger

    def tell(self, *statements: Wanted) -> dict[str, Any]:
        """Settle statements as the agent would, and return the facts of the last."""
        facts: dict[str, Any] = {}
        for one in statements:
            before = self.book.told.get(one.key)
            self.book.told[one.key] = one
            if one.state != "kept":
                self.book.warrants[one.key] = _leave(one)
            facts = dict(self.converger.settle(one, before))
            assert self.converger.look(one) == ()
        return facts

    def smtp(self) -> smtplib.SMTP:
        link = smtplib.SMTP("127.0.0.1", self.layout.ports.smtp, timeout=20)
        link.ehlo("elsewhere.test")
        return link

    def submission(self, login: str, password: str = PASSWORD) -> smtplib.SMTP:
        link = smtplib.SMTP("127.0.0.1", self.layout.ports.submission, timeout=40)
        try:
            link.starttls(context=_trusting())
            link.login(login, password)
        except BaseException:
            link.close()
            raise
        return link

    def arrive(self, to: str | list[str], subject: str = "hello", sender: str = "cora@elsewhere.test") -> None:
        with self.smtp() as link:
            link.send_message(message(sender, to, subject), sender, to)

    def send(self, login: str, to: str | list[str], subject: str = "hello", text: str = "", **names: str) -> None:
        with self.submission(login) as link:
            header = names.get("header", login)
            link.send_message(message(header, to, subject, text), names.get("envelope", login), to)

    def imap(self, login: str, password: str = PASSWORD) -> imaplib.IMAP4_SSL:
        link = imaplib.IMAP4_SSL("127.0.0.1", self.layout.ports.imap, ssl_context=_trusting(), timeout=20)
        try:
            link.login(login, password)
        except BaseException:
            link.shutdown()
            raise
        return link

    def subjects(self, login: str, folder: str = "INBOX") -> list[str]:
        link = self.imap(login)
        try:
            if link.select(folder, readonly=True)[1] == [b"0"]:
                return []
            _, found = link.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
            raw = [part[1].decode() for part in found if isinstance(part, tuple)]
            return [one.partition(":")[2].strip() for one in raw]
        finally:
            link.logout()

    def wait_for(self, login: str, subject: str, seconds: float = 15) -> None:
        _until(lambda: subject in self.subjects(login), seconds, f"{subject} in {login}")


def _leave(one: Wanted) -> NodeWarrant:
    now = datetime.now(UTC)
    return NodeWarrant(
        warrant="w/1", act="purge" if one.state == "purged" else "quarantine", key=one.key, fingerprint="0" * 64,
        clause="§ 9", not_before=now - timedelta(hours=1), not_after=now + timedelta(hours=1),
    )  # fmt: skip


def _trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def message(sender: str, to: str | list[str], subject: str, text: str = "") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["Subject"] = sender, subject
    made["To"] = to if isinstance(to, str) else ", ".join(to)
    made["Message-ID"] = f"<{time.monotonic_ns()}@elsewhere.test>"
    made["Date"] = "Tue, 01 Dec 2026 12:00:00 +0000"
    made.set_content(text or f"text of {subject}\n")
    return made


def domain(name: str, tenant: int = ALMA, **values: Any) -> MailDomain:
    return MailDomain(domain=name, tenant=tenant, **{"is_proven": True, **values})


def mailbox(address: str, tenant: int = ALMA, **values: Any) -> Mailbox:
    local, _, name = address.partition("@")
    return Mailbox(local=local, domain=name, tenant=tenant, **{"password_hash": HASH, **values})


def alias(address: str, *to: str, **values: Any) -> MailAlias:
    local, _, name = address.partition("@")
    return MailAlias(local=local, domain=name, to=to, **values)


@pytest.fixture(scope="session")
def sink_at() -> Iterator[tuple[Sink, str]]:
    sink = Sink()
    port = Ports.free().smtp
    controller = Controller(sink, hostname="127.0.0.1", port=port, server_hostname="sink.test")
    controller.start()
    yield sink, f"127.0.0.1:{port}"
    controller.stop()


@pytest.fixture(scope="session")
def node(sink_at: tuple[Sink, str]) -> Iterator[MailNode]:
    needs("postfix", "dovecot", "doveadm")
    sink, relay = sink_at
    layout = new_layout(mail_relay=relay, host_name="mail.node.test")
    prepare(layout)
    running = Running({one.name: one for one in daemons(layout)})
    try:
        for name in running.parts:
            running.start(name)
        book = Book(layout)
        made = MailNode(layout, sink, running, book, MailConverger(layout, book))
        made.tell(domain("alma.test"), mailbox("alma@alma.test"), mailbox("anna@alma.test"))
        made.tell(domain("birk.test", BIRK), mailbox("birk@birk.test", BIRK))
        yield made
    finally:
        running.stop()
        shutil.rmtree(layout.root, ignore_errors=True)
