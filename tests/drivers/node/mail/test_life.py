"""What becomes of a mailbox: held for each cause, released, quarantined, taken back, purged; and drift."""

import imaplib
import os

import pytest

from servanda.drivers.node import Broken, VerbRefused
from servanda.drivers.node.mail import maps
from servanda.drivers.node.mail.places import Places
from servanda.drivers.node.mail.verbs import away_of
from servanda.ground.nodes.kinds.base import Cause
from tests.drivers.node.mail.conftest import BIRK, MailNode, domain, hold, mailbox
from tests.drivers.node.mail.test_delivery import answer_to, refused


def served(node: MailNode) -> bytes:
    """Return all rows that are served, as one text, to compare before and after."""
    with maps.opened(Places(node.layout).maps) as link:
        return "\n".join(link.iterdump()).encode()


@pytest.mark.clause("safeit-049")
@pytest.mark.parametrize("scope", ["mailbox", "domain"])
@pytest.mark.parametrize(
    ("cause", "receives", "reads", "sends"),
    [
        ("payment", True, False, False), ("abuse", True, False, False), ("breach", True, False, False),
        ("customer", True, False, False), ("load", False, True, False), ("capacity", False, True, True),
    ],
)  # fmt: skip
def test_a_hold_stops_what_its_cause_says_and_a_release_is_an_identity(
    node: MailNode, cause: Cause, receives: bool, reads: bool, sends: bool, scope: str
) -> None:
    name = f"{cause}-{scope}.test"
    node.tell(domain(name), mailbox(f"a@{name}"))
    before, done = served(node), len(node.book.done)
    node.tell(domain(name, holds=(hold(cause),)) if scope == "domain" else mailbox(f"a@{name}", holds=(hold(cause),)))
    assert answer_to(node, f"a@{name}")[0] == (250 if receives else 450)
    if reads:
        node.imap(f"a@{name}").logout()
    else:
        with pytest.raises(
            imaplib.IMAP4.error, match=r"The mailbox is held: Noerre Hosting, s\. 7\.2 Betaling: https://my"
        ):
            node.imap(f"a@{name}")
    if sends:
        count = len(node.sink.taken)
        node.send(f"a@{name}", "x@far-away.test")
        node.sink.wait(count + 1)
    else:
        code, text = refused(node, f"a@{name}", "x@far-away.test")
        assert code == (450 if cause == "load" else 554)
        assert "Noerre Hosting, s. 7.2 Betaling: https://my.test/pay" in text
    if receives:
        node.arrive(f"a@{name}", "while held")
    node.tell(domain(name), mailbox(f"a@{name}"))
    assert served(node) == before
    assert "mail.reload" not in node.book.done[done:]
    if receives:
        node.wait_for(f"a@{name}", "while held")


def test_a_hold_ends_the_sessions_that_are_open(node: MailNode) -> None:
    node.tell(domain("open.test"), mailbox("a@open.test"))
    link = node.imap("a@open.test")
    link.select("INBOX")
    node.tell(mailbox("a@open.test", holds=(hold("payment"),)))
    with pytest.raises((imaplib.IMAP4.error, OSError)):
        _ask_until_it_ends(link)
    link.shutdown()


def _ask_until_it_ends(link: imaplib.IMAP4) -> None:
    for _ in range(50):
        link.noop()


def test_two_holds_lift_one_by_one(node: MailNode) -> None:
    node.tell(domain("twice.test"), mailbox("a@twice.test", holds=(hold("payment"), hold("capacity"))))
    assert answer_to(node, "a@twice.test")[0] == 450
    node.tell(mailbox("a@twice.test", holds=(hold("payment"),)))
    assert answer_to(node, "a@twice.test")[0] == 250
    with pytest.raises(imaplib.IMAP4.error):
        node.imap("a@twice.test")
    node.tell(mailbox("a@twice.test"))
    node.imap("a@twice.test").logout()


def test_a_mailbox_goes_to_quarantine_and_comes_back_whole(node: MailNode) -> None:
    node.tell(domain("back.test"), mailbox("a@back.test"))
    node.arrive("a@back.test", "kept through it")
    node.wait_for("a@back.test", "kept through it")
    live = Places(node.layout).mailbox("back.test", "a")
    before = {str(one.relative_to(live)) for one in live.rglob("*") if one.is_file() and "dovecot" not in one.name}
    node.tell(mailbox("a@back.test", state="quarantined"))
    assert not live.exists()
    assert answer_to(node, "a@back.test")[0] == 550
    with pytest.raises(imaplib.IMAP4.error):
        node.imap("a@back.test")
    node.tell(mailbox("a@back.test"))
    after = {str(one.relative_to(live)) for one in live.rglob("*") if one.is_file() and "dovecot" not in one.name}
    assert after == before
    assert node.subjects("a@back.test") == ["kept through it"]


