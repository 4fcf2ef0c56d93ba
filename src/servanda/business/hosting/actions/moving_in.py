"""Moving in: a site from another server or from an archive, and a mailbox from another server; each is an errand of the node.

A password that is typed here is sealed for the node in the same step, kept nowhere else, and gone when the errand has ended.
"""

from datetime import datetime, timedelta

from django.db import transaction

from servanda.business.hosting.actions.changing import Order, locked_part, locked_setup, note
from servanda.business.hosting.decisions.changing import ChangeRefused, checked
from servanda.business.hosting.facts import SetupFacts
from servanda.business.hosting.models import Errand, Word
from servanda.business.nodes.queries import node as node_of
from servanda.ground.nodes.kinds.backups import MoveIn, SftpSource
from servanda.ground.nodes.kinds.databases import Database
from servanda.ground.nodes.kinds.mail import Mailbox, MailImport
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import encode
from servanda.ground.nodes.words import WORD_BYTES_MAX, seal_word

MOVE_DAYS = 7
_AT_WORK = ("ordered", "running")


@transaction.atomic
def order_move_in(
    service_id: int,
    *,
    errand: str,
    order: Order,
    now: datetime,
    source: SftpSource | None = None,
    word: str = "",
    archive: str = "",
    database: str = "",
) -> None:
    """Order that a site is taken in, from another server with its password or from an archive in the folder private.

    Its pages take the place of those that stand. `database` takes in the one dump that lies with them. Refuses a second move
    while one is at work, and what has neither a server nor an archive.
    """
    setup = locked_setup(service_id)
    if (source is None) == (not archive):
        raise ChangeRefused("Say where the site is now: another server, or an archive that you laid into private.")
    site = _site(setup)
    if database:
        locked_part(service_id, f"database/{database}", Database)
    _refuse_second(service_id, "move-in")
    move = checked(
        MoveIn(
            errand=errand,
            site=site,
            tenant=setup.tenant,
            database=database or None,
            source=source,
            archive=archive or None,
            not_after=now + timedelta(days=MOVE_DAYS),
        )
    )
    _add(setup, move, kind="move-in", errand=errand, word=word, order=order, not_after=move.not_after)


@transaction.atomic
def order_mail_import(
    service_id: int, key: str, *, errand: str, host: str, login: str, word: str, order: Order, now: datetime
) -> None:
    """Order that the messages of a mailbox elsewhere are fetched into one here; those that are here already are not doubled."""
    setup = locked_setup(service_id)
    _row, mailbox = locked_part(service_id, key, Mailbox)
    _refuse_second(service_id, "mail-import")
    fetched = checked(
        MailImport(
            errand=errand,
            local=mailbox.local,
            domain=mailbox.domain,
            tenant=mailbox.tenant,
            host=host.strip().lower(),
            login=login.strip(),
            not_after=now + timedelta(days=MOVE_DAYS),
        )
    )
    _add(setup, fetched, kind="mail-import", errand=errand, word=word, order=order, not_after=fetched.not_after)


def forget_words(company_id: int, *, now: datetime) -> int:
    """Remove the passwords of errands that were never begun in their time; returns how many those were."""
    late = Word.objects.filter(errand__service__company_id=company_id, errand__not_after__lt=now)
    return late.delete()[0] if late.exists() else 0  # a quiet round writes nothing


def _site(setup: SetupFacts) -> int:
    _row, site = locked_part(setup.service_id, f"site/{setup.number}", Site)
    return site.site


def _refuse_second(service_id: int, kind: str) -> None:
    if Errand.objects.filter(service_id=service_id, kind=kind, state__in=_AT_WORK).exists():
        raise ChangeRefused("One is at work already. Wait until it is done.")


def _add(
    setup: SetupFacts,
    statement: MoveIn | MailImport,
    *,
    kind: str,
    errand: str,
    word: str,
    order: Order,
    not_after: datetime,
) -> None:
    assert setup.node_id is not None
    needs_word = isinstance(statement, MailImport) or statement.source is not None
    if needs_word and not 0 < len(word.encode()) <= WORD_BYTES_MAX:
        raise ChangeRefused(
            "Write the password of the other server. It is sealed for our server and kept nowhere else."
        )
    row = Errand.objects.create(
        service_id=setup.service_id,
        node_id=setup.node_id,
        errand=errand,
        kind=kind,
        body=encode(statement).decode(),
        by=order.by,
        ordered_at=order.at,
        not_after=not_after,
    )
    if needs_word:
        sealed = seal_word(word, public_key=node_of(setup.node_id).public_key, errand=errand)
        Word.objects.create(errand=row, sealed=sealed)
    note(setup.service_id, f"{kind}.ordered", statement.key, order=order, facts={"errand": errand})
