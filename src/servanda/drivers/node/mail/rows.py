"""The rows that a statement stands for: what a node serves is these rows, and looking compares them."""

from collections.abc import Sequence

from servanda.drivers.node.layout import Layout
from servanda.drivers.node.mail.effects import block_answer, stops_of
from servanda.drivers.node.mail.maps import NEVER_ENDS, Row
from servanda.drivers.node.mail.places import Places
from servanda.drivers.node.passwords import password_of
from servanda.ground.nodes.kinds.mail import MailAlias, Mailbox, MailDomain, OutboundBlock

_FOREVER = "DEFER 4.2.1 Mail for this address is put off for now"


def address(wanted: Mailbox) -> str:
    return f"{wanted.local}@{wanted.domain}"


def source(wanted: MailAlias) -> str:
    """Return what Postfix looks up; an empty local part stands for every address of the domain."""
    return f"{wanted.local}@{wanted.domain}"


def is_local(wanted: MailDomain) -> bool:
    return wanted.is_proven and wanted.state == "kept"


def domain(wanted: MailDomain) -> Row | None:
    """Return the row of a domain; a quarantined one keeps it, not local, so that a release is an identity."""
    if wanted.state == "purged":
        return None
    stops = stops_of(wanted.holds)
    return {
        "name": wanted.domain,
        "tenant": wanted.tenant,
        "is_local": int(is_local(wanted)),
        "receiving": stops.receiving,
        "sending": stops.sending,
        **_block(wanted.outbound_block),
        "route": wanted.route,
        "hourly": wanted.hourly_limit,
        "daily": wanted.daily_limit,
        "weekly": wanted.weekly_limit,
        "alike": wanted.alike_limit,
        "selector": wanted.dkim_selector,
    }


def login_of_domain(wanted: MailDomain) -> Row | None:
    if wanted.state != "kept":
        return None
    return {"name": wanted.domain, "unread": stops_of(wanted.holds).unread}


def mailbox(wanted: Mailbox) -> Row | None:
    if wanted.state != "kept":
        return None
    stops = stops_of(wanted.holds)
    return {
        "address": address(wanted),
        "domain": wanted.domain,
        "tenant": wanted.tenant,
        "receiving": stops.receiving,
        "sending": stops.sending,
        **_block(wanted.outbound_block),
        "hourly": wanted.hourly_limit,
        "daily": wanted.daily_limit,
    }


def login(layout: Layout, wanted: Mailbox) -> Row | None:
    if wanted.state != "kept":
        return None
    return {
        "address": address(wanted),
        "domain": wanted.domain,
        "uid": wanted.tenant,
        "home": str(Places(layout).mailbox(wanted.domain, wanted.local)),
        "quota_bytes": wanted.quota_bytes,
        "password": f"{{BLF-CRYPT}}{password_of(layout, wanted)}",
        "unread": stops_of(wanted.holds).unread,
    }


def send_as(wanted: Mailbox) -> Sequence[Row]:
    if wanted.state != "kept":
        return ()
    return tuple(
        {"login": address(wanted), "address": one, "domain": one.rpartition("@")[2]}
        for one in sorted(set(wanted.may_send_as))
    )


def alias(wanted: MailAlias) -> Row | None:
    if wanted.state != "kept":
        return None
    stops = stops_of(wanted.holds)
    # An alias sends on what it gets. Where that must stop, mail is put off, since nobody would keep it here.
    receiving = stops.receiving or (_FOREVER if _is_abused(wanted) else "")
    return {"source": source(wanted), "domain": wanted.domain, "receiving": receiving}


def targets(wanted: MailAlias) -> Sequence[Row]:
    if wanted.state != "kept":
        return ()
    return tuple({"source": source(wanted), "dest": one, "domain": wanted.domain} for one in sorted(set(wanted.to)))


def _is_abused(wanted: MailAlias) -> bool:
    return any(hold.cause in ("abuse", "breach") for hold in wanted.holds)


def _block(block: OutboundBlock | None) -> Row:
    if block is None:
        return {"block": "", "block_until": 0}
    until = NEVER_ENDS if block.until is None else int(block.until.timestamp())
    return {"block": block_answer(block), "block_until": until}
