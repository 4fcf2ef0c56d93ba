"""`servanda collect list|creditor|agree|end`: collect from customers by Betalingsservice or MobilePay.

The company is named to the provider once (`creditor`); customers' agreements come with the provider's news, or are noted by hand
(`agree`). Orders and news go by themselves with each round; for Betalingsservice they are files under SERVANDA_HOME/collections.
"""

import argparse
import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from servanda.faces.cli.database import database

if TYPE_CHECKING:
    from servanda.business.companies.facts import CompanyFacts

KINDS = ("betalingsservice", "mobilepay")


def add_to(subparsers: Any) -> None:
    """Add `collect` and its steps."""
    parser = subparsers.add_parser("collect", help="collect by Betalingsservice and MobilePay", description=__doc__)
    nested = parser.add_subparsers(metavar="STEP", required=True)
    listed = _step(nested, "list", _list, help="the orders of a company and what became of them")
    listed.add_argument("--json", action="store_true", help="print them as JSON")
    creditor = _step(nested, "creditor", _creditor, help="name the company to a provider")
    creditor.add_argument("kind", choices=KINDS)
    creditor.add_argument("number", metavar="NUMBER", help="the creditor's number, or the sales unit's")
    creditor.add_argument("--debtor-group", default="00001", help="of Betalingsservice: five digits")
    agree = _step(nested, "agree", _agree, help="note a customer's agreement")
    agree.add_argument("customer", metavar="CUSTOMER", help="the customer's number")
    agree.add_argument("kind", choices=KINDS)
    agree.add_argument("number", metavar="AGREEMENT", help="as the provider gives it")
    end = _step(nested, "end", _end, help="end a customer's agreement; the contract runs on")
    end.add_argument("customer", metavar="CUSTOMER", help="the customer's number")


def _step(nested: Any, name: str, run: Any, *, help: str) -> Any:
    step = nested.add_parser(name, help=help)
    step.add_argument("--company", required=True, metavar="SLUG", help="as in safe-it")
    step.set_defaults(run=run)
    return step


def _list(parsed: argparse.Namespace) -> int:
    with database():
        from servanda.business.collecting.queries import collections_of
        from servanda.business.customers.queries import customers

        company, _, _ = _company(parsed.company)
        found = collections_of(company.company_id)
        people = customers({one.customer_id for one in found})
        rows = [
            {
                "invoice": one.invoice_number,
                "customer": people[one.customer_id].number,
                "provider": str(one.kind),
                "amount": str(one.amount),
                "amount_minor": one.amount.minor,
                "collect_on": one.collect_on.isoformat(),
                "state": str(one.state),
                "reference": one.key,
                "problem": one.problem,
            }
            for one in found
        ]
    if parsed.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for row in rows:
        print(
            f"{row['collect_on']}  {row['amount']:>14}  invoice {row['invoice']} of customer {row['customer']}  "
            f"{row['provider']}  {row['state']}"
        )
    print(f"{len(rows)} orders.")
    return 0


def _creditor(parsed: argparse.Namespace) -> int:
    with database():
        from servanda.business.collecting.actions import set_creditor
        from servanda.business.collecting.facts import MandateKind

        company, _, _ = _company(parsed.company)
        details = {"debtor_group": parsed.debtor_group, "supplier": company.cvr}
        found = set_creditor(company, MandateKind(parsed.kind), parsed.number, details=details)
    print(f"{company.name} collects by {found.kind} as {found.number}; its money lies on account {found.account}.")
    return 0


def _agree(parsed: argparse.Namespace) -> int:
    with database():
        from servanda.business.collecting.actions import note_mandate
        from servanda.business.collecting.facts import MandateKind
        from servanda.business.customers.queries import customer_numbered

        company, today, at = _company(parsed.company)
        whose = customer_numbered(company.company_id, parsed.customer)
        found = note_mandate(
            company,
            whose.customer_id,
            MandateKind(parsed.kind),
            parsed.number,
            since=today,
            by="operator",
            today=today,
            at=at,
        )
    print(f"Customer {whose.number} is collected from by {found.kind}, agreement {found.number}.")
    return 0


def _end(parsed: argparse.Namespace) -> int:
    with database():
        from servanda.business.collecting.actions import end_mandate
        from servanda.business.collecting.queries import mandates_of_customer
        from servanda.business.customers.queries import customer_numbered

        company, today, at = _company(parsed.company)
        whose = customer_numbered(company.company_id, parsed.customer)
        active = [one for one in mandates_of_customer(whose.customer_id) if one.until is None]
        for one in active:
            end_mandate(company, one.mandate_id, on=today, ended_by="us", by="operator", today=today, at=at)
    ended = ", ".join(one.number for one in active)
    print(
        f"Ended: {ended}. The contract runs on." if active else f"Customer {whose.number} has no agreement to collect."
    )
    return 0


def _company(slug: str) -> tuple["CompanyFacts", date, datetime]:
    from servanda.business.companies.queries import company_named, moment_for, today_of

    company, now = company_named(slug), datetime.now(UTC)
    return company, today_of(company, now=now), moment_for(company, now=now)
