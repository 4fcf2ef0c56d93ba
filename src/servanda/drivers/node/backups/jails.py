"""Running a program in a jail: which folders it sees, as whom, with which environment."""

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal

from servanda.drivers.node import Broken, NotNow
from servanda.drivers.node.commands import PATH, program
from servanda.drivers.node.files import folder
from servanda.drivers.node.layout import Layout
from servanda.drivers.node.tenants import JAIL

JOBS = Path(__file__).with_name("jobs")
How = Literal["ro", "rw"]


@dataclass(frozen=True, slots=True)
class Jail:
    """Which part of the machine a program sees, and as whom it runs.

    `reads_all` leaves it CAP_DAC_READ_SEARCH: it reads what it sees whatever the modes are, and still writes nothing.
    Secrets are handed over in the environment: there is no /proc inside, and a file could be reached by a tenant's link.
    """

    layout: Layout
    uid: int
    binds: Sequence[tuple[Path, str, How]] = ()
    groups: tuple[int, ...] = ()
    reads_all: bool = False
    network: bool = False
    tmp_bytes: int = 512 << 20
    umask: int = 0o027
    environment: Mapping[str, str] = field(default_factory=dict)

    def command(self, words: Sequence[str]) -> list[str]:
        at = self.layout.run / "jail"
        folder(at, mode=0o700, owner=0, group=0)
        spec = {
            "at": str(at),
            "uid": self.uid,
            "gid": self.uid,
            "groups": list(self.groups),
            "reads_all": self.reads_all,
            "network": self.network,
            "tmp_size": f"size={self.tmp_bytes}",
            "umask": self.umask,
            "nice": 10,
            "limits": {"CORE": 0, "NOFILE": 4096},
            "binds": [[str(source), target, how] for source, target, how in self.binds],
            "program": list(words),
        }
        return [program("python3"), "-I", "-S", str(JAIL), json.dumps(spec)]

    def start(
        self,
        words: Sequence[str],
        *,
        given: int | IO[bytes] = subprocess.DEVNULL,
        taken: int | IO[bytes] = subprocess.PIPE,
    ) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            self.command(words),
            stdin=given,
            stdout=taken,
            stderr=subprocess.PIPE,
            env={"PATH": PATH, "LC_ALL": "C.UTF-8", "TMPDIR": "/tmp", "HOME": "/tmp", **self.environment},
            cwd="/",
            close_fds=True,
            start_new_session=True,
        )

    def run(
        self, words: Sequence[str], *, given: bytes = b"", seconds: float = 3600, good: Sequence[int] = (0,)
    ) -> bytes:
        """Run a program to its end and return what it printed. Raises NotNow on a timeout, Broken on a bad exit code."""
        process = self.start(words, given=subprocess.PIPE)
        with _ended(process):
            try:
                out, error = process.communicate(given, timeout=seconds)
            except subprocess.TimeoutExpired as late:
                raise NotNow(f"{Path(words[0]).name} did not end within {seconds:g} s") from late
        if process.returncode not in good:
            raise Broken(f"{Path(words[0]).name} ended with {process.returncode}: {_last(error)}")
        return out

    def job(self, name: str, *words: str) -> list[str]:
        """Return the command of one of our own jobs. Its text is handed over, so that no file of it need be visible."""
        return ["/usr/bin/python3", "-I", "-S", "-c", (JOBS / f"{name}.py").read_text(), *words]


class PipeBroke(Broken):
    """One end of a pipe failed. `at_source` tells whether it was the reading end, with what it said."""

    def __init__(self, message: str, *, at_source: bool, said: str) -> None:
        super().__init__(message)
        self.at_source, self.said = at_source, said


def pipe(
    source: Jail, source_words: Sequence[str], sink: Jail, sink_words: Sequence[str], *, seconds: float = 6 * 3600
) -> bytes:
    """Pour what one jailed program prints into another, and return what the second printed. Both must end well."""
    first = source.start(source_words)
    with _ended(first):
        second = sink.start(sink_words, given=first.stdout or subprocess.DEVNULL)
        with _ended(second):
            if first.stdout:
                first.stdout.close()
            try:
                out, second_error = second.communicate(timeout=seconds)
                first_error = first.stderr.read() if first.stderr else b""
                first.wait(60)
            except subprocess.TimeoutExpired as late:
                raise NotNow(f"{Path(source_words[0]).name} did not end within {seconds:g} s") from late
    for process, words, error in ((second, sink_words, second_error), (first, source_words, first_error)):
        is_cut = process is first and second.returncode != 0
        if process.returncode != 0 and not is_cut:
            source_said = _last(first_error) if first.returncode > 0 else ""
            raise PipeBroke(
                f"{Path(words[0]).name} ended with {process.returncode}: {_last(error)}",
                at_source=process is first or bool(source_said),
                said=source_said or _last(error),
            )
    return out


@contextmanager
def _ended(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """Leave no program behind, whatever happens in between."""
    try:
        yield
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream and not stream.closed:
                _quietly(stream.close)


def _quietly(close: Callable[[], None]) -> None:
    try:
        close()
    except OSError:
        return


def _last(error: bytes) -> str:
    return error.decode(errors="replace").strip()[-2000:]
