"""What a customer orders reaches the node by the real signer, and what the node finds comes back to the service."""

from datetime import UTC, date, datetime, timedelta

import bcrypt
import pytest

from servanda.business.backups.queries import copies_of_service, copy_of, late_copies, promise_of_service
from servanda.business.companies.queries import tallied
from servanda.business.customers.queries import customer_numbered
from servanda.business.evidence.queries import events_of_subjects
from servanda.business.hosting.actions import (
    compare_all,
    confirm_domain,
    give_domain,
    quarantine_services,
    set_up_waiting,
    tell_nodes,
)
from servanda.business.hosting.actions.changing import Order, put_back
from servanda.business.hosting.actions.databases import (
    add_database,
    add_database_user,
    allow_networks,
    remove_database_user,
    set_database_password,
)
from servanda.business.hosting.actions.dns import add_record, change_record, remove_record
from servanda.business.hosting.actions.errands import order_export, order_restore, undo_restore
from servanda.business.hosting.actions.mail import add_alias, add_mailbox, remove_mailbox, set_mailbox_password
from servanda.business.hosting.actions.web import set_login_keys, set_login_password, set_names, set_php, set_redirects
from servanda.business.hosting.decisions.changing import ChangeRefused
from servanda.business.hosting.queries import (
    allowances,
    errands_of_service,
    parts_of_service,
    services_of_customer,
    setup_of,
    setups_that_wait,
    usage_of,
    waiting_tally,
)
from servanda.business.nodes.queries import found_of
from servanda.faces.demo.customers import new_line, sign
from servanda.ground.calendar import moment_of
from servanda.ground.citation import Citation
from servanda.ground.nodes.database_passwords import database_password_hash
from servanda.ground.nodes.kinds.access import Login
from servanda.ground.nodes.kinds.backups import BackupPlan
from servanda.ground.nodes.kinds.certificates import Certificate
from servanda.ground.nodes.kinds.databases import Database
from servanda.ground.nodes.kinds.dns import Record, Zone
from servanda.ground.nodes.kinds.mail import Mailbox, MailDomain
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import CopyNews, Difference, ErrandNews, Finding, Measurement
from tests.business.nodes.house import House
from tests.cast import ALMA, BIRK
from tests.stories.world import World

pytestmark = pytest.mark.usefixtures("quiet")
BEGINS = date(2026, 9, 1)
PASSWORD = "Syv-kolde-kopper-the"
ERRAND = "0" * 31
KEY = "ssh-ed25519 " + "A" * 68


@pytest.fixture
def house() -> House:
    return House(World("simsoft", BEGINS))


def opened(house: House, plan: str = "webhotel-small") -> int:
    alma = house.world.customer(ALMA, plan, began_on=BEGINS)
    house.world.round()
    house.settle()
    return services_of_customer(alma)[0].service_id


def order(house: House) -> Order:
    return Order(by="customer:1", today=house.world.today, at=moment_of(house.world.today))


def promise_state(service_id: int, house: House) -> str:
    found = promise_of_service(service_id, now=house.now)
    assert found is not None
    return found.state


def told(house: House) -> None:
    tell_nodes(house.world.company, today=house.world.today, at=moment_of(house.world.today))
    house.settle()


def test_mail_as_it_is_ordered(house: House) -> None:
    service_id = opened(house)
    key = add_mailbox(service_id, "Alma", password=PASSWORD, order=order(house))
    add_alias(service_id, "info", to=["alma@alma.example"], order=order(house))
    told(house)
    box = house.known[key]
    assert isinstance(box, Mailbox)
    assert bcrypt.checkpw(PASSWORD.encode(), house.opened(box.password_hash, key).encode())
    (shown,) = (part.statement for part in parts_of_service(service_id) if part.key == key)
    assert isinstance(shown, Mailbox)
    assert shown.password_hash != box.password_hash, "pages never see a hash"
    set_mailbox_password(service_id, key, password="Ni-varme-kander-kaffe", order=order(house))
    told(house)
    assert house.known[key] != box
    with pytest.raises(ChangeRefused):
        add_alias(service_id, "alma", to=["x@y.dk"], order=order(house))
    remove_mailbox(service_id, key, order=order(house))
    told(house)
    assert house.known[key].state == "quarantined"
    assert house.taken[-1].warrants[0].act == "quarantine"
    put_back(service_id, key, order=order(house))
    told(house)
    assert house.known[key].state == "kept"
    confirm_domain(service_id, how="name servers", by="staff:eva", today=house.world.today, at=house.now)
    told(house)
    domain = house.known["mail-domain/alma.example"]
    assert isinstance(domain, MailDomain)
    assert domain.is_proven
    assert compare_all(house.world.company, today=house.world.today, at=moment_of(house.world.today)) == 0


