"""Signs PDF files as PAdES baseline B (ETSI EN 319 142-1), and examines them.

A reader of PDF is a large program, and a file that somebody hands us may be made to mislead it. So the signature is
looked for in the plain bytes: one `/ByteRange` that covers the whole file but the signature itself. The signature must be
by a known key over those bytes, and written exactly as we write it; then every byte of the file is accounted for, and
what is inside was put there by us. Only such a file is opened.
"""

import asyncio
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from asn1crypto import cms, keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko_certvalidator.registry import SimpleCertificateStore

from servanda.drivers.signing import Embedded, Examined
from servanda.drivers.signing.keys import Key, KeyRing, read_certificate

_DIGITS_RESERVED = 4096  # for the signature in hexadecimal; ours has about 1,800, and longer names add to it
_BEGINNING = b"%PDF-"
_FIELD = "Servanda"
_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s*\]")
_UNREADABLE = (ValueError, TypeError, KeyError, IndexError, OverflowError)  # what asn1crypto says to wrong bytes


@dataclass(frozen=True, slots=True)
class PadesSigner:
    """Signs with the keys of the ring."""

    ring: KeyRing

    def sign(self, pdf: bytes, *, slug: str, name: str, at: datetime) -> bytes:
        """Return the file signed by the company of that short name; `name` is who it is to others."""
        assert pdf.startswith(_BEGINNING), "only a PDF is signed"
        signed = _signed(pdf, self.ring.key_of(slug, name=name, at=at), at=at)
        assert self.examine(signed).state == "intact", "what was signed must be found intact"
        return signed

    def examine(self, file: bytes, *, certificate: bytes | None = None) -> Examined:
        """Tell what the file is, compared with the keys of this installation, or with the one certificate given."""
        known = self.ring.certificates() if certificate is None else (read_certificate(certificate, file="It"),)
        if not file.startswith(_BEGINNING):
            return Examined(state="no pdf")
        signatures = tuple(_signatures_in(file))
        for signature in signatures:
            signer = next((one for one in known if one.public_bytes(Encoding.DER) == signature.certificate), None)
            if signer is not None:
                return _compared(file, signature, signer)
        if signatures:
            return Examined(state="other key", signer=_claimed_name(signatures[-1].certificate))
        return Examined(state="changed" if _BYTE_RANGE.search(file) else "unsigned")


@dataclass(frozen=True, slots=True)
class _Signature:
    """A signature in a file: where its place begins and ends, where what it covers ends, and by whom it claims to be."""

    begins: int
    ends: int
    covers_until: int
    content: bytes
    certificate: bytes


