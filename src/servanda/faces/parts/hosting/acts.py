"""What may be done on the page of a service: each act by its name, from the fields of its form.

Whoever may open the page may do these; everything else is checked by the actions themselves.
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from servanda.business.companies.queries import company
from servanda.business.hosting.actions import (
    bulk_mail,
    changing,
    databases,
    dns,
    errands,
    mail,
    moving_in,
    restoring,
    true_up,
    web,
)
from servanda.business.hosting.actions.changing import Order
from servanda.business.hosting.queries import services
from servanda.business.hosting.queries.restoring import restore_way_of
from servanda.business.hosting.queries.services import company_id_of
from servanda.business.hosting.queries.tasks import tasks_of_service
from servanda.faces.parts.hosting.proving import look_for_proof
from servanda.faces.parts.hosting.zone_files import LETTERS_MAX as ZONE_LETTERS_MAX
from servanda.ground.nodes.kinds.backups import SftpSource
from servanda.ground.nodes.kinds.dns import Record
from servanda.ground.refusal import Refused

TEXT_LETTERS_MAX = 5000
Fields = Mapping[str, str]
Act = Callable[[int, Fields, Order, datetime], None]


class NotAnAct(Refused):
    """A form names an act that there is not, or lacks a field."""


# What is told after an act; the others are done within seconds.
SAID: Mapping[str, str] = {
    "restore": gettext_noop("It is taken in. How far it is stands below, also when you come back later."),
    "preview-restore": gettext_noop(
        "It is being looked at. What would change stands below in a moment; nothing is changed."
    ),
    "agree": gettext_noop("Your yes is taken in."),
    "move-in": gettext_noop("It is ordered. How far it is stands below, also when you come back later."),
    "fetch-mail": gettext_noop("It is ordered. How far it is stands below, also when you come back later."),
}
DONE_SOON = gettext_noop("It is ordered, and done within seconds.")


def said_after(name: str) -> str:
    """Return what is told when an act was taken in."""
    return _(SAID.get(name, DONE_SOON))


def act_on(service_id: int, name: str, fields: Fields, *, order: Order, now: datetime) -> None:
    """Do one act. Refuses an unknown one, and all that the act itself refuses; nothing is half done."""
    if name not in ACTS:
        raise NotAnAct(_("The form is not whole. Go back to the page and try again."))
    ACTS[name](service_id, fields, order, now)


def _text(fields: Fields, name: str) -> str:
    return fields.get(name, "")[:TEXT_LETTERS_MAX].strip()


def _secret(fields: Fields, name: str) -> str:
    """Return a password as it was typed, blanks and all."""
    return fields.get(name, "")[:TEXT_LETTERS_MAX]


def _words(fields: Fields, name: str) -> tuple[str, ...]:
    return tuple(_text(fields, name).replace(",", " ").split())


def _lines(fields: Fields, name: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in _text(fields, name).splitlines() if line.strip())


def _number(fields: Fields, name: str, *, otherwise: int) -> int:
    text = _text(fields, name)
    if not text:
        return otherwise
    if not text.isdigit() or len(text) > 9:
        raise NotAnAct(_("Write a whole number."))
    return int(text)


def _record(fields: Fields) -> Record:
    name, kind, content = _text(fields, "name"), _text(fields, "type"), _text(fields, "content")
    return Record(name=name, type=kind, ttl=_number(fields, "ttl", otherwise=3600), content=content)  # type: ignore[arg-type]


def _named_record(fields: Fields) -> Record:
    parts = fields.get("record", "").split("\t")
    if len(parts) != 4 or not parts[2].isdigit():
        raise NotAnAct(_("The form is not whole. Go back to the page and try again."))
    return Record(name=parts[0], type=parts[1], ttl=int(parts[2]), content=parts[3])  # type: ignore[arg-type]


def _wish(fields: Fields) -> dict[str, str]:
    """Return what shall come back, and where to; refuses what a form does not offer."""
    names = ("snapshot", "what", "into", "path", "database", "domain")
    wish = {name: _text(fields, name) for name in names}
    if wish["what"] not in {"files", "file", "database", "mail", "all"} or wish["into"] not in {"beside", "in place"}:
        raise NotAnAct(_("Choose what shall come back, and where to."))
    if not wish["snapshot"]:
        raise NotAnAct(_("Choose the day from which it shall come back."))
    return wish


def _restore(service_id: int, fields: Fields, order: Order, now: datetime) -> None:
    """Give back, or take in the request for it, as the terms of the service have it."""
    wish = _wish(fields)
    if restore_way_of(company(company_id_of(service_id)), services([service_id])[0], today=order.today).is_by_customer:
        _order_restore(service_id, wish, wish["into"], order, now)
    else:
        restoring.ask_for_restore(service_id, wish, order=order)


def _order_restore(service_id: int, wish: Mapping[str, str], into: str, order: Order, now: datetime) -> None:
    errands.order_restore(
        service_id,
        errand=secrets.token_hex(16),
        snapshot=wish["snapshot"],
        what=wish["what"],  # type: ignore[arg-type]
        into=into,  # type: ignore[arg-type]
        path=wish["path"] or None,
        database=wish["database"] or None,
        domain=wish["domain"] or None,
        order=order,
        now=now,
    )


def _agree(service_id: int, fields: Fields, order: Order, _now: datetime) -> None:
    """Say yes to what is offered: a larger subscription, or the price of a restore."""
    number = _number(fields, "task", otherwise=0)
    kinds = {one.task_id: one.kind for one in tasks_of_service(service_id)}
    if kinds.get(number) == "restore":
        restoring.agree_on_restore(service_id, number, order=order)
    else:
        true_up.agree_on_use(service_id, number, order=order)


def _move_in(service_id: int, fields: Fields, order: Order, now: datetime) -> None:
    archive = _text(fields, "archive")
    source = None
    if not archive:
        key = _text(fields, "host_key").split()
        source = SftpSource(
            host=_text(fields, "host").lower(),
            port=_number(fields, "port", otherwise=22),
            user=_text(fields, "user"),
            folder=_text(fields, "folder"),
            host_key=" ".join(key[1:3] if len(key) > 2 and not key[0].startswith(("ssh-", "ecdsa-")) else key[:2]),
        )
    moving_in.order_move_in(
        service_id,
        errand=secrets.token_hex(16),
        source=source,
        word=_secret(fields, "password") if source is not None else "",
        archive=archive,
        database=_text(fields, "database"),
        order=order,
        now=now,
    )


def _fetch_mail(service_id: int, fields: Fields, order: Order, now: datetime) -> None:
    moving_in.order_mail_import(
        service_id,
        _text(fields, "key"),
        errand=secrets.token_hex(16),
        host=_text(fields, "host"),
        login=_text(fields, "login"),
        word=_secret(fields, "password"),
        order=order,
        now=now,
    )


ACTS: Mapping[str, Act] = {
    "php": lambda s, f, o, _now: web.set_php(s, _text(f, "key"), version=_text(f, "php") or None, order=o),  # type: ignore[arg-type]
    "names": lambda s, f, o, _now: web.set_names(s, _text(f, "key"), names=_words(f, "names"), order=o),
    "add-database": lambda s, f, o, _now: _ignored(databases.add_database(s, _text(f, "name"), order=o)),
    "remove-database": lambda s, f, o, _now: databases.remove_database(s, _text(f, "key"), order=o),
    "add-database-user": lambda s, f, o, _now: _ignored(
        databases.add_database_user(
            s,
            _text(f, "key"),
            _text(f, "name"),
            password=_secret(f, "password"),
            order=o,
            rights=_text(f, "rights") or "all",  # type: ignore[arg-type]
        )
    ),
    "database-password": lambda s, f, o, _now: databases.set_database_password(
        s, _text(f, "key"), _text(f, "user"), password=_secret(f, "password"), order=o
    ),
    "remove-database-user": lambda s, f, o, _now: databases.remove_database_user(
        s, _text(f, "key"), _text(f, "user"), order=o
    ),
    "allow-networks": lambda s, f, o, _now: databases.allow_networks(
        s, _text(f, "key"), networks=_words(f, "networks"), order=o
    ),
    "add-mailbox": lambda s, f, o, _now: _ignored(
        mail.add_mailbox(
            s,
            _text(f, "local").lower(),
            password=_secret(f, "password"),
            order=o,
            quota_gb=_number(f, "gb", otherwise=0),
        )
    ),
    "mailbox-password": lambda s, f, o, _now: mail.set_mailbox_password(
        s, _text(f, "key"), password=_secret(f, "password"), order=o
    ),
    "remove-mailbox": lambda s, f, o, _now: mail.remove_mailbox(s, _text(f, "key"), order=o),
    "add-alias": lambda s, f, o, _now: _ignored(
        mail.add_alias(s, _text(f, "local").lower(), to=_words(f, "to"), order=o)
    ),
    "remove-alias": lambda s, f, o, _now: mail.remove_alias(s, _text(f, "key"), order=o),
    "add-record": lambda s, f, o, _now: dns.add_record(s, _text(f, "key"), _record(f), order=o),
    "remove-record": lambda s, f, o, _now: dns.remove_record(s, _text(f, "key"), _named_record(f), order=o),
    "replace-zone": lambda s, f, o, _now: dns.replace_records(
        s, _text(f, "key"), f.get("text", "")[:ZONE_LETTERS_MAX], seen=_text(f, "seen"), order=o
    ),
    "login-keys": lambda s, f, o, _now: web.set_login_keys(s, _text(f, "key"), keys=_lines(f, "keys"), order=o),
    "login-password": lambda s, f, o, _now: web.set_login_password(
        s, _text(f, "key"), password=_secret(f, "password"), order=o
    ),
    "ask-for-bulk": lambda s, f, o, _now: bulk_mail.ask_for_bulk(s, _number(f, "messages", otherwise=0), order=o),
    "look-for-proof": lambda s, _f, o, _now: look_for_proof(s, order=o),
    "put-back": lambda s, f, o, _now: changing.put_back(s, _text(f, "key"), order=o),
    "restore": _restore,
    "preview-restore": lambda s, f, o, now: _order_restore(s, _wish(f), "preview", o, now),
    "agree": _agree,
    "move-in": _move_in,
    "fetch-mail": _fetch_mail,
    "undo-restore": lambda s, f, o, now: errands.undo_restore(s, _text(f, "errand"), order=o, now=now),
    "export": lambda s, _f, o, now: _ignored(errands.order_export(s, errand=secrets.token_hex(16), order=o, now=now)),
}


def _ignored(_: object) -> None:
    """Some actions tell what they made; the page shows it anyway."""
