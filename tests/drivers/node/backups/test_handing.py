"""Everything of a tenant in one archive, and sites taken in from archives, friendly and hostile."""

import hashlib
import io
import json
import os
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from servanda.drivers.node import Broken, NotNow, Task
from servanda.drivers.node.backups.handing import hand_out, take_in, zone_text
from servanda.ground.nodes.kinds.backups import Export, MoveIn
from servanda.ground.nodes.kinds.databases import Database
from servanda.ground.nodes.kinds.dns import Record, Zone
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import Wanted
from tests.drivers.node.backups.conftest import SITE, TENANT, Node, needs_root

pytestmark = needs_root
NOW = datetime(2026, 12, 1, 23, 0, tzinfo=UTC)
ERRAND = "ab" * 16
MOVE = MoveIn(errand=ERRAND, site=SITE, tenant=TENANT, database="s7_wp", not_after=NOW)
EXPORT = Export(errand="ef" * 16, plan=SITE, tenant=TENANT, kept_until=NOW + timedelta(days=14))


class Told(dict[str, Wanted]):
    """What a node was told, for a verb."""

    def of(self, kind: type) -> list[Wanted]:
        return [one for one in self.values() if isinstance(one, kind)]


def task(node: Node, statement: Wanted, **changed: object) -> Task:
    told = (
        node.plan_with(mail_domains=("example.dk",)),
        Site(site=SITE, tenant=TENANT, names=("example.dk",), disk_bytes=20 << 20),
        Database(name="s7_wp", tenant=TENANT),
        Zone(domain="example.dk", records=(Record(name="www.example.dk", type="A", content="192.0.2.1"),)),
        Zone(domain="other.dk", records=()),
    )
    return Task(node.layout, statement, Told({one.key: one for one in told}))


def upload(node: Node, content: bytes) -> None:
    node.layout.inbox.mkdir(exist_ok=True, mode=0o700)
    (node.layout.inbox / ERRAND).write_bytes(content)


def tarred(*members: tuple[str, bytes | tarfile.TarInfo], mode: str = "w:gz") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in members:
            if isinstance(content, tarfile.TarInfo):
                archive.addfile(content)
            else:
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tuple[str, tarfile.TarInfo]:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return name, member


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def zip_link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o120777 << 16
    return info


@pytest.mark.clause("safeit-205")
def test_an_export_holds_everything_with_its_hashes_and_goes_after_its_day(node: Node) -> None:
    node.write("htdocs/index.php", b"<?php")
    node.write("private/config", b"secret", mode=0o000)
    node.write("htdocs/locked", b"not even I", mode=0o400)
    (node.layout.mail / "example.dk/anna/new").mkdir(parents=True)
    (node.layout.mail / "example.dk/anna/new/1").write_bytes(b"Subject: hi")
    for path in (node.layout.mail / "example.dk").rglob("*"):
        os.chown(path, TENANT, TENANT)
    told = hand_out(task(node, EXPORT), now=NOW)
    archive = node.site / str(told["path"])
    assert (archive.stat().st_uid, archive.stat().st_mode & 0o777) == (TENANT, 0o600)
    assert hashlib.sha256(archive.read_bytes()).hexdigest() == told["sha256"]
    raw = subprocess.run(["zstd", "-dc", archive], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(raw)) as opened:
        found = {one.name: opened.extractfile(one).read() for one in opened if one.isfile()}  # type: ignore[union-attr]
    listed = {one["path"]: one for one in map(json.loads, found.pop("MANIFEST.jsonl").splitlines())}
    assert found["files/htdocs/index.php"] == b"<?php"
    assert found["mail/example.dk/anna/new/1"] == b"Subject: hi"
    assert b"-- Dump completed" in found["databases/s7_wp.sql"]
    assert b"www.example.dk.\t3600\tIN\tA\t192.0.2.1" in found["zones/example.dk.zone"]
    assert "zones/other.dk.zone" not in found
    assert "missing" in listed["files/private/config"]  # its owner may not read it, so neither may the packer
    assert all(listed[name]["sha256"] == hashlib.sha256(content).hexdigest() for name, content in found.items())
    assert hand_out(task(node, EXPORT), now=NOW) == told
    assert hand_out(task(node, EXPORT), now=NOW + timedelta(days=15)) == {"removed": True}
    assert not archive.exists()


