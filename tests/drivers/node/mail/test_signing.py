"""DKIM: keys are made on the node, every message that goes out is signed, and dkimpy says that it holds."""

from email import message_from_bytes

import dkim

from servanda.drivers.node.mail.places import Places
from tests.drivers.node.mail.conftest import MailNode, domain, mailbox


def verified(content: bytes, records: dict[str, str]) -> bool:
    def looked_up(name: bytes, timeout: int = 5) -> bytes | None:
        found = records.get(name.decode().rstrip("."))
        return found.encode() if found else None

    return bool(dkim.verify(content, dnsfunc=looked_up))


def sent(node: MailNode, login: str, text: str = "") -> bytes:
    count = len(node.sink.taken)
    node.send(login, "friend@far-away.test", "æøå and a long subject " * 6, text)
    node.sink.wait(count + 1)
    return node.sink.taken[-1][3]


def test_what_goes_out_is_signed_for_its_domain(node: MailNode) -> None:
    facts = node.tell(domain("signed.test"))
    node.tell(mailbox("a@signed.test"))
    content = sent(node, "a@signed.test", "Linie eins\n\n..dots\n  blanks   \n\n\n")
    assert verified(content, {facts["dkim_name"]: facts["dkim_record"]})
    assert "d=signed.test" in str(message_from_bytes(content)["DKIM-Signature"])
    assert not verified(content.replace(b"dots", b"d0ts"), {facts["dkim_name"]: facts["dkim_record"]})
    assert not verified(b"From: evil@far-away.test\r\n" + content, {facts["dkim_name"]: facts["dkim_record"]})


def test_the_private_key_stays_and_the_public_one_is_told(node: MailNode) -> None:
    facts = node.tell(domain("private.test"))
    path = Places(node.layout).key("private.test", "sv1")
    assert path.stat().st_mode & 0o777 == 0o640
    assert path.stat().st_gid == node.layout.accounts.gate
    assert "PRIVATE" not in str(facts)
    assert facts["dkim_record"].startswith("v=DKIM1; k=rsa; p=MII")
    assert facts["spf_record"] == "v=spf1 mx a:mail.node.test ~all"
    assert facts["dmarc_record"].startswith("v=DMARC1; p=")
    assert node.tell(domain("private.test")) == facts


def test_a_key_is_changed_without_a_message_that_cannot_be_verified(node: MailNode) -> None:
    first = node.tell(domain("turn.test"))
    node.tell(mailbox("a@turn.test"))
    both = node.tell(domain("turn.test", dkim_next="sv2"))
    assert both["dkim_record"] == first["dkim_record"]
    assert "s=sv1" in str(message_from_bytes(sent(node, "a@turn.test"))["DKIM-Signature"])
    after = node.tell(domain("turn.test", dkim_selector="sv2"))
    assert (after["dkim_name"], after["dkim_record"]) == (both["dkim_next_name"], both["dkim_next_record"])
    assert verified(sent(node, "a@turn.test"), {after["dkim_name"]: after["dkim_record"]})
    assert not Places(node.layout).key("turn.test", "sv1").exists()


def test_a_missing_key_is_found_and_mended(node: MailNode) -> None:
    wanted = domain("keyless.test")
    node.tell(wanted)
    Places(node.layout).key("keyless.test", "sv1").unlink()
    assert [one.code for one in node.converger.look(wanted)] == ["mail.key-missing"]
    node.tell(wanted)
