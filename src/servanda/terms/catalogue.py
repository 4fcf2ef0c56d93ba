"""What does a provider sell, at which dated prices, and who is the demo company that sells it?

`catalogue.toml` and `company.toml` beside the agreement, read into frozen values with every problem at once.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Generic, Literal, TypeVar

import msgspec

from servanda.ground.law.companies import is_cvr_plausible
from servanda.ground.money import Money, NotAnAmount, parse_money
from servanda.ground.refusal import Problem
from servanda.terms.packages import HostingPackage
from servanda.terms.plain_text import oddities_in
from servanda.terms.toml_blocks import Block, Path, table_of

# fmt: off
ProductKind = Literal[
    "hosting", "mail", "domain", "licence", "package", "server",
    "database", "network", "agreement", "time", "hardware",
]
# fmt: on
# How the VAT act sees what is sold: hosting and the like, goods that are sent, hardware of § 46, no sale at all.
VatClassName = Literal["service", "goods", "listed goods", "outside vat"]
INTERVAL_MONTHS_MAX = 60
AMOUNT_MAX = Money(10_000_000_00)
T = TypeVar("T")
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_STEP = re.compile(r"([^.\[\]`]+)|\[(\d+)\]")
_SOURCE = re.compile(r"([a-z]+-\d{3}[a-z]?|plausible)\Z")


class CataloguePrice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a plan costs from a day on, without VAT; `source` is a requirement id or "plausible"."""

    since: date
    amount: str
    source: str

    @property
    def money(self) -> Money:
        return parse_money(self.amount)


class CataloguePlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A way to buy a product; an interval of 0 months is sold once."""

    code: str
    name_da: str
    name_en: str
    interval_months: int
    vat: VatClassName | None = None  # the product's when left out
    price: tuple[CataloguePrice, ...] = ()
    hosting: HostingPackage | None = None  # what of a server it gives


class CatalogueProduct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A thing sold; `is_service` tells whether something runs that can be held."""

    code: str
    name_da: str
    name_en: str
    kind: ProductKind
    is_service: bool
    unit_da: str
    unit_en: str
    vat: VatClassName = "service"
    plan: tuple[CataloguePlan, ...] = ()


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that a provider sells."""

    provider: str
    product: tuple[CatalogueProduct, ...] = ()

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(product.code for product in self.product)


class CompanyCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fictional company that runs on the terms; nothing in it is real."""

    slug: str
    name: str
    legal_name: str
    cvr: str
    address_lines: tuple[str, ...]
    email: str
    phone: str
    web: str
    bank_registration: str
    bank_account: str
    iban: str
    fik_creditor: str
    colour: str
    language: Literal["da", "en"] = "da"
    fiscal_year_starts_month: int = 1


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """What a file says, or what is wrong with it."""

    value: T | None
    problems: tuple[Problem, ...] = ()


def read_catalogue(text: str, *, file: str) -> Read[Catalogue]:
    """Return the catalogue, or what is wrong with it."""
    block = Block(text, file, 0)
    read = _converted(block, Catalogue)
    if read.value is None:
        return read
    problems = tuple(_catalogue_problems(block, read.value))
    return Read(None if problems else read.value, problems)


def read_company(text: str, *, file: str) -> Read[CompanyCard]:
    """Return the company, or what is wrong with its numbers."""
    block = Block(text, file, 0)
    read = _converted(block, CompanyCard)
    if read.value is None:
        return read
    problems = tuple(_company_problems(block, read.value))
    return Read(None if problems else read.value, problems)


def _converted(block: Block, kind: type[T]) -> Read[T]:
    unseen = oddities_in(block.text.split("\n"), file=block.file)
    table = table_of(block)
    if unseen or table.problems:
        return Read(None, unseen or table.problems)
    try:
        return Read(msgspec.convert(table.values, kind))
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$.")
        path = tuple(int(number) if number else key for key, number in _STEP.findall(place))
        named = re.findall(r"field `([^`]+)`", message)
        is_missing = "missing" in message
        line = block.line_at(path if is_missing or not named else (*path, named[-1]))
        key = named[-1] if named else next((part for part in reversed(path) if isinstance(part, str)), "")
        where = f" at {place.rstrip('`')}" if place else ""
        remedy = "See docs/reference/agreement-format.md for its keys."
        return Read(None, (Problem(block.file, line, f"{message.replace('`', '')}{where}.", remedy, key),))


def _catalogue_problems(block: Block, catalogue: Catalogue) -> Iterator[Problem]:
    found: dict[str, int] = {}
    for path, code in _codes(catalogue):
        line = block.line_at((*path, "code"))
        if code in found:
            message = f'The code "{code}" is used twice: see line {found[code]}.'
            yield Problem(block.file, line, message, "Give each its own code.", "code")
        elif not _CODE.match(code):
            yield Problem(block.file, line, f'"{code}" is no code.', "Use small letters, digits and hyphens.", "code")
        found.setdefault(code, line)
    for number, product in enumerate(catalogue.product):
        if not product.plan:
            line = block.line_at(("product", number))
            yield Problem(block.file, line, f'"{product.code}" cannot be bought.', "Add a [[product.plan]].", "plan")
        for place, plan in enumerate(product.plan):
            yield from _plan_problems(block, ("product", number, "plan", place), plan)


