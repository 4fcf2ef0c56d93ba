"""`servanda bench node`: what one change costs on a node with many sites, while visitors come. Needs root, and no database."""

import argparse
import json

from servanda.faces.node.measuring import measure_sites

_SHOWN = (
    ("made_seconds", "sites made in", "s"),
    ("start_seconds", "keeper of PHP and nginx started in", "s"),
    ("php_memory_bytes", "memory of the keeper", "B"),
    ("nginx_memory_bytes", "memory of nginx", "B"),
    ("requests_per_second", "static pages per second meanwhile", "1/s"),
)
_ACTS = ("hold", "release", "add", "quarantine", "purge")


def add_to(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = kinds.add_parser("node", help="what one change costs on a node with many sites, while visitors come")
    parser.add_argument("--sites", type=_positive, default=10_000, metavar="N", help="on the node")
    parser.add_argument("--changes", type=_positive, default=50, metavar="N", help="of each kind")
    parser.add_argument("--seconds", type=_positive, default=20, metavar="S", help="for which a visitor loads one site")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure and print; 1 when a visitor saw an error or nginx was started anew."""
    found = measure_sites(sites=args.sites, changes=args.changes, seconds=args.seconds)
    if args.json:
        print(json.dumps(found))
    else:
        print(f"{found['sites']} sites, {found['changes']} changes of each kind")
        for name, text, unit in _SHOWN:
            print(f"  {text:<36} {found[name]:>12} {unit}")
        for act in _ACTS:
            print(f"  {act:<12} median {found[f'{act}_median_ms']:>9} ms, slowest {found[f'{act}_slowest_ms']:>9} ms")
        print(f"  errors: {'yes' if found['has_errors'] else 'none'}; nginx is {_same(found)}")
    return 1 if found["has_errors"] or not found["is_same_nginx"] else 0


def _same(found: object) -> str:
    assert isinstance(found, dict)
    return "the same" if found["is_same_nginx"] else "another one"


def _positive(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100_000:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 to 100,000")
    return int(text)
