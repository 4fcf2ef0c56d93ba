"""The accounts of a company with their numbers and balances."""

from datetime import date, timedelta

from django.db import connection

from servanda.business.books.decisions.chart import TYPE_OF, chart_on, standard_account
from servanda.business.books.facts import AccountBalance, AccountType, ChartLine
from servanda.business.books.models import AccountNumber
from servanda.ground.money import Money


def chart_of(company_id: int, *, on: date) -> tuple[ChartLine, ...]:
    """Return the numbers of the company's accounts as they hold on a day, by number."""
    rows = AccountNumber.objects.filter(company_id=company_id, since__lte=on).order_by("since", "id")
    latest = {row.account: row for row in rows}
    lines = (
        ChartLine(
            account=row.account,
            number=row.number,
            name=row.name,
            standard=standard_account(row.account, row.standard_number),
            type=TYPE_OF.get(row.account, AccountType.ASSET),
            vat_code=row.vat_code,
            since=row.since,
        )
        for row in latest.values()
    )
    return tuple(sorted(lines, key=lambda line: (line.number, line.account)))


def used_accounts(company_id: int, *, until: date) -> frozenset[str]:
    """Return the accounts on which something was booked up to the day."""
    with connection.cursor() as cursor:
        cursor.execute(_USED, [company_id, until])
        return frozenset(row[0] for row in cursor.fetchall())


def balances(company_id: int, *, since: date, until: date) -> tuple[AccountBalance, ...]:
    """Return what stood on each account before the period, moved in it and stands after it; refuses one without a number."""
    chart = chart_of(company_id, on=until)
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, {"company": company_id, "since": since, "until": until})
        rows = cursor.fetchall()
    found = {account: (int(opening), int(debit), int(credit)) for account, opening, debit, credit in rows}
    lines = {line.account: line for line in chart} | {account: chart_on(chart, account) for account in found}
    return tuple(
        AccountBalance(line=line, opening=Money(opening), debit=Money(debit), credit=Money(credit))
        for line in sorted(lines.values(), key=lambda line: (line.number, line.account))
        for opening, debit, credit in [found.get(line.account, (0, 0, 0))]
    )


def balances_until(company_id: int, *, until: date) -> tuple[AccountBalance, ...]:
    """Return the balances as they stand at the end of a day, all that came before as movements."""
    return balances(company_id, since=date.min + timedelta(days=1), until=until)


_USED = """
select distinct p.account from ledger_entry e join ledger_posting p on p.entry_id = e.id
 where e.company_id = %s and e.on_day <= %s
"""
_BALANCES = """
select p.account,
       coalesce(sum(p.amount_minor) filter (where e.on_day < %(since)s), 0),
       coalesce(sum(p.amount_minor) filter (where e.on_day >= %(since)s and p.amount_minor > 0), 0),
       coalesce(-sum(p.amount_minor) filter (where e.on_day >= %(since)s and p.amount_minor < 0), 0)
  from ledger_entry e join ledger_posting p on p.entry_id = e.id
 where e.company_id = %(company)s and e.on_day <= %(until)s
 group by p.account
"""
