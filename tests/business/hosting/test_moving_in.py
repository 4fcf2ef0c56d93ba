"""Moving in: what the node is told, that no password stands anywhere in clear, and that it goes with its errand."""

import secrets
from datetime import date, timedelta

import pytest
from django.db import connection

from servanda.business.evidence.queries import events_of_subjects
from servanda.business.hosting.actions import forget_words, tell_nodes
from servanda.business.hosting.actions.changing import Order
from servanda.business.hosting.actions.databases import remove_database
from servanda.business.hosting.actions.mail import add_mailbox
from servanda.business.hosting.actions.moving_in import order_mail_import, order_move_in
from servanda.business.hosting.decisions.changing import ChangeRefused
from servanda.business.hosting.models import Word
from servanda.business.hosting.queries import errands_of_service, parts_of_service
from servanda.business.hosting.queries.moving_in import sealed_word
from servanda.ground.calendar import moment_of
from servanda.ground.nodes.kinds.backups import MoveIn, SftpSource
from servanda.ground.nodes.kinds.mail import MailImport
from servanda.ground.nodes.wanted import ErrandNews
from servanda.ground.nodes.words import open_word
from tests.business.hosting.test_load import house_of
from tests.business.nodes.house import House

pytestmark = pytest.mark.usefixtures("quiet")
BEGINS = date(2026, 12, 1)
ORDER = Order(by="customer:1", today=BEGINS, at=moment_of(BEGINS))
SOURCE = SftpSource(host="old.example.dk", user="web", host_key="ssh-ed25519 " + "A" * 68)
WORD = "Grøn-Hest-flyver-17"


@pytest.fixture
def servicepoint() -> tuple[House, int]:
    return house_of("servicepoint", "cloudnet-monthly")


def told(house: House) -> None:
    tell_nodes(house.world.company, today=BEGINS, at=moment_of(BEGINS))
    house.settle()


def move(house: House, service_id: int, **given: object) -> str:
    errand = secrets.token_hex(16)
    given = {"source": SOURCE, "word": WORD, **given}
    order_move_in(service_id, errand=errand, order=ORDER, now=house.now, **given)  # type: ignore[arg-type]
    return errand


def everything() -> str:
    """Return all text that the database holds."""
    with connection.cursor() as cursor:
        cursor.execute("select table_name from information_schema.tables where table_schema = current_schema()")
        names = [name for (name,) in cursor.fetchall()]
        held = []
        for name in names:
            cursor.execute(f'select coalesce(string_agg(t::text, chr(10)), chr(32)) from "{name}" t')
            held.append(cursor.fetchone()[0])
    return "\n".join(held)


def test_a_site_is_fetched_and_its_password_is_the_nodes_alone_and_vanishes(servicepoint: tuple[House, int]) -> None:
    house, service_id = servicepoint
    database = next(one.key for one in parts_of_service(service_id) if one.kind == "database").partition("/")[2]
    errand = move(house, service_id, database=database)
    told(house)
    statement = house.known[f"move-in/{errand}"]
    assert isinstance(statement, MoveIn)
    assert (statement.source, statement.database) == (SOURCE, database)
    assert WORD not in everything()
    assert open_word(sealed_word(house.node.node_id, errand), key=house.key, errand=errand) == WORD
    assert sealed_word(house.node.node_id + 1, errand) == "", "another node is told nothing"
    with pytest.raises(ChangeRefused, match="at work"):
        move(house, service_id)
    house.report(errands=(ErrandNews(key=f"move-in/{errand}", state="running", step="fetching", percent=5),))
    assert [(one.kind, one.state, one.step) for one in errands_of_service(service_id)] == [
        ("move-in", "running", "fetching")
    ]
    result = {"files": 40, "bytes": 1000, "links_left_out": 2, "outside_left_out": 3}
    house.report(errands=(ErrandNews(key=f"move-in/{errand}", state="done", percent=100, result=result),))
    assert errands_of_service(service_id)[0].result == result
    assert (sealed_word(house.node.node_id, errand), Word.objects.count()) == ("", 0)
    kinds = {one.what for one in events_of_subjects([f"service:{service_id}"])}
    assert {"move-in.ordered", "errand.done"} <= kinds


def test_a_mailbox_is_fetched_into_one_that_is_there(servicepoint: tuple[House, int]) -> None:
    house, service_id = servicepoint
    key = add_mailbox(service_id, "alma", password="four horses eat blue hay", quota_gb=1, order=ORDER)
    errand = secrets.token_hex(16)
    given = {"host": "IMAP.old.example.dk ", "login": "alma@old.example", "order": ORDER, "now": house.now}
    with pytest.raises(ChangeRefused, match="no mailbox/birk"):
        order_mail_import(service_id, "mailbox/birk@alma.example", errand=errand, word=WORD, **given)  # type: ignore[arg-type]
    with pytest.raises(ChangeRefused, match="password of the other server"):
        order_mail_import(service_id, key, errand=errand, word="", **given)  # type: ignore[arg-type]
    order_mail_import(service_id, key, errand=errand, word=WORD, **given)  # type: ignore[arg-type]
    told(house)
    statement = house.known[f"mail-import/{errand}"]
    assert isinstance(statement, MailImport)
    assert (statement.host, statement.local) == ("imap.old.example.dk", "alma")
    assert WORD not in everything()
    news = ErrandNews(key=f"mail-import/{errand}", state="failed", result={"error": "the login was refused"})
    house.report(errands=(news,))
    assert Word.objects.count() == 0


def test_an_archive_needs_no_password_and_a_move_needs_one_place_to_come_from(servicepoint: tuple[House, int]) -> None:
    house, service_id = servicepoint
    for given in ({"source": None}, {"archive": "old.zip"}):
        with pytest.raises(ChangeRefused, match="Say where the site is now"):
            move(house, service_id, **given)
    with pytest.raises(ChangeRefused, match="password of the other server"):
        move(house, service_id, word="")
    with pytest.raises(ChangeRefused, match="no database/other"):
        move(house, service_id, database="other")
    with pytest.raises(ChangeRefused, match="cannot stand here"):
        move(house, service_id, source=None, archive="../etc/passwd")
    errand = move(house, service_id, source=None, archive="old.zip")
    told(house)
    assert house.known[f"move-in/{errand}"].archive == "old.zip"  # type: ignore[union-attr]
    assert Word.objects.count() == 0


def test_a_removed_database_takes_nothing_in(servicepoint: tuple[House, int]) -> None:
    house, service_id = servicepoint
    key = next(one.key for one in parts_of_service(service_id) if one.kind == "database")
    remove_database(service_id, key, order=ORDER)
    with pytest.raises(ChangeRefused):
        move(house, service_id, database=key.partition("/")[2])


def test_a_password_whose_errand_never_began_goes_when_its_time_is_over(servicepoint: tuple[House, int]) -> None:
    house, service_id = servicepoint
    move(house, service_id)
    company_id = house.world.company_id
    assert forget_words(company_id, now=house.now + timedelta(days=7)) == 0
    assert forget_words(company_id, now=house.now + timedelta(days=7, seconds=1)) == 1
