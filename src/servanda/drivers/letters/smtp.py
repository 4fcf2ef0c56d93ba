"""Sends mails over SMTP and brings home the receiving server's answer as proof.

The dangerous moment is the end of DATA: before the content has gone out, a lost line means that the mail
was not taken; after it, nobody knows. `smtplib.sendmail` hides on which side a failure was, so DATA is
spoken here.
"""

import ipaddress
import re
import smtplib
import ssl
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from servanda.drivers.letters import Accepted, Outcome, OutgoingMail, Rejected, Uncertain, wire_address
from servanda.drivers.letters.mime import bytes_of

_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\x9f]+")
_REPLY_MAX = 500
_CLOSING = 421  # RFC 5321: the server closes the line, whatever was asked


Tls = Literal["when offered", "required", "from the start"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """Which server to speak to, and how. `own_name` is what we call ourselves in EHLO."""

    host: str
    port: int
    own_name: str = "localhost"
    tls: Tls = "when offered"
    ca_file: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    timeout_seconds: float = 30.0

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


class _Unreachable(Exception):
    """No usable line to the server could be opened."""


class _LineLost(Exception):
    """The line was lost, or closed by the server, before the content of a mail had gone out."""


class SmtpPost:
    """Carries mails to one server, many over one connection."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    def send(self, message: OutgoingMail) -> Outcome:
        """Hand one mail over and return what became of it."""
        (outcome,) = self.send_all((message,))
        return outcome

    def send_all(self, messages: Iterable[OutgoingMail]) -> Iterator[Outcome]:
        """Hand the mails over one after the other, over as few connections as the server allows.

        A server that cannot be reached is not asked again in this run: all further mails get its answer.
        """
        run = _Run(self._server)
        try:
            yield from map(run.outcome_of, messages)
        finally:
            run.hang_up()


class _Run:
    """One run of mails to one server: the open line, if there is one, and why no other could be opened."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._line: smtplib.SMTP | None = None
        self._unreachable: Rejected | None = None

    def outcome_of(self, message: OutgoingMail) -> Outcome:
        if self._unreachable is not None:
            return self._unreachable
        try:
            return self._sent_over_any_line(message)
        except _Unreachable as reason:
            self._unreachable = Rejected(str(reason), is_permanent=False)
            return self._unreachable
        except _LineLost as reason:
            self.hang_up()
            return Rejected(str(reason), is_permanent=False)

    def hang_up(self) -> None:
        """Leave the line; whatever was promised on it was promised before."""
        line, self._line = self._line, None
        if line is None:
            return
        try:
            line.quit()
        except OSError:
            line.close()

    def _sent_over_any_line(self, message: OutgoingMail) -> Outcome:
        """Send over the open line or, if the server has closed that one meanwhile, over a new one."""
        if self._line is not None:
            try:
                return self._converse(self._line, message)
            except _LineLost:
                self.hang_up()
        self._line = _opened(self._server)
        return self._converse(self._line, message)

    def _converse(self, line: smtplib.SMTP, message: OutgoingMail) -> Outcome:
        content = bytes_of(message)
        for command in (
            f"MAIL FROM:<{wire_address(message.sender)}>",
            f"RCPT TO:<{wire_address(message.recipient)}>",
            "DATA",
        ):
            code, reply = _asked(line, command)
            if code // 100 not in {2, 3}:
                self._forget_sender(line)
                return Rejected(_reply_text(code, reply), is_permanent=code // 100 == 5)
        return self._handed_over(line, content)

    def _forget_sender(self, line: smtplib.SMTP) -> None:
        """Make the line ready for the next mail; a rejection stands even if the line is lost now."""
        try:
            _asked(line, "RSET")
        except _LineLost:
            self.hang_up()

    def _handed_over(self, line: smtplib.SMTP, content: bytes) -> Outcome:
        """Send the content; from its first byte on, silence is uncertainty."""
        try:
            line.send(_LEADING_DOT.sub(b"..", content) + b".\r\n")
            code, reply = line.getreply()
        except OSError as error:
            self.hang_up()
            return Uncertain(_clean(f"connection to {self._server} lost after the content was sent: {error}"))
        text = _reply_text(code, reply)
        if code == _CLOSING:
            self.hang_up()
        if code // 100 == 2:
            return Accepted(text, str(self._server))
        if code // 100 in {4, 5}:
            return Rejected(text, is_permanent=code // 100 == 5)
        self.hang_up()
        return Uncertain(text)


def _opened(server: SmtpServer) -> smtplib.SMTP:
    """Open a line, encrypt it and log in as the entry says; nothing secret goes over an open line."""
    context = ssl.create_default_context(cafile=server.ca_file or None)
    line: smtplib.SMTP | None = None
    try:
        line = _connected(server, context)
        line.ehlo_or_helo_if_needed()
        if _must_start_tls(server, line):
            line.starttls(context=context)
            line.ehlo_or_helo_if_needed()
        if server.username:
            _log_in(server, line)
    except (OSError, ValueError, _Unreachable) as error:
        if line is not None:
            line.close()
        raise _Unreachable(_clean(f"{server} could not be used: {error}")) from error
    return line


def _connected(server: SmtpServer, context: ssl.SSLContext) -> smtplib.SMTP:
    if server.tls == "from the start":
        return smtplib.SMTP_SSL(
            server.host, server.port, server.own_name, timeout=server.timeout_seconds, context=context
        )
    return smtplib.SMTP(server.host, server.port, server.own_name, timeout=server.timeout_seconds)


def _must_start_tls(server: SmtpServer, line: smtplib.SMTP) -> bool:
    is_offered = line.has_extn("starttls")
    if server.tls == "required" and not is_offered:
        raise _Unreachable("it offers no STARTTLS, and encryption is required")
    return server.tls == "required" or (server.tls == "when offered" and is_offered and not server.is_loopback)


def _log_in(server: SmtpServer, line: smtplib.SMTP) -> None:
    if not isinstance(line.sock, ssl.SSLSocket) and not server.is_loopback:
        raise _Unreachable("it offers no encryption, and a password never goes over an open line")
    line.login(server.username, server.password)


def _asked(line: smtplib.SMTP, command: str) -> tuple[int, bytes]:
    try:
        code, reply = line.docmd(command)
    except OSError as error:
        raise _LineLost(_clean(f"connection lost before the content was sent: {error}")) from error
    if code == _CLOSING or code < 0:
        raise _LineLost(_reply_text(code, reply))
    return code, reply


def _reply_text(code: int, reply: bytes) -> str:
    return _clean(f"{code} {reply.decode('utf-8', 'replace')}")


def _clean(text: str) -> str:
    return _UNPRINTABLE.sub(" ", text).strip()[:_REPLY_MAX]
