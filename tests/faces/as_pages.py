"""Every request of a test is answered by the database's role of the pages, as in the running product.

What prepares a test and what looks at the outcome is done as the owner: only what a page does is done as `servanda_web`.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from django.test.client import ClientHandler

from servanda.faces.clock import rounds
from servanda.wiring.roles import WEB


@contextmanager
def as_pages() -> Iterator[None]:
    """Let the connection be the role of the pages, past Django, so that no query is counted for it."""
    if settings.DATABASE_URL:  # an own server's roles are its owner's to make
        yield
        return
    connection.ensure_connection()
    connection.connection.execute(f"set role {WEB}")
    try:
        yield
    finally:
        with suppress(psycopg.errors.InFailedSqlTransaction):  # then the role goes with what is rolled back
            connection.connection.execute("reset role")


def move_time_by_the_worker(company_id: int, *, to: date) -> bool:
    """Stand for the worker that is asked to move the time: it does so at once, and not as the pages."""
    connection.connection.execute("reset role")
    try:
        rounds.move_time(company_id, to=to)
    finally:
        if not settings.DATABASE_URL:
            connection.connection.execute(f"set role {WEB}")
    return True


@pytest.fixture(autouse=True)
def pages_have_their_role(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer all requests of the test client as the pages."""
    answer = ClientHandler.get_response

    def answer_as_pages(self: ClientHandler, request: HttpRequest) -> HttpResponseBase:
        with as_pages():
            return answer(self, request)

    monkeypatch.setattr(ClientHandler, "get_response", answer_as_pages)
