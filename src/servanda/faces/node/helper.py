"""The helper: the one part of a node that is root. It believes nobody but the signer of the documents.

The agent may say three things over a Unix socket: a verb with the key of a resource, a signed document, and "where are
you?". The helper checks each document itself, with keys that only root can change, and takes every value of a verb from
its own statements. Who has taken over the agent can thus delay what is signed, and nothing else. A verb that is adverse
needs that the signed statement asks for it and that the leave which came with it is good now. The helper has no network
(its unit, or the supervisor, sees to that), and writes each act into a log of its own.
"""

import os
import socket
import struct
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from pathlib import Path

import msgspec

from servanda.drivers.node import Broken, Layout, NotNow, Task, Verb, VerbRefused, make_folder
from servanda.faces.node.clockwatch import Clocks, ClockWatch
from servanda.faces.node.frames import (
    DOCUMENT_BYTES,
    QUESTION_BYTES,
    Accept,
    BadFrame,
    Do,
    Done,
    Not,
    decode_question,
    receive,
    send,
)
from servanda.faces.node.state import ACTS, State
from servanda.ground.nodes.documents import DocumentRefused, Trust, accept, fingerprint
from servanda.ground.nodes.wanted import NodeWarrant, Wanted

LINES_MAX = 16
IDLE_SECONDS = 300.0
FRAME_SECONDS = 10.0
_CREDENTIALS = struct.Struct("3i")


class Log:
    """The helper's own record of what it did and refused, one JSON object a line. Never a secret, never a statement."""

    def __init__(self, path: Path, clocks: Clocks) -> None:
        self._clocks = clocks
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o640)

    def write(self, what: str, **words: str | int) -> None:
        line = msgspec.json.encode({"at": self._clocks.now().isoformat(), "what": what, **words}) + b"\n"
        with suppress(OSError):  # a full disk keeps no act from being done: the state has its own record of leaves
            os.write(self._handle, line)


