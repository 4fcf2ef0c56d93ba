"""The inbox of a node: a password comes when its errand needs it, and goes when the errand has ended."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from servanda.drivers.nodelink.memory import MemoryControlPlane, MemoryLink
from servanda.faces.node.words import ASK_EVERY, Words
from servanda.ground.nodes.kinds.backups import Export, MoveIn, SftpSource
from servanda.ground.nodes.kinds.mail import MailImport
from servanda.ground.nodes.messages import Enrol, public_bytes
from servanda.ground.nodes.sealing import public_text
from servanda.ground.nodes.words import seal_word
from tests.drivers.nodelink.test_links import TOKEN, Me

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
ERRAND = "ab" * 16
SOURCE = SftpSource(host="old.example.dk", user="web", host_key="ssh-ed25519 " + "A" * 68)
MOVE = MoveIn(errand=ERRAND, site=7, tenant=200_007, source=SOURCE, not_after=NOW)
MAIL = MailImport(
    errand=ERRAND,
    local="alma",
    domain="alma.example",
    tenant=200_007,
    host="old.example.dk",
    login="alma",
    not_after=NOW,
)


@pytest.fixture
def plane() -> MemoryControlPlane:
    return MemoryControlPlane(Ed25519PrivateKey.generate(), tokens={TOKEN: "n1"})


@pytest.fixture
def words(plane: MemoryControlPlane, tmp_path: Path) -> Words:
    me = Me()
    plane.enrol(
        Enrol(
            token=TOKEN,
            node="n1",
            public_key=public_bytes(me.key),
            sealing_key=public_text(X25519PrivateKey.generate()),
        )
    )
    return Words(tmp_path, MemoryLink(plane, me, lambda: datetime.now(UTC)), me.key)


@pytest.mark.parametrize(("errand", "name"), [(MOVE, f"{ERRAND}.word"), (MAIL, f"{ERRAND}.password")])
def test_a_password_comes_in_and_goes_when_its_errand_has_ended(
    words: Words, plane: MemoryControlPlane, tmp_path: Path, errand: MoveIn | MailImport, name: str
) -> None:
    plane.words[ERRAND] = seal_word("syv kopper", public_key=public_bytes(words.key), errand=ERRAND)
    assert words.is_ready(errand, now=NOW)
    assert (tmp_path / name).read_text() == "syv kopper"
    assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    words.forget(lambda one: False)
    assert (tmp_path / name).exists()
    words.forget(lambda one: one == ERRAND)
    assert list(tmp_path.iterdir()) == []


def test_an_errand_waits_while_nobody_answers_and_is_not_asked_for_at_once(
    words: Words, plane: MemoryControlPlane, tmp_path: Path
) -> None:
    plane.is_away = True
    assert not words.is_ready(MAIL, now=NOW)
    plane.is_away = False
    plane.words[ERRAND] = seal_word("syv kopper", public_key=public_bytes(words.key), errand=ERRAND)
    assert not words.is_ready(MAIL, now=NOW + timedelta(seconds=1))
    assert words.is_ready(MAIL, now=NOW + ASK_EVERY)
    assert (tmp_path / f"{ERRAND}.password").exists()


def test_without_a_password_the_errand_begins_and_says_itself_what_it_lacks(words: Words, tmp_path: Path) -> None:
    assert words.is_ready(MAIL, now=NOW)
    assert list(tmp_path.iterdir()) == []


def test_a_password_for_another_node_is_not_taken(words: Words, plane: MemoryControlPlane, tmp_path: Path) -> None:
    foreign = public_bytes(Ed25519PrivateKey.generate())
    plane.words[ERRAND] = seal_word("syv kopper", public_key=foreign, errand=ERRAND)
    assert words.is_ready(MAIL, now=NOW)
    assert list(tmp_path.iterdir()) == []


def test_what_needs_none_or_has_it_is_not_asked_for(words: Words, plane: MemoryControlPlane, tmp_path: Path) -> None:
    plane.is_away = True
    archive = MoveIn(errand=ERRAND, site=7, tenant=200_007, archive="old.zip", not_after=NOW)
    assert words.is_ready(archive, now=NOW)
    assert words.is_ready(Export(errand=ERRAND, plan=7, tenant=200_007, kept_until=NOW), now=NOW)
    (tmp_path / f"{ERRAND}.password").write_text("by hand")
    assert words.is_ready(MAIL, now=NOW)
    (tmp_path / ERRAND).write_text("an archive that was fetched")
    assert words.is_ready(MOVE, now=NOW)
