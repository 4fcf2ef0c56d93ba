"""`servanda bench`: how fast the house works, beside what the same database can do at all, in one run on one machine.

It works in databases of its own, which it drops at the end, also on Ctrl-C. `benchmarks/README.md` has what was measured.
"""

import argparse
import json
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from fractions import Fraction
from types import FrameType
from typing import TYPE_CHECKING, Any

from servanda.faces.cli.bench import nodes
from servanda.faces.cli.database import database
from servanda.ground.refusal import Refused

if TYPE_CHECKING:  # what they measure needs Django to be set up, which only the run does
    from servanda.faces.cli.bench.audit import AuditBench
    from servanda.faces.cli.bench.bank import BankBench
    from servanda.faces.cli.bench.billing import BillingBench
    from servanda.faces.cli.bench.reports import ReportsBench
    from servanda.faces.cli.bench.rounds import RoundBench, RoundsBench
    from servanda.faces.cli.bench.running import Durability
    from servanda.faces.cli.bench.whatif import WhatIfBench

SUBSCRIPTIONS_MIN = 3  # the lines of one contract
CUSTOMERS_MIN = 40  # a quarter of them must still hold some of each habit
LINES_MIN = 100  # fewer hold not each kind of payer
_STOPPED = 1


class TooFew(Refused):
    """With so few subscriptions and such a share no contract is due."""


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("bench", help="measure how fast this machine bills", description=__doc__)
    kinds = parser.add_subparsers(metavar="WHAT", required=True)
    billing = kinds.add_parser("billing", help="due invoices issued per second, beside a raw INSERT … SELECT")
    _add_options(billing, run=run_billing, subscriptions=100_000, share="1")
    rounds = kinds.add_parser("round", help="a share due of many subscriptions, beside all due of as few")
    _add_options(rounds, run=run_rounds, subscriptions=1_000_000, share="0.01")
    whatif = kinds.add_parser("what-if", help="who is hit by a draft: a quarter of a company, half of it, all of it")
    whatif.add_argument("--customers", type=_customers, default=5_000, metavar="N", help="of the whole company")
    whatif.add_argument("--invoices", type=_customers, default=150_000, metavar="N", help="of the last twelve months")
    whatif.add_argument("--issue-days", type=_issue_days, default=1, metavar="N", help="working days a month, 1 to 20")
    whatif.add_argument("--json", action="store_true", help="print the figures as JSON")
    whatif.set_defaults(run=run_whatif)
    reports = kinds.add_parser("reports", help="how long each page of reports takes in a company of a size")
    reports.add_argument("--customers", type=_customers, default=5_000, metavar="N", help="of the company")
    reports.add_argument("--invoices", type=_customers, default=150_000, metavar="N", help="of the last twelve months")
    reports.add_argument("--json", action="store_true", help="print the figures as JSON")
    reports.set_defaults(run=run_reports)

    audit = kinds.add_parser("audit", help="how long the audit of each night takes in a company of a size")
    audit.add_argument("--customers", type=_customers, default=5_000, metavar="N", help="of the company")
    audit.add_argument("--invoices", type=_customers, default=150_000, metavar="N", help="of the last twelve months")
    audit.add_argument("--json", action="store_true", help="print the figures as JSON")
    audit.set_defaults(run=run_audit)

    bank = kinds.add_parser(
        "bank", help="a bank's feed with overlaps, read twice and in two orders: are the books the same?"
    )
    bank.add_argument("--lines", type=_lines, default=50_000, metavar="N", help="movements in the feed")
    bank.add_argument("--json", action="store_true", help="print the figures as JSON")
    bank.set_defaults(run=run_bank)

    documents = kinds.add_parser(
        "documents", help="e-documents written, checked and judged, and PDFs, per second and core"
    )
    documents.add_argument("--documents", type=_documents, default=200, metavar="N", help="of each kind")
    documents.add_argument("--json", action="store_true", help="print the figures as JSON")
    documents.set_defaults(run=run_documents)
    nodes.add_to(kinds)


