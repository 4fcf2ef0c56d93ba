"""Mailboxes and addresses that go on to others, as their owner orders them."""

from collections.abc import Iterable

from django.db import transaction

from servanda.business.access.actions.passwords import known_passwords
from servanda.business.hosting.actions.changing import (
    Order,
    change,
    is_taken,
    keep_password,
    locked_part,
    locked_setup,
    note,
    remove,
)
from servanda.business.hosting.actions.setting_up import add_part
from servanda.business.hosting.decisions.changing import (
    ChangeRefused,
    alias_to,
    checked_password,
    mailbox_of_size,
    new_alias,
    new_mailbox,
)
from servanda.business.hosting.facts import SetupFacts
from servanda.business.hosting.models import Part
from servanda.business.hosting.queries.parts import allowances
from servanda.ground.message import Message
from servanda.ground.nodes.kinds.mail import MailAlias, Mailbox, MailDomain
from servanda.ground.nodes.wanted import decode_statement


@transaction.atomic
def add_mailbox(service_id: int, local: str, *, password: str, order: Order, quota_gb: int = 0) -> str:
    """Add a mailbox and return its key. Refuses one that is taken, more than the plan gives, and an easy password."""
    setup = locked_setup(service_id)
    domain = _mail_domain(setup)
    name = local.strip().lower()
    checked_password(password, names=(name,), known=known_passwords())
    mailbox = new_mailbox(
        domain,
        name,
        quota_gb=min(quota_gb or setup.package.mailbox_gb, setup.package.mailbox_gb),
        allowance=allowances(service_id)["mailboxes"],
        is_taken=_is_address_taken(name, domain.domain),
    )
    part = add_part(service_id, mailbox, by=order.by, at=order.at)
    keep_password(part, password, names=(name,))
    note(service_id, "mailbox.added", mailbox.key, order=order)
    return mailbox.key


@transaction.atomic
def set_mailbox_password(service_id: int, key: str, *, password: str, order: Order) -> None:
    """Give a mailbox another password; whoever is signed in with the old one must sign in again."""
    locked_setup(service_id)
    row, mailbox = locked_part(service_id, key, Mailbox)
    keep_password(row, password, names=(mailbox.local,))
    note(service_id, "mailbox.password_changed", key, order=order)


@transaction.atomic
def set_mailbox_size(service_id: int, key: str, *, quota_gb: int, order: Order) -> None:
    setup = locked_setup(service_id)
    most = setup.package.mailbox_gb
    change(
        service_id,
        key,
        Mailbox,
        lambda one: mailbox_of_size(one, quota_gb=quota_gb, quota_gb_max=most),
        order=order,
        what="mailbox.changed",
    )


@transaction.atomic
def remove_mailbox(service_id: int, key: str, *, order: Order) -> None:
    """Take a mailbox out of operation. Its mail stays in quarantine and can be put back."""
    remove(service_id, key, Mailbox, order=order)


@transaction.atomic
def add_alias(service_id: int, local: str, *, to: Iterable[str], order: Order) -> str:
    """Let mail for an address go on to others, and return its key."""
    setup = locked_setup(service_id)
    domain = _mail_domain(setup)
    name = local.strip().lower()
    alias = new_alias(domain, name, to, is_taken=_is_address_taken(name, domain.domain))
    add_part(service_id, alias, by=order.by, at=order.at)
    note(service_id, "alias.added", alias.key, order=order)
    return alias.key


@transaction.atomic
def set_alias(service_id: int, key: str, *, to: Iterable[str], order: Order) -> None:
    wanted = tuple(to)
    change(service_id, key, MailAlias, lambda one: alias_to(one, wanted), order=order, what="alias.changed")


@transaction.atomic
def remove_alias(service_id: int, key: str, *, order: Order) -> None:
    remove(service_id, key, MailAlias, order=order)


def _mail_domain(setup: SetupFacts) -> MailDomain:
    """Return the domain's own statement, which may be a part of another service of the same customer."""
    row = Part.objects.filter(
        key=f"mail-domain/{setup.domain}", state="kept", service__customer__service=setup.service_id
    ).first()
    statement = decode_statement(row.body.encode()) if row is not None else None
    if not isinstance(statement, MailDomain):
        raise ChangeRefused(
            "Mail for %(domain)s is not kept here. Order mail for the domain first.",
            {"domain": setup.domain or Message("this service")},
        )
    return statement


def _is_address_taken(local: str, domain: str) -> bool:
    return is_taken(f"mailbox/{local}@{domain}") or is_taken(f"mail-alias/{local}@{domain}")