def test_no_more_mailboxes_than_the_plans_of_the_domain_give_together(house: House) -> None:
    service_id = opened(house, "mailbox")
    add_mailbox(service_id, "a", password=PASSWORD, order=order(house))
    with pytest.raises(ChangeRefused, match="All 1 mailboxes"):
        add_mailbox(service_id, "b", password=PASSWORD, order=order(house))
    assert allowances(service_id)["mailboxes"].is_used_up


def test_a_site_as_it_is_ordered(house: House) -> None:
    service_id = opened(house)
    number = setup_of(service_id).number  # type: ignore[union-attr]
    site, login = f"site/{number}", f"login/s{number}"
    set_names(service_id, site, names=["shop.alma.example"], order=order(house))
    set_redirects(service_id, site, redirects=[("old.alma.example", "alma.example", True)], order=order(house))
    set_php(service_id, site, version=None, order=order(house))
    set_login_keys(service_id, login, keys=[KEY], order=order(house))
    set_login_password(service_id, login, password=PASSWORD, order=order(house))
    told(house)
    found, entry, certificate = house.known[site], house.known[login], house.known["certificate/alma.example"]
    assert isinstance(found, Site)
    assert (found.names, found.php) == (("alma.example", "shop.alma.example"), None)
    assert isinstance(entry, Login)
    assert entry.keys == (KEY,)
    assert bcrypt.checkpw(PASSWORD.encode(), house.opened(entry.password_hash, login).encode())
    assert isinstance(certificate, Certificate)
    assert certificate.names == ("alma.example", "shop.alma.example", "old.alma.example")
    with pytest.raises(ChangeRefused, match="no site/99"):
        set_php(service_id, "site/99", version="8.2", order=order(house))


def test_databases_and_zones_as_they_are_ordered(house: House) -> None:
    service_id = opened(house, "webhotel-large")
    key = add_database(service_id, "shop", order=order(house))
    user = add_database_user(service_id, key, "app", password=PASSWORD + "1", order=order(house))
    told(house)
    before = house.known[key]
    assert isinstance(before, Database)
    set_database_password(service_id, key, user, password=PASSWORD + "2", order=order(house))
    told(house)
    after = house.known[key]
    assert isinstance(after, Database)
    for known, word in ((before, PASSWORD + "1"), (after, PASSWORD + "2")):
        assert house.opened(known.users[0].password_hash, key, user=user) == database_password_hash(word)
    remove_database_user(service_id, key, user, order=order(house))
    told(house)
    assert house.known[key].users == ()  # type: ignore[union-attr]
    with pytest.raises(ChangeRefused):
        allow_networks(service_id, key, networks=["192.0.2.7"], order=order(house))
    first = Record(name="a.alma.example", type="A", content="192.0.2.7")
    second = Record(name="a.alma.example", type="A", content="192.0.2.8")
    add_record(service_id, "zone/alma.example", first, order=order(house))
    change_record(service_id, "zone/alma.example", first, second, order=order(house))
    told(house)
    assert second in house.known["zone/alma.example"].records  # type: ignore[union-attr]
    remove_record(service_id, "zone/alma.example", second, order=order(house))
    told(house)
    assert second not in house.known["zone/alma.example"].records  # type: ignore[union-attr]


@pytest.mark.clause(
    "servicepoint-076",
    "servicepoint-077",
    "servicepoint-083",
    "servicepoint-084",
    "servicepoint-085",
    "servicepoint-087",
)
def test_a_database_sold_by_itself_is_closed_until_its_owner_opens_it_and_is_copied_from_the_first_day() -> None:
    house = House(World("servicepoint", BEGINS))
    service_id = opened(house, "cloudsql-small")
    (key,) = (key for key in house.known if key.startswith("database/"))
    (plan,) = (one for one in house.known.values() if isinstance(one, BackupPlan))
    assert (plan.databases, plan.every_hours, plan.keep_daily) == ((key.partition("/")[2],), 24, 7)
    assert house.known[key].allow == ()  # type: ignore[union-attr]
    for easy in ("Password1234", "Liverpool-2026", "Qwertyuiop123!"):
        with pytest.raises(ChangeRefused, match="known from a leak"):
            add_database_user(service_id, key, "app", password=easy, order=order(house))
    user = add_database_user(service_id, key, "report", password=PASSWORD, order=order(house), rights="read")
    allow_networks(service_id, key, networks=["192.0.2.7", "10.0.0.0/8"], order=order(house))
    told(house)
    database = house.known[key]
    assert isinstance(database, Database)
    assert database.allow == ("192.0.2.7/32", "10.0.0.0/8")
    assert [(one.name, one.rights) for one in database.users] == [(user, "read")]
    with pytest.raises(ChangeRefused, match="half the world"):
        allow_networks(service_id, key, networks=["0.0.0.0/0"], order=order(house))
    allow_networks(service_id, key, networks=["192.0.2.7"], order=order(house))
    told(house)
    assert house.known[key].allow == ("192.0.2.7/32",)  # type: ignore[union-attr]
    opened_for = {
        (event.by, str(event.facts["allow"]), event.facts["is_wide"])
        for event in events_of_subjects([f"service:{service_id}"])
        if event.what == "database.access_changed"
    }
    assert opened_for == {
        ("customer:1", "['192.0.2.7/32', '10.0.0.0/8']", True),
        ("customer:1", "['192.0.2.7/32']", False),
    }


