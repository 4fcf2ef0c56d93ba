"""Work that takes long, in processes of its own: errands, and the round of copies.

A child tells on its standard output, one JSON object a line, and ends with a code: 0 done, 3 not now, 4 broken. When
the agent dies its children die with it; what they had not ended is begun again by the next agent.
"""

import logging
import queue
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from servanda.faces.node.clockwatch import Clocks
from servanda.faces.node.dying import die_with_parent
from servanda.faces.node.settling import FIRST_WAIT, LONGEST_WAIT
from servanda.faces.node.state import State
from servanda.ground.nodes.wanted import CopyNews, ErrandNews

log = logging.getLogger(__name__)

NOT_NOW, BROKEN = 3, 4
SIDE_BY_SIDE = 2
TRIES_MAX = 5
COPIES = "copies"
COPIES_EVERY = timedelta(minutes=2)
LINE_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Ended:
    """A child is done: how, and the last it said on its error stream."""

    code: int
    text: str


class Children:
    """Starts children and collects what they tell. `command` gives the words that start one for a key."""

    def __init__(self, state: State, clocks: Clocks, command: Callable[[str], Sequence[str]]) -> None:
        self._state, self._clocks, self._command = state, clocks, command
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._heard: queue.Queue[tuple[str, bytes | Ended]] = queue.Queue()

    @property
    def running(self) -> tuple[str, ...]:
        return tuple(self._running)

    def start(self, key: str) -> bool:
        """Start a child for a key unless it runs or too many do; tell whether it was started."""
        others = [one for one in self._running if one != COPIES]
        if key in self._running or (key != COPIES and len(others) >= SIDE_BY_SIDE):
            return False
        child = subprocess.Popen(
            [*self._command(key)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd="/",
            preexec_fn=die_with_parent,
        )
        self._running[key] = child
        threading.Thread(target=_listen, args=(key, child, self._heard), daemon=True).start()
        return True

    def collect(self) -> bool:
        """Take in what children have told since; tell whether there was anything."""
        has_heard = False
        while True:
            try:
                key, what = self._heard.get_nowait()
            except queue.Empty:
                return has_heard
            has_heard = True
            if isinstance(what, Ended):
                self._running.pop(key, None)
                self._end(key, what)
            else:
                self._hear(key, what)

    def stop(self) -> None:
        for child in self._running.values():
            child.kill()
        for child in self._running.values():
            child.wait()

    def _hear(self, key: str, line: bytes) -> None:
        try:
            if key == COPIES:
                copy = msgspec.json.decode(line, type=CopyNews)
                self._state.tell("copy", f"{copy.key} {copy.what} {copy.snapshot}", line)
            else:
                news = msgspec.json.decode(line, type=ErrandNews)
                self._state.tell("errand", news.key, line)
        except msgspec.MsgspecError as error:
            log.warning("%s told what is no news: %s", key, error)

    def _end(self, key: str, ended: Ended) -> None:
        if key == COPIES:
            if ended.code:
                log.warning("the round of copies ended with %s: %s", ended.code, ended.text)
            return
        wanted, now = self._state.known[key], self._clocks.now()
        outcome = self._state.outcome(key)
        tries = outcome.tries if outcome else 0
        if ended.code == 0:
            self._state.settled(wanted, {}, now=now)
        elif ended.code == BROKEN or tries + 1 >= TRIES_MAX:
            self._state.parked(wanted, ended.text or f"ended with {ended.code}")
            self._tell_failed(key, ended.text)
        else:
            wait = min(FIRST_WAIT * 2**tries, LONGEST_WAIT)
            self._state.failed(wanted, ended.text or f"ended with {ended.code}", again_at=now + wait)

    def _tell_failed(self, key: str, text: str) -> None:
        result: Mapping[str, str | int | bool] = {"error": text[-300:]}
        self._state.tell("errand", key, msgspec.json.encode(ErrandNews(key=key, state="failed", result=result)))


def _listen(key: str, child: "subprocess.Popen[bytes]", heard: "queue.Queue[tuple[str, bytes | Ended]]") -> None:
    assert child.stdout is not None
    assert child.stderr is not None
    said: list[bytes] = []
    errors = threading.Thread(
        target=lambda: said.append(child.stderr.read()[-4000:] if child.stderr else b""), daemon=True
    )
    errors.start()
    with child.stdout, child.stderr:
        while line := child.stdout.readline(LINE_BYTES):
            heard.put((key, line))
        errors.join()
    code = child.wait()
    last = (b"".join(said).decode(errors="replace").strip().splitlines() or [""])[-1]
    heard.put((key, Ended(code, last)))