class Helper:
    """Answers questions about one node; `verbs` is all that it can do."""

    def __init__(
        self,
        layout: Layout,
        trust: Trust,
        state: State,
        verbs: Sequence[Verb],
        clocks: Clocks,
        log: Log,
        *,
        outside: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """`outside` gives the calling thread the machine's network for as long as a verb runs that needs it."""
        self._outside = outside
        self._layout, self._trust, self._state, self._clocks, self._log = layout, trust, state, clocks, log
        self._verbs = {verb.name: verb for verb in verbs}
        if len(self._verbs) != len(verbs):
            raise ValueError("two verbs have the same name")
        self._watch = ClockWatch(clocks, state)
        self._alone = threading.Lock()  # for the state
        self._by_key: dict[str, threading.Lock] = {}

    def answer(self, question: Do | Accept | object, document: bytes = b"") -> Done | Not:
        """Do what was asked, or say why not. Whatever a verb raises, the helper goes on."""
        try:
            if isinstance(question, Do):
                return Done(result=dict(self.do(question.verb, question.key)))
            if isinstance(question, Accept):
                self.accept(document)
            with self._alone:
                return Done(seq=self._state.position.seq)
        except DocumentRefused as error:
            self._log.write("document refused", reason=error.reason, detail=error.detail, seq=error.seq)
            with self._alone:
                return Not(how="document", reason=error.reason, text=error.detail, seq=self._state.position.seq)
        except VerbRefused as error:
            return Not(how="refused", text=str(error))
        except NotNow as error:
            return Not(how="not now", text=str(error))
        except Broken as error:
            return Not(how="broken", text=str(error))

    def accept(self, raw: bytes) -> None:
        """Verify a document by the helper's own keys, position and statements, and keep it. Raises DocumentRefused."""
        with self._alone:
            self._watch.doubt()
            document = accept(raw, self._trust, self._state.position, self._state.known, now=self._clocks.now())
            self._state.take(document, raw)
            self._watch.confirm(document.issued_at)
        self._log.write("document", seq=document.seq, statements=len(document.resources))

    def do(self, name: str, key: str) -> Mapping[str, str | int | bool]:
        """Carry out a verb. Raises VerbRefused, NotNow, Broken."""
        try:
            verb, wanted, leave = self._allowed(name, key)
        except VerbRefused as error:
            self._log.write("refused", verb=name, key=key, why=str(error))
            raise
        with self._lock_of(key):
            self._log.write("begun", verb=name, key=key, leave=leave.warrant if leave else "")
            try:
                with self._outside() if verb.has_network else nullcontext():
                    served = self._state.served(wanted, self._clocks.now())
                    task = Task(layout=self._layout, statement=served, known=self._state.known, warrant=leave)
                    result = verb.run(task)
            except (VerbRefused, NotNow, Broken) as error:
                self._log.write("not done", verb=name, key=key, why=str(error)[:500])
                raise
            except Exception as error:  # a fault in one verb may not end the helper
                self._log.write("fault", verb=name, key=key, why=traceback.format_exc()[-2000:])
                raise Broken(f"the verb {name} has a fault: {type(error).__name__}") from error
        self._log.write("done", verb=name, key=key)
        return result

    def _allowed(self, name: str, key: str) -> tuple[Verb, Wanted, NodeWarrant | None]:
        verb = self._verbs.get(name)
        if verb is None:
            raise VerbRefused(f"there is no verb {name}")
        with self._alone:
            wanted = self._state.known.get(key)
            if wanted is None:
                raise VerbRefused(f"no signed document names {key}")
            if not isinstance(wanted, verb.kinds):
                raise VerbRefused(f"{name} is not for {key}")
            return verb, wanted, self._leave(verb.act, wanted) if verb.act else None

    def _leave(self, act: str, wanted: Wanted) -> NodeWarrant:
        if ACTS.get(wanted.state) != act:
            raise VerbRefused(f"nothing signed asks to {act} {wanted.key}")
        leave = self._state.leave(wanted.key, act)
        if leave is None:
            raise VerbRefused(f"there is no leave to {act} {wanted.key}")
        now = self._clocks.now()
        if not leave.begun_at:
            if leave.statement != fingerprint(wanted):
                raise VerbRefused(f"the leave to {act} {wanted.key} came with another statement")
            if not leave.warrant.not_before <= now <= leave.warrant.not_after:
                raise VerbRefused(f"the leave to {act} {wanted.key} is not for this moment")
            if doubt := self._watch.doubt():
                raise NotNow(f"{act} waits: {doubt}")
            self._state.begin_act(wanted.key, act, now=now)
        return leave.warrant

    def _lock_of(self, key: str) -> threading.Lock:
        with self._alone:
            return self._by_key.setdefault(key, threading.Lock())


class Doorkeeper:
    """Listens on the socket and lets in the agent's account only."""

    def __init__(self, helper: Helper, path: Path, *, agent: int, log: Log) -> None:
        self._helper, self._agent, self._log = helper, agent, log
        self._places = threading.BoundedSemaphore(LINES_MAX)
        self._listening = _listen(path, agent)

    def serve(self, *, is_over: Callable[[], bool] = lambda: False) -> None:
        """Answer until the process ends or `is_over`, each line in a thread of its own."""
        self._listening.settimeout(0.5)
        while not is_over():
            try:
                line, _ = self._listening.accept()
            except TimeoutError:
                continue
            uid = uid_of(line)
            if uid != self._agent or not self._places.acquire(blocking=False):
                self._log.write("turned away", uid=uid)
                line.close()
                continue
            threading.Thread(target=self._attend, args=(line,), daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _attend(self, line: socket.socket) -> None:
        try:
            with closing(line):
                while self._converse(line):
                    pass
        except (BadFrame, OSError) as error:
            self._log.write("line lost", why=str(error)[:200])
        finally:
            self._places.release()

    def _converse(self, line: socket.socket) -> bool:
        raw = receive(line, longest=QUESTION_BYTES, seconds=IDLE_SECONDS)
        if raw is None:
            return False
        question = decode_question(raw)
        document = b""
        if isinstance(question, Accept):
            document = receive(line, longest=DOCUMENT_BYTES, seconds=FRAME_SECONDS) or b""
        answer = self._helper.answer(question, document)
        line.settimeout(FRAME_SECONDS)
        send(line, answer)
        return True


def uid_of(line: socket.socket) -> int:
    """Return the account of who is at the other end, as the kernel says it."""
    raw = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, uid, _ = _CREDENTIALS.unpack(raw)
    return int(uid)


def _listen(path: Path, agent: int) -> socket.socket:
    make_folder(path.parent, mode=0o710, owner=0, group=agent)
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(str(path))
    os.chown(path, 0, agent)
    os.chmod(path, 0o660)
    listening.listen(LINES_MAX)
    return listening