def test_what_the_node_finds_comes_back_to_the_service(house: House) -> None:
    service_id = opened(house)
    facts: dict[str, str | int | bool] = {
        "dkim_name": "sv1._domainkey.alma.example",
        "dkim_record": "v=DKIM1; k=rsa; p=AAAA",
    }
    site = next(key for key in house.known if key.startswith("site/"))
    drift = Difference(code="mode", wanted="0750", found="0777")
    odd = Finding(key=site, fingerprint=house.found(site).fingerprint, state="differs", differences=(drift,))
    used = Measurement(key=site, day="2026-09-01", figures={"disk_bytes": 5000})
    sent = Measurement(key=site, day="2026-09-01", figures={"sent_bytes": 70})  # is known a day later
    house.report(findings=(house.found("mail-domain/alma.example", facts), odd), measurements=(used,))
    house.report(measurements=(sent,))
    told(house)
    zone = house.known["zone/alma.example"]
    assert isinstance(zone, Zone)
    assert [one.content for one in zone.records if one.name == facts["dkim_name"]] == ['"v=DKIM1; k=rsa; p=AAAA"']
    found = {one.key: one for one in found_of([f"service:{service_id}"])}
    assert found[site].differences == (("mode", "0750", "0777"),)
    assert found[site].is_current
    assert [one.figures for one in usage_of(service_id, since=BEGINS)] == [{"disk_bytes": 5000, "sent_bytes": 70}]


@pytest.mark.clause("servicepoint-080", "servicepoint-082", "safeit-171", "compusoft-060")
def test_copies_are_known_by_what_the_node_told_and_the_promise_by_the_copies(house: House) -> None:
    service_id = opened(house)
    key = next(key for key in house.known if key.startswith("backup/"))
    now = house.now
    assert promise_state(service_id, house) == "not measured"
    house.report(findings=(house.found(key),))
    house.now += timedelta(hours=25)
    assert promise_state(service_id, house) == "not measured"
    house.now += timedelta(hours=1)
    none = promise_of_service(service_id, now=house.now)
    assert none is not None
    assert (none.state, none.lacks[0]) == ("broken", "no copy lately")
    for day in range(8):
        house.now = now + timedelta(days=24 + day)
        house.copy(key, snapshot=f"{day:016x}")
    unproven = promise_of_service(service_id, now=house.now)
    assert unproven is not None
    assert (unproven.state, unproven.lacks, unproven.generations) == ("at risk", ("never read back",), 8)
    read = CopyNews(key=key, what="restored", snapshot=f"{7:016x}", at=house.now)
    house.report(copies=(read,))
    kept = promise_of_service(service_id, now=house.now)
    assert kept is not None
    assert (kept.state, kept.lacks, kept.read_back_at) == ("kept", (), house.now)
    broken = CopyNews(key=key, what="broken", snapshot=f"{6:016x}", at=house.now, detail="pack damaged")
    house.report(copies=(broken,))
    assert promise_state(service_id, house) == "at risk"
    assert [one.is_broken for one in late_copies(house.world.company_id, now=house.now)] == [True]
    assert copy_of(service_id, f"{6:016x}") is None
    assert copy_of(service_id, f"{7:016x}") is not None
    assert len(copies_of_service(service_id)) == 8
    told_of = {event.what for event in events_of_subjects([f"service:{service_id}"])}
    assert {"copy.made", "copy.restored", "copy.broken"} <= told_of


@pytest.mark.parametrize("days", [-90, 90], ids=["its days lag behind", "its days run ahead"])
def test_a_service_opened_today_breaks_no_promise_whatever_day_its_company_lives_on(days: int) -> None:
    now = datetime(2026, 12, 1, 12, tzinfo=UTC)
    house = House(World("simsoft", now.date() + timedelta(days=days)), now=now)
    house.world.customer(ALMA, "webhotel-small", began_on=house.world.today)
    house.world.round()
    house.settle()
    service_id = services_of_customer(customer_numbered(house.world.company_id, ALMA.number).customer_id)[0].service_id
    house.report(findings=tuple(house.found(key) for key in house.known))
    house.now += timedelta(hours=1)
    assert promise_state(service_id, house) == "not measured"
    house.now += timedelta(hours=30)
    assert promise_state(service_id, house) == "broken"
    (late,) = late_copies(house.world.company_id, now=house.now)
    assert (late.service_id, late.newest_at, late.is_broken) == (service_id, None, False)
    house.copy(next(key for key in house.known if key.startswith("backup/")))
    assert promise_state(service_id, house) == "kept"
    assert late_copies(house.world.company_id, now=house.now) == ()


