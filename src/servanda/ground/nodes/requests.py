"""How a node signs what it asks of the control plane, so that nobody else can ask in its name or repeat it.

The signature covers method, path with query, a counter that only grows, the moment, and the hash of the body. It rides
in headers, so that any proxy or TLS ending may stand between.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

NODE, COUNTER, AT, SIGNATURE = "Servanda-Node", "Servanda-Counter", "Servanda-At", "Servanda-Signature"
AGE = timedelta(minutes=10)


class RequestRefused(Exception):
    """A request is not what the node signed, or not new. The message is for the log, never for the one who asked."""


def signed_headers(
    key: Ed25519PrivateKey, *, node: str, counter: int, method: str, path: str, body: bytes, now: datetime
) -> Mapping[str, str]:
    at = now.isoformat()
    signature = key.sign(_content(node, counter, at, method, path, body))
    return {NODE: node, COUNTER: str(counter), AT: at, SIGNATURE: b64encode(signature).decode()}


def check_request(
    headers: Mapping[str, str],
    *,
    public_key: bytes,
    last_counter: int,
    method: str,
    path: str,
    body: bytes,
    now: datetime,
) -> int:
    """Return the request's counter, to be kept as the node's last. Refuses what is unsigned, repeated or aged."""
    try:
        node, at, signature = headers[NODE], headers[AT], b64decode(headers[SIGNATURE], validate=True)
        counter = int(headers[COUNTER])
        moment = datetime.fromisoformat(at)
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            signature, _content(node, counter, at, method, path, body)
        )
    except (KeyError, ValueError, InvalidSignature) as error:
        raise RequestRefused(f"not signed by the node: {type(error).__name__}") from error
    if counter <= last_counter:
        raise RequestRefused(f"counter {counter} was used; the last was {last_counter}")
    if moment.tzinfo is None or abs(now - moment) > AGE:
        raise RequestRefused(f"made at {at}")
    return counter


def _content(node: str, counter: int, at: str, method: str, path: str, body: bytes) -> bytes:
    lines = ("servanda-node-1", node, str(counter), at, method, path, sha256(body).hexdigest())
    return "\n".join(lines).encode()
