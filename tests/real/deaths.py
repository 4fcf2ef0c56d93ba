"""A process that kills itself at its n-th step towards the database: a statement, or a commit before or after it was sent."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass
class Death:
    """Counts steps; at the one that it is set for the process ends, with nothing said before. 0: never."""

    at: int
    seen: int = 0

    def step(self) -> None:
        self.seen += 1
        if self.seen == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.step()
        return execute(sql, params, many, context)


@contextmanager
def dying(at: int) -> Iterator[Death]:
    """Let the process end at that step within the block. Around a commit there are two: nobody knows of the second."""
    death, commit = Death(at), connection._commit  # type: ignore[attr-defined]

    def committed() -> None:
        death.step()
        commit()
        death.step()

    connection._commit = committed  # type: ignore[attr-defined]
    try:
        with connection.execute_wrapper(death):
            yield death
    finally:
        del connection._commit  # type: ignore[attr-defined]