def _codes(catalogue: Catalogue) -> Iterator[tuple[Path, str]]:
    """Give each code with the path of its table; products and plans share them."""
    for number, product in enumerate(catalogue.product):
        yield ("product", number), product.code
        for place, plan in enumerate(product.plan):
            yield ("product", number, "plan", place), plan.code


def _plan_problems(block: Block, path: Path, plan: CataloguePlan) -> Iterator[Problem]:
    if not 0 <= plan.interval_months <= INTERVAL_MONTHS_MAX:
        message = "An interval of so many months is out of bounds."
        line = block.line_at((*path, "interval_months"))
        yield Problem(block.file, line, message, f"Write 0 (sold once) to {INTERVAL_MONTHS_MAX}.", "interval_months")
    remedy = "Add [[product.plan.price]] with since, amount and source."
    if not plan.price:
        yield Problem(block.file, block.line_at(path), "The plan has no price.", remedy, "price")
    for place, price in enumerate(plan.price):
        if place and price.since <= plan.price[place - 1].since:
            line = block.line_at((*path, "price", place, "since"))
            message = "Prices must stand in the order of their days."
            yield Problem(block.file, line, message, "Put the earlier day first, each day once.", "since")
        yield from _price_problems(block, (*path, "price", place), price)


def _price_problems(block: Block, path: Path, price: CataloguePrice) -> Iterator[Problem]:
    line = block.line_at((*path, "amount"))
    try:
        if not 0 <= price.money.minor <= AMOUNT_MAX.minor:
            message = f"{price.amount[:20]} is less than nothing, or more than anything costs."
            yield Problem(block.file, line, message, f"Write an amount from 0 to {AMOUNT_MAX.decimal}.", "amount")
    except NotAnAmount as error:
        yield Problem(block.file, line, str(error), 'Write kroner and øre in quotes: "100.00".', "amount")
    if not _SOURCE.match(price.source):
        message = f'"{price.source}" is no source.'
        line = block.line_at((*path, "source"))
        yield Problem(block.file, line, message, 'Write a requirement id or "plausible".', "source")


def _company_problems(block: Block, company: CompanyCard) -> Iterator[Problem]:
    for key, pattern, remedy in _COMPANY_PATTERNS:
        if not re.fullmatch(pattern, getattr(company, key)):
            yield block.problem(key, f"{getattr(company, key)!r} cannot stand here.", remedy)
    if re.fullmatch(r"[0-9]{8}", company.cvr) and not is_cvr_plausible(company.cvr):
        yield block.problem("cvr", "The CVR number fails its check.", "Choose one that passes modulus 11.")
    if re.fullmatch(r"DK[0-9]{16}", company.iban) and not _is_iban_of(company):
        remedy = "Build it from bank_registration and bank_account, with its check digits."
        yield block.problem("iban", "The IBAN does not fit the account.", remedy)
    if not 1 <= company.fiscal_year_starts_month <= 12:
        yield block.problem("fiscal_year_starts_month", "There is no such month.", "Write 1 to 12.")
    if not company.address_lines:
        yield block.problem("address_lines", "The company has no address.", "Write street and town.")


def _is_iban_of(company: CompanyCard) -> bool:
    account = company.bank_registration + company.bank_account
    return company.iban[4:] == account and int(account + "1320" + company.iban[2:4]) % 97 == 1


_COMPANY_PATTERNS = (
    ("slug", r"[a-z0-9]+(-[a-z0-9]+)*", "Use small letters, digits and hyphens."),
    ("name", r"\S.*", "Write a name."),
    ("legal_name", r"\S.*", "Write the name of the company in the register."),
    ("cvr", r"[0-9]{8}", "Write eight digits."),
    ("email", r"[^@\s]+@[^@\s]+\.[a-z]+", "Write an e-mail address."),
    ("phone", r"\+[0-9][0-9 ]{6,16}", "Write the number with its country code."),
    ("web", r"(https://)?[a-z0-9.-]+/?", "Write a host name."),
    ("bank_registration", r"[0-9]{4}", "Write four digits."),
    ("bank_account", r"[0-9]{10}", "Write ten digits."),
    ("iban", r"DK[0-9]{16}", "Write DK and sixteen digits."),
    ("fik_creditor", r"8[0-9]{7}", "Write eight digits that begin with 8."),
    ("colour", r"#[0-9a-fA-F]{6}", "Write a colour as #1a2b3c."),
)
