"""`servanda payouts list|propose|approve|decline|file|answer`: pay customers back what they have to their credit.

A person proposes, two different ones approve (three where the money goes to an account that none came from), and what is
approved goes into a file for the bank. Staff are named by their user names.
"""

import argparse
import json
import sys
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from servanda.faces.cli.database import database
from servanda.ground.accounts import account_text, parse_account
from servanda.ground.money import parse_money
from servanda.ground.refusal import Refused

if TYPE_CHECKING:
    from servanda.business.companies.facts import CompanyFacts
    from servanda.business.payouts.facts import PayoutFacts, Person

ANSWER_BYTES_MAX = 5_000_000


class NoSuchPerson(Refused):
    """Nobody of that name signs in here."""


def add_to(subparsers: Any) -> None:
    """Add `payouts` and its steps."""
    parser = subparsers.add_parser("payouts", help="pay customers back, by two persons' word", description=__doc__)
    nested = parser.add_subparsers(metavar="STEP", required=True)
    listed = _step(nested, "list", _list, help="the payouts of a company and how they stand")
    listed.add_argument("--json", action="store_true", help="print them as JSON")
    propose = _step(nested, "propose", _propose, help="propose to pay a customer back", has_person=True)
    propose.add_argument("customer", metavar="CUSTOMER", help="the customer's number")
    propose.add_argument("amount", metavar="AMOUNT", help="as in 1250.00")
    propose.add_argument("--account", default="", help="one that the customer paid from; the last one unless given")
    propose.add_argument("--reason", required=True, help="why it is paid back; kept with the voucher")
    approve = _step(nested, "approve", _approve, help="say yes to a payout", has_person=True)
    approve.add_argument("number", type=int, metavar="NUMBER")
    decline = _step(nested, "decline", _decline, help="say no to a payout", has_person=True)
    decline.add_argument("number", type=int, metavar="NUMBER")
    decline.add_argument("--reason", required=True, help="why not")
    file = _step(nested, "file", _file, help="order what is approved, or write a file again", has_person=True)
    file.add_argument("--version", choices=("001.03", "001.09"), default="001.03", help="of pain.001")
    file.add_argument("--again", type=int, metavar="NUMBER", help="a file that was made before, byte for byte")
    file.add_argument("--out", type=Path, required=True, metavar="FILE.xml", help="where to write it")
    answer = _step(nested, "answer", _answer, help="read the bank's answer (pain.002)")
    answer.add_argument("file", type=Path, metavar="FILE.xml")


def _step(nested: Any, name: str, run: Any, *, help: str, has_person: bool = False) -> Any:
    step = nested.add_parser(name, help=help)
    step.add_argument("--company", required=True, metavar="SLUG", help="as in safe-it")
    if has_person:
        step.add_argument("--by", required=True, metavar="NAME", help="the user name of who does it")
    step.set_defaults(run=run)
    return step


def _list(parsed: argparse.Namespace) -> int:
    with database():
        from servanda.business.customers.queries import customers
        from servanda.business.payouts.queries import payouts_of

        company, _, _ = _company(parsed.company)
        found = payouts_of(company.company_id)
        people = customers({one.customer_id for one in found})
        rows = [_row(one, people[one.customer_id].number) for one in found]
    if parsed.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for row in rows:
        waits = f", {row['approvals_missing']} more must say yes" if row["state"] == "proposed" else ""
        print(
            f"{row['number']:>5}  {row['amount']:>14}  customer {row['customer']}  {row['account']}  {row['state']}{waits}"
        )
    print(f"{len(rows)} payouts.")
    return 0


def _row(found: "PayoutFacts", customer: str) -> dict[str, object]:
    return {
        "number": found.number,
        "customer": customer,
        "amount": str(found.amount),
        "amount_minor": found.amount.minor,
        "account": account_text(found.account),
        "source": str(found.source),
        "state": str(found.state),
        "approvals": [yes.by for yes in found.approvals],
        "approvals_missing": found.approvals_missing,
        "reference": found.end_to_end_id,
        "problem": str(found.problem or ""),
    }


