"""`servanda up`: one command starts everything, and what it started it stops."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from servanda.faces.cli import home
from servanda.faces.cli.home import AlreadyUp, NotOurs

UP = [sys.executable, "-m", "servanda.faces.cli.main", "up", "--no-demo"]


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that is not pytest's own: each run of pytest closes that to all other accounts again."""
    with tempfile.TemporaryDirectory(prefix="servanda-") as place:
        yield Path(place) / "home"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(place: Path, **more: str) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("SERVANDA_")}
    ports = {"SERVANDA_PORT": str(free_port()), "SERVANDA_SMTP_PORT": str(free_port())}
    return ours | ports | {"SERVANDA_HOME": str(place)} | more


@contextmanager
def up(place: Path, *options: str) -> "Iterator[tuple[subprocess.Popen[str], str]]":
    """Run it until it says that it is up; give what it said. It is killed at the end if it still runs."""
    with subprocess.Popen([*UP, *options], env=environment(place), stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            said = ""
            for line in program.stdout:
                said += line
                if "Ctrl-C stops everything" in line:
                    break
            yield program, said
        finally:
            program.kill()


def refused(place: Path, *options: str, **more: str) -> str:
    """Run it where it must refuse, and give its message."""
    done = subprocess.run([*UP, *options], env=environment(place, **more), capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    return done.stderr


def programs_of(program: "subprocess.Popen[str]", place: Path) -> list[psutil.Process]:
    """All that was started: the children, and the database server, which belongs to nobody."""
    server = psutil.Process(int((place / "postgres" / "postmaster.pid").read_text().splitlines()[0]))
    return [server, *psutil.Process(program.pid).children(recursive=True)]


def assert_all_ended(programs: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(programs, timeout=5)
    assert not alive


def assert_the_web_server_is_apart(program: "subprocess.Popen[str]", said: str) -> None:
    children = psutil.Process(program.pid).children(recursive=True)
    servers = [one for one in children if "granian" in one.cmdline() and "attended" not in " ".join(one.cmdline())]
    assert servers
    for server in servers:
        assert server.environ()["SERVANDA_DATABASE_URL"].startswith("postgresql://servanda_web@/")
        assert "SERVANDA_DATABASE_OWNER_URL" not in server.environ()
        assert (server.username() == "servanda-web") == (os.geteuid() == 0)
    ours = psutil.Process().username()
    for account, words in (
        ("servanda-worker", "work --queue default"),
        ("servanda-signer", "nodes sign"),
        (ours, "work --queue backups"),
    ):
        parts = [one for one in children if " ".join(one.cmdline()).endswith(words)]
        assert {one.username() for one in parts} <= {account} or os.geteuid() != 0
        assert parts or words == "nodes sign" or os.geteuid() != 0, "the signer runs where there is a key"
    assert ("under the same account as all the rest" in said) == (os.geteuid() != 0)


def assert_the_address_answers(said: str) -> None:
    address = re.search(r"http://127\.0\.0\.1:\d+/", said)
    assert address
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(address[0] + "login/", timeout=10) as answer:
        assert answer.status == 200


def password_in(said: str) -> str:
    found = re.search(r"as eva with the password (\S+)", said)
    assert found
    return found[1]


def test_it_answers_stops_all_that_it_started_keeps_its_data_and_starts_over_when_asked(place: Path) -> None:
    """One installation through all of it: each fresh start makes all tables anew, which takes longest."""
    with up(place) as (program, said):
        programs = programs_of(program, place)
        assert len(programs) >= 5, "the database, the worker, the web server and its two workers"
        assert_the_address_answers(said)
        assert_the_web_server_is_apart(program, said)
        program.send_signal(signal.SIGINT)
        assert program.wait(timeout=15) == 0
        assert_all_ended(programs)
    for secret in ("login.txt", "secret-key"):
        assert (place / secret).stat().st_mode & 0o777 == 0o600
    first_key = (place / "secret-key").read_text()
    with up(place) as (program, said_again):
        assert password_in(said_again) == password_in(said)
        program.terminate()
        assert program.wait(timeout=15) == 0
    with up(place, "--fresh") as (program, said_again):
        assert "Ctrl-C stops everything" in said_again
        assert password_in(said_again) != password_in(said)
        assert (place / "secret-key").read_text() != first_key
        program.terminate()
        assert program.wait(timeout=15) == 0


@pytest.mark.slow
def test_when_a_program_dies_it_says_which_and_stops_the_others(place: Path) -> None:
    with up(place) as (program, _):
        programs = programs_of(program, place)
        worker = next(child for child in programs if "work" in child.cmdline())
        worker.kill()
        assert program.wait(timeout=15) == 1
        assert_all_ended(programs)


@pytest.mark.slow
def test_when_it_is_killed_its_programs_end_and_the_next_start_heals(place: Path) -> None:
    with up(place) as (program, said):
        server, *children = programs_of(program, place)
        program.kill()
        program.wait()
        if sys.platform == "linux":
            assert_all_ended(children)
    with up(place) as (program, said_again):
        assert password_in(said_again) == password_in(said)
        program.terminate()
        assert program.wait(timeout=15) == 0
    assert_all_ended([server])


@pytest.mark.parametrize("variable", ["SERVANDA_PORT", "SERVANDA_SMTP_PORT"])
def test_a_port_in_use_is_named_with_the_remedy(place: Path, variable: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        message = refused(place, **{variable: str(port)})
    assert f"Port {port} on 127.0.0.1" in message
    assert f"{variable}={port + 1}" in message
    assert not place.exists(), "nothing was done"


def test_fresh_never_empties_a_database_of_ones_own(place: Path) -> None:
    message = refused(place, "--fresh", SERVANDA_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert "--fresh removes the embedded database only" in message


def test_fresh_refuses_a_directory_that_is_not_ours(place: Path) -> None:
    place.mkdir()
    (place / "thesis.txt").write_text("ten years of work")
    assert "was not removed" in refused(place, "--fresh")
    assert (place / "thesis.txt").exists()


def test_a_directory_with_other_things_is_used_but_never_marked(place: Path) -> None:
    place.mkdir()
    (place / "thesis.txt").write_text("ten years of work")
    home.make(place)
    with pytest.raises(NotOurs):
        home.remove(place, release=lambda: None)


def test_our_own_directory_is_removed_after_it_was_released(place: Path) -> None:
    home.make(place)
    seen: list[bool] = []
    home.remove(place, release=lambda: seen.append(place.exists()))
    assert seen == [True]
    assert not place.exists()


def test_a_directory_in_use_is_neither_removed_nor_shared(place: Path) -> None:
    home.make(place)
    with home.alone(place), pytest.raises(AlreadyUp):
        home.remove(place, release=lambda: None)
    assert place.exists()


def test_a_secret_is_made_once_and_for_its_owner_only(place: Path) -> None:
    home.make(place)
    first = home.secret(place / "key", length=48)
    assert home.secret(place / "key", length=48) == first
    assert len(first) == 64
    assert (place / "key").stat().st_mode & 0o777 == 0o600
