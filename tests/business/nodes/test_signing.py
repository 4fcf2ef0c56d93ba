"""From an order to a signed document, and what is not signed: by the real signer and the real checks of a node."""

from contextlib import nullcontext
from datetime import date, timedelta

import pytest

from servanda.business.evidence.actions import set_brake
from servanda.business.hosting.actions import compare_all, lift_holds, place_holds, quarantine_services, tell_nodes
from servanda.business.hosting.queries import parts_of_service, services_of_customer, setup_of
from servanda.business.letters.queries import letters_of_customer
from servanda.business.nodes.actions.enrolling import NodeRefused, add_node
from servanda.business.nodes.decisions.batching import QUARANTINE_DAYS_MIN
from servanda.business.nodes.queries import parked_statements
from servanda.ground.calendar import moment_of
from servanda.ground.citation import Citation
from servanda.ground.nodes.kinds.databases import Database
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import Finding, RefusalNews
from tests.business.nodes.house import House, kept
from tests.cast import ALMA, BIRK
from tests.stories.world import World

BEGINS = date(2026, 9, 1)
CLAUSE = (Citation("safe-it", "3.2", "2025-01"),)


@pytest.fixture
def house() -> House:
    return House(World("safe-it", BEGINS))


def opened(house: House) -> int:
    """Let Alma order a site, and return her service, live on the node."""
    alma = house.world.customer(ALMA, "hosting-monthly", began_on=BEGINS)
    house.world.live_until(BEGINS + timedelta(days=1))
    house.settle()
    (service,) = services_of_customer(alma)
    return service.service_id


def tell(house: House) -> None:
    tell_nodes(house.world.company, today=house.world.today, at=moment_of(house.world.today))


def hold(house: House, service_id: int, cause: str = "payment") -> None:
    """Hold a service under a warrant, as dunning does."""
    key = f"hold.placed:test:{service_id}:{cause}"
    issue(house, key, act="hold.placed", subject=f"service:{service_id}")
    place_holds(
        [service_id],
        cause=cause,
        invoice_id=None,
        warrant_key=key,
        because=CLAUSE,
        today=house.world.today,
        at=moment_of(house.world.today),
    )
    tell(house)


def issue(house: House, key: str, *, act: str, subject: str) -> None:
    from servanda.business.evidence.actions import issue_warrant
    from servanda.business.evidence.facts import WarrantRequest

    request = WarrantRequest(
        company_id=house.world.company_id,
        key=key,
        act=act,
        subject=subject,
        fingerprint="-",
        because=CLAUSE,
        parameters={},
        evidence_keys=(),
        not_before=house.world.today,
        expires_on=house.world.today + timedelta(days=7),
    )
    issue_warrant(request, today=house.world.today, at=moment_of(house.world.today))


def quarantine(house: House, service_id: int, *, purge_on: date | None = None) -> None:
    quarantine_services(
        [service_id],
        purge_on=purge_on,
        purge_because=CLAUSE,
        decided_by="system",
        because=CLAUSE,
        today=house.world.today,
        at=moment_of(house.world.today),
    )
    tell(house)


def reasons(house: House) -> set[str]:
    return {one.reason for one in parked_statements(house.world.company_id)}


def test_an_order_is_live_after_one_round_and_one_signing(house: House) -> None:
    service_id = opened(house)
    setup = setup_of(service_id)
    assert setup is not None
    assert (setup.node, setup.domain, setup.waits_because) == ("node1", "alma.example", "")
    (site,) = kept(house, "site")
    assert isinstance(site, Site)
    assert site.names == ("alma.example", "www.alma.example")
    assert (site.tenant, site.php, site.disk_bytes) == (200_000 + setup.number, "8.2", 10_000_000_000)
    assert {key.partition("/")[0] for key in house.known} == {
        "site", "login", "database", "zone", "certificate", "backup",
    }  # fmt: skip
    assert {part.key for part in parts_of_service(service_id)} == set(house.known)
    assert house.sign() == 0


