"""Is what somebody says of themselves complete, are they of age, and does a guardian's yes cover what they order? Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from servanda.business.signups.facts import Answers, GuardianFacts, Wish
from servanda.ground.calendar import add_months
from servanda.ground.law.companies import is_cvr_plausible
from servanda.ground.law.persons import OF_AGE_YEARS
from servanda.terms.clauses import Age
from servanda.terms.ruled import Ruled

KINDS = ("consumer", "business")
YEARS_MAX = 130


@dataclass(frozen=True, slots=True)
class Wrong:
    """A field that cannot stand as it is; `why` names the sentence that says so."""

    field: str
    why: str


def wrong_in(answers: Answers, *, today: date) -> tuple[Wrong, ...]:
    """Return every field that must be filled in anew."""
    return tuple(_wrong(answers, today))


def of_age_on(born_on: date, rule: Ruled[Age] | None) -> date:
    """Return the day on which somebody comes of age: by the terms, and never before the law says so."""
    years = max(rule.rule.years if rule is not None else 0, OF_AGE_YEARS)
    return add_months(born_on, 12 * years)


def is_covered(guardian: GuardianFacts | None, wish: Wish) -> bool:
    """Tell whether a guardian's approved yes is for this very order: each agreement needs its own."""
    return (
        guardian is not None
        and guardian.is_approved is True
        and (guardian.plan_code, guardian.domain) == (wish.plan_code, wish.name)
    )


def _wrong(answers: Answers, today: date) -> Iterator[Wrong]:
    if answers.kind not in KINDS:
        yield Wrong("kind", "kind")
    if not answers.name:
        yield Wrong("name", "name")
    if not answers.address:
        yield Wrong("address", "address")
    if not re.fullmatch("[0-9]{4}", answers.postal_code):
        yield Wrong("postal_code", "postal_code")
    if not answers.city:
        yield Wrong("city", "city")
    if answers.kind == "business" and not re.fullmatch("[0-9]{8}", answers.cvr):
        yield Wrong("cvr", "cvr shape")
    elif answers.kind == "business" and not is_cvr_plausible(answers.cvr):
        yield Wrong("cvr", "cvr digit")
    if answers.kind == "consumer" and (answers.born_on is None or not _is_possible(answers.born_on, today)):
        yield Wrong("born_on", "born_on")


def _is_possible(born_on: date, today: date) -> bool:
    return born_on < today and today.year - born_on.year <= YEARS_MAX
