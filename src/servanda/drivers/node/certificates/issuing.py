"""Getting a certificate: one order, carried as far as it comes within the time, and taken up again where it stopped."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic, sleep

import msgspec
from acme import errors, messages
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from servanda.drivers.node import Broken, NotNow
from servanda.drivers.node.certificates import progress as kept
from servanda.drivers.node.certificates.authority import Authority, Failed, asked, conversation
from servanda.drivers.node.certificates.installing import install
from servanda.drivers.node.certificates.pacing import wait_until
from servanda.drivers.node.certificates.progress import Progress
from servanda.drivers.node.certificates.proving import NameProofs, Proof, hide, proof_of, show
from servanda.drivers.node.layout import Layout
from servanda.ground.nodes.kinds.certificates import Certificate

# How long one call works on an order before the agent turns to other things.
PATIENCE_SECONDS = 25.0
PAUSE_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Issuer:
    """Gets certificates for one node."""

    layout: Layout
    proofs: NameProofs

    def issue(self, wanted: Certificate, *, now: datetime) -> None:
        """Get a certificate and install it. Raises NotNow with the moment until which it waits, or Broken for good."""
        before = kept.read(self.layout, wanted.name)
        if (before.names, before.proof) == (wanted.names, wanted.proof):
            _must_not_wait(before, now)
        progress = self._begun(wanted, before)
        try:
            with conversation(self.layout) as authority:
                self._carry(authority, wanted, progress)
        except (Failed, Broken) as error:
            raise self._failed(wanted.name, error, now) from error
        kept.forget(self.layout, wanted.name)

    def _begun(self, wanted: Certificate, progress: Progress) -> Progress:
        """Return the order that was begun for these very names, or begin another: each has a new key."""
        is_same = (progress.names, progress.proof) == (wanted.names, wanted.proof)
        if is_same and progress.key_pem:
            return progress
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(name) for name in wanted.names])
        request = (
            x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).add_extension(names, critical=False)
        )
        begun = Progress(
            names=wanted.names,
            proof=wanted.proof,
            key_pem=key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ).decode(),
            csr_pem=request.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode(),
            failures=progress.failures if is_same else 0,
            wait_until=progress.wait_until if is_same else None,
            error=progress.error if is_same else "",
        )
        return kept.keep(self.layout, wanted.name, begun)

    def _carry(self, authority: Authority, wanted: Certificate, progress: Progress) -> None:
        until = monotonic() + PATIENCE_SECONDS
        order = self._order(authority, wanted.name, progress)
        pending = [one for one in order.authorizations if one.body.status == messages.STATUS_PENDING]
        proofs = [proof_of(one, authority.key, by=wanted.proof) for one in pending]
        show(self.layout, self.proofs, proofs)
        try:
            _prove(authority, pending, proofs, until)
            done = authority.finalize_order(order, datetime.now() + timedelta(seconds=max(5.0, until - monotonic())))  # noqa: DTZ005
        except errors.TimeoutError as error:
            # What is shown stays, because the authority may still come and look.
            raise NotNow("the authority is still at work on the certificate") from error
        except BaseException:
            hide(self.layout, self.proofs, wanted)
            raise
        hide(self.layout, self.proofs, wanted)
        install(self.layout, wanted.name, chain_pem=done.fullchain_pem.encode(), key_pem=progress.key_pem.encode())

    def _order(self, authority: Authority, name: str, progress: Progress) -> messages.OrderResource:
        csr = progress.csr_pem.encode()
        if progress.order:
            found = asked(lambda: authority.order_at(progress.order, csr))
            if found is not None and found.body.status != messages.STATUS_INVALID:
                return found
        placed = authority.new_order(csr)
        kept.keep(self.layout, name, msgspec.structs.replace(progress, order=placed.uri))
        return placed

    def _failed(self, name: str, error: Failed | Broken, now: datetime) -> NotNow | Broken:
        """Keep the failure and return what is raised for it. The order is dropped: a failed one stays failed."""
        before = kept.read(self.layout, name)
        failures = before.failures + 1
        again = wait_until(failures, now=now, asked=error.again_at if isinstance(error, Failed) else None)
        is_lasting = isinstance(error, Broken) or error.is_lasting
        kept.keep(
            self.layout,
            name,
            Progress(
                names=before.names,
                proof=before.proof,
                failures=failures,
                wait_until=again,
                error=str(error),
                is_lasting=is_lasting,
            ),
        )
        return _waiting(str(error), again, is_lasting=is_lasting)


def _prove(
    authority: Authority, pending: list[messages.AuthorizationResource], proofs: list[Proof], until: float
) -> None:
    """Tell the authority to look, and wait until it has. Raises ValidationError and TimeoutError of the library."""
    for proof in proofs:
        authority.answer_challenge(proof.body, proof.response)
    waiting = list(pending)
    failed = []
    while waiting:
        if monotonic() > until:
            raise errors.TimeoutError()
        found = [authority.poll(one)[0] for one in waiting]
        waiting = [one for one in found if one.body.status == messages.STATUS_PENDING]
        failed += [one for one in found if one.body.status not in (messages.STATUS_PENDING, messages.STATUS_VALID)]
        if waiting:
            sleep(PAUSE_SECONDS)
    if failed:
        raise errors.ValidationError(failed)


def _must_not_wait(progress: Progress, now: datetime) -> None:
    if progress.wait_until is not None and now < progress.wait_until:
        raise _waiting(progress.error, progress.wait_until, is_lasting=progress.is_lasting)


def _waiting(error: str, until: datetime, *, is_lasting: bool) -> NotNow | Broken:
    text = f"{error}. It is tried again from {until:%Y-%m-%d %H:%M} UTC"
    return Broken(text) if is_lasting else NotNow(text)