def test_a_restore_is_ordered_done_and_taken_back_and_an_export_is_done_once(house: House) -> None:
    service_id = opened(house)
    first, second = f"{ERRAND}1", f"{ERRAND}2"
    order_restore(
        service_id, errand=first, snapshot="0" * 16, what="files", into="in place", order=order(house), now=house.now
    )
    with pytest.raises(ChangeRefused, match="at work"):
        order_restore(
            service_id, errand=second, snapshot="0" * 16, what="files", into="beside", order=order(house), now=house.now
        )
    told(house)
    assert f"restore/{first}" in house.known
    house.report(errands=(ErrandNews(key=f"restore/{first}", state="running", step="fetching", percent=40),))
    assert [(one.state, one.percent) for one in errands_of_service(service_id)] == [("running", 40)]
    house.report(errands=(ErrandNews(key=f"restore/{first}", state="done", percent=100, result={"files": 12}),))
    undo_restore(service_id, first, order=order(house), now=house.now)
    told(house)
    assert house.known[f"restore/{first}"].is_undone  # type: ignore[union-attr]
    order_export(service_id, errand=second, order=order(house), now=house.now)
    told(house)
    house.report(errands=(ErrandNews(key=f"export/{second}", state="done", percent=100),))
    told(house)
    house.enrol()
    house.settle()
    assert f"export/{second}" not in house.known, "what was done once is not told to a new incarnation"


def test_a_service_waits_with_its_reason_and_goes_on_when_it_can(house: House) -> None:
    service_id = opened(house)
    birk = house.world.customer(BIRK, "webhotel-small", began_on=house.world.today)
    house.world.round()
    other = services_of_customer(birk)[0].service_id
    assert [(one.service_id, one.waits_because) for one in setups_that_wait(house.world.company_id)] == [
        (other, "domain taken")
    ]
    with pytest.raises(ChangeRefused, match="lies on no server"):
        add_mailbox(other, "birk", password=PASSWORD, order=order(house))
    give_domain(other, "birk.dk", by="staff:eva", today=house.world.today, at=house.now)
    told(house)
    assert setups_that_wait(house.world.company_id) == ()
    numbers = {setup_of(one).number for one in (service_id, other)}  # type: ignore[union-attr]
    assert len(numbers) == 2
    assert set_up_waiting(house.world.company, today=house.world.today, at=house.now) == 0


def test_a_domain_stays_with_what_its_owner_keeps(house: House) -> None:
    plans = (("webhotel-small", 1), ("mailbox", 2))
    lines = tuple(
        new_line("simsoft", plan, began_on=BEGINS, description="alma.example", quantity=quantity)
        for plan, quantity in plans
    )
    today = house.world.today
    sign(house.world.company, ALMA, contract="K-1", lines=lines, today=today, at=moment_of(today))
    house.world.round()
    house.settle()
    service_id, other = (one.service_id for one in services_of_customer(customer_of(house)))
    assert allowances(other)["mailboxes"].given == 7
    assert {part.kind for part in parts_of_service(other)} == {"backup"}
    quarantine_services(
        [service_id], purge_on=None, purge_because=(), decided_by="person", because=(Citation("simsoft", "5.1"),),
        today=house.world.today, at=moment_of(house.world.today),
    )  # fmt: skip
    told(house)
    states = {key: one.state for key, one in house.known.items()}
    assert states["zone/alma.example"] == states["mail-domain/alma.example"] == "kept"
    assert {part.kind for part in parts_of_service(other)} == {"backup", "zone", "mail-domain"}
    assert "quarantined" in states.values()


def customer_of(house: House) -> int:
    return customer_numbered(house.world.company_id, ALMA.number).customer_id


def test_what_lies_nowhere_is_counted_until_a_server_has_room(db: None) -> None:
    house = House(World("simsoft", BEGINS), services_max=1)
    first = house.world.customer(ALMA, "webhotel-small", began_on=BEGINS)
    second = house.world.customer(BIRK, "webhotel-small", began_on=BEGINS)
    house.world.round()
    ids = [services_of_customer(one)[0].service_id for one in (first, second)]
    assert [one.waits_because for one in setups_that_wait(house.world.company_id)] == ["domain taken"]
    counted = tallied({"servers": [waiting_tally([house.world.company_id])]})
    assert counted["servers"][house.world.company_id] == 1
    assert len(ids) == 2
