"""A worker: takes jobs from the database and runs them, until it is asked to stop.

It has a connection pool of its own, while the tasks go on to queue through Django's connection: what a task queues
stands or falls with the transaction of that task.
"""

import asyncio
import signal
import sys
from typing import cast

from asgiref.sync import sync_to_async
from django.db import OperationalError, connections
from procrastinate.contrib.django import DjangoApp, app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ConnectorException

from servanda.faces.clock.jobs import HEARTBEAT_SECONDS, STALLED_SECONDS

PAUSE_SECONDS = 2.0
PARALLEL = 3  # a long round leaves room for letters
_AWAY = (ConnectorException, OperationalError)


async def work(*, waits: bool, queue: str | None = None) -> None:
    """Run the jobs of a queue (None: all) until SIGINT or SIGTERM, or until none is left; wait for a database that is away."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    while True:
        await _work_until(stop, waits=waits, queue=queue)
        if stop.is_set() or not waits:
            return
        print(f"The worker lost its database. It tries again in {PAUSE_SECONDS:.0f} s.", file=sys.stderr, flush=True)
        await _pause(stop)
        await sync_to_async(connections.close_all, thread_sensitive=True)()


async def _work_until(stop: asyncio.Event, *, waits: bool, queue: str | None) -> None:
    running = asyncio.ensure_future(_run_worker(waits=waits, queue=queue))
    asked = asyncio.ensure_future(stop.wait())
    await asyncio.wait({running, asked}, return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    running.cancel()  # if it still runs, the worker takes this as: finish what you have, then stop
    try:
        await running
    except asyncio.CancelledError:
        return
    except _AWAY as error:
        print(f"The database does not answer: {error}", file=sys.stderr, flush=True)


async def _pause(stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stop.wait(), timeout=PAUSE_SECONDS)
    except TimeoutError:
        return


async def _run_worker(*, waits: bool, queue: str | None) -> None:
    worker_app = DjangoApp(connector=cast(DjangoConnector, app.connector).get_worker_connector())
    app.perform_import_paths()  # type: ignore[no-untyped-call]
    worker_app.tasks = app.tasks
    worker_app.periodic_registry = app.periodic_registry
    async with worker_app.open_async():
        await worker_app.run_worker_async(
            queues=[queue] if queue else None,  # type: ignore[arg-type]  # None is the default, and means all
            wait=waits,
            concurrency=PARALLEL,
            delete_jobs="successful",
            install_signal_handlers=False,
            fetch_job_polling_interval=2.0,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=STALLED_SECONDS,
        )
