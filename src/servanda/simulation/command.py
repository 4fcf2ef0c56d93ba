"""What `servanda simulate` does: lives worlds of several seeds and providers, and tells every invariant that did not hold.

`python -m servanda.simulation.command` does the same without the rest of the program: planted bugs are looked for with it.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from servanda.agreements import PROVIDERS
from servanda.ground.refusal import Refused
from servanda.simulation.faults import ALL, KINDS
from servanda.simulation.movie import movie_of
from servanda.simulation.running import Lived, lived, world


class UnknownWorld(Refused):
    """There is no such provider or kind of fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which worlds to live."""

    seeds: tuple[int, ...]
    providers: tuple[str, ...]
    customers: int
    years: int
    faults: frozenset[str]
    only: tuple[int, ...] = ()
    movie: Path | None = None
    stops_at_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one world came to."""

    provider: str
    seed: int
    customer_years: int
    lines: int
    acts: int
    sha256: str
    violations: tuple[dict[str, object], ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what can be asked for."""
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--seeds", type=int, default=1, metavar="COUNT", help="how many seeds, one after the other")
    parser.add_argument("--years", type=int, default=3, help="how many years each world lasts")
    parser.add_argument("--customers", type=int, default=100, help="how many customers each world has")
    parser.add_argument("--only", metavar="NUMBERS", help="only these customers, as in 7 or 3,12")
    parser.add_argument("--providers", default=",".join(PROVIDERS), help="whose terms, as in safe-it,simsoft")
    parser.add_argument("--faults", default="all", help="all, none, or kinds as in F08,F13")
    parser.add_argument("--movie", type=Path, metavar="FILE", help="write the first world as one HTML page to look at")
    parser.add_argument("--first", action="store_true", help="stop as soon as something does not hold")
    parser.add_argument("--json", action="store_true", help="everything for a program")


def run(parsed: argparse.Namespace) -> int:
    """Live the worlds that were asked for; 1 when an invariant did not hold."""
    asked = asked_for(parsed)
    began = time.perf_counter()
    told = []
    for one in tell_all(asked):
        told.append(one)
        if not parsed.json:
            print(_line(one), flush=True)
            for violation in one.violations:
                print(_violation(violation), flush=True)
        if parsed.first and one.violations:
            break
    seconds = time.perf_counter() - began
    years = sum(one.customer_years for one in told)
    broken = sum(len(one.violations) for one in told)
    if parsed.json:
        print(json.dumps(_as_json(told, seconds=seconds), indent=1))
    else:
        rate = years / max(seconds, 0.001)
        print(f"{years} customer-years in {seconds:.1f} s, {rate:.0f} a second; {broken} violations")
    return 1 if broken else 0


def asked_for(parsed: argparse.Namespace) -> Asked:
    """Return which worlds the arguments mean; refuses a provider or a fault that there is not."""
    providers = tuple(parsed.providers.split(","))
    unknown = [one for one in providers if one not in PROVIDERS]
    if unknown:
        raise UnknownWorld(f"There is no provider {unknown[0]!r}. Known are: {', '.join(PROVIDERS)}.")
    faults = {"all": ALL, "none": frozenset[str]()}.get(parsed.faults, frozenset(parsed.faults.split(",")))
    if not faults <= ALL:
        raise UnknownWorld(f"There is no fault {min(faults - ALL)!r}. Known are: {', '.join(KINDS)}, all and none.")
    return Asked(
        seeds=tuple(range(parsed.seed, parsed.seed + parsed.seeds)),
        providers=providers,
        customers=parsed.customers,
        years=parsed.years,
        faults=faults,
        only=tuple(int(one) for one in (parsed.only or "").split(",") if one),
        movie=parsed.movie,
        stops_at_first=parsed.first,
    )


def tell_all(asked: Asked) -> Iterator[Told]:
    """Live the worlds one after the other, and yield what each came to."""
    is_first = True
    for seed in asked.seeds:
        for provider in asked.providers:
            customers: int | Iterable[int] = asked.only or asked.customers
            made = world(seed, provider=provider, customers=customers, years=asked.years, faults=asked.faults)
            found = lived(made, stops_at_first=asked.stops_at_first)
            if asked.movie is not None and is_first:
                asked.movie.write_text(movie_of(found), encoding="utf-8")
            is_first = False
            yield _told(found, provider, seed, asked)


def _told(found: Lived, provider: str, seed: int, asked: Asked) -> Told:
    return Told(
        provider=provider,
        seed=seed,
        customer_years=len(found.house.world.customers) * asked.years,
        lines=len(found.lines),
        acts=found.house.acts,
        sha256=found.sha256,
        violations=tuple(
            {
                "invariant": invariant,
                "provider": provider,
                "seed": seed,
                "step": step,
                "day": day.isoformat(),
                "customer": customer,
                "said": said,
                "replay": _replay(provider, seed, customer, asked),
            }
            for invariant, day, step, customer, said in found.house.violations
        ),
    )


def _replay(provider: str, seed: int, customer: int, asked: Asked) -> str:
    whom = f"--only {customer}" if customer else f"--customers {asked.customers}"
    faults = "all" if asked.faults == ALL else ",".join(sorted(asked.faults)) or "none"
    return f"servanda simulate --seed {seed} --providers {provider} --years {asked.years} --faults {faults} {whom}"


def _line(one: Told) -> str:
    return (
        f"{one.provider} seed {one.seed}: {one.customer_years} customer-years, {one.acts} acts, {one.lines} lines, "
        f"{one.sha256[:16]}, {len(one.violations)} violations"
    )


def _violation(violation: dict[str, object]) -> str:
    return "{invariant} | seed {seed} step {step} | {day} customer {customer} | {said} | {replay}".format(**violation)


def _as_json(told: Sequence[Told], *, seconds: float) -> dict[str, object]:
    return {
        "seconds": round(seconds, 1),
        "customer_years": sum(one.customer_years for one in told),
        "worlds": [
            {
                "provider": one.provider,
                "seed": one.seed,
                "customer_years": one.customer_years,
                "acts": one.acts,
                "lines": one.lines,
                "sha256": one.sha256,
            }
            for one in told
        ],
        "violations": [violation for one in told for violation in one.violations],
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="servanda simulate")
    add_arguments(parser)
    sys.exit(run(parser.parse_args()))
