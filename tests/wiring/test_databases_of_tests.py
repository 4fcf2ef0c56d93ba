"""The two kinds of database that a test can have, and that neither leaves anything behind."""

import threading
from typing import TYPE_CHECKING

import psycopg
import pytest
from django.db import connection, transaction

from servanda.business.companies.models import Company

if TYPE_CHECKING:
    from tests.conftest import RealDatabase

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


@pytest.mark.django_db
def test_the_record_refuses_to_be_changed_or_emptied() -> None:
    for statement in ("truncate evidence_record cascade", "truncate ledger_posting cascade"):
        with pytest.raises(Exception, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
