"""Who gives data back from a copy, what must be asked for first, and what it may cost? From the terms. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from servanda.ground.citation import Citation
from servanda.ground.refusal import Refused
from servanda.terms.clauses import Restore, TimeRate
from servanda.terms.resolving import Answer

HOURS_MAX = Decimal(40)


class RestoreRefused(Refused):
    """A restore cannot be asked for, offered or begun like this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreWay:
    """Whether the customer gives back by themselves, or asks and staff do it; `may_cost`: the hour's price may be taken."""

    is_by_customer: bool
    may_cost: bool
    is_whole_promised: bool
    because: tuple[Citation, ...]


def restore_way(answer: Answer[Restore]) -> RestoreWay:
    """Return the way of the terms. Where they are silent the customer helps themselves, which costs nothing."""
    rule = answer.rule
    if rule is None:
        return RestoreWay(is_by_customer=True, may_cost=False, is_whole_promised=True, because=())
    return RestoreWay(
        is_by_customer=rule.by == "customer" or rule.self_service,
        may_cost=rule.paid_by != "included",
        is_whole_promised=rule.full_recovery_promised,
        because=answer.because,
    )


def checked_estimate(way: RestoreWay, *, hours: Decimal | None, reason: str) -> Decimal:
    """Return for how many hours a restore is charged, 0 for none; refuses a charge without a clause, and none without a reason."""
    if not reason.strip():
        raise RestoreRefused("Say why it is charged or not. The customer reads the reason before anything begins.")
    if hours is None or hours == 0:
        return Decimal(0)
    if not way.may_cost:
        raise RestoreRefused("These terms take nothing for giving back from a copy. Leave the hours empty.")
    if not 0 < hours <= HOURS_MAX:
        raise RestoreRefused("Estimate between a quarter of an hour and %(most)s hours.", {"most": HOURS_MAX})
    return hours


def hourly_rate(answers: tuple[Answer[TimeRate], ...], *, written: Decimal | None) -> Decimal:
    """Return what an hour costs, without VAT: by the clause, or as a person writes it where the clause names no figure."""
    for answer in answers:
        if answer.rule is not None and answer.rule.amount is not None:
            return answer.rule.amount
    if written is None or written <= 0:
        raise RestoreRefused("The terms name no price for the hour. Write the one of the price list.")
    return written
