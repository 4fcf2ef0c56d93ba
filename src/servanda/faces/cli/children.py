"""The programs that `servanda up` starts beside itself: started together, watched, and stopped in order."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

GRACE_SECONDS = 3.5


@dataclass(frozen=True, slots=True)
class Child:
    """A running program and what it is called."""

    name: str
    program: "subprocess.Popen[bytes]"

    @property
    def has_ended(self) -> bool:
        """Tell whether it runs no more."""
        return self.program.poll() is not None

    @property
    def ending(self) -> str:
        """Say how it ended."""
        code = self.program.returncode
        return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


@contextmanager
def child(
    name: str, command: Sequence[str], *, environment: Mapping[str, str] | None = None, without: Collection[str] = ()
) -> Iterator[Child]:
    """Run a program in a session of its own, so that Ctrl-C reaches us alone; stop it at the end of the block.

    `environment` is added to ours, of which the names in `without` are not handed on.
    """
    attended = [sys.executable, "-m", "servanda.faces.cli.attended", str(os.getpid()), *command]
    ours = {name: value for name, value in os.environ.items() if name not in without}
    whole = {**ours, **(environment or {})}
    program = subprocess.Popen(attended, stdin=subprocess.DEVNULL, start_new_session=True, env=whole)
    try:
        yield Child(name=name, program=program)
    finally:
        _stop(program)


def _stop(program: "subprocess.Popen[bytes]") -> None:
    """Ask it to end, wait a while, then kill it with all that it started."""
    if program.poll() is None:
        program.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        while program.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
    with suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGKILL)
    program.wait()
