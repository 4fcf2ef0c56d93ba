"""Mail that comes in and goes out, on the real daemons."""

import smtplib
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from servanda.drivers.node import Broken
from servanda.ground.nodes.kinds.mail import OutboundBlock
from tests.drivers.node.mail.conftest import ALMA, BIRK, HASH, MailNode, alias, domain, hold, mailbox


def answer_to(node: MailNode, to: str, sender: str = "cora@elsewhere.test") -> tuple[int, str]:
    """Return what a stranger's server hears when it wants to deliver to an address."""
    with node.smtp() as link:
        link.mail(sender)
        code, text = link.rcpt(to)
    return code, text.decode()


def refused(node: MailNode, login: str, to: str | list[str], **values: str) -> tuple[int, str]:
    """Send, and return the refusal that must come."""
    with pytest.raises((smtplib.SMTPSenderRefused, smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)) as caught:
        node.send(login, to, **values)
    error: Any = caught.value
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
    else:
        code, text = error.smtp_code, error.smtp_error
    return code, text.decode() if isinstance(text, bytes) else str(text)


def test_mail_that_arrives_is_read_over_imap(node: MailNode) -> None:
    node.arrive("alma@alma.test", "the first")
    node.wait_for("alma@alma.test", "the first")
    folder = node.layout.mail / "alma.test" / "alma"
    assert (folder.stat().st_uid, folder.stat().st_mode & 0o777) == (ALMA, 0o700)
    assert {one.stat().st_uid for one in folder.rglob("*")} == {ALMA}


def test_an_unknown_address_is_refused(node: MailNode) -> None:
    code, text = answer_to(node, "nobody@alma.test")
    assert code == 550
    assert "User unknown" in text


def test_nothing_is_relayed_for_strangers(node: MailNode) -> None:
    code, text = answer_to(node, "someone@far-away.test")
    assert code == 554
    assert "Relay access denied" in text


def test_submission_needs_tls_and_a_login(node: MailNode) -> None:
    with smtplib.SMTP("127.0.0.1", node.layout.ports.submission, timeout=20) as link:
        link.ehlo()
        assert not link.has_extn("auth")
        assert link.mail("alma@alma.test")[0] == 530
    with smtplib.SMTP("127.0.0.1", node.layout.ports.smtp, timeout=20) as link:
        link.ehlo()
        assert not link.has_extn("auth")
    with pytest.raises(smtplib.SMTPAuthenticationError):
        node.submission("alma@alma.test", "wrong")


def test_mail_goes_out_through_submission(node: MailNode) -> None:
    count = len(node.sink.taken)
    node.send("alma@alma.test", "friend@far-away.test", "outwards")
    node.sink.wait(count + 1)
    greeting, sender, recipients, content = node.sink.taken[-1]
    assert (sender, recipients) == ("alma@alma.test", ("friend@far-away.test",))
    assert greeting == "mail.node.test"
    assert b"Subject: outwards" in content


@pytest.mark.parametrize("envelope", ["birk@birk.test", "anna@alma.test", "president@gmail.com", "nobody@alma.test"])
def test_who_is_logged_in_sends_as_no_one_else(node: MailNode, envelope: str) -> None:
    code, text = refused(node, "alma@alma.test", "friend@far-away.test", envelope=envelope)
    assert code == 553
    assert "not owned by user alma@alma.test" in text


@pytest.mark.parametrize(
    "header", ["birk@birk.test", "Birk <BIRK@Birk.Test>", "alma@alma.test, birk@birk.test", "ceo@gmail.com"]
)
def test_the_from_line_names_only_who_is_logged_in(node: MailNode, header: str) -> None:
    code, text = refused(node, "alma@alma.test", "friend@far-away.test", header=header)
    assert code == 550
    assert "From" in text


