"""`servanda deviations`: what was agreed with one customer in place of the terms, why, for which days, and who approved it."""

import argparse
import json
from datetime import date
from typing import TYPE_CHECKING

from servanda.faces.cli.database import database

if TYPE_CHECKING:  # its tables need Django to be set up, which only the run does
    from servanda.business.contracts.facts import AgreedRule


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("deviations", help="what was agreed with one customer", description=__doc__)
    parser.add_argument("company", metavar="COMPANY", help="the short name of the company")
    parser.add_argument("customer", metavar="CUSTOMER", help="the customer's number")
    parser.add_argument("--json", action="store_true", help="print the agreements as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the special agreements on rules that the customer has, had or will have, and return 0."""
    with database():
        from django.utils import timezone

        from servanda.business.companies.queries import company_named, today_of
        from servanda.business.contracts.queries import agreed_rules_of_customer
        from servanda.business.customers.queries import customer_numbered

        found = company_named(args.company)
        today = today_of(found, now=timezone.now())
        agreed = agreed_rules_of_customer(customer_numbered(found.company_id, args.customer).customer_id)
    if args.json:
        print(json.dumps([_as_json(one, today) for one in agreed], ensure_ascii=False, indent=2))
    else:
        print(
            "\n".join(map(_line, agreed)) or f"Nothing was agreed with customer {args.customer} in place of the terms."
        )
    return 0


def _as_json(agreed: "AgreedRule", today: date) -> dict[str, object]:
    from servanda.business.contracts.decisions.deviating import written_of

    return {
        "contract": agreed.contract_number,
        "kind": agreed.rule.kind,
        "rule": written_of(agreed.rule),
        "since": str(agreed.since),
        "until": str(agreed.until),
        "holds_today": agreed.holds_on(today),
        "reason": agreed.reason,
        "approved_by": agreed.approved_by,
        "agreed_on": str(agreed.agreed_on),
        "end_reason": agreed.end_reason,
    }


def _line(agreed: "AgreedRule") -> str:
    from servanda.terms.resolving import said_by

    days = f"{agreed.since} – {agreed.until}"
    ended = f" Ended early: {agreed.end_reason}" if agreed.end_reason else ""
    reason = f"{agreed.reason} (approved by {agreed.approved_by}){ended}"
    return f"{agreed.contract_number}  {days}  {agreed.name}: {said_by(agreed.rule)}  [{agreed.citation}]  {reason}"
