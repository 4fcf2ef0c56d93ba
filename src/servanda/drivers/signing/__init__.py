"""Signing of files in a company's name, and telling whether a file is still as it was signed.

Every company of an installation has a key of its own, made when it first signs. A file is examined as bytes: what counts
is that it is, to the last byte, what one of the known keys signed. Only then is it opened and what it carries read.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from servanda.ground.refusal import Refused

State = Literal["intact", "changed", "other key", "unsigned", "no pdf"]


class NoKey(Refused):
    """There is no key or certificate to sign or to compare with, or it is not kept as it must be."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """A file within a signed file."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What a file turned out to be. Only of an intact one is said what it carries; a foreign signer is only claimed."""

    state: State
    signer: str = ""
    signed_at: datetime | None = None
    certificate_sha256: str = ""
    files: tuple[Embedded, ...] = ()


class Signer(Protocol):
    """Signs PDF files with a company's own key, and examines files."""

    def sign(self, pdf: bytes, *, slug: str, name: str, at: datetime) -> bytes:
        """Return the file signed by the company of that short name; `name` is who it is to others."""

    def examine(self, file: bytes, *, certificate: bytes | None = None) -> Examined:
        """Tell what the file is, compared with the keys of this installation, or with the one certificate given.

        Refuses when there is nothing to compare with.
        """
