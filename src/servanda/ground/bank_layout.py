"""How are the columns of a bank's CSV file to be read? A layout as a value, checked before a file is read by it.

Each bank has its own columns, signs and dates, and changes them. A layout says which column holds what; a person makes one from a
sample of the bank's file and keeps it under a name.
"""

from dataclasses import asdict, dataclass, fields
from typing import Literal, cast

from servanda.ground.message import Message
from servanda.ground.refusal import Refused

DELIMITERS = (";", ",", "\t", "|")
ENCODINGS = ("utf-8", "cp1252", "iso-8859-1", "utf-16")
DECIMALS = (",", ".")
THOUSANDS = (".", ",", " ", "'", "")
DAY_FORMS = ("dd-mm-yyyy", "dd.mm.yyyy", "dd/mm/yyyy", "yyyy-mm-dd", "yyyymmdd", "dd-mm-yy", "mm/dd/yyyy")
COLUMNS = (
    "booked_on",
    "value_on",
    "amount",
    "sign",
    "money_in",
    "money_out",
    "text",
    "payer_name",
    "payer_account",
    "reference",
    "payment_reference",
    "balance",
    "currency",
)
Column = str  # the name in the header line, or the number of the column from 1
HEADER_LINES_MAX = 30
SignMeaning = Literal["", "in", "out"]


class WrongLayout(Refused):
    """A layout by which no file could be read; `wrong` has a message for each field."""

    def __init__(self, wrong: dict[str, str]) -> None:
        super().__init__(" ".join(f"{field}: {message}" for field, message in wrong.items()))
        self.wrong = wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLayout:
    """Which column of a bank's file holds what, and how amounts and days are written in it. An empty column is not there.

    An amount stands in one column with its sign, in one with a column beside it that says the direction, or in two columns.
    """

    account: str = ""  # of the company, if the file does not belong to its bank account
    delimiter: str = ";"
    encoding: str = "utf-8"
    decimal: str = ","
    thousands: str = "."
    day_form: str = "dd-mm-yyyy"
    header_lines: int = 1  # lines before the first movement; the last of them names the columns
    is_newest_first: bool = False
    booked_on: Column = ""
    value_on: Column = ""
    amount: Column = ""
    sign: Column = ""
    sign_out: str = ""  # what stands in the sign's column when money goes out
    money_in: Column = ""
    money_out: Column = ""
    text: Column = ""  # may name several, with + between them
    payer_name: Column = ""
    payer_account: Column = ""
    reference: Column = ""  # the bank's own
    payment_reference: Column = ""  # FIK or what the payer gave as reference
    balance: Column = ""
    currency: Column = ""


def check_layout(layout: BankLayout) -> None:
    """Refuse a layout by which no file can be read, with all that is wrong, by field."""
    wrong: dict[str, str] = {}
    for field, allowed in _ALLOWED.items():
        if getattr(layout, field) not in allowed:
            wrong[field] = Message(
                "'%(given)s' is not one of %(known)s.",
                {"given": getattr(layout, field), "known": ", ".join(map(repr, allowed))},
            )
    if layout.decimal == layout.thousands:
        wrong["thousands"] = Message("The decimal and the thousands sign are the same, so no amount could be read.")
    if not 0 <= layout.header_lines <= HEADER_LINES_MAX:
        wrong["header_lines"] = Message(
            "Between 0 and %(most)s lines can stand before the first movement.", {"most": HEADER_LINES_MAX}
        )
    if not layout.booked_on:
        wrong["booked_on"] = Message("Name the column with the booking day.")
    has_two = bool(layout.money_in and layout.money_out)
    if bool(layout.amount) == has_two or bool(layout.money_in) != bool(layout.money_out):
        wrong["amount"] = Message("Name the column with the amount, or the two columns for money in and money out.")
    if bool(layout.sign) != bool(layout.sign_out):
        wrong["sign"] = Message("A column for the direction needs the word that stands there when money goes out.")
    if not layout.header_lines:
        named = [name for name in COLUMNS if not _are_numbers(getattr(layout, name))]
        wrong.update(dict.fromkeys(named, Message("Without a header line, name the column by its number.")))
    if wrong:
        raise WrongLayout(wrong)


def layout_to_json(layout: BankLayout) -> dict[str, object]:
    """Return a layout as it is kept."""
    return asdict(layout)


def layout_from_json(stored: dict[str, object]) -> BankLayout:
    """Return a layout that was kept; a field that it has not is as in a new one, one that is not known is refused."""
    known = {field.name: field for field in fields(BankLayout)}
    strange = sorted(set(stored) - set(known))
    if strange:
        raise WrongLayout({strange[0]: Message("There is no such field in a layout.")})
    wrong = {
        name: f"{value!r} is not {_KINDS[cast(type, known[name].type)]}."
        for name, value in stored.items()
        if type(value) is not known[name].type
    }
    if wrong:
        raise WrongLayout(wrong)
    return BankLayout(**cast(dict[str, str], stored))  # type: ignore[arg-type]  # each was checked against its field


def _are_numbers(column: str) -> bool:
    return all(part.strip().isdecimal() for part in column.split("+")) if column else True


_KINDS: dict[type, str] = {str: "a text", int: "a whole number", bool: "true or false"}
_ALLOWED: dict[str, tuple[str, ...]] = {
    "delimiter": DELIMITERS,
    "encoding": ENCODINGS,
    "decimal": DECIMALS,
    "thousands": THOUSANDS,
    "day_form": DAY_FORMS,
}

# Invented, after what Danish banks' files tend to look like; no bank's own. To begin from, and to be compared with a real file.
EXAMPLES: dict[str, BankLayout] = {
    "example-dato-tekst-beloeb-saldo": BankLayout(
        booked_on="Dato", text="Tekst", amount="Beløb", balance="Saldo", encoding="cp1252", day_form="dd-mm-yyyy"
    ),
    "example-bogfoert-rentedato": BankLayout(
        booked_on="Bogført",
        value_on="Rentedato",
        text="Tekst + Meddelelse",
        payer_name="Afsender",
        payer_account="Afsenders konto",
        payment_reference="Betalings-ID",
        reference="Arkivnr.",
        amount="Beløb",
        balance="Saldo",
        currency="Valuta",
        day_form="dd.mm.yyyy",
        is_newest_first=True,
    ),
    "example-ind-og-ud": BankLayout(
        booked_on="Bogføringsdato",
        text="Posteringstekst",
        money_in="Ind",
        money_out="Ud",
        balance="Saldo",
        delimiter=",",
        decimal=".",
        thousands="",
        day_form="yyyy-mm-dd",
    ),
}
