"""A node whose agent and helper run as they do in earnest, under their accounts, against a control plane on a socket."""

from base64 import b64encode
from datetime import UTC, datetime

from servanda.ground.nodes.kinds.backups import Export
from servanda.ground.nodes.kinds.mail import MailImport
from servanda.ground.nodes.wanted import encode
from servanda.ground.nodes.words import seal_word
from tests.faces.node.wiring import prepare_inbox, zones_of
from tests.faces.node.worlds import World, hold, leave, site, wait_until, zone


def test_what_was_signed_is_there_and_reported(world: World) -> None:
    world.start("helper")
    world.start("agent")
    export = Export(errand="e" * 32, plan=1, tenant=200_001, kept_until=datetime(2100, 1, 1, tzinfo=UTC))
    world.issue(site(1), zone("example.dk"), export)
    wait_until(world.is_settled, told=lambda: world.said_in_log("agent"))
    assert world.layout.site(1).read_bytes() == encode(site(1))
    assert (zones_of(world.layout) / "example.dk").read_bytes() == encode(zone("example.dk"))
    wait_until(lambda: any(news.state == "done" for one in world.plane.reports for news in one.errands))
    findings = {f.key: f for one in world.plane.reports for f in one.findings}
    assert findings["zone/example.dk"].state == "as wanted"
    assert findings["zone/example.dk"].facts == {"records": 1}
    assert world.plane.reports[-1].accepted == 1


def test_a_password_reaches_the_errand_that_needs_it_and_is_gone_when_that_has_ended(world: World) -> None:
    prepare_inbox(world.layout)
    errand, key = "f" * 32, b64encode(world.plane.public_key).decode()
    world.plane.words[errand] = seal_word("grøn hest", public_key=key, errand=errand)
    world.start("helper")
    world.start("agent")
    given = {"local": "alma", "domain": "example.dk", "tenant": 200_001, "host": "old.example.dk", "login": "alma"}
    world.issue(MailImport(errand=errand, not_after=datetime(2100, 1, 1, tzinfo=UTC), **given))  # type: ignore[arg-type]

    def done() -> list[object]:
        return [dict(news.result) for one in world.plane.reports for news in one.errands if news.state == "done"]

    wait_until(lambda: bool(done()), told=lambda: world.said_in_log("agent"))
    assert done()[0] == {"letters": 9}
    wait_until(lambda: list(world.layout.inbox.iterdir()) == [])
    assert "hest" not in world.said_in_log("agent")
    documents = b"".join(world.plane.issued.values())
    assert b"hest" not in documents


def test_a_hold_a_release_and_both_steps_of_removal(world: World) -> None:
    world.start("helper")
    world.start("agent")
    world.issue(site(1))
    wait_until(world.is_settled, told=lambda: world.said_in_log("agent"))
    before = world.layout.site(1).read_bytes()
    world.issue(site(1, holds=(hold(),)))
    wait_until(world.is_settled)
    assert world.layout.site(1).read_bytes() != before
    world.issue(site(1))
    wait_until(world.is_settled)
    assert world.layout.site(1).read_bytes() == before
    world.quarantine(1)
    wait_until(world.is_settled, told=lambda: world.said_in_log("agent"))
    assert not world.layout.site(1).exists()
    assert (world.layout.quarantine / "1").exists()
    world.issue(site(1, state="purged"), warrants=[leave(world.wanted["site/1"], "purge", now=datetime.now(UTC))])
    wait_until(world.is_settled)
    assert not (world.layout.quarantine / "1").exists()
