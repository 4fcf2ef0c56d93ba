"""A purge after a restore in place: what was kept for the undo is erased with the rest, as the tenant, and counted."""

import os
import secrets
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from servanda.drivers.node import Broken, Result, mail, tenants, web
from servanda.drivers.node.backups.copying import copy_plan
from servanda.drivers.node.backups.giving import Giving
from servanda.drivers.node.stages import stages_in
from servanda.ground.nodes.kinds.backups import BackupPlan, Restore
from servanda.ground.nodes.kinds.mail import Mailbox, MailDomain
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import Wanted
from tests.drivers.node.backups.conftest import SITE, TENANT, Node, needs_root
from tests.drivers.node.running import Direct

pytestmark = needs_root
NOW = datetime(2026, 12, 1, 23, 0, tzinfo=UTC)
POST = MailDomain(domain="example.dk", tenant=TENANT)
ANNA = Mailbox(local="anna", domain="example.dk", tenant=TENANT, password_hash="{SHA512-CRYPT}x")
BO = Mailbox(local="bo", domain="example.dk", tenant=TENANT, password_hash="{SHA512-CRYPT}x")


def give_back(node: Node, plan: BackupPlan, what: str, **changed: object) -> None:
    told = copy_plan(plan, node.repository, node.databases, now=NOW)
    wanted = Restore(
        errand=secrets.token_hex(16), plan=SITE, tenant=TENANT, snapshot=str(told["files_snapshot"])[:12], what=what,
        into="in place", not_after=NOW + timedelta(days=1), **changed,
    )  # type: ignore[arg-type]  # fmt: skip
    Giving(wanted, plan, node.repository, node.databases, {}).work(now=NOW)


def ended(helper: Direct, statement: Wanted, act: str, verb: str) -> Result:
    state = {"quarantine": "quarantined", "purge": "purged"}[act]
    helper.give_leave(statement.key, act)
    helper.tell(msgspec.structs.replace(statement, state=state))  # type: ignore[type-var]
    return helper.do(verb, statement.key)


def site_of(node: Node) -> tuple[Direct, Site]:
    tenants.prepare(node.layout)
    web.prepare(node.layout)
    helper, site = Direct(node.layout, web.verbs()), Site(site=SITE, tenant=TENANT, names=("s7.example.dk",))
    helper.tell(site)
    helper.do("site.settle", site.key)
    return helper, site


def test_a_site_is_purged_with_what_was_kept_for_the_undo(node: Node) -> None:
    helper, site = site_of(node)
    node.write("htdocs/index.php", b"right")
    node.write("htdocs/one", b"12345")
    plan = node.plan_with(databases=())
    give_back(node, plan, "files")
    give_back(node, plan, "file", path="htdocs/one")
    assert len(stages_in(node.site)) == 3  # htdocs and private whole, and one for single files
    ended(helper, site, "quarantine", "site.quarantine")
    told = ended(helper, site, "purge", "site.purge")
    assert told["erased_files"] == 5  # twice what htdocs held, and the file that was exchanged
    assert not list(node.layout.quarantine.glob("*/site"))
    assert ended(helper, site, "purge", "site.purge") == told


def test_a_stage_that_is_somebody_elses_is_left_to_a_person(node: Node) -> None:
    helper, site = site_of(node)
    node.write("htdocs/index.php", b"right")
    stage = node.site / ".r-0123456789ab-htdocs"
    stage.mkdir()
    os.chown(stage, TENANT + 1, TENANT + 1)
    ended(helper, site, "quarantine", "site.quarantine")
    with pytest.raises(Broken, match="is not this tenant's"):
        ended(helper, site, "purge", "site.purge")
    assert len(list(node.layout.quarantine.glob("*/site/htdocs/index.php"))) == 1


def post_of(node: Node) -> tuple[Direct, BackupPlan]:
    tenants.prepare(node.layout)
    node.layout.mail.mkdir(mode=0o711)
    helper = Direct(node.layout, [verb for verb in mail.verbs() if verb.name != "mail.reload"])
    for one in (POST, ANNA, BO):
        helper.tell(one)
        helper.do("mail.folder", one.key)
    for local in ("anna", "bo"):
        letter = node.layout.mail / "example.dk" / local / "1"
        letter.write_bytes(b"Subject: hi")
        os.chown(letter, TENANT, TENANT)
    return helper, node.plan_with(databases=(), site=None, mail_domains=("example.dk",))


def test_mail_that_is_given_back_lies_in_a_folder_of_roots_as_before(node: Node) -> None:
    _, plan = post_of(node)
    give_back(node, plan, "mail", domain="example.dk")
    folder = node.layout.mail / "example.dk"
    assert (folder.stat().st_uid, folder.stat().st_mode & 0o777) == (0, 0o711)
    assert (folder / "anna").stat().st_uid == TENANT
    assert (folder / "anna/1").read_bytes() == b"Subject: hi"


def test_a_mailbox_and_then_its_domain_are_purged_with_what_was_kept_for_the_undo(node: Node) -> None:
    helper, plan = post_of(node)
    give_back(node, plan, "mail", domain="example.dk")
    (stage,) = stages_in(node.layout.mail, of="example.dk")
    assert not stages_in(node.layout.mail, of="le.dk")
    helper.layout.quarantine.mkdir(mode=0o700, exist_ok=True)
    ended(helper, ANNA, "quarantine", "mail.quarantine")
    assert ended(helper, ANNA, "purge", "mail.purge")["erased_files"] == 2
    assert [one.name for one in stage.iterdir()] == ["bo"]
    ended(helper, POST, "quarantine", "mail.quarantine")
    assert ended(helper, POST, "purge", "mail.purge")["erased_files"] == 2
    assert list(node.layout.mail.iterdir()) == []
