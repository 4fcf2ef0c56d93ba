"""The key that documents for nodes are signed with: one file, readable by the signer's own account alone."""

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from servanda.drivers.signing import NoKey


def make_node_key(file: Path) -> Ed25519PrivateKey:
    """Make the key and keep it with mode 0400; a key that is there is never overwritten."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = Ed25519PrivateKey.generate()
    content = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    except FileExistsError as error:
        raise NoKey(f"{file} is there already. Keep it: nodes trust no other key until they are told of it.") from error
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
    return key


def read_node_key(file: Path) -> Ed25519PrivateKey:
    """Return the key. Refuses a file that is missing, that others can read, or that holds no such key."""
    if not file.is_file():
        raise NoKey(f"There is no key at {file}. Make it by `servanda node key`, as the signer's own account.")
    if file.stat().st_mode & 0o377:
        raise NoKey(f"{file} can be read or written by others, so it proves nothing. Make its mode 0400, or a new key.")
    key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise NoKey(f"{file} holds another kind of key. Documents are signed with Ed25519.")
    return key
