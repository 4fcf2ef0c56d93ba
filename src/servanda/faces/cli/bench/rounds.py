"""Does the cost of a round follow what is due, or what exists? The same work is due in a large company and in a small one.

Seconds depend on what else the machine does; the pages that the server touched hardly do, so both are measured.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from servanda.faces.cli.bench.running import Durability, durability, pages_touched
from servanda.faces.cli.bench.scratch import scratch_database
from servanda.faces.cli.bench.world import PROVIDER, TODAY, issue_all, make_world
from servanda.faces.clock.rounds import run_round
from servanda.ground.calendar import moment_of

T = TypeVar("T")
_WARM_UP = 60  # the first round of a process also reads the agreement; neither company shall pay for that


@dataclass(frozen=True, slots=True)
class Cost:
    """What a part of a round took: time, and pages of 8 KiB that the server looked at, in memory or on disk."""

    seconds: float
    pages: int

    def over(self, other: "Cost") -> "Ratio":
        return Ratio(self.seconds / other.seconds, self.pages / other.pages)


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times as much the large company took as the small one."""

    seconds: float
    pages: float


@dataclass(frozen=True, slots=True)
class RoundBench:
    """One company's day: billing, the rest of its round (mostly dunning), and a second round with nothing left to do."""

    subscriptions: int
    due_subscriptions: int
    invoices: int
    billing: Cost
    rest: Cost
    idle: Cost

    @property
    def whole(self) -> Cost:
        return Cost(self.billing.seconds + self.rest.seconds, self.billing.pages + self.rest.pages)


@dataclass(frozen=True, slots=True)
class RoundsBench:
    """The same work due in a large company and in a small one."""

    provider: str
    large: RoundBench
    small: RoundBench
    billing: Ratio
    rest: Ratio
    whole: Ratio
    idle: Ratio
    durability: Durability


def bench_rounds(*, subscriptions: int, due_one_in: int) -> RoundsBench:
    """Make a round where one in so many is due, and one in a company of that size where everything is."""
    _bench_round(subscriptions=_WARM_UP, due_one_in=1)
    small = _bench_round(subscriptions=subscriptions // due_one_in, due_one_in=1)
    large = _bench_round(subscriptions=subscriptions, due_one_in=due_one_in)
    return RoundsBench(
        provider=PROVIDER,
        large=large,
        small=small,
        billing=large.billing.over(small.billing),
        rest=large.rest.over(small.rest),
        whole=large.whole.over(small.whole),
        idle=large.idle.over(small.idle),
        durability=durability(),
    )


def _bench_round(*, subscriptions: int, due_one_in: int) -> RoundBench:
    with scratch_database():
        world = make_world(subscriptions=subscriptions, due_one_in=due_one_in)
        invoices, billing = _cost_of(lambda: issue_all(world))
        _, rest = _cost_of(lambda: run_round(world.company, now=moment_of(TODAY)))
        _, idle = _cost_of(lambda: run_round(world.company, now=moment_of(TODAY)))
        return RoundBench(
            subscriptions=world.subscriptions,
            due_subscriptions=world.due,
            invoices=invoices,
            billing=billing,
            rest=rest,
            idle=idle,
        )


def _cost_of(work: Callable[[], T]) -> tuple[T, Cost]:
    pages, began = pages_touched(), time.perf_counter()
    done = work()
    seconds = time.perf_counter() - began
    return done, Cost(seconds, pages_touched() - pages)
