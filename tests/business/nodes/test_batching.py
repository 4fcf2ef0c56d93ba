"""What the signer signs at once, what waits, and which node takes a new service: by tables, without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.business.nodes.decisions.batching import (
    QUARANTINE_DAYS_MIN,
    Snapshot,
    Standing,
    batches,
    worse_a_day,
)
from servanda.business.nodes.decisions.placing import node_for
from servanda.business.nodes.facts import Ground, Leave, NodeFacts, Signed, StoredWish, Wish
from servanda.ground.nodes.documents import WORSE_AT_LEAST, WORSE_SHARE, fingerprint
from servanda.ground.nodes.kinds.base import Hold, Worsening
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import Wanted

TODAY = date(2026, 12, 1)
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
HOLD = Hold(cause="payment", clause="safe-it 3.2", provider="Safe IT", since=TODAY, way_out="https://safe-it.example")
LEAVES = {
    "hold": Leave(key="hold", act="hold.placed", subject="invoice:1", clause="3.2", not_before=TODAY, expires_on=TODAY),
    "gone": Leave(
        key="gone",
        act="service.quarantined",
        subject="service:1",
        clause="3.4",
        not_before=TODAY,
        expires_on=TODAY + timedelta(days=7),
    ),
    "purge": Leave(
        key="purge",
        act="data.purged",
        subject="service:1",
        clause="3.9",
        not_before=TODAY,
        expires_on=TODAY + timedelta(days=7),
    ),
}


def site(number: int = 1, **more: Any) -> Site:
    return Site(site=number, tenant=200_000 + number, names=(f"s{number}.dk", f"www.s{number}.dk"), **more)


def wish(statement: Wanted, *grounds: Ground, subject: str = "service:1") -> StoredWish:
    return StoredWish(
        wish=Wish(statement=statement, subject=subject, grounds=grounds), fingerprint=fingerprint(statement)
    )


def signed(statement: Wanted, *, days_ago: int = 0) -> Signed:
    return Signed(
        statement=statement,
        fingerprint=fingerprint(statement),
        seq=1,
        signed_on=TODAY - timedelta(days=days_ago),
        signed_at=NOW - timedelta(days=days_ago),
    )


def standing(*known: Signed, **more: Any) -> Standing:
    values: dict[str, Any] = {
        "today": TODAY,
        "now": NOW,
        "is_braked": False,
        "known": {one.statement.key: one for one in known},
        "known_count": len(known),
        "leaves": LEAVES,
        "snapshots": {},
    }
    return Standing(**(values | more))


HELD = Ground(act="hold", warrant="hold", cause="payment")
GONE = Ground(act="quarantine", warrant="gone")
PURGE = Ground(act="purge", warrant="purge")
CHANGE = Ground(act="change", by="customer:1")
QUARANTINED, PURGED = site(state="quarantined"), site(state="purged")
OLD = QUARANTINE_DAYS_MIN
FRESH = {"service:1": Snapshot("0" * 16, NOW - timedelta(days=OLD))}
STALE = {"service:1": Snapshot("0" * 16, NOW - timedelta(days=OLD + 3))}

CASES: dict[str, tuple[StoredWish, Standing, str]] = {
    "something new": (wish(site()), standing(), ""),
    "a hold with its warrant": (wish(site(holds=(HOLD,)), HELD), standing(signed(site())), ""),
    "a hold without a warrant": (wish(site(holds=(HOLD,))), standing(signed(site())), "no warrant"),
    "a hold with a warrant that nobody issued": (
        wish(site(holds=(HOLD,)), replace(HELD, warrant="forged")), standing(signed(site())), "no warrant",
    ),
    "a hold while the brake is on": (
        wish(site(holds=(HOLD,)), HELD), standing(signed(site()), is_braked=True), "braked",
    ),
    "a lifting while the brake is on": (wish(site()), standing(signed(site(holds=(HOLD,))), is_braked=True), ""),
    "a change that takes nothing": (wish(site(php="8.2")), standing(signed(site())), ""),
    "a quarantine with its warrant": (wish(QUARANTINED, GONE), standing(signed(site())), ""),
    "a quarantine with a warrant for another service": (
        wish(QUARANTINED, GONE, subject="service:2"), standing(signed(site())), "no warrant",
    ),
    "a quarantine with a warrant for a hold": (
        wish(QUARANTINED, replace(GONE, warrant="hold")), standing(signed(site())), "no warrant",
    ),
    "a quarantine after its warrant has run out": (
        wish(QUARANTINED, GONE), standing(signed(site()), today=TODAY + timedelta(days=7)), "warrant not of today",
    ),
    "a purge out of nothing": (wish(PURGED, PURGE), standing(signed(site())), "no quarantine"),
    "a purge of what was never there": (wish(PURGED, PURGE), standing(), "nothing"),
    "a purge too soon": (
        wish(PURGED, PURGE), standing(signed(QUARANTINED, days_ago=OLD - 1), snapshots=FRESH), "quarantine too young",
    ),
    "a purge without a copy": (wish(PURGED, PURGE), standing(signed(QUARANTINED, days_ago=OLD)), "no final copy"),
    "a purge with a copy that is too old": (
        wish(PURGED, PURGE), standing(signed(QUARANTINED, days_ago=OLD), snapshots=STALE), "no final copy",
    ),
    "a purge with all it needs": (
        wish(PURGED, PURGE), standing(signed(QUARANTINED, days_ago=OLD), snapshots=FRESH), "",
    ),
    "a purge with the warrant of the quarantine": (
        wish(PURGED, replace(PURGE, warrant="gone")),
        standing(signed(QUARANTINED, days_ago=OLD), snapshots=FRESH),
        "no warrant",
    ),
    "another tenant": (
        wish(Site(site=1, tenant=200_009, names=("s1.dk",))), standing(signed(site())), "moved",
    ),
    "what the node refused": (
        wish(site(php="8.2")), standing(signed(site()), refused={fingerprint(site(php="8.2")): "unreadable"}),
        "refused by node",
    ),
    "what is signed already": (wish(site()), standing(signed(site())), "nothing"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_signed_and_what_waits_for_which_reason(case: str) -> None:
    asked, stands, reason = CASES[case]
    decided = batches([asked], stands)
    assert [one.reason for one in decided.parked] == ([reason] if reason not in {"", "nothing"} else [])
    assert len(decided.documents) == (1 if reason == "" else 0)


def test_taking_a_name_away_needs_somebody_who_ordered_it() -> None:
    fewer = Site(site=1, tenant=200_001, names=("s1.dk",))
    assert [one.reason for one in batches([wish(fewer)], standing(signed(site()))).parked] == ["no order"]
    assert batches([wish(fewer, CHANGE)], standing(signed(site()))).parked == ()


def test_a_leave_names_the_statement_that_stood_and_the_copy() -> None:
    stands = standing(signed(QUARANTINED, days_ago=OLD), snapshots=FRESH)
    ((part,),) = batches([wish(PURGED, PURGE)], stands).documents
    assert part.warrant is not None
    assert part.warrant.fingerprint == fingerprint(QUARANTINED)
    assert part.warrant.final_snapshot == "0" * 16
    assert part.warrant.not_before < NOW < part.warrant.not_after


@given(held=st.integers(0, 60), new=st.integers(0, 60), others=st.integers(0, 3000), worse_today=st.integers(0, 30))
def test_restoring_goes_first_and_by_itself_and_nothing_is_lost(
    held: int, new: int, others: int, worse_today: int
) -> None:
    before = [signed(site(number)) for number in range(1, held + 1)]
    asked = [wish(site(number, holds=(HOLD,)), HELD) for number in range(1, held + 1)]
    asked += [wish(site(1000 + number)) for number in range(new)]
    known = held + others
    decided = batches(asked, standing(*before, known_count=known, worse_today=worse_today))
    is_worse = [{bool(part.worse) for part in document} for document in decided.documents]
    assert all(len(one) == 1 for one in is_worse)
    assert is_worse == sorted(is_worse, key=lambda one: True in one)
    limit = max(WORSE_AT_LEAST, int(WORSE_SHARE * known))
    assert all(len(document) <= limit for document in decided.documents if document[0].worse is Worsening.HELD)
    in_documents = [part for document in decided.documents for part in document]
    assert len(in_documents) + len(decided.parked) == held + new
    assert sum(bool(part.worse) for part in in_documents) <= max(0, worse_a_day(known) - worse_today)


def node(name: str, **more: Any) -> NodeFacts:
    values: dict[str, Any] = {
        "node_id": 1,
        "company_id": 1,
        "name": name,
        "incarnation": 1,
        "public_key": "k",
        "sealing_key": "AA==",
        "country": "DK",
        "services_max": 10,
        "services": 0,
        "takes_new": True,
    }
    return NodeFacts(**(values | more))


@pytest.mark.parametrize(
    ("nodes", "chosen"),
    [
        ([], None),
        ([node("a", services=5), node("b", services=4)], "b"),
        ([node("b"), node("a")], "a"),
        ([node("a", services=10)], None),
        ([node("a", takes_new=False), node("b", services=9)], "b"),
        ([node("a", public_key="")], None),
        ([node("a", revoked_at=NOW)], None),
        ([node("a", country="DE"), node("b", services=9)], "b"),
        ([node("a", facts={"web": False}), node("b", services=9)], "b"),
        ([node("a", facts={"php": "8.3,8.4"}), node("b", services=9, facts={"php": "8.2,8.3"})], "b"),
    ],
)
def test_a_new_service_goes_to_the_emptiest_node_that_can(nodes: list[NodeFacts], chosen: str | None) -> None:
    found = node_for(nodes, kinds=frozenset({"site"}), country="DK", php="8.2")
    assert (found.name if found is not None else None) == chosen
