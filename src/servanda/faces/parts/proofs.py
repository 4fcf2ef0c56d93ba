"""Signed proofs of agreement: what a face needs to make one and to examine a file, whoever prints and signs.

The faces know no driver. The settings name the module that does (`DRIVERS`): its `proof_maker()` prints and its `signer()`
signs with the company's own key and examines.
"""

from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from typing import Protocol

from django.conf import settings

from servanda.business.companies.facts import CompanyFacts
from servanda.business.library.facts import Proof


class EmbeddedFile(Protocol):
    """A file within a signed file."""

    @property
    def name(self) -> str: ...
    @property
    def content(self) -> bytes: ...


class Examined(Protocol):
    """What a file turned out to be: `intact`, `changed`, `other key`, `unsigned` or `no pdf`."""

    @property
    def state(self) -> str: ...
    @property
    def signer(self) -> str: ...
    @property
    def signed_at(self) -> datetime | None: ...
    @property
    def certificate_sha256(self) -> str: ...
    @property
    def files(self) -> Sequence[EmbeddedFile]: ...


class _Maker(Protocol):
    def render_proof(self, proof: Proof) -> bytes: ...


class _Signer(Protocol):
    def sign(self, pdf: bytes, *, slug: str, name: str, at: datetime) -> bytes: ...
    def examine(self, file: bytes, *, certificate: bytes | None = None) -> Examined: ...


class _Drivers(Protocol):
    def proof_maker(self) -> _Maker: ...
    def signer(self) -> _Signer: ...


def signed_proof(proof: Proof, company: CompanyFacts, *, at: datetime) -> bytes:
    """Return the proof as PDF, signed by the company at the moment."""
    drivers = _drivers()
    pdf = drivers.proof_maker().render_proof(proof)
    return drivers.signer().sign(pdf, slug=company.slug, name=company.legal_name, at=at)


def examined(file: bytes, *, certificate: bytes | None = None) -> Examined:
    """Tell what a file is, compared with the keys of this installation or with the certificate given."""
    return _drivers().signer().examine(file, certificate=certificate)


def _drivers() -> _Drivers:
    found: _Drivers = import_module(settings.DRIVERS)
    return found
