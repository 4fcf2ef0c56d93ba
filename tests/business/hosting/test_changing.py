"""What the owner of a service may change, and what is refused with its reason."""

from collections.abc import Callable

import pytest

from servanda.business.hosting.decisions.changing import (
    ChangeRefused,
    checked_password,
    mailbox_of_size,
    new_alias,
    new_mailbox,
    with_allowed,
    with_keys,
    with_names,
    with_php,
    with_record,
    with_redirects,
    with_user,
    without_record,
    without_user,
)
from servanda.business.hosting.decisions.zones import with_node_records
from servanda.business.hosting.facts import Allowance
from servanda.ground.nodes.kinds.access import Login
from servanda.ground.nodes.kinds.databases import Database
from servanda.ground.nodes.kinds.dns import Record, Zone
from servanda.ground.nodes.kinds.mail import MailDomain
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.zone_checks import check_zone, refuses

SITE = Site(site=7, tenant=200_007, names=("alma.example", "www.alma.example"), php="8.2")
DOMAIN = MailDomain(domain="alma.example", tenant=200_007)
DATABASE = Database(name="s7_main", tenant=200_007)
LOGIN = Login(name="s7", site=7, tenant=200_007)
ZONE = Zone(
    domain="alma.example",
    records=(
        Record(name="alma.example", type="NS", content="ns1.hosting.example."),
        Record(name="alma.example", type="A", content="192.0.2.1"),
    ),
)
ROOM = Allowance(what="mailboxes", given=2, used=1)
FULL = Allowance(what="mailboxes", given=2, used=2)
KEY = "ssh-ed25519 " + "A" * 68
NOBODY: frozenset[str] = frozenset()


def test_a_mailbox_is_made_in_small_letters_and_of_its_size() -> None:
    made = new_mailbox(DOMAIN, " Alma ", quota_gb=2, allowance=ROOM, is_taken=False)
    assert (made.key, made.quota_bytes) == ("mailbox/alma@alma.example", 2_000_000_000)


def test_names_redirects_and_php_follow_each_other() -> None:
    named = with_names(SITE, ["Shop.alma.example", "alma.example"], foreign=NOBODY)
    assert named.names == ("alma.example", "shop.alma.example")
    moved = with_redirects(named, [("old.alma.example", "alma.example", True)], foreign=NOBODY)
    assert [one.name for one in moved.redirects] == ["old.alma.example"]
    shown = with_names(moved, ["old.alma.example"], foreign=NOBODY)
    assert shown.redirects == ()
    assert with_php(SITE, None, offered=["8.2"]).php is None


def test_users_keys_and_networks() -> None:
    one = with_user(DATABASE, "App", number=7)
    assert [user.name for user in one.users] == ["s7_app"]
    assert without_user(one, "s7_app").users == ()
    assert with_allowed(DATABASE, ["192.0.2.7", "2001:db8::/48"], is_sold=True).allow == (
        "192.0.2.7/32",
        "2001:db8::/48",
    )
    assert with_keys(LOGIN, [f"{KEY} alma@laptop", "", KEY]).keys == (KEY,)


def test_a_record_comes_and_goes() -> None:
    record = Record(name="www.alma.example", type="CNAME", content="alma.example.")
    more = with_record(ZONE, record)
    assert record in more.records
    assert without_record(more, record) == ZONE