def test_a_mailbox_sends_as_what_it_was_given_within_its_tenant(node: MailNode) -> None:
    node.tell(mailbox("sales@alma.test", may_send_as=("post@alma.test", "birk@birk.test")))
    count = len(node.sink.taken)
    node.send("sales@alma.test", "friend@far-away.test", envelope="post@alma.test", header="post@alma.test")
    node.sink.wait(count + 1)
    code, _ = refused(node, "sales@alma.test", "friend@far-away.test", envelope="birk@birk.test")
    assert code == 553


def test_an_alias_leads_to_its_mailbox_which_may_send_as_it(node: MailNode) -> None:
    node.tell(alias("info@alma.test", "alma@alma.test"))
    node.arrive("info@alma.test", "by alias")
    node.wait_for("alma@alma.test", "by alias")
    count = len(node.sink.taken)
    node.send("alma@alma.test", "friend@far-away.test", envelope="info@alma.test", header="info@alma.test")
    node.sink.wait(count + 1)


def test_a_forward_goes_to_both_and_keeps_the_message_as_it_was(node: MailNode) -> None:
    node.tell(mailbox("both@alma.test"), alias("both@alma.test", "both@alma.test", "phone@far-away.test"))
    count = len(node.sink.taken)
    node.arrive("both@alma.test", "to both")
    node.sink.wait(count + 1)
    node.wait_for("both@alma.test", "to both")
    _, sender, recipients, content = node.sink.taken[-1]
    assert (sender, recipients) == ("cora@elsewhere.test", ("phone@far-away.test",))
    assert b"text of to both" in content


def test_a_catch_all_takes_what_no_mailbox_takes(node: MailNode) -> None:
    node.tell(domain("catch.test"), mailbox("own@catch.test"), mailbox("rest@catch.test"))
    node.tell(alias("@catch.test", "rest@catch.test"))
    node.arrive("anything@catch.test", "for the rest")
    node.wait_for("rest@catch.test", "for the rest")
    node.arrive("own@catch.test", "for its own")
    node.wait_for("own@catch.test", "for its own")
    assert "for its own" not in node.subjects("rest@catch.test")


def test_a_full_mailbox_is_refused_at_the_door(node: MailNode) -> None:
    node.tell(mailbox("small@alma.test", quota_bytes=2000))
    with node.smtp() as link:
        link.sendmail("cora@elsewhere.test", "small@alma.test", "Subject: fills\r\n\r\n" + "x" * 70 + "\r\n" * 10)
    node.wait_for("small@alma.test", "fills")
    node.tell(mailbox("small@alma.test", quota_bytes=10))
    assert answer_to(node, "small@alma.test") == (
        552,
        "5.2.2 <small@alma.test>: Recipient address rejected: Mailbox is full",
    )
    node.tell(mailbox("small@alma.test", quota_bytes=100_000))
    assert answer_to(node, "small@alma.test")[0] == 250


def test_changes_hold_for_the_next_message_without_a_reload(node: MailNode) -> None:
    reloads = node.book.done.count("mail.reload")
    with node.smtp() as link:
        link.mail("cora@elsewhere.test")
        assert link.rcpt("late@alma.test")[0] == 550
        node.tell(mailbox("late@alma.test"))
        assert link.rcpt("late@alma.test")[0] == 250
        link.rset()
        node.tell(mailbox("late@alma.test", state="quarantined"))
        link.mail("cora@elsewhere.test")
        assert link.rcpt("late@alma.test")[0] == 550
        node.tell(mailbox("late@alma.test", holds=(hold("load"),)))
        assert link.rcpt("late@alma.test")[0] == 450
    other = "another battery horse"
    import bcrypt

    node.tell(mailbox("late@alma.test", password_hash=bcrypt.hashpw(other.encode(), bcrypt.gensalt(4)).decode()))
    node.imap("late@alma.test", other).logout()
    assert node.book.done.count("mail.reload") == reloads


# --- blocks (simsoft-016..018) ---


