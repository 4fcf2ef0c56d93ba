"""The rule engine as seen from outside: started when first needed, restarted when it dies, hangs or grows.

One order at a time goes to the one process; threads wait for each other. A document that kills the engine is tried once more
in a fresh one, so that a document is not blamed for its predecessor; then `EngineFailed` says that it was not judged.
"""

import contextlib
import json
import select
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from servanda.ground.refusal import Refused

SECONDS_MAX = 120.0  # compiling all sheets takes under 10 seconds, a large document a few
RSS_MAX = 1_500 * 1024**2  # above this the process is replaced between documents


class EngineFailed(Refused):
    """The rule engine could not judge a document; the message says what became of it."""


@dataclass(frozen=True, slots=True)
class Results:
    """What the sheets said, in their order, and how long each took without compiling."""

    texts: tuple[str, ...]
    seconds: tuple[float, ...]


class RuleEngine:
    """Puts documents through sheets of rules in a process of its own; close it, or use it in a `with`."""

    def __init__(self, *, seconds_max: float = SECONDS_MAX, rss_max: int = RSS_MAX) -> None:
        self._seconds_max = seconds_max
        self._rss_max = rss_max
        self._process: subprocess.Popen[bytes] | None = None
        self._one_at_a_time = threading.Lock()
        self.starts = 0

    def __enter__(self) -> "RuleEngine":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The process, while it runs."""
        return None if self._process is None else self._process.pid

    def run(self, xml: str, sheets: Sequence[Path]) -> Results:
        """Return what the sheets say of the document; raises `EngineFailed` when the engine cannot take it."""
        order = json.dumps({"sheets": [str(sheet) for sheet in sheets], "xml": xml}).encode() + b"\n"
        with self._one_at_a_time:
            is_fresh = self._process is None or self._process.poll() is not None
            answer = self._asked(order)
            if answer is None and not is_fresh:
                answer = self._asked(order)
            if answer is None:
                raise EngineFailed(
                    f"The rule engine died or took longer than {self._seconds_max:g} seconds over the document. "
                    "Nobody knows whether it is valid. Look at its size, and try again."
                )
            if "error" in answer:
                raise EngineFailed(f"The rule engine cannot take the document: {answer['error']}.")
            if answer["rss"] > self._rss_max:
                self._stop()
            return Results(tuple(answer["results"]), tuple(answer["seconds"]))

    def close(self) -> None:
        """End the process, if there is one."""
        with self._one_at_a_time:
            self._stop()

    def _asked(self, order: bytes) -> dict[str, Any] | None:
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(order)
            process.stdin.flush()
            line = _line_within(process, self._seconds_max)
        except (BrokenPipeError, OSError):
            line = b""
        if not line.endswith(b"\n"):
            self._stop()
            return None
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._stop()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "servanda.drivers.einvoices.rule_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            self.starts += 1
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):  # an order was still on its way when the process ended
                    pipe.close()
        process.wait(timeout=10)


def _line_within(process: subprocess.Popen[bytes], seconds: float) -> bytes:
    """Return the next line; without its end when the process died, empty when it took too long."""
    assert process.stdout is not None
    descriptor = process.stdout.fileno()
    until = time.monotonic() + seconds
    pieces: list[bytes] = []
    while not (pieces and pieces[-1].endswith(b"\n")):
        ready, _, _ = select.select([descriptor], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            return b""
        piece = process.stdout.read1(1 << 20)  # type: ignore[attr-defined]
        if not piece:
            break
        pieces.append(piece)
    return b"".join(pieces)