def test_a_domain_goes_and_comes_back_with_all_its_mailboxes(node: MailNode) -> None:
    node.tell(domain("all.test"), mailbox("a@all.test"), mailbox("b@all.test"))
    node.arrive("b@all.test", "of the domain")
    node.wait_for("b@all.test", "of the domain")
    node.tell(domain("all.test", state="quarantined"))
    assert answer_to(node, "b@all.test")[0] == 554
    assert not Places(node.layout).domain("all.test").exists()
    node.tell(domain("all.test"))
    assert node.subjects("b@all.test") == ["of the domain"]


def test_a_purge_erases_as_the_tenant_and_says_what(node: MailNode) -> None:
    node.tell(domain("gone.test"), mailbox("a@gone.test"), mailbox("b@gone.test"))
    for name in ("a", "b"):
        node.arrive(f"{name}@gone.test", "to be erased")
        node.wait_for(f"{name}@gone.test", "to be erased")
    outside = node.layout.root / "outside"
    outside.write_text("not the tenant's")
    trap = Places(node.layout).mailbox("gone.test", "a") / "Maildir" / "trap"
    trap.symlink_to(node.layout.root)
    os.chown(trap, 200_101, 200_101, follow_symlinks=False)
    node.tell(mailbox("a@gone.test", state="quarantined"))
    facts = node.tell(mailbox("a@gone.test", state="purged"))
    assert facts["erased_files"] > 1
    assert facts["erased_bytes"] > 100
    assert outside.read_text() == "not the tenant's"
    assert node.tell(mailbox("a@gone.test", state="purged")) == facts
    node.tell(domain("gone.test", state="quarantined"))
    facts = node.tell(domain("gone.test", state="purged"))
    assert facts["erased_files"] > 1
    assert not away_of(node.layout, domain("gone.test")).exists()
    assert not list(Places(node.layout).keys.glob("gone.test.*"))


def test_nothing_is_purged_that_is_not_in_quarantine(node: MailNode) -> None:
    node.tell(domain("direct.test"), mailbox("a@direct.test"))
    with pytest.raises(Broken, match="must be quarantined before"):
        node.tell(mailbox("a@direct.test", state="purged"))
    assert Places(node.layout).mailbox("direct.test", "a").is_dir()


def test_without_a_leave_nothing_is_moved(node: MailNode) -> None:
    node.tell(domain("leave.test"), mailbox("a@leave.test"))
    node.book.told["mailbox/a@leave.test"] = mailbox("a@leave.test", state="quarantined")
    node.book.warrants.pop("mailbox/a@leave.test", None)
    with pytest.raises(VerbRefused):
        node.converger.settle(mailbox("a@leave.test", state="quarantined"), mailbox("a@leave.test"))
    assert Places(node.layout).mailbox("leave.test", "a").is_dir()


def test_what_is_in_quarantine_never_goes_to_another_tenant(node: MailNode) -> None:
    node.tell(domain("sold.test"), mailbox("a@sold.test"))
    node.tell(mailbox("a@sold.test", state="quarantined"))
    node.tell(domain("sold.test", BIRK))
    with pytest.raises(Broken, match="another tenant's"):
        node.tell(mailbox("a@sold.test", BIRK))


def test_drift_is_found_and_mended(node: MailNode) -> None:
    wanted = mailbox("a@drift.test")
    node.tell(domain("drift.test"), wanted)
    places = Places(node.layout)

    def codes() -> list[str]:
        return [one.code for one in node.converger.look(wanted)]

    with maps.opened(places.maps) as link:
        link.execute("UPDATE mailbox SET sending='REJECT' WHERE address='a@drift.test'")
    assert codes() == ["mail.row-differs"]
    node.tell(wanted)
    with maps.opened(places.logins, schema="") as link:
        link.execute("UPDATE mailbox SET password='x' WHERE address='a@drift.test'")
    (found,) = node.converger.look(wanted)
    assert (found.code, found.wanted, found.found) == ("mail.login-differs", "password", "")
    node.tell(wanted)
    os.chown(places.mailbox("drift.test", "a"), 0, 0)
    assert codes() == ["mail.folder-owner"]
    node.tell(wanted)
    places.mailbox("drift.test", "a").chmod(0o755)
    assert codes() == ["mail.folder-mode"]
    node.tell(wanted)
    places.mailbox("drift.test", "a").rmdir()
    assert codes() == ["mail.folder-missing"]
    node.tell(wanted)
    with maps.opened(places.maps) as link:
        link.execute("DELETE FROM domain WHERE name='drift.test'")
    assert [one.code for one in node.converger.look(domain("drift.test"))] == ["mail.row-missing"]
    node.tell(domain("drift.test"))
