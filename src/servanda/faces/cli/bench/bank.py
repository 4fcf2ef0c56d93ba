"""How long does a bank's feed of many thousand lines take, and are the books the same whatever order its files come in?

Two companies alike in databases of their own get the same files, shuffled otherwise, some of them twice. The first gets all of them
once more. In the end each øre must be explained or wait for a person, and the books of both must be the same to the byte.
"""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction

from servanda.business.billing.facts import StatementDraft
from servanda.business.billing.queries import open_items_of_company
from servanda.business.companies.facts import CompanyFacts
from servanda.business.dunning.actions import follow_new_invoices, receive_statement
from servanda.faces.cli.bench.bankfeed import make_feed
from servanda.faces.cli.bench.running import Durability, durability, peak_memory_bytes
from servanda.faces.cli.bench.scratch import scratch_database
from servanda.faces.cli.bench.world import LINES_PER_CONTRACT, TODAY, issue_all, make_world
from servanda.faces.parts.bankfiles import in_order
from servanda.ground.calendar import moment_of

SEEDS = (1, 2)
FEED_SEED = 7

# All that the books say of the bank's money, by names that do not depend on the order of writing.
_TOLD = """
select b.booked_on, b.amount_minor, b.reference, b.ordinal, b.state, b.because, coalesce(u.number, ''), b.unallocated_minor,
       coalesce((select string_agg(concat_ws('/', i.number, t.amount_minor, t.value_on, t.because), ' ' order by t.id)
                   from allocation t join invoice i on i.id = t.invoice_id where t.entry_id = b.id), ''),
       coalesce((select string_agg(concat_ws('/', e.what, p.account, p.amount_minor), ' ' order by p.account, p.amount_minor)
                   from ledger_entry e join ledger_posting p on p.entry_id = e.id
                  where e.key in ('bank entry:' || b.id, 'bank entry received:' || b.id, 'bank entry reversed:' || b.id)), '')
  from bank_entry b left join customer u on u.id = b.customer_id
 where b.company_id = %s order by 1, 2, 3, 4
"""
_BALANCES = """
select coalesce(u.number, ''), p.account, sum(p.amount_minor)
  from ledger_posting p left join customer u on u.id = p.customer_id where p.company_id = %s group by 1, 2 order by 1, 2
"""
_UNEXPLAINED = """
select coalesce((select sum(amount_minor) from ledger_posting where company_id = %(company)s and account = 'suspense'), 0)
     + coalesce((select sum(amount_minor) from bank_entry where company_id = %(company)s and state = 'suspense'), 0),
       coalesce((select sum(amount_minor) from ledger_posting where company_id = %(company)s and account = 'bank'), 0)
     - coalesce((select sum(amount_minor) from bank_entry where company_id = %(company)s and parent_id is null), 0),
       (select count(*) from bank_entry where company_id = %(company)s and state = 'suspense')
"""


@dataclass(frozen=True, slots=True)
class BankBench:
    """What was measured. `is_same`: the books of both companies agree; `off_minor`: øre that are nowhere, or twice."""

    lines: int
    told: int
    files: int
    invoices: int
    first_seconds: float
    again_seconds: float
    other_order_seconds: float
    cpu_seconds: float  # of this process, for the first time
    new: int
    new_again: int
    waiting: int
    off_minor: int
    is_same: bool
    books_sha256: str
    peak_memory_bytes: int
    durability: Durability

    @property
    def lines_per_second(self) -> float:
        return self.lines / self.first_seconds


@dataclass(frozen=True, slots=True)
class _Lived:
    invoices: int
    told: int
    files: int
    seconds: tuple[float, ...]
    cpu_seconds: float
    new: tuple[int, ...]
    waiting: int
    off_minor: int
    sha256: str


def bench_bank(*, lines: int) -> BankBench:
    """Read a feed in two orders, and once more, and compare the books."""
    first = _live(lines, SEEDS[0], times=2)
    other = _live(lines, SEEDS[1], times=1)
    return BankBench(
        lines=lines,
        told=first.told,
        files=first.files,
        invoices=first.invoices,
        first_seconds=first.seconds[0],
        again_seconds=first.seconds[1],
        other_order_seconds=other.seconds[0],
        cpu_seconds=first.cpu_seconds,
        new=first.new[0],
        new_again=first.new[1],
        waiting=first.waiting,
        off_minor=abs(first.off_minor) + abs(other.off_minor),
        is_same=first.sha256 == other.sha256,
        books_sha256=first.sha256,
        peak_memory_bytes=peak_memory_bytes(),
        durability=durability(),
    )


def bank_text(found: BankBench) -> str:
    """Return the figures in words."""
    return "\n".join(
        (
            f"{found.lines:,} movements, told {found.told:,} times by {found.files:,} files; {found.invoices:,} invoices.",
            f"The first time  {found.first_seconds:8.1f} s  {found.lines_per_second:8,.0f} lines a second, "
            f"{found.cpu_seconds:.1f} s of this process",
            f"Once more       {found.again_seconds:8.1f} s  {found.new_again:,} new",
            f"In other order  {found.other_order_seconds:8.1f} s",
            f"{found.new:,} entries, {found.waiting:,} of them wait for a person; {found.off_minor} øre are off.",
            f"The books are {'the same' if found.is_same else 'NOT THE SAME'}: {found.books_sha256[:16]}.",
            f"Memory: {found.peak_memory_bytes / 2**20:,.0f} MiB at most, this process.",
        )
    )


def _live(lines: int, seed: int, *, times: int) -> _Lived:
    with scratch_database():
        contracts = max(lines * 17 // 20, 1)
        world = make_world(subscriptions=contracts * LINES_PER_CONTRACT, due_one_in=1)
        invoices = issue_all(world)
        follow_new_invoices(world.company.company_id)
        items = open_items_of_company(world.company.company_id, limit=contracts)
        feed = make_feed(world.company.iban, items, since=TODAY + timedelta(days=1), lines=lines, seed=FEED_SEED)
        seconds, new, cpu_seconds = [], [], 0.0
        for turn in range(times):
            began, cpu = time.perf_counter(), time.process_time()
            new.append(take(world.company, feed.shuffled(seed + 10 * turn)))
            seconds.append(time.perf_counter() - began)
            cpu_seconds = cpu_seconds or time.process_time() - cpu
        waiting, off_minor = _unexplained(world.company.company_id)
        return _Lived(
            invoices=invoices,
            told=feed.told,
            files=len(feed.files),
            seconds=tuple(seconds),
            cpu_seconds=cpu_seconds,
            new=tuple(new),
            waiting=waiting,
            off_minor=off_minor,
            sha256=books_sha256(world.company.company_id),
        )


def take(company: CompanyFacts, files: Sequence[StatementDraft]) -> int:
    """Book files that were handed in together, and return how many entries were new."""
    new = 0
    with transaction.atomic():
        for draft in in_order(files):
            today = max(TODAY, draft.closing_on)
            new += receive_statement(company, draft, today=today, at=moment_of(today)).received.entries_new
    return new


def books_sha256(company_id: int) -> str:
    """Return the fingerprint of all that the books say of the bank's money, whatever numbers the rows have."""
    found = hashlib.sha256()
    for select in (_TOLD, _BALANCES):
        with connection.cursor() as cursor:
            cursor.execute(select, [company_id])
            for row in cursor:
                found.update(repr(tuple(map(str, row))).encode())
    return found.hexdigest()


def _unexplained(company_id: int) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_UNEXPLAINED, {"company": company_id})
        suspense_off, bank_off, waiting = cursor.fetchone()
    return int(waiting), abs(int(suspense_off)) + abs(int(bank_off))
