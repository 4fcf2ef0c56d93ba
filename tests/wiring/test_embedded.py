"""The embedded PostgreSQL: shared, healed after a kill, and refused with a remedy when it cannot be had."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from servanda.wiring import embedded
from servanda.wiring.accounts import DatabaseUnavailable
from servanda.wiring.embedded import DISPOSABLE, give_back, leased, take, url_of

HOLD_A_LEASE = """
import sys
from pathlib import Path
from servanda.wiring.embedded import take
lease = take(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.read()
"""


def _is_running(cluster: Path) -> bool:
    return (cluster / "postmaster.pid").exists()


@contextmanager
def another_user(cluster: Path) -> "Iterator[subprocess.Popen[str]]":
    """Another process that holds a lease, until it is killed at the end of the block."""
    command = [sys.executable, "-c", HOLD_A_LEASE, str(cluster)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as user:
        try:
            assert user.stdout is not None
            assert user.stdout.readline() == "ready\n"
            yield user
        finally:
            user.kill()


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A directory for clusters. Not pytest's own: each run of pytest closes that to all other accounts again."""
    with tempfile.TemporaryDirectory(prefix="servanda-") as place:
        yield Path(place)


@pytest.fixture(scope="module")
def made(place: Path) -> Path:
    """A cluster that was made and stopped; every test leaves it stopped."""
    cluster = place / "home" / "postgres"
    with leased(cluster, settings=DISPOSABLE):
        pass
    return cluster


@pytest.fixture
def cluster(made: Path) -> Iterator[Path]:
    yield made
    assert not _is_running(made)


def test_the_database_is_made_and_keeps_its_rows_over_a_restart(cluster: Path) -> None:
    with leased(cluster) as lease, psycopg.connect(lease.url()) as connection:
        connection.execute("create table kept (word text)")
        connection.execute("insert into kept values ('still here')")
    assert not _is_running(cluster)
    with leased(cluster) as lease, psycopg.connect(lease.url()) as connection:
        assert connection.execute("select word from kept").fetchone() == ("still here",)


def test_the_last_of_several_users_stops_the_server(cluster: Path) -> None:
    with another_user(cluster):
        lease = take(cluster)
        assert not lease.was_started
        assert not give_back(lease), "another process still uses it"
        assert _is_running(cluster)
        late = take(cluster)
    assert give_back(late)


def test_a_lease_is_given_back_once(cluster: Path) -> None:
    first, second = take(cluster), take(cluster)
    assert not give_back(first)
    assert not give_back(first)
    assert give_back(second)


def test_a_kill_of_everything_is_healed_by_the_next_start(cluster: Path) -> None:
    with another_user(cluster):
        with psycopg.connect(url_of(cluster)) as connection:
            connection.execute("create table survived ()")
        server = psutil.Process(int((cluster / "postmaster.pid").read_text().splitlines()[0]))
        for process in (server, *server.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                process.kill()
    assert _is_running(cluster), "the mark of the dead server is left behind"
    with leased(cluster) as lease, psycopg.connect(lease.url()) as connection:
        assert lease.was_started
        assert connection.execute("select count(*) from survived").fetchone() == (0,)


def test_a_killed_user_does_not_keep_the_server_running_for_ever(cluster: Path) -> None:
    with another_user(cluster):
        pass
    assert _is_running(cluster), "nobody was left to stop it"
    lease = take(cluster)
    assert not lease.was_started
    assert give_back(lease)


def test_a_mark_whose_number_another_program_has_now_is_no_server(cluster: Path) -> None:
    (cluster / "postmaster.pid").write_text(
        f"{os.getpid()}\n{cluster}\n{int(time.time())}\n5432\n{cluster}\n\n1 1\nready\n"
    )
    with leased(cluster) as lease:
        assert lease.was_started


def test_a_path_too_long_for_a_socket_gets_a_short_private_one(place: Path) -> None:
    cluster = place / ("deep" * 25) / "postgres"
    with leased(cluster, settings=DISPOSABLE) as lease, psycopg.connect(lease.url()) as connection:
        sockets = Path(connection.info.host)
    try:
        assert len(os.fsencode(sockets / ".s.PGSQL.5432")) <= 100
        assert sockets.stat().st_mode & 0o077 == 0
    finally:
        sockets.rmdir()


def test_the_address_of_an_embedded_server_needs_no_server(tmp_path: Path) -> None:
    assert url_of(tmp_path / "postgres") == url_of(tmp_path / "postgres")
    assert not (tmp_path / "postgres").exists()


def test_strangers_cannot_reach_the_server(cluster: Path) -> None:
    with leased(cluster) as lease, psycopg.connect(lease.url()) as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("",)
        assert cluster.stat().st_mode & 0o077 == 0


def test_data_of_another_version_is_refused_with_the_way_to_move_it(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("14\n")
    with pytest.raises(DatabaseUnavailable, match=r"made by PostgreSQL 14.*pg_dump"):
        take(tmp_path / "postgres")


def test_an_own_server_that_does_not_answer_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match=r"(?s)does not answer.*unset the variable"):
        embedded.refuse_unfit(f"postgresql://postgres@/servanda?host={tmp_path}")


@pytest.mark.parametrize("version", [14, 19])
def test_an_own_server_of_an_untried_version_is_refused(version: int) -> None:
    with pytest.raises(DatabaseUnavailable, match=rf"is PostgreSQL {version}\. .*15 to 18"):
        embedded.refuse_version(version)


@pytest.mark.parametrize("version", [15, 16, 17, 18])
def test_an_own_server_of_a_tried_version_is_taken(version: int) -> None:
    embedded.refuse_version(version)


def test_the_embedded_server_is_itself_fit(cluster: Path) -> None:
    with leased(cluster) as lease:
        embedded.refuse_unfit(lease.url())
