"""What shall a node do for a service? From its state, its holds and its parts to statements with their grounds. Pure.

What a hold stops, by its cause:

- payment and breach stop all that is served, and sending; mail is still received, names are still answered;
- abuse stops the site, its logins and sending (simsoft-016 to 018), and leaves the mailboxes to be read;
- a stop of sending stops what goes out by mail, for a time or until it is lifted;
- load stops what burdens the machine: the site and its databases;
- the customer's own wish stops the site.

Zones, certificates and copies are never held: a name must stay, and what protects the customer goes on.
"""

import msgspec

from servanda.business.hosting.facts import SENDING, BulkMailFacts, HoldFacts, PartFacts, RemovalFacts, ServicePicture
from servanda.business.nodes.facts import Ground, Wish
from servanda.ground.nodes.kinds.access import Login
from servanda.ground.nodes.kinds.backups import BackupPlan, Retention
from servanda.ground.nodes.kinds.base import Cause, Hold, State
from servanda.ground.nodes.kinds.databases import Database
from servanda.ground.nodes.kinds.mail import Mailbox, MailDomain, OutboundBlock
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.texts import clause_text
from servanda.ground.nodes.wanted import Wanted

ALL: frozenset[Cause] = frozenset(("payment", "abuse", "load", "breach", "customer", "capacity"))
STOPPED_BY: dict[type[Wanted], frozenset[Cause]] = {
    Site: ALL,
    Login: frozenset(("payment", "abuse", "breach")),
    Database: frozenset(("payment", "breach", "load")),
    Mailbox: frozenset(("payment", "breach")),
}
NOT_SENDING: frozenset[Cause] = frozenset(("payment", "abuse", "breach"))


def wishes_for(picture: ServicePicture) -> tuple[Wish, ...]:
    """Return what shall hold on the node of a service, for each of its parts."""
    return tuple(_wish(picture, part) for part in picture.parts)


def retention_wishes(node: str, wishes: tuple[Wish, ...]) -> tuple[Wish, ...]:
    """Return what the keeper of a store is told of the plans among the wishes for a node: how long its copies are kept.

    Whatever becomes of the plan, its copies stay for their time: a keeper is told of no quarantine and no purge.
    """
    return tuple(
        Wish(
            statement=Retention(
                node=node,
                plan=plan.plan,
                keep_daily=plan.keep_daily,
                keep_monthly=plan.keep_monthly,
                keep_databases_daily=plan.keep_databases_daily,
            ),
            subject=wish.subject,
            grounds=tuple(ground for ground in wish.grounds if ground.act == "change"),
        )
        for wish in wishes
        if isinstance(plan := wish.statement, BackupPlan)
    )


def causes_of(holds: tuple[HoldFacts, ...]) -> dict[Cause, HoldFacts]:
    """Return the open holds by cause; of several with one cause the oldest speaks. An unknown cause is a breach."""
    found: dict[Cause, HoldFacts] = {}
    for hold in sorted(holds, key=lambda one: one.hold_id):
        if hold.lifted_at is None and hold.cause != SENDING:
            found.setdefault(_cause(hold.cause), hold)
    return found


def _wish(picture: ServicePicture, part: PartFacts) -> Wish:
    removal = picture.removed_parts.get(part.part_id) or picture.removal
    causes = causes_of(picture.service.holds)
    statement = _blocked(_with_bulk(part.statement, picture.bulk), picture)
    holds = _holds(picture, statement, causes)
    state = _state(removal)
    statement = msgspec.structs.replace(statement, holds=holds, state=state)
    return Wish(
        statement=statement,
        subject=f"service:{picture.service.service_id}",
        grounds=_grounds(picture, part, causes, removal),
    )


def _holds(picture: ServicePicture, statement: Wanted, causes: dict[Cause, HoldFacts]) -> tuple[Hold, ...]:
    stopped = STOPPED_BY.get(type(statement), frozenset())
    return tuple(
        Hold(
            cause=cause,
            clause=clause_text(hold.because),
            provider=picture.provider,
            since=hold.placed_on,
            way_out=picture.way_out,
        )
        for cause, hold in sorted(causes.items())
        if cause in stopped
    )


def _blocked(statement: Wanted, picture: ServicePicture) -> Wanted:
    """A mail domain is never held, because it goes on receiving; what it may not do is send.

    A node counts in real time: it is told the end of a stop only where its company does too.
    """
    blocking = [hold for cause, hold in sorted(causes_of(picture.service.holds).items()) if cause in NOT_SENDING]
    if picture.service.sending_stop is not None:
        blocking.append(picture.service.sending_stop)
    if not isinstance(statement, MailDomain) or not blocking:
        return statement
    ends = [hold.ends_at for hold in blocking]
    is_open = None in ends or not picture.is_real_time
    until = None if is_open else max(end for end in ends if end is not None)
    block = OutboundBlock(clause=clause_text(blocking[0].because), until=until)
    return msgspec.structs.replace(statement, outbound_block=block)


def _with_bulk(statement: Wanted, bulk: BulkMailFacts | None) -> Wanted:
    """Let a mail domain with leave for bulk go its own way: the week's number may go out in one sending, and no more in the week."""
    if not isinstance(statement, MailDomain) or bulk is None:
        return statement
    return msgspec.structs.replace(
        statement,
        route="dedicated" if bulk.way == "dedicated" else "bulk",
        hourly_limit=max(statement.hourly_limit, bulk.messages_a_week),
        daily_limit=max(statement.daily_limit, bulk.messages_a_week),
        weekly_limit=bulk.messages_a_week,
    )


def _state(removal: RemovalFacts | None) -> State:
    """A plan of copies is quarantined with the rest: none is made of what does not run, and those there are stay."""
    if removal is None:
        return "kept"
    return "purged" if removal.state == "purged" else "quarantined"


def _grounds(
    picture: ServicePicture, part: PartFacts, causes: dict[Cause, HoldFacts], removal: RemovalFacts | None
) -> tuple[Ground, ...]:
    holds = tuple(Ground(act="hold", warrant=hold.warrant_key, cause=cause) for cause, hold in sorted(causes.items()))
    stop = picture.service.sending_stop
    if stop is not None and part.kind == "mail-domain":
        holds = (*holds, Ground(act="hold", warrant=stop.warrant_key, cause=SENDING))
    change = (Ground(act="change", by=part.ordered_by),) if part.ordered_by else ()
    gone: tuple[Ground, ...] = ()
    if removal is not None:
        gone = (Ground(act="purge" if removal.state == "purged" else "quarantine", warrant=removal.warrant),)
    return (*holds, *change, *gone)


def _cause(cause: str) -> Cause:
    return next((known for known in sorted(ALL) if known == cause), "breach")