def test_a_hold_and_its_lifting_go_to_the_node_and_the_lifting_is_an_identity(house: House) -> None:
    service_id = opened(house)
    before = dict(house.known)
    hold(house, service_id)
    house.settle()
    held = {key for key, one in house.known.items() if one.holds}
    assert {key.partition("/")[0] for key in held} == {"site", "login", "database"}
    lift_holds(
        customer_id=services_of_customer_of(house), cause="payment", because=(), today=house.world.today,
        at=moment_of(house.world.today),
    )  # fmt: skip
    tell(house)
    house.settle()
    assert house.known == before


def services_of_customer_of(house: House) -> int:
    from servanda.business.customers.queries import customer_numbered

    return customer_numbered(house.world.company_id, ALMA.number).customer_id


def test_what_restores_never_shares_a_document_with_what_is_adverse_nor_waits_for_it(house: House) -> None:
    service_id = opened(house)
    hold(house, service_id)
    birk = house.world.customer(BIRK, "hosting-monthly", began_on=house.world.today)
    assert birk
    house.world.round()
    for part in parts_of_service(services_of(birk)):
        assert part.state == "kept"
    already = len(house.taken)
    house.settle()
    new = house.taken[already:]
    worse = [bool({one.key for one in document.resources if one.holds}) for document in new]
    assert worse == sorted(worse), "the adverse ones come last"
    assert all(len(document.resources) <= 2 for document, is_worse in zip(new, worse, strict=True) if is_worse)
    for document, is_worse in zip(new, worse, strict=True):
        assert all(bool(one.holds) == is_worse for one in document.resources)


def services_of(customer_id: int) -> int:
    return services_of_customer(customer_id)[0].service_id


def test_a_hold_without_its_warrant_is_not_signed(house: House) -> None:
    service_id = opened(house)
    place_holds(
        [service_id], cause="abuse", invoice_id=None, warrant_key="forged", because=CLAUSE,
        today=house.world.today, at=moment_of(house.world.today),
    )  # fmt: skip
    tell(house)
    assert house.sign() == 0
    assert reasons(house) == {"no warrant"}


def test_the_brake_stops_what_is_adverse_and_nothing_else(house: House) -> None:
    service_id = opened(house)
    hold(house, service_id)
    set_brake(
        house.world.company_id, is_engaged=True, by="staff:eva", reason="doubt", at=house.now, today=house.world.today
    )
    house.world.customer(BIRK, "hosting-monthly", began_on=house.world.today)
    house.world.round()
    house.settle()
    assert not [key for key, one in house.known.items() if one.holds]
    assert reasons(house) == {"braked"}
    assert len(kept(house, "site")) == 1  # the same domain as Alma's: it waits for a person
    set_brake(
        house.world.company_id, is_engaged=False, by="staff:eva", reason="clear", at=house.now, today=house.world.today
    )
    house.settle()
    assert [key for key, one in house.known.items() if one.holds]


def test_a_quarantine_needs_its_own_warrant(house: House) -> None:
    service_id = opened(house)
    quarantine(house, service_id)
    house.settle()
    states = {key.partition("/")[0]: one.state for key, one in house.known.items()}
    assert states == {
        "site": "quarantined", "login": "quarantined", "database": "quarantined", "zone": "quarantined",
        "certificate": "quarantined", "backup": "quarantined",
    }  # fmt: skip
    assert all(document.warrants for document in house.taken[-2:])


def test_no_purge_before_the_signers_own_record_is_old_enough(house: House) -> None:
    service_id = opened(house)
    house.copy(backup_of(house))
    quarantine(house, service_id, purge_on=house.world.today + timedelta(days=1))
    house.settle()
    house.days_pass(1)
    (service,) = services_of_customer(services_of_customer_of(house))
    assert service.state == "purged"
    house.settle()
    assert reasons(house) == {"quarantine too young"}
    assert not [key for key, one in house.known.items() if one.state == "purged"]


