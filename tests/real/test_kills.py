"""Two workers, killed at random moments of their rounds: nothing twice, nothing lost, and the result of a quiet run.

Each day of a company is begun by two workers at once, who read the bank's statement, make rounds and send letters over a real
socket. They are killed and begun again, some times a day. At the end of the day a person does what people do: sends again what is
of uncertain fate, and says yes to what is proposed. Then the company must be where it would be if nothing had happened.
"""

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection

from servanda.business.companies.queries import company as company_of
from servanda.drivers.letters.sink import Sink
from tests.conftest import RealDatabase, Server
from tests.real import lives
from tests.real.healing import assert_mails_once, heal, next_day, quiet_run
from tests.real.outcome import Outcome, assert_promises_kept, outcome_of
from tests.real.workers import Nursery, nursery

SEED = 20260901
KILLS = int(os.environ.get("SERVANDA_KILLS", "200"))  # of the slow runs; as many as there is time for
Compare = Callable[..., None]
Run = Callable[..., Outcome]


@dataclass
class Reaper:
    """Kills workers, at moments spread over as long as they live when they are let be."""

    nursery: Nursery
    chance: random.Random
    kills: int = 0
    whole_life: float = 0.3  # seconds

    def let_one_die(self, company_id: int, step: int) -> bool:
        """Let a worker begin the day and kill itself at that step; tell whether it died rather than come to the end."""
        ending = self.nursery.wait(self.nursery.live(company_id, dies_at=step))
        assert ending in {0, -signal.SIGKILL}, self.nursery.complaints()
        self.kills += ending == -signal.SIGKILL
        return ending == -signal.SIGKILL

    def let_two_live(self, company_id: int) -> None:
        """Begin the day with two workers, and kill each at a moment of its own, unless it has come to the end before."""
        workers = {self.nursery.live(company_id): self.chance.uniform(0, self.whole_life) for _ in range(2)}
        began = time.monotonic()
        while alive := [worker for worker in workers if _is_alive(worker)]:
            age = time.monotonic() - began
            for worker in alive:
                if age >= workers[worker]:
                    os.kill(worker, signal.SIGKILL)
            time.sleep(0.001)
        endings = [self.nursery.wait(worker) for worker in workers]
        assert set(endings) <= {0, -signal.SIGKILL}, self.nursery.complaints()
        killed = endings.count(-signal.SIGKILL)
        self.kills += killed
        self.whole_life *= {0: 0.85, 2: 1.1}.get(killed, 1.0)  # days differ in how much there is to do


def _is_alive(pid: int) -> bool:
    """Tell whether a worker still works; one that has ended waits to be asked how."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.fixture
def compare(
    real_database: RealDatabase,
    database_server: Server,
    template_database: str,
    sink: Sink,
    mails: Path,
    tmp_path: Path,
) -> Compare:
    """Fails unless a run with kills ends where a quiet one does."""

    def compare(slug: str, *, customers: int, days: int, kills: int, run: "Run | None" = None) -> None:
        expected = quiet_run(slug, customers=customers, days=days)
        for mail in mails.glob("*.eml"):
            mail.unlink()
        connection.close()
        database_server.drop(real_database.name)
        database_server.create(real_database.name, template=template_database)
        with nursery(real_database.url, smtp_port=sink.port, log=tmp_path / "workers.log") as children:
            reaper = Reaper(children, random.Random(SEED))
            began = time.monotonic()
            found = (run or killed_run)(slug, reaper, mails, customers=customers, days=days, kills=kills)
        print(f"{reaper.kills} kills in {time.monotonic() - began:.0f} s")
        assert reaper.kills >= kills
        assert found.differences(expected) == {}

    return compare


def killed_run(slug: str, reaper: Reaper, mails: Path, *, customers: int, days: int, kills: int) -> Outcome:
    """Live the days with kills, spread evenly over them, and return what became of the company."""
    company_id = lives.begin(slug, customers)
    connection.close()
    uncertain = 0
    for day in range(days + 1):
        while reaper.kills < kills * (day + 1) / (days + 1):
            reaper.let_two_live(company_id)
        uncertain += heal(company_id)
        if day < days:
            next_day(company_id)
    today = company_of(company_id).clock_on
    assert today is not None
    assert_promises_kept(company_id, today=today)
    assert_mails_once(mails)
    print(f"{reaper.kills} kills, {uncertain} letters of uncertain fate")
    return outcome_of(company_id)


def test_two_workers_killed_a_dozen_times_end_where_a_quiet_run_does(compare: Compare) -> None:
    compare("safe-it", customers=3, days=3, kills=12)


@pytest.mark.slow
@pytest.mark.parametrize("slug", sorted(lives.PLANS))
def test_two_workers_killed_two_hundred_times_over_sixty_days_end_where_a_quiet_run_does(
    slug: str, compare: Compare
) -> None:
    compare(slug, customers=12, days=60, kills=KILLS)


def run_killed_at_steps(slug: str, reaper: Reaper, mails: Path, *, customers: int, days: int, kills: int) -> Outcome:
    """Live the days with one worker, killed at each of its steps in turn while there are kills left, then healed."""
    company_id = lives.begin(slug, customers)
    connection.close()
    for day in range(days + 1):
        step = 1
        while reaper.kills < kills * (day + 1) / (days + 1) and reaper.let_one_die(company_id, step):
            step += 1
        heal(company_id)
        if day < days:
            next_day(company_id)
    today = company_of(company_id).clock_on
    assert today is not None
    assert_promises_kept(company_id, today=today)
    assert_mails_once(mails)
    return outcome_of(company_id)


def test_a_worker_killed_at_its_first_steps_ends_where_a_quiet_run_does(compare: Compare) -> None:
    compare("safe-it", customers=2, days=1, kills=12, run=run_killed_at_steps)


@pytest.mark.slow
@pytest.mark.parametrize("slug", sorted(lives.PLANS))
def test_a_worker_killed_at_every_step_of_a_day_ends_where_a_quiet_run_does(slug: str, compare: Compare) -> None:
    compare(slug, customers=6, days=9, kills=KILLS, run=run_killed_at_steps)