def _signed(pdf: bytes, key: Key, *, at: datetime) -> bytes:
    """Return the file with a signature appended. The time is the one that is given, not that of a clock."""
    signer = SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(key.certificate.public_bytes(Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(
            key.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        ),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
    )
    field = SigFieldSpec(_FIELD, readable_field_name="Signature")
    steps = PdfCMSEmbedder(new_field_spec=field).write_cms(_FIELD, IncrementalPdfFileWriter(BytesIO(pdf)))
    next(steps)
    place = SignatureObject(
        timestamp=at.astimezone(UTC), subfilter=SigSeedSubFilter.PADES, bytes_reserved=_DIGITS_RESERVED
    )
    steps.send(SigObjSetup(sig_placeholder=place))
    digest, output = steps.send(SigIOSetup(md_algorithm="sha256"))
    signature = asyncio.run(signer.async_sign(digest.document_digest, "sha256", use_pades=True))
    steps.send(signature)
    written: bytes = output.getvalue()
    return written


def _signatures_in(file: bytes) -> Iterator[_Signature]:
    """Yield what can be read as a signature of this file; a file within it has its places elsewhere, and yields none."""
    for match in _BYTE_RANGE.finditer(file):
        start, begins, ends, length = map(int, match.groups())
        if start != 0 or not begins < ends <= len(file):
            continue
        written = file[begins:ends]
        try:
            content = cms.ContentInfo.load(bytes.fromhex(written.strip(b"<>").decode("ascii")))
            certificate: bytes = content["content"]["certificates"][0].chosen.dump()
            der: bytes = content.dump()
        except _UNREADABLE:
            continue
        yield _Signature(begins, ends, ends + length, der, certificate)


def _compared(file: bytes, signature: _Signature, signer: x509.Certificate) -> Examined:
    """Tell whether each byte of the file is as the signer signed it."""
    name = _name_of(signer)
    covered = file[: signature.begins] + file[signature.ends :]
    if signature.covers_until != len(file) or not (
        _is_as_we_write(file, signature, signer) and _is_signed(signature, signer, hashlib.sha256(covered).digest())
    ):
        return Examined(state="changed", signer=name)
    pdf = PdfFileReader(BytesIO(file))
    return Examined(
        state="intact",
        signer=name,
        signed_at=pdf.embedded_signatures[0].self_reported_timestamp,
        certificate_sha256=signer.fingerprint(hashes.SHA256()).hex(),
        files=tuple(_files_below(_within(_within(pdf.root, "/Names"), "/EmbeddedFiles"))),
    )


def _is_signed(signature: _Signature, signer: x509.Certificate, digest: bytes) -> bool:
    certificate = asn1_x509.Certificate.load(signer.public_bytes(Encoding.DER))
    try:
        (info,) = cms.ContentInfo.load(signature.content)["content"]["signer_infos"]
        intact, valid = validate_sig_integrity(info, certificate, expected_content_type="data", actual_digest=digest)
    except (*_UNREADABLE, SignatureValidationError):
        return False
    return bool(intact and valid)


def _is_as_we_write(file: bytes, signature: _Signature, signer: x509.Certificate) -> bool:
    """Tell whether the place of the signature holds nothing but what we would have written for this signature.

    The place is the one part of a file that its signature cannot cover; so what it may hold is made anew and compared.
    """
    try:
        (info,) = cms.ContentInfo.load(signature.content)["content"]["signer_infos"]
        written = (
            _as_we_write(info["signed_attrs"].contents, info["signature"].native, signer).hex().upper().encode("ascii")
        )
    except _UNREADABLE:
        return False
    digits = signature.ends - signature.begins - 2
    return file[signature.begins : signature.ends] == b"<" + written.ljust(digits, b"0") + b">"


def _as_we_write(signed_attributes: bytes, value: bytes, signer: x509.Certificate) -> bytes:
    certificate = asn1_x509.Certificate.load(signer.public_bytes(Encoding.DER))
    info = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                    )
                }
            ),
            "digest_algorithm": {"algorithm": "sha256"},
            "signed_attrs": cms.CMSAttributes(contents=signed_attributes),
            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
            "signature": value,
        }
    )
    content = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {"content_type": "data"},
            "certificates": [certificate],
            "signer_infos": [info],
        }
    )
    written: bytes = cms.ContentInfo({"content_type": "signed_data", "content": content}).dump()
    return written


def _files_below(node: Any) -> Iterator[Embedded]:
    """Yield the files of a PDF's tree of names, in order; only ever called for a file that was found intact."""
    kids, pairs = _within(node, "/Kids"), _within(node, "/Names")
    for index in range(len(kids)):
        yield from _files_below(kids[index])
    for index in range(1, len(pairs), 2):
        described = pairs[index]
        yield Embedded(str(described["/UF"]), described["/EF"]["/F"].data)


def _within(node: Any, name: str) -> Any:
    """Return what stands under the name, or nothing. Only indexing follows a reference to another place of the file."""
    return node[name] if name in node else {}  # noqa: SIM401


def _name_of(certificate: x509.Certificate) -> str:
    (name,) = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(name.value)


def _claimed_name(certificate: bytes) -> str:
    """Return what an unknown certificate says of its owner, in one line; anybody can write anything there."""
    try:
        said = asn1_x509.Certificate.load(certificate).subject.human_friendly
    except _UNREADABLE:
        return ""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in said).split())[:200]