REFUSED: dict[str, Callable[[], object]] = {
    "a mailbox that is there": lambda: new_mailbox(DOMAIN, "alma", quota_gb=1, allowance=ROOM, is_taken=True),
    "more mailboxes than the plan gives": lambda: new_mailbox(DOMAIN, "a", quota_gb=1, allowance=FULL, is_taken=False),
    "a mailbox of no name": lambda: new_mailbox(DOMAIN, "", quota_gb=1, allowance=ROOM, is_taken=False),
    "a mailbox with a line break": lambda: new_mailbox(DOMAIN, "a\nb", quota_gb=1, allowance=ROOM, is_taken=False),
    "a mailbox of no size": lambda: new_mailbox(DOMAIN, "a", quota_gb=0, allowance=ROOM, is_taken=False),
    "a mailbox larger than the plan's": lambda: mailbox_of_size(
        new_mailbox(DOMAIN, "a", quota_gb=1, allowance=ROOM, is_taken=False), quota_gb=9, quota_gb_max=5
    ),
    "an alias to nobody": lambda: new_alias(DOMAIN, "info", [" "], is_taken=False),
    "an alias to no address": lambda: new_alias(DOMAIN, "info", ["alma"], is_taken=False),
    "an alias that is there": lambda: new_alias(DOMAIN, "info", ["a@b.dk"], is_taken=True),
    "a PHP that the server lacks": lambda: with_php(SITE, "8.4", offered=["8.2"]),
    "a name of another site": lambda: with_names(SITE, ["birk.dk"], foreign=frozenset({"birk.dk"})),
    "a name that nobody has": lambda: with_names(SITE, ["co.uk"], foreign=NOBODY),
    "a name that is configuration": lambda: with_names(SITE, ["a.dk; include /etc/passwd"], foreign=NOBODY),
    "a redirect to itself": lambda: with_redirects(SITE, [("a.dk", "a.dk", True)], foreign=NOBODY),
    "a redirect of a shown name": lambda: with_redirects(SITE, [("www.alma.example", "a.dk", True)], foreign=NOBODY),
    "a redirect twice": lambda: with_redirects(SITE, [("a.dk", "b.dk", True), ("a.dk", "c.dk", True)], foreign=NOBODY),
    "a user that is there": lambda: with_user(with_user(DATABASE, "app", number=7), "app", number=7),
    "a user with a quote": lambda: with_user(DATABASE, "a'b", number=7),
    "a user that is not there": lambda: without_user(DATABASE, "s7_app"),
    "access that was not sold": lambda: with_allowed(DATABASE, ["192.0.2.7"], is_sold=False),
    "half the world": lambda: with_allowed(DATABASE, ["0.0.0.0/0"], is_sold=True),
    "no network": lambda: with_allowed(DATABASE, ["localhost"], is_sold=True),
    "a key with options": lambda: with_keys(LOGIN, [f'command="sh" {KEY}']),
    "a record outside the zone": lambda: with_record(ZONE, Record(name="birk.dk", type="A", content="192.0.2.1")),
    "an address that is none": lambda: with_record(ZONE, Record(name="a.alma.example", type="A", content="alma")),
    "an alias beside others": lambda: with_record(ZONE, Record(name="alma.example", type="CNAME", content="b.dk.")),
    "a record that is not there": lambda: without_record(ZONE, Record(name="b.alma.example", type="A", content="192.0.2.1")),
    "a short password": lambda: checked_password("kort"),
    "an easy password": lambda: checked_password("Velkommen2026"),
    "a password of one letter": lambda: checked_password("a" * 30),
    "a password with the name": lambda: checked_password("alma-og-kaffe", names=("alma",)),
    "a password longer than the hash sees": lambda: checked_password("æøå" * 20),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused_with_a_reason_and_a_remedy(case: str) -> None:
    with pytest.raises(ChangeRefused) as refused:
        REFUSED[case]()
    assert len(str(refused.value)) > 30


def test_the_nodes_key_for_mail_comes_into_the_zone_in_place_of_the_old_one() -> None:
    facts = {"dkim_name": "sv1._domainkey.alma.example", "dkim_record": "v=DKIM1; k=rsa; p=" + "A" * 400}
    once = with_node_records(ZONE, facts)
    assert with_node_records(once, facts) == once
    changed = with_node_records(once, facts | {"dkim_record": "v=DKIM1; k=rsa; p=BBBB"})
    texts = [one.content for one in changed.records if one.type == "TXT"]
    assert texts == ['"v=DKIM1; k=rsa; p=BBBB"']
    assert not refuses(check_zone("alma.example", once.records))
    assert with_node_records(ZONE, {"dkim_name": "sv1._domainkey.birk.dk", "dkim_record": "x"}) == ZONE
