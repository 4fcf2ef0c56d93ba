"""A password for one errand, sealed so that only its node can open it, and only for that errand.

It is sealed for the key with which the node signs: its public half is known since the node enrolled, and turned into one for
agreement as RFC 7748 § 4.1 maps the two curves (libsodium does the same). So no second key has to be handed over and trusted.
The control plane keeps the sealed text until the errand has ended, and cannot read it.
"""

from base64 import b64decode, b64encode
from hashlib import sha512

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_PRIME = 2**255 - 19
WORD_BYTES_MAX = 1000


class WordRefused(ValueError):
    """A sealed word is not for this node, not for this errand, or no word at all."""


def seal_word(word: str, *, public_key: str, errand: str) -> str:
    """Return a word sealed for the node with this public key (base64, as it stands in messages) and this errand."""
    agreed = X25519PublicKey.from_public_bytes(_montgomery(b64decode(public_key, validate=True)))
    return b64encode(_SUITE.encrypt(word.encode(), agreed, _info(errand))).decode()


def open_word(sealed: str, *, key: Ed25519PrivateKey, errand: str) -> str:
    """Return the word that was sealed for the holder of this key and this errand. Raises WordRefused."""
    agreed = X25519PrivateKey.from_private_bytes(sha512(key.private_bytes_raw()).digest()[:32])
    try:
        return _SUITE.decrypt(b64decode(sealed, validate=True), agreed, _info(errand)).decode()
    except (InvalidTag, ValueError) as error:
        raise WordRefused(f"the word of errand {errand} is not sealed for this node") from error


def _montgomery(edwards: bytes) -> bytes:
    """Map a point of Ed25519 to Curve25519: u = (1 + y) / (1 - y)."""
    y = int.from_bytes(edwards, "little") & (1 << 255) - 1
    return ((1 + y) * pow(1 - y, -1, _PRIME) % _PRIME).to_bytes(32, "little")


def _info(errand: str) -> bytes:
    return f"servanda-word-1 {errand}".encode()
