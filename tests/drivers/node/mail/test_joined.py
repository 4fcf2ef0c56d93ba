"""Mail together with the rest of the node: the node's own certificate, and the right of a site to send."""

import imaplib
import json
import socket
import ssl
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from servanda.drivers.node import Broken, Converger, Plain, VerbRefused
from servanda.drivers.node.files import folder
from servanda.drivers.node.mail import SitesWithMail, WithMail
from servanda.drivers.node.mail.of_sites import sender_of
from servanda.drivers.node.mail.places import Places
from servanda.drivers.node.web import sendmail
from servanda.ground.nodes.kinds.certificates import Certificate
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import Difference, Wanted
from tests.drivers.node.mail.conftest import ALMA, BIRK, MailNode, _until, domain, mailbox

HOST = "mail.node.test"


class Settled:
    """The converger of another part, which has done its own work: all that is looked at here is what mail does beside it."""

    def __init__(self, kind: type[Wanted]) -> None:
        self.kinds: tuple[type[Wanted], ...] = (kind,)

    def settle(self, wanted: Wanted, before: Wanted | None) -> Mapping[str, Plain]:
        return {"own": True}

    def look(self, wanted: Wanted) -> Sequence[Difference]:
        return ()


def issue(at: Path, host: str, *, key_of: ec.EllipticCurvePrivateKey | None = None) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]), datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    at.mkdir(parents=True, exist_ok=True)
    secret = (key_of or key).private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (at / "key.pem").write_bytes(secret)
    (at / "cert.pem").write_bytes(made.public_bytes(pem))
    return made.public_bytes(serialization.Encoding.DER)


def shown_by_imap(node: MailNode) -> bytes:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", node.layout.ports.imap), timeout=10) as line,
        context.wrap_socket(line) as shut,
    ):
        return shut.getpeercert(binary_form=True) or b""


def shown_by_submission(node: MailNode) -> bytes:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    import smtplib

    with smtplib.SMTP("127.0.0.1", node.layout.ports.submission, timeout=20) as line:
        line.starttls(context=context)
        assert isinstance(line.sock, ssl.SSLSocket)
        return line.sock.getpeercert(binary_form=True) or b""


def test_mail_answers_with_the_nodes_own_certificate_once_it_is_there(node: MailNode) -> None:
    own = Certificate(name="own", names=(HOST,))
    node.book.told[own.key] = own
    converger = WithMail(Settled(Certificate), node.layout, node.book)
    before = shown_by_imap(node)
    at = node.layout.tls / HOST
    first = issue(at, HOST)
    assert before != first
    assert [one.code for one in converger.look(own)] == ["mail.certificate-old"]
    assert converger.settle(own, None) == {"own": True}
    assert converger.look(own) == ()
    _until(lambda: shown_by_imap(node) == first, 10, "IMAP shows the new certificate")
    _until(lambda: shown_by_submission(node) == first, 10, "submission shows the new certificate")
    assert node.book.do("mail.certificate", own.key) == {"is_new": False}
    issue(at, HOST, key_of=ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(Broken, match="not for"):
        converger.settle(own, own)
    issue(at, "other.test")
    with pytest.raises(Broken, match="not for"):
        converger.settle(own, own)
    (at / "key.pem").unlink()
    (at / "key.pem").symlink_to("/etc/shadow")
    with pytest.raises(Exception, match="cannot be read"):
        converger.settle(own, own)
    assert shown_by_imap(node) == first


def test_another_names_certificate_is_not_mails(node: MailNode) -> None:
    other = Certificate(name="other", names=("other.test",))
    node.book.told[other.key] = other
    assert WithMail(Settled(Certificate), node.layout, node.book).settle(other, None) == {"own": True}
    with pytest.raises(VerbRefused):
        node.book.do("mail.certificate", other.key)


def web_of(node: MailNode, site: Site) -> Converger:
    home = node.layout.site(site.site)
    for path in (node.layout.sites, home, node.layout.web, node.layout.web / str(site.site)):
        folder(path, mode=0o711)
    folder(home / "private", mode=0o700, owner=site.tenant, group=site.tenant)
    return SitesWithMail(Settled(Site), node.layout, node.book, node.book)


def test_a_site_sends_by_its_own_login_which_opens_and_takes_nothing(node: MailNode) -> None:
    site = Site(site=17, tenant=ALMA, names=("shop.sender.test",))
    web = web_of(node, site)
    node.book.told[site.key] = site
    web.settle(site, None)
    assert web.look(site) == ()  # no domain, no right
    node.tell(domain("sender.test"))
    assert [one.wanted for one in web.look(site)] == ["site-17@sender.test"]
    web.settle(site, None)
    assert web.look(site) == ()
    file = node.layout.site(17) / "private" / "mail.json"
    assert (file.stat().st_uid, file.stat().st_mode & 0o777) == (ALMA, 0o600)
    told = json.loads(file.read_text())
    before = len(node.sink.taken)
    assert sendmail.main([str(file), "-t"], b"To: cora@elsewhere.test\nSubject: order\n\nThanks\n") == 0
    node.sink.wait(before + 1)
    assert node.sink.taken[-1][1] == "site-17@sender.test"
    with pytest.raises(imaplib.IMAP4.error):
        node.imap(told["user"], told["password"])
    with node.smtp() as line:
        line.mail("cora@elsewhere.test")
        assert line.rcpt("site-17@sender.test")[0] == 550
    with node.submission(told["user"], told["password"]) as line:
        line.mail("alma@alma.test")
        assert line.rcpt("cora@elsewhere.test")[0] == 553  # another's address
    word = told["password"]
    file.unlink()
    node.book.do("mail.site-word", site.key)
    assert json.loads(file.read_text())["password"] == word  # a copy that is given back holds the right one
    gone = Site(site=17, tenant=ALMA, names=("shop.sender.test",), state="quarantined")
    web.settle(gone, site)
    with pytest.raises(Exception, match=r"535|authentication"):
        node.submission(told["user"], word)


def test_a_site_sends_only_by_a_proven_domain_of_its_own_tenant_and_never_as_a_mailbox(node: MailNode) -> None:
    site = Site(site=18, tenant=ALMA, names=("www.deep.two.test", "other.test"))
    assert sender_of(site, [domain("two.test"), domain("deep.two.test"), domain("wo.test")]) == "site-18@deep.two.test"
    assert sender_of(site, [domain("two.test", BIRK), domain("other.test", is_proven=False)]) == ""
    web = web_of(node, site)
    node.book.told[site.key] = site
    node.tell(domain("two.test"), mailbox("site-18@two.test"))
    assert web.look(site) == ()
    web.settle(site, None)
    assert not (node.layout.site(18) / "private" / "mail.json").exists()
    assert Places(node.layout).maps.exists()
