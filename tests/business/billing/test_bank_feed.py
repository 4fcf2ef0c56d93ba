"""Whatever order a bank's files come in, and however often: the books are the same, and each øre is explained or waits."""

from dataclasses import replace
from datetime import date, timedelta

from django.db import transaction

from servanda.business.billing.models import BankEntry
from servanda.business.billing.queries import open_items_of_company
from servanda.faces.cli.bench.bank import books_sha256, take
from servanda.faces.cli.bench.bankfeed import make_feed
from servanda.ground.money import Money
from tests.business.billing.bank import Bank
from tests.business.billing.books import assert_books_agree
from tests.cast import ALMA

LINES = 60


def test_the_order_of_files_and_their_repetition_change_nothing(bank: Bank) -> None:
    for number in range(2001, 2013):
        details = replace(ALMA, number=str(number), name=f"Kunde {number}")
        bank.world.customer(details, "hosting-monthly", began_on=date(2026, 8, 2), price=Money(number))
    bank.world.round()
    company = bank.world.company
    items = open_items_of_company(company.company_id, limit=100)
    assert len(items) == 14
    since = bank.world.today + timedelta(days=1)
    feed = make_feed(company.iban, items, since=since, lines=LINES, seed=3, a_day=9)
    assert feed.told == 2 * LINES
    books = set()
    for seed in range(4):
        with transaction.atomic():
            assert take(company, feed.shuffled(seed)) == LINES
            assert take(company, feed.shuffled(seed + 50)) == 0
            assert_books_agree(company.company_id)
            assert BankEntry.objects.filter(company_id=company.company_id).count() == LINES
            books.add(books_sha256(company.company_id))
            transaction.set_rollback(True)
    assert len(books) == 1