def run_billing(args: argparse.Namespace) -> int:
    """Measure billing and print the figures."""
    _refuse_too_few(args.subscriptions, args.due_share)

    def measure() -> "BillingBench":
        from servanda.faces.cli.bench.billing import bench_billing

        return bench_billing(subscriptions=args.subscriptions, due_one_in=args.due_share)

    return _run(measure, _billing_text, as_json=args.json)


def run_rounds(args: argparse.Namespace) -> int:
    """Measure rounds and print the figures."""
    _refuse_too_few(args.subscriptions, args.due_share)

    def measure() -> "RoundsBench":
        from servanda.faces.cli.bench.rounds import bench_rounds

        return bench_rounds(subscriptions=args.subscriptions, due_one_in=args.due_share)

    return _run(measure, _rounds_text, as_json=args.json)


def run_whatif(args: argparse.Namespace) -> int:
    """Measure how long a what-if takes and print the figures."""
    if args.invoices < args.customers:
        raise TooFew(f"{args.invoices} invoices leave some of {args.customers} customers without one. Ask for more.")

    def measure() -> "WhatIfBench":
        from servanda.faces.cli.bench.whatif import bench_whatif

        return bench_whatif(customers=args.customers, invoices=args.invoices, issue_days=args.issue_days)

    def text(found: "WhatIfBench") -> str:
        from servanda.faces.cli.bench.whatif import whatif_text

        return f"{whatif_text(found)}\n{_durability_text(found.durability)}"

    return _run(measure, text, as_json=args.json)


def run_reports(args: argparse.Namespace) -> int:
    """Measure the pages of reports and print the figures."""
    if args.invoices < args.customers:
        raise TooFew(f"{args.invoices} invoices leave some of {args.customers} customers without one. Ask for more.")

    def measure() -> "ReportsBench":
        from servanda.faces.cli.bench.reports import bench_reports

        return bench_reports(customers=args.customers, invoices=args.invoices)

    def text(found: "ReportsBench") -> str:
        from servanda.faces.cli.bench.reports import reports_text

        return f"{reports_text(found)}\n{_durability_text(found.durability)}"

    return _run(measure, text, as_json=args.json)


def run_audit(args: argparse.Namespace) -> int:
    """Measure the audit and print the figures."""
    if args.invoices < args.customers:
        raise TooFew(f"{args.invoices} invoices leave some of {args.customers} customers without one. Ask for more.")

    def measure() -> "AuditBench":
        from servanda.faces.cli.bench.audit import bench_audit

        return bench_audit(customers=args.customers, invoices=args.invoices)

    def text(found: "AuditBench") -> str:
        from servanda.faces.cli.bench.audit import audit_text

        return f"{audit_text(found)}\n{_durability_text(found.durability)}"

    return _run(measure, text, as_json=args.json)


def run_bank(args: argparse.Namespace) -> int:
    """Read a bank's feed and print the figures: 1 when the books differ by the order, or an øre is nowhere."""
    found: list[BankBench] = []

    def measure() -> "BankBench":
        from servanda.faces.cli.bench.bank import bench_bank

        found.append(bench_bank(lines=args.lines))
        return found[0]

    def text(measured: "BankBench") -> str:
        from servanda.faces.cli.bench.bank import bank_text

        return f"{bank_text(measured)}\n{_durability_text(measured.durability)}"

    code = _run(measure, text, as_json=args.json)
    is_right = bool(found) and found[0].is_same and not found[0].off_minor and not found[0].new_again
    return code or int(not is_right)


