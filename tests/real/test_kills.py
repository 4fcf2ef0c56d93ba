"""Two workers, killed at random moments of their rounds: nothing twice, nothing lost, and the result of a quiet run.

Each day of a company is begun by two workers at once, who read the bank's statement, make rounds and send letters over a real
socket. They are killed and begun again, some times a day. At the end of the day a person does what people do: sends again what is
of uncertain fate, and says yes to what is proposed. Then the company must be where it would be if nothing had happened.
"""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from servanda.business.companies.actions import move_test_clock
from servanda.business.companies.queries import company as company_of
from servanda.business.dunning.queries import claims_parked
from servanda.business.letters.actions import send_again
from servanda.business.letters.queries import undelivered_letters
from servanda.drivers.letters.sink import Sink
from servanda.faces.clock.post import deliver_of
from servanda.faces.clock.rounds import run_round
from servanda.ground.calendar import moment_of
from tests.cast import EVA
from tests.conftest import RealDatabase, Server
from tests.real import lives
from tests.real.outcome import Outcome, assert_promises_kept, outcome_of
from tests.real.workers import Nursery, nursery

SEED = 20260901
LEASES_HAVE_ENDED = timedelta(hours=1)


@dataclass
class Reaper:
    """Kills workers, at moments spread over as long as they lived when they were let be."""

    nursery: Nursery
    chance: random.Random
    kills: int = 0
    whole_life: float = 0.3  # seconds; about as long as a worker needs when it is let be

    def let_two_live(self, company_id: int) -> bool:
        """Begin the day with two workers, kill each at a random moment, and tell whether both had come to the end of it."""
        workers = {self.nursery.live(company_id): self._lifetime() for _ in range(2)}
        began = time.monotonic()
        while alive := {worker: moment for worker, moment in workers.items() if _is_alive(worker)}:
            age = time.monotonic() - began
            for worker, moment in alive.items():
                if age >= moment:
                    os.kill(worker, signal.SIGKILL)
            time.sleep(0.001)
        endings = [self.nursery.wait(worker) for worker in workers]
        self.kills += endings.count(-signal.SIGKILL)
        assert set(endings) <= {0, -signal.SIGKILL}, "a worker failed by itself; see the log"
        # Spread over a whole life: a little longer when all came to the end of it, shorter when none did.
        self.whole_life *= {0: 1.15, 2: 0.9}.get(endings.count(-signal.SIGKILL), 1.0)
        return endings == [0, 0]

    def _lifetime(self) -> float:
        return self.chance.uniform(0, self.whole_life)


