"""Names by the DNS itself, through resolvers that the operator names, or those of the system."""

from dataclasses import dataclass

import dns.exception
import dns.resolver

from servanda.drivers.names import NamesUnavailable

ANSWER_SECONDS = 6.0


@dataclass(frozen=True, slots=True)
class ResolvedNames:
    """Asks resolvers over UDP and TCP. Several that are far apart are harder to deceive than one."""

    servers: tuple[str, ...] = ()  # addresses; empty: those of the system
    port: int = 53

    def texts(self, name: str) -> tuple[str, ...]:
        resolver = dns.resolver.Resolver(configure=not self.servers)
        if self.servers:
            resolver.nameservers = list(self.servers)
            resolver.port = self.port
        resolver.cache = None
        try:
            answer = resolver.resolve(f"{name}.", "TXT", lifetime=ANSWER_SECONDS, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, OSError) as error:
            raise NamesUnavailable(f"no answer for {name}: {error}") from error
        return tuple(b"".join(one.strings).decode(errors="replace") for one in answer)