@pytest.mark.clause("simsoft-017")
@pytest.mark.parametrize("scope", ["mailbox", "domain"])
def test_a_block_names_its_clause_and_leaves_receiving_alone(node: MailNode, scope: str) -> None:
    name = f"block-{scope}.test"
    block = OutboundBlock(clause="Simsoft § 3, spam")
    node.tell(domain(name), mailbox(f"a@{name}"))
    count = len(node.sink.taken)
    node.send(f"a@{name}", "friend@far-away.test")
    node.sink.wait(count + 1)
    if scope == "mailbox":
        node.tell(mailbox(f"a@{name}", outbound_block=block))
    else:
        node.tell(domain(name, outbound_block=block))
    code, text = refused(node, f"a@{name}", "friend@far-away.test")
    assert code == 554
    assert "Outgoing mail is blocked (Simsoft s. 3, spam)" in text
    node.arrive(f"a@{name}", "still comes in")
    node.wait_for(f"a@{name}", "still comes in")
    node.tell(domain(name), mailbox(f"a@{name}"))
    node.send(f"a@{name}", "friend@far-away.test")
    node.sink.wait(count + 2)


@pytest.mark.clause("simsoft-018")
def test_a_block_for_a_time_ends_by_itself_and_a_permanent_one_does_not(node: MailNode) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=4)
    node.tell(domain("timed.test"), mailbox("a@timed.test"), mailbox("b@timed.test"))
    node.tell(mailbox("a@timed.test", outbound_block=OutboundBlock(clause="§ 3", until=until)))
    node.tell(mailbox("b@timed.test", outbound_block=OutboundBlock(clause="§ 3")))
    _, text = refused(node, "a@timed.test", "friend@far-away.test")
    assert f"blocked until {until:%Y-%m-%dT%H:%M:%SZ}" in text
    while datetime.now(UTC) <= until:
        time.sleep(0.2)
    count = len(node.sink.taken)
    node.send("a@timed.test", "friend@far-away.test")
    node.sink.wait(count + 1)
    assert refused(node, "b@timed.test", "friend@far-away.test")[0] == 554


# --- domains ---


@pytest.mark.parametrize("name", ["gmail.com", "shop.birk.test", "co.uk", "node.test", "unproven.test"])
def test_an_unproven_domain_is_never_local(node: MailNode, name: str) -> None:
    node.tell(domain(name, ALMA, is_proven=False), mailbox(f"ceo@{name}"), alias(f"@{name}", f"ceo@{name}"))
    assert answer_to(node, f"ceo@{name}")[0] == 554
    count = len(node.sink.taken)
    node.send("birk@birk.test", f"ceo@{name}", "not for Alma")
    node.sink.wait(count + 1)
    assert node.sink.taken[-1][2] == (f"ceo@{name}",)
    assert refused(node, f"ceo@{name}", "friend@far-away.test")[0] == 553


@pytest.mark.parametrize("name", ["gmail.com", "co.uk", "node.test", "mail.node.test"])
def test_a_domain_of_everybody_is_parked_even_when_it_is_said_to_be_proven(node: MailNode, name: str) -> None:
    with pytest.raises(Broken, match="never delivered on this node"):
        node.tell(domain(name, ALMA))
    assert answer_to(node, f"ceo@{name}")[0] == 554


def test_a_mailbox_of_another_tenant_than_its_domain_is_parked(node: MailNode) -> None:
    with pytest.raises(Broken, match="not of the tenant"):
        node.tell(mailbox("spy@birk.test", ALMA))
    assert answer_to(node, "spy@birk.test")[0] == 550
    assert not (node.layout.mail / "birk.test" / "spy").exists()


def test_a_domain_that_is_proven_later_becomes_local_at_once(node: MailNode) -> None:
    node.tell(domain("later.test", BIRK, is_proven=False), mailbox("b@later.test", BIRK))
    with node.smtp() as link:
        link.mail("cora@elsewhere.test")
        assert link.rcpt("b@later.test")[0] == 554
    node.tell(domain("later.test", BIRK))
    time.sleep(0.5)  # Postfix takes the word to reload before it acts on it
    node.arrive("b@later.test", "now local")
    node.wait_for("b@later.test", "now local")
    assert HASH
