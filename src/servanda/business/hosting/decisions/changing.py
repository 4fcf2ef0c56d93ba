"""What may the owner of a service change of it, and what is it then? Pure: from a statement and a wish to a statement.

Each refusal names what is wrong and what to do. Nothing here knows who asks: whoever may, may only this.
"""

import string
from collections.abc import Container, Iterable
from ipaddress import ip_network
from typing import Literal, TypeVar, get_args

import msgspec

from servanda.business.hosting.decisions.opening import is_ownable
from servanda.business.hosting.facts import Allowance, ZoneChange
from servanda.ground.message import in_both
from servanda.ground.nodes.database_passwords import password_problems, reason_text
from servanda.ground.nodes.kinds.access import Login
from servanda.ground.nodes.kinds.databases import Database, DatabaseUser
from servanda.ground.nodes.kinds.dns import Record, Zone
from servanda.ground.nodes.kinds.mail import MailAlias, Mailbox, MailDomain
from servanda.ground.nodes.kinds.web import PhpVersion, Redirect, Site
from servanda.ground.nodes.wanted import Wanted, decode_statement, encode
from servanda.ground.nodes.zone_checks import check_zone, refuses
from servanda.ground.refusal import Refused

W = TypeVar("W")
Rights = Literal["all", "read"]
# Stand where pages look: the hash of nothing that anybody could type.
NO_PASSWORD = "$2b$04$" + "." * 53
NO_DATABASE_PASSWORD = "*" + "0" * 40
PASSWORD_LETTERS_MIN = 10
PASSWORD_BYTES_MAX = 72  # more than that bcrypt does not see
_EASY = frozenset({"password", "kodeord", "velkommen", "1234567890", "qwertyuiop", "adgangskode"})
_AROUND = string.digits + string.punctuation + " "
AROUND_MAX = 6
GB = 1_000_000_000


class ChangeRefused(Refused):
    """What was asked for cannot be done to this service; the message says why, and what can."""


def checked(statement: W) -> W:
    """Return the statement when it is within the grammar of nodes; refuses it with the place that is not."""
    assert isinstance(statement, msgspec.Struct)
    try:
        found = decode_statement(encode(statement))  # type: ignore[arg-type]
    except msgspec.ValidationError as error:
        place = str(error).rpartition("`$.")[2].rstrip("`") or "a value"
        raise ChangeRefused(
            "This cannot stand here (%(place)s): %(reason)s. Use plain letters, digits, dots and hyphens.",
            {"place": place, "reason": str(error)},
        ) from error
    return found  # type: ignore[return-value]


def core_of(password: str) -> str:
    """Return what is left of a password without the digits and signs that people put around a word; empty when that is much."""
    core = password.strip(_AROUND).lower()
    return core if len(password) - len(core) <= AROUND_MAX else ""


def is_known(password: str, known: Container[str]) -> bool:
    """Tell whether a password, or the word in it, is in a list of those that leaked: these are tried first (servicepoint-085)."""
    return password.lower() in known or core_of(password) in known


def checked_password(password: str, *, names: Iterable[str] = (), known: Container[str] = ()) -> str:
    """Return a password that is hard enough to guess (servicepoint-085); refuses one that is short, known, or a name."""
    plain = password.lower()
    if len(password) < PASSWORD_LETTERS_MIN or len(password.encode()) > PASSWORD_BYTES_MAX:
        raise ChangeRefused(
            "Choose a password of at least %(least)s and at most %(most)s letters.",
            {"least": PASSWORD_LETTERS_MIN, "most": PASSWORD_BYTES_MAX},
        )
    if len(set(password)) < 5 or any(easy in plain for easy in _EASY) or is_known(password, known):
        raise ChangeRefused(
            "This password is among the first that are tried. Choose several words that do not belong together."
        )
    if any(name and len(name) > 3 and name.lower() in plain for name in names):
        raise ChangeRefused("A password may not hold the name that it is for. Choose another.")
    return password


def checked_database_password(password: str, *, names: tuple[str, ...], known: Container[str] = ()) -> str:
    """Return a password for a user who may come from outside; refuses it with every reason at once."""
    problems = password_problems(password, names=names, is_leaked=lambda one: is_known(one, known))
    if problems:
        raise ChangeRefused(in_both(lambda language: "\n".join(reason_text(reason, language) for reason in problems)))
    return password


