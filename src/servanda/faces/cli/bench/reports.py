"""How long does each page of reports take in a company of a size? Opened as a member of staff opens them, some times each.

The company is that of `bench what-if` with what reports read beside it: lines of the invoices, and the books.
"""

import statistics
import time
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from servanda.business.identity.actions import give_role
from servanda.business.identity.facts import StaffRole
from servanda.faces.cli.bench.history import make_history
from servanda.faces.cli.bench.running import Durability, durability, settle
from servanda.faces.cli.bench.scratch import scratch_database
from servanda.faces.cli.bench.world import LINES_PER_CONTRACT, World, make_world
from servanda.faces.office.showing.reports.registry import REPORTS

TIMES = 15

# The last line takes what the others leave of the net.
_LINES = """
insert into invoice_line (invoice_id, position, line_id, product_code, description, quantity, unit_minor, net_minor,
                          vat_category, vat_percent, since, until, bills_period)
select i.id, p.place, c.id, p.code, '', 1, part.net, part.net, 'S', 25, date_trunc('month', i.issued_on)::date,
       (date_trunc('month', i.issued_on) + interval '1 month')::date, false
  from invoice i
 cross join lateral unnest(i.products) with ordinality as p (code, place)
 cross join lateral (select case when p.place < cardinality(i.products) then i.net_minor / cardinality(i.products)
                                 else i.net_minor - i.net_minor / cardinality(i.products) * (cardinality(i.products) - 1)
                            end as net) part
  join contract_line c on c.contract_id = i.contract_id and c.product_code = p.code
 where i.company_id = %(company)s order by i.id, p.place
"""
_ENTRIES = """
insert into ledger_entry (company_id, key, what, on_day, at, customer_id, invoice_id, because)
select company_id, 'invoice:' || id, 'invoice', issued_on, issued_on, customer_id, id, '[]'::jsonb
  from invoice where company_id = %(company)s
union all
select company_id, 'bank entry received:' || id, 'payment', booked_on, booked_on, customer_id, reference::bigint, '[]'::jsonb
  from bank_entry where company_id = %(company)s
"""
_POSTINGS = """
insert into ledger_posting (entry_id, company_id, account, amount_minor, currency, customer_id)
select e.id, e.company_id, line.account, line.amount, 'DKK', e.customer_id
  from ledger_entry e join invoice i on i.id = e.invoice_id
 cross join lateral (values ('receivable', i.total_minor), ('sales', -i.net_minor), ('vat-out', -i.vat_minor))
            as line (account, amount)
 where e.company_id = %(company)s and e.what = 'invoice'
union all
select e.id, e.company_id, line.account, line.amount, 'DKK', e.customer_id
  from ledger_entry e join invoice i on i.id = e.invoice_id
 cross join lateral (values ('bank', i.total_minor), ('receivable', -i.total_minor)) as line (account, amount)
 where e.company_id = %(company)s and e.what = 'payment'
"""


@dataclass(frozen=True, slots=True)
class PageBench:
    """One page: how long it took in the middle and at worst but one in twenty, what it asked, and how large it was.

    `first_ms` is the first opening after an invoice was issued, when sums over documents are reckoned anew.
    """

    name: str
    first_ms: float
    median_ms: float
    p95_ms: float
    queries: int
    own_queries: int  # beside those of the frame that every page has
    slowest_query_ms: float
    bytes: int


@dataclass(frozen=True, slots=True)
class ReportsBench:
    """What was measured, and on how large a company."""

    customers: int
    invoices: int
    times: int
    pages: tuple[PageBench, ...]
    durability: Durability


def bench_reports(*, customers: int, invoices: int) -> ReportsBench:
    """Open each page of reports of a company of the size."""
    with scratch_database():
        world = make_world(subscriptions=customers * LINES_PER_CONTRACT, due_one_in=1_000_000_007)
        make_history(world, invoices=invoices, customers=customers, issue_days=20)
        keep_books(world)
        browser = _signed_in()
        slug = world.company.slug
        frame = _queries_of(browser, reverse("office:books", args=[slug])) - 1
        places = {
            "an empty page": reverse(
                "office:report-rows", args=[slug, "charges"]
            ),  # the frame, and a list without rows
            "overview": reverse("office:reports", args=[slug]),
            **{name: reverse("office:report", args=[slug, name]) for name in REPORTS},
            "revenue by period": f"{reverse('office:report', args=[slug, 'revenue'])}?basis=accrued",
            "arrears a quarter ago": f"{reverse('office:report', args=[slug, 'arrears'])}?as-of=2026-08-31",
            "rows behind revenue": reverse("office:report-rows", args=[slug, "documents"]),
        }
        pages = tuple(_measured(browser, name, place, frame) for name, place in places.items())
        return ReportsBench(customers, invoices, TIMES, pages, durability())


def reports_text(found: ReportsBench) -> str:
    """Return the figures as a table."""
    head = (
        f"{'page':<24}{'first ms':>10}{'median ms':>11}{'p95 ms':>9}{'queries':>9}{'own':>5}{'slowest ms':>12}{'kB':>6}"
    )
    rows = [
        f"{one.name:<24}{one.first_ms:>10.0f}{one.median_ms:>11.0f}{one.p95_ms:>9.0f}{one.queries:>9}{one.own_queries:>5}"
        f"{one.slowest_query_ms:>12.0f}{one.bytes / 1000:>6.0f}"
        for one in found.pages
    ]
    told = f"{found.customers:,} customers, {found.invoices:,} invoices; each page opened {found.times} times."
    return "\n".join((told, head, *rows))


def keep_books(world: World) -> None:
    """Write the lines of all invoices and the entries of the ledger, by a few statements."""
    values = {"company": world.company.company_id}
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (_LINES, _ENTRIES, _POSTINGS):
            cursor.execute(statement, values)
    with connection.cursor() as cursor:
        cursor.execute("vacuum (analyze)")
        settle(cursor)


def _signed_in() -> Client:
    user = get_user_model().objects.create_user("bench", password=None)
    give_role(user.pk, StaffRole.OWNER, by="system", at=timezone.now())
    browser = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    browser.force_login(user)
    return browser


def _queries_of(browser: Client, place: str) -> int:
    browser.get(place)
    with CaptureQueriesContext(connection) as asked:
        browser.get(place)
    return len(asked)


def _milliseconds(browser: Client, place: str) -> float:
    began = time.perf_counter()
    answer = browser.get(place)
    assert answer.status_code == 200, f"{place}: {answer.status_code}"
    return (time.perf_counter() - began) * 1000


def _measured(browser: Client, name: str, place: str, frame: int) -> PageBench:
    browser.get(place)  # templates and translations are read once in a process
    cache.clear()
    first_ms = _milliseconds(browser, place)
    times = []
    for _time in range(TIMES):
        times.append(_milliseconds(browser, place))
    size = len(browser.get(place).content)
    with CaptureQueriesContext(connection) as asked:
        browser.get(place)
    slowest = max(float(query["time"]) for query in asked.captured_queries) * 1000
    return PageBench(
        name=name,
        first_ms=first_ms,
        median_ms=statistics.median(times),
        p95_ms=sorted(times)[-(-len(times) * 95 // 100) - 1],
        queries=len(asked),
        own_queries=len(asked) - frame,
        slowest_query_ms=slowest,
        bytes=size,
    )