def _is_alive(pid: int) -> bool:
    """Tell whether a worker still works; one that has ended waits to be asked how."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    with Sink(tmp_path / "mails") as sink:
        yield sink


@pytest.fixture(autouse=True)
def by_wire(settings: Settings, sink: Sink) -> None:
    settings.DRIVERS = "tests.real.drivers_by_wire"
    settings.SMTP_HOST, settings.SMTP_PORT = sink.host, sink.port


def quiet_run(slug: str, *, customers: int, days: int) -> Outcome:
    """Return what becomes of the company when nothing is killed."""
    company_id = lives.begin(slug, customers)
    for _ in range(days):
        lives.finish_day(company_id)
        next_day(company_id)
    lives.finish_day(company_id)
    return outcome_of(company_id)


def next_day(company_id: int) -> date:
    today = company_of(company_id).clock_on
    assert today is not None
    move_test_clock(company_id, to=today + timedelta(days=1))
    return today + timedelta(days=1)


def heal(company_id: int) -> int:
    """Do what people do at the end of a day; return how many letters nobody knew the fate of.

    Those are listed, and nothing happens on their claims until a person has sent them again.
    """
    company = company_of(company_id)
    assert company.clock_on is not None
    today = company.clock_on
    deliver_of(company, now=moment_of(today) + LEASES_HAVE_ENDED)
    run_round(company, now=moment_of(today))
    lost = [letter for letter in undelivered_letters(company_id) if letter.state == "uncertain"]
    parked = {claim.invoice_id for claim in claims_parked(company_id, limit=1000)}
    for letter in lost:
        # Only what gives power over the customer parks the claim; whether the news of a hold arrived does not.
        assert letter.kind not in {"invoice", "reminder"} or letter.invoice_id in parked, letter.key
        send_again(
            company_id,
            letter.letter_id,
            recipient=letter.recipient,
            reason="nobody knows whether it arrived",
            by=EVA,
            now=moment_of(today),
            today=today,
        )
    lives.finish_day(company_id)
    assert undelivered_letters(company_id) == ()
    return len(lost)


def killed_run(
    slug: str, database_url: str, sink: Sink, tmp_path: Path, *, customers: int, days: int, kills: int
) -> tuple[int, Outcome]:
    """Live the same days with kills, spread evenly, and return how many and what became of the company."""
    company_id = lives.begin(slug, customers)
    connection.close()
    log = tmp_path / "workers.log"
    with nursery(database_url, smtp_port=sink.port, log=log) as children:
        reaper = Reaper(children, random.Random(SEED))
        lost = 0
        for day in range(days + 1):
            while reaper.kills < kills * (day + 1) / (days + 1):
                reaper.let_two_live(company_id)
            print("DBG", day, reaper.kills, lost, round(reaper.whole_life,3), round(time.monotonic(),1), flush=True)
            lost += heal(company_id)
            if day < days:
                next_day(company_id)
        today = company_of(company_id).clock_on
        assert today is not None
        assert_promises_kept(company_id, today=today)
        assert_mails_once(tmp_path / "mails")
        print(f"{reaper.kills} kills, {lost} letters of uncertain fate", log.read_text()[-2000:])
        return reaper.kills, outcome_of(company_id)


def assert_mails_once(directory: Path) -> None:
    """The receiving server has each mail at most once."""
    ids = Counter(message_from_bytes(mail.read_bytes())["Message-ID"] for mail in directory.glob("*.eml"))
    assert ids, "no mail was sent at all"
    assert max(ids.values()) == 1


def anew(server: Server, template: str, database: RealDatabase) -> None:
    """Make the database of the test empty again."""
    connection.close()
    server.drop(database.name)
    server.create(database.name, template=template)


def compare(
    slug: str,
    real_database: RealDatabase,
    database_server: Server,
    template_database: str,
    sink: Sink,
    tmp_path: Path,
    *,
    customers: int,
    days: int,
    kills: int,
) -> None:
    """Fail unless the run with kills ends where the quiet one does."""
    expected = quiet_run(slug, customers=customers, days=days)
    for mail in (tmp_path / "mails").glob("*.eml"):
        mail.unlink()
    anew(database_server, template_database, real_database)
    done, found = killed_run(slug, real_database.url, sink, tmp_path, customers=customers, days=days, kills=kills)
    assert done >= kills
    assert found.differences(expected) == {}


def test_two_workers_killed_a_dozen_times_end_where_a_quiet_run_does(
    real_database: RealDatabase, database_server: Server, template_database: str, sink: Sink, tmp_path: Path
) -> None:
    compare(
        "safe-it",
        *(real_database, database_server, template_database, sink, tmp_path),
        customers=3,
        days=3,
        kills=12,
    )


@pytest.mark.slow
@pytest.mark.parametrize("slug", sorted(lives.PLANS))
def test_two_workers_killed_two_hundred_times_over_sixty_days_end_where_a_quiet_run_does(
    slug: str,
    real_database: RealDatabase,
    database_server: Server,
    template_database: str,
    sink: Sink,
    tmp_path: Path,
) -> None:
    compare(
        slug,
        *(real_database, database_server, template_database, sink, tmp_path),
        customers=12,
        days=60,
        kills=200,
    )
