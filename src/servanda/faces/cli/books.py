"""`servanda books …`: vouchers, closing, export, proofs and the chain. 0 done, 1 something does not hold, 2 refused.

Each takes the short name of a company first.
"""

import argparse
import json
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from servanda.faces.cli.database import database
from servanda.ground.calendar import parse_day
from servanda.ground.refusal import Refused

if TYPE_CHECKING:  # its tables need Django to be set up, which only a run does
    from servanda.business.books.facts import ExportFile, HeadFacts, Said
    from servanda.business.companies.facts import CompanyFacts

_HEAD = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2}) (?P<sequence>\d+) (?P<sha256>[0-9a-f]{64})")


class NotAHead(Refused):
    """A file of heads cannot be read."""


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command with its parts to the parser."""
    parser = subparsers.add_parser(
        "books", help="vouchers, closing, export and proof of the books", description=__doc__
    )
    nested = parser.add_subparsers(metavar="WHAT", required=True)
    one = _part(nested, "vouchers", _vouchers, "list the vouchers of a period, or make those that are missing")
    _add_period(one)
    one.add_argument("--make", action="store_true", help="first make the vouchers of the days that are over")
    one = _part(nested, "close", _close, "close the books up to a day")
    one.add_argument("--until", type=_day, required=True, metavar="DAY", help="the last day to close")
    one.add_argument("--reason", required=True, help="what is closed and on what grounds")
    one.add_argument("--by", required=True, metavar="NAME", help="who closes")
    one.add_argument("--check", action="store_true", help="only say what is missing")
    one = _part(nested, "reopen", _reopen, "ask for closed books to be opened again, or answer as the second person")
    one.add_argument("--after", type=_day, metavar="DAY", help="days after this one; all when left out")
    one.add_argument("--reason", default="", help="why closed books must be changed")
    one.add_argument("--by", required=True, metavar="NAME", help="who asks or answers")
    one.add_argument("--confirm", type=int, metavar="ID", help="say yes to the question of that number")
    one.add_argument("--decline", type=int, metavar="ID", help="say no to it")
    one = _part(nested, "export", _export, "hand a period over to a bookkeeping program")
    _add_period(one, is_needed=True)
    one.add_argument("--format", default="all", choices=_formats(), help="one file, or all of them in one archive")
    one.add_argument("--documents", action="store_true", help="with the documents that were sent, in the archive")
    one.add_argument("--out", type=Path, required=True, metavar="FILE", help="the file to write")
    _part(nested, "prove", _prove, "prove that invoices, vouchers and entries have no holes")
    one = _part(nested, "void", _void, "document that no invoice carries a number")
    one.add_argument("number", type=int, metavar="NUMBER", help="the number that is missing")
    one.add_argument("--reason", required=True, help="why no invoice carries it")
    one.add_argument("--by", required=True, metavar="NAME", help="who says so")
    one = _part(nested, "number", _number, "list the accounts with their numbers, or give one another")
    one.add_argument("account", nargs="?", metavar="ACCOUNT", help="an account of the ledger, as in sales")
    one.add_argument("--number", help="in the chart of your bookkeeping program")
    one.add_argument("--name", help="as it is called there")
    one.add_argument("--standard", metavar="NUMBER", help="in the public standard chart")
    one.add_argument("--since", type=_day, metavar="DAY", help="the first day it holds; today when left out")
    one.add_argument("--vat-code", default="", help="only where the program is to compute no VAT of its own")
    one.add_argument("--by", metavar="NAME", help="who says so")
    one = _part(nested, "chain", _chain, "seal the chain over ledger and evidence, verify it, or list its heads")
    one.add_argument("act", choices=("verify", "seal", "heads"), metavar="ACT", help="verify, seal or heads")
    one.add_argument("--head", type=Path, metavar="FILE", help="heads that were kept elsewhere, to be compared")
    _part(nested, "keep", _keep, "say what is kept until when")


def _part(nested: Any, name: str, run: Callable[..., int], said: str) -> Any:
    parser = nested.add_parser(name, help=said)
    parser.add_argument("company", metavar="SLUG", help="the short name of the company")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    parser.set_defaults(run=lambda args: _run(run, args))
    return parser


def _add_period(parser: Any, *, is_needed: bool = False) -> None:
    parser.add_argument("--since", type=_day, required=is_needed, metavar="DAY", help="the first day")
    parser.add_argument("--until", type=_day, required=is_needed, metavar="DAY", help="the last day")


def _formats() -> tuple[str, ...]:
    return ("all", "accounts", "vouchers", "entries", "journal", "journal-da", "saft")


def _day(text: str) -> date:
    try:
        return parse_day(text)
    except Refused as refusal:
        raise argparse.ArgumentTypeError(str(refusal)) from None


def _run(run: Callable[..., int], args: argparse.Namespace) -> int:
    with database():
        from servanda.business.companies.queries import company_named, moment_for, today_of

        company, now = company_named(args.company), datetime.now(UTC)
        return run(args, company, today=today_of(company, now=now), at=moment_for(company, now=now))


def _vouchers(args: argparse.Namespace, company: "CompanyFacts", *, today: date, at: datetime) -> int:
    from servanda.business.books.actions.vouchers import make_vouchers
    from servanda.business.books.queries.vouchers import vouchers

    made = make_vouchers(company.company_id, today=today, at=at) if args.make else 0
    since, until = args.since or date(2000, 1, 1), args.until or today
    found = vouchers(company.company_id, since=since, until=until)
    if args.json:
        return _print_json({"made": made, "vouchers": [_plain(asdict(one)) for one in found]})
    for one in found:
        print(f"{one.number:>6}  {one.day}  {one.kind:<10}  {one.entries:>6} entries  {one.debit}  {one.sha256[:16]}")
    print(f"{len(found)} vouchers" + (f", {made} of them made now." if args.make else "."))
    return 0


def _close(args: argparse.Namespace, company: "CompanyFacts", *, today: date, at: datetime) -> int:
    from servanda.business.books.actions.closing import close_period
    from servanda.business.books.queries.closing import check_closing

    findings = _findings(company)
    if args.check:
        check = check_closing(company.company_id, until=args.until, today=today, findings=findings)
        if args.json:
            return _print_json(_plain(asdict(check)), code=0 if check.may_close else 1)
        print("\n".join(one.en for one in (*check.missing, *check.noted)) or "Nothing is missing.")
        return 0 if check.may_close else 1
    close_period(
        company.company_id, until=args.until, reason=args.reason, by=args.by, today=today, at=at, findings=findings
    )
    if args.json:
        return _print_json({"closed_until": args.until.isoformat()})
    print(f"The books of {company.name} are closed until {args.until}.")
    return 0


def _findings(company: "CompanyFacts") -> tuple["Said", ...]:
    """Ask the audit what is wrong with the books; the rest of the house does not stand in the way of closing them."""
    from servanda.business.audit.queries import run_audit
    from servanda.business.audit.queries.table import OF_THE_BOOKS
    from servanda.business.books.facts import Said

    report = run_audit(company_id=company.company_id, only=OF_THE_BOOKS)
    return tuple(
        Said(one.explanation, f"Invariant {one.number} is broken ({one.violations}): {one.explanation}")
        for one in report.violated
    )


def _reopen(args: argparse.Namespace, company: "CompanyFacts", *, today: date, at: datetime) -> int:
    from servanda.business.books.actions.closing import answer_reopening, ask_reopening

    answered = args.confirm if args.confirm is not None else args.decline
    if answered is None:
        number = ask_reopening(company.company_id, after=args.after, reason=args.reason, by=args.by, today=today, at=at)
        if args.json:
            return _print_json({"reopening": number, "state": "open"})
        print(
            f"Asked, as number {number}. Another person says yes: servanda books reopen {company.slug} --confirm {number} --by NAME"
        )
        return 0
    is_confirmed = args.confirm is not None
    answer_reopening(company.company_id, answered, is_confirmed=is_confirmed, by=args.by, today=today, at=at)
    if args.json:
        return _print_json({"reopening": answered, "state": "confirmed" if is_confirmed else "declined"})
    print("The days are open again." if is_confirmed else "The books stay closed.")
    return 0


def _export(args: argparse.Namespace, company: "CompanyFacts", *, today: date, at: datetime) -> int:
    from servanda.business.books.actions.charting import open_chart
    from servanda.business.books.queries.exporting import export_archive, export_file, period_books

    if args.documents and args.format != "all":
        raise Refused("Documents come in the archive only. Leave --format out, or leave --documents out.")
    open_chart(company.company_id, at=at)
    books = period_books(company, since=args.since, until=args.until, today=today)
    is_all = args.format == "all"
    found = export_archive(company, books, has_documents=args.documents) if is_all else export_file(books, args.format)
    args.out.write_bytes(found.content)
    return _told_export(args, found, is_closed=books.is_closed)


def _told_export(args: argparse.Namespace, found: "ExportFile", *, is_closed: bool) -> int:
    if args.json:
        said = {"file": str(args.out), "bytes": len(found.content), "sha256": found.sha256, "is_closed": is_closed}
        return _print_json(said)
    print(f"{args.out}: {len(found.content)} bytes, sha256 {found.sha256}")
    if not is_closed:
        print("The period is not closed: what is booked on its days later will be in the next export.")
    return 0


def _prove(args: argparse.Namespace, company: "CompanyFacts", *, today: date, at: datetime) -> int:
    from servanda.business.books.queries.proving import proofs

    found = proofs(company.company_id, until=date.fromordinal(today.toordinal() - 1))
    code = 0 if all(proof.is_whole for proof in found) else 1
    if args.json:
        return _print_json({"is_whole": code == 0, "series": [_plain(asdict(one)) for one in found]}, code=code)
    for proof in found:
        holes = sum(not gap.is_documented for gap in proof.gaps)
        said = "no holes" if not holes else f"{holes} holes"
        print(f"{proof.series:<8} {proof.count:>7}  {proof.first or '–'} to {proof.last or '–'}: {said}")
        for gap in proof.gaps:
            print(f"  {gap.number}: {gap.problem}" + (f"; void: {gap.void}" if gap.void else ""))
    return code


def _void(args: argparse.Namespace, company: "CompanyFacts", *, today: date, at: datetime) -> int:
    from servanda.business.books.actions.voiding import void_number

    void_number(company.company_id, args.number, reason=args.reason, by=args.by, today=today, at=at)
    if args.json:
        return _print_json({"void": args.number})
    print(f"Number {args.number} is void: {args.reason}.")
    return 0


def _number(args: argparse.Namespace, company: "CompanyFacts", *, today: date, at: datetime) -> int:
    from servanda.business.books.actions.charting import number_account, open_chart
    from servanda.business.books.facts import NumberDraft
    from servanda.business.books.queries.accounts import chart_of

    open_chart(company.company_id, at=at)
    if args.account is not None:
        if not (args.number and args.name and args.standard and args.by):
            raise Refused("Name --number, --name, --standard and --by: they all stand in the record.")
        draft = NumberDraft(
            account=args.account,
            number=args.number,
            name=args.name,
            standard_number=args.standard,
            since=args.since or today,
            vat_code=args.vat_code,
        )
        number_account(company.company_id, draft, by=args.by, today=today, at=at)
    found = chart_of(company.company_id, on=max(today, args.since or today))
    if args.json:
        return _print_json([_plain(asdict(line)) for line in found])
    for line in found:
        standard = line.standard
        print(
            f"{line.number:<8} {line.name:<28} {line.account:<16} {standard.number} {standard.name} [{standard.confidence}]"
        )
    return 0


def _chain(args: argparse.Namespace, company: "CompanyFacts", *, today: date, at: datetime) -> int:
    from servanda.business.books.actions.sealing import seal
    from servanda.business.books.queries.chain import check_chain, heads_of

    if args.act == "seal":
        sealed = seal(company.company_id, is_whole=True)
        if args.json:
            return _print_json({"sealed": sealed})
        print(f"{sealed} rows were tied to the chain.")
        return 0
    if args.act == "heads":
        heads = heads_of(company.company_id)
        if args.json:
            return _print_json([_plain(asdict(one)) for one in heads])
        print("".join(f"{one.day} {one.sequence} {one.sha256}\n" for one in reversed(heads)), end="")
        return 0
    report = check_chain(company.company_id, known=_heads_in(args.head) if args.head else ())
    code = 0 if report.holds else 1
    if args.json:
        return _print_json({"holds": report.holds, **_plain(asdict(report))}, code=code)
    for fault in report.faults:
        print(f"{fault.kind} {fault.row_id or ''} at {fault.sequence or '–'}: {fault.problem}")
    said = "holds" if report.holds else f"does not hold at {report.faults_count} places"
    print(f"The chain of {company.name} {said}: {report.links} links, {report.waiting} rows wait for the next round.")
    return code


def _heads_in(file: Path) -> tuple["HeadFacts", ...]:
    from servanda.business.books.facts import HeadFacts

    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        match = _HEAD.fullmatch(line.strip())
        if match is None:
            raise NotAHead(f"{file}:{number}: {line!r} is no head. A line is a day, a number and a hash of 64 letters.")
        head = HeadFacts(
            day=parse_day(match["day"]),
            sequence=int(match["sequence"]),
            sha256=match["sha256"],
            at=datetime.min.replace(tzinfo=UTC),
        )
        found.append(head)
    return tuple(found)


def _keep(args: argparse.Namespace, company: "CompanyFacts", *, today: date, at: datetime) -> int:
    from servanda.business.books.queries.keeping import kept_rows

    found = kept_rows(company, today=today)
    if args.json:
        return _print_json([_plain(asdict(one)) for one in found])
    for one in found:
        kept = f"{one.first_until} to {one.last_until}" if one.first_until else "as long as what it belongs to"
        print(f"{one.rule.name:<11} {one.table:<22} {one.rows:>8} rows, kept until {kept}; {one.may_go} may go today")
    return 0


def _print_json(value: object, *, code: int = 0) -> int:
    print(json.dumps(value, ensure_ascii=False, indent=2))
    return code


def _plain(value: Any) -> Any:
    """Return the value as JSON holds it: days as text, amounts in øre."""
    if isinstance(value, dict):
        if set(value) == {"minor", "currency"}:
            return value["minor"]
        return {(f"{name}_minor" if _is_money(one) else name): _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _is_money(value: object) -> bool:
    return isinstance(value, dict) and set(value) == {"minor", "currency"}