def backup_of(house: House) -> str:
    return next(key for key in house.known if key.startswith("backup/"))


def test_a_purge_waits_for_a_last_copy_then_goes_and_what_was_erased_is_told(house: House) -> None:
    service_id = opened(house)
    quarantine(house, service_id, purge_on=house.world.today + timedelta(days=QUARANTINE_DAYS_MIN))
    house.settle()
    signed = len(house.taken)
    house.days_pass(QUARANTINE_DAYS_MIN)
    house.settle()
    assert reasons(house) == {"no final copy"}
    house.copy(backup_of(house))
    house.settle()
    assert {one.state for one in house.known.values()} == {"purged"}
    assert reasons(house) == set()
    purges = [warrant for document in house.taken[signed:] for warrant in document.warrants]
    assert {one.act for one in purges} == {"purge"}
    assert {one.final_snapshot for one in purges if one.key.startswith("site/")} == {"0123456789abcdef"}
    house.report(findings=tuple(house.found(key, {"erased_files": 3}) for key in sorted(house.known)))
    setup = setup_of(service_id)
    assert setup is not None
    assert setup.erased_at is not None
    assert parts_of_service(service_id) == ()
    assert house.node.services == 0
    certificate = next(one for one in letters_of_customer(services_of_customer_of(house)) if one.kind == "erasure")
    assert "18 filer" in str(certificate.text)  # six parts, three files each


def test_a_node_that_forgot_is_told_again_from_where_it_stands(house: House) -> None:
    opened(house)
    known = dict(house.known)
    house.known, house.position = {}, type(house.position)()
    house.report()
    house.settle()
    assert house.known == known
    assert house.taken[-1].follows is None or house.taken[0].follows is None


def test_a_new_incarnation_begins_anew(house: House) -> None:
    opened(house)
    known = dict(house.known)
    house.enrol()
    house.settle()
    assert house.known == known
    assert [document.seq for document in house.taken[-1:]] == [1]


def test_a_refused_document_is_tried_alone_and_then_waits_for_a_person(house: House) -> None:
    service_id = opened(house)
    hold(house, service_id)
    house.sign()
    refused = house.position.seq + 1
    house.report(refusals=(RefusalNews(seq=refused, reason="too much"),))
    assert house.sign() > 0
    first = house.position.seq
    rows = [document.seq for document in house.taken]
    assert first in rows
    house.take()
    assert [key for key, one in house.known.items() if one.holds]


def test_a_report_is_heard_once(house: House) -> None:
    opened(house)
    (site,) = kept(house, "site")
    finding = house.found(site.key)
    assert house.report(findings=(finding,))
    house.report_number -= 1
    assert not house.report(findings=(Finding(key=site.key, fingerprint="x", state="failed"),))


def test_the_nightly_comparison_finds_nothing_when_all_was_told(house: House) -> None:
    opened(house)
    assert compare_all(house.world.company, today=house.world.today, at=moment_of(house.world.today)) == 0


def test_a_database_has_no_user_before_its_owner_makes_one(house: House) -> None:
    opened(house)
    (database,) = kept(house, "database")
    assert isinstance(database, Database)
    assert database.users == ()


@pytest.mark.clause("simsoft-064")
@pytest.mark.parametrize(("country", "is_allowed"), [("DK", True), ("US", True), ("DE", False), ("GB", False)])
def test_a_server_in_a_country_that_the_terms_do_not_name_is_refused(country: str, is_allowed: bool) -> None:
    world = World("simsoft", date(2026, 9, 1))
    with nullcontext() if is_allowed else pytest.raises(NodeRefused, match="Denmark, USA only"):
        add_node(
            world.company_id,
            "node9",
            country=country,
            services_max=10,
            addresses=("192.0.2.9",),
            host_name="node9.hosting.example",
            by="staff:eva",
            today=world.today,
            at=moment_of(world.today),
        )
