"""Installing a certificate: written aside, then one link changes, and the next handshake has it.

`tls/<host>` leads to `certs/<name>/current`, which leads to one version with its certificate and key. The two are replaced
together by one rename. Nothing that works is taken away before something else stands in its place.
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from servanda.drivers.node import Broken
from servanda.drivers.node.answering import FALLBACK, WILDCARD, folder_of, stand_in_for
from servanda.drivers.node.certificates.places import certificates
from servanda.drivers.node.files import link, write
from servanda.drivers.node.layout import Layout

VERSIONS_KEPT = 2


@dataclass(frozen=True, slots=True)
class Installed:
    """A certificate that is installed, as its own file says."""

    certificate: x509.Certificate
    pem: bytes

    @property
    def names(self) -> frozenset[str]:
        found = self.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return frozenset(found.get_values_for_type(x509.DNSName))

    @property
    def since(self) -> datetime:
        return self.certificate.not_valid_before_utc

    @property
    def until(self) -> datetime:
        return self.certificate.not_valid_after_utc

    def covers(self, names: tuple[str, ...]) -> bool:
        return set(names) <= self.names


def installed(layout: Layout, name: str) -> Installed | None:
    """Return what is installed under a name, or None when nothing that can be read is."""
    return _read(certificates(layout) / name / "current")


def shown_at(layout: Layout, host: str) -> Installed | None:
    """Return what a host answers with."""
    return _read(layout.tls / folder_of(host))


def install(layout: Layout, name: str, *, chain_pem: bytes, key_pem: bytes) -> None:
    """Put a new version in place. Raises Broken when key and certificate do not belong together; then nothing changed."""
    _must_fit(chain_pem, key_pem)
    home = certificates(layout) / name
    # A new folder takes over group and setgid of the one above; a chmod by the agent, who is not in that group, would
    # take setgid away again.
    home.mkdir(mode=0o750, exist_ok=True)
    version = home / secrets.token_hex(8)
    version.mkdir(mode=0o750)
    write(version / "key.pem", key_pem, mode=0o640)
    write(version / "cert.pem", chain_pem, mode=0o644)
    link(home / "current", version.name)
    _tidy(home)


def point(layout: Layout, name: str, names: tuple[str, ...], *, now: datetime) -> None:
    """Let hosts answer with this certificate, but leave a host with another one that is valid for longer."""
    ours = installed(layout, name)
    assert ours is not None
    for host in names:
        other = shown_at(layout, host)
        if other is None or not other.covers((host,)) or other.until <= ours.until or other.since > now:
            link(layout.tls / folder_of(host), _target(name))
            _let_others_answer(layout, folder_of(host))


def _let_others_answer(layout: Layout, folder: str) -> None:
    """Let hosts under a wildcard answer with it that have nothing but the web server's own certificate."""
    if not folder.startswith(WILDCARD):
        return
    for path in layout.tls.glob(f"*.{folder.removeprefix(WILDCARD)}"):
        if path.is_symlink() and os.readlink(path) == FALLBACK and stand_in_for(layout, path.name) == folder:
            link(path, folder)


def hosts_of(layout: Layout, name: str) -> Iterator[Path]:
    """Give the links of all hosts that answer with this certificate."""
    for path in layout.tls.iterdir():
        if path.is_symlink() and os.readlink(path) == _target(name):
            yield path


def remove(layout: Layout, name: str) -> int:
    """Take a certificate away with its key and its links, and return how many hosts answered with it."""
    links = list(hosts_of(layout, name))
    for path in links:
        _let_go(layout, path)
    shutil.rmtree(certificates(layout) / name, ignore_errors=True)
    return len(links)


def release(layout: Layout, name: str, names: tuple[str, ...]) -> None:
    """Take the links of hosts away that this certificate is no longer for."""
    kept = {folder_of(host) for host in names}
    for path in list(hosts_of(layout, name)):
        if path.name not in kept:
            _let_go(layout, path)


def _let_go(layout: Layout, path: Path) -> None:
    """Let a host answer with a wildcard or the web server's own certificate, so that its handshakes go on; else with none."""
    other = stand_in_for(layout, path.name)
    if (path.parent / other).is_dir():
        link(path, other)
    else:
        path.unlink(missing_ok=True)


def _target(name: str) -> str:
    return f"../certs/{name}/current"


def _read(folder: Path) -> Installed | None:
    try:
        pem = (folder / "cert.pem").read_bytes()
        certificate = x509.load_pem_x509_certificate(pem)
        certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (OSError, ValueError, x509.ExtensionNotFound):
        return None
    return Installed(certificate, pem) if (folder / "key.pem").exists() else None


def _must_fit(chain_pem: bytes, key_pem: bytes) -> None:
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    try:
        certificate = x509.load_pem_x509_certificates(chain_pem)[0]
        key = serialization.load_pem_private_key(key_pem, None)
    except (ValueError, IndexError) as error:
        raise Broken(f"the authority sent what is no certificate: {error}") from error
    if certificate.public_key().public_bytes(*form) != key.public_key().public_bytes(*form):
        raise Broken("the authority sent a certificate for another key; what is installed stays")


def _tidy(home: Path) -> None:
    """Remove versions from before the last ones, and what a kill left half written."""
    versions = sorted(
        (one for one in home.iterdir() if one.is_dir() and not one.is_symlink()), key=lambda one: one.stat().st_mtime
    )
    current = os.readlink(home / "current")
    for one in versions[:-VERSIONS_KEPT]:
        if one.name != current:
            shutil.rmtree(one, ignore_errors=True)