def test_a_zone_is_written_as_others_read_it() -> None:
    import dns.zone

    text = zone_text(
        Zone(
            domain="example.dk",
            records=(
                Record(name="example.dk", type="MX", content="10 mail.example.dk."),
                Record(name="example.dk", type="TXT", content='"v=spf1 -all"'),
            ),
        )
    )
    zone = dns.zone.from_text(text, check_origin=False)
    assert zone.find_rdataset("@", "MX")[0].to_text() in ("10 mail", "10 mail.example.dk.")


@pytest.mark.parametrize("pack", [tarred, lambda *all_: tarred(*all_, mode="w:xz"), zipped])
def test_an_archive_becomes_the_site_and_its_dump_the_database(node: Node, pack: Callable[..., bytes]) -> None:
    node.write("htdocs/old.html", b"old")
    upload(
        node,
        pack(
            ("public_html/index.php", b"<?php new"),
            ("public_html/a/b/c.css", b"c"),
            ("dump.sql", b"CREATE TABLE moved (id INT);\nINSERT INTO moved VALUES (1);\n"),
        ),
    )
    told = take_in(task(node, MOVE), now=NOW)
    assert told["files"] == 2
    assert (node.site / "htdocs/index.php").read_bytes() == b"<?php new"
    assert (node.site / "htdocs/a/b/c.css").stat().st_uid == TENANT
    assert not (node.site / "htdocs/old.html").exists()
    assert not list(node.site.rglob("*.sql"))
    assert node.databases.tables("s7_wp") == ["moved"]
    assert take_in(task(node, MOVE), now=NOW) == told


def test_our_own_export_comes_in_again(node: Node) -> None:
    node.write("htdocs/index.php", b"<?php")
    node.link("htdocs/link", "index.php")
    told = hand_out(task(node, EXPORT), now=NOW)
    upload(node, (node.site / str(told["path"])).read_bytes())
    with pytest.raises(Broken, match="link"):
        take_in(task(node, MOVE), now=NOW)
    (node.site / "htdocs/link").unlink()
    second = EXPORT.__class__(errand="cd" * 16, plan=SITE, tenant=TENANT, kept_until=EXPORT.kept_until)
    upload(node, (node.site / str(hand_out(task(node, second), now=NOW)["path"])).read_bytes())
    (node.site / "htdocs/index.php").unlink()
    node.sql("DROP TABLE s7_wp.posts")
    take_in(task(node, MOVE), now=NOW)
    assert (node.site / "htdocs/index.php").read_bytes() == b"<?php"
    assert node.databases.tables("s7_wp") == ["posts"]


HOSTILE = {
    "symlink": tarred(special("htdocs/a", tarfile.SYMTYPE, "/etc/passwd")),
    "hardlink": tarred(("htdocs/x", b"x"), special("htdocs/a", tarfile.LNKTYPE, "htdocs/x")),
    "device": tarred(special("htdocs/a", tarfile.CHRTYPE)),
    "pipe": tarred(special("htdocs/a", tarfile.FIFOTYPE)),
    "absolute": tarred(("/etc/cron.d/x", b"x")),
    "dots": tarred(("htdocs/../../x", b"x")),
    "backslash": tarred(("htdocs\\..\\x", b"x")),
    "control": tarred(("htdocs/a\nb", b"x")),
    "file and folder": tarred(("a", b"x"), ("a/b", b"x")),
    "ratio": tarred(("htdocs/zeros", bytes(15 << 20))),
    "beyond the quota": tarred(("htdocs/zeros", bytes(21 << 20)), mode="w"),
    "zip dots": zipped(("../x", b"x")),
    "zip absolute": zipped(("/x", b"x")),
    "zip link": zipped((zip_link("a"), b"/etc/passwd")),
    "zip ratio": zipped(("zeros", bytes(15 << 20))),
    "no archive": b"<html>not found</html>" * 100,
    "empty": b"",
    "cut short": tarred(("htdocs/x", os.urandom(100_000)))[:50_000],
}


