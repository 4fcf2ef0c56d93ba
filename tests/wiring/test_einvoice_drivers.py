"""What stands where for e-documents: the folder, the mail on a real socket, the answers."""

from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import Settings

from servanda.drivers.einvoices import TakenOver, TurnedAway
from servanda.drivers.letters.mailbox import attachments_in, mails_in
from servanda.drivers.letters.sink import Sink
from servanda.ground.refusal import WrongDocument
from servanda.wiring import drivers
from tests.drivers.einvoices.samples import ORDINARY, REMINDER
from tests.drivers.einvoices.test_carriers import PARCEL


@pytest.fixture(autouse=True)
def drop(settings: Settings, tmp_path: Path) -> Path:
    settings.EINVOICE_DROP = tmp_path / "drop"
    return tmp_path / "drop"


def test_an_e_document_goes_by_mail_once_with_the_xml_attached(settings: Settings, tmp_path: Path) -> None:
    with Sink(tmp_path / "mails") as sink:
        settings.SMTP_HOST, settings.SMTP_PORT = sink.host, sink.port
        first = drivers.e_invoice_mail().send(PARCEL)
        assert isinstance(first, TakenOver)
        assert drivers.e_invoice_mail().send(PARCEL) == first
    (mail,) = mails_in(tmp_path / "mails")
    (attached,) = attachments_in(tmp_path / "mails", mail.name)
    assert (attached.name, attached.content) == ("2026-1.xml", b"<Invoice/>")


def test_a_mail_that_cannot_be_written_is_turned_away_for_good_and_may_be_mended() -> None:
    outcome = drivers.e_invoice_mail().send(replace(PARCEL, email="no address"))
    assert isinstance(outcome, TurnedAway)
    assert outcome.is_permanent


def test_a_mail_server_that_is_away_means_later(settings: Settings) -> None:
    settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", 1
    outcome = drivers.e_invoice_mail().send(PARCEL)
    assert isinstance(outcome, TurnedAway)
    assert not outcome.is_permanent


def test_documents_and_answers_share_the_folder(drop: Path) -> None:
    assert isinstance(drivers.e_invoice_transport().send(PARCEL), TakenOver)
    (drop / "inbox" / "a.json").write_text('{"key": "k", "number": "1", "outcome": "failed"}', encoding="utf-8")
    (file,) = drivers.e_invoice_inbox().waiting()
    answer = drivers.e_invoice_answer(file.content, file=file.name)
    assert answer.is_rejection
    drivers.e_invoice_inbox().done(file.name)
    assert not drivers.e_invoice_inbox().waiting()


def test_what_is_no_answer_is_a_wrong_document_that_names_its_file() -> None:
    with pytest.raises(WrongDocument) as refused:
        drivers.e_invoice_answer(b"<a>", file="a.xml")
    (problem,) = refused.value.problems
    assert (problem.file, problem.line) == ("a.xml", 1)


def test_each_format_has_its_renderer_and_checks() -> None:
    for format in ("peppol bis 3", "oioubl 2.1"):
        assert drivers.e_invoice_renderer(format).format == format  # type: ignore[arg-type]
        assert drivers.e_invoice_objections(ORDINARY, format=format) == ()  # type: ignore[arg-type]
    assert drivers.e_invoice_objections(REMINDER, format="peppol bis 3")


def test_the_gate_finds_the_folders_of_the_settings(settings: Settings, tmp_path: Path) -> None:
    settings.EINVOICE_RULES, settings.EINVOICE_RULES_ELSEWHERE = tmp_path / "none", ""
    verdict = drivers.e_invoice_verdict(drivers.e_invoice_renderer("oioubl 2.1").render(ORDINARY))
    assert verdict.not_checked
    assert not verdict.is_valid
