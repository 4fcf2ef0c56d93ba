"""The database itself is killed in the middle of rounds, and comes back: what was committed stands, and the days go on."""

import os
import random
import signal
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from servanda.business.companies.queries import company as company_of
from servanda.drivers.letters.sink import Sink
from servanda.wiring.embedded import Lease, give_back, take
from tests.conftest import Server, _pointed_at
from tests.real import lives
from tests.real.healing import assert_mails_once, heal, next_day, quiet_run
from tests.real.outcome import assert_promises_kept, outcome_of
from tests.real.workers import Nursery, nursery

pytestmark = pytest.mark.slow

SEED = 1
SLUG, CUSTOMERS, DAYS = "safe-it", 6, 12
CRASHES_A_DAY = int(os.environ.get("SERVANDA_DATABASE_CRASHES_A_DAY", "2"))
SECONDS_MAX = 0.4
_CRASHES = count()


@pytest.fixture
def cluster() -> Iterator[Path]:
    """A place for a server of its own. Not pytest's: other accounts may not look in there, and the server runs as one."""
    with tempfile.TemporaryDirectory(prefix="servanda-") as place:
        yield Path(place) / "home" / "postgres"


def test_a_database_that_is_killed_comes_back_to_where_it_was(
    cluster: Path, sink: Sink, mails: Path, tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> None:
    leases = [take(cluster)]  # durable, as an installation has it
    try:
        server = Server(url=leases[0].url("postgres"))
        server.create("quiet", template="template0")
        with _pointed_at(server, "quiet", django_db_blocker), django_db_blocker.unblock():
            call_command("migrate", interactive=False, verbosity=0)
            connection.close()
            server.create("killed", template="quiet")
            expected = quiet_run(SLUG, customers=CUSTOMERS, days=DAYS)
        for mail in mails.glob("*.eml"):
            mail.unlink()
        with (
            _pointed_at(server, "killed", django_db_blocker),
            django_db_blocker.unblock(),
            nursery(server.url_of("killed"), smtp_port=sink.port, log=tmp_path / "workers.log") as children,
        ):
            company_id = lives.begin(SLUG, CUSTOMERS)
            chance = random.Random(SEED)
            for day in range(DAYS + 1):
                for _ in range(CRASHES_A_DAY):
                    leases.append(_crash(cluster, children, company_id, after=chance.uniform(0, SECONDS_MAX)))
                heal(company_id)
                if day < DAYS:
                    next_day(company_id)
            today = company_of(company_id).clock_on
            assert today is not None
            assert_promises_kept(company_id, today=today)
            assert_mails_once(mails)
            assert outcome_of(company_id).differences(expected) == {}
    finally:
        for lease in leases:
            give_back(lease)


def _crash(cluster: Path, children: Nursery, company_id: int, *, after: float) -> Lease:
    """Let two workers live the day, kill the server under them, and start it again."""
    connection.close()
    workers = [children.live(company_id) for _ in range(2)]
    time.sleep(after)
    how = (signal.SIGKILL, signal.SIGQUIT)[next(_CRASHES) % 2]  # the second is what `pg_ctl -m immediate` sends
    os.kill(int((cluster / "postmaster.pid").read_text().splitlines()[0]), how)
    for worker in workers:
        children.wait(worker)  # it fails, unless it had come to the end before
    return take(cluster)
