"""The agent's part with the real verbs behind it: what is due is done once, and what came of it is told."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from servanda.drivers.node import NotNow, Plain, Task
from servanda.drivers.node.backups import CopiesConverger, CopyErrands, RoundOfCopies, prepare, verbs
from servanda.drivers.node.store.shelves import Repository as Shelves
from servanda.ground.nodes.kinds.backups import Export, Restore
from servanda.ground.nodes.kinds.databases import Database
from servanda.ground.nodes.wanted import CopyNews, ErrandNews, Wanted
from tests.drivers.node.backups.conftest import SITE, TENANT, Node, needs_root

pytestmark = needs_root


class Told(dict[str, Wanted]):
    def of(self, kind: type) -> list[Wanted]:
        return [one for one in self.values() if isinstance(one, kind)]


class Direct:
    """The verbs without the socket between agent and helper, which has tests of its own."""

    def __init__(self, node: Node, told: Told) -> None:
        self.node, self.told = node, told
        self.verbs = {one.name: one for one in verbs()}
        self.asked: list[str] = []

    def do(self, verb: str, key: str) -> Mapping[str, Plain]:
        self.asked.append(f"{verb} {key}")
        statement = self.told[key]
        assert isinstance(statement, self.verbs[verb].kinds)
        return self.verbs[verb].run(Task(self.node.layout, statement, self.told))


def told_of(node: Node, *more: Wanted) -> Told:
    statements = (node.plan, Database(name="s7_wp", tenant=TENANT), *more)
    return Told({one.key: one for one in statements})


@pytest.mark.clause("compusoft-060")
def test_a_round_copies_proves_and_then_has_nothing_to_do(node: Node) -> None:
    prepare(node.layout)
    node.write("htdocs/page", b"hello")
    direct, news = Direct(node, told := told_of(node)), list[CopyNews]()
    assert [one.code for one in CopiesConverger(node.layout).look(node.plan)] == ["copy-missing"]
    copies = RoundOfCopies(node.layout, told, direct)
    copies.round(news.append)
    assert [(one.what, one.detail) for one in news[:2]] == [("made", "files"), ("made", "databases")]
    assert news[2].what == "restored"
    assert "files_compared=1" in news[2].detail
    assert all(one.key == "backup/7" and one.size_bytes > 0 and one.seconds > 0 for one in news[:2])
    asked = list(direct.asked)
    copies.round(news.append)
    assert direct.asked == asked
    assert CopiesConverger(node.layout).look(node.plan) == []
    later = CopiesConverger(node.layout, now=lambda: datetime.now(UTC) + timedelta(hours=49))
    assert [one.code for one in later.look(node.plan)] == ["copy-too-old"]


def test_a_broken_copy_is_told_as_broken(node: Node) -> None:
    node.write("htdocs/page", node.noise(1 << 20))
    direct, news = Direct(node, told := told_of(node)), list[CopyNews]()
    direct.do("copy", node.plan.key)
    for pack in Shelves(node.store.folder / "shelves/node1/7").folder.glob("data/*/*"):
        content = bytearray(pack.read_bytes())
        content[100] ^= 1
        pack.write_bytes(bytes(content))
    RoundOfCopies(node.layout, told, direct).round(news.append)
    assert [one.what for one in news] == ["broken"]
    assert news[0].detail


def test_a_store_that_is_away_is_no_news_and_is_tried_again_later(node: Node) -> None:
    node.write("htdocs/page", b"x")
    direct, news = Direct(node, told := told_of(node)), list[CopyNews]()
    node.store.process.terminate()
    node.store.process.wait(20)
    for _ in range(2):
        RoundOfCopies(node.layout, told, direct).round(news.append)
    assert news == []
    assert direct.asked == ["copy backup/7"]  # the second round is within the pause
    with pytest.raises(NotNow):
        direct.do("copy", node.plan.key)


def test_errands_are_told_to_their_end(node: Node) -> None:
    node.write("htdocs/page", b"right")
    ahead = datetime.now(UTC) + timedelta(days=1)
    direct = Direct(node, told := told_of(node))
    snapshot = str(direct.do("copy", node.plan.key)["files_snapshot"])
    node.write("htdocs/page", b"wrong")
    given = Restore(
        errand="1" * 32, plan=SITE, tenant=TENANT, snapshot=snapshot, what="all", into="in place", not_after=ahead
    )
    foreign = Restore(errand="2" * 32, plan=SITE, tenant=TENANT + 1, snapshot=snapshot, what="all", not_after=ahead)
    export = Export(errand="3" * 32, plan=SITE, tenant=TENANT, kept_until=ahead)
    told |= {one.key: one for one in (given, foreign, export)}
    errands = CopyErrands(node.layout, direct, look_seconds=0.05)
    run: Callable[[Wanted], list[ErrandNews]] = lambda one: _run(errands, one)  # noqa: E731
    news = run(given)
    assert news[-1].state == "done"
    assert {one.step for one in news} > {"part", "database"}
    assert [one.percent for one in news] == sorted(one.percent for one in news)
    assert (node.site / "htdocs/page").read_bytes() == b"right"
    assert [one.state for one in run(foreign)] == ["failed"]
    archive = node.site / str(run(export)[-1].result["path"])
    assert archive.exists()
    RoundOfCopies(node.layout, told, direct).round(lambda one: None)
    assert archive.exists()
    told[export.key] = msgspec.structs.replace(export, kept_until=datetime.now(UTC))
    for _ in range(2):
        RoundOfCopies(node.layout, told, direct).round(lambda one: None)
        assert not archive.exists()
    assert direct.asked.count(f"hand-out {export.key}") == 2  # made, removed, and not asked again


def test_what_was_kept_for_an_undo_goes_with_the_errand_and_nothing_else(node: Node) -> None:
    node.write("htdocs/page", b"right")
    ahead = datetime.now(UTC) + timedelta(days=1)
    direct = Direct(node, told := told_of(node))
    snapshot = str(direct.do("copy", node.plan.key)["files_snapshot"])
    given = Restore(
        errand="1" * 32, plan=SITE, tenant=TENANT, snapshot=snapshot, what="all", into="in place", not_after=ahead
    )
    told[given.key] = given
    errands = CopyErrands(node.layout, direct, look_seconds=0.05)
    _run(errands, given)
    assert len(list(node.site.glob(".r-*"))) == 2
    assert _run(errands, msgspec.structs.replace(given, state="purged"))[-1].result == {"cleared": 2}
    assert sorted(one.name for one in node.site.iterdir()) == ["htdocs", "private"]
    assert (node.site / "htdocs/page").read_bytes() == b"right"
    assert not list((node.layout.backup / "errands").iterdir())
    plan = msgspec.structs.replace(node.plan, state="purged")
    CopiesConverger(node.layout, direct).settle(plan, node.plan)
    assert not node.shelf.folder.exists()
    assert (node.store.folder / "shelves/node1/7/escrow").exists()


def _run(errands: CopyErrands, wanted: Wanted) -> list[ErrandNews]:
    news: list[ErrandNews] = []
    errands.run(wanted, news.append)
    return news
