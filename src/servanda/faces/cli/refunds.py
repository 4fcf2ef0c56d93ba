"""`servanda refund preview COMPANY LINE --end DAY`: what would go back if a line ended after that day, and why.

It writes nothing. The same decision as the rounds is asked, so that what it tells is what would happen.
"""

import argparse
import json
from datetime import UTC, date, datetime
from typing import Any

from servanda.faces.cli.database import database
from servanda.ground.calendar import parse_day
from servanda.ground.refusal import Refused

CAUSES = {
    "notice": "",
    "change": "change",
    "outage": "outage",
    "provider": "provider: any",
    "force-majeure": "provider: force majeure",
    "default": "closure for non-payment",
}


def add_to(subparsers: Any) -> None:
    """Add `refund preview`."""
    parser = subparsers.add_parser("refund", help="tell what would go back of prepaid time", description=__doc__)
    nested = parser.add_subparsers(metavar="WHAT", required=True)
    preview = nested.add_parser("preview", help="what would go back if a line ended on a day", description=__doc__)
    preview.add_argument("company", metavar="COMPANY", help="the company, as in safe-it")
    preview.add_argument("line", metavar="LINE", type=int, help="the number of the contract line, as its page shows it")
    preview.add_argument("--end", required=True, metavar="DAY", help="the last day of the line, as in 2027-03-31")
    preview.add_argument("--cause", choices=sorted(CAUSES), default="notice", help="why it ends (notice)")
    preview.add_argument("--json", action="store_true", help="print it as JSON")
    preview.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Print the preview and return 0."""
    last_day = parse_day(parsed.end)
    with database():
        return _preview(parsed, last_day)


def _preview(parsed: argparse.Namespace, last_day: date) -> int:
    from servanda.business.billing.decisions.refunds import AskWhatGoesBack
    from servanda.business.billing.queries.refunds import line_of, refund_preview
    from servanda.business.billing.wording import time_reckoning
    from servanda.business.companies.queries import company_named, today_of
    from servanda.business.contracts.queries import line_facts

    company = company_named(parsed.company)
    found = line_facts([parsed.line])
    if not found or found[0].company_id != company.company_id:
        raise Refused(f"{company.name} has no contract line {parsed.line}. Look it up on the customer's page.")
    line = line_of(parsed.line)
    today = today_of(company, now=datetime.now(UTC))
    steps = refund_preview(company.slug, parsed.line, last_day=last_day, cause=CAUSES[parsed.cause], today=today)
    rows: list[dict[str, Any]] = [
        {
            "invoice": step.time.invoice_number,
            "since": str(step.period.since),
            "until": str(step.period.until),
            "amount": str(step.amount.decimal),
            "currency": step.amount.currency,
            "reckoning": time_reckoning(step, "en"),
            "because": [str(one) for one in step.because],
            "decided_by": "person" if isinstance(step, AskWhatGoesBack) else "system",
        }
        for step in steps
    ]
    if parsed.json:
        print(json.dumps({"line": line.line_id, "end": str(last_day), "steps": rows}, indent=2, ensure_ascii=False))
        return 0
    if not rows:
        print(f"Nothing would go back if line {line.line_id} ended after {last_day}.")
    for row in rows:
        who = "a person decides: " if row["decided_by"] == "person" else ""
        why = f"Because: {', '.join(row['because'])}." if row["because"] else "The terms say nothing of it."
        print(f"Invoice {row['invoice']}: {who}{row['reckoning']} without VAT. {why}")
    return 0
