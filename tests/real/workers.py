"""Workers to be killed. A nursery that has everything loaded forks them, so that a new one lives within milliseconds.

As a program it is the nursery: it takes `live COMPANY STEP` and prints the process id of a new worker, which kills itself at that
step towards the database (0: it lives), and `wait PID` and prints how that one ended. It never connects to the database itself,
so that no two workers share a connection.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Nursery:
    """The program below, seen from a test."""

    process: "subprocess.Popen[str]"
    log: Path

    def live(self, company_id: int, *, dies_at: int = 0) -> int:
        """Let a new worker live the day of the company, to that step towards the database, and return its process id."""
        return int(self._ask(f"live {company_id} {dies_at}"))

    def wait(self, pid: int) -> int:
        """Wait for a worker, and return how it ended: 0 well, -9 killed, anything else badly."""
        return int(self._ask(f"wait {pid}"))

    def _ask(self, command: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, f"the nursery has ended: {self.complaints()}"
        return answer

    def complaints(self) -> str:
        """Return the end of what workers complained of."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-4000:]


@contextmanager
def nursery(database_url: str, *, smtp_port: int, log: Path) -> Iterator[Nursery]:
    """Keep a nursery for the length of the block. What its workers complain of is in the log."""
    environment = os.environ | {
        "SERVANDA_DATABASE_URL": database_url,
        "SERVANDA_SMTP_HOST": "127.0.0.1",
        "SERVANDA_SMTP_PORT": str(smtp_port),
        "DJANGO_SETTINGS_MODULE": "servanda.wiring.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
    }
    command = [sys.executable, "-m", "tests.real.workers"]
    with (
        log.open("ab") as complaints,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            env=environment,
            cwd=ROOT,
        ) as process,
    ):
        try:
            yield Nursery(process, log)
        finally:
            process.kill()


def main() -> None:
    """Fork workers as told, until the input ends."""
    import django
    from django.conf import settings

    django.setup()
    settings.DRIVERS, settings.DAILY_LIFE = "tests.real.drivers_by_wire", ""

    from servanda.agreements.reading import catalogue_of, library_of
    from tests.real import lives

    for slug in lives.PLANS:
        library_of(slug)
        catalogue_of(slug)
    for line in sys.stdin:
        command, number, *step = line.split()
        if command == "live":
            print(_forked(int(number), dies_at=int(step[0])), flush=True)
        else:
            _, status = os.waitpid(int(number), 0)
            print(os.waitstatus_to_exitcode(status), flush=True)


def _forked(company_id: int, *, dies_at: int) -> int:
    from tests.real import lives
    from tests.real.deaths import dying

    pid = os.fork()
    if pid:
        return pid
    ending = 1
    try:
        with dying(dies_at):
            lives.live(company_id)
        ending = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(ending)


if __name__ == "__main__":
    main()
