"""Making the node have one certificate: got, installed under its hosts, renewed in time. A hold changes nothing of it.

While a certificate works, no error takes it away: it goes on until it ends, and the error is told.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec
from acme import errors

from servanda.drivers.node import NotNow, Plain
from servanda.drivers.node.certificates import progress as kept
from servanda.drivers.node.certificates.authority import Failed, conversation
from servanda.drivers.node.certificates.installing import (
    Installed,
    install,
    installed,
    point,
    release,
    remove,
    shown_at,
)
from servanda.drivers.node.certificates.issuing import Issuer
from servanda.drivers.node.certificates.pacing import renewal_due_at
from servanda.drivers.node.certificates.proving import NameProofs
from servanda.drivers.node.layout import Layout
from servanda.ground.nodes.kinds.certificates import Certificate
from servanda.ground.nodes.wanted import Difference, Wanted

CESSATION = 5  # why a certificate is revoked: its service has ended (RFC 5280 § 5.3.1)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class CertificateConverger:
    """The agent's part for certificates. It needs no verb of the helper."""

    layout: Layout
    proofs: NameProofs
    now: Callable[[], datetime] = utc_now
    kinds: tuple[type[Wanted], ...] = (Certificate,)

    def settle(self, wanted: Wanted, before: Wanted | None) -> Mapping[str, Plain]:
        """Have a certificate for these names. Raises NotNow with the reason and the moment of the next attempt, or Broken."""
        assert isinstance(wanted, Certificate)
        if wanted.state == "purged":
            return self._purge(wanted)
        now = self.now()
        found = installed(self.layout, wanted.name)
        if found is not None and found.until > now:
            point(self.layout, wanted.name, tuple(one for one in wanted.names if found.covers((one,))), now=now)
        if found is None or not found.covers(wanted.names) or now >= self._due_at(wanted.name, found):
            Issuer(self.layout, self.proofs).issue(wanted, now=now)
            found = installed(self.layout, wanted.name)
            assert found is not None
            point(self.layout, wanted.name, wanted.names, now=now)
        release(self.layout, wanted.name, wanted.names)
        self._ask_advice(wanted.name, found, now)
        return _facts(found)

    def look(self, wanted: Wanted) -> Sequence[Difference]:
        assert isinstance(wanted, Certificate)
        found = installed(self.layout, wanted.name)
        if wanted.state == "purged":
            return [Difference(code="certificate-still-there", found=wanted.name)] if found else []
        now = self.now()
        if found is None:
            return [Difference(code="certificate-missing", wanted=wanted.name)]
        differences = []
        missing = [name for name in wanted.names if not found.covers((name,))]
        if missing:
            differences.append(Difference(code="certificate-names", wanted=", ".join(missing)[:300]))
        if found.until <= now:
            differences.append(Difference(code="certificate-expired", found=_shown(found.until)))
        elif now >= self._due_at(wanted.name, found):
            differences.append(Difference(code="certificate-renewal-due", found=_shown(found.until)))
        return [*differences, *self._hosts(wanted, now)]

    def _hosts(self, wanted: Certificate, now: datetime) -> Sequence[Difference]:
        """Tell which hosts answer with nothing that is valid for them."""
        return [
            Difference(code="certificate-not-shown", wanted=name)
            for name in wanted.names
            if (shown := shown_at(self.layout, name)) is None or not shown.covers((name,)) or shown.until <= now
        ]

    def _due_at(self, name: str, found: Installed) -> datetime:
        return renewal_due_at(found.since, found.until, advised=kept.read(self.layout, name).advised_at)

    def _ask_advice(self, name: str, found: Installed, now: datetime) -> None:
        """Ask the authority when it would renew (RFC 9773). It is only advice: no answer is no error."""
        progress = kept.read(self.layout, name)
        if progress.ask_at is not None and now < progress.ask_at:
            return
        advised, ask_at = progress.advised_at, now + timedelta(hours=6)
        try:
            with conversation(self.layout) as authority:
                advised, _ = authority.renewal_time(found.pem)
        except (Failed, NotNow, errors.Error):
            pass
        kept.keep(self.layout, name, msgspec.structs.replace(progress, advised_at=advised, ask_at=ask_at))

    def _purge(self, wanted: Certificate) -> Mapping[str, Plain]:
        """Revoke a certificate, then take it away with its key. Raises NotNow when the authority cannot be told yet."""
        found = installed(self.layout, wanted.name)
        is_revoked = False
        if found is not None and found.until > self.now():
            try:
                with conversation(self.layout) as authority:
                    authority.revoke(found.certificate, CESSATION)
            except Failed as error:
                # An authority that does not know it, or has revoked it before, has nothing left to be told.
                is_revoked = "alreadyRevoked" in str(error)
            else:
                is_revoked = True
        hosts = remove(self.layout, wanted.name)
        kept.forget(self.layout, wanted.name)
        return {"is_revoked": is_revoked, "erased_hosts": hosts}


def _facts(found: Installed) -> Mapping[str, Plain]:
    return {
        "not_before": _shown(found.since),
        "not_after": _shown(found.until),
        "serial": format(found.certificate.serial_number, "x"),
        "issuer": found.certificate.issuer.rfc4514_string(),
    }


def _shown(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


__all__ = ["CertificateConverger", "install"]