def _propose(parsed: argparse.Namespace) -> int:
    amount = parse_money(parsed.amount)
    with database():
        from servanda.business.customers.queries import customer_numbered
        from servanda.business.payouts.actions import propose_payout
        from servanda.business.payouts.facts import AccountSource, PayoutAsk
        from servanda.business.payouts.queries import room_of

        company, today, at = _company(parsed.company)
        whose = customer_numbered(company.company_id, parsed.customer)
        accounts = room_of(whose.customer_id).accounts
        account = parse_account(parsed.account) if parsed.account else next((one.account for one in accounts), "")
        if not account:
            print("It is not known from which account this customer paid. Propose it in the office.", file=sys.stderr)
            return 2
        ask = PayoutAsk(
            amount=amount, account=account, holder=whose.name, source=AccountSource.PAYMENT, reason=parsed.reason
        )
        found = propose_payout(company, whose, ask, person=_person(parsed.by), today=today, at=at)
    print(f"Payout {found.number}: {found.amount} to {account_text(found.account)}. {_missing(found)}")
    return 0


def _approve(parsed: argparse.Namespace) -> int:
    with database():
        from servanda.business.payouts.actions import approve_payout
        from servanda.business.payouts.queries import payout_numbered

        company, today, at = _company(parsed.company)
        payout_id = payout_numbered(company.company_id, parsed.number).payout_id
        found = approve_payout(company, payout_id, person=_person(parsed.by), today=today, at=at)
    print(f"Payout {found.number} is {found.state}. {_missing(found)}")
    return 0


def _decline(parsed: argparse.Namespace) -> int:
    with database():
        from servanda.business.payouts.actions import decline_payout
        from servanda.business.payouts.queries import payout_numbered

        company, today, at = _company(parsed.company)
        payout_id = payout_numbered(company.company_id, parsed.number).payout_id
        found = decline_payout(company, payout_id, reason=parsed.reason, person=_person(parsed.by), today=today, at=at)
    print(f"Payout {found.number} is {found.state}.")
    return 0


def _file(parsed: argparse.Namespace) -> int:
    with database():
        from django.conf import settings

        from servanda.business.payouts.actions import make_batch
        from servanda.business.payouts.queries import batch_content, batch_numbered

        company, today, at = _company(parsed.company)
        writer = import_module(settings.DRIVERS).transfer_file
        if parsed.again is not None:
            batch = batch_numbered(company.company_id, parsed.again)
        else:
            made = make_batch(company, writer, version=parsed.version, by=_person(parsed.by).by, today=today, at=at)
            if made is None:
                print("Nothing is approved, so no file was made.")
                return 0
            batch = made
        content = batch_content(company.company_id, batch.number)
    parsed.out.write_bytes(content)
    print(f"File {batch.number}: {batch.count} payouts, {batch.total}, to be carried out on {batch.execution_on}.")
    print(f"{parsed.out}: sha256 {batch.sha256}")
    return 0


def _answer(parsed: argparse.Namespace) -> int:
    if not parsed.file.is_file():
        print(f"{parsed.file} is not a file. Name the bank's answer.", file=sys.stderr)
        return 2
    with database():
        from django.conf import settings

        from servanda.business.payouts.actions import read_report

        company, today, at = _company(parsed.company)
        with parsed.file.open("rb") as opened:
            content = opened.read(ANSWER_BYTES_MAX)
        report = import_module(settings.DRIVERS).status_report(content, file=parsed.file.name)
        rejected = read_report(company, report, today=today, at=at)
    print(f"{parsed.file.name}: {rejected} payouts rejected; their money is the customers' credit again.")
    return 0


def _missing(found: "PayoutFacts") -> str:
    missing = found.approvals_missing
    return f"{missing} more person{'' if missing == 1 else 's'} must say yes." if missing else "Nobody else is needed."


def _person(name: str) -> "Person":
    from django.contrib.auth import get_user_model

    from servanda.business.payouts.facts import Person

    user = get_user_model().objects.filter(username=name, is_active=True).first()
    if user is None or not user.is_staff:
        raise NoSuchPerson(f"No member of staff signs in as {name!r}.")
    return Person(f"staff:{user.pk}", user.get_full_name() or user.get_username(), user.email)


def _company(slug: str) -> tuple["CompanyFacts", date, datetime]:
    from servanda.business.companies.queries import company_named, moment_for, today_of

    company, now = company_named(slug), datetime.now(UTC)
    return company, today_of(company, now=now), moment_for(company, now=now)
