"""Writers beside readers, and daemons that are killed: what was accepted is delivered, nothing needs a hand."""

import imaplib
import smtplib
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import servanda
from servanda.drivers.node.mail import maps
from servanda.drivers.node.mail.places import Places
from servanda.ground.nodes.wanted import encode
from tests.drivers.node.mail.conftest import MailNode, domain, mailbox


def test_mail_is_taken_while_rows_are_written_without_pause(node: MailNode) -> None:
    node.tell(domain("busy.test"), mailbox("a@busy.test"))
    ended, written = threading.Event(), [0]

    def write() -> None:
        with maps.opened(Places(node.layout).maps) as link:
            while not ended.is_set():
                with maps.transaction(link):
                    row = maps.get(link, "mailbox", "address", "a@busy.test")
                    assert row is not None
                    maps.put(link, "mailbox", {**row, "address": f"x{written[0] % 500}@busy.test"})
                written[0] += 1

    writer = threading.Thread(target=write)
    writer.start()
    count = 300
    try:
        for start in range(0, count, 50):
            with node.smtp() as link:
                for number in range(start, start + 50):
                    link.sendmail("cora@elsewhere.test", "a@busy.test", f"Subject: n{number}\r\n\r\nx\r\n")
    finally:
        ended.set()
        writer.join()
    end = time.monotonic() + 60
    while len(found := node.subjects("a@busy.test")) < count and time.monotonic() < end:
        time.sleep(0.2)
    assert sorted(found) == sorted(f"n{number}" for number in range(count))
    assert written[0] > 100
    log = (node.layout.log / "postfix.log").read_text()
    assert "database is locked" not in log
    assert "fatal" not in log


def test_an_open_transaction_keeps_nobody_waiting(node: MailNode) -> None:
    with maps.opened(Places(node.layout).maps) as link, maps.transaction(link):
        maps.put(link, "unseen", {"name": "x"})
        node.arrive("alma@alma.test", "beside a writer")
        maps.delete(link, "unseen", "name", "x")
    node.wait_for("alma@alma.test", "beside a writer")


@pytest.mark.parametrize("name", ["postfix", "dovecot", "mail-gate"])
def test_a_daemon_that_is_killed_loses_nothing_that_was_accepted(node: MailNode, name: str) -> None:
    node.tell(domain("crash.test"), mailbox("a@crash.test"))
    accepted: list[str] = []
    ended = threading.Event()

    def arrive() -> None:
        number = 0
        while not ended.is_set():
            subject = f"{name}-{number}"
            number += 1
            try:
                with node.smtp() as link:
                    link.sendmail("cora@elsewhere.test", "a@crash.test", f"Subject: {subject}\r\n\r\nx\r\n")
                accepted.append(subject)
            except (OSError, smtplib.SMTPException):
                time.sleep(0.05)

    sender = threading.Thread(target=arrive)
    sender.start()
    try:
        for _ in range(2):
            time.sleep(0.7)
            node.running.kill(name)
            time.sleep(0.4)
            node.running.start(name)
    finally:
        ended.set()
        sender.join()
    assert len(accepted) > 5
    subprocess.run(["postqueue", "-c", str(Places(node.layout).postfix), "-f"], check=True)
    # A lock that a killed Dovecot left in a mailbox is broken by the next one within two minutes.
    end, missing = time.monotonic() + 150, set(accepted)
    while missing:
        assert time.monotonic() < end, f"{len(missing)} accepted messages are missing"
        try:
            missing = set(accepted) - set(node.subjects("a@crash.test"))
        except (OSError, imaplib.IMAP4.error):
            continue
        time.sleep(0.3)


def test_rows_that_root_wrote_after_a_cold_start_can_be_written_by_agent_postfix_and_gate(node: MailNode) -> None:
    """The agent settles as its own user, whoever made SQLite's side files last."""
    wanted = encode(mailbox("agent@alma.test"))
    text = (
        "import os, sys, msgspec\n"
        "from pathlib import Path\n"
        "from servanda.drivers.node.layout import Layout, Ports\n"
        "from servanda.drivers.node.mail import MailConverger\n"
        "from servanda.ground.nodes.wanted import decode_statement\n"
        "from servanda.drivers.node.mail import keys, looking\n"
        "import encodings.idna, encodings.punycode\n"
        "class Helper:\n"
        "    def do(self, verb, key):\n"
        "        print(verb, key); return {}\n"
        "os.setgroups([]); os.setgid(199001); os.setuid(199001)\n"
        "layout = Layout(root=Path(sys.argv[1]), host_name='mail.node.test')\n"
        "statement = decode_statement(sys.argv[2].encode())\n"
        "MailConverger(layout, Helper()).settle(statement, None)\n"
    )
    for name in ("postfix", "mail-gate"):
        node.running.kill(name)
    for path in Places(node.layout).maps.parent.glob("mail.db-*"):
        path.unlink()
    subprocess.run(
        ["setpriv", "--reuid", "postfix", "--regid", "postfix", "--clear-groups", "/usr/bin/python3", "-c",
         f"import sqlite3; l=sqlite3.connect({str(Places(node.layout).maps)!r});"
         "l.execute('create table if not exists t(x)'); l.commit(); import os; os._exit(0)"],
        check=True, cwd="/",
    )  # fmt: skip
    for statement in (wanted, encode(domain("agents.test"))):
        done = subprocess.run(
            [sys.executable, "-c", text, str(node.layout.root), statement.decode()],
            env={"PYTHONPATH": str(Path(servanda.__file__).parents[1])}, cwd="/", capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-1500:]
    for name in ("mail-gate", "postfix"):
        node.running.start(name)
    node.tell(mailbox("agent@alma.test"))
    node.arrive("agent@alma.test", "to the agent's row")
    node.wait_for("agent@alma.test", "to the agent's row")
    assert Places(node.layout).key("agents.test", "sv1").stat().st_gid == node.layout.accounts.gate
