"""Records that belong together, from a few values: name servers, web, mail, and proofs.

The control plane puts these into a zone's statement. Every record is read again after it was made, so a value can never
become another record: it is refused instead.
"""

from collections.abc import Iterable, Sequence
from ipaddress import ip_address
from typing import Literal

import msgspec

from servanda.ground.nodes.kinds.dns import Record
from servanda.ground.nodes.zone_checks import quoted
from servanda.ground.nodes.zone_sets import UnreadableContent, rdata_of
from servanda.ground.refusal import Refused

TTL = 3600
POLICY_TTL = 3600


class WrongTemplateValue(Refused):
    """A value from which no record can be made."""


def record(name: str, type_: str, content: str, *, ttl: int = TTL) -> Record:
    """Return a record, checked against the grammar and read once. Raises WrongTemplateValue."""
    try:
        made = msgspec.convert({"name": name, "type": type_, "ttl": ttl, "content": content}, Record)
        rdata_of(made)
    except (msgspec.ValidationError, UnreadableContent) as error:
        raise WrongTemplateValue(
            f"{type_} {content!r} cannot stand at {name!r}: {error}. Correct the value."
        ) from error
    return made


def name_server_records(domain: str, servers: Sequence[str]) -> tuple[Record, ...]:
    return tuple(record(domain, "NS", f"{_host(server)}.") for server in servers)


def web_records(domain: str, addresses: Sequence[str], *, aliases: Sequence[str] = ("www",)) -> tuple[Record, ...]:
    """Return the addresses of a site at its domain, and at the names below it that show the same."""
    names = (domain, *(f"{alias}.{domain}" for alias in aliases))
    return tuple(_address(name, address) for name in names for address in addresses)


def mail_records(
    domain: str,
    *,
    servers: Sequence[str],
    dkim: tuple[str, str] | None,
    policy: Literal["none", "quarantine", "reject"] = "none",
    reports_to: str = "",
) -> tuple[Record, ...]:
    """Return what lets a domain receive mail, and what lets others trust what it sends: MX, SPF, DKIM and DMARC.

    `dkim` is the selector and the public key in base64, which the node reports. The policy begins at none: a stricter
    one is the owner's to choose, because it turns away mail that is sent from elsewhere.
    """
    mx = [record(domain, "MX", f"{10 * place} {_host(server)}.") for place, server in enumerate(servers, start=1)]
    rua = f"; rua=mailto:{reports_to}" if reports_to else ""
    texts = [(domain, "v=spf1 mx -all"), (f"_dmarc.{domain}", f"v=DMARC1; p={policy}{rua}")]
    if dkim is not None:
        selector, key = dkim
        texts.append((f"{selector}._domainkey.{domain}", f"v=DKIM1; k=rsa; p={_base64(key)}"))
    return (*mx, *(record(name, "TXT", quoted(text), ttl=POLICY_TTL) for name, text in texts))


def no_mail_records(domain: str) -> tuple[Record, ...]:
    """Return what says that a domain neither receives nor sends mail (RFC 7505, RFC 7208)."""
    return (
        record(domain, "MX", "0 ."),
        record(domain, "TXT", quoted("v=spf1 -all")),
        record(f"_dmarc.{domain}", "TXT", quoted("v=DMARC1; p=reject")),
    )


def issuer_records(domain: str, issuers: Iterable[str]) -> tuple[Record, ...]:
    """Return which authorities may issue certificates for a domain (RFC 8659)."""
    return tuple(record(domain, "CAA", f'0 issue "{_host(issuer)}"') for issuer in issuers)


def verification_record(name: str, text: str) -> Record:
    """Return a text by which somebody else's service knows the owner of a domain."""
    return record(name, "TXT", quoted(text), ttl=300)


def _address(name: str, address: str) -> Record:
    try:
        read = ip_address(address)
    except ValueError as error:
        raise WrongTemplateValue(f"{address!r} is no address. Write an IPv4 or IPv6 address.") from error
    return record(name, "A" if read.version == 4 else "AAAA", str(read))


def _host(name: str) -> str:
    bare = name.removesuffix(".")
    if not bare or any(sign not in "abcdefghijklmnopqrstuvwxyz0123456789-." for sign in bare):
        raise WrongTemplateValue(f"{name!r} is no host name. Write it in small letters, without a blank.")
    return bare


def _base64(key: str) -> str:
    if not key or any(not (sign.isascii() and (sign.isalnum() or sign in "+/=")) for sign in key):
        raise WrongTemplateValue("A DKIM key has letters, digits, + and / only. Take it from the node's report.")
    return key