def _lines(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not LINES_MIN <= int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is not a number from {LINES_MIN} to 1,000,000.")
    return int(text)


def run_documents(args: argparse.Namespace) -> int:
    """Measure e-documents and PDFs and print the figures; no database is needed."""
    from servanda.faces.cli.bench.documents import bench_documents, documents_text

    found = bench_documents(args.documents)
    print(json.dumps(asdict(found), indent=2) if args.json else documents_text(found))  # type: ignore[call-overload]
    return 0


def _run(measure: Callable[[], Any], text: Callable[[Any], str], *, as_json: bool) -> int:
    signal.signal(signal.SIGTERM, _stop)
    try:
        with database(as_owner=True):  # it makes databases of its own
            found = measure()
    except KeyboardInterrupt:
        print("Stopped. The databases of the bench are gone.", file=sys.stderr)
        return _STOPPED
    print(json.dumps(asdict(found), indent=2) if as_json else text(found))
    return 0


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _add_options(
    parser: argparse.ArgumentParser, *, run: Callable[[argparse.Namespace], int], subscriptions: int, share: str
) -> None:
    parser.add_argument("--subscriptions", type=_count, default=subscriptions, metavar="N", help="running lines")
    parser.add_argument("--due-share", type=_one_in, default=_one_in(share), metavar="0.01", help="due today, of them")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.set_defaults(run=run)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) >= SUBSCRIPTIONS_MIN):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a number of subscriptions. Write 3 or more: a contract has 3."
        )
    return int(text)


def _customers(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) >= CUSTOMERS_MIN):
        raise argparse.ArgumentTypeError(f"{text!r} is not enough to measure. Write {CUSTOMERS_MIN} or more.")
    return int(text)


def _documents(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) >= 1):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of documents. Write 1 or more.")
    return int(text)


def _issue_days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 20):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of working days in a month. Write 1 to 20.")
    return int(text)


def _refuse_too_few(subscriptions: int, due_one_in: int) -> None:
    if subscriptions // due_one_in < SUBSCRIPTIONS_MIN:
        raise TooFew(f"One in {due_one_in} of {subscriptions} leaves nothing due. Ask for more subscriptions.")


def _one_in(text: str) -> int:
    """Return of how many subscriptions one is due."""
    try:
        share = Fraction(text)
    except (ValueError, ZeroDivisionError):
        share = Fraction(0)
    if share <= 0 or share.numerator != 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no share of one in so many. Write it as 1, 0.01 or 1/100.")
    return share.denominator


def _billing_text(found: "BillingBench") -> str:
    return "\n".join(
        (
            f"{found.invoices:,} invoices of three lines, {found.due_subscriptions:,} of {found.subscriptions:,}"
            " subscriptions due.",
            f"Billing     {found.per_second:>9,.0f} invoices/s   lines, VAT, numbers, ledger, evidence, letters; durable",
            f"Raw insert  {found.raw_per_second:>9,.0f} invoices/s   the same rows into the same tables, nothing decided",
            f"Ratio       {found.ratio:>9.2f}              of what the database can do",
            f"Processor   {found.cpu_seconds * 1000 / found.invoices:>9.2f} ms/invoice   in this process",
            f"Memory      {found.peak_memory_bytes / 2**20:>9,.0f} MiB          at most, this process",
            f"Database    {found.bytes_per_invoice:>9,} bytes/invoice, with indexes",
            _durability_text(found.durability),
        )
    )


def _rounds_text(found: "RoundsBench") -> str:
    head = f"{'subscriptions':>13} {'due':>7} {'invoices':>8}" + "".join(
        f" {name:>10} {'pages':>9}" for name in ("billing s", "the rest s", "idle s")
    )
    ratios = "".join(f" {one.seconds:>10.2f} {one.pages:>9.2f}" for one in (found.billing, found.rest, found.idle))
    return "\n".join(
        (
            head,
            _round_text(found.large),
            _round_text(found.small),
            f"{'ratio':>13} {'':>7} {'':>8}{ratios}",
            f"The whole round takes {found.whole.seconds:.2f} times the time and {found.whole.pages:.2f} times the pages.",
            _durability_text(found.durability),
        )
    )


def _round_text(one: "RoundBench") -> str:
    costs = "".join(f" {cost.seconds:>10.3f} {cost.pages:>9,}" for cost in (one.billing, one.rest, one.idle))
    return f"{one.subscriptions:>13,} {one.due_subscriptions:>7,} {one.invoices:>8,}{costs}"


def _durability_text(found: "Durability") -> str:
    settings = (
        f"PostgreSQL {found.postgresql}: fsync {found.fsync}, synchronous_commit {found.synchronous_commit},"
        f" full_page_writes {found.full_page_writes}."
    )
    return settings if found.is_durable else f"{settings} Commits are NOT durable here: the figures flatter."
