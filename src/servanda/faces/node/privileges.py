"""The helper as the agent sees it: one line that is opened when needed and opened anew when it broke."""

import socket
import threading
from contextlib import suppress
from pathlib import Path

from servanda.drivers.node import Broken, NotNow, Result, VerbRefused
from servanda.faces.node.frames import (
    ANSWER_BYTES,
    Accept,
    BadFrame,
    Do,
    Done,
    Not,
    Where,
    decode_answer,
    receive,
    send,
)
from servanda.ground.nodes.documents import DocumentRefused

ANSWER_SECONDS = 600.0


class HelperLine:
    """Implements `Privileges`. A question whose answer was lost is not asked again by itself: the settling repeats it."""

    def __init__(self, path: Path, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._path = path
        self._answer_seconds = answer_seconds
        self._line: socket.socket | None = None
        self._alone = threading.Lock()

    def do(self, verb: str, key: str) -> Result:
        answer = self._ask(Do(verb=verb, key=key))
        if isinstance(answer, Done):
            return answer.result
        raise {"refused": VerbRefused, "not now": NotNow}.get(answer.how, Broken)(answer.text)

    def accept(self, raw: bytes) -> int:
        """Hand over a signed document and return how far the helper is now. Raises DocumentRefused, NotNow."""
        answer = self._ask(Accept(), raw)
        if isinstance(answer, Done):
            return answer.seq
        if answer.how == "document":
            if answer.reason == "old":
                return answer.seq
            raise DocumentRefused(answer.reason, f"helper: {answer.text}", seq=answer.seq)
        raise NotNow(answer.text)

    def seq(self) -> int:
        """Return the number of the last document that the helper took. Raises NotNow."""
        answer = self._ask(Where())
        if isinstance(answer, Not):
            raise NotNow(answer.text)
        return answer.seq

    def close(self) -> None:
        with suppress(OSError):
            if self._line is not None:
                self._line.close()
        self._line = None

    def _ask(self, question: Do | Accept | Where, document: bytes | None = None) -> Done | Not:
        with self._alone:
            try:
                line = self._open_line()
                line.settimeout(30)
                send(line, question)
                if document is not None:
                    send(line, document)
                raw = receive(line, longest=ANSWER_BYTES, seconds=self._answer_seconds)
                if raw is None:
                    raise BadFrame("the line was closed")
                return decode_answer(raw)
            except (OSError, BadFrame) as error:
                self.close()
                raise NotNow(f"the helper is away: {error}") from error

    def _open_line(self) -> socket.socket:
        """Return a line that was not closed while nothing was asked: only before a question may it be opened anew."""
        if self._line is not None:
            try:
                self._line.settimeout(0)
                self._line.recv(1, socket.MSG_PEEK)
            except BlockingIOError:
                return self._line
            except OSError:
                pass
            self.close()
        return self._open()

    def _open(self) -> socket.socket:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.settimeout(5)
            line.connect(str(self._path))
        except OSError:
            line.close()
            raise
        self._line = line
        return line
