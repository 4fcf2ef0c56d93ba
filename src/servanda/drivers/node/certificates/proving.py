"""Proving control of names to an authority: by a file that the web server shows, or by a text in the DNS."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from acme import challenges, messages
from josepy.jwk import JWK

from servanda.drivers.node import Broken
from servanda.drivers.node.files import write
from servanda.drivers.node.layout import Layout
from servanda.ground.nodes.kinds.certificates import Certificate


class NameProofs(Protocol):
    """Puts texts into the DNS. The capability `dns` offers it."""

    def publish(self, domain: str, texts: Sequence[str]) -> None:
        """Make exactly these texts the proofs of a name; none removes them. Raises NotNow, Broken."""
        ...


@dataclass(frozen=True, slots=True)
class Proof:
    """One challenge that the authority may be told to look at."""

    domain: str
    body: messages.ChallengeBody
    response: challenges.KeyAuthorizationChallengeResponse
    value: str


def proof_of(authorization: messages.AuthorizationResource, key: JWK, *, by: str) -> Proof:
    """Choose the challenge of an authorization. Raises Broken when the authority does not offer that kind for the name."""
    domain = str(authorization.body.identifier.value)
    for body in authorization.body.challenges:
        if isinstance(body.chall, challenges.KeyAuthorizationChallenge) and body.chall.typ == by:
            response, value = body.response_and_validation(key)
            return Proof(domain, body, response, str(value))
    raise Broken(f"the authority does not offer the proof {by} for {domain}")


def show(layout: Layout, names: NameProofs, proofs: Iterable[Proof]) -> None:
    """Put every proof where the authority will look."""
    texts = defaultdict(list)
    for proof in proofs:
        if isinstance(proof.body.chall, challenges.HTTP01):
            write(_file(layout, proof.body), proof.value, mode=0o644)
        else:
            texts[proof.domain].append(proof.value)
    for domain, values in texts.items():
        names.publish(domain, values)


def hide(layout: Layout, names: NameProofs, wanted: Certificate) -> None:
    """Take every proof for a certificate away again, and files that an earlier kill left behind."""
    if wanted.proof == "dns-01":
        for domain in {name.removeprefix("*.") for name in wanted.names}:
            names.publish(domain, ())
        return
    for path in layout.challenges.iterdir():
        with suppress(FileNotFoundError):
            path.unlink()


def _file(layout: Layout, body: messages.ChallengeBody) -> Path:
    """Return the file of a challenge. The token comes from outside, so it must be what RFC 8555 § 8.3 says."""
    token = str(body.chall.encode("token"))
    if not token or any(not (sign.isascii() and (sign.isalnum() or sign in "-_")) for sign in token):
        raise Broken("the authority sent a token that is none")
    return layout.challenges / token
