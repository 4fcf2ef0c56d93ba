"""Giving accounts their numbers: those to begin with, and what a company changes."""

from datetime import date, datetime

from django.db import connection, transaction

from servanda.business.books.decisions.chart import CHART, default_number, refuse_unfit
from servanda.business.books.facts import NumberDraft
from servanda.business.books.models import AccountNumber
from servanda.business.evidence.actions import record
from servanda.business.ledger.facts import Account

_TURN = 20_273  # names the lock on a company's chart among all advisory locks


def open_chart(company_id: int, *, at: datetime) -> int:
    """Give each account that has no number the one to begin with, and return how many those were."""
    return 0 if _numbered(company_id) >= set(Account) else _open_chart(company_id, at=at)


def _numbered(company_id: int) -> set[str]:
    return set(AccountNumber.objects.filter(company_id=company_id).values_list("account", flat=True))


@transaction.atomic
def _open_chart(company_id: int, *, at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_TURN, company_id])
    known = _numbered(company_id)
    drafts = [default_number(account) for account in Account if account not in known]
    rows = [_row(company_id, draft, by="system", at=at) for draft in drafts if draft is not None]
    AccountNumber.objects.bulk_create(rows)
    return len(rows)


@transaction.atomic
def number_account(company_id: int, draft: NumberDraft, *, by: str, today: date, at: datetime) -> None:
    """Give an account another number from a day on; refuses a past day and a number outside the public chart."""
    refuse_unfit(draft, today=today)
    row = _row(company_id, draft, by=by, at=at)
    row.save(force_insert=True)
    record(
        company_id=company_id,
        key=f"account.numbered:{row.pk}",
        what="account.numbered",
        subject=f"account:{draft.account}",
        on_day=today,
        at=at,
        because=(CHART,),
        facts={
            "number": draft.number,
            "name": draft.name,
            "standard_number": draft.standard_number,
            "since": draft.since.isoformat(),
        },
        by=by,
    )


def _row(company_id: int, draft: NumberDraft, *, by: str, at: datetime) -> AccountNumber:
    return AccountNumber(
        company_id=company_id,
        account=draft.account,
        since=draft.since,
        number=draft.number.strip(),
        name=draft.name.strip(),
        standard_number=draft.standard_number,
        vat_code=draft.vat_code,
        by=by,
        at=at,
    )
