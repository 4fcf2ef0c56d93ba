"""`servanda terms timeline`: what follows by the terms when an invoice is not paid, or when a customer leaves."""

import argparse
import json
import sys
from datetime import date

from servanda.agreements import PROVIDERS
from servanda.agreements.named import catalogue_named, is_named, library_named
from servanda.business.dunning.decisions.unpaid import unpaid_timeline
from servanda.business.hosting.decisions.leaving import Leaving, leaving_timeline
from servanda.ground.calendar import add_months, day_text, parse_day
from servanda.ground.citation import texts_of
from servanda.ground.holidays import FIRST_YEAR, LAST_YEAR
from servanda.ground.money import Money, money_text, parse_money
from servanda.ground.refusal import Refused
from servanda.terms.clauses import CustomerKind
from servanda.terms.document import Agreement
from servanda.terms.timeline import TimelineEvent

HORIZON_MONTHS_MAX = 12 * 12
HORIZON_MONTHS = {"unpaid": 12, "terminate": 24}


class NoSuchProduct(Refused):
    """The provider does not sell a product of that name."""


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser("timeline", help="what follows by the terms, day by day")
    parser.add_argument("provider", type=_provider, metavar="PROVIDER", help="a provider, or a folder with documents")
    parser.add_argument("--scenario", required=True, choices=("unpaid", "terminate"))
    parser.add_argument("--product", required=True)
    parser.add_argument("--customer", default="business", type=CustomerKind, choices=tuple(CustomerKind))
    parser.add_argument("--from", dest="since", required=True, help="the invoice day, or the day the contract began")
    parser.add_argument("--received", help="the day the invoice was received; otherwise its own day")
    parser.add_argument("--period-end", help="the last day of the running period")
    parser.add_argument("--notice", help="the day on which notice is given; otherwise none is")
    parser.add_argument("--amount", help="what the invoice comes to, as in 12500.00")
    parser.add_argument("--until", help="the last day to look at")
    parser.add_argument("--lang", choices=("da", "en"), default="en", help="of the days and amounts that are printed")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the timeline and return 0; a wrong product, day or amount is refused with its remedy."""
    events = _events(arguments)
    if arguments.json:
        json.dump([event.as_json() for event in events], sys.stdout, ensure_ascii=False, indent=2)
        print()
    else:
        for event in events:
            print(_line(event, arguments.lang))
    return 0


def _provider(named: str) -> str:
    if not is_named(named):
        known = ", ".join(PROVIDERS)
        raise argparse.ArgumentTypeError(f"invalid choice: {named!r} (choose from {known}, or name a folder)")
    return named


def _events(arguments: argparse.Namespace) -> tuple[TimelineEvent, ...]:
    since = parse_day(arguments.since)
    if not FIRST_YEAR <= since.year <= LAST_YEAR - 20:
        raise Refused(f"{since} lies outside {FIRST_YEAR} to {LAST_YEAR - 20}, for which the calendar is known.")
    first = _day(arguments.period_end) or since
    until = _day(arguments.until) or add_months(first, HORIZON_MONTHS[arguments.scenario])
    _refuse_days(arguments, since, until)
    agreement = library_named(arguments.provider).version_on(since)
    is_service = _is_service(arguments.provider, arguments.product)
    if arguments.scenario == "terminate":
        return leaving_timeline(agreement, _leaving(arguments, since, is_service=is_service), until=until)
    return _unpaid(arguments, agreement, since, until, is_service=is_service)


def _refuse_days(arguments: argparse.Namespace, since: date, until: date) -> None:
    """Refuse days that cannot be reckoned with, each with its remedy."""
    if until < since:
        raise Refused(f"--until {until} lies before --from {since}. Choose a later day.")
    if until > add_months(since, HORIZON_MONTHS_MAX):
        raise Refused(f"--until {until} is too far away. At most {HORIZON_MONTHS_MAX // 12} years can be looked at.")
    noticed_on = _day(arguments.notice)
    if noticed_on is not None and arguments.scenario != "terminate":
        raise Refused("--notice goes with --scenario terminate. Leave it out.")


def _unpaid(
    arguments: argparse.Namespace, agreement: Agreement, since: date, until: date, *, is_service: bool
) -> tuple[TimelineEvent, ...]:
    received_on = _day(arguments.received) or since
    if received_on < since:
        raise Refused(f"--received {received_on} lies before the invoice day {since}. An invoice comes after its day.")
    return unpaid_timeline(
        agreement,
        product=arguments.product,
        is_service=is_service,
        customer=arguments.customer,
        issued_on=since,
        received_on=received_on,
        amount=_amount(arguments.amount),
        until=until,
    )


def _leaving(arguments: argparse.Namespace, since: date, *, is_service: bool) -> Leaving:
    period_end = _day(arguments.period_end)
    if period_end is not None and period_end < since:
        raise Refused(
            f"--period-end {period_end} lies before {since}, the day the contract began. Give the last day of the period."
        )
    return Leaving(
        product=arguments.product,
        is_service=is_service,
        customer=arguments.customer,
        began_on=since,
        period_end=period_end,
        noticed_on=_day(arguments.notice),
    )


def _is_service(provider: str, code: str) -> bool:
    products = catalogue_named(provider).product
    for product in products:
        if product.code == code:
            return product.is_service
    known = ", ".join(product.code for product in products)
    raise NoSuchProduct(f"{provider} sells no {code!r}. Choose one of: {known}.")


def _amount(text: str | None) -> Money | None:
    if text is None:
        return None
    amount = parse_money(text)
    if amount.minor <= 0:
        raise Refused(f"--amount {text} leaves nothing to be paid. Give an amount above zero, as in 12500.00.")
    return amount


def _day(text: str | None) -> date | None:
    return parse_day(text) if text else None


def _line(event: TimelineEvent, language: str) -> str:
    step = f" {event.step}" if event.step is not None else ""
    amount = f" {money_text(event.amount, language)}" if event.amount is not None else ""
    clauses = "; ".join(texts_of(event.because))
    who = " (a person decides)" if event.decided_by == "person" else ""
    note = f" – {event.note}" if event.note else ""
    return f"{day_text(event.on, language):32} {event.event}{step}{amount}{who}  [{clauses}]{note}"
