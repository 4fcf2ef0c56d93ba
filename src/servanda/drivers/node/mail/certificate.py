"""Mail answers with the node's own certificate as soon as there is one: a copy that root has checked, and a reload."""

import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from servanda.drivers.node import Broken, Converger, NotNow, Plain, Privileges, Result, Task, VerbRefused
from servanda.drivers.node.commands import run
from servanda.drivers.node.files import write
from servanda.drivers.node.layout import Layout
from servanda.drivers.node.mail.places import Places
from servanda.ground.nodes.kinds.certificates import Certificate
from servanda.ground.nodes.wanted import Difference, Wanted

LARGEST_BYTES = 100_000
TAKE = "mail.certificate"


def take(task: Task) -> Result:
    """Carry out the verb: copy the certificate of the node's own name for Postfix and Dovecot, and let them read it.

    The agent wrote it, so it is taken only when it is a certificate for that name with its key. Nothing is taken away:
    without a new one, mail goes on with what it has.
    """
    wanted, layout = task.statement, task.layout
    if not isinstance(wanted, Certificate) or layout.host_name not in wanted.names or wanted.state != "kept":
        raise VerbRefused(f"{task.statement.key} is not the certificate of {layout.host_name}")
    folder, place = layout.tls / layout.host_name, Places(layout).certificate
    chain, key = _read(folder / "cert.pem"), _read(folder / "key.pem")
    _must_fit(chain, key, layout.host_name)
    is_new = write(place / "key.pem", key, mode=0o600)
    is_new = write(place / "cert.pem", chain, mode=0o644) or is_new
    if is_new:
        _reload(layout)
    return {"is_new": is_new}


@dataclass(frozen=True, slots=True)
class WithMail:
    """Settles certificates as `inner` does, and lets mail have the one of the node's own name."""

    inner: Converger
    layout: Layout
    privileges: Privileges

    @property
    def kinds(self) -> tuple[type[Wanted], ...]:
        return self.inner.kinds

    def settle(self, wanted: Wanted, before: Wanted | None) -> Mapping[str, Plain]:
        facts = self.inner.settle(wanted, before)
        if self._is_ours(wanted):
            self.privileges.do(TAKE, wanted.key)
        return facts

    def look(self, wanted: Wanted) -> Sequence[Difference]:
        found = self.inner.look(wanted)
        if self._is_ours(wanted) and self._shown() != self._issued():
            return [*found, Difference(code="mail.certificate-old", wanted=self.layout.host_name)]
        return found

    def _is_ours(self, wanted: Wanted) -> bool:
        if not isinstance(wanted, Certificate) or wanted.state != "kept":
            return False
        return self.layout.host_name in wanted.names and Places(self.layout).certificate.is_dir()

    def _shown(self) -> bytes:
        return (Places(self.layout).certificate / "cert.pem").read_bytes()

    def _issued(self) -> bytes:
        try:
            return (self.layout.tls / self.layout.host_name / "cert.pem").read_bytes()
        except FileNotFoundError:
            return b""


def _read(path: Path) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise NotNow(f"{path.name} of the node's own name cannot be read yet: {error.strerror}") from error
    with open(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise Broken(f"{path.name} of the node's own name is no file")
        return file.read(LARGEST_BYTES)


def _must_fit(chain: bytes, key: bytes, host: str) -> None:
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    try:
        certificate = x509.load_pem_x509_certificates(chain)[0]
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        is_right = host in names.get_values_for_type(x509.DNSName)
        own = serialization.load_pem_private_key(key, None).public_key().public_bytes(*form)
        is_right = is_right and certificate.public_key().public_bytes(*form) == own
    except (ValueError, IndexError, TypeError, x509.ExtensionNotFound) as error:
        raise Broken(
            "what is installed for the node's own name is no certificate with its key; mail keeps its own"
        ) from error
    if not is_right:
        raise Broken(f"what is installed for the node's own name is not for {host} and its key; mail keeps its own")


def _reload(layout: Layout) -> None:
    """Let both daemons read it. One that does not run reads it when it starts."""
    places = Places(layout)
    for words in (
        ("postfix", "-c", str(places.postfix), "reload"),
        ("doveadm", "-c", str(places.dovecot / "dovecot.conf"), "reload"),
    ):
        try:
            run(*words, seconds=20)
        except Broken:
            continue


__all__ = ["TAKE", "WithMail", "take"]
