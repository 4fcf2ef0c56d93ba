"""What the pages about collecting show: frozen values, ready to be written down."""

from dataclasses import dataclass
from datetime import date

from servanda.faces.office.shown import Link, Stamp
from servanda.ground.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionShown:
    collection_id: int
    customer: Link
    invoice: Link
    provider: str
    amount: Money
    collect_on: date
    hand_over_by: date
    outcome_on: date | None
    state: Stamp
    note: str
    is_problem: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateShown:
    mandate_id: int
    customer: Link
    provider: str
    number: str
    since: date
    until: date | None
    note: str


@dataclass(frozen=True, slots=True)
class NewsShown:
    news_id: int
    provider: str
    text: str
    key: str
    amount: Money
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionsShown:
    """The page of all that is collected."""

    coming: tuple[CollectionShown, ...]
    to_see: tuple[CollectionShown, ...]
    news: tuple[NewsShown, ...]
    done: tuple[CollectionShown, ...]
    mandates: tuple[MandateShown, ...]
    at_providers: Money
    creditors: tuple[tuple[str, str], ...]  # provider and number


@dataclass(frozen=True, slots=True)
class MandatePanel:
    """On the page of a customer: by which agreement they are collected from."""

    mandates: tuple[MandateShown, ...]
    kinds: tuple[tuple[str, str], ...]
    has_active: bool
    asks_consumer: bool  # a consumer's end of an agreement may be meant as more, so a person asks
