"""Sealing what one reader alone may open (RFC 9180): ephemeral X25519, HKDF-SHA256, ChaCha20-Poly1305.

A hash of a password is sealed for its node where it is made, and opened there. What it is about (the node, the resource,
the login) is bound in, so that a sealed hash fits in no other place: whoever can write rows cannot give one mailbox the
password of another. A second one is sealed for the signer's spare key, from which a node that lost its own is given all
anew (`business/hosting/actions/resealing.py`).
"""

from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SEALED = "hpke1:"
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
Reader = Literal["node", "spare"]


def seal(secret: str, *, to: bytes, about: str) -> bytes:
    """Seal a text for the holder of a raw public key. `about` must be said again to open it."""
    return _SUITE.encrypt(secret.encode(), X25519PublicKey.from_public_bytes(to), about.encode())


def open_sealed(sealed: bytes, *, key: X25519PrivateKey, about: str) -> str:
    """Open what was sealed. Raises ValueError when it was sealed for somebody else, or about something else."""
    try:
        return _SUITE.decrypt(sealed, key, about.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise ValueError(f"this is not sealed for this key: {about}") from error


def seal_password(hashed: str, *, to: str, reader: Reader, node: str, key: str, user: str) -> str:
    """Return the hash of a password as a statement carries it. `user` is a user of a database, or empty."""
    sealed = seal(hashed, to=b64decode(to, validate=True), about=_about(reader, node, key, user))
    return SEALED + urlsafe_b64encode(sealed).decode().rstrip("=")


def open_password(sealed: str, *, with_key: X25519PrivateKey, reader: Reader, node: str, key: str, user: str) -> str:
    """Return the hash of a password; one that stands open is returned as it is. Raises ValueError."""
    if not sealed.startswith(SEALED):
        return sealed
    text = sealed.removeprefix(SEALED)
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return open_sealed(raw, key=with_key, about=_about(reader, node, key, user))


def spare_key(signing: Ed25519PrivateKey) -> X25519PrivateKey:
    """Return the spare key that belongs to a signing key: whoever holds the one has the other, and keeps one file."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"servanda-spare-1").derive(
        signing.private_bytes_raw()
    )
    return X25519PrivateKey.from_private_bytes(derived)


def public_text(key: X25519PrivateKey) -> str:
    """Return the public half as it stands in messages and rows."""
    return b64encode(key.public_key().public_bytes_raw()).decode()


def key_mark(public: str) -> str:
    """Return a short mark of a public key, for a person to compare at two places."""
    digest = sha256(b64decode(public, validate=True)).hexdigest()
    return "-".join(digest[at : at + 4] for at in range(0, 24, 4))


def _about(reader: Reader, node: str, key: str, user: str) -> str:
    return f"servanda-password-1 {reader} {node} {key} {user}"
