"""Is a text a VAT number of an EU country, by its form and its check digits, and when must it be asked about again?

Form and digits tell typing errors only. Whether the number is in use, and on the day of the sale, the authorities alone
can say (VIES); their answer is kept as evidence. A year-old answer is old: the seller must be able to show good faith on
the day of each sale, and no provision names a number of months (docs/why/vat.md).
"""

from dataclasses import dataclass
from datetime import date

from stdnum.eu import vat as eu_vat
from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidFormat, InvalidLength, ValidationError

from servanda.ground.calendar import add_months
from servanda.ground.citation import Citation
from servanda.ground.law.sentences import Sentence
from servanda.ground.law.vat import country_code

GOOD_FAITH = Citation("Momsforordningen", "art. 18, stk. 1", "282/2011")
ASKED_AGAIN_MONTHS = 3


@dataclass(frozen=True, slots=True)
class VatNumber:
    """A VAT number as it is written officially: `prefix` is the country as VIES has it, so EL for Greece."""

    prefix: str
    digits: str

    @property
    def text(self) -> str:
        return self.prefix + self.digits

    @property
    def country(self) -> str:
        return country_code(self.prefix)


def read_vat_number(text: str) -> VatNumber | Sentence:
    """Return the number, or a sentence on what is wrong with it."""
    try:
        compact = eu_vat.validate(_with_official_prefix(text))
    except ValidationError as error:
        return _wrong(text, error)
    return VatNumber(compact[:2], compact[2:])


def must_ask_again(checked_on: date | None, *, today: date) -> bool:
    """Tell whether the authorities must be asked: never before, or some months ago."""
    return checked_on is None or today >= add_months(checked_on, ASKED_AGAIN_MONTHS)


def _with_official_prefix(text: str) -> str:
    compact = "".join(sign for sign in text.upper() if sign.isalnum())
    return f"EL{compact[2:]}" if compact.startswith("GR") else compact


def _wrong(text: str, error: ValidationError) -> Sentence:
    for kind, sentence in _WRONG:
        if isinstance(error, kind):
            return Sentence(sentence.da.format(text=text), sentence.en.format(text=text))
    return Sentence(f"{text} er ikke et momsnummer.", f"{text} is not a VAT number.")


_WRONG: tuple[tuple[type[ValidationError], Sentence], ...] = (
    (
        InvalidChecksum,
        Sentence(
            "{text} har et forkert kontrolciffer. Spørg kunden om nummeret igen.",
            "{text} has a wrong check digit. Ask the customer for the number again.",
        ),
    ),
    (
        InvalidLength,
        Sentence(
            "{text} er for langt eller for kort til et momsnummer i det land.",
            "{text} is too long or too short for a VAT number of that country.",
        ),
    ),
    (
        InvalidComponent,
        Sentence(
            "{text} begynder ikke med koden for et EU-land, som i SE556677889901.",
            "{text} does not begin with the code of an EU country, as in SE556677889901.",
        ),
    ),
    (
        InvalidFormat,
        Sentence(
            "{text} har ikke den form, som momsnumre i det land har.",
            "{text} does not have the form of that country's VAT numbers.",
        ),
    ),
)
