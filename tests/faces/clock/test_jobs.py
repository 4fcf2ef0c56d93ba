"""The job queue: a job stands or falls with its transaction, and a killed worker's job runs again without a person."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from servanda.faces.clock import jobs

if TYPE_CHECKING:
    from tests.conftest import RealDatabase

WORKER = Path(__file__).with_name("trial_worker.py")


@contextmanager
def worker(
    database: "RealDatabase", diary: Path, *options: str, seconds: float = 0.0
) -> "Iterator[subprocess.Popen[bytes]]":
    """A worker in a process of its own, killed at the end if it still runs."""
    command = [sys.executable, str(WORKER), str(diary), str(seconds), *options]
    with subprocess.Popen(command, env=os.environ | {"SERVANDA_DATABASE_URL": database.url}) as program:
        try:
            yield program
        finally:
            program.kill()


def read(diary: Path) -> list[str]:
    return diary.read_text(encoding="ascii").split() if diary.exists() else []


def wait_for(diary: Path, words: list[str], *, seconds: float) -> None:
    """Wait until the diary reads so; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while read(diary) != words and time.monotonic() < deadline:
        time.sleep(0.05)
    assert read(diary) == words


def enqueue_trial() -> None:
    app.configure_task("trial", lock="trial", allow_unknown=True).defer()


def age_heartbeats() -> None:
    """Let a minute pass for the workers, as the database sees it."""
    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_workers set last_heartbeat = last_heartbeat - interval '1 minute'")


@pytest.mark.django_db
def test_a_wish_of_a_transaction_that_fails_is_no_job() -> None:
    def decide_and_fail() -> None:
        with transaction.atomic():
            jobs.wake_delivery()
            assert ProcrastinateJob.objects.count() == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        decide_and_fail()
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.django_db
def test_many_wishes_to_deliver_are_one_job_and_harm_no_transaction() -> None:
    with transaction.atomic():
        for _ in range(3):
            jobs.wake_delivery()
        assert ProcrastinateJob.objects.get().task_name == "deliver_letters"


def test_every_job_has_a_name_that_does_not_move_with_its_module() -> None:
    app.perform_import_paths()  # type: ignore[no-untyped-call]
    assert {"round", "deliver_letters", "revive", "forget_finished"} <= set(app.tasks)


def test_a_job_of_a_killed_worker_runs_again_without_a_person(real_database: "RealDatabase", tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    enqueue_trial()
    with worker(real_database, diary, seconds=60) as first:
        wait_for(diary, ["began"], seconds=20)
        first.kill()
    with worker(real_database, diary, "--until-idle") as second:
        assert second.wait(timeout=20) == 0
    assert read(diary) == ["began"], "nobody knows yet that the first worker is dead"
    age_heartbeats()
    app.configure_task("revive").defer(timestamp=0)
    with worker(real_database, diary, "--until-idle") as third:
        assert third.wait(timeout=20) == 0
    with worker(real_database, diary, "--until-idle") as fourth:
        assert fourth.wait(timeout=20) == 0
    assert read(diary) == ["began", "began", "ended"]
    assert not ProcrastinateJob.objects.filter(task_name="trial").exists(), "a job that succeeded is removed"


def test_a_round_whose_worker_died_does_not_keep_the_next_one_waiting_for_ever(
    real_database: "RealDatabase", tmp_path: Path
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat) values (now() - interval '1 minute') returning id"
        )
        (dead_id,) = cursor.fetchone()
        app.configure_task("round").defer(timestamp=0)
        cursor.execute("update procrastinate_jobs set status = 'doing', worker_id = %s", [dead_id])
    app.configure_task("round").defer(timestamp=60)  # the next minute's, which waits for the lock of the dead one's
    app.configure_task("revive").defer(timestamp=0)
    for _ in range(2):
        with worker(real_database, tmp_path / "diary", "--until-idle") as program:
            assert program.wait(timeout=20) == 0
    old = [job.args["timestamp"] for job in ProcrastinateJob.objects.filter(task_name="round")]
    assert not {0, 60} & set(old)  # the worker may have queued the round of the present minute meanwhile


@pytest.mark.slow
def test_a_second_worker_takes_over_within_forty_seconds(real_database: "RealDatabase", tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    enqueue_trial()
    with worker(real_database, diary, seconds=600) as first:
        wait_for(diary, ["began"], seconds=20)
        with worker(real_database, diary):
            first.kill()
            wait_for(diary, ["began", "began", "ended"], seconds=40)


def test_a_worker_that_is_asked_to_stop_finishes_its_job(real_database: "RealDatabase", tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    enqueue_trial()
    with worker(real_database, diary, seconds=1) as program:
        wait_for(diary, ["began"], seconds=20)
        program.send_signal(signal.SIGTERM)
        assert program.wait(timeout=10) == 0
    assert read(diary) == ["began", "ended"]


@pytest.mark.slow
def test_a_worker_survives_the_loss_of_its_connections(real_database: "RealDatabase", tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    enqueue_trial()
    with worker(real_database, diary) as program:
        wait_for(diary, ["began", "ended"], seconds=20)
        with connection.cursor() as cursor:
            cursor.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
        enqueue_trial()
        wait_for(diary, ["began", "ended"] * 2, seconds=20)
        assert program.poll() is None
