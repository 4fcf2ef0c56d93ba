"""Mail's folders, secrets and configuration, and the three daemons: the gate, Dovecot and Postfix."""

import os
import pwd
import secrets
import socket
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bcrypt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import servanda
from servanda.drivers.node import Daemon
from servanda.drivers.node.commands import program, run
from servanda.drivers.node.files import folder, write
from servanda.drivers.node.layout import Layout
from servanda.drivers.node.mail import acls, dovecot, logins, maps, postfix
from servanda.drivers.node.mail.places import Places

_STAND_IN_DAYS = 3650
# Postfix's own master rather than `postfix start-fg`: a shell would stand between it and whoever stops it.
_MASTER = "/usr/lib/postfix/sbin/master"


def prepare(layout: Layout) -> None:
    """Make what the daemons need, as root. May be called again at any time: what is there stays."""
    places = Places(layout)
    _folders(layout, places)
    _rows(layout, places)
    _stand_in_certificate(layout, places)
    for name, text in postfix.files(layout).items():
        write(places.postfix / name, text, mode=0o644)
    reader = pwd.getpwnam("dovecot").pw_gid  # its process that asks the rows has no root
    for name, text in dovecot.files(layout, master_hash=_master_hash(layout, places)).items():
        write(places.dovecot / name, text, mode=0o640, owner=0, group=reader)
    run("postfix", "-c", str(places.postfix), "check")  # makes the folders of the queue
    forget_dead_master(layout.run / "dovecot" / "master.pid")


def forget_dead_master(file: Path) -> None:
    """Remove Dovecot's note of a master that is gone.

    A node that was cut off leaves it, and in the next one's own process space another process may have that number: Dovecot
    then takes it for itself and does not start.
    """
    try:
        number = int(file.read_text(encoding="ascii"))
        name = Path(f"/proc/{number}/comm").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        name = ""
    if name != "dovecot":
        file.unlink(missing_ok=True)


def daemons(layout: Layout) -> Sequence[Daemon]:
    """Return the processes of mail, in the order in which they start."""
    places = Places(layout)
    gate = Daemon(
        name="mail-gate",
        argv=_gate_words(layout, places),
        ready=_answers_at(places.sockets / "policy"),
        environment={"PYTHONPATH": str(Path(servanda.__file__).parents[1])},
        reload=None,
        writable=(places.counts.parent, places.maps.parent, places.sockets),
        capabilities=("CAP_SETUID", "CAP_SETGID", "CAP_CHOWN", "CAP_DAC_OVERRIDE"),
    )
    boxes = Daemon(
        name="dovecot",
        argv=[program("dovecot"), "-F", "-c", str(places.dovecot / "dovecot.conf")],
        ready=_answers_at(places.sockets / "lmtp"),
        writable=(layout.mail, layout.run, layout.log, layout.data / "dovecot", places.logins.parent),
        capabilities=(
            "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_SETGID", "CAP_SETUID",
            "CAP_SYS_CHROOT", "CAP_SYS_RESOURCE", "CAP_FOWNER",
        ),
    )  # fmt: skip
    post = Daemon(
        name="postfix",
        argv=[_MASTER, "-c", str(places.postfix), "-s"],
        ready=_listens(layout.address, layout.ports.smtp),
        after=("mail-gate", "dovecot"),
        writable=(layout.data, layout.log, layout.run),
        capabilities=(
            "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_SETGID", "CAP_SETUID",
            "CAP_FOWNER",
        ),
    )  # fmt: skip
    return (gate, boxes, post)


def _gate_words(layout: Layout, places: Places) -> list[str]:
    return [
        sys.executable, "-m", "servanda.drivers.node.mail.gate",
        "--maps", str(places.maps), "--counts", str(places.counts), "--keys", str(places.keys),
        "--policy", str(places.sockets / "policy"), "--milter", str(places.sockets / "milter"),
        "--user", str(layout.accounts.gate),
    ]  # fmt: skip


def _folders(layout: Layout, places: Places) -> None:
    agent, gate = layout.accounts.agent, layout.accounts.gate
    account = pwd.getpwnam(layout.accounts.post)
    for path in (layout.etc, layout.data, layout.run, layout.log, layout.mail):
        folder(path, mode=0o711)
    folder(layout.quarantine, mode=0o700)
    folder(layout.secrets, mode=0o700, owner=agent, group=agent)
    folder(places.postfix, mode=0o755)
    folder(places.dovecot, mode=0o755)
    folder(layout.data / "postqueue", mode=0o755)
    folder(layout.data / "postfix", mode=0o700, owner=account.pw_uid, group=account.pw_gid)
    folder(layout.data / "dovecot", mode=0o755)
    folder(layout.run / "dovecot", mode=0o755)
    folder(places.sockets, mode=0o710, owner=0, group=account.pw_gid)
    folder(places.certificate, mode=0o755)
    folder(places.keys, mode=0o2750, owner=agent, group=gate)
    folder(places.logins.parent, mode=0o700, owner=agent, group=agent)
    folder(places.maps.parent, mode=0o2770, owner=agent, group=account.pw_gid)
    acls.share(places.maps.parent, users=(agent, gate, account.pw_uid))
    folder(places.counts.parent, mode=0o2770, owner=gate, group=gate)
    acls.share(places.counts.parent, users=(agent, gate))


def _rows(layout: Layout, places: Places) -> None:
    """Make the files of rows before a daemon does, so that their owners are right from the start."""
    agent, gate = layout.accounts.agent, layout.accounts.gate
    post = pwd.getpwnam(layout.accounts.post)
    for path, owner, schema in ((places.maps, agent, maps.SCHEMA), (places.logins, agent, logins.SCHEMA)):
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o660))
            os.chown(path, owner, post.pw_gid if path == places.maps else agent)
        maps.connect(path, schema=schema).close()
    acls.share_file(places.maps, users=(agent, gate, post.pw_uid))
    os.chmod(places.logins, 0o600)


def _stand_in_certificate(layout: Layout, places: Places) -> None:
    """Make a self-signed certificate where there is none, so that mail starts before the node's own one was issued."""
    if (places.certificate / "cert.pem").exists() and (places.certificate / "key.pem").exists():
        return
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, layout.host_name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=_STAND_IN_DAYS))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(layout.host_name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )  # fmt: skip
    write(places.certificate / "key.pem", private, mode=0o600)
    write(places.certificate / "cert.pem", certificate.public_bytes(serialization.Encoding.PEM), mode=0o644)


def _master_hash(layout: Layout, places: Places) -> str:
    """Return the hash that stands in Dovecot's file, made anew only with a new password."""
    path, master = places.master_password, places.dovecot / "master"
    if path.exists() and master.exists():
        return master.read_text().split("{BLF-CRYPT}")[1].split(":")[0]
    password = secrets.token_urlsafe(32)
    write(path, password, mode=0o400, owner=layout.accounts.agent, group=layout.accounts.agent)
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(6)).decode()


def _listens(address: str, port: int) -> Callable[[], bool]:
    def ready() -> bool:
        try:
            with socket.create_connection((address, port), timeout=0.5) as link:
                link.settimeout(0.9)
                return link.recv(3) == b"220"
        except OSError:
            return False

    return ready


def _answers_at(path: Path) -> Callable[[], bool]:
    def ready() -> bool:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(0.5)
            try:
                link.connect(str(path))
            except OSError:
                return False
            return True

    return ready
