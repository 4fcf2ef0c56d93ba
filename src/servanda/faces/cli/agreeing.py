"""`servanda agree COMPANY CONTRACT KIND`: let a rule hold for one contract in place of the terms', with a reason and an end.

The rule is written as in an agreement document: `--rule 'days = 30' --rule 'counted_from = "invoice date"'`. Without
`--apply` it is only checked.
"""

import argparse
import tomllib
from datetime import UTC, datetime
from typing import Any

from servanda.faces.cli.database import database
from servanda.ground.calendar import day_text, parse_day
from servanda.ground.refusal import Refused


class NotARule(Refused):
    """What was given for a rule cannot be read."""


def add_to(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("agree", help="let a rule hold for one contract for some time", description=__doc__)
    parser.add_argument("company", metavar="COMPANY", help="the short name of the company")
    parser.add_argument("contract", metavar="CONTRACT", help="the contract's number")
    parser.add_argument("kind", metavar="KIND", help="a clause kind, as in payment-term")
    parser.add_argument("--rule", action="append", required=True, metavar="TOML", help="a field, as in 'days = 30'")
    parser.add_argument("--since", required=True, metavar="DAY", help="the first day on which it holds")
    parser.add_argument("--until", required=True, metavar="DAY", help="the first day on which it holds no longer")
    parser.add_argument("--reason", required=True, help="why it was agreed")
    parser.add_argument("--by", action="append", required=True, metavar="NAME", help="who approves it; may be repeated")
    parser.add_argument("--apply", action="store_true", help="store it; without it the agreement is only checked")
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Store or check the special agreement and return 0; what cannot be agreed is refused with its reason."""
    written = _written(parsed.rule)
    since, until = parse_day(parsed.since), parse_day(parsed.until)
    with database():
        from django.db import transaction

        from servanda.business.companies.queries import company_named, moment_for, today_of
        from servanda.business.contracts.actions import agree_rule_deviation
        from servanda.business.contracts.facts import DeviationDraft
        from servanda.business.contracts.queries import contract_numbered

        company, now = company_named(parsed.company), datetime.now(UTC)
        draft = DeviationDraft(
            kind=parsed.kind,
            written=written,
            since=since,
            until=until,
            reason=parsed.reason,
            approved_by=tuple(dict.fromkeys(parsed.by)),
        )
        with transaction.atomic():
            agree_rule_deviation(
                contract_numbered(company.company_id, parsed.contract).contract_id,
                draft,
                today=today_of(company, now=now),
                at=moment_for(company, now=now),
                by=parsed.by[0],
            )
            transaction.set_rollback(not parsed.apply)
    done = "is agreed" if parsed.apply else "can be agreed; nothing was written. Add --apply"
    days = f"from {day_text(since, 'en')} until {day_text(until, 'en')}"
    print(f"{parsed.kind} ({', '.join(parsed.rule)}) for contract {parsed.contract}, {days}, {done}.")
    return 0


def _written(lines: list[str]) -> dict[str, object]:
    try:
        return tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError as wrong:
        raise NotARule(f"The rule cannot be read as TOML: {wrong}. Write it as in --rule 'days = 30'.") from None
