"""What a node shall do for a service, by its holds and its state: what stops, what goes on, and on what ground."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.business.hosting.decisions.opening import statements_to_open
from servanda.business.hosting.decisions.wanted import NOT_SENDING, STOPPED_BY, wishes_for
from servanda.business.hosting.facts import HoldFacts, PartFacts, RemovalFacts, ServiceFacts, ServicePicture
from servanda.ground.citation import Citation
from servanda.ground.nodes.kinds.base import Worsening
from servanda.ground.nodes.kinds.mail import Mailbox, MailDomain
from servanda.ground.nodes.wanted import Wanted, decode_statement, encode
from servanda.terms.packages import HostingPackage

NOON = datetime(2026, 12, 1, 11, tzinfo=UTC)
PACKAGE = HostingPackage(
    source="plausible", has_site=True, php="8.2", databases=1, mailboxes=5, has_zone=True, has_certificate=True
)
CAUSES = ("payment", "abuse", "load", "breach", "customer", "capacity")


def hold(cause: str, *, number: int = 1, ends_at: datetime | None = None) -> HoldFacts:
    return HoldFacts(
        hold_id=number,
        service_id=7,
        cause=cause,
        invoice_id=None,
        placed_on=date(2026, 11, 20 + number),
        placed_at=NOON,
        because=(Citation("simsoft", "4.2", "2024-01"),),
        ends_at=ends_at,
        lifted_at=None,
        warrant_key=f"hold:{cause}:{number}",
    )


def picture(*holds: HoldFacts, removal: RemovalFacts | None = None) -> ServicePicture:
    statements: list[Wanted] = [
        *statements_to_open(
            PACKAGE,
            number=7,
            domain="alma.example",
            is_proven=True,
            addresses=("192.0.2.1",),
            host_name="node1.hosting.example",
        ),
        Mailbox(local="alma", domain="alma.example", tenant=200_007, password_hash="$2b$10$" + "a" * 53),
    ]
    return ServicePicture(
        service=ServiceFacts(
            service_id=7,
            customer_id=3,
            line_id=5,
            product="webhotel",
            name="alma.example",
            state="running",
            began_on=date(2026, 1, 1),
            quarantined_on=None,
            purge_on=None,
            purged_on=None,
            purge_decided_by="person",
            holds=holds,
        ),
        node_id=1,
        provider="Simsoft",
        way_out="https://simsoft.example",
        parts=tuple(
            PartFacts(
                part_id=at, service_id=7, key=one.key, statement=one, state="kept", removed_on=None, ordered_by=""
            )
            for at, one in enumerate(statements)
        ),
        removal=removal,
    )


def stopped(*holds: HoldFacts) -> set[str]:
    return {one.key.partition("/")[0] for one in wishes_for(picture(*holds)) if one.statement.holds}


def blocked(*holds: HoldFacts) -> MailDomain:
    return next(one.statement for one in wishes_for(picture(*holds)) if isinstance(one.statement, MailDomain))


@pytest.mark.clause("safeit-049", "simsoft-017", "servicepoint-035")
@pytest.mark.parametrize(
    ("cause", "stops", "may_send"),
    [
        ("payment", {"site", "login", "database", "mailbox"}, False),
        ("breach", {"site", "login", "database", "mailbox"}, False),
        ("abuse", {"site", "login"}, False),
        ("load", {"site", "database"}, True),
        ("customer", {"site"}, True),
        ("capacity", {"site"}, True),
        ("something new", {"site", "login", "database", "mailbox"}, False),
    ],
)
def test_a_hold_stops_what_its_clause_means_and_no_more(cause: str, stops: set[str], may_send: bool) -> None:
    assert stopped(hold(cause)) == stops
    assert (blocked(hold(cause)).outbound_block is None) == may_send


@pytest.mark.clause("simsoft-017")
def test_mail_is_still_received_whatever_holds_the_service() -> None:
    domain = blocked(*(hold(cause, number=at) for at, cause in enumerate(CAUSES, 1)))
    assert domain.holds == ()
    assert domain.is_proven
    assert domain.state == "kept"


@pytest.mark.clause("simsoft-018")
def test_a_block_on_sending_ends_by_itself_when_it_has_an_end_and_else_does_not() -> None:
    ends_at = NOON + timedelta(days=4)
    temporary = blocked(hold("abuse", ends_at=ends_at)).outbound_block
    final = blocked(hold("abuse", ends_at=ends_at), hold("payment", number=2)).outbound_block
    assert temporary is not None
    assert temporary.until == ends_at
    assert final is not None
    assert final.until is None


def test_a_lifted_hold_stops_nothing() -> None:
    lifted = replace(hold("payment"), lifted_at=NOON)
    assert stopped(lifted) == set()
    assert blocked(lifted).outbound_block is None


def test_of_several_holds_of_one_cause_the_oldest_speaks() -> None:
    (site,) = (
        one.statement for one in wishes_for(picture(hold("payment", number=2), hold("payment", number=1)))
        if one.key == "site/7"
    )  # fmt: skip
    assert [one.since for one in site.holds] == [date(2026, 11, 21)]
    assert site.holds[0].clause == "simsoft 4.2"


@given(st.sets(st.sampled_from(CAUSES)))
def test_holding_and_lifting_is_an_identity_and_each_statement_stays_within_the_grammar(causes: set[str]) -> None:
    free = {one.key: one.statement for one in wishes_for(picture())}
    held = {
        one.key: one.statement
        for one in wishes_for(picture(*(hold(cause, number=at) for at, cause in enumerate(sorted(causes), 1))))
    }
    assert {key: encode(one.statement) for key, one in ((w.key, w) for w in wishes_for(picture()))} == {
        key: encode(one) for key, one in free.items()
    }
    for key, statement in held.items():
        assert decode_statement(encode(statement)) == statement
        assert free[key].worsening(statement) is Worsening.NOT, "lifting is never adverse"
        stops = {cause for cause in causes if cause in STOPPED_BY.get(type(statement), ())}
        blocks = isinstance(statement, MailDomain) and bool(causes & NOT_SENDING)
        expected = Worsening.HELD if stops or blocks else Worsening.NOT
        assert statement.worsening(free[key]) is expected


def test_a_removed_part_goes_alone_and_every_removal_names_its_warrant() -> None:
    whole = replace(picture(), removed_parts={0: RemovalFacts(warrant="node.part.removed:0", state="quarantined")})
    gone = [one for one in wishes_for(whole) if one.statement.state != "kept"]
    assert [one.key for one in gone] == [whole.parts[0].key]
    assert [(ground.act, ground.warrant) for ground in gone[0].grounds] == [("quarantine", "node.part.removed:0")]
    purged = wishes_for(picture(removal=RemovalFacts(warrant="data.purged:7", state="purged")))
    assert {one.statement.state for one in purged} == {"purged"}
    assert {ground.warrant for one in purged for ground in one.grounds} == {"data.purged:7"}


@pytest.mark.clause("simsoft-017", "simsoft-018")
def test_a_stop_of_sending_stops_nothing_else_and_ends_with_its_end() -> None:
    ends_at = NOON + timedelta(hours=6)
    stop = hold("sending", ends_at=ends_at)
    assert stopped(stop) == set()
    block = blocked(stop).outbound_block
    assert block is not None
    assert block.until == ends_at
    wishes = {one.key.partition("/")[0]: one for one in wishes_for(picture(stop))}
    assert [ground.cause for ground in wishes["mail-domain"].grounds] == ["sending"]
    assert wishes["site"].grounds == ()


def test_a_node_is_told_no_end_by_a_clock_that_it_does_not_share() -> None:
    (domain,) = (
        one.statement
        for one in wishes_for(replace(picture(hold("sending", ends_at=NOON)), is_real_time=False))
        if isinstance(one.statement, MailDomain)
    )
    assert domain.outbound_block is not None
    assert domain.outbound_block.until is None
