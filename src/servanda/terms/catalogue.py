"""What does a provider sell, at which dated prices, and who is the demo company that sells it?

`catalogue.toml` and `company.toml` beside the agreement, read into frozen values with every problem at once.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, Literal, TypeVar

import msgspec

from servanda.ground.law.companies import is_cvr_plausible
from servanda.ground.money import Money, NotAnAmount, parse_money
from servanda.ground.refusal import Problem
from servanda.terms.toml_blocks import Block, table_of

# fmt: off
ProductKind = Literal[
    "hosting", "mail", "domain", "licence", "package", "server",
    "database", "network", "agreement", "time", "hardware",
]
# fmt: on
T = TypeVar("T")
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
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
    price: tuple[CataloguePrice, ...] = ()


class CatalogueProduct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A thing sold; `is_service` tells whether something runs that can be held."""

    code: str
    name_da: str
    name_en: str
    kind: ProductKind
    is_service: bool
    unit_da: str
    unit_en: str
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
    table = table_of(block)
    if table.problems:
        return Read(None, table.problems)
    try:
        return Read(msgspec.convert(table.values, kind))
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$.")
        named = re.findall(r"field `([a-z_]+)`", message) or re.findall(r"[a-z_]+", place)
        key = named[-1] if named else ""
        where = f" at {place.rstrip('`')}" if place else ""
        remedy = "See docs/reference/agreement-format.md for its keys."
        return Read(None, (block.problem(key, f"{message.replace('`', '')}{where}.", remedy),))


def _catalogue_problems(block: Block, catalogue: Catalogue) -> Iterator[Problem]:
    plans = [plan for product in catalogue.product for plan in product.plan]
    codes = [product.code for product in catalogue.product]
    for code, count in [*Counter(codes).items(), *Counter(plan.code for plan in plans).items()]:
        if count > 1:
            yield _at(block, code, f'The code "{code}" is used {count} times.', "Give each its own code.")
        if not _CODE.match(code):
            yield _at(block, code, f'"{code}" is no code.', "Use small letters, digits and hyphens.")
    for product in catalogue.product:
        if not product.plan:
            yield _at(block, product.code, f'"{product.code}" cannot be bought.', "Add a [[product.plan]].")
    for plan in plans:
        yield from _plan_problems(block, plan)


def _plan_problems(block: Block, plan: CataloguePlan) -> Iterator[Problem]:
    if not 0 <= plan.interval_months <= 60:
        message = f"An interval of {plan.interval_months} months is out of bounds."
        yield _at(block, plan.code, message, "Write 0 (sold once) to 60.")
    days = [price.since for price in plan.price]
    if not days or days != sorted(set(days)):
        message = "Prices must stand in the order of their days." if days else "The plan has no price."
        yield _at(block, plan.code, message, "Add [[product.plan.price]] with since, amount and source.")
    for price in plan.price:
        try:
            is_negative = price.money.minor < 0
        except NotAnAmount as error:
            yield _at(block, price.amount, str(error), "")
            continue
        if is_negative:
            yield _at(block, price.amount, f"{price.amount} is less than nothing.", "Write an amount.")
        if not _SOURCE.match(price.source):
            remedy = 'Write a requirement id or "plausible".'
            yield _at(block, price.source, f'"{price.source}" is no source.', remedy)


def _company_problems(block: Block, company: CompanyCard) -> Iterator[Problem]:
    for key, pattern, remedy in _COMPANY_PATTERNS:
        if not re.fullmatch(pattern, getattr(company, key)):
            yield block.problem(key, f"{getattr(company, key)!r} cannot stand here.", remedy)
    if re.fullmatch(r"\d{8}", company.cvr) and not is_cvr_plausible(company.cvr):
        yield block.problem("cvr", "The CVR number fails its check.", "Choose one that passes modulus 11.")
    if re.fullmatch(r"DK\d{16}", company.iban) and not _is_iban_of(company):
        remedy = "Build it from bank_registration and bank_account, with its check digits."
        yield block.problem("iban", "The IBAN does not fit the account.", remedy)
    if not 1 <= company.fiscal_year_starts_month <= 12:
        yield block.problem("fiscal_year_starts_month", "There is no such month.", "Write 1 to 12.")
    if not company.address_lines:
        yield block.problem("address_lines", "The company has no address.", "Write street and town.")


def _is_iban_of(company: CompanyCard) -> bool:
    account = company.bank_registration + company.bank_account
    return company.iban[4:] == account and int(account + "1320" + company.iban[2:4]) % 97 == 1


def _at(block: Block, word: str, message: str, remedy: str) -> Problem:
    lines: list[Any] = [number for number, line in enumerate(block.text.split("\n"), start=1) if f'"{word}"' in line]
    return Problem(block.file, lines[-1] if lines else block.line, message, remedy)


_COMPANY_PATTERNS = (
    ("slug", r"[a-z0-9]+(-[a-z0-9]+)*", "Use small letters, digits and hyphens."),
    ("name", r"\S.*", "Write a name."),
    ("legal_name", r"\S.*", "Write the name of the company in the register."),
    ("cvr", r"\d{8}", "Write eight digits."),
    ("email", r"[^@\s]+@[^@\s]+\.[a-z]+", "Write an e-mail address."),
    ("phone", r"\+\d[\d ]{6,16}", "Write the number with its country code."),
    ("web", r"(https://)?[a-z0-9.-]+/?", "Write a host name."),
    ("bank_registration", r"\d{4}", "Write four digits."),
    ("bank_account", r"\d{10}", "Write ten digits."),
    ("iban", r"DK\d{16}", "Write DK and sixteen digits."),
    ("fik_creditor", r"8\d{7}", "Write eight digits that begin with 8."),
    ("colour", r"#[0-9a-fA-F]{6}", "Write a colour as #1a2b3c."),
)
