"""The processes that sites need: nginx, and the keeper of PHP. What they are told depends on the layout alone."""

import http.client
import pwd
import socket
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from servanda.drivers.node import Daemon, files, tenants
from servanda.drivers.node.commands import program
from servanda.drivers.node.layout import Layout
from servanda.drivers.node.web import egress, nginx, pages
from servanda.drivers.node.web.names import SELF_SIGNED

_KEEPER = Path(__file__).with_name("keeper.py")
_SENDMAIL = Path(__file__).with_name("sendmail.py")


def daemons(layout: Layout) -> Sequence[Daemon]:
    return (
        Daemon(
            name="php",
            argv=(
                sys.executable,
                "-I",
                "-S",
                str(_KEEPER),
                str(layout.root),
                *(str(number) for number in pwd.getpwnam(layout.accounts.web)[2:4]),
            ),
            ready=lambda: _keeper_answers(layout),
            before=egress.orders(layout),
            reload=None,
            writable=(layout.run, layout.sites),
            capabilities=(
                "CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_KILL",
                "CAP_FOWNER", "CAP_SYS_RESOURCE",
            ),
        ),
        Daemon(
            name="nginx",
            argv=(program("nginx"), "-c", str(layout.etc / "nginx" / "nginx.conf"), "-p", str(layout.run / "nginx")),
            ready=lambda: _nginx_answers(layout),
            writable=(layout.run, layout.log, layout.sites),
            capabilities=("CAP_NET_BIND_SERVICE", "CAP_SETUID", "CAP_SETGID", "CAP_CHOWN", "CAP_DAC_OVERRIDE"),
        ),
    )  # fmt: skip


def prepare(layout: Layout) -> None:
    """Write what the daemons read. May be called again at any time."""
    web = pwd.getpwnam(layout.accounts.web)
    tenants.prepare(layout)
    for path in (layout.sites, layout.hosts, layout.web, layout.moved, layout.programs, layout.run / "php"):
        files.folder(path, mode=0o711)
    for path in (layout.etc, layout.log):
        files.folder(path, mode=0o711)
    files.folder(layout.web / "nobody" / "htdocs", mode=0o755)  # what nginx looks into for a host that nobody has
    files.folder(layout.web / "nobody", mode=0o755)
    files.folder(layout.tls, mode=0o711)
    files.folder(layout.challenges, mode=0o755)
    files.folder(layout.quarantine, mode=0o700)
    files.folder(layout.etc / "nginx", mode=0o750)
    files.folder(layout.log / "nginx", mode=0o750, owner=web.pw_uid, group=0)
    files.folder(layout.run / "nginx", mode=0o711)
    for name in ("body", "fastcgi", "proxy", "scgi", "uwsgi", "pages"):
        files.folder(layout.run / "nginx" / name, mode=0o700, owner=web.pw_uid)
    files.write(layout.web / "unknown.html", pages.unknown(), mode=0o644)
    files.write(layout.programs / "sendmail", _SENDMAIL.read_bytes(), mode=0o755)
    egress.prepare(layout)
    files.write(layout.etc / "nginx" / "nginx.conf", nginx.configuration(layout))
    _own_certificate(layout.tls / SELF_SIGNED, layout.host_name, web.pw_gid)


def _own_certificate(folder: Path, host: str, group: int) -> None:
    """Make the certificate that answers for names which have none yet. Nobody trusts it, and it says so."""
    files.folder(folder, mode=0o750, owner=0, group=group)
    if (folder / "self-signed").exists():
        return
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    files.write(folder / "key.pem", secret, mode=0o640, owner=0, group=group)
    files.write(folder / "cert.pem", made.public_bytes(pem), mode=0o644)
    files.write(folder / "self-signed", "", mode=0o644)


def _keeper_answers(layout: Layout) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(0.5)
            line.connect(str(layout.run / "php" / "control"))
            line.sendall(b"count\n")
            return bool(line.recv(64))
    except OSError:
        return False


def _nginx_answers(layout: Layout) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", layout.ports.web_status, timeout=0.5)
    try:
        line.request("GET", "/health")
        return line.getresponse().status == 200
    except OSError:
        return False
    finally:
        line.close()
