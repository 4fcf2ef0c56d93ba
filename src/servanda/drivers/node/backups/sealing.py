"""A copy of a repository's key that only the keeper can open (RFC 9180). Without it, losing a node would lose its copies."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


def seal(password: str, *, keeper: bytes, repository: str) -> bytes:
    """Seal a key for the keeper. The repository's name is bound in: a copy from another place does not open."""
    return _SUITE.encrypt(password.encode(), X25519PublicKey.from_public_bytes(keeper), _info(repository))


def open_sealed(sealed: bytes, *, keeper: X25519PrivateKey, repository: str) -> str:
    """Open a sealed key. Raises ValueError when it was sealed for somebody else or for another repository."""
    try:
        return _SUITE.decrypt(sealed, keeper, _info(repository)).decode()
    except (InvalidTag, ValueError) as error:
        raise ValueError(f"the key of {repository} is not sealed for this keeper") from error


def _info(repository: str) -> bytes:
    return f"servanda-escrow-1 {repository}".encode()
