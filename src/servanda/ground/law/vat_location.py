"""Where is a consumer at home, for VAT on electronic services, and is that proven well enough?

Two items of evidence that do not contradict each other are needed (art. 24 b and 24 f of Regulation 282/2011). A seller
whose sales to consumers abroad stay below EUR 100,000 a year needs one, if it comes from somebody other than the two
parties, such as the bank. Where there is too little, or where it contradicts itself, nothing is guessed: the sale is
taxed where the seller is, and a person is asked for evidence (docs/why/vat.md).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from servanda.ground.citation import Citation
from servanda.ground.dated import Dated, Since
from servanda.ground.money import Money

LOCATION_EVIDENCE = Citation("Momsforordningen", "art. 24 b og 24 f", "282/2011")
# EUR 100,000 in kroner, at the rate by which EUR 10,000 became DKK 74,415.
ONE_ITEM_MAX: Dated[Money] = Dated(
    "Sales to consumers abroad up to which one item of evidence is enough",
    (Since(date(2019, 1, 1), Money(744_150_00), LOCATION_EVIDENCE),),
)


class LocationKind(StrEnum):
    """The kinds of evidence of art. 24 f."""

    BILLING_ADDRESS = "billing address"
    IP_ADDRESS = "ip address"
    BANK = "bank"
    SIM_CARD = "sim card"
    LINE = "fixed line"
    OTHER = "other"


# What the customer says themselves is no evidence of a third party.
OWN_WORDS = frozenset({LocationKind.BILLING_ADDRESS})


class Proof(StrEnum):
    """What the evidence amounts to."""

    ENOUGH = "enough"
    LACKING = "lacking"
    CONTRADICTORY = "contradictory"


@dataclass(frozen=True, slots=True)
class LocationItem:
    """One item of evidence that points to a country."""

    kind: LocationKind
    country: str
    source: str = ""  # where it comes from, in the words of whoever noted it
    on_day: date | None = None


def proof_of(country: str, items: tuple[LocationItem, ...], *, is_one_item_enough: bool = False) -> Proof:
    """Return whether the evidence proves that a consumer is at home in the country.

    Two items of one kind count once. Items that point elsewhere contradict, unless two of other kinds agree on the
    country: the law asks for two that do not contradict each other, not for silence of all others.
    """
    agreeing = {item.kind for item in items if item.country == country}
    elsewhere = {item.kind for item in items if item.country != country}
    if len(agreeing) >= 2 and len(elsewhere) < len(agreeing):
        return Proof.ENOUGH
    if elsewhere:
        return Proof.CONTRADICTORY
    if is_one_item_enough and agreeing - OWN_WORDS:
        return Proof.ENOUGH
    return Proof.LACKING
