"""A mailbox that moves in over IMAP from another server; the other server is a second Dovecot of the same node."""

import imaplib
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address

import pytest

from servanda.drivers.node import Broken, NotNow
from servanda.drivers.node.mail import MailImports
from servanda.drivers.node.mail.imap_in import Folder, _folders, known_by, our_name
from servanda.drivers.node.mail.places import Places
from servanda.drivers.node.mail.reaching import is_public, resolved
from servanda.ground.nodes.kinds.mail import MailImport
from servanda.ground.nodes.wanted import ErrandNews
from tests.drivers.node.mail.conftest import PASSWORD, MailNode, domain, mailbox

ERRAND = "a" * 32


def errand(address: str, *, login: str, host: str = "localhost.test") -> MailImport:
    local, _, name = address.partition("@")
    return MailImport(
        errand=ERRAND, local=local, domain=name, tenant=200_101, host=host, login=login,
        not_after=datetime.now(UTC) + timedelta(hours=1),
    )  # fmt: skip


def fill(
    link: imaplib.IMAP4, folder: str, subject: str, flags: str = "", date: str = '"05-Mar-2019 10:11:12 +0100"'
) -> None:
    made = EmailMessage()
    made["From"], made["Subject"], made["Message-ID"] = "old@far-away.test", subject, "<the-same@far-away.test>"
    made.set_content("kept for years\n" * 3)
    link.create(folder)
    assert link.append(folder, flags, date, made.as_bytes())[0] == "OK"


