"""The kinds of database that a test can have, and that none leaves anything behind."""

import threading
from typing import TYPE_CHECKING

import psycopg
import pytest
from django.db import connection, transaction

from servanda.business.companies.models import Company

if TYPE_CHECKING:
    from tests.conftest import RealDatabase
    from tests.worlds import Worlds

NAMES = ("slug", "name", "legal_name", "cvr", "email", "bank_registration", "bank_account", "iban", "fik_creditor")
FIELDS = dict.fromkeys(NAMES, "x")


@pytest.mark.parametrize("time", [1, 2])
@pytest.mark.django_db
def test_a_rolled_back_test_leaves_no_row(time: int) -> None:
    assert not Company.objects.exists()
    Company.objects.create(**FIELDS)


@pytest.mark.parametrize("time", [1, 2])
def test_a_real_database_starts_empty_and_shows_its_commits_to_others(real_database: "RealDatabase", time: int) -> None:
    assert not Company.objects.exists()
    with transaction.atomic():
        Company.objects.create(**FIELDS)
    with psycopg.connect(real_database.url) as other:
        assert other.execute("select count(*) from company").fetchone() == (1,)


def test_a_thread_with_its_own_connection_sees_the_same_real_database(real_database: "RealDatabase") -> None:
    seen: list[str] = []

    def look() -> None:
        with connection.cursor() as cursor:
            cursor.execute("select current_database()")
            seen.append(cursor.fetchone()[0])
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [real_database.name]


def test_a_world_is_lived_once_and_is_the_same_for_each_who_visits(worlds: "Worlds") -> None:
    lived: list[str] = []

    def live() -> list[str]:
        Company.objects.create(**FIELDS)
        lived.append("a life")
        return ["what is remembered"]

    for _ in range(2):
        with worlds.visited("small", live) as kept:
            assert kept == ["what is remembered"]
            kept.append("forgotten")
            assert Company.objects.count() == 1
            Company.objects.create(**{**FIELDS, "slug": "y", "name": "y"})
    assert lived == ["a life"]


@pytest.mark.django_db
def test_a_world_is_not_visited_from_within_another_database(worlds: "Worlds") -> None:
    with pytest.raises(AssertionError, match="either db or a world"), worlds.visited("nowhere", dict):
        pass


@pytest.mark.django_db
def test_the_record_refuses_to_be_changed_or_emptied() -> None:
    for statement in ("truncate evidence_record cascade", "truncate ledger_posting cascade"):
        with pytest.raises(Exception, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
