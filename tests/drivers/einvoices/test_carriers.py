"""What every carrier promises, and what the folder of an access point is beyond that."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import pytest

from servanda.drivers.einvoices import (
    CVR,
    GLN,
    FateUnknown,
    HandOver,
    Identifier,
    Parcel,
    TakenOver,
    Transport,
    TurnedAway,
)
from servanda.drivers.einvoices.file_drop import FileDrop
from servanda.drivers.einvoices.mailed import DocumentMail, MailedDocuments
from servanda.drivers.einvoices.memory import MemoryTransport
from servanda.drivers.einvoices.receipts import Receipts, name_of

PARCEL = Parcel(
    key="invoice:1001/oioubl",
    content=b"<Invoice/>",
    kind="invoice",
    format="oioubl 2.1",
    number="2026-1",
    sender=Identifier("12345674", CVR),
    recipient=Identifier("5790000000012", GLN),
    email="faktura@aaby.example",
    sender_name="Nordlys Hosting ApS",
    sender_email="faktura@nordlys.example",
)


class Rig(Protocol):
    """A carrier in a test: one may break it, mend it, start it anew, and see what was delivered."""

    def carrier(self) -> Transport: ...
    def break_down(self) -> None: ...
    def mend(self) -> None: ...
    def delivered(self) -> list[bytes]: ...


class FolderRig:
    def __init__(self, folder: Path) -> None:
        self._folder = folder / "drop"

    def carrier(self) -> Transport:
        return FileDrop(self._folder)

    def break_down(self) -> None:
        self._folder.write_text("a file where the folder should be")

    def mend(self) -> None:
        self._folder.unlink()

    def delivered(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted((self._folder / "outbox").glob("*.xml"))]


class MailRig:
    def __init__(self, folder: Path) -> None:
        self._receipts = folder / "receipts"
        self._answer: HandOver = TakenOver("250 queued")
        self.mails: list[DocumentMail] = []

    def carrier(self) -> Transport:
        return MailedDocuments(self._carry, receipts=Receipts(self._receipts))

    def break_down(self) -> None:
        self._answer = TurnedAway("421 try again later", False)

    def mend(self) -> None:
        self._answer = TakenOver("250 queued")

    def lose(self) -> None:
        self._answer = FateUnknown("the line broke")

    def delivered(self) -> list[bytes]:
        return [mail.content for mail in self.mails]

    def _carry(self, mail: DocumentMail) -> HandOver:
        if isinstance(self._answer, TakenOver):
            self.mails.append(mail)
        return self._answer


@dataclass
class MemoryRig:
    memory: MemoryTransport

    def carrier(self) -> Transport:
        return self.memory

    def break_down(self) -> None:
        self.memory.turn_away("5790000000012", is_permanent=False)

    def mend(self) -> None:
        self.memory.accept("5790000000012")

    def delivered(self) -> list[bytes]:
        return [parcel.content for parcel in self.memory.taken]


RIGS: dict[str, Callable[[Path], Rig]] = {
    "folder": FolderRig,
    "mail": MailRig,
    "memory": lambda folder: MemoryRig(MemoryTransport()),
}


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Rig:
    return RIGS[request.param](tmp_path)


def test_a_document_is_taken_over_with_a_receipt(rig: Rig) -> None:
    outcome = rig.carrier().send(PARCEL)
    assert isinstance(outcome, TakenOver)
    assert outcome.receipt
    assert rig.delivered() == [b"<Invoice/>"]


def test_the_same_key_twice_delivers_once_with_the_same_receipt(rig: Rig) -> None:
    first = rig.carrier().send(PARCEL)
    assert rig.carrier().send(PARCEL) == first
    assert rig.delivered() == [b"<Invoice/>"]


def test_another_document_under_a_used_key_is_turned_away_for_good(rig: Rig) -> None:
    rig.carrier().send(PARCEL)
    outcome = rig.carrier().send(replace(PARCEL, content=b"<Invoice>other</Invoice>"))
    assert isinstance(outcome, TurnedAway)
    assert outcome.is_permanent
    assert "key of its own" in outcome.reason
    assert rig.delivered() == [b"<Invoice/>"]


def test_other_keys_are_other_documents_whatever_signs_they_have(rig: Rig) -> None:
    for key in ("a", "a/b", "../a", "æ \n", "A", "x" * 400):
        assert isinstance(rig.carrier().send(replace(PARCEL, key=key)), TakenOver)
    assert len(rig.delivered()) == 6


def test_without_an_address_a_document_is_turned_away_for_good(rig: Rig) -> None:
    outcome = rig.carrier().send(replace(PARCEL, recipient=None, email=""))
    assert isinstance(outcome, TurnedAway)
    assert outcome.is_permanent
    assert "customer" in outcome.reason


def test_a_carrier_that_is_out_of_order_turns_away_for_now_and_takes_the_document_later(rig: Rig) -> None:
    rig.break_down()
    outcome = rig.carrier().send(PARCEL)
    assert isinstance(outcome, TurnedAway)
    assert not outcome.is_permanent
    rig.mend()
    assert isinstance(rig.carrier().send(PARCEL), TakenOver)
    assert rig.delivered() == [b"<Invoice/>"]


# The folder.


def test_the_address_lies_beside_the_document_and_says_whom_it_is_for(tmp_path: Path) -> None:
    FileDrop(tmp_path).send(PARCEL)
    (address,) = (tmp_path / "outbox").glob("*.json")
    assert json.loads(address.read_text(encoding="utf-8")) == {
        "version": 1,
        "key": "invoice:1001/oioubl",
        "number": "2026-1",
        "kind": "invoice",
        "format": "oioubl 2.1",
        "customization": "OIOUBL-2.1",
        "profile": "Procurement-BilSim-1.0",
        "sender": {"scheme": "0184", "value": "12345674"},
        "recipient": {"scheme": "0088", "value": "5790000000012"},
        "sha256": sha256(b"<Invoice/>").hexdigest(),
    }
    assert address.with_suffix(".xml").read_bytes() == b"<Invoice/>"
    assert not list((tmp_path / "outbox").glob(".*"))


def test_what_the_access_point_took_is_not_put_there_again(tmp_path: Path) -> None:
    drop = FileDrop(tmp_path)
    drop.send(PARCEL)
    for path in (tmp_path / "outbox").iterdir():
        path.rename(tmp_path / "taken" / path.name)
    assert isinstance(FileDrop(tmp_path).send(PARCEL), TakenOver)
    assert list((tmp_path / "outbox").iterdir()) == []


@pytest.mark.parametrize("is_taken", [False, True], ids=["still there", "taken"])
def test_a_program_stopped_after_the_drop_and_before_the_receipt_drops_once(tmp_path: Path, is_taken: bool) -> None:
    FileDrop(tmp_path).send(PARCEL)
    receipt = tmp_path / "receipts" / f"{name_of(PARCEL.key)}.json"
    claim = json.loads(receipt.read_text(encoding="utf-8"))
    del claim["receipt"]
    receipt.write_text(json.dumps(claim), encoding="utf-8")
    if is_taken:
        for path in (tmp_path / "outbox").iterdir():
            path.rename(tmp_path / "taken" / path.name)
    assert isinstance(FileDrop(tmp_path).send(PARCEL), TakenOver)
    assert len(list((tmp_path / "outbox").glob("*.xml"))) == (0 if is_taken else 1)


def test_a_program_stopped_between_claim_and_drop_drops_when_it_is_asked_again(tmp_path: Path) -> None:
    assert Receipts(tmp_path / "receipts").claim(PARCEL.key, PARCEL.content)
    assert isinstance(FileDrop(tmp_path).send(PARCEL), TakenOver)
    assert len(list((tmp_path / "outbox").glob("*.xml"))) == 1


def test_answers_are_there_until_they_are_dealt_with_and_half_files_are_left_alone(tmp_path: Path) -> None:
    drop = FileDrop(tmp_path)
    assert drop.waiting() == ()
    drop.send(PARCEL)
    inbox = tmp_path / "inbox"
    (inbox / "a.xml").write_bytes(b"<a/>")
    (inbox / ".b.xml").write_bytes(b"half")
    (inbox / "c.xml.part").write_bytes(b"half")
    assert [one.name for one in drop.waiting()] == ["a.xml"]
    assert [one.content for one in FileDrop(tmp_path).waiting()] == [b"<a/>"]
    drop.done("a.xml")
    drop.done("a.xml")
    assert drop.waiting() == ()
    assert (inbox / "done" / "a.xml").read_bytes() == b"<a/>"


def test_two_answers_of_one_name_are_both_kept(tmp_path: Path) -> None:
    drop = FileDrop(tmp_path)
    drop.send(PARCEL)
    for content in (b"<a>1</a>", b"<a>2</a>"):
        (tmp_path / "inbox" / "a.xml").write_bytes(content)
        drop.done("a.xml")
    kept = {path.read_bytes() for path in (tmp_path / "inbox" / "done").iterdir()}
    assert kept == {b"<a>1</a>", b"<a>2</a>"}


# Mails.


def test_a_mail_carries_the_document_and_has_one_name_for_its_key(tmp_path: Path) -> None:
    rig = MailRig(tmp_path)
    rig.carrier().send(PARCEL)
    (mail,) = rig.mails
    assert (mail.recipient, mail.subject) == ("faktura@aaby.example", "Faktura 2026-1")
    assert (mail.file_name, mail.media_type, mail.content) == ("2026-1.xml", "application/xml", b"<Invoice/>")
    assert mail.name.startswith("edocument-")


def test_a_mail_whose_fate_is_unknown_is_not_sent_once_more(tmp_path: Path) -> None:
    rig = MailRig(tmp_path)
    rig.lose()
    assert isinstance(rig.carrier().send(PARCEL), FateUnknown)
    rig.mend()
    outcome = rig.carrier().send(PARCEL)
    assert isinstance(outcome, FateUnknown)
    assert "Ask the receiver" in outcome.reason
    assert rig.mails == []


def test_a_receipt_that_was_cut_short_means_that_nobody_knows(tmp_path: Path) -> None:
    rig = MailRig(tmp_path)
    rig.carrier().send(PARCEL)
    (tmp_path / "receipts" / f"{name_of(PARCEL.key)}.json").write_text('{"key": "inv')
    assert isinstance(rig.carrier().send(PARCEL), FateUnknown)
    assert len(rig.mails) == 1


# Memory.


def test_memory_can_lose_a_document_and_hold_an_answer() -> None:
    memory = MemoryTransport()
    memory.lose("5790000000012")
    assert isinstance(memory.send(PARCEL), FateUnknown)
    memory.answer("a.xml", b"<a/>")
    assert [one.name for one in memory.waiting()] == ["a.xml"]
    memory.done("a.xml")
    assert memory.waiting() == ()
