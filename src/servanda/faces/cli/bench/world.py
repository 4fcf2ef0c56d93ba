"""A company in the middle of its life: so many running contract lines, of which a share is due to be invoiced today.

Everything stands as a year of rounds would have left it: services are open, terms run, and the lines that are not due were
billed for this month already. It is written by a few statements, since a million lines by the ordinary way take hours.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from servanda.agreements.reading import library_of
from servanda.business.billing.actions.issuing import issue_due_invoices
from servanda.business.companies.facts import CompanyFacts
from servanda.faces.cli.bench.running import settle
from servanda.faces.demo.companies import open_company
from servanda.ground.calendar import add_months, first_of_month, last_working_day_of_month, moment_of

PROVIDER = "safe-it"  # invoices on the last working day of the month
TODAY = date(2026, 11, 30)  # such a day
BEGAN_ON = date(2025, 3, 1)
LINES_PER_CONTRACT = 3

# Seven in ten are Danish companies; the others are consumers, public bodies, and companies elsewhere in the EU.
_CUSTOMERS = """
insert into customer (company_id, number, kind, name, contact_name, cvr, vat_number, vat_number_checked_on, ean, email,
                      address_lines, postal_code, city, country, language, created_on, habit)
select %(company)s, n::text,
       case n %% 10 when 7 then 'consumer' when 8 then 'public' else 'business' end,
       'Kunde ' || n, '', case when n %% 10 in (7, 9) then '' else '13748136' end,
       case when n %% 10 = 9 then 'SE556677889901' else '' end,
       case when n %% 10 = 9 then %(began_on)s::date end,
       case when n %% 10 = 8 then '5798000000001' else '' end,
       'kunde' || n || '@kunde.example', '["Prøvevej 1"]', '8000', 'Prøveby',
       case when n %% 10 = 9 then 'SE' else 'DK' end, case when n %% 5 = 4 then 'en' else 'da' end, %(began_on)s, ''
  from generate_series(1, %(contracts)s) n
"""

_CONTRACTS = """
insert into contract (company_id, customer_id, number, customer_kind, terms_version, terms_language, terms_sha256,
                      accepted_version, accepted_sha256, accepted_at, accepted_how, began_on, end_cause, scope_sheet)
select u.company_id, u.id, 'K-' || u.number, u.kind, %(version)s, 'da', %(sha256)s, %(version)s, %(sha256)s, %(at)s,
       'signed order', %(began_on)s, '', 'Som aftalt'
  from customer u where u.company_id = %(company)s order by u.id
"""

_LINES = """
insert into contract_line (contract_id, company_id, customer_id, product_code, plan_code, description, quantity,
                           interval_months, began_on, term_months, end_cause)
select c.id, c.company_id, c.customer_id, sold.product, sold.plan, 'kunde' || c.id || '.example', sold.quantity, 1,
       %(began_on)s, 1, ''
  from contract c
 cross join (values ('webhosting', 'hosting-monthly', 1), ('pc-security', 'pc-monthly', 3),
                    ('web-security', 'web-monthly', 1)) as sold (product, plan, quantity)
 where c.company_id = %(company)s order by c.id
"""

_SERVICES = """
insert into service (company_id, customer_id, line_id, product_code, name, state, began_on, purge_because,
                     purge_decided_by)
select company_id, customer_id, id, product_code, description, 'running', began_on, '[]', 'person'
  from contract_line where company_id = %(company)s order by id
"""

# One contract in so many is due; those lie scattered over the tables, as they do in life.
_RUNNING_LINES = """
insert into billing_running_line (line_id, company_id, billed_until, look_again_on)
select id, company_id, case when is_due then %(month)s::date else %(next_month)s::date end,
       case when is_due then %(today)s::date else %(next_day)s::date end
  from (select id, company_id, contract_id %% %(due_one_in)s = 0 as is_due
          from contract_line where company_id = %(company)s) line
 order by id
"""


@dataclass(frozen=True, slots=True)
class World:
    """The company that was made, and how many of its contract lines run and are due."""

    company: CompanyFacts
    subscriptions: int
    due: int


def make_world(*, subscriptions: int, due_one_in: int) -> World:
    """Fill the database that Django is led to with a company; every so many-th contract is due today."""
    at = moment_of(TODAY)
    with transaction.atomic():
        company = open_company(PROVIDER, clock_on=TODAY, at=at, today=TODAY)
        agreement = library_of(PROVIDER).version_on(BEGAN_ON)
        month = first_of_month(TODAY)
        values: dict[str, int | str | date | datetime] = {
            "company": company.company_id,
            "contracts": max(1, subscriptions // LINES_PER_CONTRACT),
            "version": agreement.version,
            "sha256": agreement.sha256,
            "at": at,
            "began_on": BEGAN_ON,
            "today": TODAY,
            "month": month,
            "next_month": add_months(month, 1),
            "next_day": last_working_day_of_month(add_months(month, 1)),
            "due_one_in": due_one_in,
        }
        with connection.cursor() as cursor:
            for statement in (_CUSTOMERS, _CONTRACTS, _LINES, _SERVICES, _RUNNING_LINES):
                cursor.execute(statement, values)
    return _measured(company)


def issue_all(world: World) -> int:
    """Issue all invoices that are due in the company, in the batches of the house, and return how many those are."""
    invoices = 0
    while ids := issue_due_invoices(world.company, today=TODAY, at=moment_of(TODAY)):
        invoices += len(ids)
    return invoices


def _measured(company: CompanyFacts) -> World:
    """Let the server know its tables, as it does in daily running, and count what was made."""
    with connection.cursor() as cursor:
        cursor.execute("vacuum (analyze)")
        settle(cursor)
        cursor.execute(
            "select count(*), count(*) filter (where look_again_on <= %s) from billing_running_line where company_id = %s",
            [TODAY, company.company_id],
        )
        subscriptions, due = cursor.fetchone()
    return World(company, subscriptions, due)
