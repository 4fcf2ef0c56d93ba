"""A copy of a repository's key that only the keeper can open (RFC 9180). Without it, losing a node would lose its copies."""

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from servanda.ground.nodes import sealing


def seal(password: str, *, keeper: bytes, repository: str) -> bytes:
    """Seal a key for the keeper. The repository's name is bound in: a copy from another place does not open."""
    return sealing.seal(password, to=keeper, about=_about(repository))


def open_sealed(sealed: bytes, *, keeper: X25519PrivateKey, repository: str) -> str:
    """Open a sealed key. Raises ValueError when it was sealed for somebody else or for another repository."""
    return sealing.open_sealed(sealed, key=keeper, about=_about(repository))


def _about(repository: str) -> str:
    return f"servanda-escrow-1 {repository}"
