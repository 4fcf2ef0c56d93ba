"""The keys of one installation: one for each company, made once, kept where only their owner can read them.

`<slug>.pem` has key and certificate together, so that they can never come from two different makings. `<slug>.crt` is the
certificate alone, to be handed out. Every `.crt` in the directory counts when a file is examined: that of a key which was
replaced stays under another name.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from servanda.drivers.signing import NoKey

_YEARS = 30  # a proof is to be read as long as anybody may argue about the agreement
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")
_NAME_BYTES_MAX = 64  # the upper bound that RFC 5280 sets for organisation and common name


@dataclass(frozen=True, slots=True)
class Key:
    """A company's key with its certificate."""

    private: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys in a directory, which is made when the first of them is."""

    directory: Path

    def key_of(self, slug: str, *, name: str, at: datetime) -> Key:
        """Return the company's key; it is made when there is none yet. Refuses one that others could have read."""
        assert _SLUG.fullmatch(slug), f"{slug!r} is no short name of a company"
        file = self.directory / f"{slug}.pem"
        if not file.exists():
            self._make(file, name=name, at=at)
        if file.stat().st_mode & 0o077:
            raise NoKey(
                f"{file} can be read by others than its owner, so it proves nothing any more. Find out who had access; "
                f"rename {slug}.crt to keep it, and remove {file.name}: a new key is made."
            )
        content = file.read_bytes()
        private = serialization.load_pem_private_key(content, password=None)
        assert isinstance(private, ec.EllipticCurvePrivateKey), f"{file} holds another kind of key than we make"
        certificate = x509.load_pem_x509_certificate(content)
        self._hand_out(file.with_suffix(".crt"), certificate)
        return Key(private, certificate)

    def certificates(self) -> tuple[x509.Certificate, ...]:
        """Return the certificates that a signature may be by; refuses a directory without any."""
        found = tuple(self._certificates())
        if not found:
            raise NoKey(
                f"Nothing was ever signed here: {self.directory} holds no certificate. "
                "Name the certificate of who signed with --certificate."
            )
        return found

    def _certificates(self) -> Iterator[x509.Certificate]:
        for file in sorted(self.directory.glob("*.crt")):
            yield read_certificate(file.read_bytes(), file=str(file))

    def _make(self, file: Path, *, name: str, at: datetime) -> None:
        """Make key and certificate in one file. Of two processes that do, the first wins, and both use its key."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        private = ec.generate_private_key(ec.SECP256R1())
        content = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ) + _certificate_of(private, name=name, at=at).public_bytes(serialization.Encoding.PEM)
        unfinished = file.with_name(f"{file.name}.{os.getpid()}")
        unfinished.unlink(missing_ok=True)
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(content)
        try:
            os.link(unfinished, file)
        except FileExistsError:
            pass
        finally:
            unfinished.unlink()

    def _hand_out(self, file: Path, certificate: x509.Certificate) -> None:
        if not file.exists():
            unfinished = file.with_name(f"{file.name}.{os.getpid()}")
            unfinished.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
            unfinished.replace(file)


def read_certificate(content: bytes, *, file: str) -> x509.Certificate:
    """Return the certificate in a PEM file; refuses anything else."""
    try:
        return x509.load_pem_x509_certificate(content)
    except ValueError as error:
        raise NoKey(f"{file} is no certificate in PEM. Give the .crt file of who signed.") from error


def _certificate_of(private: ec.EllipticCurvePrivateKey, *, name: str, at: datetime) -> x509.Certificate:
    """Return a certificate that the key signs itself: it says who, and rests on nobody else."""
    short = name.encode("utf-8")[:_NAME_BYTES_MAX].decode("utf-8", errors="ignore")
    subject = x509.Name([x509.NameAttribute(oid, short) for oid in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))  # clocks of readers differ
        .not_valid_after(at + timedelta(days=365 * _YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .sign(private, hashes.SHA256())
    )
