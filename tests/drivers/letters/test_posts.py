"""What every post promises, over a real socket to the sink and in memory; then what SMTP alone can do."""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from servanda.drivers.letters import (
    Accepted,
    Attachment,
    NotAnAddress,
    NotSendable,
    OutgoingMail,
    Post,
    Rejected,
    Uncertain,
    wire_address,
)
from servanda.drivers.letters.mailbox import attachments_in, mails_in
from servanda.drivers.letters.memory import MemoryPost
from servanda.drivers.letters.mime import bytes_of
from servanda.drivers.letters.sink import Rudeness, Sink
from servanda.drivers.letters.smtp import SmtpPost, SmtpServer

UNKNOWN = "nobody@alma.example"
FULL = "full@alma.example"


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A post that knows a wrong address, a full mailbox and, if told so, loses every line after the content."""

    post: Post
    stored: Callable[[], int]


@pytest.fixture(params=["smtp", "memory"])
def arranged(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Arrangement]]:
    sinks: list[Sink] = []

    def over_smtp(*, is_losing: bool = False) -> Arrangement:
        rudeness = Rudeness(
            unknown=frozenset({UNKNOWN}),
            full=frozenset({FULL}),
            hangs_up="before storing" if is_losing else "never",
        )
        sinks.append(Sink(tmp_path, rudeness=rudeness))
        sinks[-1].start()
        return Arrangement(post_to(sinks[-1]), lambda: len(mails_in(tmp_path)))

    def in_memory(*, is_losing: bool = False) -> Arrangement:
        post = MemoryPost()
        post.reject(UNKNOWN, is_permanent=True)
        post.reject(FULL, is_permanent=False)
        if is_losing:
            post.lose("alma@alma.example")
        return Arrangement(post, lambda: len(post.accepted))

    yield over_smtp if request.param == "smtp" else in_memory
    for sink in sinks:
        sink.stop()


def post_to(sink: Sink) -> SmtpPost:
    return SmtpPost(SmtpServer(host=sink.host, port=sink.port, timeout_seconds=5))


# Every post.


def test_an_accepted_letter_brings_home_the_servers_words(
    arranged: Callable[..., Arrangement], letter: OutgoingMail
) -> None:
    arrangement = arranged()
    outcome = arrangement.post.send(letter)
    assert isinstance(outcome, Accepted)
    assert outcome.reply.startswith("250 2.0.0 queued as ")
    assert outcome.server
    assert arrangement.stored() == 1


@pytest.mark.parametrize(("recipient", "is_permanent", "code"), [(UNKNOWN, True, "550"), (FULL, False, "45")])
def test_a_rejection_says_whether_it_is_final(
    arranged: Callable[..., Arrangement],
    letter: OutgoingMail,
    recipient: str,
    is_permanent: bool,
    code: str,
) -> None:
    arrangement = arranged()
    outcome = arrangement.post.send(replace(letter, recipient=recipient))
    assert isinstance(outcome, Rejected)
    assert outcome.is_permanent is is_permanent
    assert outcome.reply.startswith(code)
    assert arrangement.stored() == 0


def test_a_line_lost_after_the_content_is_uncertain_and_not_a_rejection(
    arranged: Callable[..., Arrangement], letter: OutgoingMail
) -> None:
    arrangement = arranged(is_losing=True)
    assert isinstance(arrangement.post.send(letter), Uncertain)


def test_one_bad_address_does_not_stop_the_letters_after_it(
    arranged: Callable[..., Arrangement], letter: OutgoingMail
) -> None:
    arrangement = arranged()
    recipients = ("alma@alma.example", UNKNOWN, "birk@birk.example", FULL, "carla@carla.example")
    outcomes = tuple(arrangement.post.send_all(replace(letter, recipient=to) for to in recipients))
    assert [type(outcome) for outcome in outcomes] == [Accepted, Rejected, Accepted, Rejected, Accepted]
    assert arrangement.stored() == 3


def test_the_same_letter_twice_has_the_same_queue_id(
    arranged: Callable[..., Arrangement], letter: OutgoingMail
) -> None:
    first, second = arranged().post.send_all((letter, replace(letter)))
    assert isinstance(first, Accepted)
    assert first == second


# What may be sent at all.


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"subject": "Rykker\r\nBcc: all@example.com"}, "subject holds a line end"),
        ({"subject": "Rykker\n"}, "subject holds a line end"),
        ({"subject": "x" * 301}, "1 to 300 signs"),
        ({"subject": " "}, "1 to 300 signs"),
        ({"subject": "half \ud83d"}, "half a sign"),
        ({"sender_name": "Nordlys\r\nX-Evil: 1"}, "sender's name holds a line end"),
        ({"recipient": "alma@alma.example\r\nRCPT TO:<x@y.example>"}, "not an e-mail address"),
        ({"recipient": "alma@alma.example>,<x@y.example"}, "not an e-mail address"),
        ({"recipient": "alma"}, "not an e-mail address"),
        ({"recipient": "ålma@alma.example"}, "not an e-mail address"),
        ({"reply_to": "nowhere"}, "not an e-mail address"),
        ({"message_id": "<a@b>\r\nX: y"}, "message id"),
        ({"message_id": "plain"}, "message id"),
        ({"language": "dansk"}, "two small letters"),
        ({"text": "\n"}, "no text"),
        ({"written_at": datetime(2026, 1, 30, 9, 30)}, "no time zone"),  # noqa: DTZ001
        ({"attachments": (Attachment("../x", "application/pdf", b"x"),)}, "not a name for an attachment"),
        ({"attachments": (Attachment("x\r\ny", "application/pdf", b"x"),)}, "not a name for an attachment"),
        ({"attachments": (Attachment("x", "multipart/mixed", b"x"),)}, "not a media type"),
        ({"attachments": (Attachment("x", "application/pdf", b""),)}, "is empty"),
        ({"attachments": (Attachment("x", "text/plain", bytes(20_000_001)),)}, "larger than"),
    ],
)
def test_a_letter_that_could_be_misread_is_refused(
    letter: OutgoingMail, change: dict[str, object], message: str
) -> None:
    with pytest.raises(NotSendable, match=message):
        replace(letter, **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("alma@alma.example", "alma@alma.example"),
        ("Alma.A+faktura@Alma.Example", "Alma.A+faktura@alma.example"),
        ("post@blåbærgrød.example", "post@xn--blbrgrd-fxak7p.example"),
    ],
)
def test_an_address_goes_over_the_wire_in_ascii(address: str, expected: str) -> None:
    assert wire_address(address) == expected


@pytest.mark.parametrize("address", ["", "@", "a@b", "a b@c.example", "a..b@c.example", "a@-c.example", "a@c..dk"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(NotAnAddress):
        wire_address(address)


def test_a_mail_is_seven_bit_with_short_lines_and_always_the_same(letter: OutgoingMail) -> None:
    content = bytes_of(letter)
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert bytes_of(replace(letter)) == content


# SMTP alone.


def test_a_letter_arrives_as_it_was_written(tmp_path: Path, letter: OutgoingMail) -> None:
    with Sink(tmp_path) as sink:
        outcome = post_to(sink).send(letter)
    (mail,) = mails_in(tmp_path)
    assert isinstance(outcome, Accepted)
    assert outcome.reply == f"250 2.0.0 queued as {mail.queue_id}"
    assert outcome.server == f"127.0.0.1:{sink.port}"
    assert mail.subject == letter.subject
    assert mail.text.rstrip("\n") == letter.text.rstrip("\n")
    assert mail.sender == "Nordlys Hosting ApS – æøå <faktura@nordlys.example>"
    assert mail.recipients == ("alma@alma.example",)
    assert mail.written_at == letter.written_at
    assert mail.attachment_names == ("Faktura 1001 – æøå.pdf",)
    assert attachments_in(tmp_path, mail.name) == letter.attachments


def test_a_greylisted_letter_is_taken_the_second_time(tmp_path: Path, letter: OutgoingMail) -> None:
    with Sink(tmp_path, rudeness=Rudeness(greylists=True)) as sink:
        outcomes = [post_to(sink).send(letter) for _ in range(2)]
    assert isinstance(outcomes[0], Rejected)
    assert not outcomes[0].is_permanent
    assert isinstance(outcomes[1], Accepted)


def test_refused_content_is_a_final_rejection(tmp_path: Path, letter: OutgoingMail) -> None:
    with Sink(tmp_path, rudeness=Rudeness(refuses_content=True)) as sink:
        assert post_to(sink).send(letter) == Rejected("554 5.7.1 content refused", is_permanent=True)
    assert mails_in(tmp_path) == ()


def test_an_uncertain_letter_may_have_arrived_and_the_next_one_goes_over_a_new_line(
    tmp_path: Path, letter: OutgoingMail
) -> None:
    with Sink(tmp_path, rudeness=Rudeness(hangs_up="after storing")) as sink:
        outcomes = tuple(post_to(sink).send_all((letter, letter)))
    assert [type(outcome) for outcome in outcomes] == [Uncertain, Uncertain]
    assert len(mails_in(tmp_path)) == 2


def test_a_server_that_closes_after_some_mails_gets_the_others_over_new_lines(
    tmp_path: Path, letter: OutgoingMail
) -> None:
    with Sink(tmp_path, rudeness=Rudeness(mails_per_line=2)) as sink:
        outcomes = tuple(post_to(sink).send_all([letter] * 5))
    assert {type(outcome) for outcome in outcomes} == {Accepted}
    assert len(mails_in(tmp_path)) == 5


def test_a_server_that_is_not_there_is_asked_once_and_nothing_is_final(letter: OutgoingMail) -> None:
    with socket.create_server(("127.0.0.1", 0)) as occupied:
        port = occupied.getsockname()[1]
    outcomes = tuple(SmtpPost(SmtpServer(host="127.0.0.1", port=port)).send_all([letter] * 3))
    assert len(outcomes) == 3
    assert len(set(outcomes)) == 1
    assert isinstance(outcomes[0], Rejected)
    assert not outcomes[0].is_permanent
    assert f"127.0.0.1:{port}" in outcomes[0].reply


GREETED = (b"220 hello\r\n", b"250 hello\r\n")
READY = (*GREETED, b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ((), Rejected),
        ((b"554 go away\r\n",), Rejected),
        (GREETED, Rejected),
        ((*GREETED, b"250 ok\r\n"), Rejected),
        ((*GREETED, b"250 ok\r\n", b"250 ok\r\n"), Rejected),
        (READY, Uncertain),
        ((*READY, b"hm\r\n"), Uncertain),
        ((*READY, b"354 more\r\n"), Uncertain),
        ((*READY, b"2"), Uncertain),
        ((*READY, b"250-one\r\n250 \x1b[31mtwo\r\n"), Accepted),
        ((*READY, b"451 later\r\n"), Rejected),
        ((*READY, b"421 shutting down\r\n"), Rejected),
    ],
)
def test_the_moment_a_line_breaks_decides_between_rejected_and_uncertain(
    letter: OutgoingMail, answers: tuple[bytes, ...], expected: type
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = threading.Thread(target=answer_then_hang_up, args=(listening, answers))
        server.start()
        post = SmtpPost(SmtpServer(host="127.0.0.1", port=listening.getsockname()[1], timeout_seconds=5))
        outcome = post.send(letter)
        server.join()
    assert isinstance(outcome, expected)
    assert outcome.reply.isprintable()
    assert not isinstance(outcome, Rejected) or not outcome.is_permanent


def answer_then_hang_up(listening: socket.socket, answers: tuple[bytes, ...]) -> None:
    """Give one answer to the greeting and to each command, the content counting as one, and close the line."""
    line, _ = listening.accept()
    with line, line.makefile("rb") as heard:
        for number, answer in enumerate(answers):
            if number == len(READY):
                read_to(heard, b".\r\n")
            elif number:
                heard.readline()
            line.sendall(answer)
        if len(answers) == len(READY):
            read_to(heard, b".\r\n")


def read_to(heard: "socket.SocketIO | object", end: bytes) -> None:
    while heard.readline() not in {end, b""}:  # type: ignore[union-attr]
        pass


def test_a_silent_server_is_left_after_the_timeout(letter: OutgoingMail) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        post = SmtpPost(SmtpServer(host="127.0.0.1", port=listening.getsockname()[1], timeout_seconds=0.2))
        outcome = post.send(letter)
    assert isinstance(outcome, Rejected)
    assert "timed out" in outcome.reply


def test_required_encryption_is_never_done_without(tmp_path: Path, letter: OutgoingMail) -> None:
    with Sink(tmp_path) as sink:
        post = SmtpPost(SmtpServer(host=sink.host, port=sink.port, tls="required"))
        outcome = post.send(letter)
    assert isinstance(outcome, Rejected)
    assert "encryption is required" in outcome.reply
    assert mails_in(tmp_path) == ()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is needed to make a certificate")
    file = tmp_path_factory.mktemp("certificate") / "both.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(file), "-out", str(file.with_suffix(".crt"))),
        ],
        check=True,
        capture_output=True,
        timeout=20,
    )
    file.write_bytes(file.read_bytes() + file.with_suffix(".crt").read_bytes())
    return file


def test_a_letter_goes_over_starttls_only_to_a_server_that_proves_its_name(
    tmp_path: Path, letter: OutgoingMail, certificate: Path
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    with Sink(tmp_path, tls=context) as sink:
        known = SmtpServer(host=sink.host, port=sink.port, tls="required", ca_file=str(certificate))
        assert isinstance(SmtpPost(known).send(letter), Accepted)
        stranger = SmtpPost(replace(known, ca_file="")).send(letter)
    assert isinstance(stranger, Rejected)
    assert "certificate" in stranger.reply
    assert len(mails_in(tmp_path)) == 1


def test_a_password_is_not_shown(letter: OutgoingMail) -> None:
    assert "hunter2" not in repr(SmtpServer(host="mail.example", port=587, username="x", password="hunter2"))


def test_letters_of_other_time_zones_keep_their_moment(tmp_path: Path, letter: OutgoingMail) -> None:
    moment = datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC)
    with Sink(tmp_path) as sink:
        post_to(sink).send(replace(letter, written_at=moment))
    assert mails_in(tmp_path)[0].written_at == moment
