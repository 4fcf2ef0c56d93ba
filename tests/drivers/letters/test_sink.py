"""The sink and its mailbox: what is stored, what is refused, and what nonsense must not break."""

import os
import smtplib
import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servanda.drivers.letters import OutgoingMail
from servanda.drivers.letters.mailbox import attachments_in, mail_in, mails_in
from servanda.drivers.letters.sink import NotLoopback, Sink, serve_forever
from servanda.drivers.letters.smtp import SmtpPost, SmtpServer

NAME = "00000001-0123456789ABCDEF0123.eml"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "localhost", "mail.example", ""])
def test_the_sink_listens_on_loopback_only(tmp_path: Path, host: str) -> None:
    with pytest.raises(NotLoopback, match="loopback"):
        Sink(tmp_path, host=host)


def test_an_occupied_port_is_told(tmp_path: Path) -> None:
    with Sink(tmp_path) as first, pytest.raises(OSError, match="address already in use"):
        Sink(tmp_path, port=first.port).start()


def test_the_sink_starts_and_stops_again_and_goes_on_counting(tmp_path: Path, letter: OutgoingMail) -> None:
    for _ in range(3):
        with Sink(tmp_path) as sink:
            SmtpPost(SmtpServer(host=sink.host, port=sink.port)).send(letter)
    names = [mail.name for mail in mails_in(tmp_path)]
    assert [name[:8] for name in names] == ["00000003", "00000002", "00000001"]
    assert len({name[9:] for name in names}) == 1
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((sink.host, sink.port), timeout=1)


def test_stopping_does_not_wait_for_a_sender_that_sleeps(tmp_path: Path) -> None:
    sink = Sink(tmp_path)
    sink.start()
    with socket.create_connection((sink.host, sink.port), timeout=5) as line:
        assert line.recv(200).startswith(b"220 ")
        sink.stop()
        assert line.recv(200) == b""
    sink.stop()


def test_stopping_a_sink_that_never_started_does_nothing(tmp_path: Path) -> None:
    Sink(tmp_path).stop()
    assert mails_in(tmp_path) == ()


def test_serving_ends_when_it_is_told(tmp_path: Path, letter: OutgoingMail) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    ending = threading.Event()
    serving = threading.Thread(target=serve_forever, args=(tmp_path,), kwargs={"port": port, "until": ending})
    serving.start()
    wait_for_port(port)
    SmtpPost(SmtpServer(host="127.0.0.1", port=port)).send(letter)
    ending.set()
    serving.join(timeout=10)
    assert not serving.is_alive()
    assert len(mails_in(tmp_path)) == 1


def wait_for_port(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            threading.Event().wait(0.02)
        else:
            return
    raise AssertionError(f"nothing listens on port {port}")


def test_several_recipients_of_one_mail_are_kept_and_files_are_private(tmp_path: Path) -> None:
    with Sink(tmp_path / "mails") as sink, smtplib.SMTP(sink.host, sink.port, timeout=5) as line:
        line.sendmail("a@a.example", ["b@b.example", "c@c.example"], "Subject: two\r\n\r\nhello\r\n")
    (mail,) = mails_in(tmp_path / "mails")
    assert mail.recipients == ("b@b.example", "c@c.example")
    assert mail.text == "hello\n"
    assert (tmp_path / "mails").stat().st_mode & 0o077 == 0
    assert (
        tmp_path / "mails" / mail.name
    ).stat().st_mode & 0o777 == 0o640  # its folder lets the pages' group in, or nobody


def test_only_the_newest_are_listed_when_there_are_many(tmp_path: Path) -> None:
    for number in range(1, 6):
        (tmp_path / f"{number:08d}-{'A' * 20}.eml").write_bytes(b"Subject: %d\r\n\r\n" % number)
    assert [mail.subject for mail in mails_in(tmp_path, newest=2)] == ["5", "4"]


def test_files_that_are_no_mails_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "00000002-0123456789ABCDEF0123.part").write_text("half")
    (tmp_path / "00000003-0123456789ABCDEF0123.eml").mkdir()
    os.symlink("/etc/hostname", tmp_path / "00000004-0123456789ABCDEF0123.eml")
    os.mkfifo(tmp_path / "00000005-0123456789ABCDEF0123.eml")
    (tmp_path / NAME).write_bytes(b"Subject: real\r\n\r\nhello")
    assert [mail.subject for mail in mails_in(tmp_path)] == ["real"]
    assert mails_in(tmp_path / "missing") == ()


