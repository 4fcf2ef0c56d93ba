"""What does a service consist of when it is opened? From the plan's package and the customer's order to statements. Pure."""

import re
from collections.abc import Iterator
from typing import Literal

import msgspec
from publicsuffixlist import PublicSuffixList

from servanda.business.hosting.facts import TENANTS_FROM
from servanda.ground.nodes.domain_claims import FREE_MAIL
from servanda.ground.nodes.grammar import HostName
from servanda.ground.nodes.kinds.access import Login
from servanda.ground.nodes.kinds.backups import BackupPlan
from servanda.ground.nodes.kinds.certificates import Certificate
from servanda.ground.nodes.kinds.databases import Database
from servanda.ground.nodes.kinds.dns import Record, Zone
from servanda.ground.nodes.kinds.mail import MailDomain
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import Wanted
from servanda.ground.nodes.zone_templates import mail_records, name_server_records, web_records
from servanda.terms.packages import HostingPackage

GB = 1_000_000_000
# Without a promise so many are kept, so that a last copy lies there before anything is purged.
COPIES_UNPROMISED = 7
# DMARC (RFC 7489 § 6.3) of a domain whose mail we set up ourselves: all of it goes out from here, so nothing of its
# owner's is hit, and what others send in its name is put aside from the first day. The owner may change the record.
NEW_DOMAINS_POLICY: Literal["quarantine"] = "quarantine"
_WORD = re.compile(r"[^\s,;()]+")
_SUFFIXES = PublicSuffixList()


def domain_in(description: str) -> str:
    """Return the domain name that an order's text names, in small letters; empty when it names none."""
    for word in _WORD.findall(description.lower()):
        name: str = word.rstrip(".")
        if is_ownable(name):
            return name
    return ""


def is_ownable(name: str) -> bool:
    """Tell whether somebody can hold this name: a host name, not one below which everybody registers, not a mail provider's."""
    try:
        msgspec.convert(name, HostName)
    except msgspec.ValidationError:
        return False
    return name not in FREE_MAIL and bool(_SUFFIXES.privatesuffix(name))


def kinds_of(package: HostingPackage) -> frozenset[str]:
    """Return which kinds of statements a service of this package needs a node for."""
    needed = {
        "site": package.has_site,
        "login": package.has_site,
        "database": package.databases > 0,
        "mail-domain": package.has_mail,
        "zone": package.has_zone,
        "certificate": package.has_certificate,
        "backup": has_data(package),
    }
    return frozenset(kind for kind, is_needed in needed.items() if is_needed)


def has_data(package: HostingPackage) -> bool:
    return package.has_site or package.databases > 0 or package.has_mail


def needs_domain(package: HostingPackage) -> bool:
    return package.has_site or package.has_mail or package.has_zone


def statements_to_open(
    package: HostingPackage,
    *,
    number: int,
    domain: str,
    is_proven: bool,
    addresses: tuple[str, ...],
    host_name: str,
    shared: frozenset[str] = frozenset(),
) -> tuple[Wanted, ...]:
    """Return what a new service consists of, but for what another service of its owner has already (`shared` keys)."""
    made = _statements(package, number, domain, is_proven=is_proven, addresses=addresses, host_name=host_name)
    return tuple(one for one in made if one.key not in shared)


def _statements(
    package: HostingPackage,
    number: int,
    domain: str,
    *,
    is_proven: bool,
    addresses: tuple[str, ...],
    host_name: str,
) -> Iterator[Wanted]:
    tenant = TENANTS_FROM + number
    if package.has_site:
        yield Site(
            site=number,
            tenant=tenant,
            names=(domain, f"www.{domain}"),
            php=package.php,
            disk_bytes=package.disk_gb * GB,
            inodes=package.files_max,
            php_memory_mb=package.php_memory_mb,
            php_processes=package.php_processes,
        )
        yield Login(name=f"s{number}", site=number, tenant=tenant)
    if package.databases:
        yield new_database(package, number=number, name="main")
    if package.has_mail:
        yield MailDomain(
            domain=domain,
            tenant=tenant,
            is_proven=is_proven,
            hourly_limit=package.mails_an_hour,
            daily_limit=package.mails_a_day,
        )
    if package.has_zone:
        records = first_records(package, domain=domain, addresses=addresses, host_name=host_name)
        yield Zone(domain=domain, records=records)
    if package.has_certificate:
        yield Certificate(name=domain, names=(domain, f"www.{domain}"))
    if has_data(package):
        yield backup_plan(package, number=number, domain=domain)


def new_database(package: HostingPackage, *, number: int, name: str) -> Database:
    """Return a database without users: its owner makes them with passwords of their own."""
    return Database(
        name=f"s{number}_{name}",
        tenant=TENANTS_FROM + number,
        disk_bytes=package.database_gb * GB,
        max_connections=package.database_connections,
    )


def backup_plan(package: HostingPackage, *, number: int, domain: str) -> BackupPlan:
    return BackupPlan(
        plan=number,
        tenant=TENANTS_FROM + number,
        site=number if package.has_site else None,
        databases=(f"s{number}_main",) if package.databases else (),
        mail_domains=(domain,) if package.has_mail else (),
        country=package.copies_country,
        every_hours=package.copies_every_hours,
        keep_daily=package.copies_daily or COPIES_UNPROMISED,
        keep_monthly=package.copies_monthly,
    )


def first_records(
    package: HostingPackage, *, domain: str, addresses: tuple[str, ...], host_name: str
) -> tuple[Record, ...]:
    """Return the records with which a new zone begins: where its web and mail are, and who may send in its name."""
    servers = (host_name,) if host_name else ()
    records = name_server_records(domain, servers)
    if package.has_site:
        records += web_records(domain, addresses)
    if package.has_mail and servers:
        records += mail_records(domain, servers=servers, dkim=None, policy=NEW_DOMAINS_POLICY)
    return records
