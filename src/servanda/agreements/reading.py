"""Where are the agreements, and what do they say? Reads the documents of a folder or of this package.

Everything below works on text; this is the one place that opens the files.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from servanda.agreements import PROVIDERS
from servanda.ground.refusal import Problem, Refused, WrongDocument
from servanda.terms.catalogue import Catalogue, CompanyCard, Read, read_catalogue, read_company
from servanda.terms.checking import check
from servanda.terms.document import Language
from servanda.terms.parsing import Parsed, parse_bytes
from servanda.terms.versions import Library

CARDS = ("catalogue.toml", "company.toml")


class NoSuchProvider(Refused):
    """No documents of such a provider are installed."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a folder holds. With problems the library has drafts: to be looked at, never to be relied on."""

    library: Library
    catalogue: Catalogue | None
    company: CompanyCard | None
    problems: tuple[Problem, ...]


@cache
def library_of(provider: str) -> Library:
    """Return all versions of the provider's terms; raises `WrongDocument` when any file is wrong."""
    return _sound_shelf(provider).library


def installed_library(provider: str) -> Library | None:
    """Return the versions that came with the program; None for a provider who began without any."""
    return library_of(provider) if provider in PROVIDERS else None


def installed_source(provider: str, version: str, language: Language) -> str:
    """Return the text of an installed version as it was written."""
    return package_folder(provider).joinpath(f"{version}.{language}.md").read_text(encoding="utf-8")


@cache
def catalogue_of(provider: str) -> Catalogue:
    """Return what the provider sells."""
    catalogue = _sound_shelf(provider).catalogue
    assert catalogue is not None, "a shelf without problems has a catalogue"
    return catalogue


@cache
def company_of(provider: str) -> CompanyCard:
    """Return the demo company that runs on the provider's terms."""
    company = _sound_shelf(provider).company
    assert company is not None, "a shelf without problems has a company"
    return company


def package_folder(provider: str) -> Traversable:
    """Return the folder of an installed provider; refuses others."""
    if provider not in PROVIDERS:
        raise NoSuchProvider(f"There is no provider {provider!r}. Known are: {', '.join(PROVIDERS)}.")
    return files("servanda.agreements").joinpath(provider)


def read_shelf(folder: Traversable, *, shown_as: str, provider: str = "") -> Shelf:
    """Return everything in the folder and all that is wrong with it; `shown_as` begins the file names in problems.

    Without `provider` the documents themselves say whose they are. Catalogue and company may then be missing.
    """
    entries = sorted(folder.iterdir(), key=lambda entry: entry.name) if folder.is_dir() else []
    named = {entry.name: entry for entry in entries if entry.is_file()}
    wanted = (name for name in named if name in CARDS or (name.endswith(".md") and name != "README.md"))
    return _shelf(tuple((name, named[name].read_bytes()) for name in wanted), shown_as, provider)


@lru_cache(maxsize=32)
def _shelf(contents: tuple[tuple[str, bytes], ...], shown_as: str, provider: str) -> Shelf:
    """Return what files say. The same bytes say the same, so they are taken apart once; the files are read each time."""
    named = dict(contents)
    documents = tuple(_document(name, named[name], f"{shown_as}/{name}") for name in named if name not in CARDS)
    catalogue = _toml(named, "catalogue.toml", shown_as, is_wanted=bool(provider))
    company = _toml(named, "company.toml", shown_as, is_wanted=bool(provider))
    drafts = tuple(parsed.draft for parsed in documents if parsed.draft is not None)
    library = Library(provider or next((draft.provider for draft in drafts), shown_as), drafts)
    read_as_catalogue = read_catalogue(catalogue.value, file=catalogue.file) if catalogue.value else Read(None)
    read_as_company = read_company(company.value, file=company.file) if company.value else Read(None)
    own = [problem for parsed in documents for problem in parsed.problems]
    products = read_as_catalogue.value.codes if read_as_catalogue.value else None
    together = check(library, products=products, unsound=frozenset(problem.file for problem in own))
    missing = () if documents else (_nothing(shown_as),)
    return Shelf(
        library,
        read_as_catalogue.value,
        read_as_company.value,
        (
            *missing,
            *own,
            *together,
            *catalogue.problems,
            *read_as_catalogue.problems,
            *company.problems,
            *read_as_company.problems,
        ),
    )


@dataclass(frozen=True, slots=True)
class _Text:
    file: str
    value: str
    problems: tuple[Problem, ...] = ()


@cache
def _sound_shelf(provider: str) -> Shelf:
    shelf = read_shelf(package_folder(provider), shown_as=provider, provider=provider)
    if shelf.problems:
        raise WrongDocument(shelf.problems)
    return shelf


def _document(name: str, content: bytes, file: str) -> Parsed:
    parsed = parse_bytes(content, file=file)
    draft = parsed.draft
    if draft is None or name == f"{draft.version}.{draft.language}.md":
        return parsed
    message = "The file's name does not fit its front matter."
    remedy = f"Name it {draft.version}.{draft.language}.md."
    return replace(parsed, problems=(Problem(file, 1, message, remedy), *parsed.problems))


def _toml(named: dict[str, bytes], name: str, shown_as: str, *, is_wanted: bool) -> _Text:
    file = f"{shown_as}/{name}"
    if name not in named:
        missing = Problem(file, 1, "The file is missing.", "See docs/reference/agreement-format.md.")
        return _Text(file, "", (missing,) if is_wanted else ())
    try:
        text = named[name].decode("utf-8")
    except UnicodeDecodeError:
        return _Text(file, "", (Problem(file, 1, "The text is not UTF-8.", "Save it with the encoding UTF-8."),))
    empty = Problem(file, 1, "The file is empty.", "See docs/reference/agreement-format.md.")
    return _Text(file, text, () if text.strip() else (empty,))


def _nothing(shown_as: str) -> Problem:
    return Problem(shown_as, 1, "The folder holds no agreement.", "Add VERSION.da.md and VERSION.en.md.")


def problems_of(shelves: Iterable[Shelf]) -> tuple[Problem, ...]:
    """Return the problems of several folders, in their order."""
    return tuple(problem for shelf in shelves for problem in shelf.problems)
