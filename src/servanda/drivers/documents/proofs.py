"""A proof of agreement for the printer: what a maker must be handed, and the port that makes its file.

The texts arrive finished, in the reader's language. What was accepted goes into the file twice: printed to be read, and
attached byte for byte, because print has neither white space nor every sign.
"""

from datetime import date
from typing import Protocol

from servanda.drivers.documents import Language


class PartyText(Protocol):
    """Who stands on one side."""

    @property
    def name(self) -> str: ...
    @property
    def lines(self) -> tuple[str, ...]: ...


class AttachedFile(Protocol):
    """A file that the proof carries within itself."""

    @property
    def name(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def content(self) -> bytes: ...


class ProofText(Protocol):
    """A whole proof. `text_html` is safe HTML, empty for a text that can only be attached; `dated_on` dates the file."""

    @property
    def language(self) -> Language: ...
    @property
    def title(self) -> str: ...
    @property
    def dated_on(self) -> date: ...
    @property
    def parties(self) -> tuple[tuple[str, PartyText], ...]: ...
    @property
    def facts(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def sentences(self) -> tuple[str, ...]: ...
    @property
    def sha256_label(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def annexes_label(self) -> str: ...
    @property
    def annexes(self) -> tuple[tuple[str, str, str], ...]: ...
    @property
    def text_label(self) -> str: ...
    @property
    def text_html(self) -> str: ...
    @property
    def attached(self) -> tuple[AttachedFile, ...]: ...


class ProofMaker(Protocol):
    """Makes a file of a proof; the same proof gives the same bytes, always."""

    def render_proof(self, proof: ProofText) -> bytes:
        """Return the file with what is attached in it."""