@pytest.mark.parametrize("name", ["../secret.eml", "/etc/passwd", "", "x.eml", NAME + "/..", NAME + "\n", "..\x00"])
def test_a_name_from_a_page_never_leaves_the_directory(tmp_path: Path, name: str) -> None:
    (tmp_path / NAME).write_bytes(b"Subject: real\r\n\r\nhello")
    assert mail_in(tmp_path, name) is None
    assert attachments_in(tmp_path, name) == ()
    assert mail_in(tmp_path, NAME) is not None


BROKEN_MAILS = (
    b"",
    b"\x00\xff\xfe" * 100,
    b"Subject: =?utf-9?b?////?=\r\n\r\n",
    b"Content-Type: text/plain; charset=klingon\r\n\r\nqapla",
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nno end",
    b"Content-Type: multipart/mixed\r\n\r\n",
    b"Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\nSubject: in",
    b"Content-Transfer-Encoding: base64\r\n\r\n!!!!",
    b"Content-Disposition: attachment; filename*=x''%ff%fe\r\n\r\nx",
    b"Date: yesterday\r\nFrom: <<<>>>\r\nTo: @,@,;:\r\n\r\n",
    b"Date: Mon, 99 Foo 99999 25:61:61 +9999\r\n\r\n",
    b"From: " + b"(" * 500 + b"\r\n\r\n",
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
    + b"--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" * 200,
)


@pytest.mark.parametrize("content", BROKEN_MAILS)
def test_a_broken_mail_does_not_hide_the_others(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    (tmp_path / f"00000002-{'A' * 20}.eml").write_bytes(b"Subject: whole\r\n\r\n")
    mails = mails_in(tmp_path)
    assert len(mails) == 2
    assert mails[0].subject == "whole"
    attachments_in(tmp_path, NAME)


@settings(max_examples=60, deadline=None)
@given(
    headers=st.lists(
        st.tuples(
            st.sampled_from([b"From", b"Date", b"Subject", b"Content-Type", b"Content-Disposition", b"Delivered-To"]),
            st.binary(max_size=60),
        )
    ),
    body=st.binary(max_size=200),
)
def test_no_bytes_break_the_mailbox(
    tmp_path_factory: pytest.TempPathFactory, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    directory = tmp_path_factory.mktemp("mails")
    lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
    (directory / NAME).write_bytes(lines + b"\r\n" + body)
    (mail,) = mails_in(directory)
    assert mail.name == NAME
    assert len(attachments_in(directory, NAME)) == len(mail.attachment_names)


SUBJECTS = (
    "Ærø – 100 % ✓",
    "Rykker for faktura 1001: 1.561,25 kr. forfaldt 16. januar – betal venligst nu",
    "שלום " * 30 + "!",
    "李小龙" * 40,
    "a" * 300,
    "Re: =?utf-8?q?x?= x",
    "two  spaces",
    "plain",
)


def test_words_in_any_script_survive_the_journey(tmp_path: Path, letter: OutgoingMail) -> None:
    with Sink(tmp_path) as sink:
        post = SmtpPost(SmtpServer(host=sink.host, port=sink.port))
        letters = (replace(letter, subject=words, sender_name=words[:90]) for words in SUBJECTS)
        tuple(post.send_all(letters))
    stored = mails_in(tmp_path)[::-1]
    assert tuple(mail.subject for mail in stored) == SUBJECTS
    assert all(mail.sender.endswith(" <faktura@nordlys.example>") for mail in stored)
    names = tuple(mail.sender.removesuffix(" <faktura@nordlys.example>") for mail in stored)
    assert names == tuple(words[:90] for words in SUBJECTS)