def new_mailbox(domain: MailDomain, local: str, *, quota_gb: int, allowance: Allowance, is_taken: bool) -> Mailbox:
    name = local.strip().lower()
    if is_taken:
        raise ChangeRefused(
            "%(address)s is there already. Change it, or choose another name.", {"address": f"{name}@{domain.domain}"}
        )
    if allowance.is_used_up:
        raise ChangeRefused(
            "All %(count)s mailboxes of the plan are in use. Remove one, or order more.", {"count": allowance.given}
        )
    return checked(
        Mailbox(
            local=name,
            domain=domain.domain,
            tenant=domain.tenant,
            password_hash=NO_PASSWORD,
            quota_bytes=_gigabytes(quota_gb),
        )
    )


def mailbox_of_size(mailbox: Mailbox, *, quota_gb: int, quota_gb_max: int) -> Mailbox:
    if quota_gb > quota_gb_max:
        raise ChangeRefused(
            "A mailbox of this plan holds at most %(most)s GB. Choose less, or order a larger plan.",
            {"most": quota_gb_max},
        )
    return checked(msgspec.structs.replace(mailbox, quota_bytes=_gigabytes(quota_gb)))


def new_alias(domain: MailDomain, local: str, to: Iterable[str], *, is_taken: bool) -> MailAlias:
    """Return an address that goes on to others; an empty name catches what no other address takes."""
    name = local.strip().lower()
    if is_taken:
        raise ChangeRefused(
            "%(address)s is there already. Change where it goes, or choose another name.",
            {"address": f"{name}@{domain.domain}"},
        )
    return checked(MailAlias(local=name, domain=domain.domain, to=_addresses(to)))


def alias_to(alias: MailAlias, to: Iterable[str]) -> MailAlias:
    return checked(msgspec.structs.replace(alias, to=_addresses(to)))


def with_php(site: Site, version: PhpVersion | None, *, offered: Iterable[str]) -> Site:
    """Return the site with this version of PHP; refuses one that its node does not have."""
    there = sorted(offered)
    if version is not None and there and version not in there:
        raise ChangeRefused("This server has PHP %(versions)s. Choose one of them.", {"versions": ", ".join(there)})
    return checked(msgspec.structs.replace(site, php=version))


def with_names(site: Site, names: Iterable[str], *, foreign: frozenset[str]) -> Site:
    """Return the site with its own first name and these others; refuses names that lead elsewhere or that nobody can hold."""
    others = tuple(dict.fromkeys(name.strip().lower().rstrip(".") for name in names if name.strip()))
    wanted = (site.names[0], *(name for name in others if name != site.names[0]))
    _refuse_names(wanted, foreign=foreign)
    redirects = tuple(one for one in site.redirects if one.name not in wanted)
    return checked(msgspec.structs.replace(site, names=wanted, redirects=redirects))


def with_redirects(site: Site, redirects: Iterable[tuple[str, str, bool]], *, foreign: frozenset[str]) -> Site:
    """Return the site with names that send their visitors on: (name, to, is permanent)."""
    wanted = tuple(
        Redirect(name=name.strip().lower().rstrip("."), to=to.strip().lower().rstrip("."), is_permanent=is_permanent)
        for name, to, is_permanent in redirects
    )
    for one in wanted:
        if one.name == one.to:
            raise ChangeRefused(
                "%(name)s would send its visitors to itself for ever. Choose another name to go to.", {"name": one.name}
            )
        if one.name in site.names:
            raise ChangeRefused(
                "%(name)s shows the site itself. Take it from the site's names first.", {"name": one.name}
            )
    if len({one.name for one in wanted}) != len(wanted):
        raise ChangeRefused("A name can send its visitors to one place only. Write each name once.")
    _refuse_names((one.name for one in wanted), foreign=foreign)
    return checked(msgspec.structs.replace(site, redirects=wanted))


def with_user(database: Database, name: str, *, number: int, rights: Rights = "all") -> Database:
    """Return the database with one more user, who may write, or only read (servicepoint-084)."""
    full = f"s{number}_{name.strip().lower()}"
    if any(user.name == full for user in database.users):
        raise ChangeRefused(
            "%(name)s is there already. Give it a new password, or choose another name.", {"name": full}
        )
    if rights not in get_args(Rights):
        raise ChangeRefused("Choose what the user may do: all, or read.")
    user = DatabaseUser(name=full, password_hash=NO_DATABASE_PASSWORD, rights=rights)
    return checked(msgspec.structs.replace(database, users=(*database.users, user)))


