"""A worker with a job of its own for the tests of the queue: run as a program, with the path of a diary."""

import asyncio
import os
import sys
import time
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "servanda.wiring.settings"
django.setup()

from procrastinate.contrib.django import app  # noqa: E402

from servanda.faces.clock.worker import work  # noqa: E402

DIARY = Path(sys.argv[1])
SECONDS = float(sys.argv[2])


@app.task(name="trial", lock="trial")
def trial() -> None:
    """Write down that the job began, and after a while that it ended."""
    write("began")
    time.sleep(SECONDS)
    write("ended")


def write(word: str) -> None:
    """Add a line to the diary."""
    with DIARY.open("a", encoding="ascii") as diary:
        diary.write(f"{word}\n")


if __name__ == "__main__":
    asyncio.run(work(waits="--until-idle" not in sys.argv))
