"""What is found of mail against what is wanted. Codes: row-missing, row-differs, row-left, login-*, folder-*, key-*."""

import sqlite3
import stat
from collections.abc import Sequence

from servanda.drivers.node.layout import Layout
from servanda.drivers.node.mail import keys, maps, rows
from servanda.drivers.node.mail.places import Places
from servanda.ground.nodes.kinds.mail import MailAlias, Mailbox, MailDomain
from servanda.ground.nodes.wanted import Difference


def domain(
    layout: Layout, wanted: MailDomain, served: sqlite3.Connection, known: sqlite3.Connection
) -> Sequence[Difference]:
    found = [
        *_row("mail.row", served, "domain", "name", wanted.domain, rows.domain(wanted)),
        *_row("mail.login", known, "domain", "name", wanted.domain, rows.login_of_domain(wanted)),
    ]
    if wanted.state == "kept":
        names = {path.name for path in keys.kept(layout, wanted.domain)}
        wanted_names = {f"{wanted.domain}.{one}.pem" for one in (wanted.dkim_selector, wanted.dkim_next) if one}
        found += [Difference(code="mail.key-missing", wanted=name) for name in sorted(wanted_names - names)]
        found += [Difference(code="mail.key-left", found=name) for name in sorted(names - wanted_names)]
    return tuple(found)


def mailbox(
    layout: Layout, wanted: Mailbox, served: sqlite3.Connection, known: sqlite3.Connection
) -> Sequence[Difference]:
    address = rows.address(wanted)
    found = [
        *_row("mail.row", served, "mailbox", "address", address, rows.mailbox(wanted)),
        *_row("mail.login", known, "mailbox", "address", address, rows.login(layout, wanted)),
        *_set("mail.send-as", served, "send_as", "login", address, "address", rows.send_as(wanted)),
    ]
    return tuple(found) + _folder(layout, wanted)


def alias(wanted: MailAlias, served: sqlite3.Connection) -> Sequence[Difference]:
    source = rows.source(wanted)
    return (
        *_row("mail.row", served, "alias", "source", source, rows.alias(wanted)),
        *_set("mail.target", served, "target", "source", source, "dest", rows.targets(wanted)),
    )


def _folder(layout: Layout, wanted: Mailbox) -> tuple[Difference, ...]:
    path = Places(layout).mailbox(wanted.domain, wanted.local)
    try:
        found = path.lstat()
    except OSError:
        return (Difference(code="mail.folder-missing", wanted=path.name),) if wanted.state == "kept" else ()
    if wanted.state != "kept":
        return (Difference(code="mail.folder-left", found=path.name),)
    is_right = stat.S_ISDIR(found.st_mode) and found.st_uid == found.st_gid == wanted.tenant
    if not is_right:
        return (Difference(code="mail.folder-owner", wanted=str(wanted.tenant), found=str(found.st_uid)),)
    mode = stat.S_IMODE(found.st_mode)
    return (Difference(code="mail.folder-mode", wanted="700", found=f"{mode:o}"),) if mode != 0o700 else ()


def _row(
    code: str, link: sqlite3.Connection, table: str, column: str, value: str, wanted: maps.Row | None
) -> Sequence[Difference]:
    found = maps.get(link, table, column, value)
    if wanted is None:
        return (Difference(code=f"{code}-left", found=value),) if found is not None else ()
    if found is None:
        return (Difference(code=f"{code}-missing", wanted=value),)
    # What a password hash is, is never told.
    names = [name for name in wanted if wanted[name] != found.get(name)]
    return tuple(
        Difference(code=f"{code}-differs", wanted=name)
        if name == "password"
        else Difference(code=f"{code}-differs", wanted=f"{name}={wanted[name]}", found=f"{name}={found.get(name)}")
        for name in names
    )


def _set(
    code: str, link: sqlite3.Connection, table: str, column: str, value: str, shown: str, wanted: Sequence[maps.Row]
) -> Sequence[Difference]:
    found = {str(row[0]) for row in link.execute(f"SELECT {shown} FROM {table} WHERE {column}=?", (value,))}
    asked = {str(row[shown]) for row in wanted}
    missing = tuple(Difference(code=f"{code}-missing", wanted=one) for one in sorted(asked - found))
    return missing + tuple(Difference(code=f"{code}-left", found=one) for one in sorted(found - asked))