def without_user(database: Database, name: str) -> Database:
    left = tuple(user for user in database.users if user.name != name)
    if len(left) == len(database.users):
        raise ChangeRefused(
            "%(database)s has no user %(name)s. Look at its users as they are now.",
            {"database": database.name, "name": name[:60]},
        )
    return msgspec.structs.replace(database, users=left)


def with_allowed(database: Database, networks: Iterable[str], *, is_sold: bool) -> Database:
    """Return the database with the addresses from which its users may come (servicepoint-083)."""
    if not is_sold:
        raise ChangeRefused("This plan's databases are reached from its own site only. Order a database with access.")
    wanted = []
    for text in networks:
        try:
            network = ip_network(text.strip(), strict=False)
        except ValueError as error:
            raise ChangeRefused(
                "'%(text)s' is no address or network. Write it as 192.0.2.7 or 192.0.2.0/24.", {"text": text[:60]}
            ) from error
        if network.prefixlen < (8 if network.version == 4 else 32):
            raise ChangeRefused(
                "%(network)s lets half the world in. Name the networks that you use.", {"network": network}
            )
        wanted.append(str(network))
    return checked(msgspec.structs.replace(database, allow=tuple(dict.fromkeys(wanted))))


def is_wide(network: str) -> bool:
    """Tell whether an allowed network holds so many addresses that its owner should hear of it."""
    found = ip_network(network)
    return found.prefixlen < (24 if found.version == 4 else 64)


def with_keys(login: Login, keys: Iterable[str]) -> Login:
    """Return the login with these public keys, without what people write behind them."""
    wanted = tuple(dict.fromkeys(" ".join(key.split()[:2]) for key in keys if key.strip()))
    return checked(msgspec.structs.replace(login, keys=wanted))


def with_record(zone: Zone, record: Record) -> Zone:
    """Return the zone with one more record; refuses what would break it, and says all that is wrong."""
    return _zone(zone, (*zone.records, record))


def without_record(zone: Zone, record: Record) -> Zone:
    left = tuple(one for one in zone.records if one != record)
    if len(left) == len(zone.records):
        raise ChangeRefused(
            "%(domain)s has no such record %(record)s. Look at the zone as it is now.",
            {"domain": zone.domain, "record": f"{record.name} {record.type}"},
        )
    return msgspec.structs.replace(zone, records=left)


def after_file(found: ZoneChange, *, seen: str) -> Zone:
    """Return the zone that a file makes; refuses another change than the one that was looked at, and a broken zone."""
    if found.is_empty:
        raise ChangeRefused("The file holds no record of this zone, so nothing is taken in. Give the zone's own file.")
    if found.seen != seen:
        raise ChangeRefused("The zone or the file is another now than what was shown. Look at the file once more.")
    return _zone(found.before, found.after.records)


def _zone(zone: Zone, records: tuple[Record, ...]) -> Zone:
    changed = checked(msgspec.structs.replace(zone, records=records))
    before = set(check_zone(zone.domain, zone.records))
    found = [one for one in check_zone(zone.domain, records) if one not in before]
    if refuses(found):
        wrong = tuple(one for one in found if not one.is_warning)
        raise ChangeRefused(in_both(lambda language: "\n".join(one.text(language) for one in wrong)))
    return changed


def _refuse_names(names: Iterable[str], *, foreign: frozenset[str]) -> None:
    for name in names:
        if not is_ownable(name):
            raise ChangeRefused(
                "'%(name)s' is no name that a site can have. Write it as in www.example.dk.", {"name": name[:80]}
            )
        if name in foreign:
            raise ChangeRefused("%(name)s leads to another site already. Take it from there first.", {"name": name})


def _addresses(to: Iterable[str]) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(address.strip().lower() for address in to if address.strip()))
    if not wanted:
        raise ChangeRefused("Say where its mail goes: write at least one address.")
    return wanted


def _gigabytes(number: int) -> int:
    if not 1 <= number <= 1000:
        raise ChangeRefused("A mailbox holds from 1 to 1000 GB. Write a number of gigabytes between them.")
    return number * GB


def is_about(statement: Wanted, domain: str) -> bool:
    """Tell whether a mailbox or alias is of this domain."""
    return isinstance(statement, Mailbox | MailAlias) and statement.domain == domain