def contents(node: MailNode, login: str) -> dict[str, list[tuple[str, str, str]]]:
    """Return folder → (subject, date, flags) of a mailbox."""
    link, found = node.imap(login), {}
    for folder in _folders(link):
        link.select(f'"{folder.theirs.decode()}"', readonly=True)
        _, numbers = link.search(None, "ALL")
        rows = []
        for number in numbers[0].split():
            _, got = link.fetch(number.decode(), "(FLAGS INTERNALDATE BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
            facts, header = got[0][0].decode(), got[0][1].decode()
            date = facts.split('INTERNALDATE "')[1].split('"')[0]
            flags = facts.split("FLAGS (")[1].split(")")[0].replace("\\Recent", "").strip()
            rows.append((header.partition(":")[2].strip(), date, " ".join(sorted(flags.split()))))
        found[folder.theirs.decode()] = sorted(rows)
    link.logout()
    return found


def imports(node: MailNode, monkeypatch: pytest.MonkeyPatch) -> MailImports:
    """Return the errand as it runs on a node, but allowed to reach this machine under the name in its certificate.

    A password that a test before this one gave, and that was not used up, is taken away.
    """
    import socket

    (node.layout.inbox / f"{ERRAND}.password").unlink(missing_ok=True)
    real = socket.getaddrinfo

    def looked_up(host: str, *rest: object, **more: object) -> object:
        return real("127.0.0.1" if host in ("localhost.test", "mail.node.test") else host, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    trusted = str(Places(node.layout).certificate / "cert.pem")
    return MailImports(node.layout, may_reach=lambda one: True, port=node.layout.ports.imap, trusted=trusted)


def give_password(node: MailNode, password: str = PASSWORD) -> None:
    node.layout.inbox.mkdir(exist_ok=True)
    (node.layout.inbox / f"{ERRAND}.password").write_text(password + "\n")


def test_folders_dates_and_flags_come_along_and_once_only(node: MailNode, monkeypatch: pytest.MonkeyPatch) -> None:
    node.tell(domain("in.test"), mailbox("old@in.test"), mailbox("new@in.test"))
    link = node.imap("old@in.test")
    fill(link, "INBOX", "read", r"(\Seen \Answered)")
    fill(link, "INBOX", "twin", r"(\Flagged $Forwarded)")
    fill(link, "INBOX", "twin")
    fill(link, "Projects.2019", "deep")
    fill(link, "Sent", "sent", r"(\Seen)", '"31-Dec-2020 23:59:59 +0000"')
    link.logout()
    ran, told = imports(node, monkeypatch), list[ErrandNews]()
    give_password(node)
    wanted = errand("new@in.test", login="old@in.test", host="mail.node.test")
    ran.run(wanted, told.append)
    assert told[-1].state == "done"
    assert told[-1].result["messages"] == 5
    assert contents(node, "new@in.test") == contents(node, "old@in.test")
    assert not (node.layout.inbox / f"{ERRAND}.password").exists()

    give_password(node)
    ran.run(wanted, told.append)
    assert (told[-1].result["messages"], told[-1].result["known"]) == (0, 5)

    link = node.imap("new@in.test")
    link.select("INBOX")
    link.store("1", "+FLAGS", r"(\Deleted)")
    link.expunge()
    link.logout()
    give_password(node)
    ran.run(wanted, told.append)
    assert told[-1].result["messages"] == 1
    assert contents(node, "new@in.test") == contents(node, "old@in.test")


def test_a_full_mailbox_and_a_wrong_password_are_told(node: MailNode, monkeypatch: pytest.MonkeyPatch) -> None:
    node.tell(domain("full.test"), mailbox("old@full.test"), mailbox("new@full.test", quota_bytes=20))
    link = node.imap("old@full.test")
    fill(link, "INBOX", "much")
    link.logout()
    ran = imports(node, monkeypatch)
    wanted = errand("new@full.test", login="old@full.test", host="mail.node.test")
    with pytest.raises(Broken, match="has not come in"):
        ran.run(wanted, lambda one: None)
    give_password(node, "wrong")
    with pytest.raises(Broken, match="login was refused"):
        ran.run(wanted, lambda one: None)
    give_password(node)
    with pytest.raises(Broken, match=r"not taken: .*[Qq]uota"):
        ran.run(wanted, lambda one: None)


def test_a_server_with_another_name_in_its_certificate_is_not_trusted(
    node: MailNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    node.tell(mailbox("pinned@alma.test"))
    ran = imports(node, monkeypatch)
    give_password(node)
    with pytest.raises(NotNow, match="certificate"):
        ran.run(errand("pinned@alma.test", login="x", host="localhost.test"), lambda one: None)


def test_the_agents_password_opens_mailboxes_from_this_machine_only(node: MailNode) -> None:
    path = Places(node.layout).master_password
    assert (path.stat().st_mode & 0o777, path.stat().st_uid) == (0o400, node.layout.accounts.agent)
    node.imap("alma@alma.test*import", path.read_text()).logout()
    assert "allow_nets=127.0.0.0/8" in (Places(node.layout).dovecot / "master").read_text()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "192.0.2.1", "198.18.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::1", "2001:0:1::1",
        "2001:db8::1", "fec0::1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_never_reached(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2a00:1450:4001:81c::200e", "130.225.20.9"])
def test_public_addresses_are(address: str) -> None:
    assert is_public(ip_address(address))


def test_one_bad_address_among_good_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    answers = [(2, 1, 6, "", ("8.8.8.8", 993)), (2, 1, 6, "", ("169.254.169.254", 993))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *rest, **more: answers)
    with pytest.raises(Broken, match=r"leads to 169\.254\.169\.254"):
        resolved("mail.rebinding.test", 993)


class Listing:
    """The answer of a server to LIST, in the shapes that servers give."""

    def list(self) -> tuple[str, list[object]]:
        return "OK", [
            rb'(\HasNoChildren) "/" "INBOX"',
            rb'(\HasNoChildren \Sent) "/" "[Gmail]/Sendt post"',
            rb'(\All \HasNoChildren) "/" "[Gmail]/All Mail"',
            rb'(\Noselect) "/" "[Gmail]"',
            rb'() "." INBOX.Kunder.A',
            rb'() "/" "a \"quoted\" v1.2"',
            (rb'() "/" {7}', b"literal"),
            b"garbage",
            rb'() NIL "flat"',
            b'() "/" "b\x00d"',
        ]


def test_folders_get_names_that_exist_here() -> None:
    assert list(_folders(Listing())) == [  # type: ignore[arg-type]
        Folder(b"INBOX", b"INBOX", False), Folder(b"[Gmail]/Sendt post", b"Sent", False),
        Folder(b"[Gmail]/All Mail", b"Archive", True), Folder(b"INBOX.Kunder.A", b"Kunder.A", False),
        Folder(b'a "quoted" v1.2', b'a "quoted" v1_2', False), Folder(b"literal", b"literal", False),
        Folder(b"flat", b"flat", False),
    ]  # fmt: skip
    assert our_name(b"INBOX/INBOX", b"/") == b"INBOX"


def test_a_message_is_known_by_its_header_whatever_the_line_ends() -> None:
    assert known_by(b"A: 1\r\nB: 2\r\n\r\n") == known_by(b"A: 1\nB: 2\n") != known_by(b"A: 1\nB: 3\n")
