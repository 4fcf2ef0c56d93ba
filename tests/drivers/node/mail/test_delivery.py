"""Mail that comes in and goes out, on the real daemons."""

import smtplib

import pytest

from tests.drivers.node.mail.conftest import ALMA, BIRK, MailNode, alias, domain, mailbox


def test_mail_that_arrives_is_read_over_imap(node: MailNode) -> None:
    node.arrive("alma@alma.test", "the first")
    node.wait_for("alma@alma.test", "the first")
    folder = node.layout.mail / "alma.test" / "alma"
    assert (folder.stat().st_uid, folder.stat().st_mode & 0o777) == (ALMA, 0o700)
    assert {one.stat().st_uid for one in folder.rglob("*")} == {ALMA}
