"""How many due invoices does the real billing action issue per second, and how many could the database take?"""

import time
from dataclasses import dataclass

from servanda.faces.cli.bench import raw
from servanda.faces.cli.bench.running import Durability, durability, peak_memory_bytes
from servanda.faces.cli.bench.scratch import copy_of, scratch_database
from servanda.faces.cli.bench.world import PROVIDER, issue_all, make_world


@dataclass(frozen=True, slots=True)
class BillingBench:
    """What was measured. Both rates count whole invoices with all that belongs to them."""

    provider: str
    subscriptions: int
    due_subscriptions: int
    invoices: int
    seconds: float
    cpu_seconds: float  # of this process; the server's own is not in it
    per_second: float
    raw_seconds: float
    raw_per_second: float
    ratio: float  # of the raw rate
    peak_memory_bytes: int
    bytes_per_invoice: int
    durability: Durability


def bench_billing(*, subscriptions: int, due_one_in: int) -> BillingBench:
    """Issue all due invoices of a company in a database of its own, then write the same rows without the program."""
    with scratch_database() as name:
        world = make_world(subscriptions=subscriptions, due_one_in=due_one_in)
        with copy_of(name) as one, copy_of(name) as other:
            after, size = raw.last_ids(), raw.size_of_tables()
            cpu, began = time.process_time(), time.perf_counter()
            invoices = issue_all(world)
            seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu
            peak, grown = peak_memory_bytes(), raw.size_of_tables() - size
            # The better of two: what else the machine does meanwhile shall not flatter us.
            raw_seconds = min(raw.seconds_of_raw_insert(copy, after=after) for copy in (one, other))
            return BillingBench(
                provider=PROVIDER,
                subscriptions=world.subscriptions,
                due_subscriptions=world.due,
                invoices=invoices,
                seconds=seconds,
                cpu_seconds=cpu_seconds,
                per_second=invoices / seconds,
                raw_seconds=raw_seconds,
                raw_per_second=invoices / raw_seconds,
                ratio=raw_seconds / seconds,
                peak_memory_bytes=peak,
                bytes_per_invoice=grown // invoices,
                durability=durability(),
            )
