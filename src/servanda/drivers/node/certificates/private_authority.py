"""An authority of its own for a private node: pebble, the small ACME server of Let's Encrypt, on loopback.

It issues certificates that nobody trusts, from a root that is new at each start, and it is rude on purpose: it refuses good
nonces at random. A real server names a real authority in its layout instead.
"""

import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from servanda.drivers.node import Daemon
from servanda.drivers.node.commands import program
from servanda.drivers.node.files import folder, write
from servanda.drivers.node.layout import Layout

NOBODY = 65_534
DAYS = 3650
CERTIFICATE_DAYS = 90


def layout_with_authority(layout: Layout) -> Layout:
    """Return the layout with its own authority as the one that is asked."""
    return replace(
        layout, acme_directory=f"https://127.0.0.1:{layout.ports.acme}/dir", acme_roots=_etc(layout) / "directory.pem"
    )


def prepare(layout: Layout) -> None:
    """Write the authority's configuration, and the certificate of its directory. Root calls this before each start."""
    if not layout.etc.is_dir():
        folder(layout.etc, mode=0o711)
    folder(_etc(layout), mode=0o755)
    if not (_etc(layout) / "directory.key").exists():
        _make_directory_certificate(layout)
    configuration = {
        "pebble": {
            "listenAddress": f"127.0.0.1:{layout.ports.acme}",
            "managementListenAddress": f"127.0.0.1:{layout.ports.acme_roots}",
            "certificate": str(_etc(layout) / "directory.pem"),
            "privateKey": str(_etc(layout) / "directory.key"),
            "httpPort": layout.ports.http,
            "tlsPort": layout.ports.https,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": False,
            "certificateValidityPeriod": CERTIFICATE_DAYS * 86_400,
        }
    }
    write(_etc(layout) / "pebble.json", msgspec.json.encode(configuration), mode=0o644)


def daemons(layout: Layout, *, nonces_refused: int = 5, sleep_seconds: int = 0) -> tuple[Daemon, ...]:
    """Return the authority. It resolves names by this node's own name server; `nonces_refused` is a percentage."""
    patience = {"PEBBLE_VA_SLEEPTIME": str(sleep_seconds)} if sleep_seconds else {"PEBBLE_VA_NOSLEEP": "1"}
    return (
        Daemon(
            name="pebble",
            argv=(
                program("pebble"), "-config", str(_etc(layout) / "pebble.json"), "-strict",
                "-dnsserver", f"127.0.0.1:{layout.ports.dns}",
            ),
            ready=lambda: _listens(layout.ports.acme),
            user=NOBODY,
            group=NOBODY,
            environment={"PEBBLE_WFE_NONCEREJECT": str(nonces_refused), **patience},
            reload=None,
            after=("pdns",),
        ),
    )  # fmt: skip


def _etc(layout: Layout) -> Path:
    return layout.etc / "pebble"


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=0.5).close()
    except OSError:
        return False
    return True


def _make_directory_certificate(layout: Layout) -> None:
    """Make the certificate with which the directory itself answers; who asks is told to trust exactly this one."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "private authority")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=DAYS))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write(_etc(layout) / "directory.pem", made.public_bytes(serialization.Encoding.PEM), mode=0o644)
    write(_etc(layout) / "directory.key", key.private_bytes(*form), mode=0o400, owner=NOBODY, group=NOBODY)