@pytest.mark.parametrize("content", [pytest.param(content, id=name) for name, content in HOSTILE.items()])
def test_a_hostile_archive_is_refused_whole(plain_node: Node, content: bytes) -> None:
    node = plain_node
    (node.site / "htdocs/old.html").write_bytes(b"old")
    upload(node, content)
    wanted = MoveIn(errand=ERRAND, site=SITE, tenant=TENANT, not_after=NOW)
    with pytest.raises(Broken, match="is not taken in"):
        take_in(task(node, wanted), now=NOW)
    assert [one.name for one in (node.site / "htdocs").iterdir()] == ["old.html"]
    fresh = node.site / f".r-{ERRAND[:12]}-htdocs"
    assert not any(path.is_symlink() for path in fresh.rglob("*"))
    assert not Path("/etc/cron.d/x").exists()


def test_a_dump_can_do_nothing_but_fill_its_database(node: Node) -> None:
    node.sql("CREATE DATABASE s8_other; CREATE TABLE s8_other.t (id INT)")
    for order in (
        "GRANT ALL ON *.* TO 'x'@'localhost' IDENTIFIED BY 'x';",
        "DROP TABLE s8_other.t;",
        "SELECT 1 INTO OUTFILE '/tmp/out';",
        "\\! touch /tmp/shell",
        "system touch /tmp/shell",
        "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE posts;",
    ):
        upload(node, tarred(("htdocs/a", b"x"), ("dump.sql", f"CREATE TABLE t (id INT);\n{order}\n".encode())))
        with pytest.raises(Broken, match="could not be loaded"):
            take_in(task(node, MOVE), now=NOW)
        assert node.databases.tables("s7_wp") == ["posts"]  # what stood there came back
        assert node.databases.tables("s8_other") == ["t"]


def test_whose_site_it_is_and_whether_the_archive_is_there(plain_node: Node) -> None:
    wanted = MoveIn(errand=ERRAND, site=SITE, tenant=TENANT, not_after=NOW)
    with pytest.raises(NotNow, match="not been uploaded"):
        take_in(task(plain_node, wanted), now=NOW)
    foreign = MoveIn(errand=ERRAND, site=SITE, tenant=TENANT + 1, not_after=NOW)
    with pytest.raises(Broken, match="not this tenant's"):
        take_in(task(plain_node, foreign), now=NOW)
    export = Export(errand=ERRAND, plan=SITE, tenant=TENANT + 1, kept_until=NOW)
    with pytest.raises(Broken, match="not this tenant's"):
        hand_out(task(plain_node, export), now=NOW)


def test_an_archive_that_lies_in_private_is_taken_in_and_what_lies_beside_its_pages_is_counted(node: Node) -> None:
    content = zipped(("htdocs/index.php", b"new"), ("htdocs/a/b", b"b"), ("notes.txt", b"mine"))
    node.write("private/old.zip", content)
    moved = msgspec.structs.replace(MOVE, database=None, archive="old.zip")
    told = take_in(task(node, moved), now=NOW)
    assert (told["files"], told["outside_left_out"], told["top"]) == (2, 1, "htdocs/")
    assert (node.site / "htdocs/index.php").read_bytes() == b"new"
    assert (node.site / "private/old.zip").exists(), "what the owner uploaded is the owner's"


def test_only_a_plain_file_of_the_tenants_own_is_taken_from_private(node: Node, tmp_path: Path) -> None:
    good = zipped(("htdocs/index.php", b"new"))
    (tmp_path / "foreign.zip").write_bytes(good)
    node.link("private/link.zip", str(tmp_path / "foreign.zip"))
    node.link("private/folder", str(tmp_path))
    (node.site / "private/roots.zip").write_bytes(good)
    os.mkfifo(node.site / "private/pipe.zip")
    os.chown(node.site / "private/pipe.zip", TENANT, TENANT)
    for name in ("link.zip", "folder/foreign.zip", "roots.zip", "pipe.zip", "missing.zip"):
        with pytest.raises(Broken):
            take_in(task(node, msgspec.structs.replace(MOVE, database=None, archive=name)), now=NOW)
    assert not (node.site / "htdocs/index.php").exists()
